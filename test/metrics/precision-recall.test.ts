import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { decodeNpy } from '../../src/core/npy.js';
import { draws } from '../../src/core/random.js';
import { type Features, featuresOf } from '../../src/extract/features.js';
import { type PrecisionRecall, precisionRecall } from '../../src/metrics/precision-recall.js';

/*
 * prdc-sets.npz and .json: made by NumPy with brute force in float64. Distances are sums of squared differences; the
 * values follow the definitions of the prdc package; for the standard errors each image was left out in turn and
 * everything counted anew. `ties` is a grid of integers with duplicates in a set and between sets, `duplicates` has more
 * copies than k, `offset` norms 10^11 times the squared distances.
 */
const FIXTURES = join(import.meta.dirname, '..', 'fixtures');
const MEASURES = ['precision', 'recall', 'density', 'coverage'] as const;
type Values = Readonly<Record<(typeof MEASURES)[number], number>>;
interface Expected {
  readonly k: number;
  readonly value: Values;
  readonly standardError: Values;
}

const expected = JSON.parse(readFileSync(join(FIXTURES, 'prdc-sets.json'), 'utf8')) as Record<string, Expected[]>;
const arrays = unzipSync(readFileSync(join(FIXTURES, 'prdc-sets.npz')));

function load(name: string): Features {
  const { shape, data } = decodeNpy(arrays[`${name}.npy`]!, name);
  return featuresOf(data as Float32Array, shape[1]!);
}

const sets = (name: string) => [load(`${name}_generated`), load(`${name}_real`)] as const;

/** The rows in another order: of a set of n, row 7i mod n for n not divisible by 7. */
function shuffled({ count, dims, rows }: Features): Features {
  const stride = count % 7 ? 7 : 11;
  const data = new Float32Array(count * dims);
  for (let i = 0; i < count; i++) {
    const from = (i * stride) % count;
    data.set(rows(from, from + 1), i * dims);
  }
  return featuresOf(data, dims);
}

const plain = (results: readonly PrecisionRecall[]) =>
  results.map((result) =>
    MEASURES.map((measure) => [result[measure].value, result[measure].standardError, ...result[measure].interval]),
  );

function normal(seed: number, count: number, dims: number, shift = 0, scale = 1): Features {
  const uniform = draws(seed, 6, 0);
  const data = Float32Array.from({ length: count * dims }, (_, i) => {
    const z = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    return scale * z + (i % dims ? 0 : shift);
  });
  return featuresOf(data, dims);
}

describe.each(Object.keys(expected))('brute force: %s', (name) => {
  const [generated, real] = sets(name);

  test.each([17, 64, 1024])('values and standard errors, blocks of %i rows', async (blockRows) => {
    const results = await precisionRecall(generated, real, { ks: [3, 5, 1], blockRows });
    for (const [i, { k, value, standardError }] of expected[name]!.entries()) {
      const result = results[i]!;
      expect([result.k, result.generated, result.real]).toEqual([k, generated.count, real.count]);
      for (const measure of MEASURES) {
        expect(result[measure].value).toBeCloseTo(value[measure], 14);
        expect(result[measure].standardError).toBeCloseTo(standardError[measure], 13);
        const [low, high] = result[measure].interval;
        expect(low).toBeLessThanOrEqual(result[measure].value);
        expect(high).toBeGreaterThanOrEqual(result[measure].value);
      }
    }
  });

  test('the order of rows changes nothing', async () => {
    const [one, other] = [
      plain(await precisionRecall(generated, real)),
      plain(await precisionRecall(shuffled(generated), shuffled(real))),
    ];
    for (const [i, value] of one.flat(2).entries()) expect(other.flat(2)[i]).toBeCloseTo(value, 13);
  });

  test('one k gives what it gives beside others', async () => {
    const together = await precisionRecall(generated, real, { ks: [1, 3, 5] });
    for (const [i, k] of [1, 3, 5].entries()) {
      const [alone] = await precisionRecall(generated, real, { ks: [k] });
      expect(plain([alone!])).toEqual(plain([together[i]!]));
    }
  });
});

test('a quarter turn and a mirror image of the feature space change nothing', async () => {
  const [generated, real] = sets('gaussian');
  const turned = ({ count, dims, rows }: Features) => {
    const x = rows(0, count);
    return featuresOf(
      x.map((value, i) => (i % dims === 0 ? -x[i + 1]! : i % dims === 1 ? x[i - 1]! : -value)),
      dims,
    );
  };
  expect(plain(await precisionRecall(turned(generated), turned(real)))).toEqual(
    plain(await precisionRecall(generated, real)),
  );
});

