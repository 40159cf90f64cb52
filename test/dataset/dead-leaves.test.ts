import { describe, expect, test } from 'vitest';
import { draws, STREAM } from '../../src/core/random.js';
import { cornersOf, deadLeaves, LEAF_SHAPES, LEAVES, type Leaf, radiusOf } from '../../src/dataset/dead-leaves.js';
import { coverConvex, coverDisc, emptyCanvas } from '../../src/dataset/raster-cover.js';
import { chiSquare, chiSquareBound, KS_BOUND, kolmogorovSmirnov, mean, variance } from '../core/goodness.js';
import { compareWithGolden } from '../golden/tiles.js';

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const numbers = (index: number) => draws(11, STREAM.sample, index);

/** Whether a leaf of radius 1 about the origin holds a point: a polygon does when a ray from it crosses an odd number of edges. */
function holds(leaf: Leaf, angles: readonly number[], x: number, y: number): boolean {
  if (leaf === 'circle') return x * x + y * y <= 1;
  const corners = angles.map((angle) => [Math.cos(angle), Math.sin(angle)] as const);
  const crossings = corners.filter(([x1, y1], i) => {
    const [x2, y2] = corners[(i + 1) % corners.length]!;
    return y1 > y !== y2 > y && x < x1 + ((y - y1) * (x2 - x1)) / (y2 - y1);
  });
  return crossings.length % 2 === 1;
}

test('radii follow the density r^-3 between 0.03 and 1', () => {
  const uniform = numbers(0);
  const radii = range(4000).map(() => radiusOf(uniform()));
  const cdf = (r: number) => (0.03 ** -2 - r ** -2) / (0.03 ** -2 - 1);
  expect(kolmogorovSmirnov(radii, cdf)).toBeLessThan(KS_BOUND);
  expect(radiusOf(0)).toBeCloseTo(0.03, 12);
  expect(radiusOf(1)).toBeCloseTo(1, 12);
});

describe('a leaf', () => {
  // Of radius 1: E sin 2a = 2/π for a rectangle, and n/2 · E sin of a gap between n places on a circle for the last two.
  const AREAS: Readonly<Record<Leaf, number>> = {
    circle: Math.PI,
    square: 2,
    oriented: 2,
    rectangle: 4 / Math.PI,
    triangle: 3 / (2 * Math.PI),
    quadrilateral: 3 / Math.PI,
  };

  test.each(LEAVES)('%s has the area of its closed form, and the pixels whose centres it holds', (leaf) => {
    const uniform = numbers(1);
    const radius = 20;
    const areas = range(600).map((i) => {
      const angles = cornersOf(leaf, [uniform(), uniform(), uniform(), uniform()]);
      const [x, y] = [32 + uniform(), 32 + uniform()];
      const canvas = emptyCanvas(64);
      if (leaf === 'circle') coverDisc(canvas, x, y, radius, 0xffffff);
      else {
        const xs = angles.map((angle) => x + radius * Math.cos(angle));
        coverConvex(
          canvas,
          xs,
          angles.map((angle) => y + radius * Math.sin(angle)),
          0xffffff,
        );
      }
      if (i < 20) {
        const inside = (at: number) =>
          holds(leaf, angles, ((at % 64) + 0.5 - x) / radius, (Math.floor(at / 64) + 0.5 - y) / radius);
        expect(range(64 * 64).filter((at) => canvas.pixels[at * 3] === 255)).toEqual(range(64 * 64).filter(inside));
      }
      return canvas.left.reduce((sum, left) => sum + 64 - left, 0) / radius ** 2;
    });
    const error = Math.sqrt(variance(areas) / areas.length);
    expect(Math.abs(mean(areas) - AREAS[leaf])).toBeLessThan(4 * error + 0.002);
  });

  test('that is turned is turned by any angle, and a rectangle has any aspect', () => {
    const uniform = numbers(3);
    const made = (leaf: Leaf) => range(2000).map(() => cornersOf(leaf, [uniform(), uniform(), uniform(), uniform()]));
    const turn = (angle: number) => angle / (2 * Math.PI);
    expect(
      kolmogorovSmirnov(
        made('oriented').map(([first]) => first!),
        turn,
      ),
    ).toBeLessThan(KS_BOUND);
    const rectangles = made('rectangle');
    const middles = rectangles.map(([first, second]) => (first! + second! - Math.PI) / 2);
    const halves = rectangles.map(([first, second]) => (Math.PI - (second! - first!)) / 2);
    expect(kolmogorovSmirnov(middles, turn)).toBeLessThan(KS_BOUND);
    expect(kolmogorovSmirnov(halves, (half) => half / (Math.PI / 2))).toBeLessThan(KS_BOUND);
  });

  test('covers no pixel a second time, and none outside of the picture', () => {
    const canvas = emptyCanvas(16);
    coverDisc(canvas, 0, 0, 8, 0x010203);
    const once = canvas.pixels.slice();
    coverConvex(canvas, [-5, 30, 30, -5], [-5, -5, 7, 7], 0x040506);
    for (const at of range(16 * 16)) {
      const [x, y] = [(at % 16) + 0.5, Math.floor(at / 16) + 0.5];
      const expected = Math.hypot(x, y) <= 8 ? 1 : y <= 7 ? 4 : 0;
      expect([...canvas.pixels.subarray(at * 3, at * 3 + 3)]).toEqual(
        expected ? [expected, expected + 1, expected + 2] : [0, 0, 0],
      );
      if (expected === 1) expect(once[at * 3]).toBe(1);
    }
    expect([...canvas.left]).toEqual(
      range(16).map((y) =>
        y < 7 ? 0 : y === 7 ? 16 - once.subarray(7 * 48, 8 * 48).filter((v) => v === 1).length : 16,
      ),
    );
  });
});

