import { invalid, oneOf, UserError } from './core/errors.js';
import type { ExtractorIdentity } from './extract/session.js';
import { estimateFid, type FidEstimate, type MarkedFeatures } from './fid.js';
import { type FrechetDistance, frechetDistance } from './metrics/frechet.js';
import { fidAt } from './metrics/frechet-bias.js';
import { type KernelDistance, kernelDistance } from './metrics/kernel.js';
import { type PrecisionRecall, precisionRecall } from './metrics/precision-recall.js';
import { checkComparable, unchecked, unequalFits } from './reference.js';
import { gaussianOf } from './score.js';
import { Accumulator, type Gaussian } from './statistics/gaussian.js';
import type { Provenance, Statistics } from './statistics/npz.js';

/** What can be asked of two sets; all of them from one pass over the pictures. */
export const METRICS = ['fid', 'kid', 'prdc', 'fidinf'] as const;
export type Metric = (typeof METRICS)[number];

/** Those that need the features of both sets, where FID does with their statistics. */
const OF_IMAGES: readonly Metric[] = ['kid', 'prdc'];

/** k of precision and recall as their authors set it, and as those of density and coverage did. */
const NEIGHBOURS = [5, 3];

/** Refuses precision and recall of sets too small to have the neighbours; counts that are not known yet pass. */
export function checkCounts(
  metrics: readonly Metric[],
  counts: readonly (readonly [string, number | undefined])[],
): void {
  if (!metrics.includes('prdc')) return;
  const few = counts.find(([, count]) => count !== undefined && count <= NEIGHBOURS[0]!);
  if (few)
    throw new UserError(
      `--metrics prdc needs more than ${NEIGHBOURS[0]} images in each set; "${few[0]}" has ${few[1]}.`,
    );
}

/** One of two sets: its features, or the statistics of a file. */
export interface Side {
  readonly name: string;
  readonly dims: number;
  readonly provenance?: Provenance;
  readonly features?: MarkedFeatures;
  /** Names of the pictures, row by row. */
  readonly ids?: readonly string[];
  readonly statistics?: Statistics;
}

/** What "FID at n" is: F* + b/n. */
export interface FidAt {
  readonly n: number;
  readonly value: number;
}

export interface Comparison {
  readonly a: Side;
  readonly b: Side;
  /** The sets whose images the error is about; one that is there as statistics is taken as it is. Absent for two of these. */
  readonly sampled?: 'a' | 'b' | 'both';
  readonly fid: FrechetDistance | FidEstimate;
  /** With `fidinf` and sizes asked for. */
  readonly at?: readonly FidAt[];
  readonly kid?: KernelDistance;
  /** One for every k. */
  readonly prdc?: readonly PrecisionRecall[];
  readonly extractor?: ExtractorIdentity;
  /** What a reader of the numbers must know. */
  readonly warnings: readonly string[];
}

export interface CompareOptions {
  readonly metrics?: readonly Metric[];
  /** Sizes n for "FID at n"; they ask for `fidinf`. */
  readonly at?: readonly number[];
  readonly signal?: AbortSignal | undefined;
  /** What is being computed, when it may take a while. */
  readonly onStep?: (step: string, done: number, total: number) => void;
}

/** Reads names of metrics: `fid,kid`. */
export function metricsOf(names: readonly string[]): Metric[] {
  return names.map((name) => {
    const metric = METRICS.find((known) => known === name);
    if (!metric) throw invalid('--metrics', name, `names among ${oneOf(METRICS)}, separated by commas`);
    return metric;
  });
}

/** Whether any of these needs the images of both sets. */
export const needImages = (metrics: readonly Metric[]): boolean => metrics.some((metric) => OF_IMAGES.includes(metric));

export const isEstimate = (fid: FrechetDistance | FidEstimate): fid is FidEstimate => 'errors' in fid;

const few = (count: number, dims: number): boolean => count < Math.max(2048, 2 * dims);

