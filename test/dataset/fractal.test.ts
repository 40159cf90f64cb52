import { describe, expect, test } from 'vitest';
import { draws, STREAM } from '../../src/core/random.js';
import { fractal } from '../../src/dataset/fractal.js';
import { FILLING, fillingRate, systemOfCategory } from '../../src/dataset/fractal-category.js';
import { blurred, densityOf, placeOf } from '../../src/dataset/fractal-density.js';
import { piecesOf } from '../../src/dataset/fractal-pieces.js';
import {
  CONTRACTION,
  type FunctionSystem,
  meanOf,
  perturbed,
  randomSystem,
  spectralNorm,
} from '../../src/dataset/fractal-system.js';
import { viewOf } from '../../src/dataset/fractal-view.js';
import { chiSquare, chiSquareBound, KS_BOUND, kolmogorovSmirnov, mean, variance } from '../core/goodness.js';
import { compareWithGolden } from '../golden/tiles.js';

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const numbers = (index: number) => draws(12, STREAM.sample, index);
const systems = (count: number) => range(count).map((i) => randomSystem(numbers(1000 + i)));

/** Linear parts of a system's maps: a, b, c, d. */
const linear = ({ maps, chances }: FunctionSystem) =>
  range(chances.length).map((i) => [0, 1, 3, 4].map((k) => maps[i * 6 + k]!) as [number, number, number, number]);

/** Maps that halve all distances, towards some places. */
const halving = (places: readonly (readonly [number, number])[]): FunctionSystem => ({
  maps: Float64Array.from(places.flatMap(([x, y]) => [0.5, 0, x / 2, 0, 0.5, y / 2])),
  chances: new Float64Array(places.length).fill(1 / places.length),
});

const SQUARE = halving([
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
]);
const GASKET = halving([
  [0, 0],
  [1, 0],
  [0.5, 1],
]);

/** An orbit, as the chaos game plays it: another way to the same measure. */
function orbit({ maps, chances }: FunctionSystem, count: number): [number, number][] {
  const uniform = numbers(1);
  let [x, y] = [0, 0];
  return range(count + 100)
    .map((): [number, number] => {
      let left = uniform();
      const i = Math.max(
        chances.findIndex((chance) => {
          left -= chance;
          return left < 0;
        }),
        0,
      );
      const [a, b, e, c, d, f] = maps.subarray(i * 6) as unknown as [number, number, number, number, number, number];
      [x, y] = [a * x + b * y + e, c * x + d * y + f];
      return [x, y];
    })
    .slice(100);
}

describe('a system', () => {
  test('has a spectral norm that is the greatest stretch of any direction', () => {
    expect(spectralNorm(0, -0.5, 0.5, 0)).toBeCloseTo(0.5, 12);
    expect(spectralNorm(3, 0, 0, -7)).toBeCloseTo(7, 12);
    expect(spectralNorm(1, 1, 1, 1)).toBeCloseTo(2, 12);
    const uniform = numbers(2);
    for (let i = 0; i < 20; i++) {
      const [a, b, c, d] = [uniform(), uniform(), uniform(), uniform()].map((u) => 2 * u - 1) as [
        number,
        number,
        number,
        number,
      ];
      const stretches = range(2000).map((k) => {
        const [x, y] = [Math.cos((k * Math.PI) / 2000), Math.sin((k * Math.PI) / 2000)];
        return Math.hypot(a * x + b * y, c * x + d * y);
      });
      expect(Math.max(...stretches) / spectralNorm(a, b, c, d)).toBeCloseTo(1, 5);
    }
  });

  test('of random maps contracts, has two to eight of them, taken by their determinants', () => {
    const made = systems(1400);
    for (const system of made) {
      for (const [i, [a, b, c, d]] of linear(system).entries()) {
        expect(spectralNorm(a, b, c, d)).toBeLessThanOrEqual(CONTRACTION);
        const total = linear(system).reduce((sum, [a, b, c, d]) => sum + Math.abs(a * d - b * c), 0);
        expect(system.chances[i]! * total).toBeCloseTo(Math.abs(a * d - b * c), 12);
      }
      expect(system.chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 12);
    }
    const counts = range(7).map((i) => made.filter(({ chances }) => chances.length === i + 2).length);
    expect(
      chiSquare(
        counts,
        counts.map(() => 200),
      ),
    ).toBeLessThan(chiSquareBound(6));
    const shifts = made.flatMap(({ maps }) => [maps[2]!, maps[5]!]);
    expect(kolmogorovSmirnov(shifts, (x) => (x + 1) / 2)).toBeLessThan(KS_BOUND);
  });

  test('that is varied still contracts, and differs in one entry of each map', () => {
    for (const [i, system] of systems(60).entries()) {
      const [entry, factor] = [i % 6, i % 2 ? 1.2 : 0.8];
      const other = perturbed(system, entry, factor);
      for (const [k, part] of linear(other).entries()) {
        const norm = spectralNorm(...part);
        expect(norm).toBeLessThanOrEqual(CONTRACTION + 1e-12);
        for (let e = 0; e < 6; e++) {
          const [before, after] = [system.maps[k * 6 + e]!, other.maps[k * 6 + e]!];
          if (e === entry && norm < CONTRACTION - 1e-9) expect(after).toBeCloseTo(before * factor, 12);
          else if (norm < CONTRACTION - 1e-9) expect(after).toBe(before);
        }
      }
      expect(other.chances).toBe(system.chances);
    }
  });
});

