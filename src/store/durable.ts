import { closeSync, existsSync, fsyncSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileError, makeFolder, writeAtomically } from '../core/files.js';

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

/** Makes a folder below another, through to the disk. */
export function makeDurableFolder(root: string, ...names: readonly string[]): string {
  let path = root;
  for (const name of names) {
    const above = path;
    path = join(path, name);
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