/** Refuses two sides by different extractors; returns what a reader of their distance must know. */
function warningsOf(a: Side, b: Side): string[] {
  const out: string[] = [];
  for (const [side, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const { name, dims, statistics, provenance } = side;
    if (dims !== other.dims)
      throw new UserError(
        `${name}: features of ${dims} dimensions, those of ${other.name} have ${other.dims}: they are of different networks or taps. Make both with the same --extractor and --dims.`,
      );
    if (statistics && other.provenance) checkComparable(name, statistics, other.provenance.extractor);
    if (statistics && !provenance) out.push(unchecked(name));
    if (provenance && few(provenance.count, dims)) {
      out.push(
        `${name}: ${provenance.count} images are few for features of ${dims} dimensions; FID is biased upwards.`,
      );
    }
    if (provenance?.note) out.push(`${name}: ${provenance.note}`);
  }
  const fits = unequalFits(a, b);
  return [...new Set(fits ? [...out, fits] : out)];
}

export async function gaussianOfSide({ features, statistics }: Side): Promise<Gaussian> {
  if (statistics) return gaussianOf(statistics);
  const { count, dims } = features!;
  const accumulator = new Accumulator(dims);
  for (let from = 0; from < count; from += dims)
    await accumulator.add(features!.rows(from, Math.min(from + dims, count)));
  return accumulator.gaussian();
}

/** Subsets of this many images, as other tools draw them: of a set that has no more they would be the set. */
const KID_SUBSET = 1000;

const subsetsOf = (sets: readonly MarkedFeatures[]) => ({
  subsets: { count: sets.every(({ count }) => count > KID_SUBSET) ? 100 : 0, size: KID_SUBSET },
});

/** "FID at n" for every size; none, and a warning, where the images are too few to tell. */
function sizesOf(fid: FrechetDistance | FidEstimate, at: readonly number[], warnings: string[]): FidAt[] | undefined {
  if (!isEstimate(fid)) return undefined;
  const { unbiased, n } = fid;
  if (!unbiased) {
    warnings.push(
      `${n} images are too few to tell FID∞ or an FID at another n: each half of them must have more images than a feature has dimensions, and twice as many to be trusted. Give more images, or features of fewer dimensions (--dims).`,
    );
    return undefined;
  }
  if (!unbiased.trusted) {
    warnings.push(
      `FID∞ is not to be trusted yet: each half of the images should have at least ${unbiased.needed}, which makes ${2 * unbiased.needed} in all; there are ${n}.`,
    );
  }
  const { first, slope } = unbiased;
  return at.map((size) => ({ n: size, value: fidAt({ value: first, slope }, size) }));
}

/**
 * Refuses metrics that need the images of a set that is there as statistics alone; to be called before anything is measured.
 *
 * @param sides those that are known; undefined for what is still to be measured
 */
export function checkMetrics(
  metrics: readonly Metric[],
  at: readonly number[],
  sides: readonly (Side | undefined)[],
): void {
  const n = at.find((size) => !Number.isSafeInteger(size) || size < 2);
  if (n !== undefined) throw invalid('--at', n, 'sizes n of at least 2');
  const file = sides.find((side) => side?.statistics);
  if (file && needImages(metrics)) {
    throw new UserError(
      `${file.name} holds statistics, and ${OF_IMAGES.join(' and ')} need the images of both sets. Give a folder or an archive, or leave them out of --metrics.`,
    );
  }
  if ((metrics.includes('fidinf') || at.length) && sides.every((side) => side?.statistics))
    throw new UserError('--metrics fidinf needs the images of one of the two sets; both are statistics files.');
}

/** What is to be said of standard errors that simulation has shown to be too small (see `estimateFid`). */
const nearDims = ({ errors }: FidEstimate, sides: readonly Side[]): string[] =>
  errors.flatMap(({ n, method }, i) => {
    const { name, dims } = sides[i]!;
    return method === 'infinitesimal jackknife' && n < 4 * dims
      ? [`${name}: with ${n} images in ${dims} dimensions the ± comes out up to a quarter too small.`]
      : [];
  });

/** Every asked metric of two sets. The error is about all images that are known; a statistics file is taken as it is. */
export async function compare(
  a: Side,
  b: Side,
  { metrics = ['fid'], at = [], signal, onStep = () => {} }: CompareOptions = {},
): Promise<Comparison> {
  const warnings = warningsOf(a, b);
  checkMetrics(metrics, at, [a, b]);
  signal?.throwIfAborted();
  const step = (name: string) => (done: number, total: number) => onStep(name, done, total);
  const sampled = a.features ? (b.features ? 'both' : 'a') : b.features ? 'b' : undefined;
  const [own, other] = sampled === 'b' ? [b, a] : [a, b];
  const reference = other.features ?? (await gaussianOfSide(other));
  const fid = own.features
    ? await estimateFid(own.features, reference, { signal, onProgress: step('FID and its error') })
    : await frechetDistance(await gaussianOfSide(own), await gaussianOfSide(other));
  signal?.throwIfAborted();
  if (isEstimate(fid)) warnings.push(...nearDims(fid, [own, other]));
  const sizes = metrics.includes('fidinf') || at.length ? sizesOf(fid, at, warnings) : undefined;

  const stoppable = signal ? { signal } : {};
  const pair = [a.features!, b.features!] as const;
  const kid = metrics.includes('kid')
    ? await kernelDistance(...pair, { ...stoppable, ...subsetsOf(pair), onProgress: step('KID') })
    : undefined;
  const prdc = metrics.includes('prdc')
    ? await precisionRecall(...pair, { ...stoppable, ks: NEIGHBOURS, onProgress: step('precision and recall') })
    : undefined;
  const extractor = a.provenance?.extractor ?? b.provenance?.extractor;
  return {
    a,
    b,
    fid,
    warnings,
    ...(sampled && { sampled }),
    ...(sizes && { at: sizes }),
    ...(kid && { kid }),
    ...(prdc && { prdc }),
    ...(extractor && { extractor }),
  };
}
