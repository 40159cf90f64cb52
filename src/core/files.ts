import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { UserError } from './errors.js';

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
