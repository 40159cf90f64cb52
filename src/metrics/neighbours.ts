import type { Features } from '../extract/features.js';
import { type Block, meanOf, type PairwiseOptions, type Tile, tiles } from './tiles.js';

/** Σ (xᵢ − yᵢ)² of two rows: the same number for a pair wherever it comes up, and 0 for equal rows. */
function squaredDistance(x: Float32Array, y: Float32Array, dims: number, i: number, j: number): number {
  let sum = 0;
  for (let t = 0, p = i * dims, q = j * dims; t < dims; t++, p++, q++) {
    const difference = x[p]! - y[q]!;
    sum += difference * difference;
  }
  return sum;
}

function squaredNorms({ rows: { rows, columns, data } }: Block): Float64Array {
  const out = new Float64Array(rows);
  for (let i = 0; i < rows; i++)
    for (let at = i * columns; at < (i + 1) * columns; at++) out[i]! += data[at]! * data[at]!;
  return out;
}

/** Squared distances of a tile's pairs, by ‖x‖² + ‖y‖² − 2xᵀy: wrong by up to `slack`, which for near duplicates is all. */
export interface Distances {
  readonly left: Block;
  readonly right: Block;
  /** left × right, row-major; a little below 0 where rounding has it. */
  readonly squared: Float64Array;
  /** A bound on the error of the pair (i, j). */
  slack(i: number, j: number): number;
  /** The pair (i, j) summed from its differences. */
  exact(i: number, j: number): number;
}

function distancesOf({ left, right, products }: Tile): Distances {
  const dims = left.rows.columns;
  const x = squaredNorms(left);
  const y = left === right ? x : squaredNorms(right);
  for (let i = 0; i < x.length; i++)
    for (let j = 0; j < y.length; j++) products[i * y.length + j] = x[i]! + y[j]! - 2 * products[i * y.length + j]!;
  // Each of the three sums errs by at most dims·ε/2 of Σ|terms| ≤ (‖x‖² + ‖y‖²)/2, with ε = 2^-52; centring adds a little.
  const bound = 4 * (dims + 2) * Number.EPSILON;
  return {
    left,
    right,
    squared: products,
    slack: (i, j) => bound * (x[i]! + y[j]!),
    exact: (i, j) => squaredDistance(left.raw, right.raw, dims, i, j),
  };
}

/** Distances of all pairs of two sets, tile by tile, as `tiles` has them; the centre keeps norms and so errors small. */
export async function* distances(a: Features, b: Features, options: PairwiseOptions): AsyncGenerator<Distances> {
  for await (const tile of tiles(a, b, options, meanOf(a, options.blockRows))) yield distancesOf(tile);
}

/** The nearest other rows of every row of a set, nearest first: n×`depth` squared distances (exact) and indices. */
export interface Neighbours {
  readonly depth: number;
  readonly squared: Float64Array;
  readonly index: Int32Array;
}

/**
 * The `depth` nearest neighbours of every row within its set, the row itself left out. The rounding of blocked products
 * decides nothing: whatever comes near enough to matter is summed from its differences.
 *
 * @param depth at most count − 1
 */
export async function neighbours(
  features: Features,
  depth: number,
  options: PairwiseOptions,
  onTile: () => void,
): Promise<Neighbours> {
  const squared = new Float64Array(features.count * depth).fill(Number.POSITIVE_INFINITY);
  const index = new Int32Array(features.count * depth).fill(-1);
  const worst = (row: number) => squared[(row + 1) * depth - 1]!;
  const insert = (row: number, other: number, value: number) => {
    if (value >= worst(row)) return;
    let at = (row + 1) * depth - 1;
    for (; at > row * depth && squared[at - 1]! > value; at--) {
      squared[at] = squared[at - 1]!;
      index[at] = index[at - 1]!;
    }
    squared[at] = value;
    index[at] = other;
  };
  for await (const { left, right, squared: near, slack, exact } of distances(features, features, options)) {
    const own = left === right;
    const width = right.rows.rows;
    for (let i = 0; i < left.rows.rows; i++) {
      const row = left.from + i;
      for (let j = own ? i + 1 : 0; j < width; j++) {
        const other = right.from + j;
        // Nothing is nearer than 0: without this, a thousand equal images would all be summed by hand.
        const limit = Math.max(worst(row), worst(other));
        if (limit === 0 || near[i * width + j]! - slack(i, j) >= limit) continue;
        const value = exact(i, j);
        insert(row, other, value);
        insert(other, row, value);
      }
    }
    onTile();
  }
  return { depth, squared, index };
}

/** Whether an error could put a squared distance from `row` on the wrong side of one of its neighbours'. */
export function isNear({ depth, squared }: Neighbours, row: number, value: number, error: number): boolean {
  for (let at = row * depth; at < (row + 1) * depth; at++) if (Math.abs(value - squared[at]!) <= error) return true;
  return false;
}
