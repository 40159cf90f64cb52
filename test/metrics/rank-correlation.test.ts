import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { draws, STREAM } from '../../src/core/random.js';
import {
  kendall,
  permutationP,
  rankCorrelations,
  ranks,
  spearman,
  withinErrors,
} from '../../src/metrics/rank-correlation.js';

/**
 * By SciPy 1.10.1: `stats.spearmanr(x, y)[0]` and `stats.kendalltau(x, y)[0]` (τ-b); p-values by going through
 * `itertools.permutations(y)` with the same two functions, and counting |value| ≥ |observed| − 1e-12.
 */
const SCIPY = [
  {
    what: 'intelligence and hours of television, the example of many a textbook: ρ = −29/165',
    x: [106, 86, 100, 101, 99, 103, 97, 113, 112, 110],
    y: [7, 0, 27, 50, 28, 29, 20, 12, 6, 17],
    rho: -0.17575757575757575,
    tau: -0.1111111111111111,
  },
  {
    what: 'ties in both, eight pairs',
    x: [1, 2, 2, 3, 3, 3, 4, 5],
    y: [2, 1, 2, 2, 5, 3, 3, 4],
    rho: 0.708860759493671,
    tau: 0.5833333333333335,
  },
  {
    what: 'ties in both, six pairs',
    x: [0.5, 0.5, 1.5, 2.5, 2.5, 9],
    y: [3, -1, -1, 0, 7, 7],
    rho: 0.6363636363636362,
    tau: 0.5384615384615385,
    p: [144 / 720, 160 / 720],
  },
  {
    what: 'falling, with ties',
    x: [12, 2, 1, 12, 2],
    y: [1, 4, 7, 1, 0],
    rho: -0.5407380704358752,
    tau: -0.4714045207910316,
    p: [44 / 120, 44 / 120],
  },
  {
    what: 'digits of π and e',
    x: [3, 1, 4, 1, 5, 9, 2, 6],
    y: [2, 7, 1, 8, 2, 8, 1, 8],
    rho: 0.19885368120992467,
    tau: 0.16051447078102563,
  },
  {
    what: 'no ties; p of `permutation_test`, and of kendalltau(method="exact")',
    x: [1, 2, 3, 4, 5, 6, 7],
    y: [2, 1, 4, 3, 7, 5, 6],
    rho: 0.8214285714285715,
    tau: 0.6190476190476191,
    p: [0.034126984126984124, 0.06904761904761905],
  },
];

/** The same of columns of the paper's Table 1, all 17 rows. */
const PAPER: readonly (readonly [string, string, number, number])[] = [
  ['s21k', 'fractals', 0.3531576384206956, 0.2435440935235262],
  ['s21k', 'dead_leaves_mixed', -0.0012277491660989304, 0.03717703323408763],
  ['places', 'stylegan_oriented', 0.6519607843137255, 0.5735294117647058],
  ['imagenet100', 'dead_leaves_mixed', -0.23818333822319251, -0.11153109970226288],
  ['fractals', 'dead_leaves_mixed', 0.20945961751934553, 0.1044805213292505],
];

const table1 = readFileSync(join(import.meta.dirname, '..', 'fixtures', 'table1.csv'), 'utf8')
  .trim()
  .split(/\r?\n/);
const columnOf = (name: string): number[] => {
  const at = table1[0]!.split(',').indexOf(name);
  return table1.slice(1).map((line) => Number(line.split(',')[at]));
};

describe('ranks', () => {
  test('average those of ties', () => {
    expect(ranks([30, 10, 20, 20, 5])).toEqual([5, 2, 3.5, 3.5, 1]);
    expect(ranks([7, 7, 7])).toEqual([2, 2, 2]);
    expect(ranks([])).toEqual([]);
  });
});

