import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { messageOf, UserError } from './errors.js';

/** What one read gives and one protobuf message holds. */
const MOST_BYTES = 2 ** 31 - 1;

/** Bytes that are asked for where the file system does not say how many there are. */
const STEP = 2 ** 20;

/**
 * What a file holds, or somewhat more than its first `most` bytes. Not `readFileSync`, which ends only where the file
 * does: files that the kernel makes up (`/proc`) are regular ones of 0 bytes and may give terabytes.
 */
function contents(file: number, size: number, most: number): Buffer {
  const chunks: Buffer[] = [];
  // Not cut to what is left of `most`: some of the kernel's files give whole records only, and fail for less.
  let chunk = Buffer.allocUnsafe(size || STEP);
  let used = 0;
  for (let length = 0; length <= most; ) {
    if (used === chunk.length) {
      chunks.push(chunk);
      chunk = Buffer.allocUnsafe(STEP);
      used = 0;
    }
    const read = readSync(file, chunk, used, chunk.length - used, null);
    if (read === 0) break;
    used += read;
    length += read;
  }
  if (used > 0) chunks.push(chunk.subarray(0, used));
  // The usual file is one chunk: two gigabytes are not copied.
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

/**
 * The bytes of a file that a user named, links followed. What is no regular file is refused, not waited for (a FIFO) nor
 * read without end (a device), and so is one of more than `most` bytes: both are user errors.
 *
 * @param name how messages call the file
 */
export function readRegularFile(path: string, { most = MOST_BYTES, name = `"${path}"` } = {}): Buffer {
  let file: number | undefined;
  try {
    // Without O_NONBLOCK, opening a FIFO waits for a writer.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(file);
    if (stats.isDirectory()) throw new UserError(`${name} is a folder, expected a file.`);
    if (!stats.isFile()) throw new UserError(`${name} is no regular file.`);
    if (stats.size > most) throw new UserError(`${name} has ${stats.size} bytes, expected at most ${most}.`);
    const bytes = contents(file, stats.size, most);
    if (bytes.length > most) throw new UserError(`${name} has more than the ${most} bytes that it may have.`);
    return bytes;
  } catch (error) {
    throw error instanceof UserError ? error : new UserError(`${name}: ${messageOf(error)}.`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
