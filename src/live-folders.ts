import { lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Runs of a folder of runs that are shown at most: each is looked at every second. */
const MOST_RUNS = 200;

/** Folders of a folder of runs that are looked into at most: the rest count as not shown. */
const MOST_ENTRIES = 5000;

/** Run folders that are watched, and how many of those there are are not. */
export interface Places {
  readonly folders: readonly string[];
  readonly unshown: number;
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** Whether something of a run's is in a folder: not what it is, which may be a pipe. */
const holdsRun = (folder: string): boolean =>
  ['run.json', 'run.sqlite'].some((name) => lstatSync(join(folder, name), { throwIfNoEntry: false }) !== undefined);

/** When a run was begun, as its record says by its time (epoch, milliseconds). */
const begunAt = (folder: string): number =>
  lstatSync(join(folder, 'run.json'), { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Runs of a folder, the newest first. */
function runsBelow(folder: string): Places {
  try {
    // Links are not followed: they would lead out of what was named.
    const names = readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    );
    const folders = names
      .slice(0, MOST_ENTRIES)
      .sort()
      .map((name) => join(folder, name))
      .filter(holdsRun)
      .map((path) => ({ path, at: begunAt(path) }))
      .sort((a, b) => b.at - a.at)
      .map(({ path }) => path);
    const unshown = Math.max(0, folders.length - MOST_RUNS) + Math.max(0, names.length - MOST_ENTRIES);
    return { folders: folders.slice(0, MOST_RUNS), unshown };
  } catch {
    return { folders: [], unshown: 0 };
  }
}

/**
 * Run folders at some places, each of which is a run folder, a folder of run folders, or to become one or the other: a
 * place without any run is given as it is, to be waited for.
 */
export function runFolders(places: readonly string[]): Places {
  const found = places.map((place): Places => {
    const itself = { folders: [place], unshown: 0 };
    if (holdsRun(place) || !isFolder(place)) return itself;
    const below = runsBelow(place);
    return below.folders.length ? below : itself;
  });
  return {
    folders: [...new Set(found.flatMap(({ folders }) => folders))],
    unshown: found.reduce((sum, { unshown }) => sum + unshown, 0),
  };
}
