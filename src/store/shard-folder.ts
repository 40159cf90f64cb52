import { readdirSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileError } from '../core/files.js';
import { readRegularFile } from '../core/regular-file.js';
import { makeDurableFolder } from './durable.js';
import { type Encoding, endingOf } from './encode-picture.js';
import { NO_FILE, writeNew } from './training-file.js';
import { pictureFile, pictureNames, type Sample } from './training-layout.js';
import type { ShardRecord } from './training-record.js';
import { changed, Tally, type TrainingShard } from './training-shard.js';

/** Files being brought to the disk at a time. */
const LANES = 8;

async function syncAll(paths: readonly string[], flags: 'r' | 'r+'): Promise<void> {
  let next = 0;
  const lane = async () => {
    for (let path = paths[next++]; path !== undefined; path = paths[next++]) {
      try {
        const file = await open(path, flags);
        try {
          await file.sync();
        } finally {
          await file.close();
        }
      } catch (error) {
        // Some file systems sync no folders (FUSE, network drives), and keep their entries in their own way.
        if (flags === 'r' && ['EINVAL', 'ENOTSUP', 'ENOSYS'].includes((error as NodeJS.ErrnoException).code ?? ''))
          continue;
        throw fileError(error, path);
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** Names of the pictures in a folder, in their order. */
const picturesIn = (folder: string, encoding: Encoding): string[] => {
  try {
    return readdirSync(folder)
      .filter((name) => /^img\d{8,}\.\w+$/.test(name) && name.endsWith(`.${endingOf(encoding)}`))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw changed(folder, 'it is missing');
    throw fileError(error, folder);
  }
};

/** What a picture holds. */
const bytesOf = (path: string): Uint8Array => readRegularFile(path, { name: path });

/** Refuses a folder that has not the pictures that it was sealed with, by their names and the sum of their bytes. */
export function checkFolder(root: string, encoding: Encoding, { name, images, bytes }: ShardRecord): void {
  const folder = join(root, name);
  const found = picturesIn(folder, encoding);
  if (found.length !== images) throw changed(folder, `it has ${found.length} images, expected ${images}`);
  const wanted = pictureNames(name, images, encoding);
  const missing = wanted.find((picture, i) => picture !== found[i]);
  if (missing !== undefined) throw changed(join(folder, missing), 'it is missing');
  let size = 0;
  for (const picture of found) {
    const stats = statSync(join(folder, picture), { throwIfNoEntry: false });
    if (!stats?.isFile()) throw changed(join(folder, picture), NO_FILE);
    size += stats.size;
  }
  if (size !== bytes) throw changed(folder, `its images have ${size} bytes, expected ${bytes}`);
}

/** The same, by their bytes; their names were compared before. */
export function checkFolderBytes(root: string, encoding: Encoding, shard: ShardRecord): void {
  const tally = new Tally(shard.name);
  for (const picture of pictureNames(shard.name, shard.images, encoding))
    tally.add(bytesOf(join(root, shard.name, picture)));
  if (tally.state().sha256 !== shard.sha256)
    throw changed(join(root, shard.name), 'its images are others than were written');
}

/** A shard that is a folder of up to a thousand pictures. */
export class FolderShard implements TrainingShard {
  readonly #path: string;
  readonly #encoding: Encoding;
  readonly #tally: Tally;
  #unsynced: string[] = [];

  private constructor(root: string, name: string, encoding: Encoding) {
    this.#path = join(root, name);
    this.#encoding = encoding;
    this.#tally = new Tally(name);
  }

  /**
   * Begins a folder, or goes on with one: pictures that `state` does not know of are written again.
   *
   * @throws UserError where what `state` tells of is not there
   */
  static async open(root: string, name: string, encoding: Encoding, state?: ShardRecord): Promise<FolderShard> {
    makeDurableFolder(root, name);
    const shard = new FolderShard(root, name, encoding);
    if (state?.images) await shard.#take(state);
    return shard;
  }

  async add(samples: readonly Sample[]): Promise<void> {
    const files = samples.map((sample) => pictureFile(sample, this.#encoding));
    await Promise.all(
      files.map(async ({ path, data }) => {
        const place = join(this.#path, basename(path));
        try {
          await writeNew(place, data);
        } catch (error) {
          throw fileError(error, place);
        }
        this.#unsynced.push(place);
      }),
    );
    for (const { data } of files) this.#tally.add(data);
    this.#tally.count(samples.length);
  }

  async sync(): Promise<void> {
    const paths = this.#unsynced;
    this.#unsynced = [];
    await syncAll(paths, 'r+');
    await syncAll([this.#path], 'r');
  }

  state(): ShardRecord {
    return this.#tally.state();
  }

  async seal(): Promise<ShardRecord> {
    await this.sync();
    return this.state();
  }

  async close(): Promise<void> {}

  async #take(state: ShardRecord): Promise<void> {
    const there = new Set(picturesIn(this.#path, this.#encoding));
    for (const name of pictureNames(state.name, state.images, this.#encoding)) {
      if (!there.has(name)) throw changed(join(this.#path, name), 'it is missing');
      this.#tally.add(bytesOf(join(this.#path, name)));
    }
    this.#tally.count(state.images);
    if (this.#tally.state().sha256 !== state.sha256)
      throw changed(this.#path, `its first ${state.images} images are others`);
  }
}
