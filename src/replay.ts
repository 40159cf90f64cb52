import { type Dense, dense, symmetricEigen } from './core/linear.js';
import { product } from './core/products.js';
import { permuted, STREAM } from './core/random.js';
import { type Cells, Estimates } from './estimates.js';
import { type Features, featuresOf } from './extract/features.js';
import { centredRows } from './metrics/frechet-error.js';
import { type RaceState, raceOf, ranksOf } from './race.js';
import { looks } from './search/looks.js';
import { leaderOf, type RaceRule, testsOf } from './search/race.js';
import type { Gaussian } from './statistics/gaussian.js';

export interface ReplayOptions {
  /** Probability that any setting is dropped wrongly. */
  readonly alpha: number;
  readonly tolerance: number;
  /** Times the race is taken again, each with the blocks in another order; 0 takes them as they were made. */
  readonly shuffles: number;
  readonly seed: number;
  /**
   * Dimensions to replay in, the first principal axes of the reference (`projected`); all when absent. As many images then
   * are more for each dimension, and an estimate costs less; the FIDs are those of another, narrower space.
   */
  readonly dims?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onRace?: (done: number, total: number) => void;
}

/** One race over kept features. */
export interface ReplayedRace extends RaceState {
  /** 0: the blocks as they were made. */
  readonly shuffle: number;
  /** The best of those that are left. */
  readonly winner: string;
  /** Whether it is the grid's winner, or not separated from it. */
  readonly found: boolean;
}

export interface Replay {
  /** The best of all settings at all images, and those not separated from it. */
  readonly grid: { readonly winner: string; readonly tied: readonly string[]; readonly images: number };
  readonly races: readonly ReplayedRace[];
  /** Dimensions of the features that it was taken in. */
  readonly dims: number;
}

/** What is replayed: the kept cells of one data set. */
export interface ReplaySource {
  readonly cells: Cells;
  readonly dataset: number;
  readonly settings: readonly string[];
  /** Data sets that the probability is shared by. */
  readonly datasets: number;
  readonly reference: Gaussian;
  /** Images that every setting has. */
  readonly images: number;
  /** Outputs a block. */
  readonly block: number;
  /** Where a race made them: its own, so that it is replayed at its looks, as far as the images go. */
  readonly race?: {
    /** Images a setting at most. */
    readonly images: number;
    /** Images over all settings that may be made of this data set. */
    readonly budget?: number;
  };
}

/** Rows that are projected at a time. */
const ROWS = 1024;

/** The `dims` axes along which a covariance is largest, one a row, and the variances along them; both descending. */
function principalAxes(covariance: Dense, dims: number): { readonly axes: Dense; readonly variances: Float64Array } {
  const d = covariance.columns;
  const { values, vectors } = symmetricEigen(covariance);
  const axes = dense(dims, d);
  for (let i = 0; i < dims; i++) axes.data.set(vectors.data.subarray((d - 1 - i) * d, (d - i) * d), i * d);
  return { axes, variances: values.slice(d - dims).reverse() };
}

/**
 * A source in the first principal axes of its reference, about the reference's mean. All its features are held in memory:
 * settings × images × `dims` floats.
 *
 * @throws RangeError for more dimensions than there are
 */
export async function projected(source: ReplaySource, dims: number): Promise<ReplaySource> {
  const { cells, dataset, settings, images } = source;
  const { mean, covariance, factor } = source.reference;
  const d = mean.length;
  if (!(Number.isInteger(dims) && dims >= 1 && dims <= d)) throw new RangeError(`${dims} axes of ${d} dimensions`);
  const { axes, variances } = principalAxes(
    covariance ?? (await product(factor!, factor!, { transposeA: true })),
    dims,
  );
  const diagonal = dense(dims, dims);
  // What rounding makes of a variance of zero may be negative.
  for (const [i, variance] of variances.entries()) diagonal.data[i * (dims + 1)] = Math.max(0, variance);
  const held = new Map<string, Float32Array>();
  for (const setting of settings) {
    const features = cells.features(dataset, setting, images);
    const out = new Float32Array(images * dims);
    for (let from = 0; from < images; from += ROWS) {
      const rows = centredRows(features, from, Math.min(from + ROWS, images), mean);
      out.set((await product(rows, axes, { transposeB: true })).data, from * dims);
    }
    held.set(setting, out);
  }
  return {
    ...source,
    cells: {
      images: () => images,
      population: (d) => cells.population?.(d),
      features: (_, setting, count = images) => featuresOf(held.get(setting)!.subarray(0, count * dims), dims),
    },
    reference: { mean: new Float64Array(dims), covariance: diagonal },
  };
}

