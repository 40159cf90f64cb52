import { invalid } from '../core/errors.js';
import { dense } from '../core/linear.js';
import { product } from '../core/products.js';
import { permuted, STREAM } from '../core/random.js';
import type { Features } from '../extract/features.js';
import { type KernelUncertainty, kernelUncertainty, type Sums } from './kernel-variance.js';
import { BLOCK_ROWS, meanOf, type PairwiseOptions, tileCount, tiles } from './tiles.js';

/** What other tools print as KID: mean and spread over random subsets. The spread is no standard error. */
export interface SubsetKernelDistance {
  readonly count: number;
  /** Images drawn from each set for a subset. */
  readonly size: number;
  readonly mean: number;
  /** Over the subsets, divided by their number (ddof = 0). */
  readonly std: number;
}

export interface KernelDistance {
  /** Unbiased MMD² over all pairs; of equal distributions it is 0 on average, so often negative. */
  readonly value: number;
  /** Left out below four images in either set, where the variance has no unbiased estimate. */
  readonly uncertainty?: KernelUncertainty;
  /** Left out when no subsets are asked for. */
  readonly subsets?: SubsetKernelDistance;
}

export interface KernelOptions extends PairwiseOptions {
  /** Subsets and images in each; sets smaller than that give all they have. A count of 0 leaves them out. */
  readonly subsets?: { readonly count: number; readonly size: number };
  /** Of the subsets' choice, 0 … 2^53 − 1. */
  readonly seed?: number;
}

/** A subset's kernel is held whole, its square in memory. */
const LARGEST_SUBSET = 10_000;

/** k(x, y) = (xᵀy/d + 1)³ of every row with one vector, less half the vector's own. */
function offsets(features: Features, centre: Float64Array, blockRows: number): Float64Array {
  const { count, dims } = features;
  const out = new Float64Array(count);
  const own = (centre.reduce((sum, value) => sum + value * value, 0) / dims + 1) ** 3;
  for (let from = 0; from < count; from += blockRows) {
    const rows = features.rows(from, Math.min(from + blockRows, count));
    for (let i = 0; i * dims < rows.length; i++) {
      let dot = 0;
      for (let t = 0; t < dims; t++) dot += rows[i * dims + t]! * centre[t]!;
      out[from + i] = (dot / dims + 1) ** 3 - own / 2;
    }
  }
  return out;
}

/**
 * Sums of k(x, y) − u(x) − v(y). What depends on one image alone falls out of the MMD and of its variance; with u and v
 * from the common mean most of every kernel value does, and with it the cancellation of large sums. Of a set with
 * itself the pairs i ≠ j in both orders.
 */
async function sums(
  a: Features,
  b: Features,
  u: Float64Array,
  v: Float64Array,
  options: PairwiseOptions,
  onTile: () => void,
): Promise<Sums> {
  const symmetric = a === b;
  const rows = new Float64Array(a.count);
  const columns = symmetric ? rows : new Float64Array(b.count);
  let squares = 0;
  for await (const { left, right, products } of tiles(a, b, options)) {
    const own = left === right;
    const mirrored = symmetric && !own;
    const width = right.rows.rows;
    let tileSquares = 0;
    for (let i = 0; i < left.rows.rows; i++) {
      let sum = 0;
      for (let j = 0; j < width; j++) {
        if (own && i === j) continue;
        const s = products[i * width + j]! / a.dims + 1;
        const k = s * s * s - u[left.from + i]! - v[right.from + j]!;
        sum += k;
        tileSquares += k * k;
        if (!own) columns[right.from + j]! += k;
      }
      rows[left.from + i]! += sum;
    }
    squares += mirrored ? 2 * tileSquares : tileSquares;
    onTile();
  }
  return { rows, columns, total: rows.reduce((sum, value) => sum + value, 0), squares };
}

const mmd = (xx: number, yy: number, xy: number, n: number, m: number): number =>
  xx / (n * (n - 1)) + yy / (m * (m - 1)) - (2 * xy) / (n * m);

/** Σ k over the pairs of two chosen subsets; of one with itself without the pairs (i, i). */
async function subsetSum(a: Float64Array, b: Float64Array, size: number): Promise<number> {
  const dims = a.length / size;
  const { data } = await product(dense(size, dims, a), dense(size, dims, b), { transposeB: true });
  let sum = 0;
  for (let i = 0; i < size; i++) {
    let row = 0;
    for (let j = 0; j < size; j++) {
      if (a === b && i === j) continue;
      const s = data[i * size + j]! / dims + 1;
      row += s * s * s;
    }
    sum += row;
  }
  return sum;
}

