import { availableParallelism } from 'node:os';
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
export const widest = (settings: readonly Pick<Setting, 'n'>[]): number => Math.max(...settings.map(({ n }) => n));

/** Outputs a block, so that all its base images fit in one pool. It changes no recipe and no pixel, only memory and speed. */
export function blockSize(settings: readonly Pick<Setting, 'n'>[], resolution: number, most = 32): number {
  const n = widest(settings);
  const bytes = resolution * resolution * 4;
  return Math.max(1, Math.min(most, Math.floor(POOL_BYTES / (n * bytes)), Math.floor(2048 / n)));
}

/** Programs that one process keeps compiled; more than these are compiled again and again. */
const KEPT = 96;

/**
 * Processes that pay for drawing: the cores, four at most, where a data set has more programs than one process keeps, so
 * that compiling decides; else one. It changes no pixel.
 */
export function usualProcesses(datasets: readonly Dataset[]): number {
  const many = datasets.some(({ identity }) => identity.kind === 'programs' && Number(identity.programs) > KEPT);
  return many ? Math.min(4, availableParallelism()) : 1;
}

/** What base images are made of and how: settings that share it mix the same ones. */
export interface Source {
  readonly dataset: Dataset;
  readonly resolution: number;
  /** Of programs: the range of times, in seconds; their own by default. */
  readonly time?: readonly [number, number];
  /** Of generators: truncation ψ; their own by default. */
  readonly psi?: number;
  readonly seed: number;
  /** Ids never chosen; what fails is added. */
  readonly unusable: Set<string>;
  /** Whether a file that cannot be decoded is set aside; otherwise it ends the sweep. */
  readonly skipCorrupt: boolean;
}

/** What a setting's base images are made of, where a run's resolution is `resolution`. */
export function sourceFor(
  dataset: Dataset,
  setting: Pick<Setting, 'resolution' | 'time' | 'psi'>,
  { seed, resolution, unusable, skipCorrupt }: Pick<Source, 'seed' | 'resolution' | 'unusable' | 'skipCorrupt'>,
): Source {
  return {
    dataset,
    resolution: setting.resolution ?? resolution,
    seed,
    unusable,
    skipCorrupt,
    ...(setting.time && { time: setting.time }),
    ...(setting.psi !== undefined && { psi: setting.psi }),
  };
}

/** Settings of one key are made of the same base images, which are rendered once for all of them. */
export const shareKey = ({ resolution, time, psi }: Pick<Setting, 'resolution' | 'time' | 'psi'>): string =>
  `${resolution ?? ''} ${time ?? ''} ${psi ?? ''}`;

/** Outputs first … first + count − 1 of some settings, all from the same base images. */
export interface BlockTask {
  readonly source: Source;
  readonly first: number;
  readonly count: number;
  readonly settings: readonly Setting[];
}

/** A program or file that could not be used, and why. */
export interface Unusable {
  readonly id: string;
  readonly why: string;
}

type OnUnusable = (unusable: Unusable) => void;

/** The base images of a task, `width` an output, rendered into the pool. */
async function loadBases(
  task: BlockTask,
  renderer: Renderer,
  onUnusable: OnUnusable,
  signal?: AbortSignal,
): Promise<void> {
  const { source, first, count, settings } = task;
  const width = widest(settings);
  for (;;) {
    const choices = Array.from({ length: count }, (_, i) =>
      source.dataset.choose(first + i, width, source.seed, source.unusable),
    ).flat();
    const bases = await loadAll(source, choices, onUnusable, signal);
    if (!bases) continue;
    const failures = await renderer.load(bases);
    if (!failures.length) return;
    for (const { program, why, log } of failures) {
      source.unusable.add(program);
      onUnusable({ id: program, why: log ? `${why}: ${explainLog(program, log)}` : why });
    }
  }
}

/** Images being made at a time: a generator's and a painter's pictures are large on the way, and it holds the thread. */
const IN_FLIGHT = 8;

