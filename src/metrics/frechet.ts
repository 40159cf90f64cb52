import { cholesky, isPositiveSemidefinite, pivotedFactor } from '../core/cholesky.js';
import { symmetricEigenvalues } from '../core/eigenvalues.js';
import { type Dense, dense } from '../core/linear.js';
import { product } from '../core/products.js';
import type { Gaussian } from '../statistics/gaussian.js';

export interface FrechetDistance {
  readonly value: number;
  /** ‖μ₁ − μ₂‖² */
  readonly meanTerm: number;
  /** tr Σ₁ + tr Σ₂ − 2 tr(Σ₁Σ₂)^½ */
  readonly covarianceTerm: number;
  /** tr(Σ₁Σ₂)^½ */
  readonly traceSqrt: number;
}

/** A factor F (r×d, Σ = FᵀF) of a covariance: the columns of Cholesky's L that are not zero, as rows. */
export async function factorize(covariance: Dense): Promise<Dense> {
  const d = covariance.columns;
  const { lower, rank, negative } = await cholesky(covariance);
  let largest = 0;
  for (let i = 0; i < d; i++) largest = Math.max(largest, covariance.data[i * (d + 1)]!);
  if (negative < -d * Number.EPSILON * largest) {
    // Negative beyond the rounding of float64: kept in float32, or no covariance at all.
    if (!(await isPositiveSemidefinite(covariance)))
      throw new Error(`a covariance of ${d} dimensions that is not positive semidefinite`);
    return pivotedFactor(covariance);
  }
  const factor = dense(rank, d);
  for (let row = 0, j = 0; j < d; j++) {
    if (!lower.data[j * (d + 1)]) continue;
    for (let i = j; i < d; i++) factor.data[row * d + i] = lower.data[i * d + j]!;
    row++;
  }
  return factor;
}

/** The same Gaussian with its factor at hand, for one that is compared with many. */
export async function withFactor(gaussian: Gaussian): Promise<Gaussian> {
  return gaussian.factor ? gaussian : { ...gaussian, factor: await factorize(gaussian.covariance!) };
}

/** tr Σ */
export function trace({ covariance, factor }: Gaussian): number {
  if (factor) return factor.data.reduce((sum, value) => sum + value * value, 0);
  let sum = 0;
  for (let i = 0; i < covariance!.rows; i++) sum += covariance!.data[i * (covariance!.rows + 1)]!;
  return sum;
}

/**
 * Σ √λ over the eigenvalues of a positive semidefinite matrix. Rounding makes some of its zeros negative and as many as
 * large as those positive; the roots of the latter would add up, so they are taken for zeros too.
 */
export async function rootSum(matrix: Dense): Promise<number> {
  const values = await symmetricEigenvalues(matrix);
  const noise = Math.max(0, -(values[0] ?? 0));
  return values.reduce((sum, value) => (value > noise ? sum + Math.sqrt(value) : sum), 0);
}

/** F·Σ·Fᵀ, which has the nonzero eigenvalues of (FᵀF)·Σ. */
export async function congruent(factor: Dense, { covariance, factor: other }: Gaussian): Promise<Dense> {
  if (covariance) return product(await product(factor, covariance), factor, { transposeB: true });
  const inner = await product(factor, other!, { transposeB: true });
  return product(inner, inner, { transposeB: true });
}

/** tr(Σ₁Σ₂)^½ by symmetric forms only, real and never NaN, on the side of the smaller factor. */
async function traceSqrt(a: Gaussian, b: Gaussian): Promise<number> {
  if (a.factor && !(b.factor && b.factor.rows < a.factor.rows)) return rootSum(await congruent(a.factor, b));
  if (b.factor) return rootSum(await congruent(b.factor, a));
  return rootSum(await congruent(await factorize(a.covariance!), b));
}

/** The distance of two Gaussians whose tr(Σ₁Σ₂)^½ is known. */
export function distanceByRoot(a: Gaussian, b: Gaussian, root: number): FrechetDistance {
  let meanTerm = 0;
  for (let j = 0; j < a.mean.length; j++) meanTerm += (a.mean[j]! - b.mean[j]!) ** 2;
  const covarianceTerm = trace(a) + trace(b) - 2 * root;
  return { value: meanTerm + covarianceTerm, meanTerm, covarianceTerm, traceSqrt: root };
}

/**
 * Fréchet distance of two Gaussians, ‖μ₁−μ₂‖² + tr Σ₁ + tr Σ₂ − 2 tr(Σ₁Σ₂)^½ (Dowson and Landau 1982; on Inception
 * features: Heusel et al., arXiv 1706.08500, eq. 6). With covariances of ddof = 1 it is pytorch-fid's FID.
 */
export async function frechetDistance(a: Gaussian, b: Gaussian): Promise<FrechetDistance> {
  if (a.mean.length !== b.mean.length)
    throw new Error(`features of ${a.mean.length} and of ${b.mean.length} dimensions`);
  for (const { mean, factor } of [a, b]) {
    if (factor && factor.rows > mean.length)
      throw new Error(`a factor of ${factor.rows} rows in ${mean.length} dimensions`);
  }
  return distanceByRoot(a, b, await traceSqrt(a, b));
}
