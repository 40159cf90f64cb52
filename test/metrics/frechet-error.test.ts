import { beforeAll, describe, expect, test } from 'vitest';
import { dense, transpose } from '../../src/core/linear.js';
import { type Features, featuresOf } from '../../src/extract/features.js';
import { frechetDistance, withFactor } from '../../src/metrics/frechet.js';
import { influences, pulls, standardErrorOf } from '../../src/metrics/frechet-error.js';
import type { Gaussian } from '../../src/statistics/gaussian.js';
import { correlation, mean, variance } from '../core/goodness.js';
import { diagonal, largest, orthogonal, scaled, times } from '../core/matrices.js';
import { byCovariance, byFactor, fidOf, fitted, sample, taken, without } from './samples.js';

/** Normal features of standard deviations 1 to 2, about a mean beside that of the reference. */
const near = (seed: number, count: number, dims: number) =>
  sample(seed, count, dims, (normal, j) => 0.3 + (1 + j / dims) * normal());

/** Normal, of unit covariance, by it. */
const unit = (dims: number): Gaussian => ({
  mean: new Float64Array(dims),
  covariance: diagonal(new Array<number>(dims).fill(1)),
});

async function influencesOf(features: Features, reference: Gaussian): Promise<number[]> {
  return [...(await influences(features, await fitted(features), reference))];
}

/** (n − 1)·(FID − FID without image i), which ψᵢ stands for. */
async function leftOut(features: Features, reference: Gaussian): Promise<number[]> {
  const all = await fidOf(features, reference);
  const out: number[] = [];
  for (let i = 0; i < features.count; i++)
    out.push((features.count - 1) * (all - (await fidOf(taken(features, without(features, i)), reference))));
  return out;
}

function slope(x: readonly number[], y: readonly number[]): number {
  return correlation(x, y) * Math.sqrt(variance(y) / variance(x));
}

const centred = (values: readonly number[]) => values.map((value) => value - mean(values));

describe.each([
  [400, 8],
  // A block of 2048 rows, and the rest.
  [2148, 2],
])('n = %i ≫ d = %i', (n, d) => {
  const features = near(1, n, d);
  let psi: number[];
  beforeAll(async () => {
    psi = await influencesOf(features, unit(d));
  });

  test('ψ is what leaving each image out does: (n − 1)·(FID − FID without it)', async () => {
    const truth = centred(await leftOut(features, unit(d)));
    // A derivative: what is left out is of second order, an image's share of the covariance, some d/n.
    expect(correlation(psi, truth)).toBeGreaterThan(1 - d / n / 10);
    expect(Math.abs(slope(psi, truth) - 1)).toBeLessThan(d / n);
    const scale = Math.sqrt(variance(psi));
    expect(largest(truth.map((value, i) => value - psi[i]!))).toBeLessThan(scale * Math.sqrt(d / n));
  });

  test('mean zero', () => {
    expect(Math.abs(mean(psi))).toBeLessThan(1e-13 * largest(psi));
  });

  test('by the covariance and by the factor of the reference it is the same', async () => {
    const reference = await byCovariance(sample(9, 500, d, (normal) => 2 * normal()));
    const plain = await influencesOf(features, reference);
    const factored = await influencesOf(features, { ...(await withFactor(reference)) });
    expect(factored).toEqual(plain);
    const turned = await influencesOf(features, {
      mean: reference.mean,
      factor: times(orthogonal(d, 4), (await withFactor(reference)).factor!),
    });
    expect(largest(turned.map((value, i) => value - plain[i]!))).toBeLessThan(1e-10 * largest(plain));
  });

  test('by the factor of the set it is the same but for its n in place of n − 1', async () => {
    const factored = [...(await influences(features, byFactor(features), unit(d)))];
    const difference = factored.map((value, i) => value - psi[i]!);
    // √(n/(n − 1)) − 1 of the one term of ψ that has a root of Σ, which is no longer than a few times ψ.
    expect(largest(difference)).toBeLessThan((3 * largest(psi)) / n);
    expect(largest(difference)).toBeGreaterThan(0);
  });
});

describe.each([
  [26, 24],
  [30, 30],
  [25, 30],
  [12, 64],
])('about as many images as dimensions or fewer: n = %i, d = %i', (n, d) => {
  const references = {
    'the covariance of many': () => byCovariance(sample(3, 500, d)),
    'the factor of 20': async () => byFactor(sample(3, Math.min(20, d), d)),
  };
  test.each(Object.keys(references) as (keyof typeof references)[])('reference by %s: ψ still ranks', async (kind) => {
    const reference = await references[kind]();
    const features = near(2, n, d);
    const psi = await influencesOf(features, reference);
    expect(Math.abs(mean(psi))).toBeLessThan(1e-13 * largest(psi));
    const truth = await leftOut(features, reference);
    // Independent ones would correlate by 1/√n; 0.9 leaves most pairs in their order.
    expect(correlation(psi, truth)).toBeGreaterThan(0.9);
  });
});

