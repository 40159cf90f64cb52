import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { invalid, messageOf, UserError } from './errors.js';

/** A failure of the file system as the user's message; anything else is passed on. */
export function fileError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new UserError(
      `${path}: the disk is full. What was computed before is kept; free some space, or choose another place.`,
    );
  }
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM')
    return new UserError(`${path}: not writable (${code}).`);
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'EEXIST')
    return new UserError(`${path}: ${(error as Error).message}.`);
  return error;
}

/** Writes a file through to the disk; `wx` refuses one that is there. */
export function writeSynced(path: string, data: Uint8Array | string, flags: 'w' | 'wx'): void {
  const file = openSync(path, flags);
  try {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Writes a whole file or nothing: a temporary file beside it, synced, then renamed. */
export function writeAtomically(path: string, data: Uint8Array | string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeSynced(temporary, data, 'w');
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

/**
 * Makes a folder and those above it that are missing; one that is there is left as it is. Not `mkdirSync` with
 * `recursive`, which tries without end where a folder that exists says that it does not when one is made in it (`/proc`).
 * Failures are those of the file system, unchanged.
 */
export function makeFolder(path: string): void {
  const missing: string[] = [];
  for (let place = path; !existsSync(place); place = dirname(place)) {
    missing.unshift(place);
    // A drive that is missing lies in nothing.
    if (dirname(place) === place) break;
  }
  // Without any, what is there may be a file: that is told as the failure to make a folder in its place.
  for (const folder of missing.length ? missing : [path]) {
    try {
      mkdirSync(folder);
    } catch (error) {
      // Another process may have made it just now.
      if (!existsSync(folder) || !statSync(folder).isDirectory()) throw error;
    }
  }
}

/** Makes the folder that a file is to lie in, and refuses a place that cannot be written, naming it as `what`. */
export function prepareFile(what: string, path: string): void {
  const refuse = (why: string) => invalid(what, path, 'a file that can be written', `${why}. Choose another place.`);
  if (!path) throw refuse('It is empty');
  // Asking for permission is not enough: root has it on a read-only disk too. So a file is tried.
  const trial = `${path}.${process.pid}.tmp`;
  try {
    makeFolder(dirname(path));
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new Error('It is a folder');
    closeSync(openSync(trial, 'w'));
    rmSync(trial);
  } catch (error) {
    throw refuse(messageOf(error));
  }
}
