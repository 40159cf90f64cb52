import type { Features } from './extract/features.js';
import { type FrechetDistance, frechetDistance, withFactor } from './metrics/frechet.js';
import { type Unbiased, withoutBias } from './metrics/frechet-bias.js';
import { influences, standardErrorOf } from './metrics/frechet-error.js';
import { type GroupedSet, groupJackknife, pairedGroupJackknife } from './metrics/frechet-jackknife.js';
import { factorOf, type Gaussian, gaussianOfMoments } from './statistics/gaussian.js';
import { emptyMoments, type Moments, mergeMoments, momentsOf } from './statistics/moments.js';

/** Features of a set, and a number in [0, 1) for each image that depends on its content alone. */
export interface MarkedFeatures extends Features {
  /** Of equal pictures equal; what is split at random is split by these, so that order and names do not matter. */
  readonly marks: Float64Array;
}

export type Interval = readonly [number, number];

export type ErrorMethod = 'infinitesimal jackknife' | 'delete-a-group jackknife';

/** What one set of images adds to the error of an FID. */
export interface SetError {
  readonly n: number;
  readonly method: ErrorMethod;
  /** Two images cannot tell; of two sets by groups there is the error of both together alone. */
  readonly standardError?: number;
}

/** FID∞: without the bias of few images in the sets that are `corrected`; the others are taken as they are. */
export interface FidInfinity extends Unbiased {
  /** Of FID∞, and about it 95%; where it can be trusted. */
  readonly standardError?: number;
  readonly interval?: Interval;
  readonly corrected: 'both' | 'first';
  /** "FID at n" is `first` + `slope`/n: against the second set as it is. */
  readonly first: number;
}

/** FID of n images with what is known of its error. */
export interface FidEstimate extends FrechetDistance {
  readonly n: number;
  /** How much it would scatter over other images of the same sources, of those sets whose images are known. */
  readonly standardError?: number;
  /** 95% about FIDₙ: for the FID that such sets have on average, bias included. */
  readonly interval?: Interval;
  /** By set: the first, and the second where its images are known (else it is taken as it is). */
  readonly errors: readonly SetError[];
  /** Only with more than d images in each half of the first set. */
  readonly unbiased?: FidInfinity;
  /** ψ of every image of the first set (`influences`), where they gave the standard error. */
  readonly influences?: Float64Array;
}

export interface EstimateOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called after each part of the work. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Two-sided 95% of the normal distribution, and of Student's t with 1 … 9 degrees of freedom. */
const NORMAL_95 = 1.959963984540054;
const STUDENT_95 = [12.7062, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157];
const GROUPS = 10;

const ROWS = 2048;

/** No FID is below 0, whatever an estimate says. */
const about = (value: number, reach: number): Interval => [Math.max(0, value - reach), Math.max(0, value + reach)];

/** Calls back after each of `total` parts, and stops between them when it is asked to. */
class Steps {
  readonly #options: EstimateOptions;
  readonly #total: number;
  #done = 0;

  constructor(options: EstimateOptions, total: number) {
    this.#options = options;
    this.#total = total;
  }

  readonly next = (): void => {
    this.#options.signal?.throwIfAborted();
    this.#options.onProgress?.(++this.#done, this.#total);
  };
}

/** A part of a set's images, by their rows, as features of their own. */
function rowsOf(features: Features, rows: readonly number[]): Features {
  const { dims } = features;
  return {
    count: rows.length,
    dims,
    rows(from, to) {
      const out = new Float32Array((to - from) * dims);
      for (let i = from; i < to; i++) out.set(features.rows(rows[i]!, rows[i]! + 1), (i - from) * dims);
      return out;
    },
  };
}

async function momentsOfFeatures(features: Features): Promise<Moments> {
  let moments = emptyMoments(features.dims);
  for (let from = 0; from < features.count; from += ROWS)
    moments = mergeMoments(
      moments,
      await momentsOf(features.rows(from, Math.min(from + ROWS, features.count)), features.dims),
    );
  return moments;
}

