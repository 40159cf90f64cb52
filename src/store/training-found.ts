import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, UserError } from '../core/errors.js';
import { readRegularFile } from '../core/regular-file.js';
import { LOCK_FILES } from './lock.js';
import { checkFolder } from './shard-folder.js';
import { faultOfJournal, faultOfManifest } from './training-fault.js';
import { entryAt, NO_FILE, removeFile } from './training-file.js';
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

/** @param faultOf what is wrong with what the file says */
function readOwn<T extends Journal | TrainingManifest>(
  folder: string,
  name: string,
  faultOf: (found: Readonly<Record<string, unknown>>) => string | undefined,
): T | undefined {
  const path = join(folder, name);
  if (!entryAt(path)) return undefined;
  const text = readRegularFile(path, { name: path }).toString();
  let found: Partial<T>;
  try {
    found = JSON.parse(text) as Partial<T>;
  } catch (error) {
    throw new UserError(`${path}: ${messageOf(error)}. Choose another --output.`);
  }
  if (found?.kind !== KIND) throw foreign(folder, name);
  if (found.version !== VERSION)
    throw new UserError(
      `${path}: it is of another version of fidsweep (${String(found.version)}). Choose another --output.`,
    );
  const fault = faultOf(found as Readonly<Record<string, unknown>>);
  if (fault !== undefined) throw changed(path, fault);
  return found as T;
}

export const readJournal = (folder: string): Journal | undefined => readOwn<Journal>(folder, JOURNAL, faultOfJournal);

const foreign = (folder: string, name: string): UserError =>
  new UserError(`"${folder}" holds "${name}", which is not of a "fidsweep render". Choose another --output.`);

/**
 * What a folder holds: nothing, a part of a set of images, or all of it.
 *
 * @throws UserError for what is not of a `fidsweep render`; `checkWhole` tells whether the images of a whole set are there
 */
export function findTraining(folder: string): Found {
  if (!existsSync(folder)) return { kind: 'new' };
  if (!statSync(folder).isDirectory()) throw new UserError(`"${folder}" is a file, expected a folder for --output.`);
  // What would be written through to another place, or waited for.
  const strange = [JOURNAL, MANIFEST, ...LOCK_FILES].find((name) => entryAt(join(folder, name))?.isFile() === false);
  if (strange !== undefined) throw foreign(folder, strange);
  const manifest = readOwn<TrainingManifest>(folder, MANIFEST, faultOfManifest);
  if (manifest) {
    const { kind: _, version: __, setAside: ___, bytes: ____, shards: _____, ...record } = manifest;
    return { kind: 'whole', record, manifest };
  }
  const journal = readJournal(folder);
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

/** Refuses a shard that is gone, or of another size; of a folder, one with other files. Their bytes are not read. */
export function checkThere(folder: string, record: TrainingRecord, shard: ShardRecord): void {
  if (record.format === 'folder') {
    checkFolder(folder, record.encoding, shard);
    return;
  }
  const path = join(folder, shard.name);
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw changed(path, 'it is missing');
  if (!found.isFile()) throw changed(path, NO_FILE);
  if (found.size !== shard.bytes) throw changed(path, `it has ${found.size} bytes, expected ${shard.bytes}`);
}

/** Refuses a whole set of images that is not whole any more, as `checkThere` tells. */
export function checkWhole(folder: string, manifest: TrainingManifest): void {
  for (const shard of manifest.shards) checkThere(folder, manifest, shard);
}

/**
 * Removes what only making the images needed, once the manifest says that they are whole: a lock, too. Who holds one then
 * finds them whole and writes nothing.
 */
export function tidyTraining(folder: string): void {
  for (const name of readdirSync(folder))
    if (name === JOURNAL || (LOCK_FILES as readonly string[]).includes(name) || TEMPORARY.test(name))
      removeFile(join(folder, name));
}
