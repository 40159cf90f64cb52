import { invalid, oneOf } from '../core/errors.js';
import {
  hasOption,
  MAX_N,
  type Method,
  mixes,
  parseMethod,
  parseTime,
  parseWeights,
  RESOLUTIONS,
  type Setting,
  type SettingOptions,
  setting,
  settingKey,
  type WeightLaw,
} from '../mix/setting.js';
import { type Choices, type NumberKind, readNumbers, readPairs, readTexts } from '../search/choices.js';
import { type Axis, enumerate, type Space, sample } from '../search/space.js';
import { readPsi } from './psi.js';
import { integers, list, text, type Values, wholeNumbers } from './values.js';

/** A setting in the making. */
interface Draft {
  readonly method: Method;
  readonly n: number;
  readonly options: SettingOptions;
  /** Whether its law is Dirichlet's without an α of its own. */
  readonly openLaw: boolean;
}

const START: Draft = { method: 'none', n: 1, options: {}, openLaw: true };

interface ReadableAxis extends Axis<Draft> {
  /** What it takes where nobody says; without, settings have the option's default. */
  readonly usual?: unknown;
  readonly read: (value: unknown, what: string) => Choices<unknown>;
}

interface AxisOf<T> extends Axis<Draft, T> {
  readonly usual?: unknown;
  readonly read: (value: unknown, what: string) => Choices<T>;
}

/** Forgets what an axis takes: only what it reads itself is ever put. */
const axis = <T>(one: AxisOf<T>): ReadableAxis => one as unknown as ReadableAxis;

const withOption = (draft: Draft, option: SettingOptions): Draft => ({
  ...draft,
  options: { ...draft.options, ...option },
});

const ALPHA: NumberKind = { least: 0, open: true, most: 1e6, expected: 'numbers above 0' };
const N: NumberKind = { least: 2, most: MAX_N, step: 1, expected: `whole numbers from 2 to ${MAX_N}, such as 2-9` };
const { least, most, step } = RESOLUTIONS;
const SIDE: NumberKind = { least, most, step, expected: `multiples of ${step} from ${least} to ${most}` };
const SECONDS: NumberKind = { least: 0, most: 1000, expected: 'seconds from 0 to 1000' };

/** `2-9` and `2,4,6`, as `--n` takes them, wherever they stand in a list. */
function readN(value: unknown, what: string): Choices<number> {
  const items: unknown[] = Array.isArray(value) ? value : [value];
  const read = (item: unknown) =>
    typeof item === 'string' ? item.split(',').flatMap((part) => wholeNumbers(part.trim(), what, 2, MAX_N)) : [item];
  return readNumbers(typeof value === 'object' && !Array.isArray(value) ? value : items.flatMap(read), what, N);
}

/**
 * Everything that settings can differ in, in the order of a grid's rows: the first varies slowest. An option that settings
 * get later is one entry here.
 */
const AXES: readonly ReadableAxis[] = [
  axis<Method>({
    name: 'method',
    slot: 1,
    usual: ['none', 'mixup', 'cutmix'],
    read: (value, what) => readTexts(value, what, parseMethod),
    applies: () => true,
    put: (draft, method) => ({ ...draft, method }),
  }),
  axis<number>({
    name: 'n',
    slot: 2,
    usual: '2-9',
    read: readN,
    applies: ({ method }) => mixes(method),
    put: (draft, n) => ({ ...draft, n }),
  }),
  axis<{ readonly law: WeightLaw; readonly openLaw: boolean }>({
    name: 'weights',
    slot: 3,
    read: (value, what) =>
      readTexts(value, what, (text) => ({ law: parseWeights(text), openLaw: text === 'dirichlet' })),
    applies: ({ method }) => hasOption(method, 'weights'),
    put: (draft, { law, openLaw }) => ({ ...withOption(draft, { weights: law }), openLaw }),
  }),
  axis<number>({
    name: 'dirichlet-alpha',
    slot: 4,
    read: (value, what) => readNumbers(value, what, ALPHA),
    applies: ({ method, openLaw }) => hasOption(method, 'weights') && openLaw,
    put: (draft, alpha) => withOption(draft, { weights: { law: 'dirichlet', alpha } }),
  }),
  axis<number>({
    name: 'alpha',
    slot: 5,
    read: (value, what) => readNumbers(value, what, ALPHA),
    applies: ({ method }) => hasOption(method, 'alpha'),
    put: (draft, alpha) => withOption(draft, { alpha }),
  }),
  axis<number>({
    name: 'resolution',
    slot: 6,
    read: (value, what) => readNumbers(value, what, SIDE),
    applies: ({ method }) => hasOption(method, 'resolution'),
    put: (draft, resolution) => withOption(draft, { resolution }),
  }),
  axis<readonly [number, number]>({
    name: 'time',
    slot: 7,
    read: (value, what) => readPairs(value, what, SECONDS, parseTime),
    applies: ({ method }) => hasOption(method, 'time'),
    put: (draft, time) => withOption(draft, { time }),
  }),
  axis<number>({
    name: 'psi',
    slot: 8,
    read: readPsi,
    applies: ({ method }) => hasOption(method, 'psi'),
    put: (draft, psi) => withOption(draft, { psi }),
  }),
];

