import { type Dense, dense, symmetricEigen } from './linear.js';
import { product } from './products.js';

/** Matrices up to this size go to ml-matrix. */
const SMALL = 96;

/** Columns reduced between two updates of the rest: the update is then a product worth a call of the runtime. */
const PANEL = 32;

/** A symmetric tridiagonal matrix: its diagonal (n) and the n − 1 values beside it. */
interface Tridiagonal {
  readonly diagonal: Float64Array;
  readonly beside: Float64Array;
}

function dot(x: Float64Array, y: Float64Array, from: number): number {
  let sum = 0;
  for (let t = from; t < x.length; t++) sum += x[t]! * y[t]!;
  return sum;
}

/**
 * x − Σⱼ pⱼ·uⱼ + qⱼ·yⱼ from `from` on, in place. Two pairs of vectors a pass: the loop waits for memory, not for sums.
 */
function subtract(
  x: Float64Array,
  p: Float64Array,
  u: readonly Float64Array[],
  q: Float64Array,
  y: readonly Float64Array[],
  from: number,
): void {
  const count = u.length;
  const m = x.length;
  let j = 0;
  for (; j + 1 < count; j += 2) {
    const [p0, p1, q0, q1] = [p[j]!, p[j + 1]!, q[j]!, q[j + 1]!];
    const [u0, u1, y0, y1] = [u[j]!, u[j + 1]!, y[j]!, y[j + 1]!];
    for (let t = from; t < m; t++) x[t]! -= p0 * u0[t]! + q0 * y0[t]! + p1 * u1[t]! + q1 * y1[t]!;
  }
  if (j < count) {
    const [p0, q0, u0, y0] = [p[j]!, q[j]!, u[j]!, y[j]!];
    for (let t = from; t < m; t++) x[t]! -= p0 * u0[t]! + q0 * y0[t]!;
  }
}

/** Products of x with each of some vectors and of their partners, from `from` on. */
function dots(
  x: Float64Array,
  u: readonly Float64Array[],
  y: readonly Float64Array[],
  from: number,
): [Float64Array, Float64Array] {
  const [p, q] = [new Float64Array(u.length), new Float64Array(u.length)];
  for (let j = 0; j < u.length; j++) {
    const [a, b] = [u[j]!, y[j]!];
    let [sumA, sumB] = [0, 0];
    for (let t = from; t < x.length; t++) {
      const value = x[t]!;
      sumA += value * a[t]!;
      sumB += value * b[t]!;
    }
    p[j] = sumA;
    q[j] = sumB;
  }
  return [p, q];
}

/**
 * The Householder reflection H = I − τ v vᵀ (v zero up to `at`, 1 behind it) that clears x below `at` + 1; x becomes v.
 *
 * @returns τ, and what H leaves at `at` + 1
 */
function reflect(x: Float64Array, at: number): { tau: number; left: number } {
  const first = at + 1;
  x.fill(0, 0, first);
  const alpha = x[first]!;
  let below = 0;
  for (let t = first + 1; t < x.length; t++) below += x[t]! * x[t]!;
  if (below === 0) {
    x.fill(0, first);
    return { tau: 0, left: alpha };
  }
  const left = -Math.sign(alpha || 1) * Math.sqrt(alpha * alpha + below);
  for (let t = first + 1; t < x.length; t++) x[t]! /= alpha - left;
  x[first] = 1;
  return { tau: (left - alpha) / left, left };
}

/** The rest of A after a panel: A − V·Wᵀ − W·Vᵀ without its first rows and columns, as many as there are vectors. */
async function updated(a: Dense, v: readonly Float64Array[], w: readonly Float64Array[]): Promise<Dense> {
  const [n, panel] = [a.rows, v.length];
  const m = n - panel;
  const [left, right] = [dense(m, 2 * panel), dense(m, 2 * panel)];
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < panel; j++) {
      const at = i * 2 * panel + j;
      left.data[at] = right.data[at + panel] = v[j]![i + panel]!;
      left.data[at + panel] = right.data[at] = w[j]![i + panel]!;
    }
  }
  const out = await product(left, right, { transposeB: true });
  for (let i = 0; i < m; i++) {
    const [to, from] = [i * m, (i + panel) * n + panel];
    for (let j = 0; j < m; j++) out.data[to + j] = a.data[from + j]! - out.data[to + j]!;
  }
  return out;
}

