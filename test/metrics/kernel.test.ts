import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { decodeNpy } from '../../src/core/npy.js';
import { draws } from '../../src/core/random.js';
import { type Features, featuresOf } from '../../src/extract/features.js';
import { type KernelDistance, kernelDistance } from '../../src/metrics/kernel.js';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures');
const NONE = { count: 0, size: 1000 };

interface Expected {
  readonly d: number;
  readonly kid_poly3_unbiased_all: number;
}

const expected = JSON.parse(readFileSync(join(FIXTURES, 'numeric.json'), 'utf8')) as Record<string, Expected>;

function load(name: string): readonly [Features, Features] {
  const entries = unzipSync(readFileSync(join(FIXTURES, `numeric-${name}.npz`)));
  const read = (key: string) =>
    featuresOf(decodeNpy(entries[`${key}.npy`]!, key).data as Float32Array, expected[name]!.d);
  return [read('a'), read('b')];
}

function made(count: number, dims: number, value: (i: number, t: number) => number): Features {
  return featuresOf(
    Float32Array.from({ length: count * dims }, (_, at) => value(Math.floor(at / dims), at % dims)),
    dims,
  );
}

function normal(seed: number, count: number, dims: number, shift = 0): Features {
  const uniform = draws(seed, 6, 0);
  return made(count, dims, () => shift + Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()));
}

const relative = (value: number, reference: number) => Math.abs(value - reference) / Math.abs(reference);

const numbers = ({ value, uncertainty }: KernelDistance) => [
  value,
  uncertainty!.standardError,
  uncertainty!.standardErrorGivenReference,
  ...uncertainty!.interval,
];

describe.each(Object.keys(expected))('unbiased KID over all pairs: %s', (name) => {
  const [a, b] = load(name);

  test('is NumPy’s', async () => {
    const { value } = await kernelDistance(a, b, { subsets: NONE });
    expect(relative(value, expected[name]!.kid_poly3_unbiased_all)).toBeLessThan(1e-9);
  });

  test('the size of blocks, the order of rows and the order of the sets change nothing', async () => {
    const one = await kernelDistance(a, b, { subsets: NONE });
    const reversed = ({ count, dims, rows }: Features) =>
      made(count, dims, (i, t) => rows(count - 1 - i, count - i)[t]!);
    const others = [
      await kernelDistance(a, b, { subsets: NONE, blockRows: 77 }),
      await kernelDistance(reversed(a), reversed(b), { subsets: NONE }),
    ];
    for (const other of others) {
      for (const [i, value] of numbers(other).entries()) expect(relative(value, numbers(one)[i]!)).toBeLessThan(1e-9);
    }
    const swapped = await kernelDistance(b, a, { subsets: NONE });
    expect(relative(swapped.value, one.value)).toBeLessThan(1e-9);
    expect(relative(swapped.uncertainty!.standardError, one.uncertainty!.standardError)).toBeLessThan(1e-9);
    expect(swapped.uncertainty!.standardErrorGivenReference).not.toBe(one.uncertainty!.standardErrorGivenReference);
  });
});

test('a quarter turn of the feature space changes nothing', async () => {
  const [a, b] = load('full-rank');
  const turned = ({ count, dims, rows }: Features) =>
    made(count, dims, (i, t) => (t ? rows(i, i + 1)[t === 1 ? 0 : t]! : -rows(i, i + 1)[1]!));
  const [one, other] = [
    await kernelDistance(a, b, { subsets: NONE }),
    await kernelDistance(turned(a), turned(b), { subsets: NONE }),
  ];
  for (const [i, value] of numbers(other).entries()) expect(relative(value, numbers(one)[i]!)).toBeLessThan(1e-9);
});

