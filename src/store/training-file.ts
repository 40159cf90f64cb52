import { constants, lstatSync, type Stats, unlinkSync } from 'node:fs';
import { type FileHandle, open, unlink, writeFile } from 'node:fs/promises';
import { fileError } from '../core/files.js';
import { changed } from './training-shard.js';

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

/** What lies at a path itself, not where it leads; nothing where nothing does. */
export const entryAt = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false });

/** Removes what lies at a path: of a link, not what it leads to. A folder is refused. */
export function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw fileError(error, path);
  }
}

/** Begins a file in the place of what lies there: what a link there leads to stays as it is. */
export async function openNew(path: string): Promise<FileHandle> {
  removeFile(path);
  return open(path, 'wx');
}

/** Writes a file in the place of what lies there, as `openNew`. */
export async function writeNew(path: string, data: Uint8Array): Promise<void> {
  try {
    await writeFile(path, data, { flag: 'wx' });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    await unlink(path);
    await writeFile(path, data, { flag: 'wx' });
  }
}

/** Opens a file that was written before. Throws a UserError where it is missing or no regular file, and to write a link, too. */
export async function openOld(path: string, flags: 'r' | 'r+'): Promise<FileHandle> {
  const { O_RDONLY, O_RDWR, O_NOFOLLOW, O_NONBLOCK } = constants;
  let file: FileHandle;
  try {
    // Without O_NONBLOCK, opening a FIFO waits for a writer.
    file = await open(path, (flags === 'r' ? O_RDONLY : O_RDWR | O_NOFOLLOW) | O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw changed(path, 'it is missing');
    if (['ELOOP', 'ENXIO', 'EISDIR'].includes(codeOf(error))) throw changed(path, NO_FILE);
    throw fileError(error, path);
  }
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw changed(path, NO_FILE);
}

export const NO_FILE = 'it is no regular file';
