import { decodeStatistics, type Statistics } from './statistics/npz.js';
import type { RunReader } from './store/run.js';

/** References are the same where no number differs by more than this share of the largest. */
const ROUNDING = 1e-9;

function nearly(a: Float64Array, b: Float64Array): boolean {
  let [largest, apart] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    largest = Math.max(largest, Math.abs(a[i]!));
    apart = Math.max(apart, Math.abs(a[i]! - b[i]!));
  }
  return a.length === b.length && apart <= ROUNDING * largest;
}

interface NamedRun {
  readonly name: string;
  readonly run: Pick<RunReader, 'record' | 'reference'>;
}

/** By run the first one that has the same reference: by mean and covariance, as files also say who made them, and when. */
export async function sameReferences(runs: readonly NamedRun[]): Promise<number[]> {
  const hashes = runs.map(({ run }) => run.record.reference.sha256);
  const out: number[] = [];
  const kept = new Map<number, Pick<Statistics, 'mean' | 'covariance'>>();
  for (const [i, { name, run }] of runs.entries()) {
    const before = hashes.indexOf(hashes[i]!);
    if (before < i || new Set(hashes).size === 1) {
      out.push(out[before] ?? i);
      continue;
    }
    const { mean, covariance } = await decodeStatistics(run.reference(), `reference.npz of ${name}`);
    const same = [...kept].find(([, one]) => nearly(one.mean, mean) && nearly(one.covariance, covariance));
    if (!same) kept.set(i, { mean, covariance });
    out.push(same?.[0] ?? i);
  }
  return out;
}
