import { type Dense, dense } from '../core/linear.js';
import { product } from '../core/products.js';
import type { Features } from '../extract/features.js';
import type { Gaussian } from '../statistics/gaussian.js';
import { congruent, rootSum, trace } from './frechet.js';
import { type Unbiased, withoutBias } from './frechet-bias.js';
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

/** Standard error of a number from what it is without each group: √((G − 1)/G · Σ(v − v̄)²). */
export function standardErrorOfGroups(replicates: Float64Array): number {
  const groups = replicates.length;
  const mean = replicates.reduce((sum, value) => sum + value, 0) / groups;
  return Math.sqrt(((groups - 1) / groups) * replicates.reduce((sum, value) => sum + (value - mean) ** 2, 0));
}

async function eachGroup(groups: number, without: (group: number) => Promise<number>): Promise<Float64Array> {
  const values = new Float64Array(groups);
  for (let group = 0; group < groups; group++) values[group] = await without(group);
  return values;
}

const squaredDistance = (delta: Float64Array, a: Float64Array, b?: Float64Array): number =>
  delta.reduce((sum, value, j) => sum + (value + a[j]! - (b?.[j] ?? 0)) ** 2, 0);

/** The FID of any rows of a set with no more images than dimensions: all from one n×n matrix, XΣᵣXᵀ. */
async function fidsOfRows({ features, mean }: GroupedSet, reference: Gaussian) {
  const x = centredRows(features, 0, features.count, mean);
  const kernel = await congruent(x, reference);
  const referenceTrace = trace(reference);
  const delta = mean.map((value, j) => value - reference.mean[j]!);
  return async (rows: readonly number[]): Promise<number> => {
    const own = momentsOf(x, rows);
    const part = centredPart(kernel, rows, rows);
    for (let i = 0; i < part.data.length; i++) part.data[i]! /= rows.length - 1;
    return squaredDistance(delta, own.mean) + own.spread + referenceTrace - 2 * (await rootSum(part));
  };
}

/**
 * The FIDs that a set with no more images than dimensions has without each group. They give its standard error
 * (`standardErrorOfGroups`: the delete-a-group jackknife, Kott 2001), as the influences are no derivative there.
 *
 * @param groups at least 2; as many FIDs of n − n/groups images are computed
 * @param onGroup called after each of them; what it throws ends the work
 */
export async function groupJackknife(
  set: GroupedSet,
  reference: Gaussian,
  groups: number,
  onGroup: () => void = () => {},
): Promise<Float64Array> {
  const fidOf = await fidsOfRows(set, reference);
  return eachGroup(groups, async (group) => {
    const value = await fidOf(keptOf(set.order, groups, group));
    onGroup();
    return value;
  });
}

export interface HalvedJackknife {
  /** The FIDs without each group (`groupJackknife`). */
  readonly replicates: Float64Array;
  /** F*, and what it is without each group: left out of all, and of its half. */
  readonly unbiased: Unbiased;
  readonly unbiasedReplicates: Float64Array;
}

/** The two halves that F* is from, as rows. */
export type Halves = readonly [readonly number[], readonly number[]];

/** Whether two images at least stay in each half whatever group goes: else there is no F*. */
export const canBeHalved = (order: readonly number[], halves: Halves, groups: number): boolean =>
  Array.from({ length: groups }, (_, group) => new Set(keptOf(order, groups, group))).every((kept) =>
    halves.every((half) => half.filter((row) => kept.has(row)).length > 1),
  );

/**
 * The same with F* of so few images. It is not to be trusted, its bias is no longer as 1/n; but less of the bias is in
 * differences of two such F* than in those of two FIDs.
 *
 * @param halves rows, each once, that have two images without any group (`canBeHalved`)
 */
export async function halvedJackknife(
  set: GroupedSet,
  reference: Gaussian,
  halves: Halves,
  groups: number,
  onGroup: () => void = () => {},
): Promise<HalvedJackknife> {
  const { count, dims } = set.features;
  const fidOf = await fidsOfRows(set, reference);
  const whole = await Promise.all(halves.map(fidOf));
  const unbiasedOf = async (kept: readonly number[]): Promise<Unbiased & { readonly fid: number }> => {
    const stays = new Set(kept);
    const part = async (half: 0 | 1) => {
      const rows = halves[half].filter((row) => stays.has(row));
      // Most groups lie in one half and leave the other as it is.
      return { value: rows.length === halves[half].length ? whole[half]! : await fidOf(rows), n: rows.length };
    };
    const fid = await fidOf(kept);
    return { ...withoutBias({ value: fid, n: kept.length, halves: [await part(0), await part(1)] }, dims), fid };
  };
  const replicates = new Float64Array(groups);
  const unbiasedReplicates = await eachGroup(groups, async (group) => {
    const { fid, value } = await unbiasedOf(keptOf(set.order, groups, group));
    replicates[group] = fid;
    onGroup();
    return value;
  });
  const { fid: _, ...unbiased } = await unbiasedOf(Array.from({ length: count }, (_, i) => i));
  return { replicates, unbiased, unbiasedReplicates };
}

/**
 * The FIDs of two such sets without a group: each time a group of either is left out. The sets are independent, so the variance
 * is the sum of both, for the price of one. All the FIDs come from one n×m matrix, X·Yᵀ.
 */
export async function pairedGroupJackknife(
  a: GroupedSet,
  b: GroupedSet,
  groups: number,
  onGroup: () => void = () => {},
): Promise<Float64Array> {
  // The smaller set as rows: the eigenvalues are those of the smaller side.
  const [fewer, more] = a.features.count <= b.features.count ? [a, b] : [b, a];
  const x = centredRows(fewer.features, 0, fewer.features.count, fewer.mean);
  const y = centredRows(more.features, 0, more.features.count, more.mean);
  const crossed = await product(x, y, { transposeB: true });
  const delta = fewer.mean.map((value, j) => value - more.mean[j]!);
  return eachGroup(groups, async (group) => {
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
