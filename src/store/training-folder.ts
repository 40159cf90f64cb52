import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../core/errors.js';
import { fileError, makeFolder } from '../core/files.js';
import { exactJson } from './canonical.js';
import { writeDurably } from './durable.js';
import { FolderLock } from './lock.js';
import { checkFolderBytes, FolderShard } from './shard-folder.js';
import { checkPacked, PackedShard, partOf } from './shard-packed.js';
import { removeFile } from './training-file.js';
import {
  checkThere,
  findTraining,
  JOURNAL,
  type Journal,
  KIND,
  MANIFEST,
  readJournal,
  sum,
  TEMPORARY,
  type TrainingManifest,
  tidyTraining,
  VERSION,
} from './training-found.js';
import { FOLDER_IMAGES, type Sample, shardName } from './training-layout.js';
import { checkSameTraining, type LeftOut, type ShardRecord, type TrainingRecord } from './training-record.js';
import type { TrainingShard } from './training-shard.js';

export interface OpenOptions {
  /** What is known to be unusable from the start. */
  readonly setAside?: readonly LeftOut[];
  /** Hears how many images of sealed shards were read again, of how many, where a set is gone on with. */
  readonly onChecked?: (done: number, total: number) => void;
}

/**
 * A folder of images for training, open for writing by this process alone until it is closed: shards, and
 * `progress.json`, which tells of what is on the disk and nothing else. After a crash at any moment it is gone on with
 * from there, to the same bytes. When all images are there, `manifest.json` takes its place.
 */
export class TrainingFolder {
  readonly record: TrainingRecord;
  readonly #folder: string;
  readonly #lock: FolderLock;
  #shards: ShardRecord[];
  #current: TrainingShard | undefined;
  #setAside: Map<string, LeftOut>;

  private constructor(folder: string, lock: FolderLock, record: TrainingRecord, journal?: Journal) {
    this.#folder = folder;
    this.#lock = lock;
    this.record = record;
    this.#shards = [...(journal?.shards ?? [])];
    this.#setAside = new Map(journal?.setAside.map((one) => [one.id, one]));
  }

  /**
   * Begins the images of `record`, or goes on with them.
   *
   * @throws UserError where others are there, they were changed, or another process is at work
   */
  static async open(
    folder: string,
    record: TrainingRecord,
    { setAside = [], onChecked }: OpenOptions = {},
  ): Promise<TrainingFolder> {
    try {
      makeFolder(folder);
    } catch (error) {
      throw fileError(error, folder);
    }
    const lock = FolderLock.take(folder);
    try {
      // Again, now that nobody else is at work.
      const found = findTraining(folder);
      if (found.kind === 'whole') throw new UserError(`"${folder}": another process has just finished it.`);
      for (const name of readdirSync(folder).filter((name) => TEMPORARY.test(name))) removeFile(join(folder, name));
      if (found.kind === 'new') {
        const made = new TrainingFolder(folder, lock, record);
        for (const one of setAside) made.#setAside.set(one.id, one);
        made.#writeJournal();
        return made;
      }
      checkSameTraining(folder, found.record, record);
      const journal = readJournal(folder)!;
      const gone = new TrainingFolder(folder, lock, found.record, journal);
      await gone.#takeUp(journal, onChecked);
      return gone;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Images that are there: the index of the next. */
  get images(): number {
    return sum(this.#shards, 'images') + (this.#current?.state().images ?? 0);
  }

  get bytes(): number {
    return sum(this.#shards, 'bytes') + (this.#current?.state().bytes ?? 0);
  }

  get setAside(): readonly LeftOut[] {
    return [...this.#setAside.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /**
   * Adds the images that come next.
   *
   * @param setAside what was found unusable while they were made
   */
  async add(samples: readonly Sample[], setAside: readonly LeftOut[] = []): Promise<void> {
    if (samples[0] && samples[0].index !== this.images)
      throw new Error(`image ${samples[0].index} after ${this.images}`);
    for (const one of setAside) if (!this.#setAside.has(one.id)) this.#setAside.set(one.id, one);
    for (let rest = samples; rest.length; ) {
      this.#current ??= await this.#begin();
      const room = this.record.shardImages - this.#current.state().images;
      await this.#current.add(rest.slice(0, room));
      if (rest.length >= room) await this.#seal();
      rest = rest.slice(room);
    }
  }

  /** Brings what was added to the disk and notes it down: a later process goes on from here. */
  async commit(): Promise<void> {
    await this.#current?.sync();
    this.#writeJournal();
  }

  /** Ends the last shard and writes the manifest. */
  async finish(): Promise<TrainingManifest> {
    if (this.images !== this.record.images) throw new Error(`${this.images} of ${this.record.images} images`);
    if (this.#current) await this.#seal();
    const { record, setAside } = this;
    const shards = this.#shards;
    const manifest: TrainingManifest = {
      kind: KIND,
      version: VERSION,
      ...record,
      setAside,
      bytes: sum(shards, 'bytes'),
      shards,
    };
    writeDurably(join(this.#folder, MANIFEST), `${JSON.stringify(JSON.parse(exactJson(manifest)), null, 2)}\n`);
    await this.close();
    tidyTraining(this.#folder);
    return manifest;
  }

  /** Lets go of the folder as it is. What was not committed is made again. */
  async close(): Promise<void> {
    const current = this.#current;
    this.#current = undefined;
    await current?.close().catch(() => {});
    this.#lock.release();
  }

  async #begin(state?: ShardRecord): Promise<TrainingShard> {
    const { format, encoding } = this.record;
    const name = shardName(format, this.#shards.length);
    if (format === 'folder') return FolderShard.open(this.#folder, name, encoding, state);
    return PackedShard.open(this.#folder, name, format, encoding, state);
  }

  async #seal(): Promise<void> {
    const current = this.#current!;
    this.#shards.push(await current.seal());
    this.#current = undefined;
    this.#writeJournal();
  }

  #writeJournal(): void {
    const { record, setAside } = this;
    const current = this.#current?.state();
    const journal: Journal = {
      kind: KIND,
      version: VERSION,
      record,
      shards: this.#shards,
      ...(current && { current }),
      setAside,
    };
    writeDurably(join(this.#folder, JOURNAL), `${exactJson(journal)}\n`);
  }

  /** Checks what the journal tells of, opens the shard at hand and removes what was written after it. */
  async #takeUp({ shards, current, record }: Journal, onChecked?: OpenOptions['onChecked']): Promise<void> {
    const { format, encoding } = record;
    // What is quickly told first.
    for (const shard of shards) checkThere(this.#folder, record, shard);
    const all = sum(shards, 'images');
    let checked = 0;
    for (const shard of shards) {
      if (format === 'folder') checkFolderBytes(this.#folder, encoding, shard);
      else await checkPacked(this.#folder, shard);
      checked += shard.images;
      onChecked?.(checked, all);
    }
    if (format !== 'folder') {
      const [next, after] = [0, 1].map((ahead) => shardName(format, shards.length + ahead));
      const needless = [partOf(after!), after!, ...(current ? [] : [next!, partOf(next!)])];
      for (const name of needless) removeFile(join(this.#folder, name));
    }
    if (current) this.#current = await this.#begin(current);
  }
}

/** Images a shard of a format; a folder's are fixed. */
export const shardImagesOf = (format: TrainingRecord['format'], asked = 10_000): number =>
  format === 'folder' ? FOLDER_IMAGES : asked;
