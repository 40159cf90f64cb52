import { type Dense, dense } from './linear.js';
import { product } from './products.js';

/** Below this size a matrix is factorised by plain loops; above it halves are joined by products. */
const SMALL = 64;

/**
 * A symmetric positive semidefinite matrix as L·Lᵀ, L lower triangular. Where the matrix is singular some columns of L are
 * zero: `inverse` then inverts L between the others, the pivots, and has zero rows and columns elsewhere, so that
 * `inverse`·x are the coordinates, white, of an x that lies in the matrix's range.
 */
export interface Cholesky {
  readonly lower: Dense;
  readonly inverse: Dense;
  /** Columns of L that are not zero. */
  readonly rank: number;
  /** The most negative pivot that was met, 0 where there is none: below rounding level only where the matrix is not semidefinite. */
  readonly negative: number;
}

function block({ columns, data }: Dense, row: number, column: number, rows: number, width: number): Dense {
  const out = dense(rows, width);
  for (let i = 0; i < rows; i++) {
    const from = (row + i) * columns + column;
    out.data.set(data.subarray(from, from + width), i * width);
  }
  return out;
}

function put(into: Dense, row: number, column: number, { rows, columns, data }: Dense): void {
  for (let i = 0; i < rows; i++)
    into.data.set(data.subarray(i * columns, (i + 1) * columns), (row + i) * into.columns + column);
}

function small({ rows: n, data }: Dense, least: number): Cholesky {
  const [lower, inverse] = [dense(n, n), dense(n, n)];
  const [l, w] = [lower.data, inverse.data];
  let rank = 0;
  let negative = 0;
  for (let j = 0; j < n; j++) {
    let pivot = data[j * n + j]!;
    for (let k = 0; k < j; k++) pivot -= l[j * n + k]! ** 2;
    negative = Math.min(negative, pivot);
    if (!(pivot > least)) continue;
    rank++;
    const root = Math.sqrt(pivot);
    l[j * n + j] = root;
    for (let i = j + 1; i < n; i++) {
      let sum = data[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!;
      l[i * n + j] = sum / root;
    }
    w[j * n + j] = 1 / root;
    // Row j of L·W = 1: W[j, i] = −Σ L[j, k]·W[k, i] / L[j, j] for i ≤ k < j.
    for (let i = 0; i < j; i++) {
      let sum = 0;
      for (let k = i; k < j; k++) sum += l[j * n + k]! * w[k * n + i]!;
      w[j * n + i] = -sum / root;
    }
  }
  return { lower, inverse, rank, negative };
}

/** Halves: A₁₁ = L₁₁L₁₁ᵀ, L₂₁ = A₂₁L₁₁⁻ᵀ, L₂₂ of A₂₂ − L₂₁L₂₁ᵀ; and of the inverse −L₂₂⁻¹L₂₁L₁₁⁻¹. */
async function factorise(matrix: Dense, least: number): Promise<Cholesky> {
  const n = matrix.rows;
  if (n <= SMALL) return small(matrix, least);
  const half = Math.ceil(n / 2);
  const rest = n - half;
  const first = await factorise(block(matrix, 0, 0, half, half), least);
  const below = await product(block(matrix, half, 0, rest, half), first.inverse, { transposeB: true });
  const square = await product(below, below, { transposeB: true });
  const left = block(matrix, half, half, rest, rest);
  for (let i = 0; i < left.data.length; i++) left.data[i]! -= square.data[i]!;
  const second = await factorise(left, least);
  const corner = await product(second.inverse, await product(below, first.inverse));
  for (let i = 0; i < corner.data.length; i++) corner.data[i] = -corner.data[i]!;

  const [lower, inverse] = [dense(n, n), dense(n, n)];
  put(lower, 0, 0, first.lower);
  put(lower, half, 0, below);
  put(lower, half, half, second.lower);
  put(inverse, 0, 0, first.inverse);
  put(inverse, half, 0, corner);
  put(inverse, half, half, second.inverse);
  const negative = Math.min(first.negative, second.negative);
  return { lower, inverse, rank: first.rank + second.rank, negative };
}

/**
 * Cholesky's factorisation by halves, almost all of it in products. Pivots up to n·ε·(largest diagonal value) count as
 * zero, so a covariance of too few images has its factor too.
 */
export async function cholesky(matrix: Dense): Promise<Cholesky> {
  const n = matrix.rows;
  if (n !== matrix.columns) throw new Error(`Cholesky's factorisation of a ${n}×${matrix.columns} matrix`);
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, matrix.data[i * (n + 1)]!);
  return factorise(matrix, n * Number.EPSILON * largest);
}

/** Whether a symmetric matrix has no eigenvalue below −1e-6 of its largest diagonal value. */
export async function isPositiveSemidefinite({ rows: n, data }: Dense): Promise<boolean> {
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, data[i * (n + 1)]!);
  if (!(largest > 0)) return data.every((value) => value === 0);
  const raised = dense(n, n, Float64Array.from(data));
  for (let i = 0; i < n; i++) raised.data[i * (n + 1)]! += 1e-6 * largest;
  return (await factorise(raised, 0)).rank === n;
}

/**
 * A factor F (r×n, FᵀF ≈ A) of a symmetric matrix that is semidefinite but for rounding, such as a covariance of few
 * images that was kept in float32: Cholesky's factorisation with the largest diagonal value as the next pivot (Higham,
 * "Accuracy and Stability of Numerical Algorithms", ch. 10.3), which ends where the rest is no larger than what rounding
 * has made negative in it. By plain loops, a few seconds at n = 2048.
 */
export function pivotedFactor({ rows: n, data }: Dense): Dense {
  const diagonal = Float64Array.from({ length: n }, (_, i) => data[i * (n + 1)]!);
  const rows: Float64Array[] = [];
  const used = new Uint8Array(n);
  let largest = 0;
  for (const value of diagonal) largest = Math.max(largest, value);
  while (rows.length < n) {
    let pivot = -1;
    let lowest = 0;
    for (let i = 0; i < n; i++) {
      if (used[i]) continue;
      lowest = Math.min(lowest, diagonal[i]!);
      if (pivot < 0 || diagonal[i]! > diagonal[pivot]!) pivot = i;
    }
    if (diagonal[pivot]! <= Math.max(n * Number.EPSILON * largest, -lowest)) break;
    const row = data.slice(pivot * n, (pivot + 1) * n);
    for (const done of rows) {
      const factor = done[pivot]!;
      for (let j = 0; j < n; j++) row[j]! -= factor * done[j]!;
    }
    const root = Math.sqrt(diagonal[pivot]!);
    for (let j = 0; j < n; j++) row[j] = used[j] ? 0 : row[j]! / root;
    row[pivot] = root;
    used[pivot] = 1;
    for (let j = 0; j < n; j++) if (!used[j]) diagonal[j]! -= row[j]! ** 2;
    rows.push(row);
  }
  const factor = dense(rows.length, n);
  for (const [i, row] of rows.entries()) factor.data.set(row, i * n);
  return factor;
}