/** What becomes of some work, a few at a time, in order. An abort ends it before the next begins. */
async function settledInTurn<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  signal?: AbortSignal,
): Promise<PromiseSettledResult<R>[]> {
  const results: PromiseSettledResult<R>[] = [];
  let next = 0;
  const lane = async () => {
    for (let i = next++; i < items.length; i = next++) {
      if (signal?.aborted) return;
      [results[i]] = (await Promise.allSettled([work(items[i]!)])) as [PromiseSettledResult<R>];
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  signal?.throwIfAborted();
  return results;
}

/** Decodes, makes or describes the chosen images; undefined when some had to be set aside and others must be chosen. */
async function loadAll(
  source: Source,
  choices: readonly Choice[],
  onUnusable: OnUnusable,
  signal?: AbortSignal,
): Promise<BaseImage[] | undefined> {
  const { dataset, seed, resolution, time, psi, unusable, skipCorrupt } = source;
  const options = { time, psi };
  const load = (choice: Choice) => dataset.load(choice, seed, resolution, options);
  const results = await settledInTurn(choices, load, signal);
  const failed = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason as unknown);
  const corrupt = new Map(failed.flatMap((reason) => (reason instanceof CorruptImage ? [[reason.id, reason]] : [])));
  const bug = failed.find((reason) => !(reason instanceof CorruptImage));
  if (bug) throw bug;
  for (const [id, reason] of corrupt) {
    if (!skipCorrupt) throw corruptImage(`Data set "${dataset.name}"`, reason);
    unusable.add(id);
    onUnusable({ id, why: `cannot be decoded: ${messageOf(reason)}` });
  }
  return failed.length ? undefined : results.map((result) => (result as PromiseFulfilledResult<BaseImage>).value);
}

/** A setting's part of a task, and what the device took for it. */
export interface Batch {
  /** Place in the task's settings. */
  readonly setting: number;
  /** uint8 RGB, count × resolution × resolution × 3. */
  readonly pixels: Uint8Array;
  readonly mixMs: number;
  /** With the first batch: what drawing the task's base images took, and how many of them were measured. */
  readonly baseMs: number;
  readonly bases: number;
  /** What failed while the task's base images were made; with the first batch. */
  readonly unusable: readonly Unusable[];
}

/**
 * Renders one task: every base image once, then every setting's outputs from them, a batch a setting.
 *
 * @param onUnusable hears of what fails at once; nothing may come after it
 * @param signal an abort ends it while base images are made, by throwing its reason
 */
export async function* renderBlock(
  task: BlockTask,
  renderer: Renderer,
  onUnusable: (unusable: Unusable) => void = () => {},
  signal?: AbortSignal,
): AsyncGenerator<Batch> {
  const { source, first, count, settings } = task;
  let unusable: Unusable[] = [];
  let before = renderer.time;
  const tell = (failure: Unusable) => {
    unusable.push(failure);
    onUnusable(failure);
  };
  await loadBases(task, renderer, tell, signal);
  const width = widest(settings);
  let { baseMs, bases } = renderer.time;
  baseMs -= before.baseMs;
  bases -= before.bases;
  for (const [index, setting] of settings.entries()) {
    const mixes = Array.from({ length: count }, (_, i) => ({
      firstLayer: i * width,
      ...recipe(setting, source.seed, first + i, source.resolution),
    }));
    before = renderer.time;
    const pixels = await renderer.mix(mixes);
    yield { setting: index, pixels, mixMs: renderer.time.mixMs - before.mixMs, baseMs, bases, unusable };
    [baseMs, bases, unusable] = [0, 0, []];
  }
}

export interface BlockFeatures<T extends BlockTask> {
  readonly task: T;
  /** float32, settings × count × d. */
  readonly features: Float32Array;
  readonly unusable: readonly Unusable[];
  readonly baseMs: number;
  readonly bases: number;
  /** By setting of the task. */
  readonly mixMs: readonly number[];
  readonly inferenceMs: number;
}

export interface BlockOptions<T extends BlockTask> {
  readonly signal?: AbortSignal | undefined;
  /** Hears of what cannot be used when it is found, which is before its block is done. */
  readonly onUnusable?: (unusable: Unusable, task: T) => void;
  /** Called after every batch with the images it held. */
  readonly onBatch?: (images: number) => void;
  /** Hears of every batch's pixels (uint8 RGB, count × resolution × resolution × 3) before they are measured. */
  readonly onPixels?: (task: T, setting: number, pixels: Uint8Array) => void | Promise<void>;
  /** Waited for before every batch: a pause. */
  readonly gate?: (() => Promise<void>) | undefined;
}

/**
 * Features of tasks, one after another. Rendering runs ahead of inference, over the borders of tasks too. An abort ends
 * it between batches, without the task at hand, or by throwing its reason while base images are made.
 *
 * @param rendererOf the renderer of a resolution
 */
export async function* blockFeatures<T extends BlockTask>(
  tasks: Iterable<T>,
  rendererOf: (resolution: number) => Promise<Renderer>,
  extractor: Extractor,
  { signal, onBatch, onUnusable, onPixels, gate }: BlockOptions<T> = {},
): AsyncGenerator<BlockFeatures<T>> {
  async function* batches() {
    for (const task of tasks) {
      const renderer = await rendererOf(task.source.resolution);
      for await (const batch of renderBlock(task, renderer, (unusable) => onUnusable?.(unusable, task), signal))
        yield { task, batch };
    }
  }
  let features: Float32Array | undefined;
  let [unusable, baseMs, bases, inferenceMs]: [Unusable[], number, number, number] = [[], 0, 0, 0];
  let mixMs: number[] = [];
  for await (const { task, batch } of prefetch(batches(), BATCHES_AHEAD)) {
    await gate?.();
    if (signal?.aborted) return;
    const { settings, count, source } = task;
    await onPixels?.(task, batch.setting, batch.pixels);
    const began = performance.now();
    const part = await extractor.features(batch.pixels, count, source.resolution, source.resolution);
    inferenceMs += performance.now() - began;
    features ??= new Float32Array(settings.length * part.length);
    features.set(part, batch.setting * part.length);
    unusable.push(...batch.unusable);
    baseMs += batch.baseMs;
    bases += batch.bases;
    mixMs.push(batch.mixMs);
    onBatch?.(count);
    if (batch.setting === settings.length - 1) {
      yield { task, features, unusable, baseMs, bases, mixMs, inferenceMs };
      features = undefined;
      [unusable, baseMs, bases, inferenceMs, mixMs] = [[], 0, 0, 0, []];
    }
  }
}
