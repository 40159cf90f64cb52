import { describe, expect, test } from 'vitest';
import type { Features } from '../../src/extract/features.js';
import { withoutBias } from '../../src/metrics/frechet-bias.js';
import {
  canBeHalved,
  type GroupedSet,
  groupJackknife,
  halvedJackknife,
  pairedGroupJackknife,
  standardErrorOfGroups,
} from '../../src/metrics/frechet-jackknife.js';
import type { Gaussian } from '../../src/statistics/gaussian.js';
import { variance } from '../core/goodness.js';
import { diagonal } from '../core/matrices.js';
import { byCovariance, byFactor, fidOf, fitted, sample, taken } from './samples.js';

/** Normal features of standard deviations 1 to 2, about a mean beside that of the reference. */
const near = (seed: number, count: number, dims: number) =>
  sample(seed, count, dims, (normal, j) => 0.3 + (1 + j / dims) * normal());

/** Normal, of unit covariance, by it. */
const unit = (dims: number): Gaussian => ({
  mean: new Float64Array(dims),
  covariance: diagonal(new Array<number>(dims).fill(1)),
});

const set = (features: Features, order: readonly number[]): GroupedSet => ({
  features,
  mean: byFactor(features).mean,
  order,
});

const errorBy = async (...from: Parameters<typeof groupJackknife>) =>
  standardErrorOfGroups(await groupJackknife(...from));
const errorByBoth = async (...from: Parameters<typeof pairedGroupJackknife>) =>
  standardErrorOfGroups(await pairedGroupJackknife(...from));

describe('the delete-a-group jackknife', () => {
  /** The same from the FIDs themselves: √((g − 1)/g · Σ(F₍ᵢ₎ − F̄)²). */
  async function leaveGroupsOut(features: Features, reference: Gaussian, order: readonly number[], groups: number) {
    const n = features.count;
    const fids: number[] = [];
    for (let g = 0; g < groups; g++) {
      const [from, to] = [Math.ceil((g * n) / groups), Math.ceil(((g + 1) * n) / groups)];
      const kept = order.filter((_, place) => place < from || place >= to);
      fids.push(await fidOf(taken(features, kept), reference));
    }
    return Math.sqrt((groups - 1) ** 2 * (variance(fids) / groups));
  }

  const reversed = (n: number) => Array.from({ length: n }, (_, i) => (i * 7 + 2) % n);

  describe.each([
    [30, 40, 10],
    [33, 40, 10],
    [40, 40, 10],
    [110, 120, 4],
    [10, 16, 10],
    [3, 5, 3],
    [20, 16, 2],
  ])('n = %i, d = %i, in %i groups', (n, d, groups) => {
    const features = near(20, n, d);
    test.each([
      ['covariance', () => byCovariance(sample(21, 300, d, (normal, j) => (1 + (j % 4)) * normal()))],
      ['factor', async () => byFactor(sample(21, Math.ceil(d / 2), d))],
    ] as const)('is that of the FIDs without each, reference by its %s', async (_, make) => {
      const reference = await make();
      for (const order of [Array.from({ length: n }, (_, i) => i), reversed(n)]) {
        const value = await errorBy(set(features, order), reference, groups);
        const expected = await leaveGroupsOut(features, reference, order, groups);
        // √λ of the λ that centring makes 0 is some √ε: the FIDs agree to 1e-8 of their roots, and what is left of
        // them in their scatter to a few times that.
        expect(Math.abs(value / expected - 1)).toBeLessThan(1e-6);
      }
    });
  });

  test('another order, another standard error', async () => {
    const features = near(20, 30, 40);
    const of = (order: number[]) => errorBy(set(features, order), unit(40), 10);
    const [one, other] = [await of(Array.from({ length: 30 }, (_, i) => i)), await of(reversed(30))];
    expect(Math.abs(one / other - 1)).toBeGreaterThan(1e-3);
  });

  test('identical images have none', async () => {
    const features = sample(1, 12, 16, (_, j) => j / 7);
    const order = Array.from({ length: 12 }, (_, i) => i);
    expect(await errorBy(set(features, order), unit(16), 10)).toBeLessThan(1e-6);
  });
});

