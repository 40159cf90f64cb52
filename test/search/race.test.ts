import { describe, expect, test } from 'vitest';
import { draws, STREAM } from '../../src/core/random.js';
import type { Difference } from '../../src/metrics/frechet-difference.js';
import { type Contender, decide, leaderOf, testsOf } from '../../src/search/race.js';

const RULE = { alpha: 0.05, tolerance: 0.01, tests: 1 };

const of = (value: number, standardError = 1): Difference => ({
  value,
  standardError,
  degrees: Number.POSITIVE_INFINITY,
});

/** F* and FIDₙ alike, with differences to the first of the lowest. */
function field(values: Readonly<Record<string, number>>, standardError = 1, trusted = true): Contender[] {
  const least = Math.min(...Object.values(values));
  const leader = Object.values(values).indexOf(least);
  return Object.entries(values).map(([setting, fid], i) => ({
    setting,
    fid,
    unbiased: fid,
    trusted,
    ...(i !== leader && {
      difference: of(fid - least, standardError),
      unbiasedDifference: of(fid - least, standardError),
    }),
  }));
}

describe('the leader', () => {
  const biased = (trusted: boolean): Contender[] => [
    { setting: 'a', fid: 3, unbiased: 2, trusted: true },
    { setting: 'b', fid: 2, unbiased: 3, trusted },
  ];

  test('has the lowest F*, when that of all can be trusted; else the lowest FID', () => {
    expect(leaderOf(biased(true))).toBe('a');
    expect(leaderOf(biased(false))).toBe('b');
    expect(leaderOf([{ setting: 'x', fid: 1, trusted: false }])).toBe('x');
  });

  test('is the first of equals', () => {
    expect(leaderOf([...field({ a: 2, b: 1 }), ...field({ c: 1 })])).toBe('b');
  });

  test('is not chosen by what is no number, and there is one', () => {
    expect(() => leaderOf(field({ a: 1, b: Number.NaN }))).toThrow(/FID of [ab] is NaN/);
    expect(() => leaderOf([{ setting: 'a', fid: 1, trusted: true }])).toThrow(/FID of a is undefined/);
    expect(() => leaderOf([])).toThrow(/no settings/);
  });
});

describe('a look', () => {
  test('drops what is beyond chance, saying how far it had to be', () => {
    const { leader, dropped, ended } = decide(field({ a: 10, b: 11.6, c: 11.7, d: 20 }), RULE);
    expect(leader).toBe('a');
    expect(dropped.map(({ setting }) => setting)).toEqual(['c', 'd']);
    for (const { critical } of dropped) expect(critical).toBeCloseTo(1.644854, 5);
    expect(ended).toBeUndefined();
  });

  test('shares alpha by the tests', () => {
    // Φ⁻¹(1 − 0.05/100) = 3.290527.
    const { dropped } = decide(field({ a: 10, b: 13.29, c: 13.291 }), { ...RULE, tests: 100 });
    expect(dropped.map(({ setting }) => setting)).toEqual(['c']);
    expect(testsOf(17, 8)).toBe(17 * 16 * 8);
    expect(testsOf(3, 2, 5)).toBe(60);
    expect(testsOf(1, 8)).toBe(8);
  });

  test('asks for half as much again where F* cannot be trusted', () => {
    const { dropped } = decide(field({ a: 10, b: 12.46, c: 12.47 }, 1, false), RULE);
    expect(dropped).toEqual([{ setting: 'c', critical: expect.closeTo(2.467281, 5) }]);
  });

  test('keeps a setting whose FID is worse only by its bias', () => {
    const [leader, other] = field({ a: 10, b: 20 }, 1, false);
    expect(decide([leader!, { ...other!, unbiasedDifference: of(-1) }], RULE).dropped).toEqual([]);
    const { unbiasedDifference: _, ...without } = other!;
    expect(decide([leader!, without], RULE).dropped).toEqual([]);
  });

  test('does not take identical pictures apart', () => {
    const { dropped, ended } = decide(field({ a: 10, b: 10 + 1e-12, c: 10 }, 0), RULE);
    expect(dropped).toEqual([]);
    expect(ended).toBe('all that are left are within the tolerance');
  });

  test('drops nothing without a difference', () => {
    const [leader, other] = field({ a: 10, b: 20 });
    const { difference: _, unbiasedDifference: __, ...without } = other!;
    expect(decide([leader!, without], RULE)).toEqual({ leader: 'a', dropped: [] });
    const strange = { ...other!, unbiasedDifference: of(Number.NaN) };
    expect(() => decide([leader!, strange], RULE)).toThrow(/not a difference/);
  });
});

