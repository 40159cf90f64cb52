import { markOfOutput } from './core/random.js';
import type { Features } from './extract/features.js';
import { estimateFid, type FidEstimate, type MarkedFeatures } from './fid.js';
import { effectiveRank } from './metrics/effective-rank.js';
import { frechetDistance, withFactor } from './metrics/frechet.js';
import { withoutBias } from './metrics/frechet-bias.js';
import { type Difference, difference, type Scattered } from './metrics/frechet-difference.js';
import { simultaneousCritical } from './metrics/simultaneous.js';
import type { Contender } from './search/race.js';
import { leaderOf } from './search/race.js';
import { type Gaussian, gaussianOfMoments } from './statistics/gaussian.js';
import { mergeMoments } from './statistics/moments.js';
import type { Halves } from './statistics/moments-file.js';

/** Features of a sweep's cells, whoever keeps them. */
export interface Cells {
  /** Outputs there are of a cell, from the first. */
  images(dataset: number, setting: string): number;
  features(dataset: number, setting: string, images?: number): Features;
  /** Images of a finite data set, each of which comes once before one comes again. */
  population?(dataset: number): number | undefined;
  /** Where only moments are kept: those of the two halves of all the outputs there are. */
  halves?(dataset: number, setting: string): Promise<Halves>;
}

/** Groups of the jackknife of few images: more of them give the error itself more degrees of freedom, for more time. */
const groupsOf = (images: number): number => (images <= 1024 ? 20 : 10);

/**
 * Images for each dimension that the reference has in effect, below which even F* says nothing: there the bias of an FID is
 * not as 1/n yet, and may have the sign of a difference wrong. (With 4 images for each of all dimensions, F* is trusted.)
 */
const LEAST_PER_DIMENSION = 4;

/** Images below which no difference of FIDs to a reference means anything. */
export const leastImages = async (reference: Gaussian): Promise<number> =>
  LEAST_PER_DIMENSION * (await effectiveRank(reference));

const marked = (features: Features): MarkedFeatures => ({
  count: features.count,
  dims: features.dims,
  rows: (from, to) => features.rows(from, to),
  marks: Float64Array.from({ length: features.count }, (_, output) => markOfOutput(output)),
});

export interface EstimatesOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called after each setting of those that are compared at a look. */
  readonly onEstimate?: (done: number, total: number) => void;
}

/** FIDs of cells with their errors, each computed once; the last one of a cell is kept. */
export class Estimates {
  readonly cells: Cells;
  readonly #reference: Gaussian;
  readonly #options: EstimatesOptions;
  readonly #kept = new Map<string, { readonly images: number; readonly estimate: FidEstimate }>();
  #factored: Promise<Gaussian> | undefined;
  #least: Promise<number> | undefined;

  constructor(cells: Cells, reference: Gaussian, options: EstimatesOptions = {}) {
    this.cells = cells;
    this.#reference = reference;
    this.#options = options;
  }

  /** Of the first `images` outputs of a cell. */
  async of(dataset: number, setting: string, images: number): Promise<FidEstimate> {
    const key = `${dataset}\0${setting}`;
    const kept = this.#kept.get(key);
    if (kept?.images === images) return kept.estimate;
    this.#options.signal?.throwIfAborted();
    const estimate = await this.#estimate(dataset, setting, images);
    this.#kept.set(key, { images, estimate });
    return estimate;
  }