describe('pieces of an attractor', () => {
  test('have all its mass, its mean and its colour, however many', () => {
    for (const [i, system] of systems(12).entries()) {
      const n = system.chances.length;
      const colours = Float64Array.from({ length: n * 3 }, numbers(3));
      for (const wanted of [1, 2, 10 + i, 300]) {
        const { count, masses, xs, ys, colours: own } = piecesOf(system, wanted, colours);
        expect(count).toBeGreaterThanOrEqual(wanted);
        expect(count).toBeLessThan(wanted + n);
        const sum = (values: (piece: number) => number) =>
          range(count).reduce((total, piece) => total + masses[piece]! * values(piece), 0);
        const [x, y] = meanOf(system);
        expect(sum(() => 1)).toBeCloseTo(1, 10);
        expect(sum((piece) => xs[piece]!)).toBeCloseTo(x, 10);
        expect(sum((piece) => ys[piece]!)).toBeCloseTo(y, 10);
        const red = system.chances.reduce((total, chance, map) => total + chance * colours[map * 3]!, 0);
        expect(sum((piece) => own[piece * 3]!)).toBeCloseTo(red, 10);
      }
    }
  });

  test('lie as an orbit does', () => {
    for (const system of systems(5)) {
      const { count, masses, xs, ys } = piecesOf(system, 4000);
      const points = orbit(system, 40_000);
      const [x, y] = meanOf(system);
      const moment = (p: number, q: number) =>
        range(count).reduce((sum, i) => sum + masses[i]! * (xs[i]! - x) ** p * (ys[i]! - y) ** q, 0);
      const spread = Math.sqrt(moment(2, 0) * moment(0, 2));
      for (const [p, q] of [
        [2, 0],
        [1, 1],
        [0, 2],
      ] as const) {
        const simulated = mean(points.map(([u, v]) => (u - x) ** p * (v - y) ** q));
        expect(Math.abs(simulated - moment(p, q))).toBeLessThan(0.06 * spread + 0.05 * Math.abs(simulated));
      }
    }
  });

  test('of the Sierpinski gasket are its triangles', () => {
    const { count, maps, masses, xs } = piecesOf(GASKET, 81);
    expect(count).toBe(81);
    for (let i = 0; i < 81; i++) {
      expect(masses[i]).toBeCloseTo(1 / 81, 12);
      expect([maps[i * 6], maps[i * 6 + 1], maps[i * 6 + 3], maps[i * 6 + 4]]).toEqual([1 / 16, 0, 0, 1 / 16]);
    }
    // Left to right they stand at 31 places, one every half of a triangle's side.
    expect(new Set(Array.from(xs, (x) => x.toFixed(9))).size).toBe(31);
  });
});

describe('the view', () => {
  test('is filled, whatever the turn', () => {
    for (const [i, system] of systems(8).entries()) {
      const view = viewOf(system, i, i % 2 === 1);
      const { sums, side } = densityOf(piecesOf(system, 200), view, 500);
      const mass = sums.reduce((sum, value, at) => sum + (at % 4 ? 0 : value), 0);
      expect(side).toBe(504);
      expect(mass).toBeGreaterThan(0.9);
      // Turned, and mirrored when it is odd: the sign of the determinant says so.
      expect(Math.sign(view[0]! * view[4]! - view[1]! * view[3]!)).toBe(i % 2 ? -1 : 1);
    }
  });

  test('of the unit square has the same density everywhere', () => {
    const density = densityOf(piecesOf(SQUARE, 1024), viewOf(SQUARE), 16);
    const masses = range(16 * 16).map((i) => density.sums[placeOf(density, Math.floor(i / 16), i % 16)]!);
    expect(Math.min(...masses) / mean(masses)).toBeGreaterThan(0.9);
    expect(Math.max(...masses) / mean(masses)).toBeLessThan(1.1);
  });

  test('blurred has its mass still, and a point becomes the binomial', () => {
    const sums = new Float32Array(9 * 9 * 4);
    sums[(4 * 9 + 4) * 4 + 1] = 256;
    const soft = blurred({ side: 9, sums }).sums;
    const rows = range(9).map((row) => range(9).map((column) => soft[(row * 9 + column) * 4 + 1]!));
    const weights = [0, 0, 1, 4, 6, 4, 1, 0, 0];
    expect(rows).toEqual(weights.map((v) => weights.map((h) => v * h)));
    expect(soft.filter((_, at) => at % 4 !== 1).every((value) => value === 0)).toBe(true);
  });
});