/** A set as it is needed here: for n > d with its halves, by marks below ½ and others. */
interface PreparedSet {
  readonly features: MarkedFeatures;
  readonly gaussian: Gaussian;
  readonly halves?: readonly { readonly rows: readonly number[]; readonly moments: Moments }[];
}

async function prepare(features: MarkedFeatures): Promise<PreparedSet> {
  const { count, dims, marks } = features;
  if (count <= dims) return { features, gaussian: factorOf(features.rows(0, count), dims) };
  const halves = [];
  for (const low of [true, false]) {
    const rows = Array.from(marks.keys()).filter((i) => marks[i]! < 0.5 === low);
    halves.push({ rows, moments: await momentsOfFeatures(rowsOf(features, rows)) });
  }
  return { features, gaussian: gaussianOfMoments(mergeMoments(halves[0]!.moments, halves[1]!.moments)), halves };
}

const hasHalves = ({ halves, features }: PreparedSet): boolean =>
  halves?.every(({ moments }) => moments.count > features.dims) ?? false;

/** Groups that sets are cut into: ten, fewer of fewer images; none of two, as of one that is left there is no covariance. */
function groupsOf(sets: readonly PreparedSet[]): number {
  const fewest = Math.min(...sets.map(({ features }) => features.count));
  return fewest > 2 ? Math.min(GROUPS, fewest) : 0;
}

const grouped = ({ features, gaussian: { mean } }: PreparedSet): GroupedSet => {
  const { marks } = features;
  return { features, mean, order: Array.from(marks.keys()).sort((a, b) => marks[a]! - marks[b]! || a - b) };
};

/** Parts of the work on a set's error, as `Steps` counts them. */
function partsOf(set: PreparedSet): number {
  const { count, dims } = set.features;
  if (count <= dims) return groupsOf([set]);
  return hasHalves(set) ? 5 : 1;
}

/** What is to be known of the error of an FID by the images of one of its sets. */
interface SetPart {
  readonly error: SetError;
  /** What 95% of its share of the error reaches. */
  readonly reach?: number;
  readonly psi?: Float64Array;
  readonly unbiased?: Unbiased & { readonly standardError: number };
}

async function errorOf(set: PreparedSet, other: Gaussian, value: number, { next }: Steps): Promise<SetPart> {
  const { features, gaussian } = set;
  const { count: n, dims } = features;
  if (n <= dims) {
    const method = 'delete-a-group jackknife';
    const groups = groupsOf([set]);
    if (!groups) return { error: { n, method } };
    const standardError = await groupJackknife(grouped(set), other, groups, next);
    return { error: { n, method, standardError }, reach: STUDENT_95[groups - 2]! * standardError };
  }
  const psi = await influences(features, gaussian, other);
  next();
  const standardError = standardErrorOf(psi);
  const part: SetPart = {
    error: { n, method: 'infinitesimal jackknife', standardError },
    reach: NORMAL_95 * standardError,
    psi,
  };
  if (!hasHalves(set)) return part;
  const halves: { value: number; n: number }[] = [];
  const psiOfHalf = new Float64Array(n);
  for (const { rows, moments } of set.halves!) {
    const half = gaussianOfMoments(moments);
    halves.push({ value: (await frechetDistance(half, other)).value, n: rows.length });
    next();
    const own = await influences(rowsOf(features, rows), half, other);
    for (const [i, row] of rows.entries()) psiOfHalf[row] = (own[i]! * n) / rows.length;
    next();
  }
  const unbiased = withoutBias({ value, n, halves: [halves[0]!, halves[1]!] }, dims);
  // F* = (1 + c)·Fₙ − c/2·(F_A + F_B), and its influences likewise.
  const c = unbiased.weight;
  const ofUnbiased = psi.map((own, i) => (1 + c) * own - (c / 2) * psiOfHalf[i]!);
  return { ...part, unbiased: { ...unbiased, standardError: standardErrorOf(ofUnbiased) } };
}

