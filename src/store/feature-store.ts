import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf, UserError } from '../core/errors.js';
import type { Features } from '../extract/features.js';

/** Values that are held in memory (32 MiB); what is more goes to a file. */
const HELD = 8 * 1024 ** 2;

/** A full disk in the user's words. */
function full(error: unknown, dims: number): UserError | undefined {
  if (!['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
  return new UserError(
    `${tmpdir()}: the disk is full: features are kept there while they are measured, ${4 * dims} bytes an image. Free some space, or name another folder in TMPDIR.`,
  );
}

/**
 * Features put down row by row, in any order, and read back: in memory while they are few, else in a file of the system's
 * temporary folder (TMPDIR) that has no name, so that nothing of it outlives the process. Memory stays flat.
 */
export class FeatureStore implements Features {
  readonly dims: number;
  #count = 0;
  #held = new Float32Array(0);
  #file: number | undefined;

  constructor(dims: number) {
    this.dims = dims;
  }

  /** One more than the highest row that was written. */
  get count(): number {
    return this.#count;
  }

  /** Puts features (rows × d, row-major) down as the rows of these numbers. */
  write(rows: readonly number[], features: Float32Array): void {
    if (features.length !== rows.length * this.dims)
      throw new Error(`${features.length} values for ${rows.length} rows of ${this.dims}`);
    const bad = rows.find((row) => !Number.isSafeInteger(row) || row < 0);
    if (bad !== undefined) throw new RangeError(`row ${bad}`);
    this.#count = rows.reduce((most, row) => Math.max(most, row + 1), this.#count);
    if (this.#file === undefined && this.#count * this.dims > HELD) this.#spill();
    if (this.#file === undefined) this.#grow();
    for (const [i, row] of rows.entries()) {
      const values = features.subarray(i * this.dims, (i + 1) * this.dims);
      if (this.#file === undefined) this.#held.set(values, row * this.dims);
      else this.#put(values, row);
    }
  }

  rows(from: number, to: number): Float32Array {
    if (!(from >= 0 && from <= to && to <= this.#count))
      throw new RangeError(`rows ${from} to ${to} of ${this.#count}`);
    if (this.#file === undefined) return this.#held.subarray(from * this.dims, to * this.dims);
    const out = new Float32Array((to - from) * this.dims);
    const bytes = new Uint8Array(out.buffer);
    for (let done = 0; done < bytes.length; ) {
      // One call reads less than 2 GiB.
      const length = Math.min(bytes.length - done, 2 ** 30);
      const read = readSync(this.#file, bytes, done, length, from * this.dims * 4 + done);
      if (!read) throw new Error(`the temporary file of features ends at row ${from}`);
      done += read;
    }
    return out;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#held = new Float32Array(0);
    this.#count = 0;
  }

  #grow(): void {
    const needed = this.#count * this.dims;
    if (needed <= this.#held.length) return;
    const larger = new Float32Array(Math.min(HELD, Math.max(needed, 2 * this.#held.length, 64 * this.dims)));
    larger.set(this.#held);
    this.#held = larger;
  }

  #spill(): void {
    const path = join(tmpdir(), `fidsweep-features-${randomUUID()}`);
    try {
      this.#file = openSync(path, 'wx+', 0o600);
      rmSync(path);
    } catch (error) {
      throw full(error, this.dims) ?? new UserError(`Temporary folder ${tmpdir()} (TMPDIR): ${messageOf(error)}.`);
    }
    this.#put(this.#held, 0);
    this.#held = new Float32Array(0);
  }

  #put(values: Float32Array, row: number): void {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    try {
      for (let done = 0; done < bytes.length; )
        done += writeSync(this.#file!, bytes, done, bytes.length - done, row * this.dims * 4 + done);
    } catch (error) {
      throw full(error, this.dims) ?? error;
    }
  }
}
