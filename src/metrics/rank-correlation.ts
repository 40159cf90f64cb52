import { normalQuantile } from '../core/quantile.js';
import { draws, STREAM } from '../core/random.js';

/** How far two lists of numbers put the same things in the same order. */
export interface RankCorrelation {
  /** −1 … 1. */
  readonly value: number;
  /** 95%; absent for ±1, about which the transformation has no interval, and for too few pairs (ρ below 4, τ below 5). */
  readonly interval?: readonly [number, number];
  /** Two-sided, exact: the share of all orders of one list that give a value as far from 0. For up to 9 pairs, and for ±1. */
  readonly p?: number;
}

/** Ranks from 1; what is equal shares the average of its ranks. */
export const ranks = (values: readonly number[]): number[] => ranksIn(orderOf(values), values);

/** Places by their values, the lowest first; those of equal values by a second list. */
const orderOf = (values: readonly number[], then: readonly number[] = values): number[] =>
  [...values.keys()].sort((i, j) => values[i]! - values[j]! || then[i]! - then[j]!);

function ranksIn(order: readonly number[], values: readonly number[]): number[] {
  const out = new Array<number>(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let i = from; i < to; i++) out[order[i]!] = (from + 1 + to) / 2;
    from = to;
  }
  return out;
}

/** Whether there is an order to compare at all: fewer than two values have none, nor do equal ones. */
export const varies = (values: readonly number[]): boolean => values.some((value) => value !== values[0]);

function check(x: readonly number[], y: readonly number[]): void {
  if (x.length !== y.length) throw new Error(`a rank correlation of ${x.length} and ${y.length} values`);
  if (![...x, ...y].every(Number.isFinite)) throw new Error('a rank correlation of what is no number');
  if (!varies(x) || !varies(y)) throw new Error('a rank correlation of values that are all the same');
}

/** Twice the ranks less their mean: whole numbers, so that sums of products are exact. */
const centred = (values: readonly number[], order = orderOf(values)): number[] =>
  ranksIn(order, values).map((rank) => 2 * rank - (values.length + 1));

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, one, i) => sum + one * b[i]!, 0);

/** Spearman's ρ: Pearson's correlation of the ranks, those of ties averaged. Throws an Error for values that are all the same. */
export const spearman = (x: readonly number[], y: readonly number[]): number => coefficients(x, y).rho;

/**
 * Kendall's τ-b (Kendall, "The treatment of ties in ranking problems", Biometrika 1945): concordant less discordant pairs,
 * over √((pairs not tied in x)·(pairs not tied in y)). Throws an Error for values that are all the same. Time is n·log n:
 * discordant pairs are those that sorting y puts right once x is in order (Knight, "A computer method for calculating
 * Kendall's tau with ungrouped data", JASA 1966).
 */
export const kendall = (x: readonly number[], y: readonly number[]): number => coefficients(x, y).tau;

/** What of one list both coefficients hang on. */
interface Ranked {
  readonly values: readonly number[];
  readonly centred: readonly number[];
  /** Pairs of other values. */
  readonly untied: number;
}

function ranked(values: readonly number[], order = orderOf(values)): Ranked {
  return { values, centred: centred(values, order), untied: pairsOf(values.length) - tiedIn(order, values) };
}

function coefficients(x: readonly number[], y: readonly number[]): { readonly rho: number; readonly tau: number } {
  check(x, y);
  return coefficientsTo(ranked(y), x);
}

function coefficientsTo(y: Ranked, values: readonly number[]): { readonly rho: number; readonly tau: number } {
  const order = orderOf(values, y.values);
  const x = ranked(values, order);
  const rho = dot(x.centred, y.centred) / Math.sqrt(dot(x.centred, x.centred) * dot(y.centred, y.centred));
  // Of pairs untied in x: those tied in y are neither, and sorting puts no pair right that is tied in x.
  const tiedInYAlone = pairsOf(values.length) - y.untied - tiedIn(order, values, y.values);
  const concordant = x.untied - tiedInYAlone - 2 * inversions(Float64Array.from(order, (i) => y.values[i]!));
  return { rho: bounded(rho), tau: bounded(concordant / Math.sqrt(x.untied * y.untied)) };
}

/** Rounding never takes a correlation out of −1 … 1. */
const bounded = (value: number): number => Math.max(-1, Math.min(1, value));

const pairsOf = (n: number): number => (n * (n - 1)) / 2;

/** Pairs of neighbours in an order that have the same value in every list, runs of them taken whole. */
function tiedIn(order: readonly number[], ...lists: readonly (readonly number[])[]): number {
  let [pairs, run] = [0, 1];
  for (let i = 1; i <= order.length; i++) {
    const same = i < order.length && lists.every((list) => list[order[i]!] === list[order[i - 1]!]);
    if (!same) pairs += pairsOf(run);
    run = same ? run + 1 : 1;
  }
  return pairs;
}

/** Pairs of which the later is the lower, by merging runs of 1, 2, 4, … values; the values are sorted on the way. */
function inversions(values: Float64Array<ArrayBuffer>): number {
  const n = values.length;
  let [from, to] = [values, new Float64Array(n)];
  let count = 0;
  for (let width = 1; width < n; width *= 2) {
    for (let start = 0; start < n; start += 2 * width) {
      const [middle, end] = [Math.min(start + width, n), Math.min(start + 2 * width, n)];
      let [left, right] = [start, middle];
      for (let k = start; k < end; k++) {
        if (right === end || (left < middle && from[left]! <= from[right]!)) to[k] = from[left++]!;
        else {
          to[k] = from[right++]!;
          count += middle - left;
        }
      }
    }
    [from, to] = [to, from];
  }
  return count;
}

