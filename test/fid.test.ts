import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { decodeNpy } from '../src/core/npy.js';
import { draws, STREAM } from '../src/core/random.js';
import { type Features, featuresOf } from '../src/extract/features.js';
import { estimateFid, type FidEstimate, type MarkedFeatures } from '../src/fid.js';
import { withFactor } from '../src/metrics/frechet.js';
import { withoutBias } from '../src/metrics/frechet-bias.js';
import { type Difference, difference, intervalOf } from '../src/metrics/frechet-difference.js';
import { influences, standardErrorOf } from '../src/metrics/frechet-error.js';
import { groupJackknife, standardErrorOfGroups } from '../src/metrics/frechet-jackknife.js';
import type { Gaussian } from '../src/statistics/gaussian.js';
import { diagonal, largest } from './core/matrices.js';
import { byCovariance, byFactor, fidOf, fitted, sample, taken } from './metrics/samples.js';

const FIXTURES = join(import.meta.dirname, 'fixtures');

/** Features whose marks are drawn. */
function marked(features: Features, seed = 1): MarkedFeatures {
  const uniform = draws(seed, STREAM.order, 0);
  return { ...features, marks: Float64Array.from({ length: features.count }, uniform) };
}

const unit = (dims: number): Gaussian => ({
  mean: new Float64Array(dims),
  covariance: diagonal(new Array<number>(dims).fill(1)),
});

const near = (seed: number, n: number, d: number): MarkedFeatures =>
  marked(
    sample(seed, n, d, (normal, j) => 0.3 + (1 + j / d) * normal()),
    seed,
  );

const middle = ([low, high]: readonly [number, number]) => (low + high) / 2;
const reach = ([low, high]: readonly [number, number]) => (high - low) / 2;

/** Indices of images with a mark below ½, and of the others. */
function halvesOf({ marks }: MarkedFeatures): [number[], number[]] {
  const all = [...marks.keys()];
  return [all.filter((i) => marks[i]! < 0.5), all.filter((i) => marks[i]! >= 0.5)];
}

interface Expected {
  readonly d: number;
  readonly fid: number;
}

const expected = JSON.parse(readFileSync(join(FIXTURES, 'numeric.json'), 'utf8')) as Record<string, Expected>;

describe.each(Object.keys(expected))('the numbers of PyTorch: %s', (name) => {
  const entries = unzipSync(readFileSync(join(FIXTURES, `numeric-${name}.npz`)));
  const { d, fid } = expected[name]!;
  const [a, b] = ['a', 'b'].map((key) =>
    featuresOf(decodeNpy(entries[`${key}.npy`]!, key).data as Float32Array, d),
  ) as [Features, Features];
  const tolerance = name.includes('deficient') ? 1e-6 : 1e-9;

  test.each([
    [a, b],
    [b, a],
  ] as const)('Fₙ is the FID, whichever set is the reference, and however it is fitted', async (set, other) => {
    for (const reference of [
      await fitted(other),
      await byCovariance(other),
      await withFactor(await byCovariance(other)),
    ]) {
      const estimate = await estimateFid(marked(set), reference);
      expect(Math.abs(estimate.value / fid - 1)).toBeLessThan(tolerance);
      expect(estimate.value).toBeCloseTo(estimate.meanTerm + estimate.covarianceTerm, 12);
      expect(estimate.n).toBe(set.count);
    }
  });
});