/** Rows of a random subset, without replacement: the first `size` of a permutation. */
function choose(features: Features, size: number, seed: number, epoch: number): Float64Array {
  const { count, dims } = features;
  const out = new Float64Array(size * dims);
  for (let i = 0; i < size; i++) {
    const row = permuted(i, count, seed, epoch, STREAM.subsets);
    out.set(features.rows(row, row + 1), i * dims);
  }
  return out;
}

/**
 * Kernel distance (KID): unbiased MMD² with k(x, y) = (xᵀy/d + 1)³ over all pairs (Bińkowski et al., arXiv 1801.01401),
 * n×d features against m×d, in float64 and in blocks, with a standard error of that very number.
 * Simulated (1,000 draws each, d = 16, n and m 20 … 400, Gaussian and Student-t with 5 degrees of freedom): for different
 * distributions the estimated variance is 0.94–1.07 of the true one and the interval covers in 91–96% of the draws; for
 * equal ones, whose first order is 0 and its estimate noise that is kept above 0, 1.2–1.3 and 98–99%.
 *
 * `subsets` is the convention of torch-fidelity and clean-fid: 100 times 1000 images of each set, drawn without
 * replacement, unbiased MMD² of each, mean and std (ddof = 0). Their random choices differ from ours, so the mean agrees
 * to its noise, not to the digit; torch-fidelity refuses sets smaller than the size, clean-fid and we take what there is.
 *
 * @param a the set in question
 * @param b the reference
 * @throws UserError when a set has fewer than two images or features that are not finite
 */
export async function kernelDistance(a: Features, b: Features, options: KernelOptions = {}): Promise<KernelDistance> {
  const { blockRows = BLOCK_ROWS, onProgress, signal, seed = 0 } = options;
  const { count, size } = options.subsets ?? { count: 100, size: 1000 };
  for (const { count: images } of [a, b]) {
    if (images < 2) throw invalid('images for a kernel distance', images, 'at least 2 in each set');
  }
  if (!Number.isSafeInteger(count) || count < 0) throw invalid('subsets', count, 'a whole number from 0');
  if (!Number.isSafeInteger(size) || size < 2 || size > LARGEST_SUBSET)
    throw invalid('images of a subset', size, `a whole number from 2 to ${LARGEST_SUBSET}`);
  // One set with itself as the reference: two walks that are told apart by the object.
  if (a === b) b = { count: a.count, dims: a.dims, rows: (from, to) => a.rows(from, to) };
  const [n, m] = [a.count, b.count];
  const total = tileCount(a, a, blockRows) + tileCount(b, b, blockRows) + tileCount(a, b, blockRows) + count;
  let done = 0;
  const step = () => onProgress?.(++done, total);

  const [meanA, meanB] = [meanOf(a, blockRows), meanOf(b, blockRows)];
  const centre = meanA.map((value, t) => (n * value + m * meanB[t]!) / (n + m));
  const [u, v] = [offsets(a, centre, blockRows), offsets(b, centre, blockRows)];
  const xx = await sums(a, a, u, u, options, step);
  const yy = await sums(b, b, v, v, options, step);
  const xy = await sums(a, b, u, v, options, step);
  const value = mmd(xx.total, yy.total, xy.total, n, m);
  const sure = Math.min(n, m) >= 4 && { uncertainty: kernelUncertainty(value, xx, yy, xy, n, m) };
  if (!Number.isFinite(value) || (sure && !Number.isFinite(sure.uncertainty.standardError)))
    throw invalid('kernel distance', value, 'a finite number', 'The features are too large.');

  const values: number[] = [];
  const taken = Math.min(size, n, m);
  for (let subset = 0; subset < count; subset++) {
    signal?.throwIfAborted();
    const [x, y] = [choose(a, taken, seed, 2 * subset), choose(b, taken, seed, 2 * subset + 1)];
    const [within, withinB, between] = [
      await subsetSum(x, x, taken),
      await subsetSum(y, y, taken),
      await subsetSum(x, y, taken),
    ];
    values.push(mmd(within, withinB, between, taken, taken));
    step();
  }
  const mean = values.reduce((sum, each) => sum + each, 0) / count;
  const std = Math.sqrt(values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / count);
  return {
    value,
    ...sure,
    ...(count > 0 && { subsets: { count, size: taken, mean, std } }),
  };
}
