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

/** A·Bᵀ by plain loops: for matrices too small to be worth a call of the runtime (`products.ts`). */
export function productTransposed(a: Dense, b: Dense): Dense {
  if (a.columns !== b.columns) throw new Error(`product of ${a.rows}×${a.columns} and (${b.rows}×${b.columns})ᵀ`);
  const inner = a.columns;
  const out = dense(a.rows, b.rows);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.rows; j++) {
      let sum = 0;
      for (let t = 0; t < inner; t++) sum += a.data[i * inner + t]! * b.data[j * inner + t]!;
      out.data[i * b.rows + j] = sum;
    }
  }
  return out;
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
