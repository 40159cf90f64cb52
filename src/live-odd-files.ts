import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { plain } from './core/plain.js';
import { REFERENCE_FILE, SELECTION_FILE } from './store/stored-run.js';

/** What is opened of a run folder, some of it by SQLite, which waits at a pipe without end. */
const OPENED = [
  'run.json',
  'run.sqlite',
  'run.sqlite-wal',
  'run.sqlite-shm',
  'run.sqlite-journal',
  'lock.sqlite',
  'lock.sqlite-journal',
  'lock.json',
  'report.json',
  REFERENCE_FILE,
  SELECTION_FILE,
];

/** A database of a run has some hundred bytes a block of a cell; it is held in memory. */
const LARGEST_DATABASE = 2 ** 30;

/** Why the files of a run folder are not to be opened: one is a pipe, a device, a link, or too large. */
export function oddFile(folder: string): string | undefined {
  for (const name of OPENED) {
    const path = join(folder, name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (!stats) continue;
    if (!stats.isFile()) return plain(`${path} is ${stats.isSymbolicLink() ? 'a link' : 'no regular file'}.`);
    if (name.startsWith('run.sqlite') && stats.size > LARGEST_DATABASE)
      return plain(`${path} has ${stats.size} bytes, more than are read here.`);
  }
  return undefined;
}
