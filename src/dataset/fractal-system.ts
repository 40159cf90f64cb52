/** An iterated function system of affine maps of the plane. */
export interface FunctionSystem {
  /** maps × 6, each a b e, c d f of (x, y) → (ax + by + e, cx + dy + f). */
  readonly maps: Float64Array;
  /** How often each map is taken: they sum to 1. */
  readonly chances: Float64Array;
}

/** Every map brings any two points at least so much closer: the attractor is bounded, and so is every orbit. */
export const CONTRACTION = 0.95;

/** By what a map stretches at most: the larger singular value of (a b, c d). */
export function spectralNorm(a: number, b: number, c: number, d: number): number {
  const squares = a * a + b * b + c * c + d * d;
  const determinant = a * d - b * c;
  return Math.sqrt((squares + Math.sqrt(Math.max(0, squares * squares - 4 * determinant * determinant))) / 2);
}

/**
 * A system of two to eight maps, their number uniform, their entries uniform in −1 … 1 among those maps that contract,
 * taken in proportion to |determinant| (Kataoka et al., "Pre-training without Natural Images", arXiv 2101.08515;
 * they take any maps, and leave out what runs away).
 */
export function randomSystem(uniform: () => number): FunctionSystem {
  const count = 2 + Math.floor(7 * uniform());
  const entry = () => 2 * uniform() - 1;
  const maps = new Float64Array(count * 6);
  const areas = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let [a, b, c, d] = [entry(), entry(), entry(), entry()];
    while (spectralNorm(a, b, c, d) > CONTRACTION) [a, b, c, d] = [entry(), entry(), entry(), entry()];
    maps.set([a, b, entry(), c, d, entry()], i * 6);
    areas[i] = Math.abs(a * d - b * c);
  }
  const total = areas.reduce((sum, area) => sum + area, 0);
  return { maps, chances: areas.map((area) => area / total) };
}

/**
 * The system with one of the six entries of every map multiplied: FractalDB's variation inside of a category, whose
 * factors are 0.8 to 1.2. What would no longer contract is shrunk until it does.
 *
 * @param entry 0 … 5 in the order of `maps`
 */
export function perturbed({ maps, chances }: FunctionSystem, entry: number, factor: number): FunctionSystem {
  const out = maps.slice();
  for (let m = 0; m < out.length; m += 6) {
    out[m + entry]! *= factor;
    const shrink = Math.min(1, CONTRACTION / spectralNorm(out[m]!, out[m + 1]!, out[m + 3]!, out[m + 4]!));
    for (const k of [0, 1, 3, 4]) out[m + k]! *= shrink;
  }
  return { maps: out, chances };
}

/** The mean of the system's invariant measure: m = Σ chance · (A m + t), two linear equations. */
export function meanOf({ maps, chances }: FunctionSystem): readonly [x: number, y: number] {
  const sum = (k: number) => chances.reduce((total, chance, i) => total + chance * maps[i * 6 + k]!, 0);
  const [a, b, e, c, d, f] = [sum(0), sum(1), sum(2), sum(3), sum(4), sum(5)];
  const determinant = (1 - a) * (1 - d) - b * c;
  return [((1 - d) * e + b * f) / determinant, (c * e + (1 - a) * f) / determinant];
}
