import { invalid, oneOf } from '../core/errors.js';

export type Interval = readonly [low: number, high: number];

/** Numbers in (0, 1), one a call. */
export type Uniform = () => number;

/** What an axis of a space takes: values in order, or draws of a distribution, which only sampling can use. */
export type Choices<T> =
  | { readonly kind: 'list'; readonly values: readonly T[] }
  | { readonly kind: 'distribution'; readonly draw: (uniform: Uniform) => T };

/** Of numbers, with the least and the largest that it can give. */
export type Numbers = Choices<number> & { readonly ends: Interval };

export const listOf = <T>(values: readonly T[]): Choices<T> => ({
  kind: 'list',
  values: [...new Map(values.map((value) => [JSON.stringify(value), value])).values()],
});

/** One value, of a list an equally likely one. */
export const draw = <T>(choices: Choices<T>, uniform: Uniform): T =>
  choices.kind === 'list' ? choices.values[Math.floor(uniform() * choices.values.length)]! : choices.draw(uniform);

/** The numbers that an axis may take. */
export interface NumberKind {
  readonly least: number;
  readonly most: number;
  /** Whether `least` itself is no such number. */
  readonly open?: boolean;
  /** Numbers are multiples of it; without, any are. */
  readonly step?: number;
  readonly expected: string;
}

/** Steps of a range at most: more settings no grid has. */
const MOST_STEPS = 10_000;
const SCALES = ['linear', 'log'] as const;

type Scale = (typeof SCALES)[number];

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Three significant digits keep a setting's key readable, where they tell numbers apart. */
const DIGITS = 3;
/** More digits than this would be those of rounding errors. */
const MOST_DIGITS = 12;

/** `step` makes numbers what they must be. */
function rounded(value: number, [low, high]: Interval, step: number | undefined, digits = DIGITS): number {
  const near = step === undefined ? Number(value.toPrecision(digits)) : Math.round(value / step) * step;
  return Math.min(high, Math.max(low, near));
}

/** The point at `share` of the way from low to high. */
const along = ([low, high]: Interval, share: number, scale: Scale): number =>
  scale === 'log' ? low * (high / low) ** share : low + (high - low) * share;

/** A number, or a text that is one. */
function numberOf(value: unknown, what: string, { least, most, open, step, expected }: NumberKind): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  const inside = typeof number === 'number' && number >= least && number <= most && !(open && number === least);
  if (!inside || (step !== undefined && number % step !== 0)) throw invalid(what, value, expected);
  return number;
}

function intervalOf(from: unknown, to: unknown, what: string, kind: NumberKind, scale: Scale): Interval {
  const [low, high] = [numberOf(from, what, kind), numberOf(to, what, kind)];
  if (low >= high) throw invalid(what, [low, high], 'a first number below the second');
  if (scale === 'log' && low <= 0) throw invalid(what, low, 'a number above 0, as the scale is logarithmic');
  return [low, high];
}

function range(map: Readonly<Record<string, unknown>>, what: string, kind: NumberKind): Numbers {
  const { from, to, steps, scale: named } = map;
  const known = ['from', 'to', 'steps', 'scale'];
  for (const key of Object.keys(map)) if (!known.includes(key)) throw invalid(`key of ${what}`, key, oneOf(known));
  const scale = SCALES.find((one) => one === (named ?? 'linear'));
  if (!scale) throw invalid(`scale of ${what}`, named, oneOf(SCALES));
  const ends = intervalOf(from, to, what, kind, scale);
  const every = kind.step === undefined || scale === 'log' ? undefined : (ends[1] - ends[0]) / kind.step + 1;
  const count = steps ?? every;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 2 || count > MOST_STEPS)
    throw invalid(`steps of ${what}`, steps, `a whole number from 2 to ${MOST_STEPS}`);
  for (let digits = DIGITS; digits <= MOST_DIGITS; digits++) {
    const between: number[] = Array.from({ length: count }, (_, i) =>
      rounded(along(ends, i / (count - 1), scale), ends, kind.step, digits),
    );
    const values = between.with(0, ends[0]).with(-1, ends[1]);
    if (kind.step !== undefined || new Set(values).size === count) return { ...listOf(values), ends };
  }
  throw invalid(`steps of ${what}`, count, `steps that ${MOST_DIGITS} digits tell apart`);
}

