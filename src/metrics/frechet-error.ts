import { cholesky } from '../core/cholesky.js';
import { type Dense, dense, transpose } from '../core/linear.js';
import { polarFactor } from '../core/polar.js';
import { product } from '../core/products.js';
import type { Features } from '../extract/features.js';
import type { Gaussian } from '../statistics/gaussian.js';
import { factorize } from './frechet.js';

/** Rows that are worked on at a time. */
const ROWS = 2048;

/** Features from `from` to `to`, minus a mean, as float64. */
export function centredRows(features: Features, from: number, to: number, mean: Float64Array): Dense {
  const d = features.dims;
  const out = dense(to - from, d);
  const rows = features.rows(from, to);
  for (let i = 0; i < rows.length; i += d) for (let j = 0; j < d; j++) out.data[i + j] = rows[i + j]! - mean[j]!;
  return out;
}

/** ‖x−μ‖² + 2δᵀ(x−μ) of centred rows, minus `pull` of each; centred. */
function derivative(x: Dense, delta: Float64Array, pull: (row: number) => number): Float64Array {
  const d = x.columns;
  return Float64Array.from({ length: x.rows }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < d; j++) {
      const value = x.data[i * d + j]!;
      sum += value * (2 * delta[j]! + value);
    }
    return sum - pull(i);
  });
}

function centredValues(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

/** How the images of a set pull its FID, and on the way what the FID is made of. */
export interface Pulls {
  /** ψ of every image. */
  readonly influences: Float64Array;
  /** tr(ΣΣᵣ)^½ */
  readonly traceSqrt: number;
}

/** tr(UᵀM) with U the polar factor of M: the sum of M's singular values. */
function nuclearNorm(matrix: Dense, isometry: Dense): number {
  let sum = 0;
  for (let i = 0; i < matrix.data.length; i++) sum += matrix.data[i]! * isometry.data[i]!;
  return sum;
}

/**
 * How much each image pulls the FID of its set: ψ(x) = 2δᵀ(x−μ) + (x−μ)ᵀ(I−T)(x−μ), centred, the derivative of the FID by
 * the image's share in the set (infinitesimal jackknife; Efron 1982, "The Jackknife, the Bootstrap…", ch. 6). δ = μ − μᵣ,
 * and T = Fᵀ(FΣFᵀ)^(−½)F, Σᵣ = FᵀF, is the optimal transport from N(μ, Σ) to the reference (Olkin and Pukelsheim
 * 1982). With no more images than dimensions it still ranks the images, but sd(ψ)/√n is no standard error there.
 *
 * @param set the Gaussian of `features`: by its covariance, or for n ≤ d by its factor
 * @returns `influences`: one number an image; their mean is 0, and the FID without image i is about FID − ψᵢ/(n − 1)
 */
export async function pulls(features: Features, set: Gaussian, reference: Gaussian): Promise<Pulls> {
  const { count, dims: d } = features;
  const factor = reference.factor ?? (await factorize(reference.covariance!));
  const delta = set.mean.map((value, j) => value - reference.mean[j]!);
  if (!set.covariance) {
    // (x−μ)ᵀT(x−μ) is n times the diagonal of (A·Σᵣ·Aᵀ)^½, A = X/√n: M·Uᵀ with M = A·Fᵀ and U its polar factor.
    const x = centredRows(features, 0, count, set.mean);
    const crossed = await product(x, factor, { transposeB: true });
    const wide = crossed.rows < crossed.columns;
    const isometry = await polarFactor(wide ? transpose(crossed) : crossed);
    const u = wide ? transpose(isometry) : isometry;
    const pull = (i: number) => {
      let sum = 0;
      for (let k = i * u.columns; k < (i + 1) * u.columns; k++) sum += crossed.data[k]! * u.data[k]!;
      return sum * Math.sqrt(count);
    };
    return {
      influences: centredValues(derivative(x, delta, pull)),
      traceSqrt: nuclearNorm(crossed, u) / Math.sqrt(count - 1),
    };
  }
  const { lower, inverse } = await cholesky(set.covariance);
  // With Σ = LLᵀ and U the polar factor of M = F·L: T = Fᵀ·U·L⁻¹, and tr(ΣΣᵣ)^½ is the sum of M's singular values.
  const root = await product(factor, lower);
  const isometry = await polarFactor(root);
  const transport = await product(factor, await product(isometry, inverse), { transposeA: true });
  const psi = new Float64Array(count);
  for (let from = 0; from < count; from += ROWS) {
    const x = centredRows(features, from, Math.min(from + ROWS, count), set.mean);
    const moved = await product(x, transport);
    const pull = (i: number) => {
      let sum = 0;
      for (let k = i * d; k < (i + 1) * d; k++) sum += x.data[k]! * moved.data[k]!;
      return sum;
    };
    psi.set(derivative(x, delta, pull), from);
  }
  return { influences: centredValues(psi), traceSqrt: nuclearNorm(root, isometry) };
}

/** ψ of every image alone (`pulls`). */
export const influences = async (features: Features, set: Gaussian, reference: Gaussian): Promise<Float64Array> =>
  (await pulls(features, set, reference)).influences;

/** Standard error of the FID from the influences of its images: sd(ψ)/√n. */
export function standardErrorOf(psi: Float64Array): number {
  const n = psi.length;
  return Math.sqrt(psi.reduce((sum, value) => sum + value * value, 0) / (n - 1) / n);
}
