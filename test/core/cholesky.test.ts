import { describe, expect, test } from 'vitest';
import { cholesky, isPositiveSemidefinite } from '../../src/core/cholesky.js';
import { type Dense, dense, transpose } from '../../src/core/linear.js';
import {
  diagonal,
  difference,
  identity,
  largest,
  ofSpectrum,
  orthogonal,
  random,
  scaled,
  squared,
  times,
} from './matrices.js';

/** Up to 64 rows are factorised by loops; 65 is halved once, into 33 and 32, and 200 twice. */
const SIZES = [1, 2, 33, 64, 65, 130, 200];

const spread = (n: number) => Array.from({ length: n }, (_, i) => 1 + (9 * i) / n);

/** The rows and columns of L's pivots. */
function pivotsOf({ rows: n, data }: Dense): number[] {
  return Array.from({ length: n }, (_, j) => j).filter((j) => data[j * (n + 1)] !== 0);
}

function between({ columns, data }: Dense, kept: readonly number[]): Dense {
  return dense(
    kept.length,
    kept.length,
    Float64Array.from(kept.flatMap((i) => kept.map((j) => data[i * columns + j]!))),
  );
}

/**
 * A·Aᵀ of rank ⌈n/2⌉, whose pivots come first, or every second: a rotation, and rows that are combinations of it of at
 * most unit length, so that no pivot is small and rounding no larger than where it counts as zero.
 */
function deficient(n: number, kind: 'first' | 'every second'): { matrix: Dense; pivots: number[] } {
  const rank = Math.ceil(n / 2);
  const [own, other] = [orthogonal(rank, n), random(n - rank, rank, n)];
  const half = dense(n, rank);
  const chosen = Array.from({ length: rank }, (_, i) => (kind === 'first' ? i : 2 * i));
  let next = 0;
  for (let i = 0; i < n; i++) {
    const row = half.data.subarray(i * rank, (i + 1) * rank);
    const place = chosen.indexOf(i);
    if (place >= 0) row.set(own.data.subarray(place * rank, (place + 1) * rank));
    else {
      // What a pivot has not yet taken would be one itself.
      const before = chosen.filter((pivot) => pivot < i).length;
      for (let k = 0; k < before; k++)
        for (let t = 0; t < rank; t++) row[t]! += (other.data[next * rank + k]! / before) * own.data[k * rank + t]!;
      next++;
    }
  }
  return { matrix: squared(half), pivots: chosen };
}

function expectLower({ rows: n, data }: Dense) {
  for (let i = 0; i < n; i++) {
    expect(data[i * (n + 1)]).toBeGreaterThanOrEqual(0);
    for (let j = i + 1; j < n; j++) expect(data[i * n + j]).toBe(0);
  }
}

describe.each(SIZES)('n = %i', (n) => {
  test.each([
    ['1 to 10', spread(n), 1],
    ['1 to 1e6', spread(n).map((value, i) => (i ? value : 1e6)), 1e6],
  ])('eigenvalues of %s: L·Lᵀ = A, L⁻¹·L = 1, full rank', async (_, spectrum, condition) => {
    const matrix = ofSpectrum(spectrum, n);
    const before = matrix.data.slice();
    const { lower, inverse, rank, negative } = await cholesky(matrix);
    expect(matrix.data).toEqual(before);
    // Backward error of about n·ε of the largest value (Higham 2002, theorem 10.3); the inverse loses the condition
    // of L, its square root, and in halves that of the halves, which is no larger.
    const bound = 4 * n * Number.EPSILON;
    expect(difference(squared(lower), matrix)).toBeLessThan(bound * 10 * Math.max(condition, 1));
    expect(difference(times(inverse, lower), identity(n))).toBeLessThan(bound * 10 * Math.sqrt(condition));
    expectLower(lower);
    expectLower(inverse);
    expect({ rank, negative }).toEqual({ rank: n, negative: 0 });
  });

  test.each(['first', 'every second'] as const)('a matrix A·Aᵀ of half the rank, its pivots %s', async (kind) => {
    const { matrix, pivots } = deficient(n, kind);
    const { lower, inverse, rank, negative } = await cholesky(matrix);
    const most = largest(matrix.data);
    expect(pivotsOf(lower)).toEqual(pivots);
    expect(rank).toBe(pivots.length);
    // Pivots that count as zero: n·ε of the largest.
    const bound = 4 * n * Number.EPSILON;
    expect(negative).toBeGreaterThanOrEqual(-bound * most);
    expect(difference(squared(lower), matrix)).toBeLessThan(bound * most);
    expect(difference(between(times(inverse, lower), pivots), identity(rank))).toBeLessThan(bound);
    // What lies in the matrix's range becomes white.
    const white = times(times(inverse, matrix), transpose(inverse));
    expect(difference(between(white, pivots), identity(rank))).toBeLessThan(bound);
    const others = Array.from({ length: n }, (_, j) => j).filter((j) => !pivots.includes(j));
    for (const j of others) {
      for (let i = 0; i < n; i++) {
        const zeros = [inverse.data[j * n + i]!, inverse.data[i * n + j]!, lower.data[i * n + j]!];
        expect(largest(zeros)).toBe(0);
      }
    }
  });

  test('a normal A·Aᵀ of half the rank: L·Lᵀ = A, though rounding may leave a pivot or two more', async () => {
    const r = Math.ceil(n / 2);
    const matrix = squared(random(n, r, 2));
    const { lower, rank } = await cholesky(matrix);
    expect(rank).toBeGreaterThanOrEqual(r);
    const most = largest(matrix.data);
    expect(difference(squared(lower), matrix)).toBeLessThan(1e-12 * most);
    const small = pivotsOf(lower)
      .slice(r)
      .map((j) => lower.data[j * (n + 1)]! ** 2);
    expect(largest(small)).toBeLessThan(1e-11 * most);
  });

  test('in any unit the same, scaled by its root', async () => {
    const matrix = squared(random(n, Math.ceil(n / 2), 2));
    const plain = await cholesky(matrix);
    const small = await cholesky(scaled(matrix, 2 ** -200));
    expect(small.rank).toBe(plain.rank);
    expect(small.lower).toEqual(scaled(plain.lower, 2 ** -100));
    expect(small.inverse).toEqual(scaled(plain.inverse, 2 ** 100));
  });

  test('one negative eigenvalue among them shows as a negative pivot, far above rounding', async () => {
    const matrix = ofSpectrum(
      spread(n).map((value, i) => (i ? value : -0.5)),
      n,
    );
    const { negative } = await cholesky(matrix);
    expect(negative).toBeLessThan(-0.1);
  });
});