describe('coefficients', () => {
  test.each(SCIPY)('agree with SciPy: $what', ({ x, y, rho, tau, p }) => {
    expect(spearman(x, y)).toBeCloseTo(rho, 14);
    expect(kendall(x, y)).toBeCloseTo(tau, 14);
    if (p) {
      const own = permutationP(x, y)!;
      expect(own.spearman).toBeCloseTo(p[0]!, 14);
      expect(own.kendall).toBeCloseTo(p[1]!, 14);
    }
  });

  test.each(PAPER)("agree with SciPy on the paper's Table 1: %s and %s", (a, b, rho, tau) => {
    expect(spearman(columnOf(a), columnOf(b))).toBeCloseTo(rho, 14);
    expect(kendall(columnOf(a), columnOf(b))).toBeCloseTo(tau, 14);
  });

  test('are 1 for the same order, −1 for the reverse, whatever the values', () => {
    const x = [0.1, 3, 8, 8.5, 1e9];
    const { spearman: rho, kendall: tau } = rankCorrelations(x, x.map(Math.log));
    // Of 5! orders two are as far from 0.
    expect([rho, tau]).toEqual([
      { value: 1, p: expect.closeTo(2 / 120, 14) },
      { value: 1, p: expect.closeTo(2 / 120, 14) },
    ]);
    expect(
      rankCorrelations(
        x,
        x.map((value) => -value),
      ).kendall.value,
    ).toBe(-1);
  });

  test.each([
    ['no ties', [1, 2, 3, 4, 5, 6]],
    ['one pair of ties', [1, 1, 2, 3, 4]],
    ['ties at both ends', [1, 1, 2, 3, 3]],
    ['two values', [1, 1, 1, 1, 2]],
  ])('have, where they are 1, the p-value of all orders gone through: %s', (_, x) => {
    expect(rankCorrelations(x, x).spearman.p).toBeCloseTo(permutationP(x, x)!.spearman, 12);
    expect(rankCorrelations(x, x).kendall.p).toBeCloseTo(permutationP(x, x)!.kendall, 12);
  });

  test('τ-b is that of its definition, pair by pair, whatever is tied', () => {
    /** Kendall 1945: over all pairs, signs multiplied, and squared. */
    const byPairs = (x: readonly number[], y: readonly number[]): number => {
      let [sum, inX, inY] = [0, 0, 0];
      for (const [i, a] of x.entries())
        for (let j = 0; j < i; j++) {
          const [dx, dy] = [Math.sign(a - x[j]!), Math.sign(y[i]! - y[j]!)];
          sum += dx * dy;
          inX += dx * dx;
          inY += dy * dy;
        }
      return sum / Math.sqrt(inX * inY);
    };
    for (let trial = 0; trial < 200; trial++) {
      const uniform = draws(11, STREAM.sample, trial);
      const n = 2 + Math.floor(40 * uniform());
      const values = (kinds: number) => Array.from({ length: n }, () => Math.floor(kinds * uniform()) - 2);
      const [x, y] = [values(1 + 20 * uniform()), values(1 + 60 * uniform())];
      x[0] = 100;
      y[1] = 100;
      expect(kendall(x, y)).toBe(byPairs(x, y));
    }
  });

  test('do not hang on the order of the pairs, and change sign with one list', () => {
    const { x, y } = SCIPY[1]!;
    const back = (values: readonly number[]) => [...values].reverse();
    expect(kendall(back(x), back(y))).toBe(kendall(x, y));
    expect(spearman(back(x), back(y))).toBe(spearman(x, y));
    expect(
      spearman(
        x,
        y.map((value) => -value),
      ),
    ).toBe(-spearman(x, y));
    expect(kendall(y, x)).toBe(kendall(x, y));
  });

  test.each([
    ['all the same', [1, 1, 1], [1, 2, 3], /all the same/],
    ['not as many', [1, 2, 3], [1, 2], /3 and 2/],
    ['no number', [1, 2, Number.NaN], [1, 2, 3], /no number/],
  ])('are refused of values that are %s', (_, x, y, message) => {
    expect(() => spearman(x, y)).toThrow(message);
    expect(() => kendall(y, x)).toThrow(/all the same|2 and 3|no number/);
  });
});

describe('intervals', () => {
  test('are those of the papers, by the formulas in Python', () => {
    const { x, y } = SCIPY[0]!;
    const { spearman: rho, kendall: tau } = rankCorrelations(x, y);
    // z = tanh⁻¹(−29/165) ∓ 1.959964·√((1 + (29/165)²/2)/7); z = tanh⁻¹(−1/9) ∓ 1.959964·√(0.437/6).
    expect(rho.interval).toEqual([expect.closeTo(-0.72783, 6), expect.closeTo(0.5145467, 6)]);
    expect(tau.interval).toEqual([expect.closeTo(-0.5652535, 6), expect.closeTo(0.394718, 6)]);
    // Ten pairs are too many to go through all orders.
    expect(rho.p).toBeUndefined();
  });

  test('of 17 normal pairs, as many as the settings of Table 1, cover the true values', () => {
    const r = 0.6;
    const truth = { spearman: (6 / Math.PI) * Math.asin(r / 2), kendall: (2 / Math.PI) * Math.asin(r) };
    const covered = { spearman: 0, kendall: 0 };
    const all = 1000;
    for (let trial = 0; trial < all; trial++) {
      const uniform = draws(5, STREAM.sample, trial);
      const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
      const x = Array.from({ length: 17 }, normal);
      const y = x.map((value) => r * value + Math.sqrt(1 - r * r) * normal());
      const both = rankCorrelations(x, y);
      for (const which of ['spearman', 'kendall'] as const) {
        const [low, high] = both[which].interval!;
        if (low <= truth[which] && truth[which] <= high) covered[which]++;
      }
    }
    for (const which of ['spearman', 'kendall'] as const) {
      expect(covered[which] / all, which).toBeGreaterThan(0.93);
      expect(covered[which] / all, which).toBeLessThan(0.985);
    }
  });

  test('are missing where there can be none', () => {
    expect(rankCorrelations([1, 2, 3], [1, 3, 2]).spearman.interval).toBeUndefined();
    const four = rankCorrelations([1, 2, 3, 4], [1, 3, 2, 4]);
    expect(four.spearman.interval).toBeDefined();
    expect(four.kendall.interval).toBeUndefined();
  });
});

describe('within the errors of x', () => {
  test('nothing moves without errors', () => {
    const { x, y, rho, tau } = SCIPY[1]!;
    const { spearman: own, kendall: other } = withinErrors(
      x,
      x.map(() => 0),
      y,
    );
    expect(own).toEqual([spearman(x, y), spearman(x, y)]);
    expect(other).toEqual([kendall(x, y), kendall(x, y)]);
    expect([own[0], other[0]]).toEqual([expect.closeTo(rho, 14), expect.closeTo(tau, 14)]);
  });

  test('two values change places as often as the normal law says', () => {
    // Φ(−1/(0.3·√2)) = 0.9%, less than the 2.5% that are left out at the low end; Φ(−1/(0.4·√2)) = 3.9%.
    expect(withinErrors([0, 1], [0.3, 0.3], [0, 1]).spearman).toEqual([1, 1]);
    expect(withinErrors([0, 1], [0.4, 0.4], [0, 1]).spearman).toEqual([-1, 1]);
  });

  test('it is the same every time', () => {
    const { x, y } = SCIPY[0]!;
    const errors = x.map(() => 5);
    expect(withinErrors(x, errors, y)).toEqual(withinErrors(x, errors, y));
  });
});