describe('with F*', () => {
  const order = (n: number) => Array.from({ length: n }, (_, i) => (i * 7 + 2) % n);
  const halvesOf = (n: number) => [order(n).slice(0, n >> 1), order(n).slice(n >> 1)] as const;
  const keptOf = (n: number, groups: number, g: number) =>
    order(n).filter((_, place) => place < Math.ceil((g * n) / groups) || place >= Math.ceil(((g + 1) * n) / groups));

  test.each([
    [30, 40, 10],
    [33, 40, 10],
    [40, 40, 4],
    [6, 16, 6],
  ])('n = %i, d = %i, in %i groups: each FID and F* is that of the images that are left', async (n, d, groups) => {
    const features = near(20, n, d);
    const reference = await byCovariance(sample(21, 300, d));
    const fid = (rows: readonly number[]) => fidOf(taken(features, rows), reference);
    const unbiasedOf = async (rows: readonly number[]) => {
      const [a, b] = halvesOf(n).map((half) => half.filter((row) => rows.includes(row))) as [number[], number[]];
      const halves = [
        { value: await fid(a), n: a.length },
        { value: await fid(b), n: b.length },
      ] as const;
      return withoutBias({ value: await fid(rows), n: rows.length, halves }, d);
    };
    let parts = 0;
    const { replicates, unbiased, unbiasedReplicates } = await halvedJackknife(
      set(features, order(n)),
      reference,
      halvesOf(n),
      groups,
      () => parts++,
    );
    expect([parts, replicates.length, unbiasedReplicates.length]).toEqual([groups, groups, groups]);
    const expected = await unbiasedOf(order(n));
    expect(unbiased.value).toBeCloseTo(expected.value, 5);
    expect(unbiased).toMatchObject({ weight: expected.weight, needed: 2 * d, trusted: false });
    for (let g = 0; g < groups; g++) {
      expect(replicates[g]).toBeCloseTo(await fid(keptOf(n, groups, g)), 5);
      expect(unbiasedReplicates[g]).toBeCloseTo((await unbiasedOf(keptOf(n, groups, g))).value, 5);
    }
    expect([...replicates]).toEqual([...(await groupJackknife(set(features, order(n)), reference, groups))]);
  });

  test('needs two images in each half without any group', () => {
    expect(canBeHalved(order(6), halvesOf(6), 6)).toBe(true);
    expect(canBeHalved(order(6), halvesOf(6), 3)).toBe(false);
    expect(canBeHalved(order(5), halvesOf(5), 5)).toBe(false);
    expect(canBeHalved(order(20), [order(20).slice(0, 1), order(20).slice(1)], 10)).toBe(false);
  });
});

describe('of two sets at once', () => {
  const order = (n: number) => Array.from({ length: n }, (_, i) => (i * 7 + 2) % n);
  const keptOf = (n: number, groups: number, g: number) =>
    order(n).filter((_, place) => place < Math.ceil((g * n) / groups) || place >= Math.ceil(((g + 1) * n) / groups));

  test.each([
    [30, 25, 40, 10],
    [25, 30, 40, 10],
    [12, 12, 16, 4],
    [3, 40, 40, 3],
  ])('n = %i, m = %i, d = %i, in %i groups: that of the FIDs without a group of each', async (n, m, d, groups) => {
    const [a, b] = [near(20, n, d), sample(21, m, d)];
    const fids: number[] = [];
    for (let g = 0; g < groups; g++)
      fids.push(await fidOf(taken(a, keptOf(n, groups, g)), await fitted(taken(b, keptOf(m, groups, g)))));
    const expected = Math.sqrt((groups - 1) ** 2 * (variance(fids) / groups));
    const value = await errorByBoth(set(a, order(n)), set(b, order(m)), groups);
    expect(Math.abs(value / expected - 1)).toBeLessThan(1e-6);
    // Either way round.
    const turned = await errorByBoth(set(b, order(m)), set(a, order(n)), groups);
    expect(Math.abs(turned / value - 1)).toBeLessThan(1e-6);
  });

  test('is about that of both sets apart, added as variances', async () => {
    const ratios: number[] = [];
    for (let seed = 0; seed < 12; seed++) {
      const [a, b] = [near(100 + seed, 30, 40), sample(200 + seed, 36, 40)];
      const both = await errorByBoth(set(a, order(30)), set(b, order(36)), 10);
      const apart = Math.hypot(
        await errorBy(set(a, order(30)), byFactor(b), 10),
        await errorBy(set(b, order(36)), byFactor(a), 10),
      );
      ratios.push(both ** 2 / apart ** 2);
    }
    // Each is a variance of ten: a third of scatter, a tenth over the twelve.
    expect(ratios.reduce((sum, ratio) => sum + ratio, 0) / 12).toBeGreaterThan(0.7);
    expect(ratios.reduce((sum, ratio) => sum + ratio, 0) / 12).toBeLessThan(1.4);
  });
});
