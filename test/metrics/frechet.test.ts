import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { beforeAll, describe, expect, test } from 'vitest';
import { dense } from '../../src/core/linear.js';
import { decodeNpy } from '../../src/core/npy.js';
import { factorize, frechetDistance, withFactor } from '../../src/metrics/frechet.js';
import type { Gaussian } from '../../src/statistics/gaussian.js';
import { centred, covariance, momentsOf } from '../../src/statistics/moments.js';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures');

interface Expected {
  readonly n: number;
  readonly m: number;
  readonly d: number;
  readonly fid: number;
  readonly fid_scipy_sqrtm: number;
  readonly trace_sqrt: number;
}

const expected = JSON.parse(readFileSync(join(FIXTURES, 'numeric.json'), 'utf8')) as Record<string, Expected>;

function load(name: string): { a: Float32Array; b: Float32Array } {
  const entries = unzipSync(readFileSync(join(FIXTURES, `numeric-${name}.npz`)));
  const read = (key: string) => decodeNpy(entries[`${key}.npy`]!, key).data as Float32Array;
  return { a: read('a'), b: read('b') };
}

async function byCovariance(features: Float32Array, d: number): Promise<Gaussian> {
  const moments = await momentsOf(features, d);
  return { mean: moments.mean, covariance: dense(d, d, covariance(moments)) };
}

async function byFactor(features: Float32Array, d: number): Promise<Gaussian> {
  const { mean, count } = await momentsOf(features, d);
  const factor = centred(features, mean).map((value) => value / Math.sqrt(count - 1));
  return { mean, factor: dense(count, d, factor) };
}

const relative = (value: number, reference: number) => Math.abs(value - reference) / Math.abs(reference);

describe.each(Object.keys(expected))('numbers of PyTorch and SciPy: %s', (name) => {
  const { n, m, d, fid, fid_scipy_sqrtm, trace_sqrt } = expected[name]!;
  const { a, b } = load(name);
  const fullRank = n > d && m > d;
  const tolerance = fullRank ? 1e-9 : 1e-6;
  let A: Gaussian;
  let B: Gaussian;
  beforeAll(async () => {
    [A, B] = [await byCovariance(a, d), await byCovariance(b, d)];
  });

  test('from two covariances', async () => {
    const { value, traceSqrt } = await frechetDistance(A, B);
    expect(relative(value, fid)).toBeLessThan(tolerance);
    expect(relative(traceSqrt, trace_sqrt)).toBeLessThan(tolerance);
    expect(relative(value, fid_scipy_sqrtm)).toBeLessThan(fullRank ? 1e-9 : 1e-6);
  });

  test('from factors, in every combination, and either way round', async () => {
    const F = n <= d ? await byFactor(a, d) : { mean: A.mean, factor: await factorize(A.covariance!) };
    const G = m <= d ? await byFactor(b, d) : { mean: B.mean, factor: await factorize(B.covariance!) };
    for (const [x, y] of [
      [F, G],
      [F, B],
      [A, G],
      [A, await withFactor(B)],
      [await withFactor(B), A],
      [B, A],
      [G, F],
    ] as const) {
      expect(relative((await frechetDistance(x, y)).value, fid)).toBeLessThan(tolerance);
    }
  });
});

describe('invariants', () => {
  const { d } = expected['full-rank']!;
  const { a } = load('full-rank');
  let A: Gaussian;
  beforeAll(async () => {
    A = await byCovariance(a, d);
  });

  test('FID(X, X) = 0', async () => {
    expect(Math.abs((await frechetDistance(A, A)).value)).toBeLessThan(1e-9);
  });

  test('equal covariance leaves the squared distance of the means', async () => {
    const shifted = await byCovariance(
      a.map((value, i) => value + (i % d === 3 ? 2 : 0)),
      d,
    );
    expect((await frechetDistance(A, shifted)).value).toBeCloseTo(4, 4);
  });

  test('closed form for diagonals: Σ (√p − √q)²', async () => {
    const diagonal = (values: number[]): Gaussian => {
      const covariance = dense(3, 3);
      for (const [i, value] of values.entries()) covariance.data[i * 4] = value;
      return { mean: new Float64Array(3), covariance };
    };
    const { value } = await frechetDistance(diagonal([4, 9, 0]), diagonal([1, 16, 25]));
    expect(value).toBeCloseTo(1 + 1 + 25, 10);
  });

  test('a rotation of the feature space changes nothing', async () => {
    const { b } = load('full-rank');
    const [c, s] = [Math.cos(0.7), Math.sin(0.7)];
    const turn = (x: Float32Array) =>
      Float64Array.from(x, (value, i) => {
        if (i % d === 0) return c * value - s * x[i + 1]!;
        return i % d === 1 ? s * x[i - 1]! + c * value : value;
      });
    const turned = async (x: Float32Array) => {
      const moments = await momentsOf(turn(x), d);
      return { mean: moments.mean, covariance: dense(d, d, covariance(moments)) };
    };
    const plain = (await frechetDistance(A, await byCovariance(b, d))).value;
    expect(relative((await frechetDistance(await turned(a), await turned(b))).value, plain)).toBeLessThan(1e-10);
  });

  test('different dimensions and an indefinite covariance are refused', async () => {
    await expect(frechetDistance(A, { mean: new Float64Array(2), covariance: dense(2, 2) })).rejects.toThrow(
      /32 and of 2 dimensions/,
    );
    const bad = { mean: new Float64Array(2), covariance: dense(2, 2, Float64Array.of(1, 0, 0, -1)) };
    await expect(frechetDistance(bad, bad)).rejects.toThrow(/not positive semidefinite/);
  });
});

test('a Gaussian of identical images has no spread: the distance is that of the means and the other trace', async () => {
  const point = { mean: Float64Array.of(3, 0), covariance: dense(2, 2) };
  const other = { mean: new Float64Array(2), covariance: dense(2, 2, Float64Array.of(4, 0, 0, 1)) };
  for (const [x, y] of [
    [point, other],
    [other, point],
    [await withFactor(point), await withFactor(other)],
  ] as const) {
    expect((await frechetDistance(x, y)).value).toBeCloseTo(9 + 5, 12);
  }
});
