import { invalid, oneOf } from '../core/errors.js';

/** What a setting of a data set is chosen by. */
export interface Point {
  readonly setting: string;
  /** F* where it can be trusted, else FIDₙ. */
  readonly fid: number;
  /** Vendi score; absent where it was not measured. */
  readonly vendi?: number;
  /** Base images an output is made of. */
  readonly cost: number;
}

export interface ChoiceWeights {
  readonly fid: number;
  readonly diversity: number;
  readonly cost: number;
}

export interface Recommended {
  readonly setting: string;
  readonly reason: string;
}

/** Reads `fid=1,diversity=0.5,cost=1`; what is not named weighs nothing. */
export function parseChoice(text: string): ChoiceWeights {
  const weights = { fid: 0, diversity: 0, cost: 0 };
  const expected = 'NAME=WEIGHT with weights from 0 on, such as fid=1,diversity=0.5,cost=1';
  const seen = new Set<string>();
  for (const part of text.split(',')) {
    const [, name = '', weight = ''] = /^\s*([^=]*?)\s*=\s*(.*?)\s*$/s.exec(part) ?? [];
    if (!Object.hasOwn(weights, name))
      throw invalid('--choose', part, expected, `It names ${oneOf(Object.keys(weights))}.`);
    const value = Number(weight);
    if (weight === '' || !(value >= 0 && value <= 1e6) || seen.has(name)) throw invalid('--choose', text, expected);
    seen.add(name);
    weights[name as keyof ChoiceWeights] = value;
  }
  if (!Object.values(weights).some((weight) => weight > 0)) throw invalid('--choose', text, 'a weight above 0');
  return weights;
}

function checked(points: readonly Point[]): readonly Point[] {
  for (const { setting, fid, vendi = 1, cost } of points) {
    if (!Number.isFinite(fid) || !(vendi > 0) || !(cost > 0))
      throw new Error(`${setting}: FID ${fid}, Vendi ${vendi}, cost ${cost}`);
  }
  return points;
}

function dominates(a: Point, b: Point): boolean {
  // [a's, b's], less is better.
  const pairs: (readonly [number, number])[] = [
    [a.fid, b.fid],
    [a.cost, b.cost],
  ];
  if (a.vendi !== undefined && b.vendi !== undefined) pairs.push([-a.vendi, -b.vendi]);
  return pairs.every(([one, other]) => one <= other) && pairs.some(([one, other]) => one < other);
}

/**
 * Settings than which no other is at least as good in FID, diversity and cost and better in one, in the order given. Where
 * one of two has no Vendi score they are compared by the rest.
 */
export const pareto = (points: readonly Point[]): string[] =>
  checked(points)
    .filter((point) => !points.some((other) => dominates(other, point)))
    .map(({ setting }) => setting);

/** The first of those with the largest value. */
function largest<T>(items: readonly T[], measure: (item: T) => number): T {
  return items.reduce((best, next) => (measure(next) > measure(best) ? next : best));
}

const digits = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
/** Base images; of pictures of another size it can be a part of one. */
const count = (cost: number): number => Number(cost.toPrecision(3));

/** Standard errors that a setting may be behind the best to be chosen in its place. */
export const NEAR = 1.96;

function byTies(tied: readonly Point[], factor: number, alone: string): Recommended {
  const [only] = tied;
  if (!only) throw new Error('a choice among no settings');
  if (tied.length === 1) return { setting: only.setting, reason: alone };
  const cheapest = Math.min(...tied.map(({ cost }) => cost));
  const affordable = tied.filter(({ cost }) => cost <= factor * cheapest);
  const measured = affordable.filter(({ vendi }) => vendi !== undefined);
  // Of two alike in diversity the cheaper, then the better.
  const ordered = [...(measured.length ? measured : affordable)].sort((a, b) => a.cost - b.cost || a.fid - b.fid);
  const chosen = measured.length ? largest(ordered, ({ vendi }) => vendi!) : largest(ordered, ({ fid }) => -fid);
  const { setting, vendi, cost } = chosen;
  const quality =
    vendi === undefined
      ? 'as no diversity was measured, the best of them'
      : `the most diverse of them (Vendi ${digits(vendi)})`;
  return {
    setting,
    reason: `One of ${tied.length} settings that are less than ${NEAR} standard errors behind the best FID; ${quality} that takes at most ${factor} times the base images of the cheapest (${count(cost)} against ${count(cheapest)}).`,
  };
}