describe('the standard error', () => {
  // NumPy: every moment as a mean over all tuples of different images.
  test.each([
    [0, -1.0244950121252203, 1.3409802645230602, 0.3722408132727991],
    [1.5, 75.20406246555335, 19.63624844367136, 1.5415858447103634],
  ])('equals the sums over all tuples of images, the reference shifted by %f', async (shift, value, both, given) => {
    const a = made(7, 3, (i, t) => (((i * 7 + t * 3) % 11) - 5) / 4);
    const b = made(5, 3, (i, t) => (((i * 5 + t * 4) % 13) - 4) / 4 + shift);
    const { value: kid, uncertainty } = await kernelDistance(a, b, { blockRows: 3, subsets: NONE });
    expect(relative(kid, value)).toBeLessThan(1e-11);
    expect(relative(uncertainty!.standardError, both)).toBeLessThan(1e-11);
    expect(relative(uncertainty!.standardErrorGivenReference, given)).toBeLessThan(1e-11);
    expect(uncertainty!.interval[1] - kid).toBeCloseTo(1.96 * both, 8);
  });

  async function simulate(runs: number, draw: (run: number) => readonly [Features, Features]) {
    const found: KernelDistance[] = [];
    for (let run = 0; run < runs; run++) found.push(await kernelDistance(...draw(run), { subsets: NONE }));
    const mean = found.reduce((sum, { value }) => sum + value, 0) / runs;
    const variance = found.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / (runs - 1);
    const average = (of: 'standardError' | 'standardErrorGivenReference') =>
      found.reduce((sum, { uncertainty }) => sum + uncertainty![of] ** 2, 0) / runs / variance;
    return { both: average('standardError'), given: average('standardErrorGivenReference') };
  }

  // The variance of 400 draws is itself known to 7%, more with heavy tails.
  test('is that of repeated draws: different distributions', async () => {
    const { both } = await simulate(400, (run) => [normal(2 * run, 60, 8, 0.4), normal(2 * run + 1, 90, 8)]);
    expect(both).toBeGreaterThan(0.75);
    expect(both).toBeLessThan(1.3);
  });

  test('is that of repeated draws: one distribution, where the first order vanishes', async () => {
    const { both } = await simulate(400, (run) => [normal(2 * run, 60, 8), normal(2 * run + 1, 90, 8)]);
    expect(both).toBeGreaterThan(0.85);
    expect(both).toBeLessThan(1.7);
  });

  test('is that of repeated draws: the reference as given', async () => {
    const reference = normal(1, 90, 8);
    const { both, given } = await simulate(400, (run) => [normal(run + 10, 60, 8, 0.4), reference]);
    expect(given).toBeGreaterThan(0.75);
    expect(given).toBeLessThan(1.3);
    expect(both).toBeGreaterThan(1.3);
  });

  test('survives a common offset a hundred times the spread', async () => {
    // Values of 10^12, a distance of 10^8 or so: what images have in common is taken off before the sums.
    const [a, b] = [normal(1, 300, 8, 1000), normal(2, 300, 8, 1000)];
    const one = await kernelDistance(a, b, { subsets: NONE });
    const other = await kernelDistance(a, b, { subsets: NONE, blockRows: 64 });
    for (const [i, value] of numbers(other).entries()) expect(relative(value, numbers(one)[i]!)).toBeLessThan(1e-6);
  });
});

describe('subsets', () => {
  const [a, b] = load('heavy');

  test('of all images are the whole, each time', async () => {
    const { value, subsets } = await kernelDistance(a, b, { subsets: { count: 3, size: 1000 } });
    expect(subsets).toMatchObject({ count: 3, size: 600 });
    expect(relative(subsets!.mean, value)).toBeLessThan(1e-9);
    expect(subsets!.std).toBeLessThan(1e-9);
  });

  test('have the whole as their mean, and spread more than its standard error', async () => {
    const { value, subsets, uncertainty } = await kernelDistance(a, b, { subsets: { count: 300, size: 60 } });
    expect(subsets).toMatchObject({ count: 300, size: 60 });
    expect(Math.abs(subsets!.mean - value)).toBeLessThan((4 * subsets!.std) / Math.sqrt(300));
    expect(subsets!.std).toBeGreaterThan(1.5 * uncertainty!.standardError);
  });

  test('are those of the seed, and a hundred of a thousand images unless told', async () => {
    const run = (seed?: number) =>
      kernelDistance(a, b, { subsets: { count: 5, size: 50 }, ...(seed !== undefined && { seed }) });
    const [one, again, other] = [await run(0), await run(), await run(1)];
    expect(again.subsets).toEqual(one.subsets);
    expect(other.subsets!.mean).not.toBe(one.subsets!.mean);
    expect(other.value).toBe(one.value);
    const tiny = await kernelDistance(normal(1, 4, 2), normal(2, 5, 2));
    expect(tiny.subsets).toMatchObject({ count: 100, size: 4 });
  });

  test('take their images without replacement', async () => {
    // All images are orthogonal, of a set and between sets: k = 1. An image met twice would have k(x, x) = 8.
    const first = made(20, 40, (i, t) => (i === t ? Math.sqrt(40) : 0));
    const second = made(20, 40, (i, t) => (i + 20 === t ? Math.sqrt(40) : 0));
    const { subsets } = await kernelDistance(first, second, { subsets: { count: 50, size: 15 } });
    expect(subsets).toEqual({ count: 50, size: 15, mean: 0, std: 0 });
  });
});

