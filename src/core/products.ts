import type { InferenceSession } from 'onnxruntime-node';
import { createGraph } from './graph.js';
import { type Dense, dense, productTransposed, transpose } from './linear.js';
import { loadRuntime } from './runtime.js';

export interface ProductOptions {
  /** Multiply by Aᵀ, or by Bᵀ, without making it. */
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** Multiplications below this many steps cost less here than a call of the runtime. */
const SMALL = 16 ** 3;

const sessions = new Map<string, Promise<InferenceSession>>();

/** Threads of a session, where that was said. */
let threads: InferenceSession.SessionOptions = {};

/**
 * Lets products be computed on so many threads, not on one a core. To be said before the first product: what was opened
 * before would keep its own, which is an error.
 */
export function useThreads(count: number): void {
  if (sessions.size) throw new Error('useThreads after the first product');
  threads = { intraOpNumThreads: count, interOpNumThreads: count };
}

/** A graph of one Gemm in float64, opened once a process for each pair of transpositions. */
function session(transposeA: boolean, transposeB: boolean): Promise<InferenceSession> {
  const key = `${transposeA} ${transposeB}`;
  const open = async () => {
    const g = createGraph('product');
    const a = g.input('a', 'float64', ['A0', 'A1']);
    const b = g.input('b', 'float64', ['B0', 'B1']);
    g.output(g.node('Gemm', [a, b], { transA: +transposeA, transB: +transposeB }, 'c'), 'float64', ['M', 'N']);
    const { InferenceSession } = await loadRuntime();
    return InferenceSession.create(g.encode(), { executionProviders: ['cpu'], ...threads });
  };
  const opened = sessions.get(key) ?? open();
  sessions.set(key, opened);
  return opened;
}

/**
 * A·B (or with Aᵀ, Bᵀ) in float64 by ONNX Runtime's Gemm: some 30 times as fast as the same loops in JavaScript.
 * Deterministic for equal shapes; another shape may sum in another order.
 */
export async function product(
  a: Dense,
  b: Dense,
  { transposeA = false, transposeB = false }: ProductOptions = {},
): Promise<Dense> {
  const [rows, inner] = transposeA ? [a.columns, a.rows] : [a.rows, a.columns];
  const [innerB, columns] = transposeB ? [b.columns, b.rows] : [b.rows, b.columns];
  if (inner !== innerB) throw new Error(`product of ${rows}×${inner} and ${innerB}×${columns}`);
  if (rows * columns === 0 || inner === 0) return dense(rows, columns);
  if (rows * columns * inner <= SMALL)
    return productTransposed(transposeA ? transpose(a) : a, transposeB ? b : transpose(b));
  const [gemm, { Tensor }] = await Promise.all([session(transposeA, transposeB), loadRuntime()]);
  const { c } = await gemm.run({
    a: new Tensor('float64', a.data, [a.rows, a.columns]),
    b: new Tensor('float64', b.data, [b.rows, b.columns]),
  });
  return dense(rows, columns, c!.data as Float64Array);
}
