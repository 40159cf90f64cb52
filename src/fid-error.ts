import { normalQuantile, studentQuantile } from './core/quantile.js';
import type { Features } from './extract/features.js';
import { chosenRows } from './metrics/chosen-rows.js';
import { distanceByRoot } from './metrics/frechet.js';
import { type Unbiased, withoutBias } from './metrics/frechet-bias.js';
import type { Scatter } from './metrics/frechet-difference.js';
import { pulls, standardErrorOf } from './metrics/frechet-error.js';
import {
  canBeHalved,
  type GroupedSet,
  groupJackknife,
  type Halves,
  halvedJackknife,
  standardErrorOfGroups,
} from './metrics/frechet-jackknife.js';
import { factorOf, type Gaussian, gaussianOfMoments } from './statistics/gaussian.js';
import { emptyMoments, type Moments, mergeMoments, momentsOf } from './statistics/moments.js';

/** Features of a set, and a number in [0, 1) for each image that depends on its content alone. */
export interface MarkedFeatures extends Features {
  /** Of equal pictures equal; what is split at random is split by these, so that order and names do not matter. */
  readonly marks: Float64Array;
}

export type ErrorMethod = 'infinitesimal jackknife' | 'delete-a-group jackknife';

/** What one set of images adds to the error of an FID. */
export interface SetError {
  readonly n: number;
  readonly method: ErrorMethod;
  /** Two images cannot tell; of two sets by groups there is the error of both together alone. */
  readonly standardError?: number;
}

/** An interval of 95% reaches from the quantile at 1 − this to that at this. */
export const UPPER = 0.975;

const ROWS = 2048;

