import { type BlockFeatures, type BlockTask, blockFeatures, type Source, shareKey, sourceFor } from './blocks.js';
import type { Dataset } from './dataset/dataset.js';
import type { Extractor } from './extract/session.js';
import { keepMoments } from './keep-moments.js';
import { parseSetting, type Setting } from './mix/setting.js';
import { raceOf } from './race.js';
import type { Renderer } from './render/renderer.js';
import { courseOf, identityOf, type References } from './score.js';
import type { Cache } from './store/cache.js';
import type { SetAside } from './store/record.js';
import type { Run } from './store/run.js';
import { type Column, putCached, takeCached } from './sweep-cache.js';

export interface SweepProgress {
  /** Outputs made in this stretch (to the next look, or to the end), and all there are in it. */
  readonly done: number;
  readonly total: number;
  /** Images of every setting at the end of the stretch. */
  readonly images: number;
  /** Settings that are left, over all data sets, and all there were. */
  readonly alive: number;
  readonly settings: number;
}

export interface SweepOptions {
  readonly skipCorrupt?: boolean;
  /** Milliseconds that a program may take before it is set aside: part of what a cached cell hangs on. */
  readonly programTimeout?: number;
  readonly signal?: AbortSignal;
  readonly cache?: Cache | undefined;
  readonly onProgress?: (progress: SweepProgress) => void;
  readonly onSetAside?: (record: SetAside) => void;
  /** Something that stays said: what a look dropped, what a cache gave. */
  readonly onNote?: (note: string) => void;
  /** Hears of the first outputs of every cell as they are made: uint8 RGB, count × resolution × resolution × 3. */
  readonly onFirst?: (first: FirstOutputs) => Promise<void>;
  /** Waited for before every batch of images: a pause, which counts as no time of the run. */
  readonly gate?: () => Promise<void>;
}

/** Outputs 0 … count − 1 of a cell. */
export interface FirstOutputs {
  readonly dataset: number;
  /** Setting key. */
  readonly setting: string;
  readonly resolution: number;
  readonly count: number;
  readonly pixels: Uint8Array;
}

/** What opens and measures: asked for only where there is something to make. */
export interface Makers {
  readonly rendererOf: (resolution: number) => Promise<Renderer>;
  readonly extractor: Extractor;
}

/** Outputs of a column that are to be there before anything is decided. */
interface Want {
  readonly column: Column;
  readonly settings: readonly string[];
  readonly images: number;
}

interface Task extends BlockTask {
  readonly column: Column;
  readonly keys: readonly string[];
}

/**
 * Makes what is missing in a run, block by block and from look to look, until there is nothing more to make: all images
 * of every setting, or of those that its races have left. What is there already, from a cache, an earlier process or a
 * shorter run, is not made again, and changes nothing of the rest: the result is that of one uninterrupted run.
 *
 * An abort ends it between batches: whole blocks are kept, the one at hand is not.
 */
export async function sweep(
  run: Run,
  datasets: readonly Dataset[],
  makers: Makers,
  references: References,
  options: SweepOptions = {},
): Promise<void> {
  const columns = datasets.map((dataset, index): Column => {
    const known = run.setAside.filter((record) => record.dataset === dataset.name).map(({ id }) => id);
    return { index, dataset, unusable: new Set(known) };
  });
  for (const { dataset, unusable } of columns) {
    const fresh = (dataset.failures ?? []).filter(({ id }) => !unusable.has(id));
    for (const { id, why } of fresh) options.onSetAside?.({ dataset: dataset.name, id, why });
  }
  const began = performance.now();
  const before = run.timing()?.seconds ?? 0;
  const state: State = {
    run,
    makers,
    options,
    elapsed: () => before + (performance.now() - began - state.paused) / 1000,
    last: began,
    paused: 0,
    sources: new Map(),
  };
  // Nothing is to be made of a folder that holds it all: then no time is put down either.
  for (;;) {
    await foldAll(run);
    const wants: Want[] = [];
    for (const column of columns) wants.push(...(await wanted(run, column, references)));
    const end = Math.min(...wants.map(({ images }) => images));
    // Columns advance together: those that want more wait for the others' looks.
    const now = wants.filter(({ images }) => images === end);
    if (!now.length || options.signal?.aborted) return;
    if (!(await makeStretch(state, now))) return;
  }
}

/** Folds what is there of a run that keeps moments: blocks of a cache, and those that an earlier process did not come to. */
async function foldAll(run: Run): Promise<void> {
  const { keep, datasets, settings } = run.record;
  if (keep !== 'moments') return;
  for (const dataset of datasets.keys()) for (const key of settings) await keepMoments(run, dataset, key);
}

/** What a column needs next; nothing when it is done. */
async function wanted(run: Run, column: Column, { chosen }: References): Promise<Want[]> {
  const { record } = run;
  const { strategy, settings, images } = record;
  if (strategy.kind === 'race') {
    const race = await raceOf(courseOf(record, column.index, await chosen.least()), chosen, run, identityOf(record));
    if (race.next !== undefined) return [{ column, settings: race.alive, images: race.next }];
    if (!strategy.complete) return [];
  }
  const missing = settings.some((setting) => run.images(column.index, setting) < images);
  return missing ? [{ column, settings, images }] : [];
}

