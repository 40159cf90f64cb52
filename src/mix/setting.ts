import { invalid, oneOf } from '../core/errors.js';
import type { TimeRange } from '../dataset/dataset.js';

export const METHODS = ['none', 'mixup', 'cutmix', 'cutmixup', 'truncation'] as const;
export type Method = (typeof METHODS)[number];

/** The law of MixUp's convex weights. `normalized-uniform` is N uniform numbers divided by their sum. */
export type WeightLaw =
  | { readonly law: 'dirichlet'; readonly alpha: number }
  | { readonly law: 'normalized-uniform' | 'equal' };

/**
 * How to mix base images: pure data. `n` is the number of base images an output is made of; 1 for `none`, and for
 * `truncation`, which takes a generator's images as they are, its latents drawn nearer to their mean.
 */
export interface Setting {
  readonly method: Method;
  readonly n: number;
  /** MixUp's weights; only for `mixup` and `cutmixup`. */
  readonly weights?: WeightLaw;
  /** CutMix's Beta(α, α); only for `cutmix` and `cutmixup`. */
  readonly alpha?: number;
  /** Side of its pictures in pixels; absent for the sweep's own. */
  readonly resolution?: number;
  /** Of programs' base images; absent for 0.1 … 10 seconds. */
  readonly time?: TimeRange;
  /** Truncation ψ of a generator's latents, 0 … 2; always there for `truncation`, and only there. */
  readonly psi?: number;
}

export const MAX_N = 16;
export const RESOLUTIONS = { least: 16, most: 2048, step: 4 } as const;
export const DEFAULT_TIME: TimeRange = [0.1, 10];
export const MAX_PSI = 2;
const LATEST = 1000;

export type SettingOptions = Pick<Setting, 'weights' | 'alpha' | 'resolution' | 'time' | 'psi'>;

/** Whether a method mixes several base images; the others take one as it is, and have no N. */
export const mixes = (method: Method): boolean => method !== 'none' && method !== 'truncation';

const everyMethod = () => true;
/** The options, in the order of a key's, and the methods that have them. */
const OPTIONS: Readonly<Record<keyof SettingOptions, (method: Method) => boolean>> = {
  weights: (method) => method === 'mixup' || method === 'cutmixup',
  alpha: (method) => method === 'cutmix' || method === 'cutmixup',
  resolution: everyMethod,
  // What takes ψ is no program.
  time: (method) => method !== 'truncation',
  psi: (method) => method === 'truncation',
};

export const hasOption = (method: Method, option: keyof SettingOptions): boolean => OPTIONS[option](method);

function checkPsi(psi: number | undefined, given: unknown): number {
  if (psi === undefined || !(psi >= 0 && psi <= MAX_PSI))
    throw invalid('ψ of truncation', given, `a number from 0 to ${MAX_PSI}, such as truncation?psi=0.7`);
  // Not −0, which is written as 0.
  return psi + 0;
}

function positive(what: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && value <= 1e6)) throw invalid(what, text, 'a number above 0');
  return value;
}

/** `dirichlet`, `dirichlet(0.5)`, `normalized-uniform` or `equal`. */
export function parseWeights(text: string): WeightLaw {
  const dirichlet = /^dirichlet(?:\(([^()]*)\))?$/.exec(text);
  if (dirichlet)
    return { law: 'dirichlet', alpha: dirichlet[1] === undefined ? 1 : positive('Dirichlet α', dirichlet[1]) };
  if (text === 'normalized-uniform' || text === 'equal') return { law: text };
  throw invalid('weights', text, oneOf(['dirichlet', 'dirichlet(ALPHA)', 'normalized-uniform', 'equal']));
}

export function parseMethod(text: string): Method {
  const method = METHODS.find((m) => m === text.trim().toLowerCase());
  if (!method) throw invalid('method', text, oneOf(METHODS));
  return method;
}

function checkTime(time: TimeRange, given: unknown): TimeRange {
  const [from, to] = time;
  if (!(from >= 0 && from < to && to <= LATEST))
    throw invalid('time', given, `FROM-TO in seconds, from 0 to ${LATEST}, such as 0.1-2`);
  return time;
}

/** A range of time: `0.1-2`, in seconds. */
export function parseTime(text: string): TimeRange {
  const number = String.raw`((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)`;
  const [, from, to] = new RegExp(`^${number}-${number}$`, 'i').exec(text.trim()) ?? [];
  return checkTime([Number(from), Number(to)], text);
}

