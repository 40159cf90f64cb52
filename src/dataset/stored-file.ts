import { closeSync, constants, fstatSync, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { messageOf, UserError } from '../core/errors.js';

const readAt = promisify(read);

/** A file that is read by place, never as a whole. */
export class StoredFile {
  /** As messages call it. */
  readonly name: string;
  readonly size: number;
  readonly #descriptor: number;
  #reading = 0;
  #closed = false;

  /** @throws UserError when there is no such file, or it cannot be read */
  constructor(path: string, name: string) {
    this.name = name;
    let descriptor: number | undefined;
    try {
      // A pipe would be waited for; it is refused below, as is a folder.
      descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      const stat = fstatSync(descriptor);
      if (!stat.isFile()) throw new Error('not a file');
      this.size = stat.size;
      this.#descriptor = descriptor;
    } catch (error) {
      if (descriptor !== undefined) closeSync(descriptor);
      throw new UserError(`${name}: ${messageOf(error)}.`);
    }
  }

  #room(position: number, length: number): Buffer {
    return Buffer.allocUnsafe(Math.max(0, Math.min(length, this.size - position)));
  }

  /** Reads bytes from a place on: fewer where the file ends before. */
  async read(position: number, length: number): Promise<Buffer> {
    if (this.#closed) throw new Error(`${this.name} is closed`);
    const buffer = this.#room(position, length);
    let filled = 0;
    this.#reading++;
    try {
      while (filled < buffer.length) {
        const { bytesRead } = await readAt(this.#descriptor, buffer, filled, buffer.length - filled, position + filled);
        if (!bytesRead) break;
        filled += bytesRead;
      }
    } finally {
      if (!--this.#reading && this.#closed) closeSync(this.#descriptor);
    }
    return buffer.subarray(0, filled);
  }

  /** {@link read} while the program waits: for the many small pieces of an index. */
  readNow(position: number, length: number): Buffer {
    const buffer = this.#room(position, length);
    let filled = 0;
    while (filled < buffer.length) {
      const bytesRead = readSync(this.#descriptor, buffer, filled, buffer.length - filled, position + filled);
      if (!bytesRead) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  }

  /** Closes it, at the end of the reads that are under way. */
  close(): void {
    if (!this.#closed && !this.#reading) closeSync(this.#descriptor);
    this.#closed = true;
  }
}