/** An FID below this share of the largest counts as it: the logarithm of 0, of a folder against itself, outweighs all. */
const LEAST_SHARE = 1e-3;

function byWeights(points: readonly Point[], weights: ChoiceWeights): Recommended {
  const measured = points.filter(({ vendi }) => vendi !== undefined);
  const diverse = weights.diversity > 0 && measured.length > 0;
  const candidates = diverse ? measured : points;
  if (!candidates.length) throw new Error('a choice among no settings');
  const top = Math.max(...points.map(({ fid }) => fid));
  const floored = ({ fid }: Point) => (top > 0 ? Math.max(fid, LEAST_SHARE * top) : 1);
  const least = Math.min(...candidates.map(floored));
  const vendi = Math.max(...measured.map((point) => point.vendi!));
  const cost = Math.min(...candidates.map((point) => point.cost));
  const lossOf = (point: Point): number =>
    weights.fid * Math.log(floored(point) / least) +
    (diverse ? weights.diversity * Math.log(vendi / point.vendi!) : 0) +
    weights.cost * Math.log(point.cost / cost);
  const chosen = largest(candidates, (point) => -lossOf(point));
  const terms = [
    ...(weights.fid ? [`${weights.fid}·ln(FID / ${digits(least)})`] : []),
    ...(diverse ? [`${weights.diversity}·ln(${digits(vendi)} / Vendi)`] : []),
    ...(weights.cost ? [`${weights.cost}·ln(base images / ${count(cost)})`] : []),
  ];
  const facts = [`FID ${digits(chosen.fid)}`, ...(chosen.vendi === undefined ? [] : [`Vendi ${digits(chosen.vendi)}`])];
  const lacking = weights.diversity > 0 && !diverse ? ' No diversity was measured, so it does not count.' : '';
  return {
    setting: chosen.setting,
    reason: `The least ${terms.join(' + ') || 'loss'} of ${candidates.length} settings, with ${facts.join(', ')} and ${count(chosen.cost)} base ${chosen.cost === 1 ? 'image' : 'images'}.${lacking}`,
  };
}

/** By what one setting is recommended. */
export interface ChoiceRule {
  /** Of the base images of the cheapest tied setting, at most taken by the recommended one: 1 or more, 2 by default. */
  readonly factor?: number;
  /** Weighs all settings instead: the least w_f·ln(F/F_min) + w_d·ln(V_max/V) + w_c·ln(cost/cost_min). */
  readonly weights?: ChoiceWeights;
}

/**
 * The one setting to use, and why: among those tied with the best FID the most diverse that is not too costly; or by
 * weights. By weights, an FID below a thousandth of the largest (0 or less too) counts as that, and settings without a Vendi
 * score are left out when diversity weighs, unless none has one.
 *
 * @param points all measured settings of a data set
 * @param near keys of the best and of those that are less than `NEAR` standard errors behind it: nearer than those that merely
 *   cannot be separated from it at the level of a whole run
 * @param compared whether the differences have errors
 */
export function recommend(
  points: readonly Point[],
  near: readonly string[],
  { factor = 2, weights }: ChoiceRule = {},
  compared = true,
): Recommended {
  checked(points);
  if (weights) return byWeights(points, weights);
  return byTies(
    points.filter(({ setting }) => near.includes(setting)),
    factor,
    aloneOf(points, compared),
  );
}

/** Why the best is taken where no other is near it. */
function aloneOf(points: readonly Point[], compared: boolean): string {
  if (points.length === 1) return 'The only setting.';
  if (!compared) return 'The lowest FID; without errors it is not known how sure that is.';
  return `The best FID: every other setting is more than ${NEAR} standard errors behind it.`;
}