describe('what comes with the FID', () => {
  test.each([3, 9, 20, 32])('n = %i ≤ d = 32: the delete-a-group jackknife, by the marks, and no F*', async (n) => {
    const features = near(2, n, 32);
    const reference = await byCovariance(sample(3, 200, 32));
    const estimate = await estimateFid(features, reference);
    expect(estimate.errors).toMatchObject([{ n, method: 'delete-a-group jackknife' }]);
    expect(estimate.unbiased).toBeUndefined();
    expect(estimate.influences).toBeUndefined();
    const order = [...features.marks.keys()].sort((a, b) => features.marks[a]! - features.marks[b]!);
    const groups = Math.min(10, n);
    expect(estimate.standardError).toBe(
      standardErrorOfGroups(
        await groupJackknife({ features, mean: byFactor(features).mean, order }, reference, groups),
      ),
    );
    expect(estimate.value).toBe(await fidOf(features, reference));
    expect(middle(estimate.interval!)).toBeCloseTo(estimate.value, 10);
    // Student's t of 95% with 2, 8 and 9 degrees of freedom (tables).
    const student = { 3: 4.302653, 9: 2.306004, 10: 2.262157 }[groups]!;
    expect(reach(estimate.interval!) / estimate.standardError!).toBeCloseTo(student, 5);
  });

  test.each([33, 40, 65])(
    'd = 32 < n = %i: the infinitesimal jackknife, and no F* while a half has no more than d',
    async (n) => {
      const features = near(2, n, 32);
      const reference = await byCovariance(sample(3, 200, 32));
      const estimate = await estimateFid(features, reference);
      expect(estimate.errors).toMatchObject([{ n, method: 'infinitesimal jackknife' }]);
      expect(Math.min(...halvesOf(features).map(({ length }) => length))).toBeLessThanOrEqual(32);
      expect(estimate.unbiased).toBeUndefined();
      const psi = await influences(features, await byCovariance(features), reference);
      expect(largest(estimate.influences!.map((value, i) => value - psi[i]!))).toBeLessThan(1e-9 * largest(psi));
      expect(estimate.standardError).toBe(standardErrorOf(estimate.influences!));
      expect(middle(estimate.interval!)).toBeCloseTo(estimate.value, 10);
      expect(reach(estimate.interval!) / estimate.standardError!).toBeCloseTo(1.959964, 6);
    },
  );

  test.each([
    [32, 8],
    [60, 8],
    [400, 8],
    [2048 + 500, 8],
  ])('n = %i, d = %i: F* from the halves by the marks, its interval about it', async (n, d) => {
    const features = near(4, n, d);
    const reference = unit(d);
    const { value, standardError, interval, unbiased } = await estimateFid(features, reference);
    const [a, b] = halvesOf(features);
    expect(Math.min(a.length, b.length)).toBeGreaterThan(d);
    const of = async (rows: number[]) => ({ value: await fidOf(taken(features, rows), reference), n: rows.length });
    const expected = withoutBias({ value, n, halves: [await of(a), await of(b)] }, d);
    // Moments summed in another order.
    expect(unbiased!.value).toBeCloseTo(expected.value, 9);
    expect(unbiased!.slope / expected.slope).toBeCloseTo(1, 8);
    const trusted = Math.min(a.length, b.length) >= 2 * d;
    expect(unbiased).toMatchObject({ needed: 2 * d, trusted, corrected: 'first', first: unbiased!.value });
    expect(middle(interval!)).toBeCloseTo(value, 10);
    expect(reach(interval!)).toBeCloseTo(1.959964 * standardError!, 5);
    if (!trusted) {
      expect([unbiased!.interval, unbiased!.standardError]).toEqual([undefined, undefined]);
      return;
    }
    expect(middle(unbiased!.interval!)).toBeCloseTo(unbiased!.value, 10);
    expect(reach(unbiased!.interval!)).toBeCloseTo(1.959964 * unbiased!.standardError!, 5);
    // F* = 2Fₙ − ½(F_A + F_B) scatters at least as much as Fₙ.
    expect(unbiased!.standardError).toBeGreaterThan(0.98 * standardError!);
  });

  test('halves are to be trusted from 2d images in each', async () => {
    for (const [n, trusted] of [
      [2 * 15, false],
      [2 * 16, true],
    ] as const) {
      const features = near(5, n, 8);
      const marks = features.marks.map((_, i) => (i % 2 ? 0.25 : 0.75));
      expect((await estimateFid({ ...features, marks }, unit(8))).unbiased).toMatchObject({ trusted });
    }
  });
});

