import { existsSync, readdirSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { setTimeout as rest } from 'node:timers/promises';
import { useThreads } from './core/products.js';
import { LiveFolder } from './live.js';
import { type Places, runFolders } from './live-folders.js';
import { GrowingMoments } from './live-moments.js';
import { Duty } from './live-pace.js';
import type { LiveRun } from './report/dashboard-run.js';

/**
 * A process of its own that watches run folders and tells its parent what it finds: at the lowest priority, on one thread,
 * and at rest most of the time, so that a sweep beside it does not slow down. What it measures takes seconds, in which a
 * page is still to be served.
 */

export interface LiveMessage extends Places {
  /** Those of the folders that changed. */
  readonly runs: readonly LiveRun[];
}

/** The folder that is read or measured from now on: if this process ends, it is by that. */
export interface LiveTurn {
  readonly at: string;
}

/** Milliseconds between two looks at the folders. */
const EVERY = 1000;

/** Milliseconds of measuring before anything else has its turn. */
const STRETCH = 200;

/** Linux lists the threads of a process here. */
const THREADS = '/proc/self/task';

/** The priority of every thread: some were there before the first was asked, and each has its own. */
function yieldAll(): void {
  setPriority(constants.priority.PRIORITY_LOW);
  if (!existsSync(THREADS)) return;
  for (const thread of readdirSync(THREADS)) {
    try {
      setPriority(Number(thread), constants.priority.PRIORITY_LOW);
    } catch {
      // It has ended meanwhile.
    }
  }
}

/** Watches the places until the process ends, but for what is to be left alone. */
async function watch(
  places: readonly string[],
  without: ReadonlySet<string>,
  tell: (message: LiveMessage | LiveTurn) => void,
): Promise<never> {
  const moments = new GrowingMoments();
  const all = new Map<string, LiveFolder>();
  const told = new Map<string, LiveRun>();
  const [reading, measuring] = [new Duty(), new Duty()];
  let turn = 0;
  for (;;) {
    yieldAll();
    const { folders, unshown } = runFolders(places);
    for (const [folder, live] of all) {
      if (folders.includes(folder)) continue;
      live.release();
      all.delete(folder);
      told.delete(folder);
    }
    for (const folder of folders)
      if (!all.has(folder) && !without.has(folder)) all.set(folder, new LiveFolder(folder, moments));
    const here = [...all.values()];
    const tellAll = () => {
      const runs = here.map(({ run }) => run).filter((run) => told.get(run.folder) !== run);
      for (const run of runs) told.set(run.folder, run);
      tell({ folders, unshown, runs });
    };
    const began = performance.now();
    // What measuring takes does not hold up what is said of a run's state.
    if (reading.isFree(began)) {
      for (const live of here) {
        if (!live.isStale) continue;
        tell({ at: live.folder });
        await live.read();
      }
      reading.spent(began, performance.now());
      // Before what takes its time.
      tellAll();
    }
    const from = performance.now();
    if (measuring.isFree(from)) {
      // Runs in turn, a cell each.
      for (let idle = 0; idle < here.length && performance.now() - from < STRETCH; ) {
        const live = here[turn++ % here.length]!;
        if (live.isIdle) {
          idle++;
          continue;
        }
        tell({ at: live.folder });
        if (await live.step()) idle = 0;
        else idle++;
      }
      measuring.spent(from, performance.now());
    }
    tellAll();
    await rest(EVERY);
  }
}

yieldAll();
useThreads(1);
// Whoever started it has ended.
process.on('disconnect', () => process.exit());
process.on('SIGINT', () => {});
const [places, without] = process.argv.slice(2).map((list) => JSON.parse(list) as string[]);
await watch(places!, new Set(without), (message) => process.send!(message));