/** The sign of every difference of two values. */
const signs = (values: readonly number[]): number[][] =>
  values.map((own) => values.map((other) => Math.sign(own - other)));

/** About tanh⁻¹ of a value, taken back; none about ±1. */
function byFisher(value: number, standardError: number): { interval?: readonly [number, number] } {
  if (Math.abs(value) === 1 || !Number.isFinite(standardError)) return {};
  const reach = normalQuantile(0.975) * standardError;
  return { interval: [Math.tanh(Math.atanh(value) - reach), Math.tanh(Math.atanh(value) + reach)] };
}

/** Pairs up to which all orders are gone through: 9! are 362,880. */
const EXACT = 9;

/**
 * Exact two-sided p-values of ρ and τ over all orders of y, ties as they are.
 *
 * @returns undefined above 9 pairs
 */
export function permutationP(
  x: readonly number[],
  y: readonly number[],
): { readonly spearman: number; readonly kendall: number } | undefined {
  check(x, y);
  const n = x.length;
  if (n > EXACT) return undefined;
  const [a, b, signsX, signsY] = [centred(x), centred(y), signs(x), signs(y)];
  const products = Math.abs(dot(a, b));
  const concordant = Math.abs(dot(signsX.flat(), signsY.flat())) / 2;
  const taken: number[] = [];
  const free = new Array<boolean>(n).fill(true);
  let [asFarProducts, asFarConcordant, all] = [0, 0, 0];
  const place = (sum: number, score: number): void => {
    const i = taken.length;
    if (i === n) {
      all++;
      if (Math.abs(sum) >= products) asFarProducts++;
      if (Math.abs(score) >= concordant) asFarConcordant++;
      return;
    }
    for (let k = 0; k < n; k++) {
      if (!free[k]) continue;
      let added = 0;
      for (let j = 0; j < i; j++) added += signsX[i]![j]! * signsY[k]![taken[j]!]!;
      free[k] = false;
      taken.push(k);
      place(sum + a[i]! * b[k]!, score + added);
      taken.pop();
      free[k] = true;
    }
  };
  place(0, 0);
  return { spearman: asFarProducts / all, kendall: asFarConcordant / all };
}

/**
 * The exact two-sided p-value of a perfect order, however many pairs: its values are tied alike in both lists, so that Π t!
 * of all n! orders give it, and as many its reverse where the ties are the same from both ends.
 */
function perfectP(x: readonly number[]): number {
  const sorted = ranks(x).sort((a, b) => a - b);
  const ties = [...new Set(sorted)].map((rank) => sorted.filter((one) => one === rank).length);
  const symmetric = ties.every((size, i) => size === ties.at(-1 - i));
  const lnFactorial = (n: number): number => (n < 2 ? 0 : Math.log(n) + lnFactorial(n - 1));
  const ln = ties.reduce((sum, size) => sum + lnFactorial(size), 0) - lnFactorial(x.length);
  return Math.exp(ln) * (symmetric ? 2 : 1);
}

/**
 * Both coefficients with 95% intervals: of ρ by Fisher's z with standard error √((1 + ρ²/2)/(n − 3)) (Bonett and Wright,
 * "Sample size requirements for estimating Pearson, Kendall and Spearman correlations", Psychometrika 2000); of τ with
 * √(0.437/(n − 4)) (Fieller, Hartley and Pearson, "Tests for rank correlation coefficients I", Biometrika 1957).
 * Both take the pairs as independent draws from one population.
 */
export function rankCorrelations(
  x: readonly number[],
  y: readonly number[],
): { readonly spearman: RankCorrelation; readonly kendall: RankCorrelation } {
  const n = x.length;
  const { rho, tau } = coefficients(x, y);
  const perfect = Math.abs(rho) === 1 ? perfectP(x) : undefined;
  const p = perfect === undefined ? permutationP(x, y) : { spearman: perfect, kendall: perfect };
  return {
    spearman: {
      value: rho,
      ...(n > 3 && byFisher(rho, Math.sqrt((1 + rho ** 2 / 2) / (n - 3)))),
      ...(p && { p: p.spearman }),
    },
    kendall: { value: tau, ...(n > 4 && byFisher(tau, Math.sqrt(0.437 / (n - 4)))), ...(p && { p: p.kendall }) },
  };
}

export type Range = readonly [number, number];

const DRAWS = 2000;
/** Of more pairs fewer draws: the coefficients move less, and each takes longer. */
const MANY_PAIRS = 200;

/**
 * How far the coefficients move when x moves within its errors: what 95% of 2,000 draws (200 above 200 pairs) of x + error·z
 * give, z normal and independent. The draws are Philox's, so that it is the same every time.
 *
 * @param errors standard errors of x, at least one of them above 0
 */
export function withinErrors(
  x: readonly number[],
  errors: readonly number[],
  y: readonly number[],
): { readonly spearman: Range; readonly kendall: Range } {
  const count = x.length > MANY_PAIRS ? DRAWS / 10 : DRAWS;
  const to = ranked(y);
  const [rhos, taus]: [number[], number[]] = [[], []];
  for (let draw = 0; draw < count; draw++) {
    const uniform = draws(0, STREAM.errors, draw);
    const moved = x.map((value, i) => value + errors[i]! * normalQuantile(uniform()));
    const { rho, tau } = coefficientsTo(to, moved);
    rhos.push(rho);
    taus.push(tau);
  }
  return { spearman: middle(rhos), kendall: middle(taus) };
}

/** What the middle 95% lie within. */
function middle(values: readonly number[]): Range {
  const sorted = [...values].sort((a, b) => a - b);
  const outside = Math.floor(0.025 * sorted.length);
  return [sorted[outside]!, sorted[sorted.length - 1 - outside]!];
}
