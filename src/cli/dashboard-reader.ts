import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../core/errors.js';
import { plain } from '../core/plain.js';
import { runFolders } from '../live-folders.js';
import type { LiveMessage, LiveTurn } from '../live-process.js';
import { stampOf } from '../live-stamp.js';
import { unread } from '../live-unread.js';
import type { LiveRun } from '../report/dashboard-run.js';
import { removeStaleCopies } from './dashboard-copies.js';
import type { PlacedRun } from './dashboard-standings.js';

/** Milliseconds before a process that ended is started again. */
const AGAIN = 5000;

/** Times that the process may end by a folder before that is left alone. */
const MOST_ENDS = 2;

/** A heap beyond this is not needed (matrices lie outside it). */
const OPTIONS = ['--single-threaded-gc', '--max-old-space-size=2048'];

/** What becomes of runs, as a process of its own finds out. */
export interface Reader {
  runs(): readonly PlacedRun[];
  /** Runs that there are besides. */
  unshown(): number;
  close(): void;
}

/** Of a folder that is left alone: it is shown as it is now. */
const leftAlone = (folder: string): LiveRun => ({
  ...unread(folder, stampOf(folder).stamp),
  fault: 'Reading it ended the process that reads: it is left alone until the dashboard is started again.',
});

/** Watches places in a process of its own, which is started again when it ends. */
export function startReader(places: readonly string[], onChange: () => void): Reader {
  const path = fileURLToPath(new URL('../live-process.js', import.meta.url));
  const runs = new Map<string, PlacedRun>();
  const ends = new Map<string, number>();
  let { folders: present, unshown } = runFolders(places);
  const place = () => {
    for (const folder of present) if (!runs.has(folder)) runs.set(folder, { place: runs.size, run: unread(folder) });
  };
  place();
  let turn: string | undefined;
  const take = (message: LiveMessage | LiveTurn) => {
    turn = 'at' in message ? message.at : undefined;
    if ('at' in message) return;
    ({ folders: present, unshown } = message);
    place();
    for (const run of message.runs) runs.set(run.folder, { place: runs.get(run.folder)!.place, run });
    onChange();
  };
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  const isLeft = (folder: string) => (ends.get(folder) ?? 0) >= MOST_ENDS;
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(start, AGAIN);
  };
  const start = () => {
    const without = [...ends.keys()].filter(isLeft);
    const args = [JSON.stringify(places), JSON.stringify(without)];
    child = fork(path, args, { execArgv: OPTIONS, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    child.on('message', take);
    child.on('exit', () => {
      if (turn !== undefined) ends.set(turn, (ends.get(turn) ?? 0) + 1);
      turn = undefined;
      again();
    });
    // It could not be started: there is no exit then.
    child.on('error', (error) => {
      process.stderr.write(`${plain(`The runs cannot be read now: ${messageOf(error)}.`)}\n`);
      again();
    });
  };
  removeStaleCopies();
  start();
  return {
    runs: () =>
      present.map((folder) => {
        const placed = runs.get(folder)!;
        return isLeft(folder) ? { ...placed, run: leftAlone(folder) } : placed;
      }),
    unshown: () => unshown,
    close() {
      child?.removeAllListeners();
      child?.on('error', () => {});
      child?.kill('SIGKILL');
      clearTimeout(timer);
    },
  };
}
