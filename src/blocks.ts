import { messageOf } from './core/errors.js';
import { type BaseImage, type Choice, CorruptImage, corruptImage, type Dataset } from './dataset/dataset.js';
import { explainLog } from './dataset/program-text.js';
import type { Extractor } from './extract/session.js';
import { recipe } from './mix/recipe.js';
import type { Setting } from './mix/setting.js';
import { prefetch } from './prefetch.js';
import type { Renderer } from './render/renderer.js';

/** Base images drawn ahead into one pool take at most this many bytes of the device's memory. */
const POOL_BYTES = 512 * 1024 ** 2;

/** Images in flight between rendering and inference, as batches of one setting's part of a block. */
const BATCHES_AHEAD = 2;

/** Base images that settings need at most for an output. */
export const widest = (settings: readonly Setting[]): number => Math.max(...settings.map(({ n }) => n));

/** Outputs a block, so that all its base images fit in one pool. It changes no recipe and no pixel, only memory and speed. */
export function blockSize(settings: readonly Setting[], resolution: number, most = 32): number {
  const n = widest(settings);
  const bytes = resolution * resolution * 4;
  return Math.max(1, Math.min(most, Math.floor(POOL_BYTES / (n * bytes)), Math.floor(2048 / n)));
}

export interface BlockJob {
  readonly dataset: Dataset;
  readonly settings: readonly Setting[];
  readonly resolution: number;
  readonly seed: number;
  /** Ids never chosen; what fails is added. */
  readonly unusable: Set<string>;
  /** Whether a file that cannot be decoded is set aside; otherwise it ends the sweep. */
  readonly skipCorrupt: boolean;
  readonly onSetAside: (id: string, why: string) => void;
}

/** Says what the data set knows to be unusable, once, before its first block. */
export function reportFailures({ dataset, onSetAside }: BlockJob): void {
  for (const { id, why } of dataset.failures ?? []) onSetAside(id, why);
}

/** The base images of outputs first … first + count − 1, `width` an output, rendered into the pool. */
async function loadBases(job: BlockJob, renderer: Renderer, first: number, count: number): Promise<void> {
  const width = widest(job.settings);
  for (;;) {
    const choices = Array.from({ length: count }, (_, i) =>
      job.dataset.choose(first + i, width, job.seed, job.unusable),
    ).flat();
    const bases = await loadAll(job, choices);
    if (!bases) continue;
    const failures = await renderer.load(bases);
    if (!failures.length) return;
    for (const { program, why, log } of failures) {
      job.unusable.add(program);
      job.onSetAside(program, log ? `${why}: ${explainLog(program, log)}` : why);
    }
  }
}

/** Decodes or describes the chosen images; undefined when some had to be set aside and others must be chosen. */
async function loadAll(job: BlockJob, choices: readonly Choice[]): Promise<BaseImage[] | undefined> {
  const results = await Promise.allSettled(choices.map((choice) => job.dataset.load(choice, job.seed, job.resolution)));
  const failed = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason as unknown);
  const corrupt = new Map(failed.flatMap((reason) => (reason instanceof CorruptImage ? [[reason.id, reason]] : [])));
  const bug = failed.find((reason) => !(reason instanceof CorruptImage));
  if (bug) throw bug;
  for (const [id, reason] of corrupt) {
    if (!job.skipCorrupt) throw corruptImage(`Data set "${job.dataset.name}"`, reason);
    job.unusable.add(id);
    job.onSetAside(id, `cannot be decoded: ${messageOf(reason)}`);
  }
  return failed.length ? undefined : results.map((result) => (result as PromiseFulfilledResult<BaseImage>).value);
}

export interface Batch {
  readonly setting: number;
  readonly first: number;
  readonly count: number;
  /** uint8 RGB, count × resolution × resolution × 3. */
  readonly pixels: Uint8Array;
}

/** Renders one block: every base image once, then every setting's outputs from them, a batch a setting. */
export async function* renderBlock(
  job: BlockJob,
  renderer: Renderer,
  first: number,
  count: number,
): AsyncGenerator<Batch> {
  await loadBases(job, renderer, first, count);
  const width = widest(job.settings);
  for (const [index, setting] of job.settings.entries()) {
    const mixes = Array.from({ length: count }, (_, i) => ({
      firstLayer: i * width,
      ...recipe(setting, job.seed, first + i, job.resolution),
    }));
    yield { setting: index, first, count, pixels: await renderer.mix(mixes) };
  }
}

export interface BlockFeatures {
  readonly first: number;
  readonly count: number;
  /** float32, settings × count × d. */
  readonly features: Float32Array;
}

export interface BlockOptions {
  readonly block: number;
  readonly images: number;
  readonly signal?: AbortSignal;
  /** Called after every batch with the images it held. */
  readonly onBatch?: (images: number) => void;
}

/**
 * Features of all settings, block by block. Rendering runs ahead of inference, over block borders too. With several
 * jobs (data sets) their blocks alternate, so that all stand at the same n.
 */
export async function* blockFeatures(
  jobs: readonly BlockJob[],
  renderer: Renderer,
  extractor: Extractor,
  { block, images, signal, onBatch }: BlockOptions,
): AsyncGenerator<BlockFeatures & { readonly job: number }> {
  jobs.forEach(reportFailures);
  async function* batches() {
    for (let first = 0; first < images; first += block) {
      const count = Math.min(block, images - first);
      for (const [index, job] of jobs.entries()) {
        for await (const batch of renderBlock(job, renderer, first, count)) {
          yield { ...batch, job: index };
        }
      }
    }
  }
  let features: Float32Array | undefined;
  for await (const { job, setting, first, count, pixels } of prefetch(batches(), BATCHES_AHEAD)) {
    if (signal?.aborted) return;
    const { settings, resolution } = jobs[job]!;
    const part = await extractor.features(pixels, count, resolution, resolution);
    features ??= new Float32Array(settings.length * part.length);
    features.set(part, setting * part.length);
    onBatch?.(count);
    if (setting === settings.length - 1) {
      yield { job, first, count, features };
      features = undefined;
    }
  }
}
