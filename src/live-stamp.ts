import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { PICTURES } from './store/pictures.js';

/** Files whose change says that there is something new to be read. */
const WATCHED = [
  'run.json',
  'run.sqlite',
  'run.sqlite-wal',
  'report.json',
  'report.html',
  join(PICTURES, 'index.json'),
];

/** What the files of a run folder were at a moment. */
export interface Stamp {
  /** Another one where any of them changed; empty where there is none. */
  readonly stamp: string;
  /** When the last block can have been written (epoch, milliseconds). */
  readonly at: number;
}

export function stampOf(folder: string): Stamp {
  let at = 0;
  const parts = WATCHED.flatMap((name) => {
    const stats = lstatSync(join(folder, name), { throwIfNoEntry: false });
    // SQLite makes an empty log for readers too: it says nothing.
    if (!stats || (name.endsWith('-wal') && stats.size === 0)) return [];
    if (name.startsWith('run.sqlite')) at = Math.max(at, stats.mtimeMs);
    return [`${name} ${stats.ino} ${stats.size} ${stats.mtimeMs}`];
  });
  return { stamp: parts.join('\n'), at };
}