/** Drafts of every kind that the space's methods and laws make: which axes a draft has hangs on these alone. */
function kinds({ start, dimensions }: Space<Draft>): Draft[] {
  return dimensions
    .filter(({ axis: { name } }) => name === 'method' || name === 'weights')
    .reduce(
      (drafts, { axis: { applies, put }, choices }) =>
        drafts.flatMap((draft) =>
          applies(draft) && choices.kind === 'list' ? choices.values.map((value) => put(draft, value)) : [draft],
        ),
      [start],
    );
}

export interface SpaceOptions {
  /** Draws this many settings; without, all are taken. */
  readonly trials?: number | undefined;
  readonly seed?: number;
  /** The sweep's own resolution, which settings need not name. */
  readonly resolution: number;
}

/** Axes that flags decide. */
function flaggedAxes(values: Values): Values {
  const method = list(values, 'methods')?.map(parseMethod);
  const n = integers(values, 'n', 2, MAX_N);
  const weights = text(values, 'weights');
  if (weights !== undefined) parseWeights(weights);
  const alpha = text(values, 'cutmix-alpha');
  if (alpha !== undefined && !(Number(alpha) > 0 && Number(alpha) <= 1e6)) {
    throw invalid('--cutmix-alpha', alpha, 'a number above 0');
  }
  const psi = list(values, 'psi');
  if (psi) readPsi(psi, '--psi');
  return {
    ...(method && { method }),
    ...(n && { n }),
    ...(weights && { weights }),
    ...(alpha && { alpha }),
    ...(psi && { psi }),
  };
}

/**
 * The settings of a sweep: of `space` in a config file, a map of axes (method, n, weights, dirichlet-alpha, alpha,
 * resolution, time, psi) to what they take: a value, a list, for numbers also a range or a distribution (`readNumbers`).
 * `dirichlet-alpha` is the α of every `dirichlet` that has none of its own; the method truncation needs psi. The flags
 * --methods, --n, --weights, --cutmix-alpha and --psi win over its axes.
 *
 * @throws UserError naming the flag or the axis
 */
export function readSettings(values: Values, { trials, seed = 0, resolution }: SpaceOptions): Setting[] {
  const flags = flaggedAxes(values);
  const value = values.space;
  if (value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value)))
    throw invalid('space', value, 'a map of axes to what they take');
  const names = AXES.map(({ name }) => name);
  for (const key of Object.keys(value ?? {}))
    if (!names.includes(key)) throw invalid('axis of space', key, oneOf(names));
  const given: Readonly<Record<string, unknown>> = { ...value, ...flags };
  // The flag names the whole law.
  const dropped = 'weights' in flags ? 'dirichlet-alpha' : undefined;
  const dimensions = AXES.flatMap((one) => {
    const { name, usual } = one;
    const takes = name !== dropped && Object.hasOwn(given, name) ? given[name] : usual;
    return takes === undefined ? [] : [{ axis: one, choices: one.read(takes, `${name} in space`) }];
  });
  const settingOf = ({ method, n, options }: Draft): Setting => {
    const { resolution: side, ...others } = options;
    return setting(method, n, { ...others, ...(side !== undefined && side !== resolution && { resolution: side }) });
  };
  const space: Space<Draft> = { start: START, dimensions, keyOf: (draft) => settingKey(settingOf(draft)) };
  const made = kinds(space);
  const idle = dimensions.find(({ axis: { name, applies } }) => Object.hasOwn(value ?? {}, name) && !made.some(applies))
    ?.axis.name;
  const narrowed = 'method' in flags || 'weights' in flags;
  if (idle !== undefined && !narrowed)
    throw invalid(`${idle} in space`, given[idle], 'a method in space that has it', 'No setting would differ by it.');
  const truncated = made.some(({ method }) => hasOption(method, 'psi'));
  if (truncated && !dimensions.some(({ axis: { name } }) => name === 'psi'))
    throw invalid('--psi', undefined, 'values of ψ for the method truncation, such as 0.3-1.0:0.1');
  if (!truncated && 'psi' in flags)
    throw invalid('--psi', values.psi, 'a method that has it', 'Add truncation to --methods.');
  const first = made.some(({ method }) => method === 'none') ? new Map([['method', 'none']]) : undefined;
  const drafts = trials === undefined ? enumerate(space) : sample(space, trials, seed, first);
  return drafts.map(settingOf);
}
