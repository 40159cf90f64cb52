import { createHash, type Hash } from 'node:crypto';
import { UserError } from '../core/errors.js';
import type { Sample } from './training-layout.js';
import type { ShardRecord } from './training-record.js';

/** A shard that is being written: pictures are added to it in order until it is sealed. */
export interface TrainingShard {
  add(samples: readonly Sample[]): Promise<void>;
  /** Brings what was added to the disk. */
  sync(): Promise<void>;
  /** What was added so far, as bytes on the disk after a `sync`. */
  state(): ShardRecord;
  /** Ends it, on the disk, under its own name. */
  seal(): Promise<ShardRecord>;
  /** Lets go of it as it is. */
  close(): Promise<void>;
}

/** Counts and hashes what a shard holds. */
export class Tally {
  readonly #name: string;
  readonly #hash: Hash = createHash('sha256');
  #images = 0;
  #bytes = 0;

  constructor(name: string) {
    this.#name = name;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(data: Uint8Array): void {
    this.#hash.update(data);
    this.#bytes += data.length;
  }

  count(images: number): void {
    this.#images += images;
  }

  state(): ShardRecord {
    const sha256 = this.#hash.copy().digest('hex');
    return { name: this.#name, images: this.#images, bytes: this.#bytes, sha256 };
  }
}

/** What was written is not there any more. @param why what is wrong with it, as a sentence's end */
export const changed = (path: string, why: string): UserError =>
  new UserError(
    `${path}: ${why}. It was changed since it was written, so these images cannot be gone on with: begin again in another --output, or remove this folder.`,
  );
