import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { invalid, messageOf, UserError } from './errors.js';

/** A failure of the file system as the user's message; anything else is passed on. */
export function fileError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new UserError(
      `${path}: the disk is full. What was computed before is kept; free some space, or choose another --out.`,
    );
  }
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM')
    return new UserError(`${path}: not writable (${code}).`);
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR')
    return new UserError(`${path}: ${(error as Error).message}.`);
  return error;
}

/** Writes a whole file or nothing: a temporary file beside it, synced, then renamed. */
export function writeAtomically(path: string, data: Uint8Array | string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, 'w');
    try {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data;
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // What kept it from being written keeps it from being removed too, and is the failure worth telling.
    }
    throw fileError(error, path);
  }
}

/** Makes the folder that a file is to lie in, and refuses a place that cannot be written, naming it as `what`. */
export function prepareFile(what: string, path: string): void {
  const refuse = (why: string) => invalid(what, path, 'a file that can be written', `${why}. Choose another place.`);
  if (!path) throw refuse('It is empty');
  // Asking for permission is not enough: root has it on a read-only disk too. So a file is tried.
  const trial = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(resolve(path)), { recursive: true });
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new Error('It is a folder');
    closeSync(openSync(trial, 'w'));
    rmSync(trial);
  } catch (error) {
    throw refuse(messageOf(error));
  }
}
