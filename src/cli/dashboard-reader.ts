import { type ChildProcess, fork } from 'node:child_process';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runFolders } from '../live-folders.js';
import type { LiveMessage } from '../live-process.js';
import type { LiveRun } from '../report/dashboard-run.js';
import type { PlacedRun } from './dashboard-server.js';

/** Milliseconds before a process that ended is started again. */
const AGAIN = 5000;

/** Threads beside the first would not have its low priority; a heap beyond this is not needed (matrices lie outside it). */
const OPTIONS = ['--single-threaded-gc', '--max-old-space-size=2048'];

/** What becomes of runs, as a process of its own finds out. */
export interface Reader {
  runs(): readonly PlacedRun[];
  close(): void;
}

/** Of a folder before it was looked at. */
const unknown = (folder: string): LiveRun => ({
  folder,
  name: basename(resolve(folder)),
  notes: [],
  columns: [],
  setAside: 0,
  strips: [],
  complete: false,
});

/** Watches places in a process of its own, which is started again when it ends. */
export function startReader(places: readonly string[], onChange: () => void): Reader {
  const path = fileURLToPath(new URL('../live-process.js', import.meta.url));
  const runs = new Map<string, PlacedRun>();
  let present: readonly string[] = [];
  const take = ({ folders, runs: changed }: LiveMessage) => {
    present = folders;
    for (const folder of folders) if (!runs.has(folder)) runs.set(folder, { place: runs.size, run: unknown(folder) });
    for (const run of changed) runs.set(run.folder, { place: runs.get(run.folder)!.place, run });
    onChange();
  };
  take({ folders: runFolders(places), runs: [] });
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  const start = () => {
    child = fork(path, places, { execArgv: OPTIONS, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    child.on('message', take);
    child.on('exit', () => {
      timer = setTimeout(start, AGAIN);
    });
  };
  start();
  return {
    runs: () => present.map((folder) => runs.get(folder)!),
    close() {
      child?.removeAllListeners('exit');
      child?.kill('SIGKILL');
      clearTimeout(timer);
    },
  };
}