test('by hand', async () => {
  const { lower, inverse, rank } = await cholesky(dense(2, 2, Float64Array.of(4, 2, 2, 10)));
  expect(lower).toEqual(dense(2, 2, Float64Array.of(2, 0, 1, 3)));
  expect(inverse.data.map((value) => value * 6)).toEqual(Float64Array.of(3, 0, -1, 2));
  expect(rank).toBe(2);
});

test('zero, of any size, has rank 0 and no inverse', async () => {
  for (const n of [0, 3, 65]) {
    const { lower, inverse, rank, negative } = await cholesky(dense(n, n));
    expect({ rank, negative }).toEqual({ rank: 0, negative: 0 });
    expect(largest(lower.data) + largest(inverse.data)).toBe(0);
  }
});

test('a negative pivot is given as it is, at any place', async () => {
  for (const [n, at] of [
    [3, 1],
    [200, 0],
    [200, 199],
    [200, 120],
  ] as const) {
    const values = new Array<number>(n).fill(1);
    values[at] = -0.25;
    expect(await cholesky(diagonal(values))).toMatchObject({ negative: -0.25, rank: n - 1 });
  }
});

test('a matrix that is not square is refused', async () => {
  await expect(cholesky(dense(2, 3))).rejects.toThrow('factorisation of a 2×3 matrix');
});

describe('positive semidefinite down to −1e-6 of the largest diagonal value', () => {
  describe.each([2, 64, 65, 150])('n = %i', (n) => {
    const q = orthogonal(n, 9);
    const base = times(times(transpose(q), diagonal(spread(n).map((value, i) => (i ? value : 0)))), q);
    const unit = largest(Array.from({ length: n }, (_, i) => base.data[i * (n + 1)]!));

    /** A rotated matrix of eigenvalues 1 to 10 but one, given as part of the largest diagonal value. */
    const withLeast = (part: number): Dense =>
      dense(
        n,
        n,
        base.data.map((value, k) => value + part * unit * q.data[Math.floor(k / n)]! * q.data[k % n]!),
      );

    test.each([
      [1e-5, true],
      [1e-7, true],
      [0, true],
      [-1e-7, true],
      [-9e-7, true],
      [-1.1e-6, false],
      [-1e-5, false],
      [-1e-1, false],
    ])('least eigenvalue %d: %s', async (part, expected) => {
      for (const unit of [1, 1e-20, 1e20])
        expect(await isPositiveSemidefinite(scaled(withLeast(part), unit))).toBe(expected);
    });

    test('diagonal: the same bounds', async () => {
      for (const [least, expected] of [
        [-1e-7, true],
        [-1e-5, false],
      ] as const) {
        const values = new Array<number>(n).fill(1);
        values[n - 1] = least;
        expect(await isPositiveSemidefinite(diagonal(values))).toBe(expected);
      }
    });
  });

  test('of low rank: yes', async () => {
    expect(await isPositiveSemidefinite(squared(random(120, 5, 1)))).toBe(true);
    expect(await isPositiveSemidefinite(dense(3, 3))).toBe(true);
  });

  test('a diagonal of zeros with something beside it, a negative one, and [[1, 2], [2, 1]]: no', async () => {
    for (const values of [
      [0, 1, 1, 0],
      [-1, 0, 0, -1],
      [0, 0, 0, -1],
      [1, 2, 2, 1],
    ])
      expect(await isPositiveSemidefinite(dense(2, 2, Float64Array.from(values)))).toBe(false);
  });

  test('with NaN: no', async () => {
    for (const values of [
      [Number.NaN, 0, 0, 1],
      [1, Number.NaN, Number.NaN, 1],
      [1, 0, 0, Number.NaN],
    ])
      expect(await isPositiveSemidefinite(dense(2, 2, Float64Array.from(values)))).toBe(false);
  });
});
