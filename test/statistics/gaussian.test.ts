import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { decodeNpy } from '../../src/core/npy.js';
import { Accumulator, covarianceOf } from '../../src/statistics/gaussian.js';

const D = 16;
const entries = unzipSync(readFileSync(join(import.meta.dirname, '..', 'fixtures', 'numeric-tall.npz')));
const all = decodeNpy(entries['a.npy']!, 'a').data as Float32Array;
const rows = (first: number, last: number) => all.slice(first * D, last * D);

/** Mean and covariance (ddof = 1) of the first n rows by their definitions. */
function direct(n: number): { mean: number[]; sigma: number[] } {
  const x = (i: number, j: number) => all[i * D + j]!;
  const indices = Array.from({ length: n }, (_, i) => i);
  const mean = Array.from({ length: D }, (_, j) => indices.reduce((sum, i) => sum + x(i, j), 0) / n);
  const sigma = Array.from({ length: D * D }, (_, at) => {
    const [j, k] = [Math.floor(at / D), at % D];
    return indices.reduce((sum, i) => sum + (x(i, j) - mean[j]!) * (x(i, k) - mean[k]!), 0) / (n - 1);
  });
  return { mean, sigma };
}

async function expectDirect(accumulator: Accumulator, n: number) {
  expect(accumulator.count).toBe(n);
  const gaussian = await accumulator.gaussian();
  const { mean, sigma } = direct(n);
  for (const [j, value] of mean.entries()) expect(gaussian.mean[j]).toBeCloseTo(value, 12);
  for (const [i, value] of (await covarianceOf(gaussian)).data.entries()) expect(value).toBeCloseTo(sigma[i]!, 12);
  return gaussian;
}

async function accumulate(n: number, step: number): Promise<Accumulator> {
  const accumulator = new Accumulator(D);
  for (let first = 0; first < n; first += step) await accumulator.add(rows(first, Math.min(first + step, n)));
  return accumulator;
}

describe.each([1, 3, 16, 17, 500])('added %i at a time', (step) => {
  test.each([2, 15, 16])('n = %i ≤ d: a factor', async (n) => {
    const { factor, covariance } = await expectDirect(await accumulate(n, step), n);
    expect([factor?.rows, factor?.columns, covariance]).toEqual([n, D, undefined]);
  });

  test.each([17, 18, 33, 200])('n = %i > d: a covariance', async (n) => {
    const { factor, covariance } = await expectDirect(await accumulate(n, step), n);
    expect([covariance?.rows, covariance?.columns, factor]).toEqual([D, D, undefined]);
  });
});

test('may be asked on the way, and go on across the border', async () => {
  const accumulator = new Accumulator(D);
  let n = 0;
  for (const next of [2, 10, 16, 17, 40, 41, 90]) {
    await accumulator.add(rows(n, next));
    n = next;
    await expectDirect(accumulator, n);
    await expectDirect(accumulator, n);
  }
});

test('fewer than two, cut-off rows and values that are not finite are refused on both sides of the border', async () => {
  const one = new Accumulator(D);
  await expect(one.gaussian()).rejects.toThrow(/a Gaussian of 0 features/);
  await one.add(rows(0, 1));
  await expect(one.gaussian()).rejects.toThrow(/a Gaussian of 1 features/);
  await expect(one.add(all.slice(0, D + 1))).rejects.toThrow(/17 values are no rows of 16/);
  expect(one.count).toBe(1);
  for (const n of [4, 40]) {
    const bad = rows(0, n);
    bad[D + 3] = Number.NaN;
    const accumulator = new Accumulator(D);
    await accumulator.add(bad);
    await expect(accumulator.gaussian()).rejects.toThrow(/not finite/);
  }
});
