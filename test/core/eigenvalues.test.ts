import { describe, expect, test } from 'vitest';
import { symmetricEigenvalues } from '../../src/core/eigenvalues.js';
import { type Dense, dense, symmetricEigen } from '../../src/core/linear.js';
import { diagonal, largest, ofSpectrum, random, scaled, squared } from './matrices.js';

/** To 96 the values are ml-matrix's; 98 = 2 + 2 · 48 is where the panels end even, 145 = 1 + 3 · 48 where they do not. */
const SIZES = [1, 2, 3, 96, 97, 98, 99, 145, 300];

const ascending = (values: Iterable<number>) => Float64Array.from(values).sort();

/**
 * Expects eigenvalues within 4·n·ε of the largest: Householder's and the QL algorithm are backward stable, with an error
 * of a few ε‖A‖ that grows no faster than n (Wilkinson 1965, ch. 5), and making A of them loses as much again.
 */
function expectValues(actual: Float64Array, expected: Float64Array) {
  expect(actual.length).toBe(expected.length);
  const bound = 4 * expected.length * Number.EPSILON * largest(expected);
  expect(largest(actual.map((value, i) => value - expected[i]!))).toBeLessThanOrEqual(bound);
  expect(actual).toEqual(ascending(actual));
}

function symmetric(n: number, at: (i: number, j: number) => number): Dense {
  return dense(
    n,
    n,
    Float64Array.from({ length: n * n }, (_, k) => at(Math.floor(k / n), k % n)),
  );
}

const SPECTRA: Record<string, (i: number, n: number) => number> = {
  'spread out': (i, n) => (i + 1) / n,
  'of both signs': (i) => (i % 2 ? -1 : 1) * (i + 1),
  'in clusters 1e-10 wide': (i, n) => 1 + Math.floor((3 * i) / n) + 1e-10 * (i / n),
  repeated: (i) => (i % 2 ? 5 : 1),
  'all equal': () => 3,
  'of rank 5': (i) => (i < 5 ? i + 1 : 0),
  'over 30 decades': (i, n) => 10 ** ((-30 * i) / n),
  'one large, the others 1': (i) => (i ? 1 : 1e6),
};

describe.each(SIZES)('n = %i', (n) => {
  test.each(Object.keys(SPECTRA))('a rotated spectrum %s', async (name) => {
    const values = ascending(Array.from({ length: n }, (_, i) => SPECTRA[name]!(i, n)));
    expectValues(await symmetricEigenvalues(ofSpectrum([...values], n)), values);
  });

  test('the trace, the Frobenius norm, ml-matrix’s values, and the matrix itself are kept', async () => {
    const half = random(n, n, 5);
    const matrix = symmetric(n, (i, j) => half.data[i * n + j]! + half.data[j * n + i]!);
    const before = matrix.data.slice();
    const values = await symmetricEigenvalues(matrix);
    expect(matrix.data).toEqual(before);
    expectValues(values, symmetricEigen(matrix).values);
    let trace = 0;
    for (let i = 0; i < n; i++) trace += matrix.data[i * (n + 1)]!;
    const size = largest(values);
    const sum = (list: Float64Array) => list.reduce((total, value) => total + value, 0);
    // n values, each within 4·n·ε of the largest but of random sign.
    const bound = 4 * n ** 1.5 * Number.EPSILON;
    expect(Math.abs(sum(values) - trace)).toBeLessThan(bound * size);
    const squares = (list: Float64Array) => sum(list.map((value) => value * value));
    expect(Math.abs(squares(values) - squares(matrix.data))).toBeLessThan(2 * bound * size * size);
  });

  test('a diagonal matrix has its own values, exactly', async () => {
    const values = Array.from({ length: n }, (_, i) => ((i * 7) % n) - 3);
    expect(await symmetricEigenvalues(diagonal(values))).toEqual(ascending(values));
    expect(largest(await symmetricEigenvalues(dense(n, n)))).toBe(0);
  });

  test('a singular matrix, A·Aᵀ of n × n/2, has as many zeros, and none below rounding level', async () => {
    const rank = Math.ceil(n / 2);
    const matrix = squared(random(n, rank, 8));
    const values = await symmetricEigenvalues(matrix);
    const zero = 4 * n * Number.EPSILON * largest(values);
    expect(values.filter((value) => Math.abs(value) <= zero).length).toBe(n - rank);
    expect(values[0]).toBeGreaterThan(-zero);
  });

  test('all but tridiagonal, 1e-9 beside it: reflections of short columns lose nothing', async () => {
    const noise = random(n, n, 6);
    const matrix = symmetric(n, (i, j) => {
      const near = i === j ? 2 : Math.abs(i - j) === 1 ? 1 : 0;
      return near + 1e-9 * (noise.data[i * n + j]! + noise.data[j * n + i]!);
    });
    expectValues(await symmetricEigenvalues(matrix), symmetricEigen(matrix).values);
  });

  test('in any unit: times 2^±430, below which squares are no longer normal numbers, the digits are the same', async () => {
    const matrix = ofSpectrum(
      Array.from({ length: n }, (_, i) => 1 + i / n),
      n,
    );
    const plain = await symmetricEigenvalues(matrix);
    for (const unit of [2 ** -430, 2 ** 430]) {
      expectValues(
        (await symmetricEigenvalues(scaled(matrix, unit))).map((value) => value / unit),
        plain,
      );
    }
  });
});

