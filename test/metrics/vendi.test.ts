import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { type Features, featuresOf } from '../../src/extract/features.js';
import { vendiScore } from '../../src/metrics/vendi.js';
import { sample, taken } from './samples.js';

/** Rows, each a list of numbers. */
const rowsOf = (rows: readonly (readonly number[])[]): Features =>
  featuresOf(Float32Array.from(rows.flat()), rows[0]!.length);

const axis = (d: number, j: number, length = 1) => Array.from({ length: d }, (_, t) => (t === j ? length : 0));

describe('known scores', () => {
  test.each([
    [5, 8],
    [8, 8],
    [50, 8],
    [200, 120],
  ])('%i equal rows, d = %i: 1', async (n, d) => {
    expect(await vendiScore(sample(1, n, d, (_, j) => j + 0.5))).toBeCloseTo(1, 10);
  });

  test.each([
    [4, 8],
    [8, 8],
    [110, 130],
  ])('%i orthogonal rows, d = %i: as many', async (n, d) => {
    expect(await vendiScore(rowsOf(Array.from({ length: n }, (_, i) => axis(d, i, 1 + i))))).toBeCloseTo(n, 8);
  });

  test.each([
    ['n ≤ d', 12],
    ['n > d', 3],
  ])('three clusters of the same size, %s: 3', async (_, d) => {
    expect(await vendiScore(rowsOf(Array.from({ length: 12 }, (_, i) => axis(d, i % 3, 2))))).toBeCloseTo(3, 10);
  });

  test('clusters of shares ½, ¼, ¼: exp of their entropy, 2^1.5', async () => {
    const rows = [0, 0, 1, 2].map((j) => axis(5, j));
    expect(await vendiScore(rowsOf(rows))).toBeCloseTo(2 ** 1.5, 12);
  });

  test('two rows at an angle: eigenvalues (1 ± cos)/2', async () => {
    const [p, q] = [(1 + 0.6) / 2, (1 - 0.6) / 2];
    const expected = Math.exp(-p * Math.log(p) - q * Math.log(q));
    for (const d of [2, 3])
      expect(await vendiScore(rowsOf([axis(d, 0, 7), [0.6, 0.8, 0].slice(0, d)]))).toBeCloseTo(expected, 6);
  });

  test('one image: 1', async () => {
    expect(await vendiScore(sample(1, 1, 8))).toBeCloseTo(1, 12);
  });
});

describe.each([
  [20, 30],
  [40, 30],
  [2100, 3],
])('n = %i, d = %i', (n, d) => {
  const features = sample(2, n, d, (normal, j) => 0.4 + normal() / (1 + j));

  test('from 1 to the smaller of both', async () => {
    const score = await vendiScore(features);
    expect(score).toBeGreaterThan(1);
    expect(score).toBeLessThanOrEqual(Math.min(n, d));
  });

  test('order and length of the rows change nothing', async () => {
    const order = Array.from({ length: n }, (_, i) => (i * 11 + 3) % n);
    expect(new Set(order).size).toBe(n);
    const scaled = featuresOf(
      features.rows(0, n).map((value, at) => value * 2 ** (Math.floor(at / d) % 9)),
      d,
    );
    const score = await vendiScore(features);
    expect(await vendiScore(taken(features, order))).toBeCloseTo(score, 9);
    expect(await vendiScore(scaled)).toBeCloseTo(score, 9);
  });

  test('the side of the images and that of the dimensions agree', async () => {
    // As many zero columns as make d no smaller than n leave every cosine as it is.
    const wide = new Float32Array(Math.min(n, 60) * 64);
    const few = Math.min(n, 60);
    for (let i = 0; i < few; i++) wide.set(features.rows(i, i + 1), i * 64);
    expect(await vendiScore(featuresOf(wide, 64))).toBeCloseTo(await vendiScore(features, few), 9);
  });

  test('of the first images alone', async () => {
    expect(await vendiScore(features, 10)).toBe(
      await vendiScore(
        taken(
          features,
          Array.from({ length: 10 }, (_, i) => i),
        ),
      ),
    );
  });
});

test('twice the same images: the same score', async () => {
  const some = sample(3, 12, 40);
  expect(
    await vendiScore(
      taken(
        some,
        [...Array(24).keys()].map((i) => i % 12),
      ),
    ),
  ).toBeCloseTo(await vendiScore(some), 9);
});

describe('what has no score', () => {
  test.each([0, Number.NaN, Number.POSITIVE_INFINITY])('features of %d are refused, by the image', async (value) => {
    for (const n of [6, 40]) {
      const features = sample(4, n, 8);
      features.rows(3, 4).fill(value);
      await expect(vendiScore(features)).rejects.toThrow(UserError);
      await expect(vendiScore(features)).rejects.toThrow(/features of image 3: .*leave the image out/);
    }
  });

  test.each([0, 1.5, 21, Number.NaN])('%d of 20 images', async (images) => {
    await expect(vendiScore(sample(5, 20, 8), images)).rejects.toThrow('out of 20 images');
  });
});
