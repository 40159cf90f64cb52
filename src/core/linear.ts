import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** A dense real matrix, row-major. */
export interface Dense {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

export function dense(rows: number, columns: number, data: Float64Array = new Float64Array(rows * columns)): Dense {
  if (data.length !== rows * columns) throw new Error(`${data.length} values for a ${rows}×${columns} matrix`);
  return { rows, columns, data };
}

export function transpose({ rows, columns, data }: Dense): Dense {
  const out = new Float64Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = data[i * columns + j]!;
  return dense(columns, rows, out);
}

/**
 * A·Bᵀ, rows of A against rows of B. Both operands are walked along their rows, so neither is copied; 2×4 products are
 * kept in registers, which is what makes it fast. A·Aᵀ is computed by half and mirrored.
 */
export function productTransposed(a: Dense, b: Dense): Dense {
  const symmetric = a === b;
  if (a.columns !== b.columns) throw new Error(`product of ${a.rows}×${a.columns} and (${b.rows}×${b.columns})ᵀ`);
  const k = a.columns;
  const x = a.data;
  const y = b.data;
  const out = new Float64Array(a.rows * b.rows);
  for (let i = 0; i < a.rows; i += 2) {
    const i0 = i * k;
    const i1 = Math.min(i + 1, a.rows - 1) * k;
    // The block column that holds the diagonal begins at a multiple of 4 not above i.
    for (let j = symmetric ? i - (i % 4) : 0; j < b.rows; j += 4) {
      const last = b.rows - 1;
      const j0 = j * k;
      const j1 = Math.min(j + 1, last) * k;
      const j2 = Math.min(j + 2, last) * k;
      const j3 = Math.min(j + 3, last) * k;
      let s00 = 0;
      let s01 = 0;
      let s02 = 0;
      let s03 = 0;
      let s10 = 0;
      let s11 = 0;
      let s12 = 0;
      let s13 = 0;
      for (let t = 0; t < k; t++) {
        const u = x[i0 + t]!;
        const v = x[i1 + t]!;
        const p = y[j0 + t]!;
        const q = y[j1 + t]!;
        const r = y[j2 + t]!;
        const s = y[j3 + t]!;
        s00 += u * p;
        s01 += u * q;
        s02 += u * r;
        s03 += u * s;
        s10 += v * p;
        s11 += v * q;
        s12 += v * r;
        s13 += v * s;
      }
      // At a ragged edge the last row or column is computed more than once and written over itself.
      const top = i * b.rows;
      const bottom = Math.min(i + 1, a.rows - 1) * b.rows;
      const c1 = Math.min(j + 1, last);
      const c2 = Math.min(j + 2, last);
      const c3 = Math.min(j + 3, last);
      out[top + j] = s00;
      out[top + c1] = s01;
      out[top + c2] = s02;
      out[top + c3] = s03;
      if (bottom !== top) {
        out[bottom + j] = s10;
        out[bottom + c1] = s11;
        out[bottom + c2] = s12;
        out[bottom + c3] = s13;
      }
    }
  }
  if (symmetric)
    for (let i = 1; i < a.rows; i++) for (let j = 0; j < i; j++) out[i * a.rows + j] = out[j * a.rows + i]!;
  return dense(a.rows, b.rows, out);
}

/** Eigenvalues λ (ascending) and eigenvectors of a symmetric matrix, one a row: M = Σ λᵢ vᵢ vᵢᵀ. */
export function symmetricEigen(matrix: Dense): { readonly values: Float64Array; readonly vectors: Dense } {
  const decomposition = new EigenvalueDecomposition(Matrix.from1DArray(matrix.rows, matrix.columns, matrix.data), {
    assumeSymmetric: true,
  });
  const vectors = Float64Array.from(decomposition.eigenvectorMatrix.transpose().to1DArray());
  return {
    values: Float64Array.from(decomposition.realEigenvalues),
    vectors: dense(matrix.rows, matrix.rows, vectors),
  };
}
