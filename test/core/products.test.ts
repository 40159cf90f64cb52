import { describe, expect, test } from 'vitest';
import { type Dense, dense, transpose } from '../../src/core/linear.js';
import { product } from '../../src/core/products.js';
import { difference, random, times } from './matrices.js';

const PAIRS = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;

/** Of sums of k products of normal values, whose rounding is at most about k·ε times their size, √k. */
const tolerance = (inner: number) => 4 * Number.EPSILON * Math.max(inner, 1) ** 1.5;

/** Operands of an m×k by k×n product as the transpositions want them, and the product by loops. */
function operands([m, k, n]: readonly [number, number, number], [ta, tb]: readonly [boolean, boolean]) {
  const [a, b] = [random(m, k, m + 1), random(k, n, n + 2)];
  const given: [Dense, Dense] = [ta ? transpose(a) : a, tb ? transpose(b) : b];
  return { given, options: { transposeA: ta, transposeB: tb }, expected: times(a, b) };
}

describe.each(PAIRS)('transposeA: %s, transposeB: %s', (...pair) => {
  // 16³ steps are the last that stay in JavaScript: 16·16·16 = 4096 and its neighbours of every shape.
  test.each([
    [1, 1, 1],
    [2, 3, 1],
    [1, 5, 7],
    [7, 1, 5],
    [16, 16, 16],
    [4096, 1, 1],
    [1, 4096, 1],
    [17, 16, 16],
    [16, 17, 16],
    [16, 16, 17],
    [4097, 1, 1],
    [1, 4097, 1],
    [1, 1, 4097],
    [67, 31, 45],
    [3, 200, 129],
  ] as const)('%i×%i by the inner size ×%i equals the loops', async (...sizes) => {
    const { given, options, expected } = operands(sizes, pair);
    const before = given.map(({ data }) => data.slice());
    expect(difference(await product(...given, options), expected)).toBeLessThan(tolerance(sizes[1]));
    expect(given.map(({ data }) => data)).toEqual(before);
  });

  test.each([
    [0, 5, 3],
    [3, 0, 4],
    [30, 0, 40],
    [3, 5, 0],
    [0, 0, 0],
  ] as const)('%i×%i×%i: empty, or zeros where nothing is summed', async (...sizes) => {
    const { given, options } = operands(sizes, pair);
    expect(await product(...given, options)).toEqual(dense(sizes[0], sizes[2]));
  });
});

test('without options nothing is transposed', async () => {
  const [a, b] = [dense(1, 2, Float64Array.of(1, 2)), dense(2, 2, Float64Array.of(1, 10, 100, 1000))];
  expect(await product(a, b)).toEqual(dense(1, 2, Float64Array.of(201, 2010)));
});

test('float64 throughout, on both sides of the threshold: 2⁻⁴⁰ beside 1 is kept', async () => {
  for (const n of [4, 40]) {
    const a = dense(n, n);
    for (let i = 0; i < n; i++) a.data[i * (n + 1)] = 1 + 2 ** -40;
    const ones = dense(n, n, new Float64Array(n * n).fill(1));
    expect([...(await product(a, ones)).data]).toEqual(new Array(n * n).fill(1 + 2 ** -40));
  }
});

test('a part of a larger array is multiplied as that part', async () => {
  const all = random(41, 40, 3).data;
  const a = dense(40, 40, all.subarray(40));
  const copy = dense(40, 40, all.slice(40));
  expect(await product(a, a)).toEqual(await product(copy, copy));
});

test('a matrix by itself, transposed on either side', async () => {
  for (const n of [9, 40]) {
    const a = random(n, n + 1, 4);
    const [outer, inner] = [await product(a, a, { transposeB: true }), await product(a, a, { transposeA: true })];
    expect(difference(outer, times(a, transpose(a)))).toBeLessThan(tolerance(n + 1));
    expect(difference(inner, times(transpose(a), a))).toBeLessThan(tolerance(n));
  }
});

test('many at once do not mix', async () => {
  const cases = Array.from({ length: 12 }, (_, i) => operands([20 + i, 30, 40 - i], PAIRS[i % 4]!));
  const results = await Promise.all(cases.map(({ given, options }) => product(...given, options)));
  for (const [i, { expected }] of cases.entries())
    expect(difference(results[i]!, expected)).toBeLessThan(tolerance(30));
});

describe('shapes that do not fit are refused', () => {
  test.each([
    [2, 3, 4, 5, {}, 'product of 2×3 and 4×5'],
    [2, 3, 2, 3, {}, 'product of 2×3 and 2×3'],
    [2, 3, 3, 4, { transposeA: true }, 'product of 3×2 and 3×4'],
    [2, 3, 3, 4, { transposeB: true }, 'product of 2×3 and 4×3'],
    [200, 30, 30, 40, { transposeA: true, transposeB: true }, 'product of 30×200 and 40×30'],
    [0, 3, 4, 0, {}, 'product of 0×3 and 4×0'],
  ] as const)('%i×%i and %i×%i, %j', async (m, k, l, n, options, message) => {
    await expect(product(random(m, k, 1), random(l, n, 2), options)).rejects.toThrow(message);
  });
});
