import { type Dense, dense } from '../core/linear.js';
import { product } from '../core/products.js';
import {
  centred,
  covariance,
  emptyMoments,
  type Moments,
  meanOf,
  mergeMoments,
  mirrored,
  momentsOf,
} from './moments.js';

/**
 * A Gaussian fitted to features: its mean (d) and its covariance, as the matrix Σ (d×d) or as a factor F (r×d, r ≤ d,
 * Σ = FᵀF), or both. With fewer images than dimensions the centred features divided by √(n−1) are the natural, smaller
 * factor.
 */
export interface Gaussian {
  readonly mean: Float64Array;
  readonly covariance?: Dense;
  readonly factor?: Dense;
}

/** Rows that are folded at a time at least: a merge costs about as much as a product of d rows. */
const FOLDED = 512;

/** The Gaussian of features (count×d, row-major) by its factor. */
export function factorOf(features: Float32Array | Float64Array, dims: number): Gaussian {
  const count = features.length / dims;
  if (count < 2) throw new Error(`a Gaussian of ${count} features`);
  const mean = meanOf(features, dims);
  if (!mean.every(Number.isFinite)) throw new Error('features that are not finite');
  const scale = 1 / Math.sqrt(count - 1);
  const factor = centred(features, mean).map((value) => value * scale);
  return { mean, factor: dense(count, dims, factor) };
}

/** Moments as a Gaussian. Throws for fewer than two. */
export function gaussianOfMoments(moments: Moments): Gaussian {
  const { mean, dims } = moments;
  return { mean, covariance: dense(dims, dims, covariance(moments)) };
}

/**
 * Folds features in as they come, in memory that does not grow past some d rows and two d×d matrices. Calls follow one
 * another: each is awaited before the next.
 */
export class Accumulator {
  readonly dims: number;
  #count = 0;
  #rows: Float32Array[] = [];
  #moments: Moments | undefined;

  constructor(dims: number) {
    this.dims = dims;
  }

  get count(): number {
    return this.#count;
  }

  /** Adds features (rows × d, row-major), which must stay as they are. Throws when the length is no multiple of d. */
  async add(features: Float32Array): Promise<void> {
    const rows = features.length / this.dims;
    if (!Number.isInteger(rows)) throw new Error(`${features.length} values are no rows of ${this.dims}`);
    this.#count += rows;
    this.#rows.push(features);
    const held = this.#rows.reduce((sum, part) => sum + part.length, 0) / this.dims;
    if (held > Math.max(this.dims, FOLDED)) await this.#fold();
  }

  /** Moments of all that was added. */
  async moments(): Promise<Moments> {
    await this.#fold();
    return this.#moments ?? emptyMoments(this.dims);
  }

  /** The Gaussian of all that was added: by its factor for n ≤ d, else by its covariance. Throws for fewer than two, or values that are not finite. */
  async gaussian(): Promise<Gaussian> {
    if (this.#count <= this.dims) return factorOf(this.#joined(), this.dims);
    return gaussianOfMoments(await this.moments());
  }

  async #fold(): Promise<void> {
    if (!this.#rows.length) return;
    const rows = this.#joined();
    this.#rows = [];
    this.#moments = mergeMoments(this.#moments ?? emptyMoments(this.dims), await momentsOf(rows, this.dims));
  }

  #joined(): Float32Array {
    const out = new Float32Array(this.#rows.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.#rows) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }
}

/** The covariance matrix of a Gaussian (d×d), multiplied out when only its factor is known. */
export async function covarianceOf({ covariance, factor }: Gaussian): Promise<Dense> {
  if (covariance) return covariance;
  const { rows, columns, data } = await product(factor!, factor!, { transposeA: true });
  return dense(rows, columns, mirrored(data, columns));
}
