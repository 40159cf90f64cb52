import { type FunctionSystem, meanOf } from './fractal-system.js';

/**
 * An attractor cut into pieces: its images under words of maps. Its measure μ is the sum of mass · (μ carried along by
 * the piece's map), exactly, as long as every word is there or all of its continuations are (Hutchinson, "Fractals and
 * self-similarity", 1981). So many points as there are pairs of pieces lie far more evenly than an orbit's.
 */
export interface Pieces {
  readonly count: number;
  /** count × 6, as those of a system. */
  readonly maps: Float64Array;
  /** They sum to 1. */
  readonly masses: Float64Array;
  /** count × 3 */
  readonly colours: Float64Array;
  /** The mean of each piece. */
  readonly xs: Float64Array;
  readonly ys: Float64Array;
}

function setComposed(out: Float64Array, to: number, p: ArrayLike<number>, maps: Float64Array, map: number): void {
  const [o, m] = [to * 6, map * 6];
  for (const row of [0, 3]) {
    const [a, b] = [p[row]!, p[row + 1]!];
    out[o + row] = a * maps[m]! + b * maps[m + 3]!;
    out[o + row + 1] = a * maps[m + 1]! + b * maps[m + 4]!;
    out[o + row + 2] = a * maps[m + 2]! + b * maps[m + 5]! + p[row + 2]!;
  }
}

function heaviest(masses: Float64Array, count: number): number {
  let found = 0;
  for (let i = 1; i < count; i++) if (masses[i]! > masses[found]!) found = i;
  return found;
}

/**
 * Splits the heaviest piece until there are enough, at most seven more than wanted: their masses are nearly equal.
 *
 * @param colours of the maps, maps × 3. A piece's colour is that of its word: the first map counts one half, the next one
 *   quarter and so on, what is left stands for the mean of all maps.
 */
export function piecesOf(system: FunctionSystem, wanted: number, colours?: Float64Array): Pieces {
  const { maps, chances } = system;
  const room = wanted + chances.length;
  const pieces = {
    maps: new Float64Array(room * 6),
    masses: new Float64Array(room),
    colours: new Float64Array(room * 3),
    xs: new Float64Array(room),
    ys: new Float64Array(room),
  };
  const rest = new Float64Array(room);
  pieces.maps.set([1, 0, 0, 0, 1, 0]);
  pieces.masses[0] = 1;
  rest[0] = 1;
  let count = 1;
  while (count < wanted) {
    const split = heaviest(pieces.masses, count);
    const map = pieces.maps.slice(split * 6, split * 6 + 6);
    const colour = pieces.colours.slice(split * 3, split * 3 + 3);
    const mass = pieces.masses[split]!;
    const half = rest[split]! / 2;
    for (const [i, chance] of chances.entries()) {
      const to = i === 0 ? split : count++;
      setComposed(pieces.maps, to, map, maps, i);
      pieces.masses[to] = mass * chance;
      rest[to] = half;
      if (colours) for (let k = 0; k < 3; k++) pieces.colours[to * 3 + k] = colour[k]! + half * colours[i * 3 + k]!;
    }
  }
  const [x, y] = meanOf(system);
  const mean = [0, 1, 2].map((k) => chances.reduce((sum, chance, i) => sum + chance * (colours?.[i * 3 + k] ?? 0), 0));
  for (let i = 0; i < count; i++) {
    const m = i * 6;
    pieces.xs[i] = pieces.maps[m]! * x + pieces.maps[m + 1]! * y + pieces.maps[m + 2]!;
    pieces.ys[i] = pieces.maps[m + 3]! * x + pieces.maps[m + 4]! * y + pieces.maps[m + 5]!;
    for (let k = 0; k < 3; k++) pieces.colours[i * 3 + k]! += rest[i]! * mean[k]!;
  }
  return {
    count,
    maps: pieces.maps.subarray(0, count * 6),
    masses: pieces.masses.subarray(0, count),
    colours: pieces.colours.subarray(0, count * 3),
    xs: pieces.xs.subarray(0, count),
    ys: pieces.ys.subarray(0, count),
  };
}
