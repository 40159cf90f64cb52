import { readdirSync, statSync } from 'node:fs';
import { open, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileError } from '../core/files.js';
import { makeDurableFolder } from './durable.js';
import { type Encoding, endingOf } from './encode-picture.js';
import { pictureFile, type Sample } from './training-layout.js';
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

/** The pictures of a folder, by their names: those that `index` says come first. */
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

/** Refuses a folder that has not the files that it was sealed with. Their bytes are counted, not read. */
export function checkSealedFolder(folder: string, encoding: Encoding, { images, bytes }: ShardRecord): void {
  const names = picturesIn(folder, encoding);
  if (names.length !== images) throw changed(folder, `it has ${names.length} images, expected ${images}`);
  const size = names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  if (size !== bytes) throw changed(folder, `its images have ${size} bytes, expected ${bytes}`);
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
          await writeFile(place, data);
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
    const names = picturesIn(this.#path, this.#encoding).slice(0, state.images);
    if (names.length < state.images)
      throw changed(this.#path, `it has ${names.length} images, expected at least ${state.images}`);
    for (const name of names) this.#tally.add(await readFile(join(this.#path, name)));
    this.#tally.count(state.images);
    if (this.#tally.state().sha256 !== state.sha256)
      throw changed(this.#path, `its first ${state.images} images are others`);
  }
}