/** Features with their blocks in another order, the same for every setting; a shorter last block stays the last. */
function shuffled(features: Features, block: number, images: number, seed: number, shuffle: number): Features {
  const whole = Math.floor(images / block);
  const { dims } = features;
  return {
    count: features.count,
    dims,
    rows(from, to) {
      const out = new Float32Array((to - from) * dims);
      for (let row = from; row < to; ) {
        const place = Math.floor(row / block);
        const end = Math.min(to, (place + 1) * block);
        const at =
          (place < whole ? permuted(place, whole, seed, shuffle, STREAM.sample) : place) * block - place * block;
        out.set(features.rows(row + at, end + at), (row - from) * dims);
        row = end;
      }
      return out;
    },
  };
}

/** Looks of the race that a source was made by, or of one over its images; the last is at what there is. */
function looksOf(
  { images, block, race }: ReplaySource,
  least: number,
): { readonly plan: number[]; readonly all: number } {
  const all = looks(race?.images ?? images, block, { least });
  return { plan: [...all.filter((look) => look < images), images], all: all.length };
}

/**
 * Takes a race again over features that are kept, so that rules can be compared without rendering: as it was, or with the
 * blocks in other orders, each of which is another race on images of the same law. By the rule of a sweep's own race:
 * without shuffles, the same features give the same decisions.
 */
export async function replay(source: ReplaySource, options: ReplayOptions): Promise<Replay> {
  const { alpha, tolerance, shuffles, seed, dims, signal, onRace } = options;
  const { dataset, settings, datasets, images, block } = source;
  const { cells, reference } = dims === undefined ? source : await projected(source, dims);
  const estimates = new Estimates(cells, reference, { signal });
  const { plan, all } = looksOf(source, await estimates.least());
  const rule: RaceRule = { alpha, tolerance, tests: testsOf(settings.length, all, datasets) };
  const contenders = await estimates.contenders(dataset, settings, images);
  const ranks = await ranksOf(dataset, contenders, images, estimates, {
    ...rule,
    tests: testsOf(settings.length, 1, datasets),
  });
  const tied = settings.filter((setting) => ranks.get(setting) === 1);
  const winner = leaderOf(contenders);
  const races: ReplayedRace[] = [];
  const numbers = shuffles ? Array.from({ length: shuffles }, (_, i) => i + 1) : [0];
  const there = { images: () => images, population: (d: number) => cells.population?.(d) };
  for (const shuffle of numbers) {
    const order: Cells = shuffle
      ? {
          ...there,
          // All of them are asked for, so that a block of the last ones can come first.
          features: (d, setting, count = images) => {
            const all = shuffled(cells.features(d, setting, images), block, images, seed, shuffle);
            return { ...all, count };
          },
        }
      : { ...there, features: (d, setting, count) => cells.features(d, setting, count) };
    const own = new Estimates(order, reference, { signal });
    const state = await raceOf({ dataset, settings, looks: plan, rule, block, budget: source.race?.budget }, own);
    const last = state.looks.at(-1)!;
    const best = state.alive.length === 1 ? state.alive[0]! : last.leader;
    races.push({ ...state, shuffle, winner: best, found: best === winner || tied.includes(best) });
    onRace?.(races.length, numbers.length);
  }
  return { grid: { winner, tied, images }, races, dims: reference.mean.length };
}