/** How the error of a set is to be estimated: see `EstimateOptions`. */
export interface Plan {
  readonly scatter: boolean;
  readonly groups: number;
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
export interface PreparedSet {
  readonly features: MarkedFeatures;
  readonly gaussian: Gaussian;
  readonly halves?: readonly { readonly rows: readonly number[]; readonly moments: Moments }[];
}

function halvesOf({ marks }: MarkedFeatures): Halves {
  const all = Array.from(marks.keys());
  return [all.filter((i) => marks[i]! < 0.5), all.filter((i) => !(marks[i]! < 0.5))];
}

export async function prepare(features: MarkedFeatures): Promise<PreparedSet> {
  const { count, dims } = features;
  if (count <= dims) return { features, gaussian: factorOf(features.rows(0, count), dims) };
  const halves = [];
  for (const rows of halvesOf(features))
    halves.push({ rows, moments: await momentsOfFeatures(chosenRows(features, rows)) });
  return { features, gaussian: gaussianOfMoments(mergeMoments(halves[0]!.moments, halves[1]!.moments)), halves };
}

/** Whether F* is to be had: from halves of more than d images, or where it is only to be compared, of two. */
const hasHalves = ({ halves, features }: PreparedSet, { scatter }: Plan): boolean =>
  halves?.every(({ moments }) => moments.count > (scatter ? 1 : features.dims)) ?? false;

/** Groups that sets are cut into: fewer of fewer images; none of two, as of one that is left there is no covariance. */
export function groupsOf(sets: readonly PreparedSet[], { groups }: Plan): number {
  const fewest = Math.min(...sets.map(({ features }) => features.count));
  return fewest > 2 ? Math.min(groups, fewest) : 0;
}

export const grouped = ({ features, gaussian: { mean } }: PreparedSet): GroupedSet => {
  const { marks } = features;
  return { features, mean, order: Array.from(marks.keys()).sort((a, b) => marks[a]! - marks[b]! || a - b) };
};

/** Parts of the work on a set's error, as `Steps` counts them. */
export function partsOf(set: PreparedSet, plan: Plan): number {
  const { count, dims } = set.features;
  if (count <= dims) return groupsOf([set], plan);
  return hasHalves(set, plan) ? 3 : 1;
}

/** F* of one set. */
export type OfSet = Unbiased & { readonly standardError: number; readonly scatter: Scatter };

/** What is to be known of the error of an FID by the images of one of its sets. */
export interface SetPart {
  readonly error: SetError;
  /** What 95% of its share of the error reaches. */
  readonly reach?: number;
  readonly psi?: Float64Array;
  readonly scatter?: Scatter;
  readonly unbiased?: OfSet;
}

const byImages = (influences: Float64Array): Scatter => ({ kind: 'images', influences });

/** For n ≤ d. */
async function errorByGroups(set: PreparedSet, other: Gaussian, plan: Plan, next: () => void): Promise<SetPart> {
  const { count: n } = set.features;
  const method = 'delete-a-group jackknife';
  const groups = groupsOf([set], plan);
  if (!groups) return { error: { n, method } };
  const cut = grouped(set);
  const halves = halvesOf(set.features);
  const halved =
    plan.scatter && canBeHalved(cut.order, halves, groups)
      ? await halvedJackknife(cut, other, halves, groups, next)
      : undefined;
  const replicates = halved?.replicates ?? (await groupJackknife(cut, other, groups, next));
  const standardError = standardErrorOfGroups(replicates);
  const reach = studentQuantile(UPPER, groups - 1) * standardError;
  const part: SetPart = { error: { n, method, standardError }, reach, scatter: { kind: 'groups', replicates } };
  if (!halved) return part;
  const { unbiased, unbiasedReplicates } = halved;
  const scatter: Scatter = { kind: 'groups', replicates: unbiasedReplicates };
  return { ...part, unbiased: { ...unbiased, standardError: standardErrorOfGroups(unbiasedReplicates), scatter } };
}

/** For n > d. F* takes halves of up to d images by their influences too, only where it is to be compared. */
async function errorByImages(
  set: PreparedSet,
  other: Gaussian,
  value: number,
  plan: Plan,
  next: () => void,
): Promise<SetPart> {
  const { features, gaussian } = set;
  const { count: n, dims } = features;
  const { influences: psi } = await pulls(features, gaussian, other);
  next();
  const standardError = standardErrorOf(psi);
  const part: SetPart = {
    error: { n, method: 'infinitesimal jackknife', standardError },
    reach: normalQuantile(UPPER) * standardError,
    psi,
    scatter: byImages(psi),
  };
  if (!hasHalves(set, plan)) return part;
  const halves: { value: number; n: number }[] = [];
  const psiOfHalf = new Float64Array(n);
  for (const { rows, moments } of set.halves!) {
    const images = chosenRows(features, rows);
    const half = rows.length > dims ? gaussianOfMoments(moments) : factorOf(images.rows(0, rows.length), dims);
    const own = await pulls(images, half, other);
    halves.push({ value: distanceByRoot(half, other, own.traceSqrt).value, n: rows.length });
    for (const [i, row] of rows.entries()) psiOfHalf[row] = (own.influences[i]! * n) / rows.length;
    next();
  }
  const unbiased = withoutBias({ value, n, halves: [halves[0]!, halves[1]!] }, dims);
  // F* = (1 + c)·Fₙ − c/2·(F_A + F_B), and its influences likewise.
  const c = unbiased.weight;
  const ofUnbiased = psi.map((own, i) => (1 + c) * own - (c / 2) * psiOfHalf[i]!);
  return {
    ...part,
    unbiased: { ...unbiased, standardError: standardErrorOf(ofUnbiased), scatter: byImages(ofUnbiased) },
  };
}

/**
 * The error of the FID of a set to another, taken as it is, by the set's images.
 *
 * @param value the FID
 * @param next called after each part of the work, `partsOf` in all
 */
export const errorOf = (
  set: PreparedSet,
  other: Gaussian,
  value: number,
  plan: Plan,
  next: () => void,
): Promise<SetPart> =>
  set.features.count <= set.features.dims
    ? errorByGroups(set, other, plan, next)
    : errorByImages(set, other, value, plan, next);
