import type { Setting } from '../mix/setting.js';

type Point = Pick<Setting, 'method' | 'n'>;

export interface GridSpace {
  readonly methods: readonly Setting['method'][];
  /** Numbers of base images, for every method but `none`. */
  readonly n: readonly number[];
}

/** Every point of the space once, in the row order of the paper's Table 1: method by method, N ascending. */
export function grid({ methods, n }: GridSpace): Point[] {
  const counts = [...new Set(n)].sort((a, b) => a - b);
  return [...new Set(methods)].flatMap((method): Point[] =>
    method === 'none' ? [{ method, n: 1 }] : counts.map((count) => ({ method, n: count })),
  );
}