describe('small and wrong sets', () => {
  test('two images against three: x, y of one dimension by hand', async () => {
    const a = made(2, 1, (i) => [1, 2][i]!);
    const b = made(3, 1, (i) => [0, 1, -1][i]!);
    const k = (x: number, y: number) => (x * y + 1) ** 3;
    const within = k(1, 2) + (k(0, 1) + k(0, -1) + k(1, -1)) / 3;
    const between = [1, 2].flatMap((x) => [0, 1, -1].map((y) => k(x, y))).reduce((sum, value) => sum + value) / 6;
    const { value, uncertainty, subsets } = await kernelDistance(a, b, { blockRows: 2 });
    expect(value).toBeCloseTo(within - 2 * between, 12);
    // Four images at least for a standard error.
    expect(uncertainty).toBeUndefined();
    expect(subsets).toMatchObject({ count: 100, size: 2 });
  });

  test('a set with itself still has its pairs of equal images in the cross term', async () => {
    const [a] = load('full-rank');
    const copy = featuresOf(a.rows(0, a.count).slice(), a.dims);
    const [same, equal] = [
      await kernelDistance(a, a, { subsets: NONE }),
      await kernelDistance(a, copy, { subsets: NONE }),
    ];
    expect(same).toEqual(equal);
    expect(same.value).toBeLessThan(0);
  });

  test('one image, other dimensions, values that are not finite, and senseless subsets', async () => {
    const [a, b] = [normal(1, 9, 4), normal(2, 9, 4)];
    const bad = made(9, 4, (i, t) => (i === 3 && t === 2 ? Number.POSITIVE_INFINITY : 1));
    const cases: [Features, Features, { count: number; size: number }, RegExp][] = [
      [a, normal(1, 1, 4), NONE, /images for a kernel distance: got 1, expected at least 2/],
      [a, bad, NONE, /finite/],
      [made(9, 4, () => 1e38), made(9, 4, () => -1e38), NONE, /kernel distance/],
      [a, b, { count: -1, size: 5 }, /subsets: got -1/],
      [a, b, { count: 5, size: 1 }, /images of a subset: got 1/],
      [a, b, { count: 5, size: 1e9 }, /2 to 10000/],
    ];
    for (const [x, y, subsets, message] of cases) {
      const promise = kernelDistance(x, y, { subsets });
      await expect(promise).rejects.toThrow(message);
      await expect(promise).rejects.toThrow(UserError);
    }
    await expect(kernelDistance(a, normal(1, 9, 5))).rejects.toThrow(/features of 4 and of 5 dimensions/);
  });

  test('progress counts every tile and subset once, and an abort ends it between two', async () => {
    const [a, b] = [normal(1, 90, 4), normal(2, 70, 4)];
    const subsets = { count: 4, size: 10 };
    const seen: [number, number][] = [];
    await kernelDistance(a, b, { blockRows: 32, subsets, onProgress: (...progress) => seen.push(progress) });
    // 3 blocks of each: 6 + 6 + 9 tiles, 4 subsets.
    expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => [i + 1, 25]));
    for (const stop of [3, 22]) {
      const controller = new AbortController();
      const { signal } = controller;
      const onProgress = (done: number) => done === stop && controller.abort();
      await expect(kernelDistance(a, b, { blockRows: 32, subsets, signal, onProgress })).rejects.toThrow(/abort/i);
    }
  });
});