describe('a picture', () => {
  test.each(LEAF_SHAPES)('of shape %s is covered, a function of its arguments in any order', (shape) => {
    const paint = deadLeaves(shape);
    const places = range(6).map((i) => [i % 2, i % 3, i] as const);
    const forward = places.map(([seed, output, slot]) => paint(seed, output, slot, 48));
    for (const [i, [seed, output, slot]] of [...places.entries()].reverse())
      expect(deadLeaves(shape)(seed, output, slot, 48)).toEqual(forward[i]);
    expect(new Set(forward.map((pixels) => pixels.join())).size).toBe(6);
    for (const pixels of forward)
      expect(range(48 * 48).filter((at) => !pixels[at * 3] && !pixels[at * 3 + 1] && !pixels[at * 3 + 2])).toEqual([]);
  });

  test('shows the same leaves at every resolution', () => {
    const paint = deadLeaves('mixed');
    for (const output of range(5)) {
      const [small, large] = [paint(3, output, 1, 32), paint(3, output, 1, 96)];
      // The middle one of three by three pixels has the small pixel's centre.
      const middle = small.map((_, i) => {
        const [at, channel] = [Math.floor(i / 3), i % 3];
        return large[((3 * Math.floor(at / 32) + 1) * 96 + 3 * (at % 32) + 1) * 3 + channel]!;
      });
      expect(middle).toEqual(small);
    }
  });

  test('has uniform colours', () => {
    const paint = deadLeaves('circle');
    const pixels = range(1600).map((output) => paint(5, output, 0, 16).subarray(360, 363));
    for (const channel of range(3)) {
      const counts = range(16).map((bin) => pixels.filter((rgb) => rgb[channel]! >> 4 === bin).length);
      expect(
        chiSquare(
          counts,
          counts.map(() => 100),
        ),
      ).toBeLessThan(chiSquareBound(15));
    }
  });

  // Two points have one colour when the first leaf over either is over both (Lee, Mumford and Huang 2001):
  // the chance is the measure of leaves over both by that of leaves over either, integrated here by simulation.
  test.each(LEAF_SHAPES)('of shape %s has two points in one leaf as often as the model says', (shape) => {
    const SIDE = 10;
    const [a, b] = [
      [0.45, 0.45],
      [0.55, 0.45],
    ] as const;
    const uniform = numbers(2);
    const leaves = shape === 'mixed' ? LEAVES : [shape];
    let [both, either] = [0, 0];
    for (let i = 0; i < 8000; i++) {
      const leaf = leaves[i % leaves.length]!;
      // u = v²: large leaves, which hardly come and cover most, are drawn often and weigh less, by dv.
      const v = uniform();
      const radius = radiusOf(1 - v * v);
      const angles = cornersOf(leaf, [uniform(), uniform(), uniform(), uniform()]);
      // Centres from where a leaf can reach one of the points, within 0.1 of (0.5, 0.45), in the picture alone.
      const [left, right, bottom] = [Math.max(0, 0.4 - radius), Math.min(1, 0.6 + radius), Math.min(1, 0.55 + radius)];
      const top = Math.max(0, 0.35 - radius);
      const weight = v * (right - left) * (bottom - top);
      const [x, y] = [left + (right - left) * uniform(), top + (bottom - top) * uniform()];
      const [first, second] = [a, b].map(([px, py]) => holds(leaf, angles, (px - x) / radius, (py - y) / radius));
      if (first && second) both += weight;
      if (first || second) either += weight;
    }
    const expected = both / either;
    const paint = deadLeaves(shape);
    const colour = (pixels: Uint8Array, [x, y]: readonly [number, number]) => {
      const at = (Math.floor(y * SIDE) * SIDE + Math.floor(x * SIDE)) * 3;
      return pixels.subarray(at, at + 3).join();
    };
    const same = range(1000).filter((output) => {
      const pixels = paint(1, output, 0, SIDE);
      return colour(pixels, a) === colour(pixels, b);
    });
    expect(expected).toBeGreaterThan(0.05);
    const error = Math.sqrt((expected * (1 - expected)) / 1000);
    expect(Math.abs(same.length / 1000 - expected)).toBeLessThan(3.3 * error);
  });

  // Power ∝ f^-2, as of natural pictures, between the sizes of the largest and of the smallest leaves.
  test.each(['circle', 'mixed'] as const)('of shape %s has a power spectrum that falls as f^-2', (shape) => {
    const SIDE = 64;
    const window = range(SIDE).map((x) => Math.sin((Math.PI * (x + 0.5)) / SIDE) ** 2);
    const paint = deadLeaves(shape);
    const power = new Array<number>(SIDE / 2).fill(0);
    for (const output of range(150)) {
      const pixels = paint(7, output, 0, SIDE);
      const level = mean([...pixels]);
      const columns = range(SIDE).map((x) =>
        range(SIDE).reduce((sum, y) => sum + window[x]! * window[y]! * (pixels[(y * SIDE + x) * 3 + 1]! - level), 0),
      );
      for (const f of power.keys()) {
        const phase = (2 * Math.PI * f) / SIDE;
        const re = columns.reduce((sum, value, x) => sum + value * Math.cos(phase * x), 0);
        const im = columns.reduce((sum, value, x) => sum + value * Math.sin(phase * x), 0);
        power[f]! += re * re + im * im;
      }
    }
    const at = range(8).map((i) => [Math.log(i + 2), Math.log(power[i + 2]!)] as const);
    const [mx, my] = [mean(at.map(([x]) => x)), mean(at.map(([, y]) => y))];
    const slope =
      at.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / at.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
    expect(Math.abs(slope + 2)).toBeLessThan(0.35);
  });

  test('is the golden one', async () => {
    const sheet = LEAF_SHAPES.flatMap((shape, i) => [...deadLeaves(shape)(0, i + 1, 0, 64)]);
    await compareWithGolden('dead-leaves', Uint8Array.from(sheet), 64);
  });
});
