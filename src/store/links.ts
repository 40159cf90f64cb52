import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../core/errors.js';
import { fileError } from '../core/files.js';
import { plain } from '../core/plain.js';
import { isOfCells } from './file-names.js';

/** What SQLite would write in where a link leads, or what is looked for below. */
const ROOTS = /^(features|moments|confirm|pictures|run\.sqlite(-wal|-shm|-journal)?|lock\.sqlite(-journal)?)$/;

function entriesOf(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw fileError(error, path);
  }
}

export function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

/** The refusal of a link in a place of a run's own. */
export const linked = (path: string): UserError =>
  new UserError(
    plain(
      `${path} is a link: a run writes and removes files in its own folder alone. Put what it leads to in its place.`,
    ),
  );

/** Paths of the links among a run's own folders and files, and those of the runs below it. */
function* linksIn(folder: string): Generator<string> {
  const roots = entriesOf(folder).filter(({ name }) => ROOTS.test(name));
  for (const entry of roots) if (entry.isSymbolicLink()) yield join(folder, entry.name);
  for (const root of roots.filter((entry) => entry.isDirectory())) {
    for (const entry of entriesOf(join(folder, root.name)).filter(({ name }) => /^\d+$/.test(name))) {
      const path = join(folder, root.name, entry.name);
      if (entry.isSymbolicLink()) yield path;
      else if (root.name === 'confirm') yield* linksIn(path);
      else
        for (const file of entriesOf(path))
          if (file.isSymbolicLink() && isOfCells(`${root.name}/${entry.name}/${file.name}`))
            yield join(path, file.name);
    }
  }
}

/** Whether a path is where a run keeps the runs that measure its finalists again: `confirm/0`, `confirm/1`, … */
export function isConfirmation(folder: string): boolean {
  const path = resolve(folder);
  return /^\d+$/.test(basename(path)) && basename(dirname(path)) === 'confirm';
}

/** Throws a UserError that names a link among a run's folders and files: through it, another run would be written or removed. */
export function refuseLinks(folder: string): void {
  const path = resolve(folder);
  const above = isConfirmation(folder) ? [dirname(path), path].find(isLink) : undefined;
  const link = above ?? linksIn(folder).next().value;
  if (link !== undefined) throw linked(link);
}
