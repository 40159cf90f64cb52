import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../core/errors.js';
import { plain } from '../core/plain.js';
import type { Features } from '../extract/features.js';
import type { SliceRow } from './contents.js';
import { isConfirmation } from './links.js';
import { runJsonPath } from './run-json.js';
import { BrokenFile } from './sealed-file.js';
import { readSlice } from './shard.js';

/** Bytes of slices that are held: a pass over a cell's rows reads each slice once. */
const HELD = 64 * 2 ** 20;

/** What is resumed to make files of a run again: finalists that are measured again are made by the run above them. */
function resumable(folder: string): string {
  const above = join(folder, '..', '..');
  return isConfirmation(folder) && existsSync(runJsonPath(above)) ? above : folder;
}

/** A file that is missing or damaged, to the user: with what makes it again. */
export function brokenInRun(error: unknown, folder: string): unknown {
  if (!(error instanceof BrokenFile)) return error;
  return new UserError(plain(`${error.path} ${error.why}. "fidsweep resume ${resumable(folder)}" makes it again.`));
}

/** Reads slices of a run's shards: each is checked when it is first read, and those last used are held. */
export class Slices {
  readonly #folder: string;
  readonly #dims: number;
  readonly #held = new Map<SliceRow, Float32Array>();
  readonly #checked = new WeakSet<SliceRow>();
  #bytes = 0;

  constructor(folder: string, dims: number) {
    this.#folder = folder;
    this.#dims = dims;
  }

  /** Outputs × d. Throws a UserError that names the file where it is not what was written. */
  get(row: SliceRow): Float32Array {
    let slice = this.#held.get(row);
    if (slice) this.#held.delete(row);
    else {
      slice = this.#read(row);
      this.#bytes += slice.byteLength;
    }
    // A map keeps the order in which keys were set: the first is the one that was used longest ago.
    this.#held.set(row, slice);
    for (const [oldest, { byteLength }] of this.#held) {
      if (this.#bytes <= HELD || oldest === row) break;
      this.#held.delete(oldest);
      this.#bytes -= byteLength;
    }
    return slice;
  }

  clear(): void {
    this.#held.clear();
    this.#bytes = 0;
  }

  #read(row: SliceRow): Float32Array {
    const hash = this.#checked.has(row) ? undefined : row.sha256;
    try {
      const slice = readSlice(join(this.#folder, row.file), row.start, row.outputs * this.#dims, hash);
      this.#checked.add(row);
      return slice;
    } catch (error) {
      throw brokenInRun(error, this.#folder);
    }
  }
}

/**
 * The first outputs of a cell as one set of features.
 *
 * @param block outputs of every slice but the last
 * @param slice the slice of a block; throws where there are no features of it
 */
export function blockedFeatures(
  count: number,
  dims: number,
  block: number,
  slice: (block: number) => Float32Array,
): Features {
  return {
    count,
    dims,
    rows(from, to) {
      if (!(from >= 0 && from <= to && to <= count)) throw new RangeError(`rows ${from} to ${to} of ${count}`);
      if (from === to) return new Float32Array();
      const first = Math.floor(from / block);
      const start = first * block;
      if (to <= start + block) return slice(first).subarray((from - start) * dims, (to - start) * dims);
      const out = new Float32Array((to - from) * dims);
      for (let at = from; at < to; ) {
        const index = Math.floor(at / block);
        const end = Math.min(to, (index + 1) * block);
        out.set(slice(index).subarray((at - index * block) * dims, (end - index * block) * dims), (at - from) * dims);
        at = end;
      }
      return out;
    },
  };
}
