import { describe, expect, test } from 'vitest';
import { fidAt, type Halved, withoutBias } from '../../src/metrics/frechet-bias.js';

/** FIDs that are exactly FID∞ + b/n. */
function exact(infinite: number, b: number, n: number, first: number): Halved {
  const at = (images: number) => ({ value: infinite + b / images, n: images });
  return { ...at(n), halves: [at(first), at(n - first)] };
}

describe.each([
  [12.5, 3000],
  [0, 800],
  [40, 0],
  [3, -50],
])('FIDₙ = %d + %d/n', (infinite, b) => {
  test.each([
    [1000, 500],
    [1001, 500],
    [1000, 400],
    [1000, 3],
    [2, 1],
    [100_000, 49_871],
  ])('of %i images, %i in one half: FID∞ and b come back', (n, first) => {
    const { value, slope } = withoutBias(exact(infinite, b, n, first), 64);
    // b is a difference of FIDs, known to 4ε of them, times at most n.
    const rounding = 16 * Number.EPSILON * (infinite + Math.abs(b));
    expect(Math.abs(slope - b)).toBeLessThanOrEqual(rounding * n);
    expect(Math.abs(value - infinite)).toBeLessThanOrEqual(rounding);
  });
});

test('of equal halves it is 2Fₙ − ½(F_A + F_B)', () => {
  const halves = [
    { value: 7, n: 50 },
    { value: 8.5, n: 50 },
  ] as const;
  const { value, slope } = withoutBias({ value: 6, n: 100, halves }, 8);
  expect(value).toBeCloseTo(2 * 6 - (7 + 8.5) / 2, 12);
  expect(slope).toBeCloseTo((7.75 - 6) * 100, 10);
});

test('the order of the halves changes nothing', () => {
  const [a, b] = [
    { value: 7, n: 30 },
    { value: 6.5, n: 70 },
  ];
  expect(withoutBias({ value: 6, n: 100, halves: [a, b] }, 8)).toEqual(
    withoutBias({ value: 6, n: 100, halves: [b, a] }, 8),
  );
});

test('FID at n', () => {
  const unbiased = withoutBias(exact(10, 2000, 1000, 500), 64);
  expect(fidAt(unbiased, 50_000)).toBeCloseTo(10.04, 10);
  expect(fidAt(unbiased, 1000)).toBeCloseTo(12, 10);
  expect(fidAt(unbiased, Number.POSITIVE_INFINITY)).toBeCloseTo(10, 10);
});

test.each([
  [256, 128, true],
  [257, 128, true],
  [256, 127, false],
  [256, 129, false],
  [255, 127, false],
  [10_000, 128, true],
  [10_000, 127, false],
])('of %i images, %i in one half, d = 64: trusted %s, for 128 are needed in each', (n, first, trusted) => {
  expect(withoutBias(exact(1, 1, n, first), 64)).toMatchObject({ needed: 128, trusted });
});
