import { invalid, oneOf } from '../core/errors.js';

export const METHODS = ['none', 'mixup', 'cutmix', 'cutmixup'] as const;
export type Method = (typeof METHODS)[number];

/** The law of MixUp's convex weights. `normalized-uniform` is N uniform numbers divided by their sum. */
export type WeightLaw =
  | { readonly law: 'dirichlet'; readonly alpha: number }
  | { readonly law: 'normalized-uniform' | 'equal' };

/** How to mix base images: pure data. `n` is the number of base images an output is made of; 1 for `none`. */
export interface Setting {
  readonly method: Method;
  readonly n: number;
  /** MixUp's weights; only for `mixup` and `cutmixup`. */
  readonly weights?: WeightLaw;
  /** CutMix's Beta(α, α); only for `cutmix` and `cutmixup`. */
  readonly alpha?: number;
}

export const MAX_N = 16;

const mixes = (method: Method) => method === 'mixup' || method === 'cutmixup';
const cuts = (method: Method) => method === 'cutmix' || method === 'cutmixup';

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

export interface SettingOptions {
  readonly weights?: WeightLaw;
  readonly alpha?: number;
}

/** A setting with its defaults filled in: Dirichlet(1) weights, CutMix α = 1. Options of another method are dropped. */
export function setting(
  method: Method,
  n: number,
  { weights = { law: 'dirichlet', alpha: 1 }, alpha = 1 }: SettingOptions = {},
): Setting {
  if (method === 'none') return { method, n: 1 };
  if (!Number.isInteger(n) || n < 2 || n > MAX_N)
    throw invalid(`N of ${method}`, n, `a whole number from 2 to ${MAX_N}`);
  return { method, n, ...(mixes(method) && { weights }), ...(cuts(method) && { alpha }) };
}

/** Reads `none`, `mixup:6`, `cutmix:4?alpha=0.5`, `mixup:3?weights=dirichlet(0.5)`. */
export function parseSetting(text: string): Setting {
  const { name = '', count, query } = /^(?<name>[^:?]*)(?<count>:[^?]*)?(?<query>\?.*)?$/s.exec(text)!.groups!;
  const method = parseMethod(name);
  if (method === 'none') {
    if (count !== undefined || query !== undefined) throw invalid('setting', text, '"none" alone');
    return setting(method, 1);
  }
  if (count === undefined || !/^:\d+$/.test(count))
    throw invalid('setting', text, `${method}:N with N from 2 to ${MAX_N}`);
  const options: { weights?: WeightLaw; alpha?: number } = {};
  for (const pair of query?.slice(1) ? query.slice(1).split('&') : []) {
    const [, key = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(pair)!;
    if (key === 'weights' && mixes(method)) options.weights = parseWeights(value);
    else if (key === 'alpha' && cuts(method)) options.alpha = positive('CutMix α', value);
    else {
      const known = [...(mixes(method) ? ['weights'] : []), ...(cuts(method) ? ['alpha'] : [])];
      throw invalid(`option of ${method}`, key, oneOf(known));
    }
  }
  return setting(method, Number(count.slice(1)), options);
}

/** The text that `parseSetting` reads back; defaults are left out, so equal settings have equal keys. */
export function settingKey({ method, n, weights, alpha }: Setting): string {
  if (method === 'none') return 'none';
  const options = [];
  if (weights && weights.law !== 'dirichlet') options.push(`weights=${weights.law}`);
  if (weights?.law === 'dirichlet' && weights.alpha !== 1) options.push(`weights=dirichlet(${weights.alpha})`);
  if (alpha !== undefined && alpha !== 1) options.push(`alpha=${alpha}`);
  return `${method}:${n}${options.length ? `?${options.join('&')}` : ''}`;
}
