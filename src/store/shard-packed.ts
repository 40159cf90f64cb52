import { renameSync } from 'node:fs';
import { type FileHandle, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '../core/files.js';
import type { Encoding } from './encode-picture.js';
import { TAR_END, tarEntry, tarEntryBytes } from './tar-entries.js';
import { entryAt, openNew, openOld } from './training-file.js';
import { pictureFile, type Sample, webdatasetFiles } from './training-layout.js';
import type { ShardRecord } from './training-record.js';
import { changed, Tally, type TrainingShard } from './training-shard.js';
import { ZipEntries } from './zip-entries.js';

type Read = (from: number, length: number) => Promise<Uint8Array>;

/** How samples are put into one file. */
interface Packing {
  add(sample: Sample): Uint8Array[];
  end(): Uint8Array[];
  /** Takes up an archive that was cut: what its end will need of `bytes` that are there. Its samples; nothing where they are not its own. */
  resume(read: Read, bytes: number): Promise<number | undefined>;
}

/** A picture, and what is told of it. */
const FILES_A_SAMPLE = 2;

const tarPacking = (encoding: Encoding): Packing => ({
  add: (sample) => webdatasetFiles(sample, encoding).flatMap(({ path, data }) => tarEntry(path, data)),
  end: () => [TAR_END],
  async resume(read, bytes) {
    let [offset, files] = [0, 0];
    for (; offset < bytes; files++) {
      const entry = tarEntryBytes(await read(offset, HEAD));
      if (entry === undefined) return undefined;
      offset += entry;
    }
    return offset === bytes ? files / FILES_A_SAMPLE : undefined;
  },
});

function zipPacking(encoding: Encoding): Packing {
  const entries = new ZipEntries();
  return {
    add(sample) {
      const { path, data } = pictureFile(sample, encoding);
      return entries.add(path, data);
    },
    end: () => entries.end(),
    async resume(read, bytes) {
      while (entries.offset < bytes) if (!entries.resume(await read(entries.offset, HEAD))) return undefined;
      return entries.offset === bytes ? entries.count : undefined;
    },
  };
}

/** Bytes in which an entry's header and its name lie. */
const HEAD = 512;
const CHUNK = 1024 ** 2;

/** What a shard is called until it is whole, so that nobody reads half of one. */
export const partOf = (name: string): string => `${name}.part`;

/** A shard that is one file: `.tar` or `.zip`. */
export class PackedShard implements TrainingShard {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #packing: Packing;
  readonly #tally: Tally;

  private constructor(path: string, file: FileHandle, packing: Packing, tally: Tally) {
    this.#path = path;
    this.#file = file;
    this.#packing = packing;
    this.#tally = tally;
  }

  /**
   * Begins a shard, or goes on with one: what lies behind `state` is cut off.
   *
   * @throws UserError where what `state` tells of is not there
   */
  static async open(
    folder: string,
    name: string,
    format: 'webdataset' | 'zip',
    encoding: Encoding,
    state?: ShardRecord,
  ): Promise<PackedShard> {
    const path = join(folder, name);
    const packing = format === 'zip' ? zipPacking(encoding) : tarPacking(encoding);
    const tally = new Tally(name);
    try {
      if (!state?.bytes) return new PackedShard(path, await openNew(partOf(path)), packing, tally);
      // It was sealed, and the journal does not know of it.
      if (!entryAt(partOf(path)) && entryAt(path)) renameSync(path, partOf(path));
      const file = await openOld(partOf(path), 'r+');
      try {
        await take(file, partOf(path), packing, tally, state);
        return new PackedShard(path, file, packing, tally);
      } catch (error) {
        await file.close();
        throw error;
      }
    } catch (error) {
      throw fileError(error, path);
    }
  }

  async add(samples: readonly Sample[]): Promise<void> {
    await this.#append(samples.flatMap((sample) => this.#packing.add(sample)));
    this.#tally.count(samples.length);
  }

  async sync(): Promise<void> {
    try {
      await this.#file.datasync();
    } catch (error) {
      throw fileError(error, partOf(this.#path));
    }
  }

  state(): ShardRecord {
    return this.#tally.state();
  }

  async seal(): Promise<ShardRecord> {
    await this.#append(this.#packing.end());
    await this.sync();
    await this.#file.close();
    try {
      await rename(partOf(this.#path), this.#path);
    } catch (error) {
      throw fileError(error, this.#path);
    }
    return this.state();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #append(parts: readonly Uint8Array[]): Promise<void> {
    const bytes = Buffer.concat(parts);
    const from = this.#tally.bytes;
    try {
      for (let done = 0; done < bytes.length; ) {
        done += (await this.#file.write(bytes, done, bytes.length - done, from + done)).bytesWritten;
      }
    } catch (error) {
      throw fileError(error, partOf(this.#path));
    }
    this.#tally.add(bytes);
  }
}

/** Bytes of a file; fewer at its end. */
const readerOf =
  (file: FileHandle): Read =>
  async (from, length) => {
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await file.read(bytes, 0, length, from);
    return bytes.subarray(0, bytesRead);
  };

/** The same, by a window that is moved on: headers that lie near one another are read together. */
function ahead(read: Read): Read {
  let window: Uint8Array = new Uint8Array();
  let start = 0;
  return async (from, length) => {
    if (from < start || from + length > start + window.length) [window, start] = [await read(from, CHUNK), from];
    return window.subarray(from - start, from - start + length);
  };
}

/** Reads the first bytes of a file into a tally, which must come to what `state` says. */
async function compare(read: Read, path: string, tally: Tally, state: ShardRecord): Promise<void> {
  while (tally.bytes < state.bytes) {
    const bytes = await read(tally.bytes, Math.min(CHUNK, state.bytes - tally.bytes));
    if (!bytes.length) throw changed(path, `it ends after ${tally.bytes} bytes`);
    tally.add(bytes);
  }
  tally.count(state.images);
  if (tally.state().sha256 !== state.sha256) throw changed(path, `its first ${state.bytes} bytes are others`);
}

/** Takes up what a shard holds: reads it whole, compares it with the journal and cuts off what the journal does not know. */
async function take(file: FileHandle, path: string, packing: Packing, tally: Tally, state: ShardRecord): Promise<void> {
  const { size } = await file.stat();
  if (size < state.bytes) throw changed(path, `it has ${size} bytes, expected at least ${state.bytes}`);
  const read = readerOf(file);
  await compare(read, path, tally, state);
  const images = await packing.resume(ahead(read), state.bytes);
  if (images === undefined) throw changed(path, 'its entries cannot be read');
  if (images !== state.images) throw changed(path, `it has ${images} images, expected ${state.images}`);
  await file.truncate(state.bytes);
}

/** Refuses a sealed shard whose bytes are others than it was sealed with; its size was compared before. */
export async function checkPacked(folder: string, shard: ShardRecord): Promise<void> {
  const path = join(folder, shard.name);
  const file = await openOld(path, 'r');
  try {
    await compare(readerOf(file), path, new Tally(shard.name), shard);
  } finally {
    await file.close();
  }
}
