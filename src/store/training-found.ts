import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, UserError } from '../core/errors.js';
import { FolderLock, LOCK_FILES } from './lock.js';
import type { LeftOut, ShardRecord, TrainingRecord } from './training-record.js';
import { changed } from './training-shard.js';

export const JOURNAL = 'progress.json';
export const MANIFEST = 'manifest.json';
export const KIND = 'fidsweep images for training';
export const VERSION = 1;

/** Halves of files that are written in one go, of a process that was killed. */
export const TEMPORARY = /^(progress|manifest|lock)\.json\.\d+\.tmp$/;

/** What `progress.json` says: everything up to here is on the disk. */
export interface Journal {
  readonly kind: typeof KIND;
  readonly version: typeof VERSION;
  readonly record: TrainingRecord;
  readonly shards: readonly ShardRecord[];
  /** The shard that is being written. */
  readonly current?: ShardRecord;
  readonly setAside: readonly LeftOut[];
}

/** What `manifest.json` says: nothing in it hangs on when, where or in how many goes the images were made. */
export interface TrainingManifest extends TrainingRecord {
  readonly kind: typeof KIND;
  readonly version: typeof VERSION;
  readonly setAside: readonly LeftOut[];
  readonly bytes: number;
  readonly shards: readonly ShardRecord[];
}

/** What a folder holds. */
export type Found =
  | { readonly kind: 'new' }
  | {
      readonly kind: 'part';
      readonly record: TrainingRecord;
      readonly images: number;
      readonly setAside: readonly LeftOut[];
    }
  | { readonly kind: 'whole'; readonly record: TrainingRecord; readonly manifest: TrainingManifest };

export const sum = (shards: readonly ShardRecord[], what: 'images' | 'bytes'): number =>
  shards.reduce((total, shard) => total + shard[what], 0);

const imagesOf = ({ shards, current }: Journal): number => sum(shards, 'images') + (current?.images ?? 0);

export function readOwn<T extends Journal | TrainingManifest>(folder: string, name: string): T | undefined {
  const path = join(folder, name);
  if (!existsSync(path)) return undefined;
  let found: Partial<T>;
  try {
    found = JSON.parse(readFileSync(path, 'utf8')) as Partial<T>;
  } catch (error) {
    throw new UserError(`${path}: ${messageOf(error)}. Choose another --output.`);
  }
  if (found?.kind !== KIND) throw foreign(folder, name);
  if (found.version !== VERSION)
    throw new UserError(`${path}: it is of another version of fidsweep (${found.version}). Choose another --output.`);
  return found as T;
}

const foreign = (folder: string, name: string): UserError =>
  new UserError(`"${folder}" holds "${name}", which is not of a "fidsweep render". Choose another --output.`);

/**
 * What a folder holds: nothing, a part of a set of images, or all of it.
 *
 * @throws UserError for what is not of a `fidsweep render`, and for a whole set that is not whole any more
 */
export function findTraining(folder: string): Found {
  if (!existsSync(folder)) return { kind: 'new' };
  if (!statSync(folder).isDirectory()) throw new UserError(`"${folder}" is a file, expected a folder for --output.`);
  const manifest = readOwn<TrainingManifest>(folder, MANIFEST);
  if (manifest) {
    const { kind: _, version: __, setAside: ___, bytes: ____, shards, ...record } = manifest;
    for (const shard of shards) checkThere(folder, record, shard);
    return { kind: 'whole', record, manifest };
  }
  const journal = readOwn<Journal>(folder, JOURNAL);
  if (journal) {
    const { record, setAside } = journal;
    return { kind: 'part', record, images: imagesOf(journal), setAside };
  }
  const stray = readdirSync(folder).find(
    (name) => !(LOCK_FILES as readonly string[]).includes(name) && !TEMPORARY.test(name),
  );
  if (stray !== undefined) throw foreign(folder, stray);
  return { kind: 'new' };
}

/** Refuses a shard that is gone, or of another size where it is a file. */
export function checkThere(folder: string, { format }: TrainingRecord, { name, bytes }: ShardRecord): void {
  const path = join(folder, name);
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw changed(path, 'it is missing');
  if (format !== 'folder' && found.size !== bytes) throw changed(path, `it has ${found.size} bytes, expected ${bytes}`);
}

/** Removes what only making the images needed; from then on the manifest says that they are whole. */
export function tidyTraining(folder: string): void {
  const needless = readdirSync(folder).filter(
    (name) => name === JOURNAL || (LOCK_FILES as readonly string[]).includes(name) || TEMPORARY.test(name),
  );
  if (!needless.length) return;
  FolderLock.check(folder);
  for (const name of needless) rmSync(join(folder, name), { force: true });
}