function checkResolution(resolution: number, given: unknown): number {
  const { least, most, step } = RESOLUTIONS;
  if (!(resolution >= least && resolution <= most && resolution % step === 0))
    throw invalid('resolution', given, `a multiple of ${step} from ${least} to ${most}`);
  return resolution;
}

const isDefault = ([from, to]: TimeRange): boolean => from === DEFAULT_TIME[0] && to === DEFAULT_TIME[1];

/**
 * A setting with its defaults filled in: Dirichlet(1) weights, CutMix α = 1. Options of another method are dropped, and
 * a time range that is the default; ψ has no default.
 */
export function setting(
  method: Method,
  n: number,
  { weights = { law: 'dirichlet', alpha: 1 }, alpha = 1, resolution, time, psi }: SettingOptions = {},
): Setting {
  if (mixes(method) && (!Number.isInteger(n) || n < 2 || n > MAX_N))
    throw invalid(`N of ${method}`, n, `a whole number from 2 to ${MAX_N}`);
  return {
    method,
    n: mixes(method) ? n : 1,
    ...(hasOption(method, 'weights') && { weights }),
    ...(hasOption(method, 'alpha') && { alpha }),
    ...(resolution !== undefined && { resolution: checkResolution(resolution, resolution) }),
    ...(hasOption(method, 'time') && time && !isDefault(checkTime(time, time)) && { time }),
    ...(hasOption(method, 'psi') && { psi: checkPsi(psi, psi) }),
  };
}

/** What reads the text of an option in a key. */
const READERS: { readonly [Option in keyof SettingOptions]-?: (text: string) => SettingOptions } = {
  weights: (text) => ({ weights: parseWeights(text) }),
  alpha: (text) => ({ alpha: positive('CutMix α', text) }),
  resolution: (text) => ({ resolution: checkResolution(/^\d+$/.test(text) ? Number(text) : Number.NaN, text) }),
  time: (text) => ({ time: parseTime(text) }),
  psi: (text) => ({ psi: checkPsi(/^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined, text) }),
};

/**
 * Reads `none`, `mixup:6`, `cutmix:4?alpha=0.5`, `mixup:3?weights=dirichlet(0.5)`, `none?resolution=128&time=0.1-2`,
 * `truncation?psi=0.7`.
 */
export function parseSetting(text: string): Setting {
  const { name = '', count, query } = /^(?<name>[^:?]*)(?<count>:[^?]*)?(?<query>\?.*)?$/s.exec(text)!.groups!;
  const method = parseMethod(name);
  if (mixes(method) ? count === undefined || !/^:\d+$/.test(count) : count !== undefined)
    throw invalid(
      'setting',
      text,
      mixes(method) ? `${method}:N with N from 2 to ${MAX_N}` : `"${method}" without a number`,
    );
  const known = (Object.keys(OPTIONS) as (keyof SettingOptions)[]).filter((option) => hasOption(method, option));
  let options: SettingOptions = {};
  for (const pair of query?.slice(1) ? query.slice(1).split('&') : []) {
    const [, key = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(pair)!;
    const option = known.find((name) => name === key);
    if (!option) throw invalid(`option of ${method}`, key, oneOf(known));
    options = { ...options, ...READERS[option](value) };
  }
  return setting(method, Number(count?.slice(1) ?? 1), options);
}

/** The text that `parseSetting` reads back; defaults are left out, so equal settings have equal keys. */
export function settingKey({ method, n, weights, alpha, resolution, time, psi }: Setting): string {
  const options: string[] = [];
  if (weights && weights.law !== 'dirichlet') options.push(`weights=${weights.law}`);
  if (weights?.law === 'dirichlet' && weights.alpha !== 1) options.push(`weights=dirichlet(${weights.alpha})`);
  if (alpha !== undefined && alpha !== 1) options.push(`alpha=${alpha}`);
  if (resolution !== undefined) options.push(`resolution=${resolution}`);
  if (time && !isDefault(time)) options.push(`time=${time.join('-')}`);
  if (psi !== undefined) options.push(`psi=${psi}`);
  return `${mixes(method) ? `${method}:${n}` : method}${options.length ? `?${options.join('&')}` : ''}`;
}

/** What a data set may be told of the images that it makes. */
export type Take = 'time' | 'psi';

/** What a setting tells its data set: it must take all of these (`Dataset.takes`). */
export const needs = ({ time, psi }: Pick<Setting, 'time' | 'psi'>): Take[] => [
  ...(time ? (['time'] as const) : []),
  ...(psi === undefined ? [] : (['psi'] as const)),
];
