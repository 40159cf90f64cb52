import { type Dense, dense } from '../core/linear.js';
import { product } from '../core/products.js';
import type { Features } from '../extract/features.js';
import type { Gaussian } from '../statistics/gaussian.js';
import { congruent, rootSum, trace } from './frechet.js';
import { centredRows } from './frechet-error.js';

/** A set with no more images than dimensions, as the jackknife cuts it into groups. */
export interface GroupedSet {
  readonly features: Features;
  readonly mean: Float64Array;
  /** The images' order in which they are cut; it must not depend on what they are called. */
  readonly order: readonly number[];
}

/** The images that stay when a group goes. */
const keptOf = (order: readonly number[], groups: number, group: number): number[] =>
  order.filter((_, place) => Math.floor((place * groups) / order.length) !== group);

/** Mean (d) and tr Σ of some rows. */
function momentsOf(x: Dense, rows: readonly number[]): { readonly mean: Float64Array; readonly spread: number } {
  const d = x.columns;
  const mean = new Float64Array(d);
  let squares = 0;
  for (const i of rows) {
    for (let j = 0; j < d; j++) {
      const value = x.data[i * d + j]!;
      mean[j]! += value / rows.length;
      squares += value * value;
    }
  }
  const meanSquare = mean.reduce((sum, value) => sum + value * value, 0);
  return { mean, spread: (squares - rows.length * meanSquare) / (rows.length - 1) };
}

/** Some rows and columns of a matrix, centred both ways: (1 − 11ᵀ/s)·M·(1 − 11ᵀ/t). */
function centredPart(matrix: Dense, rows: readonly number[], columns: readonly number[]): Dense {
  const [s, t] = [rows.length, columns.length];
  const out = dense(s, t);
  const ofColumns = new Float64Array(t);
  const ofRows = new Float64Array(s);
  let mean = 0;
  for (const [i, from] of rows.entries()) {
    for (const [j, column] of columns.entries()) {
      const value = matrix.data[from * matrix.columns + column]!;
      out.data[i * t + j] = value;
      ofRows[i]! += value / t;
      ofColumns[j]! += value / s;
    }
    mean += ofRows[i]! / s;
  }
  for (let i = 0; i < s; i++) for (let j = 0; j < t; j++) out.data[i * t + j]! += mean - ofRows[i]! - ofColumns[j]!;
  return out;
}

/** Standard error from the FIDs without each group. */
async function jackknife(groups: number, without: (group: number) => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let group = 0; group < groups; group++) values.push(await without(group));
  const mean = values.reduce((sum, value) => sum + value, 0) / groups;
  return Math.sqrt(((groups - 1) / groups) * values.reduce((sum, value) => sum + (value - mean) ** 2, 0));
}

const squaredDistance = (delta: Float64Array, a: Float64Array, b?: Float64Array): number =>
  delta.reduce((sum, value, j) => sum + (value + a[j]! - (b?.[j] ?? 0)) ** 2, 0);

/**
 * Standard error of the FID of a set with no more images than dimensions: the delete-a-group jackknife (Kott 2001), as the
 * influences are no derivative there. All the FIDs come from one n×n matrix, XΣᵣXᵀ.
 *
 * @param groups at least 2; as many FIDs of n − n/groups images are computed
 * @param onGroup called after each of them; what it throws ends the work
 */
export async function groupJackknife(
  { features, mean, order }: GroupedSet,
  reference: Gaussian,
  groups: number,
  onGroup: () => void = () => {},
): Promise<number> {
  const x = centredRows(features, 0, features.count, mean);
  const kernel = await congruent(x, reference);
  const referenceTrace = trace(reference);
  const delta = mean.map((value, j) => value - reference.mean[j]!);
  return jackknife(groups, async (group) => {
    const kept = keptOf(order, groups, group);
    const own = momentsOf(x, kept);
    const part = centredPart(kernel, kept, kept);
    for (let i = 0; i < part.data.length; i++) part.data[i]! /= kept.length - 1;
    const value = squaredDistance(delta, own.mean) + own.spread + referenceTrace - 2 * (await rootSum(part));
    onGroup();
    return value;
  });
}

/**
 * The same for two such sets at once: each time a group of either is left out. The sets are independent, so the variance
 * is the sum of both, for the price of one. All the FIDs come from one n×m matrix, X·Yᵀ.
 */
export async function pairedGroupJackknife(
  a: GroupedSet,
  b: GroupedSet,
  groups: number,
  onGroup: () => void = () => {},
): Promise<number> {
  // The smaller set as rows: the eigenvalues are those of the smaller side.
  const [fewer, more] = a.features.count <= b.features.count ? [a, b] : [b, a];
  const x = centredRows(fewer.features, 0, fewer.features.count, fewer.mean);
  const y = centredRows(more.features, 0, more.features.count, more.mean);
  const crossed = await product(x, y, { transposeB: true });
  const delta = fewer.mean.map((value, j) => value - more.mean[j]!);
  return jackknife(groups, async (group) => {
    const [rows, columns] = [keptOf(fewer.order, groups, group), keptOf(more.order, groups, group)];
    const [own, other] = [momentsOf(x, rows), momentsOf(y, columns)];
    const part = centredPart(crossed, rows, columns);
    const square = await product(part, part, { transposeB: true });
    for (let i = 0; i < square.data.length; i++) square.data[i]! /= (rows.length - 1) * (columns.length - 1);
    const root = await rootSum(square);
    const value = squaredDistance(delta, own.mean, other.mean) + own.spread + other.spread - 2 * root;
    onGroup();
    return value;
  });
}
