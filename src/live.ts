import { lstatSync } from 'node:fs';
import { join } from 'node:path';
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
import { stampOf } from './live-stamp.js';
import { unread } from './live-unread.js';
import type { LiveRun, LiveStrip } from './report/dashboard-run.js';
import { gaussianOf } from './score.js';
import type { Gaussian } from './statistics/gaussian.js';
import { decodeStatistics } from './statistics/npz.js';
import { readPictureIndex } from './store/pictures.js';
import { openRun, type RunReader } from './store/run.js';
import { runIdentity } from './store/run-json.js';

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
    this.#run = unread(folder);
  }

  get run(): LiveRun {
    return this.#run;
  }

  /** Whether there is nothing that takes time to be done. */
  get isIdle(): boolean {
    return !this.#reader;
  }

  /** Whether something was written since it was last read. */
  get isStale(): boolean {
    return stampOf(this.folder).stamp !== this.#stamp;
  }

  /** Reads what is there. What cannot be read is told in the result: nothing is thrown. */
  async read(): Promise<void> {
    const { stamp, at } = stampOf(this.folder);
    this.#stamp = stamp;
    this.#at = at;
    this.#close();
    try {
      const odd = oddFile(this.folder);
      if (odd !== undefined) this.#run = { ...this.#nothing(), fault: odd };
      else if (stamp === '') {
        this.release();
        this.#run = this.#nothing();
      } else await this.#open();
    } catch (error) {
      this.#close();
      const beginning = isBeginning(this.folder);
      if (beginning) this.#stamp = 'to be read again';
      const fault = beginning ? {} : { fault: plain(messageOf(error)) };
      this.#run = { ...this.#nothing(), ...fault };
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
        if (this.#run.complete) this.#moments.forget(this.folder);
        return false;
      }
    } catch (error) {
      this.#close();
      this.#run = { ...this.#nothing(), fault: plain(messageOf(error)) };
    }
    return true;
  }

  /** Lets go of all that was measured: the folder is no more, or it is of another run. */
  release(): void {
    this.#close();
    this.#known = undefined;
    this.#drawn.clear();
    this.#moments.forget(this.folder);
  }

  #nothing(): LiveRun {
    return unread(this.folder, this.#stamp);
  }

  #close(): void {
    this.#reader?.close();
    this.#reader = undefined;
  }

  async #open(): Promise<void> {
    const reader = openRun(this.folder);
    if (this.#known && (this.#known.identity !== runIdentity(reader.record) || this.#known.fids.isBeyond(reader)))
      this.release();
    this.#reader = reader;
    await this.#compose(reader);
  }

  async #compose(reader: RunReader): Promise<void> {
    const { record } = reader;
    const known = this.#known;
    const raced = record.strategy.kind === 'race';
    const remembered = await Promise.all(
      record.datasets.map((_, d) => (raced && known ? decidedRace(reader, d, known.chosen, known.least) : undefined)),
    );
    const { report, races = remembered } = reportOf(reader, remembered) ?? {};
    this.#races = races;
    const amount = amountOf(reader, races);
    const { images = 0, seconds = 0 } = reader.timing() ?? {};
    this.#pace.seen(images, seconds);
    const { flags, ...rest } = record;
    this.#run = {
      ...this.#nothing(),
      record: rest,
      notes: notesOf(reader, known?.fids),
      columns: columnsOf(record, this.#races, known?.fids, this.#drawn),
      progress: progressOf(reader, amount, this.#pace.rate, this.#at),
      setAside: reader.setAside.length,
      strips: stripsIn(this.folder),
      complete: amount.complete,
      ...(report && { report }),
    };
    if (!report) return;
    // It says all that could be measured, and more.
    this.#close();
    this.#moments.forget(this.folder);
  }
}
