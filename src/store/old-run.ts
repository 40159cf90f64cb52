import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../core/errors.js';
import { npyHeader } from '../core/npy.js';
import { plain } from '../core/plain.js';
import type { Features } from '../extract/features.js';
import { type RunRecord, SCHEMA, type SetAside, type Timing } from './record.js';
import { BrokenFile, withFile } from './sealed-file.js';
import { onlyFirst } from './set-aside.js';
import { readSlice } from './shard.js';
import { blockedFeatures } from './slices.js';
import { REFERENCE_FILE, type RunReader, readStatisticsFile } from './stored-run.js';

/** Fields of `run.json` in schema 1 (fidsweep 0.1 and 0.2) that a record has no more, or has elsewhere. */
interface OldFields {
  readonly started?: string;
  readonly setAside?: readonly SetAside[];
  readonly seconds?: number;
  readonly baseRenders?: number;
}

/** The longest header of an array's first version. */
const LONGEST_HEAD = 10 + 0xffff;

/**
 * A run folder of schema 1, read only: `features/<data set>/block-NNNNN.npy` (float32, settings × outputs × d, every
 * setting in every file), without checksums. Its record is lifted to the schema of today.
 */
export class OldRun implements RunReader {
  readonly folder: string;
  readonly record: RunRecord;
  readonly setAside: readonly SetAside[];
  readonly #old: OldFields;
  readonly #starts = new Map<string, number>();
  /** The last slice that was read, as rows are asked for in order. */
  #last: { readonly key: string; readonly slice: Float32Array } | undefined;

  /** @param content of `run.json`, which is known to be a record (`faultOfOldRecord`) */
  constructor(folder: string, content: Readonly<Record<string, unknown>>) {
    const { started, setAside, seconds, baseRenders, ...kept } = content as OldFields & Record<string, unknown>;
    this.folder = folder;
    this.#old = {
      ...(started !== undefined && { started }),
      ...(seconds !== undefined && { seconds }),
      ...(baseRenders !== undefined && { baseRenders }),
    };
    this.setAside = onlyFirst(setAside ?? [], (entry) => entry);
    // What there was no choice of then.
    this.record = {
      ...(kept as unknown as RunRecord),
      schema: SCHEMA,
      strategy: { kind: 'grid', alpha: 0.05, tolerance: 0.01, complete: false },
      keep: 'features',
      flags: {},
    };
  }

  images(dataset: number, setting: string): number {
    const { settings, block, images } = this.record;
    if (!settings.includes(setting)) return 0;
    let blocks = 0;
    while (blocks * block < images && existsSync(this.#shard(dataset, blocks))) blocks++;
    return Math.min(blocks * block, images);
  }

  features(dataset: number, setting: string, images?: number): Features {
    const kept = this.images(dataset, setting);
    const count = images ?? kept;
    if (!(count >= 0 && count <= kept)) throw new RangeError(`${count} images of the ${kept} kept`);
    const { block, extractor, settings } = this.record;
    const place = settings.indexOf(setting);
    return blockedFeatures(count, extractor.dims, block, (index) => this.#slice(dataset, index, place));
  }

  moments(): undefined {}

  reference(): Uint8Array {
    return readStatisticsFile(this.folder, REFERENCE_FILE, this.record.reference);
  }

  selection(): undefined {}

  timing(): Timing {
    const { started, seconds = 0, baseRenders = 0 } = this.#old;
    return { ...(started !== undefined && { started }), seconds, baseRenders, images: 0, inferenceMs: 0, cells: [] };
  }

  /** Its scores are those of a report that said less: they are computed again. */
  result(): undefined {}

  close(): void {
    this.#last = undefined;
  }

  #shard(dataset: number, block: number): string {
    return join(this.folder, 'features', String(dataset), `block-${String(block).padStart(5, '0')}.npy`);
  }

  #slice(dataset: number, block: number, place: number): Float32Array {
    const { block: size, images, extractor } = this.record;
    const path = this.#shard(dataset, block);
    const key = `${path} ${place}`;
    if (this.#last?.key === key) return this.#last.slice;
    try {
      const values = Math.min(size, images - block * size) * extractor.dims;
      const slice = readSlice(path, this.#start(path, block) + place * 4 * values, values);
      this.#last = { key, slice };
      return slice;
    } catch (error) {
      if (!(error instanceof BrokenFile)) throw error;
      throw new UserError(
        plain(`${error.path} ${error.why}. The run was made by fidsweep 0.2 or older: it cannot be made again here.`),
      );
    }
  }

  /** Where the slices of a shard begin; throws a BrokenFile unless it has the shape and the length that it must have. */
  #start(path: string, block: number): number {
    const known = this.#starts.get(path);
    if (known !== undefined) return known;
    const { block: size, images, extractor, settings } = this.record;
    const shape = [settings.length, Math.min(size, images - block * size), extractor.dims];
    const start = withFile(path, (file) => {
      const bad = (why: string) => new BrokenFile(path, why);
      let header: ReturnType<typeof npyHeader>;
      try {
        header = npyHeader(file.read(0, Math.min(file.size, LONGEST_HEAD)), path);
      } catch {
        throw bad('is not a shard of features');
      }
      if (header.descr !== '<f4' || header.fortran || header.shape.join() !== shape.join())
        throw bad(`is not a shard of ${shape.join(' × ')} features`);
      const length = header.start + 4 * shape.reduce((product, n) => product * n, 1);
      if (file.size < length) throw bad(`is cut off: ${file.size} bytes, expected ${length}`);
      return header.start;
    });
    this.#starts.set(path, start);
    return start;
  }
}
