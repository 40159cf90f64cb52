import { permuted, STREAM } from './core/random.js';
import type { BaseImage, Dataset } from './dataset/dataset.js';
import { type ProgramSet, pictureOf } from './dataset/program-set.js';
import type { Features } from './extract/features.js';
import { featuresOf } from './extract/features.js';
import type { Extractor } from './extract/session.js';
import { measureDataset } from './measure.js';
import { meanCosineDistance } from './metrics/cosine-distance.js';
import { vendiScore } from './metrics/vendi.js';
import type { Renderer } from './render/renderer.js';

/** Programs drawn at a time. */
const BATCH = 16;

export interface DiversityOptions {
  readonly resolution: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
  /** A program or file that could not be used. */
  readonly onSetAside?: (id: string, why: string) => void;
}

/** How different some images, or some programs, are from each other. */
export interface Spread {
  /** Images or programs measured. */
  readonly count: number;
  /** Vendi score: the effective number of different ones; comparable at equal counts alone. */
  readonly effective: number;
  /** Mean cosine distance of all pairs. */
  readonly distance: number;
}

/** The spread of the first `count` rows. */
export const spreadOf = async (features: Features, count = features.count): Promise<Spread> => ({
  count,
  effective: await vendiScore(features, count),
  distance: meanCosineDistance(features, count),
});

/** Features of the first `images` unmixed images of a data set. */
export async function imageFeatures(
  dataset: Dataset,
  images: number,
  renderer: Renderer,
  extractor: Extractor,
  { resolution, seed, ...options }: DiversityOptions,
): Promise<Features> {
  const { dims } = extractor.identity;
  const data = new Float32Array(images * dims);
  const sink = async (rows: readonly number[], features: Float32Array) => {
    for (const [i, row] of rows.entries()) data.set(features.subarray(i * dims, (i + 1) * dims), row * dims);
  };
  await measureDataset(dataset, images, resolution, seed, renderer, extractor, sink, { ...options, skipCorrupt: true });
  return featuresOf(data, dims);
}

/**
 * Features of distinct programs, each the mean of those of its first pictures. Programs are taken in an order by the seed;
 * those that cannot be drawn are left out and others take their place.
 *
 * @param programs how many; all that there are, where there are fewer
 * @param each pictures a program
 */
export async function programFeatures(
  set: ProgramSet,
  programs: number,
  each: number,
  renderer: Renderer,
  extractor: Extractor,
  { resolution, seed, signal, onProgress, onSetAside }: DiversityOptions,
): Promise<Features> {
  const { dims } = extractor.identity;
  const { ids } = set;
  const wanted = Math.min(programs, ids.length);
  const means = new Float32Array(wanted * dims);
  const whole = [0, 0, resolution, resolution] as const;
  let count = 0;
  for (let next = 0; next < ids.length && count < wanted; ) {
    signal?.throwIfAborted();
    const take = Math.min(BATCH, wanted - count, ids.length - next);
    const chosen = Array.from({ length: take }, (_, i) => ids[permuted(next + i, ids.length, seed, 0, STREAM.check)]!);
    next += take;
    const usable = await loadUsable(set, chosen, each, seed, renderer, onSetAside);
    if (!usable) continue;
    const pixels = await renderer.mix(
      Array.from({ length: usable * each }, (_, i) => ({ firstLayer: i, blend: false, weights: [1], boxes: [whole] })),
    );
    const features = await extractor.features(pixels, usable * each, resolution, resolution);
    for (let i = 0; i < usable * each; i++) {
      const row = (count + Math.floor(i / each)) * dims;
      for (let j = 0; j < dims; j++) means[row + j]! += features[i * dims + j]! / each;
    }
    count += usable;
    onProgress?.(count, wanted);
  }
  return featuresOf(means.subarray(0, count * dims), dims);
}

/** Draws the pictures of some programs, those that fail left out, one program after another. How many there are. */
async function loadUsable(
  set: ProgramSet,
  ids: readonly string[],
  each: number,
  seed: number,
  renderer: Renderer,
  onSetAside: DiversityOptions['onSetAside'],
): Promise<number> {
  let usable = ids;
  while (usable.length) {
    const bases = usable.flatMap((id) => {
      const program = set.read(id);
      return Array.from(
        { length: each },
        (_, k): BaseImage => ({ kind: 'program', program, ...pictureOf(k, 0, seed) }),
      );
    });
    const failures = await renderer.load(bases);
    if (!failures.length) break;
    for (const { program, why } of failures) onSetAside?.(program, why);
    const failed = new Set(failures.map(({ program }) => program));
    usable = usable.filter((id) => !failed.has(id));
  }
  return usable.length;
}
