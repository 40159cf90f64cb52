import { markOfOutput } from './core/random.js';
import { emptyMoments, type Moments, mergeMoments, momentsOf } from './statistics/moments.js';
import { decodeHalves, encodeHalves, type Halves } from './statistics/moments-file.js';
import type { Run, RunReader } from './store/run.js';

/** Blocks whose features are folded at a time: what a fold costs does not hang on how many there are. */
export const FOLDED = 64;

/** Rows of a part of the outputs (low marks, high marks), folded into moments. */
async function fold(halves: Halves, rows: Float32Array, first: number): Promise<Halves> {
  const { dims } = halves.low;
  const parts: [number[], number[]] = [[], []];
  for (let i = 0; i * dims < rows.length; i++) parts[markOfOutput(first + i) < 0.5 ? 0 : 1].push(i);
  const [low, high] = await Promise.all(
    parts.map(async (part): Promise<Moments> => {
      const own = new Float32Array(part.length * dims);
      for (const [at, row] of part.entries()) own.set(rows.subarray(row * dims, (row + 1) * dims), at * dims);
      return momentsOf(own, dims);
    }),
  );
  return { low: mergeMoments(halves.low, low!), high: mergeMoments(halves.high, high!) };
}

/**
 * Replaces the features of a cell by the moments of its two halves, as far as whole runs of 64 blocks are there: which
 * outputs are folded together does not depend on when a sweep was interrupted, so the moments are the same bytes.
 */
export async function keepMoments(run: Run, dataset: number, setting: string): Promise<void> {
  const { block, extractor } = run.record;
  const step = FOLDED * block;
  for (;;) {
    const kept = run.moments(dataset, setting);
    const from = kept?.images ?? 0;
    if (run.images(dataset, setting) < from + step) return;
    const rows = run.features(dataset, setting, from + step).rows(from, from + step);
    const before = kept
      ? decodeHalves(kept.bytes, setting)
      : { low: emptyMoments(extractor.dims), high: emptyMoments(extractor.dims) };
    run.replaceByMoments(dataset, setting, (from + step) / block, encodeHalves(await fold(before, rows, from)));
  }
}

/** Moments of the two halves of a cell: those that are kept, and those of the features that were not folded yet. */
export async function halvesOf(run: RunReader, dataset: number, setting: string): Promise<Halves> {
  const { dims } = run.record.extractor;
  const kept = run.moments(dataset, setting);
  const from = kept?.images ?? 0;
  const to = run.images(dataset, setting);
  const before = kept ? decodeHalves(kept.bytes, setting) : { low: emptyMoments(dims), high: emptyMoments(dims) };
  return from < to ? fold(before, run.features(dataset, setting, to).rows(from, to), from) : before;
}
