import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeNpy } from '../../src/core/npy.js';
import { covariance, emptyMoments, type Moments, mergeMoments, momentsOf } from '../../src/statistics/moments.js';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures');

function load(name: string, key: 'a' | 'b'): Float32Array {
  const entries = unzipSync(readFileSync(join(FIXTURES, `numeric-${name}.npz`)));
  return decodeNpy(entries[`${key}.npy`]!, key).data as Float32Array;
}

function expectClose(actual: Moments, expected: Moments, tolerance = 1e-11) {
  expect(actual.count).toBe(expected.count);
  const largest = expected.scatter.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (const [j, value] of expected.mean.entries()) expect(Math.abs(actual.mean[j]! - value)).toBeLessThan(tolerance);
  for (const [i, value] of expected.scatter.entries()) {
    expect(Math.abs(actual.scatter[i]! - value)).toBeLessThan(tolerance * largest);
  }
}

describe("NumPy's mean and cov (ddof = 1) of the fixtures", () => {
  test.each([
    [
      'tall',
      'a',
      16,
      [
        [0, -0.008264592114506135],
        [7, 0.015402231218304223],
        [15, 0.006250077208814522],
      ],
      [
        [0, 0, 0.951987400859536],
        [0, 1, -0.13929430191493497],
        [3, 12, 0.3506927973262499],
      ],
      15.008599706391855,
    ],
    [
      'tall',
      'b',
      16,
      [
        [0, -0.04032960059983889],
        [7, 0.010371547769976314],
        [15, 0.011704829169845471],
      ],
      [
        [0, 0, 1.2037998228310693],
        [0, 1, -0.1873737879236095],
        [3, 12, 0.34243506229842235],
      ],
      17.94282935611234,
    ],
    [
      'rank-deficient',
      'a',
      96,
      [
        [0, 0.08714100322686136],
        [95, 0.016575649753212927],
      ],
      [
        [0, 0, 1.2382865933127183],
        [0, 1, -0.2723872802985125],
        [50, 90, 0.11773252082608156],
      ],
      98.79209936657998,
    ],
  ] as const)('%s, %s', async (name, key, d, means, entries, trace) => {
    const moments = await momentsOf(load(name, key), d);
    const sigma = covariance(moments);
    for (const [j, value] of means) expect(moments.mean[j]).toBeCloseTo(value, 13);
    for (const [i, j, value] of entries) {
      expect(sigma[i * d + j]).toBeCloseTo(value, 12);
      expect(sigma[j * d + i]).toBe(sigma[i * d + j]);
    }
    let sum = 0;
    for (let j = 0; j < d; j++) sum += sigma[j * (d + 1)]!;
    expect(sum).toBeCloseTo(trace, 10);
  });
});

describe('merging', () => {
  const d = 16;
  const features = load('tall', 'a').subarray(0, 600 * d);
  let pooled: Moments;
  beforeAll(async () => {
    pooled = await momentsOf(features, d);
  });
  const part = (first: number, last: number) => momentsOf(features.subarray(first * d, last * d), d);

  test.each([[[300]], [[1]], [[599]], [[1, 2, 3, 10, 11, 500]], [[100, 200, 300, 400, 500]]])(
    'parts cut at %j give the pooled moments',
    async (cuts) => {
      const borders = [0, ...cuts, 600];
      const parts = await Promise.all(borders.slice(1).map((last, i) => part(borders[i]!, last)));
      const merged = parts.reduce(mergeMoments);
      expectClose(merged, pooled);
      expectClose([...parts].reverse().reduce(mergeMoments), pooled);
    },
  );

  test('in any grouping', async () => {
    const [a, b, c, e] = [await part(0, 50), await part(50, 51), await part(51, 400), await part(400, 600)] as const;
    expectClose(mergeMoments(mergeMoments(a, b), mergeMoments(c, e)), pooled);
    expectClose(mergeMoments(a, mergeMoments(b, mergeMoments(c, e))), pooled);
    expectClose(mergeMoments(mergeMoments(mergeMoments(e, a), c), b), pooled);
  });

  test('with nothing changes nothing', async () => {
    expect(mergeMoments(emptyMoments(d), pooled)).toEqual(pooled);
    expect(mergeMoments(pooled, emptyMoments(d))).toEqual(pooled);
    expect(await momentsOf(new Float32Array(), d)).toEqual(emptyMoments(d));
  });

  test('keeps its digits far from zero', async () => {
    const shifted = Float64Array.from(features, (value) => value + 1e6);
    const merged = mergeMoments(
      await momentsOf(shifted.subarray(0, 100 * d), d),
      await momentsOf(shifted.subarray(100 * d), d),
    );
    expectClose({ ...merged, mean: merged.mean.map((value) => value - 1e6) }, pooled, 1e-8);
  });

  test('changes none of its operands', async () => {
    const [a, b] = [await part(0, 300), await part(300, 600)];
    mergeMoments(a, b);
    expect([a, b]).toEqual([await part(0, 300), await part(300, 600)]);
  });

  test('refuses moments of other dimensions', async () => {
    expect(() => mergeMoments(pooled, emptyMoments(3))).toThrow(/moments of 16 and 3 dimensions/);
  });
});

test('rows that are cut off, not finite, or too few are refused', async () => {
  await expect(momentsOf(new Float32Array(7), 3)).rejects.toThrow(/7 values are no rows of 3/);
  await expect(momentsOf(Float32Array.of(1, Number.NaN), 2)).rejects.toThrow(/not finite/);
  await expect(momentsOf(Float32Array.of(Number.POSITIVE_INFINITY, 1, Number.NEGATIVE_INFINITY, 1), 2)).rejects.toThrow(
    /not finite/,
  );
  const one = await momentsOf(Float32Array.of(1, 2), 2);
  expect(() => covariance(one)).toThrow(/covariance of 1 features/);
});
