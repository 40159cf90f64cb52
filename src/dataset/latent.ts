import { draws, STREAM } from '../core/random.js';

/** Latents of generators: the same z for every ψ, so that settings differ by truncation alone. */

/** Standard normal draws by Box and Muller's transform (1958), both of a pair, from uniform ones in (0, 1). */
export function normals(uniform: () => number): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

export const filled = (count: number, next: () => number): Float32Array => {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = next();
  return values;
};

/** Where the draws of mean latents are: no output has that many slots. */
const MEAN_SLOT = 2 ** 32 - 1;

/** Draws of one image: first its z, then whatever else its generator takes. */
export const imageDraws = (seed: number, output: number, slot: number): (() => number) =>
  draws(seed, STREAM.latent, output, slot);

/** Draws of sample i of a mean over latents, the same for every seed: the mean is part of the generator, not of a run. */
export const meanDraws = (i: number): (() => number) => draws(0, STREAM.latent, i, MEAN_SLOT);

/** Truncation about the mean latent (Karras et al., arXiv 1812.04948, appendix B): w' = w̄ + ψ(w − w̄). */
export const truncated = (w: Float32Array, mean: Float32Array, psi: number): Float32Array =>
  psi === 1 ? w : w.map((value, i) => mean[i]! + psi * (value - mean[i]!));
