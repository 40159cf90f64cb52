import { describe, expect, test } from 'vitest';
import type { Difference } from '../../src/metrics/frechet-difference.js';
import { apart, separation, tieRanks } from '../../src/search/ties.js';

const ranks = (values: Readonly<Record<string, number>>, least: number) =>
  Object.fromEntries(
    tieRanks(
      Object.entries(values).map(([setting, value]) => ({ setting, value })),
      (better, worse) => values[worse]! - values[better]! > least,
    ),
  );

describe('ranks', () => {
  test('are shared by what is not separated: 1, 1, 1, 4, 4, 6', () => {
    expect(ranks({ f: 9, a: 1, c: 1.9, b: 1.2, e: 3.5, d: 3 }, 1)).toEqual({ a: 1, b: 1, c: 1, d: 4, e: 4, f: 6 });
  });

  test('a chain of small steps is no group: each group is what its leader is not separated from', () => {
    expect(ranks({ a: 0, b: 1, c: 2, d: 3, e: 4 }, 1)).toEqual({ a: 1, b: 1, c: 3, d: 3, e: 5 });
  });

  test('an item that scatters more can be tied with the best over the head of one that is apart', () => {
    const separated = (better: string, worse: string) => better === 'a' && worse === 'b';
    const items = [
      { setting: 'a', value: 1 },
      { setting: 'b', value: 2 },
      { setting: 'c', value: 3 },
    ];
    expect(Object.fromEntries(tieRanks(items, separated))).toEqual({ a: 1, c: 1, b: 3 });
  });

  test('all tied, none tied, one, none at all', () => {
    expect(ranks({ a: 1, b: 2, c: 3 }, 10)).toEqual({ a: 1, b: 1, c: 1 });
    expect(ranks({ c: 3, b: 2, a: 1 }, 0.5)).toEqual({ a: 1, b: 2, c: 3 });
    expect(ranks({ a: 1 }, 0)).toEqual({ a: 1 });
    expect(ranks({}, 0)).toEqual({});
  });

  test('no number has no rank', () => {
    expect(() => ranks({ a: 1, b: Number.NaN }, 1)).toThrow(/value of b/);
  });
});

const of = (value: number, standardError: number, degrees = Number.POSITIVE_INFINITY): Difference => ({
  value,
  standardError,
  degrees,
});

describe('a setting is apart', () => {
  // Φ⁻¹(0.95) = 1.644854, Φ⁻¹(0.975) = 1.959964; Student's t with 9 degrees at 0.95: 1.833113 (tables).
  test('by F* alone where it can be trusted, above the quantile of its degrees', () => {
    const against = of(-5, 1);
    expect(apart(against, of(1.645, 1), true, 0.05, 1)).toBe(true);
    expect(apart(against, of(1.6448, 1), true, 0.05, 1)).toBe(false);
    expect(apart(against, of(1.9, 1), true, 0.05, 2)).toBe(false);
    expect(apart(against, of(1.96, 1), true, 0.05, 2)).toBe(true);
    expect(apart(against, of(1.8331, 1, 9), true, 0.05, 1)).toBe(false);
    expect(apart(against, of(1.8332, 1, 9), true, 0.05, 1)).toBe(true);
  });

  test('where F* cannot be trusted, by both and half as far again; by groups once', () => {
    expect(apart(of(2.468, 1), of(2.468, 1), false, 0.05, 1)).toBe(true);
    expect(apart(of(2.468, 1), of(2.467, 1), false, 0.05, 1)).toBe(false);
    expect(apart(of(2.467, 1), of(2.468, 1), false, 0.05, 1)).toBe(false);
    expect(apart(of(1.834, 1, 9), of(1.834, 1, 9), false, 0.05, 1)).toBe(true);
    expect(apart(of(1.834, 1, 9), of(1.832, 1, 9), false, 0.05, 1)).toBe(false);
    expect(separation(of(1, 1), of(1, 1), false, 0.05).critical).toBeCloseTo(2.467281, 5);
  });

  test('where F* cannot be trusted, only when little of the difference was bias', () => {
    expect(apart(of(15, 1), of(10, 1), false, 0.05, 1)).toBe(true);
    expect(apart(of(15.1, 1), of(10, 1), false, 0.05, 1)).toBe(false);
    expect(apart(of(10, 1), of(15.1, 1), false, 0.05, 1)).toBe(false);
    expect(apart(of(15.1, 1), of(10, 1), true, 0.05, 1)).toBe(true);
  });

  test('never when it is better, when there is no scatter, or nothing to judge by', () => {
    for (const trusted of [true, false]) {
      expect(apart(of(-9, 1), of(-9, 1), trusted, 0.05, 1)).toBe(false);
      expect(apart(of(0, 0), of(0, 0), trusted, 0.05, 1)).toBe(false);
      expect(apart(of(1e-12, 0), of(1e-12, 0), trusted, 0.05, 1)).toBe(false);
      expect(apart(of(9, Number.POSITIVE_INFINITY), of(9, Number.POSITIVE_INFINITY), trusted, 0.05, 1)).toBe(false);
      expect(apart(of(9, 1), undefined, trusted, 0.05, 1)).toBe(false);
    }
    expect(apart(undefined, of(9, 1), false, 0.05, 1)).toBe(false);
  });

  test('no number is no difference', () => {
    expect(() => apart(of(1, 1), of(Number.NaN, 1), true, 0.05, 1)).toThrow(/not a difference: NaN/);
    expect(() => apart(of(1, 1), of(1, Number.NaN), true, 0.05, 1)).toThrow(/not a difference/);
    expect(() => apart(of(1, -1), of(1, 1), false, 0.05, 1)).toThrow(/not a difference/);
    expect(() => apart(of(1, 1), of(1, 1, Number.NaN), false, 0.05, 1)).toThrow(/not a difference/);
  });
});
