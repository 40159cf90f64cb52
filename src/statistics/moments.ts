import { dense } from '../core/linear.js';
import { product } from '../core/products.js';

/**
 * Count, mean (d) and scatter Σ(x−μ)(x−μ)ᵀ (d×d, row-major) of features, in float64. Covariance is scatter/(count − 1).
 * Merging is exact up to rounding, so blocks and shards can be folded in any grouping.
 */
export interface Moments {
  readonly count: number;
  readonly dims: number;
  readonly mean: Float64Array;
  readonly scatter: Float64Array;
}

export function emptyMoments(dims: number): Moments {
  return { count: 0, dims, mean: new Float64Array(dims), scatter: new Float64Array(dims * dims) };
}

/** Mean (d) of features (count×d, row-major). */
export function meanOf(features: Float32Array | Float64Array, dims: number): Float64Array {
  const count = features.length / dims;
  const mean = new Float64Array(dims);
  for (let i = 0; i < features.length; i += dims) for (let j = 0; j < dims; j++) mean[j]! += features[i + j]!;
  for (let j = 0; j < dims; j++) mean[j]! /= count;
  return mean;
}

/** Features (count×d, row-major) minus a mean, as float64. */
export function centred(features: Float32Array | Float64Array, mean: Float64Array): Float64Array {
  const dims = mean.length;
  const out = new Float64Array(features.length);
  for (let i = 0; i < features.length; i += dims)
    for (let j = 0; j < dims; j++) out[i + j] = features[i + j]! - mean[j]!;
  return out;
}

/** Symmetric to the last bit, which a product of a matrix with itself need not be: in place. */
export function mirrored(matrix: Float64Array, dims: number): Float64Array {
  for (let i = 1; i < dims; i++) for (let j = 0; j < i; j++) matrix[i * dims + j] = matrix[j * dims + i]!;
  return matrix;
}

/** Moments of features (count×d, row-major). Throws when the length is no multiple of d, or a value is not finite. */
export async function momentsOf(features: Float32Array | Float64Array, dims: number): Promise<Moments> {
  const count = features.length / dims;
  if (!Number.isInteger(count)) throw new Error(`${features.length} values are no rows of ${dims}`);
  if (count === 0) return emptyMoments(dims);
  const mean = meanOf(features, dims);
  if (!mean.every(Number.isFinite)) throw new Error('features that are not finite');
  const rows = dense(count, dims, centred(features, mean));
  return { count, dims, mean, scatter: mirrored((await product(rows, rows, { transposeA: true })).data, dims) };
}

/** Moments of the union: Chan, Golub and LeVeque, "Updating Formulae…" (1979), eq. 2.1. */
export function mergeMoments(a: Moments, b: Moments): Moments {
  if (a.dims !== b.dims) throw new Error(`moments of ${a.dims} and ${b.dims} dimensions`);
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const { dims } = a;
  const count = a.count + b.count;
  const delta = b.mean.map((value, j) => value - a.mean[j]!);
  const mean = a.mean.map((value, j) => value + (delta[j]! * b.count) / count);
  const scatter = new Float64Array(dims * dims);
  const weight = (a.count * b.count) / count;
  for (let i = 0; i < dims; i++) {
    const row = i * dims;
    const scaled = weight * delta[i]!;
    for (let j = 0; j < dims; j++) scatter[row + j] = a.scatter[row + j]! + b.scatter[row + j]! + scaled * delta[j]!;
  }
  return { count, dims, mean, scatter };
}

/** Sample covariance (d×d, row-major), ddof = 1. Throws for fewer than two. */
export function covariance({ count, scatter }: Moments): Float64Array {
  if (count < 2) throw new Error(`covariance of ${count} features`);
  return scatter.map((value) => value / (count - 1));
}
