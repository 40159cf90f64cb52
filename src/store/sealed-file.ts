import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { fileError } from '../core/files.js';
import { sha256 } from './canonical.js';

/**
 * Files that say what they are and prove that they are whole: a body that other programs read, then a trailer that these
 * ignore: JSON, its SHA-256 (32 bytes), its length (uint32, little-endian) and a magic word.
 */

const MAGIC = 'fidsweep';
const FOOTER = 32 + 4 + MAGIC.length;

/** A trailer of 100,000 settings has some megabytes; a hostile one may say 4 GiB. */
const LONGEST_TRAILER = 2 ** 26;

/** A file that is missing, cut off or not what was written: what it held is to be made again. */
export class BrokenFile extends Error {
  constructor(
    readonly path: string,
    readonly why: string,
  ) {
    super(`${path}: ${why}`);
  }
}

/** What cannot be read because of the file, and not for want of permission or of file descriptors. */
const BROKEN = ['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'ENXIO', 'EIO', 'EUCLEAN', 'EBADMSG'];

export interface OpenedFile {
  readonly path: string;
  readonly size: number;
  /** Bytes `from` … `from + length` − 1, in an array of their own. Throws a BrokenFile where the file has not that many. */
  read(from: number, length: number): Uint8Array<ArrayBuffer>;
}

/** Memory for what is to be read at once. A file can have holes, and seem to hold more than there is. */
function room(path: string, length: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length);
  } catch {
    throw new BrokenFile(path, `holds more than can be read at once (${length} bytes)`);
  }
}

/** Opens a regular file for the length of a call. Throws a BrokenFile, or a UserError where reading is not allowed. */
export function withFile<T>(path: string, use: (file: OpenedFile) => T): T {
  let file: number | undefined;
  try {
    // Without O_NONBLOCK, opening a FIFO waits for a writer.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new BrokenFile(path, 'is no regular file');
    const { size } = stats;
    const read = (from: number, length: number) => {
      // Before anything is allocated: lengths may come from a hostile file.
      if (!(from >= 0 && length >= 0 && from + length <= size))
        throw new BrokenFile(path, `is cut off: ${size} bytes, expected ${from + length}`);
      const bytes = room(path, length);
      for (let done = 0; done < length; ) {
        // One call reads less than 2 GiB.
        const got = readSync(file!, bytes, done, Math.min(length - done, 2 ** 30), from + done);
        if (!got) throw new BrokenFile(path, `is cut off at ${from + done} bytes`);
        done += got;
      }
      return bytes;
    };
    return use({ path, size, read });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'ENOENT') throw new BrokenFile(path, 'is missing');
    if (BROKEN.includes(code)) throw new BrokenFile(path, `cannot be read (${code})`);
    throw fileError(error, path);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** A body with its trailer, as one file. */
export function seal(body: Uint8Array, trailer: object): Buffer {
  const json = Buffer.from(JSON.stringify(trailer));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return Buffer.concat([body, json, Buffer.from(sha256(json), 'hex'), length, Buffer.from(MAGIC)]);
}

/** The trailer of an open file, checked, and the bytes before it. Throws a BrokenFile. */
export function readTrailer(file: OpenedFile): { readonly body: number; readonly trailer: unknown } {
  const bad = (why: string) => new BrokenFile(file.path, why);
  if (file.size < FOOTER) throw bad('is cut off');
  const footer = Buffer.from(file.read(file.size - FOOTER, FOOTER).buffer);
  if (footer.toString('latin1', 36) !== MAGIC) throw bad('does not end with a trailer: it is cut off, or damaged');
  const length = footer.readUInt32LE(32);
  const body = file.size - FOOTER - length;
  if (body < 0 || length > LONGEST_TRAILER) throw bad('has a damaged trailer');
  const json = Buffer.from(file.read(body, length).buffer);
  if (sha256(json) !== footer.toString('hex', 0, 32)) throw bad('has a damaged trailer');
  try {
    return { body, trailer: JSON.parse(json.toString()) };
  } catch {
    throw bad('has a trailer that is no JSON');
  }
}