describe('a race ends', () => {
  test('when one is left', () => {
    expect(decide(field({ a: 10 }), RULE)).toEqual({ leader: 'a', dropped: [], ended: 'one is left' });
    expect(decide(field({ a: 10, b: 20, c: 30 }), RULE).ended).toBe('one is left');
  });

  test('when all that are left are surely within the tolerance', () => {
    // 5% of 100: 3.04 + 1.96·1 is within, 3.041 + 1.96·1 is not.
    const within = (values: Readonly<Record<string, number>>) =>
      decide(field(values), { alpha: 1e-6, tolerance: 0.05, tests: 1 }).ended;
    expect(within({ a: 100, b: 102, c: 103.04 })).toBe('all that are left are within the tolerance');
    expect(within({ a: 100, b: 103.041, c: 102 })).toBeUndefined();
  });

  test('what is dropped does not keep it from ending', () => {
    const { dropped, ended } = decide(field({ a: 100, b: 100.1, c: 500 }, 0.1), RULE);
    expect(dropped.map(({ setting }) => setting)).toEqual(['c']);
    expect(ended).toBe('all that are left are within the tolerance');
  });

  test('not by what cannot be trusted', () => {
    expect(decide(field({ a: 100, b: 100.005 }, 0.001, false), { ...RULE, tests: 1e9 }).ended).toBeUndefined();
  });
});

/** Races of settings whose FIDs differ by `gaps`, in standard errors at the last look; scatter shrinks by 1/√n. */
function races(gaps: readonly number[], count: number, tests: number) {
  const looks = [0.1, 0.2, 0.4, 0.7, 1];
  let [any, best] = [0, 0];
  for (let race = 0; race < count; race++) {
    const sums = gaps.map(() => 0);
    let alive = gaps.map((_, i) => i);
    let wrong = false;
    for (const [l, share] of looks.entries()) {
      const step = share - (looks[l - 1] ?? 0);
      for (const i of gaps.keys()) {
        const uniform = draws(race, STREAM.sample, i, l);
        const normal = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
        sums[i]! += gaps[i]! * step + normal * Math.sqrt(step);
      }
      const means = alive.map((i) => sums[i]! / share + 100);
      const values = Object.fromEntries(alive.map((i, k) => [String(i), means[k]!]));
      const { leader, dropped } = decide(field(values, Math.sqrt(2 / share)), { alpha: 0.05, tolerance: 0, tests });
      wrong ||= dropped.some(({ setting }) => gaps[Number(setting)]! <= gaps[Number(leader)]!);
      alive = alive.filter((i) => !dropped.some(({ setting }) => setting === String(i)));
    }
    any += wrong ? 1 : 0;
    best += alive.includes(0) ? 1 : 0;
  }
  return { any: any / count, best: best / count };
}

describe('over whole races', () => {
  test('of equal settings a drop happens in less than 5%', () => {
    const equal = Array(6).fill(0) as number[];
    expect(races(equal, 1500, testsOf(6, 5)).any).toBeLessThan(0.05);
    // What the count of tests is for: with those of one leader alone it would be more.
    expect(races(equal, 1500, 5 * 5).any).toBeGreaterThan(0.06);
  });

  test('the best is kept, and what is far behind is dropped', () => {
    const { any, best } = races([0, 0.5, 1, 8, 9], 1000, testsOf(5, 5));
    expect(any).toBeLessThan(0.05);
    expect(best).toBeGreaterThan(0.97);
    const far = decide(field({ a: 0, b: 0.5, c: 1, d: 8, e: 9 }, Math.SQRT2), { ...RULE, tests: testsOf(5, 5) });
    expect(far.dropped.map(({ setting }) => setting)).toEqual(['d', 'e']);
  });
});
