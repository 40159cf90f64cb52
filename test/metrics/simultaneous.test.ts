import { expect, test } from 'vitest';
import { normalQuantile } from '../../src/core/quantile.js';
import { draws, STREAM } from '../../src/core/random.js';
import type { Scatter } from '../../src/metrics/frechet-difference.js';
import { simultaneousCritical } from '../../src/metrics/simultaneous.js';

/** Influences that are independent to the last digit that matters: of 4,000 images. */
const independent = (count: number, n = 4000): Scatter[] =>
  Array.from({ length: count }, (_, i) => {
    const uniform = draws(7, STREAM.sample, i);
    return { kind: 'images', influences: Float64Array.from({ length: n }, () => normalQuantile(uniform())) };
  });

const groups = (count: number, size: number): Scatter[] =>
  Array.from({ length: count }, (_, i) => {
    const uniform = draws(9, STREAM.sample, i);
    return { kind: 'groups', replicates: Float64Array.from({ length: size }, () => normalQuantile(uniform())) };
  });

// The studentised range at 0.95, divided by √2 (tables of Tukey's HSD): infinite degrees, 3, 5 and 10 means.
test.each([
  [3, 3.3145 / Math.SQRT2],
  [5, 3.8577 / Math.SQRT2],
  [10, 4.4741 / Math.SQRT2],
])('of %i independent FIDs it is Tukey’s', async (count, expected) => {
  expect(Math.abs((await simultaneousCritical(independent(count))) - expected)).toBeLessThan(0.05);
});

test('of two it is the quantile of one difference', async () => {
  expect(await simultaneousCritical(independent(2))).toBeCloseTo(1.959964, 6);
  expect(await simultaneousCritical(groups(2, 20))).toBeCloseTo(2.093024, 6);
  expect(await simultaneousCritical(independent(1))).toBeCloseTo(1.959964, 6);
});

test('of three by 20 groups it is near Tukey’s of 19 degrees', async () => {
  // 3.5927 / √2, for independent means; the replicates of so few groups hang together by chance.
  const critical = await simultaneousCritical(groups(3, 20));
  expect(critical).toBeGreaterThan(2.3);
  expect(critical).toBeLessThan(2.6);
});

test('FIDs that differ by a constant only do not count', async () => {
  const [a, b] = independent(2) as [Scatter, Scatter];
  expect(await simultaneousCritical([a, b, a])).toBeCloseTo(1.96, 1);
  expect(await simultaneousCritical([a, a, a])).toBe(0);
});

test('of more than a hundred, by Bonferroni; always the same number', async () => {
  const many = independent(101, 50);
  // 1 − Φ(z) = 0.025 / 5050
  expect(await simultaneousCritical(many)).toBeCloseTo(-normalQuantile(0.025 / 5050), 9);
  expect(await simultaneousCritical(independent(4, 50))).toBe(await simultaneousCritical(independent(4, 50)));
});