test.each([
  ['n ≤ d', 20, 32],
  ['n > d', 45, 32],
  ['n ≥ 4d', 300, 8],
  ['n of several blocks', 4200, 3],
])('the order of the images, marks with them, changes nothing past 1e-9: %s', async (_, n, d) => {
  const features = near(6, n, d);
  const order = Array.from({ length: n }, (_, i) => (i * 11 + 5) % n);
  expect(new Set(order).size).toBe(n);
  const mixed = { ...taken(features, order), marks: Float64Array.from(order, (i) => features.marks[i]!) };
  const numbers = ({ value, standardError, interval, unbiased }: FidEstimate) => [
    value,
    standardError!,
    ...interval!,
    ...(unbiased ? [unbiased.value, unbiased.slope / n, ...(unbiased.interval ?? [])] : []),
  ];
  const reference = await byCovariance(sample(7, 100, d));
  const [one, other] = [await estimateFid(features, reference), await estimateFid(mixed, reference)];
  // Where n ≤ d the λ that centring makes 0 is, by rounding, some ε, and its root √ε: 1e-8 of the FID.
  const tolerance = n <= d ? 1e-7 : 1e-9;
  for (const [i, value] of numbers(other).entries()) {
    expect(Math.abs(value - numbers(one)[i]!)).toBeLessThan(tolerance * one.value);
  }
  if (one.influences) {
    const moved = other.influences!.map((value, at) => value - one.influences![order[at]!]!);
    expect(largest(moved)).toBeLessThan(1e-9 * largest(one.influences));
  }
});

test('other marks, another F*', async () => {
  const features = near(6, 300, 8);
  const [one, other] = [await estimateFid(features, unit(8)), await estimateFid(marked(features, 99), unit(8))];
  expect(Math.abs(other.value / one.value - 1)).toBeLessThan(1e-12);
  expect(Math.abs(other.unbiased!.value - one.unbiased!.value)).toBeGreaterThan(1e-6);
});

test('the interval of F* covers the FID of the distribution, that of Fₙ the mean of Fₙ: 60 draws, d = 8, n = 200', async () => {
  // N(0.3, diag(sd²)) against N(0, 1): Σ 0.3² + (sd − 1)².
  const sd = Array.from({ length: 8 }, (_, j) => 1 + j / 8);
  const truth = sd.reduce((sum, s) => sum + 0.3 ** 2 + (s - 1) ** 2, 0);
  const estimates: FidEstimate[] = [];
  for (let seed = 1000; seed < 1060; seed++) estimates.push(await estimateFid(near(seed, 200, 8), unit(8)));
  const mean = estimates.reduce((sum, { value }) => sum + value, 0) / estimates.length;
  const inside = (target: number, intervals: readonly (readonly [number, number])[]) =>
    intervals.filter(([low, high]) => low <= target && target <= high).length / intervals.length;
  const covered = [
    inside(
      truth,
      estimates.map(({ unbiased }) => unbiased!.interval!),
    ),
    inside(
      mean,
      estimates.map(({ interval }) => interval!),
    ),
  ];
  // 95% of 60 draws scatter by 2.8%: three of that, and no more than all.
  for (const share of covered) expect(share).toBeGreaterThanOrEqual(0.85);
  // Not by being wide: half as wide an interval, ±1 standard error, covers some 67%.
  const halved = estimates.map(({ unbiased }): [number, number] => [
    unbiased!.value - unbiased!.standardError!,
    unbiased!.value + unbiased!.standardError!,
  ]);
  expect(inside(truth, halved)).toBeLessThan(0.85);
});