/** What lasts over the stretches of a sweep. */
interface State {
  readonly run: Run;
  readonly makers: Makers;
  readonly options: SweepOptions;
  /** Seconds that the run has taken, over all its processes. */
  readonly elapsed: () => number;
  /** When time was last put down. */
  last: number;
  /** Milliseconds that it was paused. */
  paused: number;
  /** Base images by what they are made of, so that all stretches set aside the same. */
  readonly sources: Map<string, Source>;
}

/** Makes the missing blocks of some wants; false when it was stopped on the way. */
async function makeStretch(state: State, wants: readonly Want[]): Promise<boolean> {
  const { run, makers, options } = state;
  const { signal, onProgress, onSetAside, onNote, onFirst } = options;
  const { settings, datasets, strategy } = run.record;
  const outOfTime = () => strategy.seconds !== undefined && state.elapsed() > strategy.seconds;
  const stopped = () => {
    if (outOfTime()) onNote?.('The time of the budget is spent.');
    return signal?.aborted || outOfTime();
  };
  if (stopped()) return false;
  const tasks: Task[] = [];
  for (const want of wants) {
    for (let first = 0; first < want.images; first += run.record.block) {
      tasks.push(...tasksOf(state, want, first));
      // Cells of a cache are taken by the thousand: others get a turn, an interrupt too.
      if (options.cache) await new Promise((resolve) => setImmediate(resolve));
      if (signal?.aborted) return false;
    }
  }
  tasks.sort((a, b) => a.first - b.first);
  const total = tasks.reduce((sum, task) => sum + task.count * task.keys.length, 0);
  const alive = wants.reduce((sum, want) => sum + want.settings.length, 0);
  let done = 0;
  const made = blockFeatures(tasks, makers.rendererOf, makers.extractor, {
    signal,
    gate: options.gate && (() => pause(state)),
    ...(onFirst && {
      async onPixels({ first, count, column, keys, source }, setting, pixels) {
        if (first > 0) return;
        await onFirst({
          dataset: column.index,
          setting: keys[setting]!,
          resolution: source.resolution,
          count,
          pixels,
        });
      },
    }),
    onUnusable: ({ id, why }, { column }) => onSetAside?.({ dataset: column.dataset.name, id, why }),
    onBatch(count) {
      done += count;
      onProgress?.({ done, total, images: wants[0]!.images, alive, settings: settings.length * datasets.length });
    },
  });
  for await (const block of made) {
    keep(state, block);
    if (run.record.keep === 'moments')
      for (const key of block.task.keys) await keepMoments(run, block.task.column.index, key);
    if (stopped()) return false;
  }
  return !signal?.aborted;
}

/** Waits where the run is asked to; the time is not the run's. */
async function pause(state: State): Promise<void> {
  const at = performance.now();
  await state.options.gate?.();
  const took = performance.now() - at;
  state.paused += took;
  state.last += took;
}

/** What is missing of a want's block, by the settings that share base images; what a cache has of it is taken from there. */
function tasksOf(state: State, { column, settings }: Want, first: number): Task[] {
  const { run } = state;
  const { block, images } = run.record;
  const count = Math.min(block, images - first);
  const missing = settings.filter((setting) => !run.has(column.index, setting, first / block));
  const cached = takeCached(state, column, missing, first, count);
  // Settings that share their base images mix them from one pool.
  const groups = new Map<string, string[]>();
  for (const key of missing.filter((one) => !cached.has(one))) {
    const group = shareKey(parseSetting(key));
    groups.set(group, [...(groups.get(group) ?? []), key]);
  }
  return [...groups.values()].map((keys) => {
    const source = sourceOf(state, column, parseSetting(keys[0]!));
    return { column, source, first, count, keys, settings: keys.map(parseSetting) };
  });
}

function sourceOf({ run, options, sources }: State, column: Column, setting: Setting): Source {
  const key = `${column.index} ${shareKey(setting)}`;
  const { resolution, seed } = run.record;
  const { dataset, unusable } = column;
  const skipCorrupt = options.skipCorrupt ?? false;
  const source = sources.get(key) ?? sourceFor(dataset, setting, { resolution, seed, unusable, skipCorrupt });
  sources.set(key, source);
  return source;
}

/** Writes a made block down, and what was set aside for it. */
function keep(state: State, block: BlockFeatures<Task>): void {
  const { run } = state;
  const { column, keys, first, count } = block.task;
  const { dataset, index } = column;
  // What a data set knows to be unusable stands with its first block.
  const known = first === 0 ? (dataset.failures ?? []) : [];
  const setAside = [...known, ...block.unusable].map(({ id, why }) => ({ dataset: dataset.name, id, why }));
  run.writeBlock(index, first / run.record.block, count, keys, block.features, setAside);
  const now = performance.now();
  run.addTiming({
    seconds: (now - state.last) / 1000,
    baseRenders: count * Math.max(...block.task.settings.map(({ n }) => n)),
    images: count * keys.length,
    inferenceMs: block.inferenceMs,
    cells: keys.map((setting, i) => ({
      dataset: index,
      setting,
      baseMs: block.baseMs,
      bases: block.bases,
      mixMs: block.mixMs[i]!,
      outputs: count,
    })),
  });
  state.last = now;
  putCached(state, column, keys, first, count, block.features);
}