describe('known cases', () => {
  test('a set against itself: all four are 1', async () => {
    const real = load('gaussian_real');
    for (const other of [real, featuresOf(real.rows(0, real.count).slice(), real.dims)]) {
      // Every ball holds its own centre and the k − 1 nearer neighbours: k, though the k-th lies on the sphere.
      for (const result of await precisionRecall(real, other, { blockRows: 32 })) {
        for (const measure of MEASURES) expect(result[measure].value).toBe(1);
        expect(result.precision.interval[1]).toBe(1);
        expect(result.precision.interval[0]).toBeLessThan(0.96);
      }
    }
  });

  test('far sets: all four are 0, and the intervals still say how little that proves', async () => {
    const [result] = await precisionRecall(normal(1, 100, 4, 50), normal(2, 80, 4), { ks: [3] });
    for (const measure of MEASURES) {
      const { value, standardError, interval } = result![measure];
      expect([value, standardError, interval[0]]).toEqual([0, 0, 0]);
      expect(interval[1]).toBeCloseTo(
        3.8416 / ((measure === 'recall' || measure === 'coverage' ? 80 : 100) + 3.8416),
        10,
      );
    }
  });

  test('generated within a part of the real set: precise, but not covering', async () => {
    const [result] = await precisionRecall(normal(3, 300, 4, 0, 0.3), normal(4, 300, 4), { ks: [5] });
    expect(result!.precision.value).toBeGreaterThan(0.97);
    expect(result!.recall.value).toBeLessThan(0.3);
    expect(result!.density.value).toBeGreaterThan(1);
    expect(result!.coverage.value).toBeLessThan(0.7);
  });

  test('the same image throughout: balls without a radius hold nothing, and it ends at once', async () => {
    const same = featuresOf(new Float32Array(3000 * 512).fill(0.7), 512);
    const [result] = await precisionRecall(same, same, { ks: [3] });
    for (const measure of MEASURES) expect(result![measure].value).toBe(0);
  });
});

test('the standard errors are those of repeated draws', async () => {
  const runs = 150;
  const found = new Map(MEASURES.map((measure) => [measure, [] as { value: number; error: number }[]]));
  for (let run = 0; run < runs; run++) {
    const [result] = await precisionRecall(normal(2 * run, 150, 8, 0.7), normal(2 * run + 1, 200, 8), { ks: [3] });
    for (const measure of MEASURES) {
      found.get(measure)!.push({ value: result![measure].value, error: result![measure].standardError });
    }
  }
  for (const [measure, draw] of found) {
    const mean = draw.reduce((sum, { value }) => sum + value, 0) / runs;
    const variance = draw.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / (runs - 1);
    const estimated = draw.reduce((sum, { error }) => sum + error ** 2, 0) / runs;
    // The standard deviation of 150 draws is itself known to 6%.
    expect(Math.sqrt(estimated / variance), measure).toBeGreaterThan(0.85);
    expect(Math.sqrt(estimated / variance), measure).toBeLessThan(1.7);
  }
}, 15_000);

describe('options and errors', () => {
  const [generated, real] = sets('gaussian');

  test.each([0, -1, 1.5, 70, Number.NaN, 1e9])('k = %f is refused', async (k) => {
    const promise = precisionRecall(generated, real, { ks: [5, k] });
    await expect(promise).rejects.toThrow(UserError);
    await expect(promise).rejects.toThrow(/k of precision and recall of 70 generated and 90 real images.*1 to 69/);
  });

  test('one image, and features that are not finite', async () => {
    const one = featuresOf(new Float32Array(6), 6);
    await expect(precisionRecall(one, real)).rejects.toThrow(/two images at least/);
    const bad = featuresOf(real.rows(0, real.count).slice().fill(Number.NaN, 40, 41), 6);
    await expect(precisionRecall(bad, real)).rejects.toThrow(UserError);
    await expect(precisionRecall(real, bad)).rejects.toThrow(/finite/);
  });

  test('the largest k: every other image is a neighbour', async () => {
    const [result] = await precisionRecall(generated, real, { ks: [69] });
    for (const measure of MEASURES) expect(Number.isFinite(result![measure].standardError)).toBe(true);
    expect(result!.precision.value).toBe(1);
  });

  test('progress counts every tile once, and an abort ends it between two', async () => {
    const seen: [number, number][] = [];
    await precisionRecall(generated, real, { blockRows: 32, onProgress: (...progress) => seen.push(progress) });
    // 3 blocks of real, 3 of generated: 6 + 6 + 9.
    expect(seen).toEqual(Array.from({ length: 21 }, (_, i) => [i + 1, 21]));
    const controller = new AbortController();
    const aborted = precisionRecall(generated, real, {
      blockRows: 32,
      signal: controller.signal,
      onProgress: (done) => done === 4 && controller.abort(),
    });
    await expect(aborted).rejects.toThrow(/abort/i);
  });
});
