import { lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Runs of a folder of runs that are shown at most: each is looked at every second. */
const MOST_RUNS = 200;

/** Folders of a folder of runs that are looked into at most. */
const MOST_ENTRIES = 5000;

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** Whether something of a run's is in a folder: not what it is, which may be a pipe. */
const holdsRun = (folder: string): boolean =>
  ['run.json', 'run.sqlite'].some((name) => lstatSync(join(folder, name), { throwIfNoEntry: false }) !== undefined);

function runsBelow(folder: string): string[] {
  try {
    // Links are not followed: they would lead out of what was named.
    const names = readdirSync(folder, { withFileTypes: true })
      .slice(0, MOST_ENTRIES)
      .flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
    return names
      .sort()
      .map((name) => join(folder, name))
      .filter(holdsRun)
      .slice(0, MOST_RUNS);
  } catch {
    return [];
  }
}

/**
 * Run folders at some places, each of which is a run folder, a folder of run folders, or to become one or the other: a
 * place without any run is given as it is, to be waited for.
 */
export function runFolders(places: readonly string[]): string[] {
  const found = places.flatMap((place) => {
    if (holdsRun(place) || !isFolder(place)) return [place];
    const below = runsBelow(place);
    return below.length ? below : [place];
  });
  return [...new Set(found)];
}
