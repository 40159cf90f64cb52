import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { messageOf, UserError } from '../core/errors.js';

/** What one read gives and one protobuf message holds. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * The bytes of a file that a user named, links followed. What is no regular file is refused, not waited for (a FIFO) nor
 * read without end (a device), and so is one of more than `most` bytes: both are user errors.
 */
export function readRegularFile(path: string, most = MOST_BYTES): Uint8Array {
  let file: number | undefined;
  try {
    // Without O_NONBLOCK, opening a FIFO waits for a writer.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(file);
    if (stats.isDirectory()) throw new UserError(`"${path}" is a folder, expected a file.`);
    if (!stats.isFile()) throw new UserError(`"${path}" is no regular file.`);
    if (stats.size > most) throw new UserError(`"${path}" has ${stats.size} bytes, expected at most ${most}.`);
    return readFileSync(file);
  } catch (error) {
    throw error instanceof UserError ? error : new UserError(`"${path}": ${messageOf(error)}.`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
