import { describe, expect, test } from 'vitest';
import { draws, STREAM } from '../../src/core/random.js';
import { gamma, symmetricBeta } from '../../src/mix/law.js';
import { KS_BOUND, kolmogorovSmirnov, mean, variance } from '../core/goodness.js';

const N = 20_000;

/** One draw an index, as recipes make them. */
const sample = (law: (uniform: () => number) => number, seed: number) =>
  Array.from({ length: N }, (_, j) => law(draws(seed, STREAM.weight, j)));

describe('Gamma(shape, 1)', () => {
  const erlang2 = (x: number) => 1 - Math.exp(-x) * (1 + x);
  const erlang5 = (x: number) => 1 - Math.exp(-x) * (1 + x + x ** 2 / 2 + x ** 3 / 6 + x ** 4 / 24);

  test.each([
    [1, (x: number) => 1 - Math.exp(-x)],
    [2, erlang2],
    [5, erlang5],
  ])('shape %d has the closed form of its distribution', (shape, cdf) => {
    expect(
      kolmogorovSmirnov(
        sample((u) => gamma(shape, u), 1),
        cdf,
      ),
    ).toBeLessThan(KS_BOUND);
  });

  test.each([0.1, 0.3, 0.5, 1, 2.5, 40])('shape %d has mean and variance of its shape', (shape) => {
    const values = sample((u) => gamma(shape, u), 2);
    // The fourth central moment is 3·shape² + 6·shape.
    expect(Math.abs(mean(values) - shape)).toBeLessThan(4 * Math.sqrt(shape / N));
    expect(Math.abs(variance(values) - shape)).toBeLessThan(4 * Math.sqrt((2 * shape ** 2 + 6 * shape) / N));
  });

  test('Gamma(a) + Gamma(b) is Gamma(a + b): shape 0.4 and 1.6 make 2', () => {
    const sums = sample((u) => gamma(0.4, u) + gamma(1.6, u), 3);
    expect(kolmogorovSmirnov(sums, erlang2)).toBeLessThan(KS_BOUND);
  });
});

describe('Beta(α, α)', () => {
  test.each([
    ['1, uniform', 1, (x: number) => x],
    ['½, arcsine', 0.5, (x: number) => (2 / Math.PI) * Math.asin(Math.sqrt(x))],
    ['2', 2, (x: number) => 3 * x ** 2 - 2 * x ** 3],
    ['3', 3, (x: number) => 10 * x ** 3 - 15 * x ** 4 + 6 * x ** 5],
  ])('α = %s: the closed form of its distribution', (_, alpha, cdf) => {
    expect(
      kolmogorovSmirnov(
        sample((u) => symmetricBeta(alpha, u), 4),
        cdf,
      ),
    ).toBeLessThan(KS_BOUND);
  });

  test.each([0.2, 0.5, 1, 2, 20])('α = %d: mean ½, variance 1/(4(2α + 1))', (alpha) => {
    const values = sample((u) => symmetricBeta(alpha, u), 5);
    const expected = 1 / (4 * (2 * alpha + 1));
    expect(Math.abs(mean(values) - 0.5)).toBeLessThan(4 * Math.sqrt(expected / N));
    // A value within ½ of the mean has a fourth central moment of at most a quarter of its variance.
    expect(Math.abs(variance(values) - expected)).toBeLessThan(
      4 * Math.sqrt((expected / 4 - expected ** 2) / N) + 1e-12,
    );
  });

  test('a minute α is a fair coin, never NaN', () => {
    const values = sample((u) => symmetricBeta(1e-6, u), 6);
    expect(values.every((x) => x === 0 || x === 1)).toBe(true);
    expect(Math.abs(mean(values) - 0.5)).toBeLessThan(2 / Math.sqrt(N));
  });
});