describe('categories', () => {
  test('fill the picture; what is thin does not', () => {
    expect(fillingRate(SQUARE)).toBeGreaterThan(0.9);
    // Of 64 × 64 cells the gasket has 3^6 / 4^6 = 0.178; where it is cut at a cell's edge, its neighbour too.
    expect(fillingRate(GASKET)).toBeGreaterThan(0.17);
    expect(fillingRate(GASKET)).toBeLessThan(FILLING);
    expect(
      fillingRate(
        halving([
          [0, 0],
          [1, 1],
        ]),
      ),
    ).toBeLessThan(0.05);
  });

  test('the first thirty fill it by the chaos game too', () => {
    for (const category of range(30)) {
      const system = systemOfCategory(category);
      expect(systemOfCategory(category)).toBe(system);
      const points = orbit(system, 16_384);
      const cut = (values: number[]) => {
        const sorted = values.sort((a, b) => a - b);
        return [sorted[Math.round(0.01 * sorted.length)]!, sorted[Math.round(0.99 * sorted.length)]!] as const;
      };
      const [left, right] = cut(points.map(([x]) => x));
      const [top, bottom] = cut(points.map(([, y]) => y));
      const cells = points.map(([x, y]) => [
        Math.floor((64 * (x - left)) / (right - left)),
        Math.floor((64 * (y - top)) / (bottom - top)),
      ]);
      const inside = cells.filter((cell) => cell.every((place) => place >= 0 && place < 64));
      expect(new Set(inside.map(String)).size / 64 ** 2).toBeGreaterThan(0.85 * FILLING);
    }
  });

  test('differ', () => {
    const texts = range(30).map((category) => systemOfCategory(category).maps.join());
    expect(new Set(texts).size).toBe(30);
    const pictures = range(10).map((category) => fractal(category)(0, 0, 0, 48));
    for (const [i, one] of pictures.entries())
      for (const other of pictures.slice(i + 1))
        expect(mean(Array.from(one, (level, at) => Math.abs(level - other[at]!)))).toBeGreaterThan(8);
  });
});

describe('a picture', () => {
  test('is a function of its arguments, in any order', () => {
    const places = range(6).map((i) => [i % 2, i % 3, i] as const);
    const forward = places.map(([seed, output, slot]) => fractal(3)(seed, output, slot, 40));
    for (const [i, [seed, output, slot]] of [...places.entries()].reverse())
      expect(fractal(3)(seed, output, slot, 40)).toEqual(forward[i]);
    expect(new Set(forward.map((pixels) => pixels.join())).size).toBe(6);
    expect(forward.every((pixels) => pixels.length === 40 * 40 * 3)).toBe(true);
  });

  test('is dense and in colour', () => {
    const pictures = range(40).map((category) => [...fractal(category)(2, category, 0, 64)]);
    const dark = pictures.map(
      (levels) => range(64 * 64).filter((at) => Math.max(...levels.slice(at * 3, at * 3 + 3)) < 24).length / 64 ** 2,
    );
    expect(mean(dark)).toBeLessThan(0.02);
    const spreads = pictures.map((levels) => Math.sqrt(variance(levels)));
    expect(Math.min(...spreads)).toBeGreaterThan(12);
    const chroma = pictures.map((levels) =>
      mean(
        range(64 * 64).map(
          (at) => Math.max(...levels.slice(at * 3, at * 3 + 3)) - Math.min(...levels.slice(at * 3, at * 3 + 3)),
        ),
      ),
    );
    expect(mean(chroma)).toBeGreaterThan(60);
  });

  test('is framed alike at every resolution', () => {
    for (const category of range(6)) {
      const [small, large] = [fractal(category)(1, 0, 0, 32), fractal(category)(1, 0, 0, 128)];
      const apart = Array.from(small, (level, i) => {
        const [row, column, channel] = [Math.floor(i / 96), Math.floor((i % 96) / 3), i % 3];
        const block = range(16).map((k) => large[((4 * row + (k >> 2)) * 128 + 4 * column + (k & 3)) * 3 + channel]!);
        return Math.abs(level - mean(block));
      });
      expect(mean(apart)).toBeLessThan(24);
    }
  });

  test('is the golden one', async () => {
    const sheet = range(8).flatMap((category) => [...fractal(category)(0, category, 0, 64)]);
    await compareWithGolden('fractals', Uint8Array.from(sheet), 64);
  });
});
