import { invalid } from '../core/errors.js';
import type { Features } from '../extract/features.js';
import { type Cover, countPair, coverOf, eachNeighbour } from './cover.js';
import { distances, isNear, neighbours } from './neighbours.js';
import { BLOCK_ROWS, type PairwiseOptions, tileCount } from './tiles.js';

/** A value with its standard error and 95% interval. */
export interface Estimate {
  readonly value: number;
  readonly standardError: number;
  readonly interval: readonly [number, number];
}

/** What the errors of `PrecisionRecall` cover. */
export const PRECISION_RECALL_UNCERTAINTY =
  'both sets as samples of these sizes: the images counted, and to first order the other set’s; about the value expected ' +
  'at these sizes, not at infinity';

export interface PrecisionRecall {
  readonly k: number;
  /** Share of generated images inside the ball of a real one. */
  readonly precision: Estimate;
  /** Share of real images inside the ball of a generated one. */
  readonly recall: Estimate;
  /** Mean number of real balls that a generated image is in, over k. It may be above 1. */
  readonly density: Estimate;
  /** Share of real images with a generated one inside their ball. */
  readonly coverage: Estimate;
  readonly generated: number;
  readonly real: number;
  readonly uncertainty: typeof PRECISION_RECALL_UNCERTAINTY;
}

export interface PrecisionRecallOptions extends PairwiseOptions {
  /** Which neighbours' distances are the radii: Naeem et al. use 5, Kynkäänniemi et al. 3. The distances are computed once. */
  readonly ks?: readonly number[];
}

/** Neighbour lists grow with k for every image. */
const LARGEST_K = 200;

const Z = 1.96;

/** Σ (vᵢ − mean)² */
function spread(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - mean) ** 2;
  return squares;
}

/**
 * Variance of a covered share p̂ of n: p̂(1 − p̂)/n, and what the counted images have in common. That is found by leaving
 * out each image of the other set in turn, exactly: if it changes what holds for `effect` counted images net, of
 * `changes` in all, the sum over pairs of two different counted images is effect² − changes.
 */
function shareEstimate(covered: number, n: number, effects: ArrayLike<number>, changes: number): Estimate {
  const p = covered / n;
  const common = Math.max(0, spread(effects) - changes) / n ** 2;
  const alone = (p * (1 - p)) / n;
  // Wilson's interval, of as many independent images as would give this variance.
  const effective = alone > 0 ? (n * alone) / (alone + common) : n;
  const middle = (p + Z ** 2 / (2 * effective)) / (1 + Z ** 2 / effective);
  const half = (Z * Math.sqrt((p * (1 - p)) / effective + Z ** 2 / (4 * effective ** 2))) / (1 + Z ** 2 / effective);
  return {
    value: p,
    standardError: Math.sqrt(alone + common),
    // At 0 and at 1 the ends meet the value but for rounding.
    interval: [p === 0 ? 0 : middle - half, p === 1 ? 1 : middle + half],
  };
}

/** The share of points in at least one ball: precision or recall. */
function coveredShare(cover: Cover): Estimate {
  const { inside, owner, shells, held } = cover;
  const effects = new Float64Array(held.length);
  let covered = 0;
  let changes = 0;
  for (let point = 0; point < inside.length; point++) {
    if (inside[point]! > 0) covered++;
    if (inside[point]! > 1) continue;
    // Which balls' going would let another grow over this point.
    const replaced = new Set<number>();
    for (const ball of shells[point] ?? []) eachNeighbour(cover, ball, (neighbour) => replaced.add(neighbour));
    if (inside[point] === 0) for (const ball of replaced) effects[ball]!++;
    else if (!replaced.has(owner[point]!)) effects[owner[point]!]!--;
    changes += inside[point] === 0 ? replaced.size : +!replaced.has(owner[point]!);
  }
  return shareEstimate(covered, inside.length, effects, changes);
}

/** The share of balls that hold a point. An image left out is then a point, and takes with it the balls it alone was in. */
function heldShare({ inside, held, sole }: Cover): Estimate {
  const effects = new Float64Array(inside.length);
  let holding = 0;
  let changes = 0;
  for (let ball = 0; ball < held.length; ball++) {
    if (held[ball]! > 0) holding++;
    if (held[ball] !== 1) continue;
    effects[sole[ball]!]!++;
    changes++;
  }
  return shareEstimate(holding, held.length, effects, changes);
}

/** Balls a point, over k. `precision` serves for the upper end where nothing was found in any ball. */
function densityOf(cover: Cover, precision: Estimate): Estimate {
  const { k, inside, held, grown } = cover;
  const n = inside.length;
  const value = inside.reduce((sum, balls) => sum + balls, 0) / (k * n);
  const effects = Float64Array.from(held, (points) => -points);
  let changes = 0;
  for (let ball = 0; ball < held.length; ball++) {
    changes += held[ball]! + k * grown[ball]!;
    eachNeighbour(cover, ball, (neighbour) => {
      effects[neighbour]! += grown[ball]!;
    });
  }
  const common = Math.max(0, spread(effects) - changes);
  const standardError = Math.sqrt(spread(inside) / (n - 1) / n + common / n ** 2) / k;
  const interval = [Math.max(0, value - Z * standardError), value + Z * standardError] as const;
  return { value, standardError, interval: value > 0 ? interval : [0, precision.interval[1]] };
}