const LAWS: Readonly<Record<string, Scale>> = { uniform: 'linear', 'log-uniform': 'log' };

function distribution(law: string, ends: unknown, what: string, kind: NumberKind): Numbers {
  const scale = LAWS[law]!;
  if (!Array.isArray(ends) || ends.length !== 2) throw invalid(`${law} of ${what}`, ends, 'a list [low, high]');
  const interval = intervalOf(ends[0], ends[1], what, kind, scale);
  const [low, high] = interval;
  // Wider by half a step, so that the two ends are as likely as those between them.
  const half = (kind.step ?? 0) / 2;
  const wide: Interval = [low - half, high + half];
  return {
    kind: 'distribution',
    draw: (uniform) => rounded(along(wide, uniform(), scale), interval, kind.step),
    ends: interval,
  };
}

/**
 * Reads what an axis of numbers takes: a number, a list of them (ascending, each once), a range `{from, to, steps, scale:
 * linear | log}` (both ends belong to it), or a distribution `{uniform: [low, high]}` or `{log-uniform: [low, high]}`.
 * Numbers between the ends are rounded to the kind's step (a range may then have fewer than its steps), or to 3 significant
 * digits; those of a range to as many, up to 12, as keep them distinct.
 *
 * @param what the axis, as messages call it
 * @throws UserError naming it
 */
export function readNumbers(value: unknown, what: string, kind: NumberKind): Numbers {
  if (isMap(value)) {
    const law = Object.keys(value).find((key) => Object.hasOwn(LAWS, key));
    if (law === undefined) {
      if ('from' in value || 'to' in value) return range(value, what, kind);
      throw invalid(
        what,
        value,
        `a list, {from, to, steps} or a distribution, {uniform: [low, high]} or {log-uniform: …}`,
      );
    }
    if (Object.keys(value).length > 1) throw invalid(what, value, `${law} alone`);
    return distribution(law, value[law], what, kind);
  }
  const values = (Array.isArray(value) ? value : [value]).map((item: unknown) => numberOf(item, what, kind));
  if (!values.length) throw invalid(what, value, 'at least one value');
  values.sort((a, b) => a - b);
  return { ...listOf(values), ends: [values[0]!, values.at(-1)!] };
}

/**
 * Reads what an axis of texts takes: a text, or a list of them, in the order given.
 *
 * @param parse throws a UserError for a text that is none of the axis' values
 */
export function readTexts<T>(value: unknown, what: string, parse: (text: string) => T): Choices<T> {
  const texts: unknown[] = Array.isArray(value) ? value : [value];
  if (!texts.length) throw invalid(what, value, 'at least one value');
  return listOf(
    texts.map((text) => {
      if (typeof text !== 'string') throw invalid(what, text, 'a text or a list of texts');
      return parse(text);
    }),
  );
}

/**
 * Reads what an axis of pairs from < to takes: texts, as `parse` reads them, or a map `{from, to}` of what two axes of
 * numbers take; every first number must be below every second.
 */
export function readPairs(
  value: unknown,
  what: string,
  kind: NumberKind,
  parse: (text: string) => Interval,
): Choices<Interval> {
  if (!isMap(value)) return readTexts(value, what, parse);
  const unknown = Object.keys(value).find((key) => key !== 'from' && key !== 'to');
  if (unknown !== undefined) throw invalid(`key of ${what}`, unknown, 'from or to');
  const from = readNumbers(value.from, `from of ${what}`, kind);
  const to = readNumbers(value.to, `to of ${what}`, kind);
  if (from.ends[1] >= to.ends[0]) throw invalid(what, value, 'every number of "from" below every number of "to"');
  if (from.kind === 'list' && to.kind === 'list')
    return listOf(from.values.flatMap((low) => to.values.map((high): Interval => [low, high])));
  return { kind: 'distribution', draw: (uniform) => [draw(from, uniform), draw(to, uniform)] };
}
