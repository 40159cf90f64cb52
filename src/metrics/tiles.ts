import { invalid } from '../core/errors.js';
import { type Dense, dense } from '../core/linear.js';
import { product } from '../core/products.js';
import type { Features } from '../extract/features.js';

/** What every walk over all pairs of images takes. */
export interface PairwiseOptions {
  /** Rows of a block: memory grows with its square and its product with the dimensions, never with the images' square. */
  readonly blockRows?: number;
  /** Called after every tile of pairs. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Looked at before every tile. */
  readonly signal?: AbortSignal;
}

export const BLOCK_ROWS = 1024;

/** A run of rows: as they are, and in float64 about a centre. */
export interface Block {
  readonly from: number;
  readonly raw: Float32Array;
  readonly rows: Dense;
}

/** The inner products of two runs of rows: `products` is left.rows.rows × right.rows.rows, row-major. */
export interface Tile {
  readonly left: Block;
  readonly right: Block;
  readonly products: Float64Array;
}

/** Column means, in float64. Refuses values that are not finite: comparisons with NaN would pass for answers. */
export function meanOf(features: Features, blockRows = BLOCK_ROWS): Float64Array {
  const { count, dims } = features;
  const mean = new Float64Array(dims);
  for (let from = 0; from < count; from += blockRows) {
    const rows = features.rows(from, Math.min(from + blockRows, count));
    for (let at = 0; at < rows.length; at += dims) for (let t = 0; t < dims; t++) mean[t]! += rows[at + t]! / count;
  }
  const bad = mean.find((value) => !Number.isFinite(value));
  if (bad !== undefined) throw invalid('mean of the features', bad, 'finite numbers', 'Is the extractor sound?');
  return mean;
}

/** Tiles of one set with another; with itself (the same object) only those on and above the diagonal. */
export function tileCount(a: Features, b: Features, blockRows = BLOCK_ROWS): number {
  const [p, q] = [Math.ceil(a.count / blockRows), Math.ceil(b.count / blockRows)];
  return a === b ? (p * (p + 1)) / 2 : p * q;
}

/**
 * All pairs of rows of two sets, tile by tile. Of a set with itself every pair comes once, except in a tile of a block
 * with itself (`left === right`), which holds both (i, j) and (j, i); those tiles come first.
 *
 * @param centre what is taken off every row before the products; nothing by default
 */
export async function* tiles(
  a: Features,
  b: Features,
  { blockRows = BLOCK_ROWS, signal }: PairwiseOptions,
  centre?: Float64Array,
): AsyncGenerator<Tile> {
  if (a.dims !== b.dims) throw new Error(`features of ${a.dims} and of ${b.dims} dimensions`);
  const read = (features: Features, from: number): Block => {
    const raw = features.rows(from, Math.min(from + blockRows, features.count));
    const data = Float64Array.from(raw);
    if (centre) for (let at = 0; at < data.length; at++) data[at]! -= centre[at % centre.length]!;
    return { from, raw, rows: dense(raw.length / features.dims, features.dims, data) };
  };
  const tile = async (left: Block, right: Block): Promise<Tile> => {
    signal?.throwIfAborted();
    return { left, right, products: (await product(left.rows, right.rows, { transposeB: true })).data };
  };
  const symmetric = a === b;
  for (let from = 0; symmetric && from < a.count; from += blockRows) {
    const block = read(a, from);
    yield tile(block, block);
  }
  for (let i = 0; i < a.count; i += blockRows) {
    const first = symmetric ? i + blockRows : 0;
    if (first >= b.count) continue;
    const left = read(a, i);
    for (let j = first; j < b.count; j += blockRows) yield tile(left, read(b, j));
  }
}
