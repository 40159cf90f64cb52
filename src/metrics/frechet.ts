import { type Dense, dense, nuclearNorm, productTransposed, symmetricEigen } from '../core/linear.js';
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

/** A factor F (r×d, r = rank) of a covariance: rows √λᵢ vᵢᵀ of its eigendecomposition; eigenvalues at rounding level are left out. */
export function factorize(covariance: Dense): Dense {
  const { values, vectors } = symmetricEigen(covariance);
  const largest = values.at(-1)!;
  if (values[0]! < -1e-6 * Math.max(largest, Number.MIN_VALUE)) {
    throw new Error(`a covariance with the eigenvalue ${values[0]} beside ${largest} is not positive semidefinite`);
  }
  const kept = [...values.keys()].filter((i) => values[i]! > values.length * Number.EPSILON * largest);
  const d = covariance.columns;
  const out = dense(kept.length, d);
  for (const [row, i] of kept.entries()) {
    const scale = Math.sqrt(values[i]!);
    for (let j = 0; j < d; j++) out.data[row * d + j] = scale * vectors.data[i * d + j]!;
  }
  return out;
}

/** The same Gaussian with its factor at hand, for one that is compared with many. */
export function withFactor(gaussian: Gaussian): Gaussian {
  return gaussian.factor ? gaussian : { ...gaussian, factor: factorize(gaussian.covariance!) };
}

function trace({ covariance, factor }: Gaussian): number {
  if (factor) return factor.data.reduce((sum, value) => sum + value * value, 0);
  let sum = 0;
  for (let i = 0; i < covariance!.rows; i++) sum += covariance!.data[i * (covariance!.rows + 1)]!;
  return sum;
}

/** Σ √λ of F Σ Fᵀ, which is symmetric and has the nonzero eigenvalues of (FᵀF) Σ. */
function traceSqrtOf(factor: Dense, covariance: Dense): number {
  // Of identical images nothing is left.
  if (!factor.rows) return 0;
  // Σ is symmetric, so F·Σ = F·Σᵀ.
  const inner = productTransposed(productTransposed(factor, covariance), factor);
  return symmetricEigen(inner).values.reduce((sum, value) => sum + Math.sqrt(Math.max(value, 0)), 0);
}

/** tr(Σ₁Σ₂)^½ by symmetric forms only: real, never NaN. The nuclear norm of F₁F₂ᵀ where both are given by factors alone. */
function traceSqrt(a: Gaussian, b: Gaussian): number {
  if (a.factor && b.covariance && !(b.factor && b.factor.rows < a.factor.rows))
    return traceSqrtOf(a.factor, b.covariance);
  if (b.factor && a.covariance) return traceSqrtOf(b.factor, a.covariance);
  if (a.factor && b.factor) return nuclearNorm(productTransposed(a.factor, b.factor));
  return traceSqrtOf(factorize(a.covariance!), b.covariance!);
}

/**
 * Fréchet distance of two Gaussians, ‖μ₁−μ₂‖² + tr Σ₁ + tr Σ₂ − 2 tr(Σ₁Σ₂)^½ (Dowson and Landau 1982; on Inception
 * features: Heusel et al., arXiv 1706.08500, eq. 6). With covariances of ddof = 1 it is pytorch-fid's FID.
 */
export function frechetDistance(a: Gaussian, b: Gaussian): FrechetDistance {
  if (a.mean.length !== b.mean.length)
    throw new Error(`features of ${a.mean.length} and of ${b.mean.length} dimensions`);
  for (const { mean, factor } of [a, b]) {
    if (factor && factor.rows > mean.length)
      throw new Error(`a factor of ${factor.rows} rows in ${mean.length} dimensions`);
  }
  let meanTerm = 0;
  for (let j = 0; j < a.mean.length; j++) meanTerm += (a.mean[j]! - b.mean[j]!) ** 2;
  const root = traceSqrt(a, b);
  const covarianceTerm = trace(a) + trace(b) - 2 * root;
  return { value: meanTerm + covarianceTerm, meanTerm, covarianceTerm, traceSqrt: root };
}