/**
 * FID of a set's features to a reference, with its error. Where the reference is given by its images, they count as a
 * sample too; a Gaussian is taken as it is. Throws for fewer than two images.
 *
 * Its standard error for few images, in simulation (d = 32): of the delete-a-group jackknife (n ≤ d) 1.5 to 2.2 times the
 * true one; of the infinitesimal jackknife 0.75 of it just above d, 0.9 at 4d, 1 at 8d.
 */
export async function estimateFid(
  features: MarkedFeatures,
  reference: Gaussian | MarkedFeatures,
  options: EstimateOptions = {},
): Promise<FidEstimate> {
  const a = await prepare(features);
  const b = 'marks' in reference ? await prepare(reference) : undefined;
  const pair = b && [a, b].every(({ features: { count, dims } }) => count <= dims) ? ([a, b] as const) : undefined;
  const steps = new Steps(options, 1 + (pair ? groupsOf(pair) : partsOf(a) + (b ? partsOf(b) : 0)));
  const other = b?.gaussian ?? (reference as Gaussian);
  const factored = features.count > features.dims ? await withFactor(other) : other;
  const distance = await frechetDistance(a.gaussian, factored);
  steps.next();
  if (pair) return byGroups(pair, distance, steps);
  const own = await errorOf(a, factored, distance.value, steps);
  const self = b && b.features.count > b.features.dims ? await withFactor(a.gaussian) : a.gaussian;
  const its = b && (await errorOf(b, self, distance.value, steps));

  const parts = its ? [own, its] : [own];
  const root = (values: readonly (number | undefined)[]): number | undefined =>
    values.every((value) => value !== undefined) ? Math.hypot(...(values as number[])) : undefined;
  const standardError = root(parts.map(({ error }) => error.standardError));
  const reach = root(parts.map((part) => part.reach));
  const unbiased = own.unbiased && infinity(distance.value, own.unbiased, its);
  return {
    ...distance,
    n: features.count,
    errors: parts.map(({ error }) => error),
    ...(standardError !== undefined && { standardError }),
    ...(reach !== undefined && { interval: about(distance.value, reach) }),
    ...(unbiased && { unbiased }),
    ...(own.psi && { influences: own.psi }),
  };
}

/** Of two sets with no more images than dimensions. */
async function byGroups(
  sets: readonly [PreparedSet, PreparedSet],
  distance: FrechetDistance,
  { next }: Steps,
): Promise<FidEstimate> {
  const [a, b] = sets;
  const errors = sets.map(({ features }): SetError => ({ n: features.count, method: 'delete-a-group jackknife' }));
  const estimate: FidEstimate = { ...distance, n: a.features.count, errors };
  const groups = groupsOf(sets);
  if (!groups) return estimate;
  const standardError = await pairedGroupJackknife(grouped(a), grouped(b), groups, next);
  return { ...estimate, standardError, interval: about(distance.value, STUDENT_95[groups - 2]! * standardError) };
}

type OfSet = Unbiased & { readonly standardError: number };

/** The biases of both sets taken out, each by its own halves; a set too small for that still scatters. */
function infinity(fid: number, a: OfSet, other: SetPart | undefined): FidInfinity {
  const b = other?.unbiased;
  const value = a.value + (b ? b.value - fid : 0);
  const standardError = Math.hypot(a.standardError, (b ?? other?.error)?.standardError ?? 0);
  const trusted = a.trusted && (b?.trusted ?? true);
  const { slope, weight, needed, value: first } = a;
  const corrected = b ? 'both' : 'first';
  const known = { value, slope, weight, needed, trusted, corrected, first } as const;
  return trusted ? { ...known, standardError, interval: about(value, NORMAL_95 * standardError) } : known;
}