describe('matrices whose eigenvalues are known', () => {
  test.each([5, 97, 150, 300])('−u″ on %i points, tridiagonal as it is: 2 − 2cos(kπ/(n + 1))', async (n) => {
    const matrix = symmetric(n, (i, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0));
    const expected = Float64Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)));
    expectValues(await symmetricEigenvalues(matrix), expected);
  });

  test.each([5, 97, 150, 300])('min(i, j) of size %i: 1 / 4sin²((2k − 1)π/(4n + 2))', async (n) => {
    const matrix = symmetric(n, (i, j) => Math.min(i, j) + 1);
    const expected = ascending(
      Array.from({ length: n }, (_, k) => 1 / (4 * Math.sin(((2 * k + 1) * Math.PI) / (4 * n + 2)) ** 2)),
    );
    expectValues(await symmetricEigenvalues(matrix), expected);
  });

  test.each([6, 120, 201])('the Kac matrix of size %i: the whole numbers 1 − n, 3 − n, … n − 1', async (n) => {
    const matrix = symmetric(n, (i, j) =>
      Math.abs(i - j) === 1 ? Math.sqrt(Math.max(i, j) * (n - Math.max(i, j))) : 0,
    );
    const expected = Float64Array.from({ length: n }, (_, k) => 1 - n + 2 * k);
    expectValues(await symmetricEigenvalues(matrix), expected);
  });

  test.each([
    [21, 10],
    [201, 100],
  ])('Wilkinson’s W⁺ of size %i: its two largest are %i + 0.7461941829033, equal to 12 digits', async (n, half) => {
    const matrix = symmetric(n, (i, j) => (i === j ? Math.abs(i - half) : Math.abs(i - j) === 1 ? 1 : 0));
    const values = await symmetricEigenvalues(matrix);
    // Wilkinson 1965, ch. 5, §45: 10.74619 41829 0339 for both of W⁺₂₁; in a larger one the ends are as far apart.
    for (const value of values.slice(-2)) expect(Math.abs(value - half - 0.7461941829033)).toBeLessThan(1e-12 * half);
  });

  test('Hilbert’s of size 3', async () => {
    const values = await symmetricEigenvalues(symmetric(3, (i, j) => 1 / (i + j + 1)));
    expectValues(values, Float64Array.of(0.002687340355773, 0.122327065853906, 1.408318927123654));
  });

  test.each([98, 300])('ones of size %i: n, and zeros', async (n) => {
    expectValues(
      await symmetricEigenvalues(symmetric(n, () => 1)),
      Float64Array.from({ length: n }, (_, i) => +(i === n - 1) * n),
    );
  });
});

test('of nothing there are none; of a matrix that is not square they are refused', async () => {
  expect(await symmetricEigenvalues(dense(0, 0))).toEqual(new Float64Array());
  await expect(symmetricEigenvalues(dense(2, 3))).rejects.toThrow('eigenvalues of a 2×3 matrix');
});

test('of a matrix with NaN they do not pass for numbers', async () => {
  for (const n of [4, 120]) {
    const matrix = ofSpectrum(new Array<number>(n).fill(1), 1);
    matrix.data[n + 2] = Number.NaN;
    matrix.data[2 * n + 1] = Number.NaN;
    const values = await symmetricEigenvalues(matrix).catch(() => [Number.NaN]);
    expect(values.some(Number.isNaN)).toBe(true);
  }
});
