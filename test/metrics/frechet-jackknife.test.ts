import { describe, expect, test } from 'vitest';
import type { Features } from '../../src/extract/features.js';
import { type GroupedSet, groupJackknife, pairedGroupJackknife } from '../../src/metrics/frechet-jackknife.js';
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
        const value = await groupJackknife(set(features, order), reference, groups);
        const expected = await leaveGroupsOut(features, reference, order, groups);
        // √λ of the λ that centring makes 0 is some √ε: the FIDs agree to 1e-8 of their roots, and what is left of
        // them in their scatter to a few times that.
        expect(Math.abs(value / expected - 1)).toBeLessThan(1e-6);
      }
    });
  });

  test('another order, another standard error', async () => {
    const features = near(20, 30, 40);
    const of = (order: number[]) => groupJackknife(set(features, order), unit(40), 10);
    const [one, other] = [await of(Array.from({ length: 30 }, (_, i) => i)), await of(reversed(30))];
    expect(Math.abs(one / other - 1)).toBeGreaterThan(1e-3);
  });

  test('identical images have none', async () => {
    const features = sample(1, 12, 16, (_, j) => j / 7);
    const order = Array.from({ length: 12 }, (_, i) => i);
    expect(await groupJackknife(set(features, order), unit(16), 10)).toBeLessThan(1e-6);
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
    const value = await pairedGroupJackknife(set(a, order(n)), set(b, order(m)), groups);
    expect(Math.abs(value / expected - 1)).toBeLessThan(1e-6);
    // Either way round.
    const turned = await pairedGroupJackknife(set(b, order(m)), set(a, order(n)), groups);
    expect(Math.abs(turned / value - 1)).toBeLessThan(1e-6);
  });

  test('is about that of both sets apart, added as variances', async () => {
    const ratios: number[] = [];
    for (let seed = 0; seed < 12; seed++) {
      const [a, b] = [near(100 + seed, 30, 40), sample(200 + seed, 36, 40)];
      const both = await pairedGroupJackknife(set(a, order(30)), set(b, order(36)), 10);
      const apart = Math.hypot(
        await groupJackknife(set(a, order(30)), byFactor(b), 10),
        await groupJackknife(set(b, order(36)), byFactor(a), 10),
      );
      ratios.push(both ** 2 / apart ** 2);
    }
    // Each is a variance of ten: a third of scatter, a tenth over the twelve.
    expect(ratios.reduce((sum, ratio) => sum + ratio, 0) / 12).toBeGreaterThan(0.7);
    expect(ratios.reduce((sum, ratio) => sum + ratio, 0) / 12).toBeLessThan(1.4);
  });
});
