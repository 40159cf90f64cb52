import { type Dense, dense, transpose } from '../../src/core/linear.js';
import { draws, STREAM } from '../../src/core/random.js';

/** Draws of the standard normal distribution, the same for a seed (Box and Muller 1958). */
export function normals(seed: number): () => number {
  const uniform = draws(seed, STREAM.sample, 0);
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** A matrix of standard normal values. */
export function random(rows: number, columns: number, seed: number): Dense {
  return dense(rows, columns, Float64Array.from({ length: rows * columns }, normals(seed)));
}

export function diagonal(values: Iterable<number>): Dense {
  const list = [...values];
  const out = dense(list.length, list.length);
  for (const [i, value] of list.entries()) out.data[i * (list.length + 1)] = value;
  return out;
}

export const identity = (n: number): Dense => diagonal(new Array<number>(n).fill(1));

/** A·B as it is written, by three loops. */
export function times(a: Dense, b: Dense): Dense {
  if (a.columns !== b.rows) throw new Error(`${a.rows}×${a.columns} times ${b.rows}×${b.columns}`);
  const out = dense(a.rows, b.columns);
  for (let i = 0; i < a.rows; i++) {
    for (let t = 0; t < a.columns; t++) {
      const value = a.data[i * a.columns + t]!;
      for (let j = 0; j < b.columns; j++) out.data[i * b.columns + j]! += value * b.data[t * b.columns + j]!;
    }
  }
  return out;
}

/** A·Aᵀ. */
export const squared = (a: Dense): Dense => times(a, transpose(a));

/** The same values times a number. */
export const scaled = ({ rows, columns, data }: Dense, by: number): Dense =>
  dense(
    rows,
    columns,
    data.map((value) => value * by),
  );

const rotations = new Map<string, Dense>();

/** A random rotation, the same for a size and seed. */
export function orthogonal(n: number, seed: number): Dense {
  const key = `${n} ${seed}`;
  const known = rotations.get(key) ?? orthonormal(random(n, n, seed));
  rotations.set(key, known);
  return known;
}

/** Gram and Schmidt's process, in place and twice, which leaves the rows orthogonal to rounding. */
function orthonormal(q: Dense): Dense {
  const n = q.rows;
  const row = (i: number) => q.data.subarray(i * n, (i + 1) * n);
  for (let i = 0; i < n; i++) {
    const x = row(i);
    for (let j = 0; j < 2 * i; j++) {
      const y = row(j % i);
      const along = x.reduce((sum, value, t) => sum + value * y[t]!, 0);
      for (let t = 0; t < n; t++) x[t]! -= along * y[t]!;
    }
    const length = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
    for (let t = 0; t < n; t++) x[t]! /= length;
  }
  return q;
}

/** A symmetric matrix of these eigenvalues, its eigenvectors a random rotation. */
export function ofSpectrum(values: readonly number[], seed: number): Dense {
  const q = orthogonal(values.length, seed);
  const out = times(times(transpose(q), diagonal(values)), q);
  const n = out.rows;
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) out.data[i * n + j] = out.data[j * n + i]!;
  return out;
}

export const largest = (values: Iterable<number>): number => {
  let most = 0;
  // NaN must not pass for small.
  for (const value of values) most = Math.abs(value) <= most ? most : Math.abs(value);
  return most;
};

/** The largest difference of two matrices' values. Throws for another shape. */
export function difference(a: Dense, b: Dense): number {
  if (a.rows !== b.rows || a.columns !== b.columns)
    throw new Error(`${a.rows}×${a.columns} beside ${b.rows}×${b.columns}`);
  return largest(a.data.map((value, i) => value - b.data[i]!));
}
