import { join } from 'node:path';
import { canonical } from './canonical.js';
import type { Contents, MomentsRow, SliceRow } from './contents.js';
import { readMoments } from './moments-file.js';
import { belongs, slicesOf } from './rebuild.js';
import type { RunRecord } from './record.js';
import { runIdentity } from './run-json.js';
import { BrokenFile } from './sealed-file.js';
import { checkShard } from './shard.js';

const sliceKey = ({ dataset, setting, block, outputs, start, sha256 }: SliceRow): string =>
  canonical([dataset, setting, block, outputs, start, sha256]);

/** What reading gives, or something else for a file that is broken. */
function orBroken<T>(read: () => T, broken: T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof BrokenFile) return broken;
    throw error;
  }
}

/** Keys of the slices of a shard that are what was written. */
function wholeSlices(folder: string, file: string, record: RunRecord, identity: string): Set<string> {
  const { shard, whole } = checkShard(join(folder, file));
  if (!belongs(file, shard, record, identity)) return new Set();
  const rows = slicesOf(file, shard).filter((_, i) => whole[i]);
  return new Set(rows.map(sliceKey));
}

function isWhole(folder: string, row: MomentsRow): boolean {
  const { trailer } = readMoments(join(folder, row.file));
  return (['sha256', 'dataset', 'setting', 'images', 'blocks'] as const).every((name) => trailer[name] === row[name]);
}

/** Lets others have a turn. Throws the reason of a signal that was aborted. */
async function giveWay(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}

/** Reads and hashes every file of a run, one a turn: the rows whose file is missing, or not what was written. */
export async function brokenRows(
  folder: string,
  record: RunRecord,
  contents: Contents,
  onProgress: (done: number, total: number) => void,
  signal?: AbortSignal,
): Promise<{ readonly forgetSlices: SliceRow[]; readonly forgetMoments: MomentsRow[] }> {
  const identity = runIdentity(record);
  const shards = new Map<string, SliceRow[]>();
  for (const row of contents.slices) {
    const rows = shards.get(row.file);
    if (rows) rows.push(row);
    else shards.set(row.file, [row]);
  }
  const moments = contents.allMoments;
  const total = shards.size + moments.length;
  let done = 0;
  const forgetSlices: SliceRow[] = [];
  for (const [file, rows] of shards) {
    await giveWay(signal);
    const whole = orBroken(() => wholeSlices(folder, file, record, identity), new Set<string>());
    forgetSlices.push(...rows.filter((row) => !whole.has(sliceKey(row))));
    onProgress(++done, total);
  }
  const forgetMoments: MomentsRow[] = [];
  for (const row of moments) {
    await giveWay(signal);
    if (!orBroken(() => isWhole(folder, row), false)) forgetMoments.push(row);
    onProgress(++done, total);
  }
  return { forgetSlices, forgetMoments };
}
