import type { Pieces } from './fractal-pieces.js';

/** Pixels about the picture, for the blur. */
const MARGIN = 2;

/** Mass and colour, weighted by it, of each pixel. */
export interface Density {
  /** Pixels of a row: the picture's and the margins'. */
  readonly side: number;
  /** side² × (mass, red, green, blue), rows from the top. */
  readonly sums: Float32Array;
}

/** Where a pixel of the picture stands in the sums. */
export const placeOf = ({ side }: Density, row: number, column: number): number =>
  ((row + MARGIN) * side + column + MARGIN) * 4;

/** Adds up the points of an attractor: the means of its pieces, carried along by each of them. */
export function densityOf(pieces: Pieces, view: Float64Array, resolution: number): Density {
  const { count, maps, masses, colours, xs, ys } = pieces;
  const side = resolution + 2 * MARGIN;
  const sums = new Float32Array(side * side * 4);
  const [va, vb, ve, vc, vd, vf] = view as unknown as [number, number, number, number, number, number];
  for (let i = 0; i < count; i++) {
    const m = i * 6;
    const a = resolution * (va * maps[m]! + vb * maps[m + 3]!);
    const b = resolution * (va * maps[m + 1]! + vb * maps[m + 4]!);
    const e = resolution * (va * maps[m + 2]! + vb * maps[m + 5]! + ve) + MARGIN;
    const c = resolution * (vc * maps[m]! + vd * maps[m + 3]!);
    const d = resolution * (vc * maps[m + 1]! + vd * maps[m + 4]!);
    const f = resolution * (vc * maps[m + 2]! + vd * maps[m + 5]! + vf) + MARGIN;
    const [mass, red, green, blue] = [masses[i]!, colours[i * 3]!, colours[i * 3 + 1]!, colours[i * 3 + 2]!];
    for (let j = 0; j < count; j++) {
      const x = a * xs[j]! + b * ys[j]! + e;
      const y = c * xs[j]! + d * ys[j]! + f;
      if (!(x >= 0 && x < side && y >= 0 && y < side)) continue;
      const at = ((y | 0) * side + (x | 0)) * 4;
      const weight = mass * masses[j]!;
      sums[at]! += weight;
      sums[at + 1]! += weight * red;
      sums[at + 2]! += weight * green;
      sums[at + 3]! += weight * blue;
    }
  }
  return { side, sums };
}

/** The same, blurred by the binomial (1 4 6 4 1) / 16 along rows and columns; the margins are left empty. */
export function blurred({ side, sums }: Density): Density {
  const stride = side * 4;
  const end = sums.length - 2 * stride;
  const rows = new Float32Array(sums.length);
  for (let i = 8; i < sums.length - 8; i++)
    rows[i] = 0.375 * sums[i]! + 0.25 * (sums[i - 4]! + sums[i + 4]!) + 0.0625 * (sums[i - 8]! + sums[i + 8]!);
  const out = new Float32Array(sums.length);
  for (let i = 2 * stride; i < end; i++) {
    const near = rows[i - stride]! + rows[i + stride]!;
    out[i] = 0.375 * rows[i]! + 0.25 * near + 0.0625 * (rows[i - 2 * stride]! + rows[i + 2 * stride]!);
  }
  return { side, sums: out };
}
