import { cholesky } from './cholesky.js';
import { type Dense, dense } from './linear.js';
import { product } from './products.js';

/** Singular values below this part of the largest one are taken as zero: they move nothing that is measured. */
const LEAST = 1e-9;

/** Steps that suffice for any matrix: from 1e-16 it takes six. */
const MOST_STEPS = 12;

/** An upper bound of the largest singular value: √(‖M‖₁‖M‖∞). */
function bound({ rows, columns, data }: Dense): number {
  const sums = new Float64Array(columns);
  let widest = 0;
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < columns; j++) {
      const size = Math.abs(data[i * columns + j]!);
      sum += size;
      sums[j]! += size;
    }
    widest = Math.max(widest, sum);
  }
  return Math.sqrt(widest * sums.reduce((a, b) => Math.max(a, b), 0));
}

/**
 * The polar factor U of M = U·(MᵀM)^½: the isometry nearest to M, zero where M is (rows × columns, columns ≤ rows).
 * Dynamically weighted Halley iteration with Cholesky's inverse (Nakatsukasa, Bai and Gygi 2010, eq. 3.13 and 3.19):
 * x ← x(a + bx²)/(1 + cx²) on every singular value at once, in products alone. Of value for error bars, which need no
 * more than a few digits of the smallest directions.
 */
export async function polarFactor(matrix: Dense): Promise<Dense> {
  const size = bound(matrix);
  if (!(size > 0)) return matrix;
  let x = dense(
    matrix.rows,
    matrix.columns,
    matrix.data.map((value) => value / size),
  );
  let least = LEAST;
  for (let step = 0; step < MOST_STEPS && 1 - least > 1e-8; step++) {
    const square = least * least;
    const gamma = Math.cbrt((4 * (1 - square)) / (square * square));
    const root = Math.sqrt(1 + gamma);
    const a = root + Math.sqrt(8 - 4 * gamma + (8 * (2 - square)) / (square * root)) / 2;
    const b = (a - 1) ** 2 / 4;
    const c = a + b - 1;
    // (b/c)·X + (a − b/c)·X·(1 + c·XᵀX)⁻¹
    const z = await product(x, x, { transposeA: true });
    for (let i = 0; i < z.data.length; i++) z.data[i]! *= c;
    for (let i = 0; i < z.rows; i++) z.data[i * (z.rows + 1)]! += 1;
    const { inverse } = await cholesky(z);
    const next = await product(await product(x, inverse, { transposeB: true }), inverse);
    const [p, q] = [b / c, a - b / c];
    for (let i = 0; i < next.data.length; i++) next.data[i] = p * x.data[i]! + q * next.data[i]!;
    x = next;
    least = Math.min(1, (least * (a + b * square)) / (1 + c * square));
  }
  return x;
}
