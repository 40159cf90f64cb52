/**
 * fidsweep as a library: `fid`, `stats` and `features` of any pictures, by the same engine as the command. Nothing is
 * printed, the process is never ended; a user's mistake is a `UserError`, a bug any other error.
 */
import { type ExtractorChoice, openChosen } from './choose-extractor.js';
import {
  type CompareOptions,
  type Comparison,
  checkMetrics,
  compare,
  type Metric,
  needImages,
  type Side,
} from './compare.js';
import { writeAtomically } from './core/files.js';
import type { ExtractorIdentity } from './extract/session.js';
import { isStatistics, type MeasuredSide, madeBy, measureSide, readSide } from './side.js';
import { measure, type Source, type SourceOptions } from './source.js';
import { Accumulator, covarianceOf } from './statistics/gaussian.js';
import { encodeStatistics, type Provenance } from './statistics/npz.js';

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

export interface FidOptions extends Options, Pick<CompareOptions, 'metrics' | 'at'> {
  readonly metrics?: readonly Metric[];
}

/** The result of `fid`: the comparison without the features it came from. */
export interface FidResult extends Omit<Comparison, 'a' | 'b'> {
  readonly a: Pick<Side, 'name' | 'provenance'>;
  readonly b: Pick<Side, 'name' | 'provenance'>;
  /** What the numbers may be compared with; absent where both sides are statistics. */
  readonly comparable?: string;
}

/**
 * FID of two picture sets, with its standard error and interval, and the other metrics that are asked for.
 *
 * @param a the set whose images are taken as a sample: a path, a data-set spec, an `.npz` of statistics, or pictures
 * @param b the reference, of the same kinds
 */
export async function fid(a: Source, b: Source, options: FidOptions = {}): Promise<FidResult> {
  const { metrics = ['fid'], at, signal, onNote } = options;
  const read = async (source: Source) =>
    typeof source === 'string' && isStatistics(source, { imagesNeeded: needImages(metrics) })
      ? readSide(source)
      : undefined;
  const files = [await read(a), await read(b)];
  checkMetrics(metrics, files);
  const made = madeBy(files);
  const extractor = files.every(Boolean) ? undefined : await openChosen(options, made, onNote);
  const measured: MeasuredSide[] = [];
  const side = async (source: Source): Promise<Side> => {
    const made = await measureSide(source, extractor!, options);
    measured.push(made);
    return made;
  };
  try {
    const left = files[0] ?? (await side(a));
    const right = files[1] ?? (await side(b));
    const comparison = await compare(left, right, { metrics, ...(at && { at }), signal });
    const shown = ({ name, provenance }: Side) => ({ name, ...(provenance && { provenance }) });
    const comparable = extractor?.comparable;
    return { ...comparison, a: shown(left), b: shown(right), ...(comparable && { comparable }) };
  } finally {
    for (const { store } of measured) store.close();
    await extractor?.dispose();
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
  const extractor = await openChosen(options, undefined, options.onNote);
  try {
    const accumulator = new Accumulator(extractor.identity.dims);
    const { provenance } = await measure(source, extractor, (_, rows) => accumulator.add(rows), options);
    const gaussian = await accumulator.gaussian();
    const result = { mean: gaussian.mean, covariance: (await covarianceOf(gaussian)).data, provenance };
    if (options.output !== undefined) writeAtomically(options.output, encodeStatistics(result));
    return result;
  } finally {
    await extractor.dispose();
  }
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
  const extractor = await openChosen(options, undefined, options.onNote);
  try {
    const side = await measureSide(source, extractor, options);
    try {
      const { count, dims } = side.store;
      const data = side.store.rows(0, count).slice();
      return { data, count, dims, extractor: extractor.identity, ...(side.ids && { ids: side.ids }) };
    } finally {
      side.store.close();
    }
  } finally {
    await extractor.dispose();
  }
}