test('two samples of one distribution: the bias of both is taken out, and both scatter', async () => {
  const estimates: FidEstimate[] = [];
  for (let seed = 2000; seed < 2040; seed++)
    estimates.push(await estimateFid(marked(sample(seed, 200, 8), 1), marked(sample(seed + 500, 150, 8), 2)));
  const mean = (of: (estimate: FidEstimate) => number) =>
    estimates.reduce((sum, estimate) => sum + of(estimate), 0) / estimates.length;
  const scatter = (of: (estimate: FidEstimate) => number) =>
    Math.sqrt(mean((estimate) => (of(estimate) - mean(of)) ** 2) * (40 / 39));
  const fid = mean(({ value }) => value);
  // The truth is 0, the FID of so few images far above it.
  expect(fid).toBeGreaterThan(0.1);
  expect(estimates[0]!.errors.map(({ n }) => n)).toEqual([200, 150]);
  expect(estimates[0]!.unbiased).toMatchObject({ corrected: 'both', trusted: true });
  const unbiased = ({ unbiased: own }: FidEstimate) => own!.value;
  expect(Math.abs(mean(unbiased))).toBeLessThan(3.5 * (scatter(unbiased) / Math.sqrt(40)));
  expect(Math.abs(mean(unbiased))).toBeLessThan(fid / 5);
  // With the reference taken as it is, its own bias stays.
  expect(mean((estimate) => estimate.unbiased!.first)).toBeGreaterThan(fid / 4);
  const covered = estimates.filter(({ unbiased: own }) => own!.interval![0] <= 0 && 0 <= own!.interval![1]);
  expect(covered.length).toBeGreaterThanOrEqual(34);
});

test('a second set too small for halves keeps its bias, and its scatter counts', async () => {
  const [first, second] = [near(1, 200, 8), near(2, 12, 8)];
  const { unbiased, errors } = await estimateFid(first, second);
  const { unbiased: alone } = await estimateFid(first, await byCovariance(second));
  expect(unbiased).toMatchObject({ corrected: 'first', trusted: true });
  expect(unbiased!.value).toBeCloseTo(alone!.value, 9);
  expect(unbiased!.standardError).toBeCloseTo(Math.hypot(alone!.standardError!, errors[1]!.standardError!), 9);
});

test('stops when it is asked to, and says how far it is', async () => {
  const parts: [number, number][] = [];
  await estimateFid(near(1, 40, 8), near(2, 6, 8), { onProgress: (done, total) => parts.push([done, total]) });
  // The FID, the first set and its halves, six groups of the second.
  expect(parts).toEqual(Array.from({ length: 10 }, (_, i) => [i + 1, 10]));
  const stop = new AbortController();
  const work = estimateFid(near(1, 40, 8), near(2, 6, 8), {
    signal: stop.signal,
    onProgress: (done) => done === 2 && stop.abort(),
  });
  await expect(work).rejects.toThrow(/abort/i);
});

/** Marks of output i as a sweep gives them, the same for all its sets. */
const marksOf = (n: number) => Float64Array.from({ length: n }, (_, i) => ((i + 1) * 0.6180339887498949) % 1);

/** Two sets of the same outputs: the second is the first, drawn out, and a little noise of its own. */
function outputs(seed: number, n: number, d: number): [MarkedFeatures, MarkedFeatures] {
  const first = sample(seed, n, d, (normal, j) => 0.3 + (1 + j / d) * normal());
  const own = sample(seed + 10_000, n, d);
  const data = first.rows(0, n).map((value, at) => 1.05 * value + 0.2 * own.rows(0, n)[at]!);
  return [
    { ...first, marks: marksOf(n) },
    { ...featuresOf(data, d), marks: marksOf(n) },
  ];
}

