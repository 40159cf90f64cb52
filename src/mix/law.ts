/** Draws from the laws of the mixing weights, each from a source of uniform numbers in (0, 1). */

type Uniform = () => number;

function normal(uniform: Uniform): number {
  return Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Gamma(shape, 1): Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables" (2000); shape 1 by inversion. */
export function gamma(shape: number, uniform: Uniform): number {
  if (shape === 1) return -Math.log(uniform());
  if (shape < 1) {
    const boost = uniform() ** (1 / shape);
    return gamma(shape + 1, uniform) * boost;
  }
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(uniform);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Beta(α, α), in [0, 1]; α = 1 is uniform. */
export function symmetricBeta(alpha: number, uniform: Uniform): number {
  if (alpha === 1) return uniform();
  const a = gamma(alpha, uniform);
  const b = gamma(alpha, uniform);
  // Both underflow to 0 only for a minute α, where the law is a fair coin between 0 and 1.
  return a + b > 0 ? a / (a + b) : Math.round(uniform());
}
