import { lstatSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { messageOf } from './core/errors.js';
import { plain } from './core/plain.js';
import { leastImages } from './estimates.js';
import { columnsOf, type Drawn } from './live-columns.js';
import { LiveFids } from './live-fid.js';
import type { GrowingMoments } from './live-moments.js';
import { oddFile } from './live-odd-files.js';
import { Pace } from './live-pace.js';
import { amountOf, type Decided, progressOf } from './live-progress.js';
import { decidedRace } from './live-race.js';
import { reportOf } from './live-report.js';
import type { LiveRun, LiveStrip } from './report/dashboard-run.js';
import { gaussianOf } from './score.js';
import type { Gaussian } from './statistics/gaussian.js';
import { decodeStatistics } from './statistics/npz.js';
import { PICTURES, readPictureIndex } from './store/pictures.js';
import { openRun, type RunReader } from './store/run.js';
import { runIdentity } from './store/run-json.js';

/** Files whose change says that there is something new to be read. */
const WATCHED = [
  'run.json',
  'run.sqlite',
  'run.sqlite-wal',
  'report.json',
  'report.html',
  join(PICTURES, 'index.json'),
];

/** Notes and strips that are shown of a run at most. */
const MOST_NOTES = 5;
const MOST_STRIPS = 400;

/** Milliseconds that beginning a run takes at most, once its record is written. */
const BEGINNING = 10_000;

/** What a run is compared with: read once. */
interface Known {
  readonly identity: string;
  readonly chosen: Gaussian;
  readonly least: number;
  readonly fids: LiveFids;
}

async function gaussianIn(bytes: Uint8Array, name: string): Promise<Gaussian> {
  return gaussianOf(await decodeStatistics(bytes, name));
}

const nothing = (folder: string): LiveRun => ({
  folder,
  name: basename(resolve(folder)),
  notes: [],
  columns: [],
  setAside: 0,
  strips: [],
  complete: false,
});

async function knownOf(reader: RunReader, moments: GrowingMoments): Promise<Known> {
  const { record } = reader;
  const reference = await gaussianIn(reader.reference(), 'reference.npz');
  const half = reader.selection();
  const chosen = half ? await gaussianIn(half, 'selection.npz') : reference;
  const least = record.strategy.kind === 'race' ? await leastImages(chosen) : 0;
  return { identity: runIdentity(record), chosen, least, fids: new LiveFids(reference, moments) };
}

const notesOf = (reader: RunReader, fids: LiveFids | undefined): string[] =>
  [...(reader.notes ?? []), ...(fids?.faults ?? [])].map(plain).slice(0, MOST_NOTES);

function stripsIn(folder: string): LiveStrip[] {
  const { tile, strips } = readPictureIndex(folder);
  return strips
    .filter(({ kind }) => kind === 'first')
    .slice(0, MOST_STRIPS)
    .map(({ dataset, setting, file, outputs }) => ({ dataset, setting, file, count: outputs.length, tile }));
}

/** Whether a run is being begun: its record is written first, and what else belongs to it just after. */
function isBeginning(folder: string): boolean {
  const written = lstatSync(join(folder, 'run.json'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const begun = lstatSync(join(folder, 'run.sqlite'), { throwIfNoEntry: false });
  return !begun && Date.now() - written < BEGINNING;
}

/** A place of a run, watched from outside: what is known of it now, read as it changes and measured as it grows. */
export class LiveFolder {
  readonly folder: string;
  readonly #moments: GrowingMoments;
  readonly #pace = new Pace();
  #run: LiveRun;
  #stamp = '';
  /** When the last block can have been written (epoch, milliseconds). */
  #at = 0;
  #reader: RunReader | undefined;
  #known: Known | undefined;
  #races: readonly (Decided | undefined)[] = [];
  readonly #drawn = new Map<number, Drawn>();

  constructor(folder: string, moments: GrowingMoments) {
    this.folder = folder;
    this.#moments = moments;
    this.#run = nothing(folder);
  }

  get run(): LiveRun {
    return this.#run;
  }

  /** Whether something was written since it was last read. */
  get isStale(): boolean {
    return this.#stampNow().stamp !== this.#stamp;
  }

  /** Reads what is there. What cannot be read is told in the result: nothing is thrown. */
  async read(): Promise<void> {
    const { stamp, at } = this.#stampNow();
    this.#stamp = stamp;
    this.#at = at;
    this.#close();
    try {
      const odd = oddFile(this.folder);
      if (odd !== undefined) this.#run = { ...nothing(this.folder), fault: odd };
      else if (stamp === '') this.#run = nothing(this.folder);
      else await this.#open();
    } catch (error) {
      this.#close();
      const beginning = isBeginning(this.folder);
      if (beginning) this.#stamp = 'to be read again';
      const fault = beginning ? {} : { fault: plain(messageOf(error)) };
      this.#run = { ...nothing(this.folder), ...fault };
    }
  }

  /**
   * Does the next thing that takes its time, where there is one: reads what the run is compared with, or measures a cell.
   * False where there is not.
   */
  async step(): Promise<boolean> {
    const reader = this.#reader;
    if (!reader) return false;
    try {
      if (!this.#known) {
        this.#known = await knownOf(reader, this.#moments);
        await this.#compose(reader);
      } else if (await this.#known.fids.step(reader)) {
        const { fids } = this.#known;
        const columns = columnsOf(reader.record, this.#races, fids, this.#drawn);
        this.#run = { ...this.#run, columns, notes: notesOf(reader, fids) };
      } else {
        // Nothing is left to be done with it until it changes.
        this.#close();
        return false;
      }
    } catch (error) {
      this.#close();
      this.#run = { ...nothing(this.folder), fault: plain(messageOf(error)) };
    }
    return true;
  }

  #close(): void {
    this.#reader?.close();
    this.#reader = undefined;
  }

  /** Of the files that are watched, and when the last block can have been written. */
  #stampNow(): { readonly stamp: string; readonly at: number } {
    let at = 0;
    const parts = WATCHED.flatMap((name) => {
      const stats = lstatSync(join(this.folder, name), { throwIfNoEntry: false });
      if (!stats) return [];
      if (name.startsWith('run.sqlite')) at = Math.max(at, stats.mtimeMs);
      return [`${name} ${stats.ino} ${stats.size} ${stats.mtimeMs}`];
    });
    return { stamp: parts.join('\n'), at };
  }

  async #open(): Promise<void> {
    const reader = openRun(this.folder);
    this.#reader = reader;
    if (this.#known && (this.#known.identity !== runIdentity(reader.record) || this.#known.fids.isBeyond(reader))) {
      this.#known = undefined;
      this.#drawn.clear();
      this.#moments.forget(this.folder);
    }
    await this.#compose(reader);
  }

  async #compose(reader: RunReader): Promise<void> {
    const { record } = reader;
    const known = this.#known;
    const raced = record.strategy.kind === 'race';
    this.#races = await Promise.all(
      record.datasets.map((_, d) => (raced && known ? decidedRace(reader, d, known.chosen, known.least) : undefined)),
    );
    const amount = amountOf(reader, this.#races);
    this.#pace.seen(amount.images, this.#at);
    const looked = this.#races.map((race) =>
      race?.ended && !record.strategy.complete ? race.looks.at(-1)?.images : undefined,
    );
    const report = raced && !known ? undefined : reportOf(reader, looked);
    const { flags, ...rest } = record;
    this.#run = {
      ...nothing(this.folder),
      record: rest,
      notes: notesOf(reader, known?.fids),
      columns: columnsOf(record, this.#races, known?.fids, this.#drawn),
      progress: progressOf(reader, amount, this.#pace.rate, this.#at),
      setAside: reader.setAside.length,
      strips: stripsIn(this.folder),
      complete: amount.complete,
      ...(report && { report }),
    };
    // It says all that could be measured, and more.
    if (report) this.#close();
  }
}