describe.each([
  [300, 8],
  [20, 24],
])('what may not matter, n = %i, d = %i', (n, d) => {
  const features = near(5, n, d);
  let reference: Gaussian;
  let psi: number[];
  beforeAll(async () => {
    reference = await byCovariance(sample(6, 400, d, (normal, j) => (1 + (j % 3)) * normal()));
    psi = await influencesOf(features, reference);
  });

  test('the order of the images', async () => {
    const order = Array.from({ length: n }, (_, i) => (i * 7 + 3) % n);
    const mixed = await influencesOf(taken(features, order), reference);
    expect(largest(mixed.map((value, at) => value - psi[order[at]!]!))).toBeLessThan(1e-9 * largest(psi));
  });

  test('a rotation of the feature space', async () => {
    const q = orthogonal(d, 7);
    const turnedRows = times(dense(n, d, Float64Array.from(features.rows(0, n))), q);
    const turned = await influencesOf(featuresOf(Float32Array.from(turnedRows.data), d), {
      mean: times(dense(1, d, reference.mean), q).data,
      covariance: times(times(transpose(q), reference.covariance!), q),
    });
    // Features are float32: 6e-8 of each value, in sums of squares.
    expect(largest(turned.map((value, i) => value - psi[i]!))).toBeLessThan(1e-5 * largest(psi));
  });

  test('a unit: features twice as large have four times the influence', async () => {
    const doubled = featuresOf(
      features.rows(0, n).map((value) => 2 * value),
      d,
    );
    const twice = await influencesOf(doubled, {
      mean: reference.mean.map((value) => 2 * value),
      covariance: scaled(reference.covariance!, 4),
    });
    expect(largest(twice.map((value, i) => value / 4 - psi[i]!))).toBeLessThan(1e-10 * largest(psi));
  });

  test('an image far off raises the FID most', async () => {
    const rows = features.rows(0, n).slice();
    for (let j = 0; j < d; j++) rows[11 * d + j]! += 12;
    const planted = await influencesOf(featuresOf(rows, d), reference);
    expect(planted.indexOf(Math.max(...planted))).toBe(11);
    expect(planted[11]).toBeGreaterThan(2 * Math.max(...planted.filter((_, i) => i !== 11)));
  });
});

test.each([
  ['n > d', 300, 12, 12],
  ['n ≤ d', 20, 24, 24],
  ['n ≤ d, a reference of lower rank than n', 20, 24, 7],
  ['n > d, a reference of lower rank than d', 300, 12, 7],
  ['beyond plain loops', 260, 100, 100],
])('the trace of the root comes with them: %s', async (_, n, d, rank) => {
  const features = near(11, n, d);
  const reference = rank < d ? byFactor(sample(12, rank + 1, d)) : await byCovariance(sample(12, 400, d));
  const set = await fitted(features);
  const { traceSqrt } = await frechetDistance(set, reference);
  // By eigenvalues, where those that are 0 leave some √ε.
  expect(Math.abs((await pulls(features, set, reference)).traceSqrt / traceSqrt - 1)).toBeLessThan(1e-7);
});

test('in one dimension by hand: ψ = 2δ(x − μ) + (1 − σᵣ/σ)(x − μ)², centred', async () => {
  const values = [1, 2, 4, 7, 11];
  const [m, sd] = [mean(values), Math.sqrt(variance(values))];
  const reference = { mean: Float64Array.of(3), covariance: diagonal([4]) };
  const expected = centred(values.map((x) => 2 * (m - 3) * (x - m) + (1 - 2 / sd) * (x - m) ** 2));
  const psi = await influencesOf(featuresOf(Float32Array.from(values), 1), reference);
  expect(largest(psi.map((value, i) => value - expected[i]!))).toBeLessThan(1e-12 * largest(expected));
});

describe('directions without spread', () => {
  test('of the set: a feature that is the same for all images moves nothing', async () => {
    const plain = near(8, 100, 4);
    const wide = featuresOf(
      Float32Array.from({ length: 500 }, (_, at) =>
        at % 5 < 4 ? plain.rows(0, 100)[Math.floor(at / 5) * 4 + (at % 5)]! : 3,
      ),
      5,
    );
    const psi = await influencesOf(wide, unit(5));
    const expected = await influencesOf(plain, unit(4));
    expect(largest(psi.map((value, i) => value - expected[i]!))).toBeLessThan(1e-9 * largest(expected));
  });

  test('of the reference: there the spread of an image counts in full, x²', async () => {
    const features = near(8, 100, 2);
    const flat = { mean: new Float64Array(2), covariance: dense(2, 2) };
    const m = (await byCovariance(features)).mean;
    const rows = features.rows(0, 100);
    const expected = centred(
      Array.from({ length: 100 }, (_, i) => rows[2 * i]! ** 2 + rows[2 * i + 1]! ** 2 - m[0]! ** 2 - m[1]! ** 2),
    );
    const psi = await influencesOf(features, flat);
    expect(largest(psi.map((value, i) => value - expected[i]!))).toBeLessThan(1e-9 * largest(expected));
  });

  test('identical images have no influence', async () => {
    for (const n of [3, 40]) {
      const psi = await influencesOf(
        sample(1, n, 8, (_, j) => j / 7),
        unit(8),
      );
      expect(largest(psi)).toBeLessThan(1e-6);
    }
  });
});

describe('the standard error', () => {
  test('is sd(ψ)/√n, ddof = 1', () => {
    expect(standardErrorOf(Float64Array.of(-1, 3, -2))).toBeCloseTo(Math.sqrt(14 / 2 / 3), 14);
  });

  test.each([
    ['normal', near],
    [
      'heavy-tailed',
      (seed: number, n: number, d: number) =>
        sample(seed, n, d, (normal, j) => 0.3 + (1 + j / d) * normal() * Math.exp(0.4 * normal())),
    ],
  ])('is how much the FIDs of 150 draws scatter: d = 8, n = 200, %s', async (_, draw) => {
    const fids: number[] = [];
    const errors: number[] = [];
    for (let seed = 100; seed < 250; seed++) {
      const features = draw(seed, 200, 8);
      fids.push(await fidOf(features, unit(8)));
      errors.push(standardErrorOf(await influences(features, await fitted(features), unit(8))));
    }
    // The standard deviation of 150 is known to 1/√300 = 6%: three of them, and 2 for what n = 200 leaves.
    expect(Math.abs(mean(errors) / Math.sqrt(variance(fids)) - 1)).toBeLessThan(0.2);
  });
});
