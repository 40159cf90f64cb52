import { closeSync, existsSync, fsyncSync, mkdtempSync, openSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../core/errors.js';
import { fileError, makeFolder, writeAtomically } from '../core/files.js';
import { isLink, linked } from './links.js';

/** Writes a folder's entries through to the disk: without, a renamed file may be gone after a power loss. */
function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } catch (error) {
    // Some file systems have no such thing (FUSE, network drives), and keep their entries in their own way.
    if (!['EINVAL', 'ENOTSUP', 'ENOSYS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    closeSync(folder);
  }
}

/** Makes a folder below another, through to the disk. Throws a UserError where a link is. */
export function makeDurableFolder(root: string, ...names: readonly string[]): string {
  let path = root;
  for (const name of names) {
    const above = path;
    path = join(path, name);
    if (isLink(path)) throw linked(path);
    if (existsSync(path)) continue;
    try {
      makeFolder(path);
      syncFolder(above);
    } catch (error) {
      throw fileError(error, path);
    }
  }
  return path;
}

/** Writes a whole file or nothing, and is not done before both the file and its name are on the disk. */
export function writeDurably(path: string, data: Uint8Array | string): void {
  writeAtomically(path, data);
  try {
    syncFolder(dirname(path));
  } catch (error) {
    throw fileError(error, path);
  }
}

/**
 * Throws a UserError where a folder cannot be written, or cannot be made below the nearest one above it that is there. What
 * is tried is removed again. Asking for permission is not enough: root has it where the kernel or a server refuses.
 */
export function checkWritable(folder: string): void {
  const path = resolve(folder);
  let place = path;
  while (!existsSync(place) && dirname(place) !== place) {
    if (isLink(place)) throw new UserError(`${place} is a link that leads nowhere; choose another --out.`);
    place = dirname(place);
  }
  try {
    if (place !== path) rmdirSync(mkdtempSync(join(place, '.fidsweep-')));
    else {
      // A name that a run takes for a half of its own, were this process to end here.
      const trial = join(place, `run.json.${process.pid}.tmp`);
      closeSync(openSync(trial, 'w'));
      rmSync(trial, { force: true });
    }
  } catch (error) {
    throw fileError(error, place);
  }
}