describe('in pairs', () => {
  test('without being asked for, no scatter and no F* of few images', async () => {
    for (const n of [12, 40, 200]) {
      const [features] = outputs(1, n, 16);
      const plain = await estimateFid(features, unit(16));
      const { scatter, unbiased, ...rest } = await estimateFid(features, unit(16), { scatter: true });
      const { unbiased: trusted, ...others } = plain;
      expect(others).toEqual(rest);
      expect(scatter).toBeDefined();
      expect('scatter' in plain || 'scatter' in (trusted ?? {})).toBe(false);
      // Halves of 6 and of 20 are no more than d, or than 2d; of 100 they are.
      if (n < 32) expect(trusted).toBeUndefined();
      else expect(unbiased).toMatchObject(trusted!);
      expect(unbiased!.trusted).toBe(n === 200);
    }
  });

  test.each([
    [17, 'images'],
    [30, 'images'],
    [200, 'images'],
    [16, 'groups'],
    [6, 'groups'],
  ] as const)('d = 16, n = %i: scatter by %s, of the FID and of F*', async (n, kind) => {
    const [features] = outputs(2, n, 16);
    const {
      standardError,
      scatter,
      unbiased,
      influences: psi,
    } = await estimateFid(features, unit(16), { scatter: true });
    expect([scatter!.kind, unbiased!.scatter!.kind]).toEqual([kind, kind]);
    if (scatter!.kind === 'images') {
      expect(scatter!.influences).toBe(psi);
      expect(standardErrorOf(scatter!.influences)).toBe(standardError);
    } else {
      expect(scatter!.replicates).toHaveLength(Math.min(10, n));
      expect(standardErrorOfGroups(scatter!.replicates)).toBe(standardError);
    }
    if (unbiased!.standardError !== undefined)
      expect(standardErrorOf((unbiased!.scatter as { influences: Float64Array }).influences)).toBe(
        unbiased!.standardError,
      );
    const [a, b] = halvesOf(features);
    const of = async (rows: number[]) => ({ value: await fidOf(taken(features, rows), unit(16)), n: rows.length });
    const all = await fidOf(features, unit(16));
    expect(unbiased!.value).toBeCloseTo(
      withoutBias({ value: all, n, halves: [await of(a), await of(b)] }, 16).value,
      6,
    );
  });

  test('five images have halves too small, two no scatter at all', async () => {
    const five = await estimateFid(outputs(3, 5, 8)[0], unit(8), { scatter: true });
    expect([five.scatter!.kind, five.unbiased]).toEqual(['groups', undefined]);
    expect((await estimateFid(outputs(3, 2, 8)[0], unit(8), { scatter: true })).scatter).toBeUndefined();
  });

  test('another number of groups', async () => {
    const [features] = outputs(4, 40, 48);
    const { scatter, unbiased, standardError, interval } = await estimateFid(features, unit(48), {
      scatter: true,
      groups: 20,
    });
    expect(scatter).toMatchObject({ kind: 'groups' });
    for (const { replicates } of [scatter, unbiased!.scatter] as { replicates: Float64Array }[])
      expect(replicates).toHaveLength(20);
    // Student's t of 95% with 19 degrees of freedom (tables).
    expect(reach(interval!) / standardError!).toBeCloseTo(2.093024, 5);
    await expect(estimateFid(features, unit(48), { groups: 1 })).rejects.toThrow('a jackknife of 1 groups');
  });

  test('not against a sample', async () => {
    const [a, b] = outputs(5, 20, 8);
    await expect(estimateFid(a, b, { scatter: true })).rejects.toThrow('against a Gaussian');
  });

  interface Drawn {
    readonly own: Difference;
    /** As if the two were independent. */
    readonly apart: number;
  }

  async function drawn(n: number, d: number, count: number): Promise<Record<'fid' | 'unbiased', Drawn[]>> {
    const out: Record<'fid' | 'unbiased', Drawn[]> = { fid: [], unbiased: [] };
    for (let seed = 3000; seed < 3000 + count; seed++) {
      const [a, b] = await Promise.all(outputs(seed, n, d).map((set) => estimateFid(set, unit(d), { scatter: true })));
      const of = (estimate: FidEstimate | undefined) => ({ value: estimate!.value, scatter: estimate!.scatter! });
      const error = ({ scatter }: ReturnType<typeof of>) =>
        scatter.kind === 'images' ? standardErrorOf(scatter.influences) : standardErrorOfGroups(scatter.replicates);
      for (const [key, x, y] of [
        ['fid', of(a), of(b)],
        ['unbiased', of(a!.unbiased as FidEstimate | undefined), of(b!.unbiased as FidEstimate | undefined)],
      ] as const)
        out[key].push({ own: difference(x, y), apart: Math.hypot(error(x), error(y)) });
    }
    return out;
  }

  const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  /** Mean square error of the differences over their scatter in the draws, how much less than unpaired, and how many intervals hold the mean. */
  function judged(draws: readonly Drawn[]) {
    const mean = meanOf(draws.map(({ own }) => own.value));
    const scatter = Math.sqrt(
      meanOf(draws.map(({ own }) => (own.value - mean) ** 2)) * (draws.length / (draws.length - 1)),
    );
    const rms = (of: (draw: Drawn) => number) => Math.sqrt(meanOf(draws.map((draw) => of(draw) ** 2)));
    const paired = rms(({ own }) => own.standardError);
    const covered = draws.filter(({ own }) => {
      const [low, high] = intervalOf(own);
      return low <= mean && mean <= high;
    });
    return {
      ratio: paired / scatter,
      gain: rms(({ apart }) => apart) / paired,
      covered: covered.length / draws.length,
    };
  }

  test('by images the error of a difference is what the differences of 150 draws scatter: d = 8, n = 160', async () => {
    const { fid, unbiased } = await drawn(160, 8, 150);
    for (const draws of [fid, unbiased]) {
      const { ratio, gain, covered } = judged(draws);
      // The scatter of 150 is known to 6%.
      expect(ratio).toBeGreaterThan(0.85);
      expect(ratio).toBeLessThan(1.15);
      expect(gain).toBeGreaterThan(3);
      // 95% of 150 scatter by 1.8%.
      expect(covered).toBeGreaterThan(0.89);
    }
    expect(fid[0]!.own.degrees).toBe(Number.POSITIVE_INFINITY);
  });

  test('by groups it is no smaller, and at most twice it: d = 16, n = 14', async () => {
    const { fid, unbiased } = await drawn(14, 16, 100);
    for (const draws of [fid, unbiased]) {
      const { ratio, gain, covered } = judged(draws);
      expect(ratio).toBeGreaterThan(0.9);
      expect(ratio).toBeLessThan(2.2);
      expect(gain).toBeGreaterThan(1.5);
      expect(covered).toBeGreaterThan(0.9);
    }
    expect(fid[0]!.own.degrees).toBe(9);
  });
});