/**
 * A = Q·T·Qᵀ with T tridiagonal, by Householder reflections in panels (Dongarra, Hammarling and Sorensen 1989; LAPACK's
 * dlatrd): half of the work is products of a matrix and a vector, half products of matrices, and both are the runtime's.
 */
async function tridiagonal(matrix: Dense): Promise<Tridiagonal> {
  const n = matrix.rows;
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n - 1);
  let a = matrix;
  for (let done = 0; a.rows > 2; ) {
    const m = a.rows;
    const [v, w]: [Float64Array[], Float64Array[]] = [[], []];
    for (let i = 0; i < Math.min(PANEL, m - 2); i++) {
      // Column i as the reflections of this panel so far leave it.
      const x = a.data.slice(i * m, (i + 1) * m);
      const ofColumn = (vectors: readonly Float64Array[]) => Float64Array.from(vectors, (vector) => vector[i]!);
      subtract(x, ofColumn(w), v, ofColumn(v), w, i);
      diagonal[done + i] = x[i]!;
      const { tau, left } = reflect(x, i);
      beside[done + i] = left;
      const y = tau ? (await product(a, dense(m, 1, x))).data : new Float64Array(m);
      const [withW, withV] = dots(x, w, v, i + 1);
      subtract(y, withW, v, withV, w, i + 1);
      const half = (tau * dot(y, x, i + 1)) / 2;
      for (let t = i + 1; t < m; t++) y[t] = tau * (y[t]! - half * x[t]!);
      v.push(x);
      w.push(y);
    }
    a = await updated(a, v, w);
    done += v.length;
  }
  diagonal[n - 2] = a.data[0]!;
  diagonal[n - 1] = a.data[3]!;
  beside[n - 2] = a.data[1]!;
  return { diagonal, beside };
}

/** Rounds of the QL algorithm that one eigenvalue may take: 2 is usual. */
const MOST_ROUNDS = 60;

/** Eigenvalues, ascending, by the implicit QL algorithm (Bowdler, Martin, Reinsch and Wilkinson 1968), without vectors. */
function tridiagonalEigenvalues({ diagonal, beside }: Tridiagonal): Float64Array {
  const n = diagonal.length;
  const d = Float64Array.from(diagonal);
  const e = new Float64Array(n);
  e.set(beside);
  // Against the whole matrix, not the neighbours: the reduction has left that much in it already, and what is a
  // singular matrix's rounding would be sorted out among itself without end.
  const largest = d.reduce((most, value, i) => Math.max(most, Math.abs(value) + Math.abs(e[i]!)), 0);
  const negligible = Number.EPSILON * largest;
  for (let l = 0; l < n; l++) {
    for (let round = 0; ; round++) {
      let m = l;
      while (m < n - 1 && Math.abs(e[m]!) > negligible) m++;
      if (m === l) break;
      if (round === MOST_ROUNDS) throw new Error('the eigenvalues of a matrix did not converge');
      let g = (d[l + 1]! - d[l]!) / (2 * e[l]!);
      let r = Math.hypot(g, 1);
      g = d[m]! - d[l]! + e[l]! / (g + (g < 0 ? -r : r));
      let [s, c, p] = [1, 1, 0];
      let i = m - 1;
      for (; i >= l; i--) {
        const f = s * e[i]!;
        const b = c * e[i]!;
        r = Math.sqrt(f * f + g * g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1]! -= p;
          e[m] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1]! - p;
        r = (d[i]! - g) * s + 2 * c * b;
        p = s * r;
        d[i + 1] = g + p;
        g = c * r - b;
      }
      if (r === 0 && i >= l) continue;
      d[l]! -= p;
      e[l] = g;
      e[m] = 0;
    }
  }
  return d.sort();
}

/** Eigenvalues of a symmetric matrix, ascending. */
export async function symmetricEigenvalues(matrix: Dense): Promise<Float64Array> {
  if (matrix.rows !== matrix.columns) throw new Error(`eigenvalues of a ${matrix.rows}×${matrix.columns} matrix`);
  if (matrix.rows <= SMALL) return matrix.rows ? symmetricEigen(matrix).values : new Float64Array();
  // QL in float64 loses what lies below the smallest normal number times the matrix: features never come near it.
  return tridiagonalEigenvalues(await tridiagonal(matrix));
}
