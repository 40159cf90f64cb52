import { setPriority } from 'node:os';
import { setTimeout as rest } from 'node:timers/promises';
import { loadRuntime } from './core/runtime.js';
import { LiveFolder } from './live.js';
import { runFolders } from './live-folders.js';
import { GrowingMoments } from './live-moments.js';
import { Duty } from './live-pace.js';
import type { LiveRun } from './report/dashboard-run.js';

/**
 * A process of its own that watches run folders and tells its parent what it finds: at the lowest priority, on one thread,
 * and at rest most of the time, so that a sweep beside it does not slow down. What it measures takes seconds, in which a
 * page is still to be served.
 */

export interface LiveMessage {
  /** The folders of runs that there are now. */
  readonly folders: readonly string[];
  /** Those of them that changed. */
  readonly runs: readonly LiveRun[];
}

/** Milliseconds between two looks at the folders. */
const EVERY = 1000;

/** Milliseconds of measuring before anything else has its turn. */
const STRETCH = 200;

/** Sessions would take as many threads as there are cores each. */
async function useOneThread(): Promise<void> {
  const { InferenceSession } = await loadRuntime();
  const create = InferenceSession.create.bind(InferenceSession);
  const onOneThread = (model: Uint8Array, options: object = {}) =>
    create(model, { ...options, intraOpNumThreads: 1, interOpNumThreads: 1 });
  Object.assign(InferenceSession, { create: onOneThread });
}

/** Watches the places until the process ends. */
async function watch(places: readonly string[], tell: (message: LiveMessage) => void): Promise<never> {
  const moments = new GrowingMoments();
  const all = new Map<string, LiveFolder>();
  const told = new Map<string, LiveRun>();
  const duty = new Duty();
  let turn = 0;
  let single: Promise<void> | undefined;
  for (;;) {
    const folders = runFolders(places);
    for (const folder of folders) if (!all.has(folder)) all.set(folder, new LiveFolder(folder, moments));
    const here = folders.map((folder) => all.get(folder)!);
    const tellAll = () => {
      const runs = here.map(({ run }) => run).filter((run) => told.get(run.folder) !== run);
      for (const run of runs) told.set(run.folder, run);
      tell({ folders, runs });
    };
    const began = performance.now();
    if (duty.isFree(began)) {
      for (const folder of here) if (folder.isStale) await folder.read();
      // Before what takes its time.
      tellAll();
      single ??= useOneThread();
      await single;
      // Runs in turn, a cell each.
      for (let idle = 0; idle < here.length && performance.now() - began < STRETCH; ) {
        if (await here[turn++ % here.length]!.step()) idle = 0;
        else idle++;
      }
      duty.spent(began, performance.now());
    }
    tellAll();
    await rest(EVERY);
  }
}

setPriority(19);
// Whoever started it has ended.
process.on('disconnect', () => process.exit());
process.on('SIGINT', () => {});
await watch(process.argv.slice(2), (message) => process.send!(message));
