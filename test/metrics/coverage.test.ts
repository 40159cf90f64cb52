import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { decodeNpy } from '../../src/core/npy.js';
import { type Features, featuresOf } from '../../src/extract/features.js';
import { coverage, coverageBalls } from '../../src/metrics/coverage.js';
import { precisionRecall } from '../../src/metrics/precision-recall.js';
import { sample, taken } from './samples.js';

/* Sets, and the coverage of the `prdc` package's definition by brute force: see precision-recall.test.ts. */
const FIXTURES = join(import.meta.dirname, '..', 'fixtures');
interface Expected {
  readonly k: number;
  readonly value: { readonly coverage: number };
}
const expected = JSON.parse(readFileSync(join(FIXTURES, 'prdc-sets.json'), 'utf8')) as Record<string, Expected[]>;
const arrays = unzipSync(readFileSync(join(FIXTURES, 'prdc-sets.npz')));

function load(name: string): Features {
  const { shape, data } = decodeNpy(arrays[`${name}.npy`]!, name);
  return featuresOf(data as Float32Array, shape[1]!);
}

describe.each(Object.keys(expected))('brute force: %s', (name) => {
  const [generated, real] = [load(`${name}_generated`), load(`${name}_real`)];

  test.each([7, 17, 1024])('blocks of %i rows', async (blockRows) => {
    for (const { k, value } of expected[name]!) {
      const balls = await coverageBalls(real, k, { blockRows });
      expect(await coverage(balls, generated, { blockRows })).toBeCloseTo(value.coverage, 14);
    }
  });
});

test('the same as beside precision and recall, for many sets against one reference', async () => {
  const real = sample(1, 300, 6);
  const balls = await coverageBalls(real);
  const found = [];
  for (const scale of [0.2, 0.5, 1, 2]) {
    const generated = sample(2, 250, 6, (normal) => scale * normal());
    const [beside] = await precisionRecall(generated, real, { ks: [5] });
    found.push(await coverage(balls, generated, { blockRows: 64 }));
    expect(found.at(-1)).toBeCloseTo(beside!.coverage.value, 14);
  }
  expect(new Set(found).size).toBe(4);
});

describe('known cases', () => {
  const real = sample(3, 120, 4);

  test('a set against itself: 1, in any order; far away: 0; nothing: 0', async () => {
    const balls = await coverageBalls(real, 3);
    expect(await coverage(balls, real)).toBe(1);
    expect(await coverage(balls, taken(real, [...Array(120).keys()].reverse()), { blockRows: 11 })).toBe(1);
    expect(
      await coverage(
        balls,
        sample(4, 50, 4, (normal) => 1000 + normal()),
      ),
    ).toBe(0);
    expect(await coverage(balls, featuresOf(new Float32Array(), 4))).toBe(0);
  });

  test('one image covers the balls it is in', async () => {
    // On a line at 0, 1, 2, 3, 10: radii of k = 1 are 1, 1, 1, 1, 7, and on the sphere is outside.
    const line = featuresOf(Float32Array.of(0, 1, 2, 3, 10), 1);
    const balls = await coverageBalls(line, 1);
    for (const [x, share] of [
      [0.5, 2 / 5],
      [1, 1 / 5],
      [3.5, 2 / 5],
      [3, 1 / 5],
      [17, 0],
      [16.9, 1 / 5],
    ] as const)
      expect(await coverage(balls, featuresOf(Float32Array.of(x), 1))).toBeCloseTo(share, 14);
  });

  test('copies have balls without a radius, which hold nothing', async () => {
    const same = featuresOf(new Float32Array(40 * 4).fill(0.7), 4);
    expect(await coverage(await coverageBalls(same), same)).toBe(0);
  });

  test('more images never cover less', async () => {
    const balls = await coverageBalls(real, 5);
    const many = sample(5, 200, 4);
    let last = 0;
    for (const count of [1, 20, 60, 200]) {
      const value = await coverage(balls, taken(many, [...Array(count).keys()]));
      expect(value).toBeGreaterThanOrEqual(last);
      last = value;
    }
    expect(last).toBeGreaterThan(0.5);
  });
});

describe('errors and options', () => {
  const real = sample(6, 30, 4);

  test.each([0, 30, 1.5, Number.NaN])('k = %d of 30 images', async (k) => {
    await expect(coverageBalls(real, k)).rejects.toThrow(UserError);
    await expect(coverageBalls(real, k)).rejects.toThrow(/k of the coverage of 30 images: .*1 to 29/);
  });

  test('one image has no neighbour; other dimensions; features that are not finite', async () => {
    await expect(coverageBalls(sample(1, 1, 4), 1)).rejects.toThrow('two images at least');
    const balls = await coverageBalls(real);
    await expect(coverage(balls, sample(1, 5, 3))).rejects.toThrow('dimensions');
    const bad = sample(1, 5, 4);
    bad.rows(2, 3)[1] = Number.NaN;
    await expect(coverage(balls, bad)).rejects.toThrow(UserError);
    await expect(coverageBalls(bad, 2)).rejects.toThrow(/finite/);
  });

  test('progress and an end', async () => {
    const seen: [number, number][] = [];
    const far = sample(7, 50, 4, (normal) => 9 + normal());
    const balls = await coverageBalls(real, 5, { blockRows: 20, onProgress: (...step) => seen.push(step) });
    expect(seen).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    seen.length = 0;
    await coverage(balls, far, { blockRows: 20, onProgress: (...step) => seen.push(step) });
    expect(seen).toEqual([
      [20, 50],
      [40, 50],
      [50, 50],
    ]);
    await expect(coverage(balls, far, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });
});
