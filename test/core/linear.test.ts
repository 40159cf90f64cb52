import { describe, expect, test } from 'vitest';
import { type Dense, dense, productTransposed, symmetricEigen, transpose } from '../../src/core/linear.js';
import { draws, STREAM } from '../../src/core/random.js';

const uniform = draws(1, STREAM.sample, 0);

function random(rows: number, columns: number): Dense {
  return dense(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => uniform() - 0.5),
  );
}

const at = ({ columns, data }: Dense, i: number, j: number) => data[i * columns + j]!;

/** (A·Bᵀ)ᵢⱼ = Σ Aᵢₜ Bⱼₜ, as it is written. */
function naive(a: Dense, b: Dense): Dense {
  const out = dense(a.rows, b.rows);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.rows; j++) {
      for (let t = 0; t < a.columns; t++) out.data[i * b.rows + j]! += at(a, i, t) * at(b, j, t);
    }
  }
  return out;
}

function expectClose(actual: Dense, expected: Dense, tolerance = 1e-12) {
  expect([actual.rows, actual.columns]).toEqual([expected.rows, expected.columns]);
  const worst = actual.data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected.data[i]!)), 0);
  expect(worst).toBeLessThan(tolerance);
}

test('a matrix of another size than its values is refused', () => {
  expect(() => dense(2, 3, new Float64Array(5))).toThrow(/5 values for a 2×3 matrix/);
});

test('transpose', () => {
  const a = dense(2, 3, Float64Array.of(1, 2, 3, 4, 5, 6));
  expect(transpose(a)).toEqual(dense(3, 2, Float64Array.of(1, 4, 2, 5, 3, 6)));
});

describe('A·Bᵀ', () => {
  test('by hand', () => {
    const a = dense(2, 2, Float64Array.of(1, 2, 3, 4));
    const b = dense(1, 2, Float64Array.of(10, 100));
    expect(productTransposed(a, b)).toEqual(dense(2, 1, Float64Array.of(210, 430)));
  });

  test('at every ragged size', () => {
    for (let rows = 1; rows <= 6; rows++) {
      for (let columns = 1; columns <= 9; columns++) {
        const [a, b] = [random(rows, 5), random(columns, 5)];
        expectClose(productTransposed(a, b), naive(a, b));
      }
    }
    expectClose(productTransposed(random(3, 0), random(2, 0)), dense(3, 2));
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 30, 31])('A·Aᵀ of %i rows: by half, mirrored, exactly symmetric', (n) => {
    const a = random(n, 7);
    const product = productTransposed(a, a);
    expectClose(product, naive(a, a));
    expect(transpose(product)).toEqual(product);
  });

  test('of another inner size is refused', () => {
    expect(() => productTransposed(random(2, 3), random(2, 4))).toThrow(/product of 2×3 and \(2×4\)ᵀ/);
  });
});

describe('eigenvalues of a symmetric matrix', () => {
  test('[[2, 1], [1, 2]] has 1 and 3', () => {
    const { values } = symmetricEigen(dense(2, 2, Float64Array.of(2, 1, 1, 2)));
    expect(values[0]).toBeCloseTo(1, 14);
    expect(values[1]).toBeCloseTo(3, 14);
  });

  // Full rank, and of rank 3: a repeated eigenvalue 0.
  test.each([
    [1, 4],
    [2, 5],
    [17, 40],
    [12, 3],
  ])('A·v = λ·v, Vᵀ·V = I, ascending, trace kept (n = %i, rank of %i)', (n, rank) => {
    const half = random(n, rank);
    const matrix = productTransposed(half, half);
    const { values, vectors } = symmetricEigen(matrix);
    expectClose(productTransposed(vectors, vectors), identity(n), 1e-12);
    const images = productTransposed(vectors, matrix);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) expect(at(images, i, j)).toBeCloseTo(values[i]! * at(vectors, i, j), 11);
    }
    expect([...values]).toEqual([...values].sort((a, b) => a - b));
    let trace = 0;
    for (let i = 0; i < n; i++) trace += at(matrix, i, i);
    expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(trace, 11);
    expect(values.filter((value) => value > 1e-10).length).toBe(Math.min(n, rank));
  });
});

function identity(n: number): Dense {
  const out = dense(n, n);
  for (let i = 0; i < n; i++) out.data[i * (n + 1)] = 1;
  return out;
}