  async #estimate(dataset: number, setting: string, images: number): Promise<FidEstimate> {
    const halves = await this.cells.halves?.(dataset, setting);
    if (halves) {
      this.#factored ??= withFactor(this.#reference);
      return estimateOfHalves(halves, await this.#factored);
    }
    const features = this.cells.features(dataset, setting, images);
    // With more images than dimensions the reference's factor serves every cell.
    if (images > features.dims) this.#factored ??= withFactor(this.#reference);
    const reference = (await this.#factored) ?? this.#reference;
    return estimateFid(marked(features), reference, {
      scatter: true,
      groups: groupsOf(images),
      signal: this.#options.signal,
    });
  }

  /** Settings of a data set at the same number of images, with their differences to the leader among them. */
  async contenders(dataset: number, settings: readonly string[], images: number): Promise<Contender[]> {
    const estimates = new Map<string, FidEstimate>();
    for (const setting of settings) {
      estimates.set(setting, await this.of(dataset, setting, images));
      this.#options.onEstimate?.(estimates.size, settings.length);
    }
    const alone = settings.map((setting) => contenderOf(setting, estimates.get(setting)!));
    const leader = estimates.get(leaderOf(alone))!;
    const out: Contender[] = [];
    for (const contender of alone)
      out.push({ ...contender, ...(await this.differences(dataset, estimates.get(contender.setting)!, leader)) });
    return out;
  }

  /** Standard errors that the intervals of all differences between some settings reach, so that with 95% all hold. */
  async critical(dataset: number, settings: readonly string[], images: number): Promise<number> {
    const all: FidEstimate[] = [];
    for (const setting of settings) all.push(await this.of(dataset, setting, images));
    const trusted = all.every(({ unbiased }) => unbiased?.trusted);
    const scatters = all.flatMap((one) => (trusted ? one.unbiased?.scatter : one.scatter) ?? []);
    return scatters.length === all.length ? simultaneousCritical(scatters) : Number.NaN;
  }

  /** Images below which no difference means anything. */
  least(): Promise<number> {
    this.#least ??= leastImages(this.#reference);
    return this.#least;
  }

  /** Differences of FIDₙ and of F* of two settings, as far as they mean something; none of a setting to itself. */
  async differences(
    dataset: number,
    a: FidEstimate,
    b: FidEstimate,
  ): Promise<Pick<Contender, 'difference' | 'unbiasedDifference' | 'slack'>> {
    if (a === b) return {};
    const enough = a.n >= (await this.least());
    const population = this.cells.population?.(dataset);
    return {
      ...(population !== undefined && { slack: Math.max(slackOf(a, population), slackOf(b, population)) }),
      ...paired('difference', a, b),
      ...(enough && a.unbiased && b.unbiased && paired('unbiasedDifference', a.unbiased, b.unbiased)),
    };
  }
}

/**
 * How much too low F* may be, and FIDₙ beside one of images with replacement. An unmixed row of n of a folder's M images has
 * a bias of about b·(1/n − 1/M), where the halves say b/n: F* is then too low by b/M. A mixed row lies between.
 */
export const slackOf = (
  {
    value,
    n,
    unbiased,
  }: { readonly value: number; readonly n: number; readonly unbiased?: { readonly value: number } },
  population: number,
): number => (unbiased ? Math.max(0, value - unbiased.value) * Math.min(1, n / population) : 0);

/** FID and F* from moments: without images there is no error. */
async function estimateOfHalves({ low, high }: Halves, reference: Gaussian): Promise<FidEstimate> {
  const { dims } = low;
  const distance = await frechetDistance(gaussianOfMoments(mergeMoments(low, high)), reference);
  const n = low.count + high.count;
  const estimate = { ...distance, n, errors: [] };
  if (Math.min(low.count, high.count) <= dims) return estimate;
  const parts: { value: number; n: number }[] = [];
  for (const half of [low, high])
    parts.push({ value: (await frechetDistance(gaussianOfMoments(half), reference)).value, n: half.count });
  const unbiased = withoutBias({ value: distance.value, n, halves: [parts[0]!, parts[1]!] }, dims);
  return { ...estimate, unbiased: { ...unbiased, corrected: 'first', first: unbiased.value } };
}

/** What pairs two numbers with their scatter, under a name; nothing where one has none. */
function paired(name: string, a: Partial<Scattered>, b: Partial<Scattered>): Record<string, Difference> {
  if (a.value === undefined || b.value === undefined || !a.scatter || !b.scatter) return {};
  return { [name]: difference({ value: a.value, scatter: a.scatter }, { value: b.value, scatter: b.scatter }) };
}

const contenderOf = (setting: string, { value, unbiased }: FidEstimate): Contender => ({
  setting,
  fid: value,
  trusted: unbiased?.trusted ?? false,
  ...(unbiased && { unbiased: unbiased.value }),
});
