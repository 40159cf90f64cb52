/**
 * fidsweep as a library: `fid`, `stats` and `features` of any pictures, by the same engine as the command. Nothing is
 * printed, the process is never ended; a user's mistake is a `UserError`, a bug any other error.
 */
import { type ExtractorChoice, openChosen } from './choose-extractor.js';
import { type CompareOptions, type Comparison, type Metric, metricsOf, type Side } from './compare.js';
import { compareSources } from './compare-sources.js';
import { invalid } from './core/errors.js';
import { prepareFile, writeAtomically } from './core/files.js';
import type { Extractor, ExtractorIdentity } from './extract/session.js';
import { measureSide } from './side.js';
import { type OpenedSource, openSource, type Source, type SourceOptions } from './source.js';
import { encodeStatistics, type Provenance } from './statistics/npz.js';
import { statisticsOf } from './stats.js';

export type { Comparison, Metric, Side } from './compare.js';
export { UserError } from './core/errors.js';
export type { Picture } from './dataset/decode.js';
export type { ExtractorIdentity } from './extract/session.js';
export type { FidEstimate } from './fid.js';
export type { FrechetDistance } from './metrics/frechet.js';
export type { KernelDistance } from './metrics/kernel.js';
export type { PrecisionRecall } from './metrics/precision-recall.js';
export type { PictureStream, Source } from './source.js';
export type { Provenance } from './statistics/npz.js';

/** What every call takes: which network, and how pictures are read. */
export interface Options extends ExtractorChoice, Omit<SourceOptions, 'onProgress'> {
  /** Ends the work at the next batch; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called as pictures are measured; `total` is what is known of their number. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface FidOptions extends Options, Pick<CompareOptions, 'at'> {
  /** `fid` alone by default; all are computed from one pass over the pictures. */
  readonly metrics?: readonly Metric[];
}

/** The result of `fid`: the comparison without the features it came from. */
export interface FidResult extends Omit<Comparison, 'a' | 'b'> {
  readonly a: Pick<Side, 'name' | 'provenance'>;
  readonly b: Pick<Side, 'name' | 'provenance'>;
  /** What the numbers may be compared with. */
  readonly comparable: string;
}

/** Refuses options that are no numbers of their kind, as the command refuses its flags. */
function checked<T extends Options>(options: T): T {
  const check = (name: string, value: number | undefined, least: number, most: number) => {
    if (value === undefined || (Number.isSafeInteger(value) && value >= least && value <= most)) return;
    throw invalid(name, value, `a whole number from ${least} to ${most}`);
  };
  check('images', options.images, 2, 100_000_000);
  check('seed', options.seed, 0, Number.MAX_SAFE_INTEGER);
  check('resolution', options.resolution, 16, 2048);
  check('threads', options.threads, 1, 1024);
  return options;
}

/**
 * FID of two picture sets, with its standard error and interval, and the other metrics that are asked for.
 *
 * @param a the set whose images are taken as a sample: a path, a data-set spec, an `.npz` of statistics, or pictures
 * @param b the reference, of the same kinds
 */
export async function fid(a: Source, b: Source, options: FidOptions = {}): Promise<FidResult> {
  const metrics = metricsOf(options.metrics ?? ['fid']);
  return compareSources([a, b], { ...checked(options), metrics }, async ({ comparison, comparable, notes }) => {
    const shown = ({ name, provenance }: Side) => ({ name, ...(provenance && { provenance }) });
    const warnings = [...notes, ...comparison.warnings];
    return { ...comparison, a: shown(comparison.a), b: shown(comparison.b), comparable, warnings };
  });
}

/** Opens the source first, so that one that is not there costs nothing, then the network, and closes both. */
async function measuring<T>(
  source: Source,
  options: Options,
  work: (source: OpenedSource, extractor: Extractor) => Promise<T>,
): Promise<T> {
  options.signal?.throwIfAborted();
  const opened = await openSource(source, checked(options));
  try {
    const extractor = await openChosen(options, undefined, options.onNote);
    try {
      return await work(opened, extractor);
    } finally {
      await extractor.dispose();
    }
  } finally {
    await opened.close();
  }
}

/** Mean (d) and covariance (d×d, row-major, ddof = 1) of a source's features, and what made them. */
export interface StatsResult {
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
  readonly provenance: Provenance;
}

/**
 * Statistics of a source; with `output`, also written as an `.npz` that pytorch-fid, clean-fid and `fid` read. Memory does
 * not grow with the number of images.
 */
export async function stats(
  source: Source,
  options: Options & { readonly output?: string } = {},
): Promise<StatsResult> {
  const { output } = options;
  if (output !== undefined) prepareFile('output', output);
  return measuring(source, options, async (opened, extractor) => {
    const result = await statisticsOf(opened, extractor);
    if (output !== undefined) writeAtomically(output, encodeStatistics(result));
    const { mean, covariance, provenance } = result;
    return { mean, covariance, provenance };
  });
}

export interface FeaturesResult {
  /** count × dims, row-major, in the order of the pictures. */
  readonly data: Float32Array;
  readonly count: number;
  readonly dims: number;
  /** Names of the pictures, row by row, where they have any. */
  readonly ids?: readonly string[];
  readonly extractor: ExtractorIdentity;
}

/** Features of a source, all in memory: 8 kB an image at 2048 dimensions. */
export async function features(source: Source, options: Options = {}): Promise<FeaturesResult> {
  return measuring(source, options, async (opened, extractor) => {
    const { store, ids } = await measureSide(opened, extractor);
    try {
      const { count, dims } = store;
      const data = store.rows(0, count).slice();
      return { data, count, dims, extractor: extractor.identity, ...(ids && { ids }) };
    } finally {
      store.close();
    }
  });
}
