import { describe, expect, test } from 'vitest';
import { type Dense, dense, symmetricEigen, transpose } from '../../src/core/linear.js';
import { polarFactor } from '../../src/core/polar.js';
import { diagonal, difference, identity, largest, orthogonal, random, scaled, times } from './matrices.js';

/**
 * The iteration's first steps solve with a matrix of condition up to 1/ε by Cholesky's factor. What comes out is orthogonal
 * to rounding, but of a direction s times as long as the longest only some 1e-13/s is certain: error bars want two digits.
 */
const ROUNDING = 1e-13;
const SMALLEST = 1e-5;

/** M of given singular values: U = P·Qᵀ is its polar factor, and H = Q·S·Qᵀ. */
function made(rows: number, columns: number, singular: readonly number[], seed = 1) {
  const [p, q] = [orthogonal(rows, seed), orthogonal(columns, seed + 1)];
  const left = dense(rows, columns);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < Math.min(columns, rows); j++) left.data[i * columns + j] = p.data[i * rows + j]!;
  return {
    matrix: times(times(left, diagonal(singular)), q),
    isometry: times(left, q),
    symmetric: times(times(transpose(q), diagonal(singular)), q),
  };
}

const gram = (u: Dense) => times(transpose(u), u);

const range = (count: number, at: (i: number) => number) => Array.from({ length: count }, (_, i) => at(i));

describe.each([
  [1, 1],
  [2, 2],
  [5, 1],
  [20, 20],
  [70, 70],
  [50, 20],
  [200, 70],
])('%i×%i', (rows, columns) => {
  test.each([
    ['within a factor of 10', (i: number) => 1 + (9 * i) / columns, ROUNDING],
    ['all equal', () => 3, ROUNDING],
    ['over 6 decades', (i: number) => 10 ** ((-6 * i) / columns), SMALLEST],
  ])('singular values %s: U is known, UᵀU = 1, and UᵀM = H', async (_, singular, tolerance) => {
    const { matrix, isometry, symmetric } = made(rows, columns, range(columns, singular));
    const before = matrix.data.slice();
    const u = await polarFactor(matrix);
    expect(matrix.data).toEqual(before);
    expect(difference(u, isometry)).toBeLessThan(tolerance);
    expect(difference(gram(u), identity(columns))).toBeLessThan(ROUNDING);
    // A direction weighs in H by its size, which the error of U is divided by.
    expect(difference(times(transpose(u), matrix), symmetric)).toBeLessThan(1e4 * ROUNDING * singular(0));
  });

  test('of normal values: M = U·H, H symmetric and positive semidefinite, its trace the nuclear norm', async () => {
    const matrix = random(rows, columns, 4);
    const u = await polarFactor(matrix);
    const h = times(transpose(u), matrix);
    const size = rows * largest(matrix.data);
    expect(difference(times(u, h), matrix)).toBeLessThan(ROUNDING * size);
    expect(difference(h, transpose(h))).toBeLessThan(ROUNDING * size);
    expect(symmetricEigen(h).values[0]).toBeGreaterThan(-ROUNDING * size);
    // The nuclear norm is the term of the FID that its error differentiates.
    let trace = 0;
    for (let i = 0; i < columns; i++) trace += h.data[i * (columns + 1)]!;
    const nuclear = symmetricEigen(gram(matrix)).values.reduce((sum, value) => sum + Math.sqrt(Math.max(value, 0)), 0);
    // √λ of a λ that is sure to ε of the largest: √ε where one is nearly zero.
    expect(Math.abs(trace / nuclear - 1)).toBeLessThan(1e-8);
  });

  test('of half the rank: U is zero on the rest', async () => {
    const rank = Math.floor(columns / 2);
    const { matrix, symmetric } = made(
      rows,
      columns,
      range(columns, (i) => (i < rank ? 1 + i / columns : 0)),
    );
    const { matrix: expected } = made(
      rows,
      columns,
      range(columns, (i) => +(i < rank)),
    );
    const u = await polarFactor(matrix);
    // Rounding in M, ε long, is stretched by up to 1e9 like everything else.
    expect(difference(u, expected)).toBeLessThan(SMALLEST);
    expect(difference(times(u, symmetric), matrix)).toBeLessThan(ROUNDING * columns);
    expect(difference(times(transpose(u), matrix), symmetric)).toBeLessThan(1e-7);
  });
});

test('a direction down to 1e-8 of the longest counts in full, one of 1e-13 hardly', async () => {
  const u = await polarFactor(diagonal([1, 1e-3, 1e-6, 1e-8, 1e-13]));
  for (const i of [0, 1, 2, 3]) expect(u.data[i * 6]).toBeCloseTo(1, 12);
  expect(u.data[24]).toBeGreaterThan(0);
  expect(u.data[24]).toBeLessThan(1e-2);
});

test('wide: UUᵀ = 1, and U is that of the tall one, transposed', async () => {
  const matrix = random(20, 50, 4);
  const u = await polarFactor(matrix);
  expect(difference(gram(transpose(u)), identity(20))).toBeLessThan(ROUNDING);
  // The zero directions' rounding, stretched by the iteration.
  expect(difference(u, transpose(await polarFactor(transpose(matrix))))).toBeLessThan(1e-7);
});

test('of any size the same: exactly for powers of 2', async () => {
  const matrix = random(30, 20, 4);
  const u = await polarFactor(matrix);
  for (const by of [2 ** -300, 2 ** -1, 2 ** 300]) expect(difference(await polarFactor(scaled(matrix, by)), u)).toBe(0);
  for (const by of [1e-12, 3]) expect(difference(await polarFactor(scaled(matrix, by)), u)).toBeLessThan(ROUNDING);
  expect(difference(await polarFactor(scaled(matrix, -1)), scaled(u, -1))).toBe(0);
});

test('turns with M: P·M·Q has P·U·Q', async () => {
  const [p, q, matrix] = [orthogonal(30, 1), orthogonal(20, 2), random(30, 20, 4)];
  const turned = await polarFactor(times(times(p, matrix), q));
  expect(difference(turned, times(times(p, await polarFactor(matrix)), q))).toBeLessThan(ROUNDING);
});

test.each([1, 2, 80])('an orthogonal M of size %i is its own factor, a reflection too', async (n) => {
  const q = orthogonal(n, 3);
  for (const m of [q, scaled(q, -1)]) expect(difference(await polarFactor(m), m)).toBeLessThan(ROUNDING);
});

test('zero is zero', async () => {
  for (const [rows, columns] of [
    [3, 2],
    [0, 2],
    [2, 0],
    [90, 70],
  ] as const)
    expect(await polarFactor(dense(rows, columns))).toEqual(dense(rows, columns));
});
