import { join } from 'node:path';
import { messageOf, UserError } from '../core/errors.js';
import { readRegularFile } from '../core/regular-file.js';
import type { Features } from '../extract/features.js';
import { sha256 } from './canonical.js';
import type { Contents } from './contents.js';
import { readMoments } from './moments-file.js';
import type { ReferenceRecord, RunRecord, SetAside, Timing } from './record.js';
import { BrokenFile } from './sealed-file.js';
import { onlyFirst } from './set-aside.js';
import { readShard } from './shard.js';
import { blockedFeatures, brokenInRun, Slices } from './slices.js';

/** What a report needs of a run folder, old or new. */
export interface RunReader {
  readonly folder: string;
  /** That of an old folder is lifted to the schema of today. */
  readonly record: RunRecord;
  /** What was found damaged when it was opened, and what became of it. */
  readonly notes?: readonly string[];
  /**
   * Outputs kept of a cell: whole blocks, contiguous from the first, and the last, shorter one when `record.images` ends
   * in it. Those that moments stand for count.
   */
  images(dataset: number, setting: string): number;
  /**
   * The first `images` rows of a cell (by default all that are kept). Every slice is checked against its SHA-256 when it
   * is first read: one that is not what was written is a UserError that names its file, and so are rows of which only the
   * moments were kept.
   */
  features(dataset: number, setting: string, images?: number): Features;
  /** The moments that stand for a cell's first outputs, checked as they are read; undefined where none were kept. */
  moments(dataset: number, setting: string): { readonly images: number; readonly bytes: Uint8Array } | undefined;
  /** The bytes of `reference.npz`, checked. Throws a UserError. */
  reference(): Uint8Array;
  /** Those of `selection.npz`, where settings are chosen on a part of the reference of their own. */
  selection(): Uint8Array | undefined;
  /** Each program or file once, in the order of data sets, blocks and places. */
  readonly setAside: readonly SetAside[];
  /** Undefined where the database that held it was lost. */
  timing(): Timing | undefined;
  /** What `writeResult` kept under a key; undefined when there is nothing. */
  result(key: string): unknown;
  close(): void;
}

export const REFERENCE_FILE = 'reference.npz';
export const SELECTION_FILE = 'selection.npz';

/** The bytes of a statistics file of a run folder, as they were when it was made. */
export function readStatisticsFile(folder: string, name: string, record: ReferenceRecord): Uint8Array {
  const path = join(folder, name);
  const bytes = readRegularFile(path, { name: path });
  if (sha256(bytes) !== record.sha256)
    throw new UserError(
      `${path} is damaged: it does not match its SHA-256 (${record.sha256}). Put the file back that the run was started with.`,
    );
  return bytes;
}

/** A run folder by its record and its database's contents. */
export class StoredRun implements RunReader {
  readonly folder: string;
  protected readonly contents: Contents;
  #record: RunRecord;
  #notes: readonly string[];
  readonly #slices: Slices;

  constructor(folder: string, record: RunRecord, contents: Contents, notes: readonly string[]) {
    this.folder = folder;
    this.contents = contents;
    this.#record = record;
    this.#notes = notes;
    this.#slices = new Slices(folder, record.extractor.dims);
  }

  get record(): RunRecord {
    return this.#record;
  }

  protected set record(record: RunRecord) {
    this.#record = record;
  }

  get notes(): readonly string[] {
    return this.#notes;
  }

  /** Outputs that a block is to have. */
  protected outputsOf(block: number): number {
    return Math.min(this.record.block, this.record.images - block * this.record.block);
  }

  /** Whether all outputs that a block is to have are kept of a cell: a short block no longer counts when images grew. */
  has(dataset: number, setting: string, block: number): boolean {
    const outputs = this.outputsOf(block);
    if (outputs <= 0) return false;
    const moments = this.contents.moments(dataset, setting);
    if (moments && moments.images >= block * this.record.block + outputs) return true;
    return (this.contents.slice(dataset, setting, block)?.outputs ?? 0) >= outputs;
  }

  images(dataset: number, setting: string): number {
    const { block, images } = this.record;
    let blocks = 0;
    while (this.has(dataset, setting, blocks)) blocks++;
    return Math.min(blocks * block, images);
  }

  features(dataset: number, setting: string, images?: number): Features {
    const { block, extractor } = this.record;
    const kept = this.images(dataset, setting);
    const count = images ?? kept;
    if (!(count >= 0 && count <= kept)) throw new RangeError(`${count} images of the ${kept} kept`);
    return blockedFeatures(count, extractor.dims, block, (index) => {
      const row = this.contents.slice(dataset, setting, index);
      if (row) return this.#slices.get(row);
      const name = this.record.datasets[dataset]?.name;
      throw new UserError(
        `${this.folder}: of ${setting} on ${name} only the moments were kept of block ${index}, not the features.`,
      );
    });
  }

  moments(dataset: number, setting: string): { readonly images: number; readonly bytes: Uint8Array } | undefined {
    const row = this.contents.moments(dataset, setting);
    if (!row) return undefined;
    const path = join(this.folder, row.file);
    try {
      const { trailer, bytes } = readMoments(path);
      if (trailer.sha256 !== row.sha256) throw new BrokenFile(path, 'is not the file that was written');
      return { images: row.images, bytes };
    } catch (error) {
      throw brokenInRun(error, this.folder);
    }
  }

  reference(): Uint8Array {
    return readStatisticsFile(this.folder, REFERENCE_FILE, this.record.reference);
  }

  selection(): Uint8Array | undefined {
    const { selection } = this.record;
    return selection && readStatisticsFile(this.folder, SELECTION_FILE, selection);
  }

  /** Ids that were set aside in a data set by the time a block of a cell was made: none of them is in its images. */
  unusableAt(dataset: number, setting: string, block: number): ReadonlySet<string> {
    const slice = this.contents.slice(dataset, setting, block);
    // Of what only moments stand for, the block in which each was found says nearly as much.
    const rows = slice
      ? undefined
      : this.contents.setAside.filter((row) => row.dataset === dataset && row.block <= block).map(({ entry }) => entry);
    if (rows) return new Set(rows.map(({ id }) => id));
    try {
      const { known, setAside } = readShard(join(this.folder, slice!.file));
      return new Set([...known.map(({ entry }) => entry), ...setAside].map(({ id }) => id));
    } catch (error) {
      throw brokenInRun(error, this.folder);
    }
  }

  get setAside(): readonly SetAside[] {
    return onlyFirst(this.contents.setAside, ({ entry }) => entry).map(({ entry }) => entry);
  }

  timing(): Timing | undefined {
    const { totals, timing } = this.contents;
    return totals && { ...totals, cells: timing };
  }

  result(key: string): unknown {
    const json = this.contents.result(key);
    if (json === undefined) return undefined;
    try {
      return JSON.parse(json);
    } catch (error) {
      throw new Error(`result ${key}: ${messageOf(error)}`);
    }
  }

  close(): void {
    this.#slices.clear();
  }
}