/**
 * Precision and recall (Kynkäänniemi et al., arXiv 1904.06991), density and coverage (Naeem et al., arXiv 2002.09797),
 * as `prdc` defines all four: a ball's radius is the distance to the k-th nearest of its own set, itself left out, and a
 * point on the sphere is outside. In float64 and in blocks; the counts are those of distances summed from differences,
 * whatever the blocks.
 *
 * Each has a standard error and a 95% interval, from n images here and m there:
 * - precision, recall and coverage are means of 0 and 1. Their variance is the binomial one, and the covariances of two
 *   counted images that come from an image of the other set (leaving it out changes both), to first order; for coverage
 *   those that come from a third real image are left out. The interval is Wilson's.
 * - density: the variance of its terms over their number, and the like covariances. At 0 the upper end is that of
 *   precision, as if who was found in a ball were in k of them.
 *
 * Simulated (200 draws each, d = 8, k = 3 and 5, Gaussian sets equal, shifted and of other width, n and m 300 … 900):
 * standard error over the true one, and how often the interval held the mean of all draws:
 * precision and recall 0.95–1.26, 95–99%; density 1.1–1.4, 97–99%; coverage 0.88–1.02, 90–97%. Of the shares the
 * binomial alone is 0.58–0.99 of the truth; a delete-one jackknife of both sets came to 1.4–2.4 times it.
 * All four depend on the set sizes, so the intervals are about the value expected at these sizes.
 *
 * @returns one result for each k, in their order
 * @throws UserError when a k is not below both counts, or features are not finite
 */
export async function precisionRecall(
  generated: Features,
  real: Features,
  options: PrecisionRecallOptions = {},
): Promise<PrecisionRecall[]> {
  const { ks = [5, 3], blockRows = BLOCK_ROWS, onProgress } = options;
  const most = Math.min(LARGEST_K, generated.count - 1, real.count - 1);
  for (const k of ks) {
    if (Number.isSafeInteger(k) && k >= 1 && k <= most) continue;
    const sizes = `of ${generated.count} generated and ${real.count} real images`;
    throw invalid(
      `k of precision and recall ${sizes}`,
      k,
      most < 1 ? 'two images at least' : `a whole number from 1 to ${most}`,
    );
  }
  if (!ks.length) return [];
  const total =
    tileCount(generated, generated, blockRows) +
    tileCount(real, real, blockRows) +
    Math.ceil(real.count / blockRows) * Math.ceil(generated.count / blockRows);
  let done = 0;
  const step = () => onProgress?.(++done, total);

  // One more than the largest k: how far a ball grows when a neighbour is left out.
  const depth = Math.max(...ks) + 1;
  const realBalls = await neighbours(real, Math.min(depth, real.count - 1), options, step);
  const generatedBalls = await neighbours(generated, Math.min(depth, generated.count - 1), options, step);
  const covers = ks.map((k) => ({
    k,
    byReal: coverOf(k, realBalls, generated.count),
    byGenerated: coverOf(k, generatedBalls, real.count),
  }));

  // A set with itself still has all its pairs: not the symmetric walk.
  const points = { count: generated.count, dims: generated.dims, rows: generated.rows.bind(generated) };
  for await (const { left, right, squared, slack, exact } of distances(real, points, options)) {
    const width = right.rows.rows;
    for (let x = 0; x < left.rows.rows; x++) {
      const i = left.from + x;
      const reach = realBalls.squared[(i + 1) * realBalls.depth - 1]!;
      for (let y = 0; y < width; y++) {
        const j = right.from + y;
        const error = slack(x, y);
        let value = squared[x * width + y]!;
        const limit = Math.max(reach, generatedBalls.squared[(j + 1) * generatedBalls.depth - 1]!);
        if (limit === 0 || value - error >= limit) continue;
        if (isNear(realBalls, i, value, error) || isNear(generatedBalls, j, value, error)) value = exact(x, y);
        for (const { byReal, byGenerated } of covers) {
          countPair(byReal, i, j, value);
          countPair(byGenerated, j, i, value);
        }
      }
    }
    step();
  }
  return covers.map(({ k, byReal, byGenerated }) => {
    const precision = coveredShare(byReal);
    return {
      k,
      precision,
      recall: coveredShare(byGenerated),
      density: densityOf(byReal, precision),
      coverage: heldShare(byReal),
      generated: generated.count,
      real: real.count,
      uncertainty: PRECISION_RECALL_UNCERTAINTY,
    };
  });
}
