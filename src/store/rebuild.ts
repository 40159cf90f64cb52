import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileError } from '../core/files.js';
import { Contents, isMomentsFile, type SetAsideRow, shardPlace } from './contents.js';
import { readMoments } from './moments-file.js';
import type { RunRecord } from './record.js';
import { runIdentity } from './run-json.js';
import { BrokenFile } from './sealed-file.js';
import { readShard, type Shard, sliceBytes } from './shard.js';

/** Files of one kind below a run folder, by their names from there: `features/0/block-00007.npy`. */
export function filesBelow(folder: string, kind: 'features' | 'moments'): string[] {
  const list = (name: string) => {
    const path = join(folder, name);
    try {
      return existsSync(path) ? readdirSync(path).sort() : [];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return [];
      throw fileError(error, path);
    }
  };
  return list(kind)
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => list(`${kind}/${name}`).map((file) => `${kind}/${name}/${file}`));
}

/** What reading gives; undefined for a file that is broken. */
function unlessBroken<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof BrokenFile) return undefined;
    throw error;
  }
}

/** The rows that a shard stands for. */
export const slicesOf = (file: string, shard: Shard) =>
  shard.settings.map((setting, i) => ({
    dataset: shard.dataset,
    setting,
    block: shard.block,
    outputs: shard.outputs,
    file,
    start: shard.start + i * sliceBytes(shard),
    sha256: shard.sha256[i]!,
  }));

/** The set-aside rows of a block's part. */
export const setAsideOf = (part: number, { dataset, block, setAside }: Pick<Shard, 'dataset' | 'block' | 'setAside'>) =>
  setAside.map((entry, position): SetAsideRow => ({ dataset, block, part, position, entry }));

/** Whether a shard is what its name says, of this run. */
export function belongs(file: string, shard: Shard, record: RunRecord, identity: string): boolean {
  const place = shardPlace(file);
  return (
    place?.dataset === shard.dataset &&
    place.block === shard.block &&
    shard.run === identity &&
    shard.dims === record.extractor.dims &&
    shard.outputs <= record.block
  );
}

/**
 * What a run's database held, from the files themselves: slices and what was set aside from the trailers of shards (whose
 * features are not read), moments from their files. Times and results stand nowhere else, and are lost.
 */
export function rebuild(folder: string, record: RunRecord): Contents {
  const contents = new Contents();
  const identity = runIdentity(record);
  const shards = filesBelow(folder, 'features')
    .flatMap((file) => {
      const place = shardPlace(file);
      const shard = place && unlessBroken(() => readShard(join(folder, file)));
      return shard && belongs(file, shard, record, identity) ? [{ file, shard, part: place.part }] : [];
    })
    // Of two that hold the same, the later part was made because the earlier was broken, or too short.
    .sort((a, b) => a.part - b.part);
  for (const { file, shard, part } of shards)
    contents.apply({ slices: slicesOf(file, shard), setAside: [...shard.known, ...setAsideOf(part, shard)] });
  for (const file of filesBelow(folder, 'moments')) {
    const found = isMomentsFile(file) ? unlessBroken(() => readMoments(join(folder, file))) : undefined;
    const trailer = found?.trailer;
    if (!trailer || trailer.run !== identity) continue;
    const { dataset, setting, blocks, images, sha256, setAside } = trailer;
    contents.apply({ setAside });
    // An earlier one was left where a process ended before it was removed.
    if ((contents.moments(dataset, setting)?.images ?? 0) >= images) continue;
    contents.apply({ moments: [{ dataset, setting, blocks, images, file, sha256 }] });
  }
  // As when the moments were written: the features that they stand for do not count any more.
  for (const { dataset, setting, blocks } of contents.allMoments) {
    const gone = contents.slicesOf(dataset, setting).filter(({ block }) => block < blocks);
    contents.apply({ forgetSlices: gone });
  }
  return contents;
}
