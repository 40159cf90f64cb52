import { join } from 'node:path';
import { type Checked, classify, type Judging, type Seen } from './check-classes.js';
import { Journal } from './check-journal.js';
import { type Drawing, drawProgram, type Finding, keyOf, restoreFinding, stillHolds } from './check-program.js';
import { Turns } from './check-turns.js';
import { UserError } from './core/errors.js';
import type { ProgramSource } from './dataset/dataset.js';
import type { ProgramSet } from './dataset/program-set.js';
import type { Backend, Device } from './render/protocol.js';
import { RenderWorker } from './render/worker.js';

export interface CheckOptions extends Drawing, Judging {
  /** Folder of the journal; it is there. */
  readonly folder: string;
  /** Programs drawn side by side, each in a process of its own. */
  readonly processes: number;
  readonly backend: Backend | 'auto';
  /** Ends it after the programs at hand. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface CheckResult {
  readonly device: Device;
  /** In the set's order, those that cannot be tried at its end. */
  readonly programs: readonly Checked[];
  /** Programs drawn this time; what else there is was known. */
  readonly drawn: number;
  /** Programs that were not reached. */
  readonly unchecked: number;
}

/** Programs a process draws before another takes its place, so that what a driver does not give back is given back. */
const PROGRAMS = 1500;

/** A worker that is opened when it is first needed, and again after many programs. */
class Lane {
  readonly #open: () => Promise<RenderWorker>;
  #worker: RenderWorker | undefined;
  #drawn = 0;

  constructor(open: () => Promise<RenderWorker>) {
    this.#open = open;
  }

  async worker(): Promise<RenderWorker> {
    if (this.#worker && this.#drawn === PROGRAMS) await this.dispose();
    this.#worker ??= await this.#open();
    return this.#worker;
  }

  async draw(program: ProgramSource, drawing: Drawing, turns: Turns): Promise<Finding> {
    const worker = await turns.together(() => this.worker());
    this.#drawn++;
    return drawProgram(worker, program, drawing, turns);
  }

  async dispose(): Promise<void> {
    await this.#worker?.dispose();
    this.#worker = undefined;
    this.#drawn = 0;
  }
}

/** A program of a set, or why it cannot be had: its file may have gone or changed. */
function readOf(set: ProgramSet, id: string): ProgramSource | string {
  try {
    return set.read(id);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/**
 * Draws every program of a set at several times, in killable processes, and sorts them. Each finding is written at once and
 * kept by what it depends on, so that a second check draws only what is new or has changed.
 *
 * @throws UserError when no device can be opened or the journal cannot be written
 */
export async function checkPrograms(set: ProgramSet, options: CheckOptions): Promise<CheckResult> {
  const { folder, resolution, pictures, programTimeout, signal, onProgress } = options;
  const { ids } = set;
  const seen: (Seen | undefined)[] = Array(ids.length).fill(undefined);
  let [next, done, drawn, failed] = [0, 0, 0, false];
  let backend = options.backend;
  const lanes = Array.from(
    { length: options.processes },
    () => new Lane(() => RenderWorker.open({ resolution, layers: pictures, backend, programTimeout })),
  );
  const turns = new Turns();
  const journal = Journal.open<Finding>(join(folder, 'journal.jsonl'), restoreFinding);
  try {
    const { device } = await lanes[0]!.worker();
    // What the first process found is what the others take.
    backend = device.backend;
    const work = async (lane: Lane) => {
      while (next < ids.length && !failed && !signal?.aborted) {
        const place = next++;
        const id = ids[place]!;
        const program = readOf(set, id);
        if (typeof program === 'string') seen[place] = { id, unread: program };
        else {
          const key = keyOf(program, options, device);
          let finding = journal.get(key);
          if (!finding || !stillHolds(finding, options)) {
            finding = await lane.draw(program, options, turns);
            journal.put(key, finding);
            drawn++;
          } else if (place % 64 === 0) {
            // Known ones are passed at once: signals and the other processes get their turn.
            await new Promise((resolve) => setImmediate(resolve));
          }
          seen[place] = { id, finding };
        }
        onProgress?.(++done, ids.length);
      }
    };
    const ends = await Promise.allSettled(
      lanes.map((lane) =>
        work(lane).catch((error) => {
          failed = true;
          throw error;
        }),
      ),
    );
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    const known = seen.filter((one) => one !== undefined);
    const unread = set.failures.map(({ id, why }): Seen => ({ id, unread: why }));
    return {
      device,
      programs: classify([...known, ...unread], options),
      drawn,
      unchecked: ids.length - known.length,
    };
  } finally {
    journal.close();
    await Promise.all(lanes.map((lane) => lane.dispose()));
  }
}
