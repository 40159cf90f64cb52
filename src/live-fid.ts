import { messageOf } from './core/errors.js';
import { GrowingMoments } from './live-moments.js';
import { frechetDistance, withFactor } from './metrics/frechet.js';
import { factorOf, type Gaussian, gaussianOfMoments } from './statistics/gaussian.js';
import type { RunReader } from './store/run.js';

/** FIDₙ of a cell by its first `images` outputs. */
export interface LiveFid {
  readonly images: number;
  readonly fid: number;
}

/** Points that are kept of a cell; then every second is forgotten. */
const MOST_POINTS = 128;

/** A data set's settings being measured at the same number of images. */
interface Round {
  readonly images: number;
  readonly todo: string[];
  readonly done: Map<string, LiveFid>;
}

interface Column {
  /** What is shown: of one round, and older ones of settings that are left behind. */
  readonly shown: Map<string, LiveFid>;
  readonly points: Map<string, LiveFid[]>;
  /** Of more images than the others have, as only the moments of these are kept: shown once the others have them too. */
  readonly ahead: Map<string, LiveFid>;
  /** Rounds that were begun, and images of the last of them. */
  rounds: number;
  images: number;
  round?: Round;
}

const thinned = (points: LiveFid[]): LiveFid[] =>
  points.length < MOST_POINTS ? points : points.filter((_, i) => i % 2 === 0 || i === points.length - 1);

/** Images that most of a data set's settings stand at: the least of those that are at most a block behind the first. */
export function commonImages(kept: readonly number[], block: number): number {
  const most = kept.reduce((a, b) => Math.max(a, b), 0);
  return kept.reduce((least, images) => (images >= most - block ? Math.min(least, images) : least), most);
}

/**
 * FIDₙ of the cells of a run while it grows, one cell at a time. Settings of a data set are measured in rounds, all at as
 * many images as they have in common, as the FID of fewer is biased further upwards; a round is shown when it is done,
 * the first one as it goes.
 */
export class LiveFids {
  readonly #reference: Gaussian;
  readonly #moments: GrowingMoments;
  readonly #columns = new Map<number, Column>();
  readonly #faults = new Map<string, string>();
  #factored: Gaussian | undefined;
  #turn = 0;

  constructor(reference: Gaussian, moments = new GrowingMoments()) {
    this.#reference = reference;
    this.#moments = moments;
  }

  /** What could not be measured, and why. */
  get faults(): readonly string[] {
    return [...new Set(this.#faults.values())];
  }

  shown(dataset: number): ReadonlyMap<string, LiveFid> {
    return this.#column(dataset).shown;
  }

  /** By the images of each, ascending. */
  points(dataset: number, setting: string): readonly LiveFid[] {
    return this.#column(dataset).points.get(setting) ?? [];
  }

  /** Whether more was measured than is kept now: another run is in the folder. */
  isBeyond(run: RunReader): boolean {
    return [...this.#columns].some(([dataset, { shown }]) =>
      [...shown].some(([setting, { images }]) => images > run.images(dataset, setting)),
    );
  }

  /** Measures the next cell that has something new, data sets in turn. False where there is none. */
  async step(run: RunReader): Promise<boolean> {
    const { datasets } = run.record;
    for (let i = 0; i < datasets.length; i++) {
      const dataset = (this.#turn + i) % datasets.length;
      const round = this.#round(run, dataset);
      if (!round) continue;
      const column = this.#column(dataset);
      const setting = round.todo.shift()!;
      const images = Math.min(round.images, run.images(dataset, setting));
      const key = `${dataset} ${setting}`;
      try {
        round.done.set(setting, await this.#measure(run, dataset, setting, images));
        this.#faults.delete(key);
      } catch (error) {
        this.#faults.set(key, messageOf(error));
      }
      this.#publish(column, round);
      if (!round.todo.length) this.#turn = dataset + 1;
      return true;
    }
    return false;
  }

  #column(dataset: number): Column {
    const column: Column = this.#columns.get(dataset) ?? {
      shown: new Map(),
      points: new Map(),
      ahead: new Map(),
      rounds: 0,
      images: 0,
    };
    this.#columns.set(dataset, column);
    return column;
  }

  /** The round that goes on, or the next where there are more images. */
  #round(run: RunReader, dataset: number): Round | undefined {
    const column = this.#column(dataset);
    if (column.round?.todo.length) return column.round;
    const { settings, block } = run.record;
    const kept = new Map(settings.map((setting) => [setting, run.images(dataset, setting)]));
    const images = commonImages([...kept.values()], block);
    // Also what was left behind has its last images measured once.
    const todo = settings.filter((setting) => {
      const own = Math.min(images, kept.get(setting)!);
      const measured = Math.max(column.shown.get(setting)?.images ?? 0, column.ahead.get(setting)?.images ?? 0);
      return own >= 2 && own > measured && !this.#hopeless(dataset, setting, own, column);
    });
    if (!todo.length) return undefined;
    column.round = { images, todo, done: new Map([...column.ahead].filter(([, fid]) => fid.images === images)) };
    column.images = images;
    column.rounds++;
    return column.round;
  }

  /** A cell that could not be measured is tried again when the run has grown. */
  #hopeless(dataset: number, setting: string, images: number, column: Column): boolean {
    return this.#faults.has(`${dataset} ${setting}`) && images <= column.images;
  }

  async #measure(run: RunReader, dataset: number, setting: string, images: number): Promise<LiveFid> {
    const { dims } = run.record.extractor;
    if (images <= dims && !run.moments(dataset, setting)) {
      const rows = run.features(dataset, setting, images).rows(0, images);
      return { images, fid: (await frechetDistance(factorOf(rows, dims), this.#reference)).value };
    }
    const moments = await this.#moments.of(run, dataset, setting, images);
    this.#factored ??= await withFactor(this.#reference);
    return { images: moments.count, fid: (await frechetDistance(gaussianOfMoments(moments), this.#factored)).value };
  }

  #publish(column: Column, { images, todo, done }: Round): void {
    if (todo.length && column.rounds > 1) return;
    for (const [setting, fid] of done) {
      if (column.shown.get(setting)?.images === fid.images) continue;
      if (fid.images > images && column.shown.has(setting)) {
        column.ahead.set(setting, fid);
        continue;
      }
      column.ahead.delete(setting);
      column.shown.set(setting, fid);
      const points = [...(column.points.get(setting) ?? []), fid];
      column.points.set(setting, thinned(points));
    }
  }
}