describe('very few, or all alike', () => {
  test('one image, or none, is refused', async () => {
    for (const n of [0, 1])
      await expect(estimateFid(near(1, n, 8), unit(8))).rejects.toThrow(`a Gaussian of ${n} features`);
    await expect(estimateFid(near(1, 1, 1), unit(1))).rejects.toThrow('a Gaussian of 1 features');
  });

  test('two have an FID, whose error nothing says', async () => {
    const estimate = await estimateFid(near(1, 2, 8), unit(8));
    expect(estimate.value).toBeGreaterThan(0);
    expect(estimate.standardError).toBeUndefined();
    expect(estimate.interval).toBeUndefined();
    expect(estimate.unbiased).toBeUndefined();
  });

  test.each([
    [5, 8],
    [40, 8],
  ])('%i identical images, d = %i: ‖Δμ‖² + tr Σᵣ, without error', async (n, d) => {
    const same = sample(1, n, d, (_, j) => j / 7);
    const estimate = await estimateFid({ ...same, marks: new Float64Array(n).fill(0.7) }, unit(d));
    const point = Float32Array.from({ length: d }, (_, j) => j / 7);
    expect(estimate.value).toBeCloseTo(point.reduce((sum, value) => sum + value * value, 0) + d, 6);
    expect(estimate.standardError).toBeLessThan(1e-6);
    expect(estimate.unbiased).toBeUndefined();
  });

  test('features that are not finite are refused', async () => {
    for (const n of [5, 40]) {
      const features = near(1, n, 8);
      features.rows(0, n)[9] = Number.NaN;
      await expect(estimateFid(features, unit(8))).rejects.toThrow('features that are not finite');
    }
  });
});

test('ends when it is told to', async () => {
  // By groups, by ψ without F*, and with it.
  for (const n of [5, 12, 60])
    await expect(
      estimateFid(near(1, n, 8), unit(8), { signal: AbortSignal.abort(new Error('enough')) }),
    ).rejects.toThrow('enough');
});

test('the features are left as they are, and read a block at a time', async () => {
  const features = near(3, 5000, 4);
  const before = features.rows(0, 5000).slice();
  let most = 0;
  const rows = (from: number, to: number) => {
    most = Math.max(most, to - from);
    return features.rows(from, to);
  };
  await estimateFid({ ...features, rows }, unit(4));
  expect(most).toBeLessThanOrEqual(2048);
  expect(features.rows(0, 5000)).toEqual(before);
});
