import { type Dense, dense, productTransposed, transpose } from '../core/linear.js';
import { centred, covariance, emptyMoments, type Moments, meanOf, mergeMoments, momentsOf } from './moments.js';

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

/** Folds features in as they come, in memory that does not grow past d rows and two d×d matrices. */
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

  /** Adds features (rows × d, row-major). Throws when the length is no multiple of d. */
  add(features: Float32Array): void {
    const rows = features.length / this.dims;
    if (!Number.isInteger(rows)) throw new Error(`${features.length} values are no rows of ${this.dims}`);
    this.#count += rows;
    this.#rows.push(features);
    // Rows are folded d at a time: a merge costs about as much as a product of that many rows.
    if (this.#rows.reduce((sum, part) => sum + part.length, 0) > this.dims * this.dims) this.#fold();
  }

  /** The Gaussian of all that was added: by its factor for n ≤ d, else by its covariance. Throws for fewer than two, or values that are not finite. */
  gaussian(): Gaussian {
    if (this.#count < 2) throw new Error(`a Gaussian of ${this.#count} features`);
    if (!this.#moments) {
      const rows = this.#joined();
      const mean = meanOf(rows, this.dims);
      if (!mean.every(Number.isFinite)) throw new Error('features that are not finite');
      const scale = 1 / Math.sqrt(this.#count - 1);
      const factor = centred(rows, mean).map((value) => value * scale);
      return { mean, factor: dense(this.#count, this.dims, factor) };
    }
    this.#fold();
    return { mean: this.#moments.mean, covariance: dense(this.dims, this.dims, covariance(this.#moments)) };
  }

  #fold(): void {
    if (this.#rows.length)
      this.#moments = mergeMoments(this.#moments ?? emptyMoments(this.dims), momentsOf(this.#joined(), this.dims));
    this.#rows = [];
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
export function covarianceOf({ covariance, factor }: Gaussian): Dense {
  if (covariance) return covariance;
  const columns = transpose(factor!);
  return productTransposed(columns, columns);
}
