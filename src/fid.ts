import type { Features } from './extract/features.js';
import { type FrechetDistance, frechetDistance, withFactor } from './metrics/frechet.js';
import { type Unbiased, withoutBias } from './metrics/frechet-bias.js';
import { groupJackknife, influences, standardErrorOf } from './metrics/frechet-error.js';
import { factorOf, type Gaussian, gaussianOfMoments } from './statistics/gaussian.js';
import { emptyMoments, type Moments, mergeMoments, momentsOf } from './statistics/moments.js';

/** Features of a set, and a number in [0, 1) for each image that depends on its content alone. */
export interface MarkedFeatures extends Features {
  /** Of equal pictures equal; what is split at random is split by these, so that order and names do not matter. */
  readonly marks: Float64Array;
}

export type Interval = readonly [number, number];

/** FID of n images with what is known of its error; the reference is taken as it is. */
export interface FidEstimate extends FrechetDistance {
  readonly n: number;
  /** Of FIDₙ: how much it would scatter over other n images of the same source. Two images cannot tell. */
  readonly standardError?: number;
  readonly method: 'infinitesimal jackknife' | 'delete-a-group jackknife';
  /** 95% about FIDₙ: for the FID that n such images have on average, bias included. */
  readonly interval?: Interval;
  /** FID∞ and its 95% interval; only with more than d images in each half. */
  readonly unbiased?: Unbiased & { readonly interval: Interval };
  /** ψ of every image (`influences`), where they gave the standard error. */
  readonly influences?: Float64Array;
}

/** Two-sided 95% of the normal distribution, and of Student's t with 1 … 9 degrees of freedom. */
const NORMAL_95 = 1.959963984540054;
const STUDENT_95 = [12.7062, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157];
const GROUPS = 10;

const ROWS = 2048;

/** No FID is below 0, whatever an estimate says. */
const about = (value: number, reach: number): Interval => [Math.max(0, value - reach), Math.max(0, value + reach)];

/** Moments of the images whose mark is below ½, and of the others. */
async function halves(features: MarkedFeatures): Promise<[Moments, Moments]> {
  const { count, dims, marks } = features;
  const out: [Moments, Moments] = [emptyMoments(dims), emptyMoments(dims)];
  for (let from = 0; from < count; from += ROWS) {
    const to = Math.min(from + ROWS, count);
    const rows = features.rows(from, to);
    for (const half of [0, 1] as const) {
      const own: number[] = [];
      for (let i = from; i < to; i++) if (marks[i]! < 0.5 === (half === 0)) own.push(i - from);
      const part = new Float32Array(own.length * dims);
      for (const [at, i] of own.entries()) part.set(rows.subarray(i * dims, (i + 1) * dims), at * dims);
      out[half] = mergeMoments(out[half], await momentsOf(part, dims));
    }
  }
  return out;
}

/** Indices in the order of their marks. */
const byMark = (marks: Float64Array): number[] =>
  Array.from(marks.keys()).sort((a, b) => marks[a]! - marks[b]! || a - b);

/** FID of a set's features to a reference, with its error. Throws for fewer than two images. */
export async function estimateFid(
  features: MarkedFeatures,
  reference: Gaussian,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<FidEstimate> {
  const { count: n, dims } = features;
  if (n <= dims) {
    const set = factorOf(features.rows(0, n), dims);
    const distance = await frechetDistance(set, reference);
    signal?.throwIfAborted();
    const method = 'delete-a-group jackknife';
    // Of two images one would be left, which has no covariance.
    if (n === 2) return { ...distance, n, method };
    const groups = Math.min(GROUPS, n);
    const standardError = await groupJackknife(features, set, reference, byMark(features.marks), groups);
    const interval = about(distance.value, STUDENT_95[groups - 2]! * standardError);
    return { ...distance, n, standardError, method, interval };
  }
  const parts = await halves(features);
  const set = gaussianOfMoments(mergeMoments(...parts));
  const factored = await withFactor(reference);
  const distance = await frechetDistance(set, factored);
  signal?.throwIfAborted();
  const psi = await influences(features, set, factored);
  const standardError = standardErrorOf(psi);
  const reach = NORMAL_95 * standardError;
  const estimate: FidEstimate = {
    ...distance,
    n,
    standardError,
    method: 'infinitesimal jackknife',
    interval: about(distance.value, reach),
    influences: psi,
  };
  if (parts.some(({ count }) => count <= dims)) return estimate;
  signal?.throwIfAborted();
  const half = async (moments: Moments) => ({
    value: (await frechetDistance(gaussianOfMoments(moments), factored)).value,
    n: moments.count,
  });
  const unbiased = withoutBias(
    { value: distance.value, n, halves: [await half(parts[0]), await half(parts[1])] },
    dims,
  );
  return { ...estimate, unbiased: { ...unbiased, interval: about(unbiased.value, reach) } };
}
