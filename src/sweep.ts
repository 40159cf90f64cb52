import { type BlockJob, blockFeatures } from './blocks.js';
import type { Dataset } from './dataset/dataset.js';
import type { Extractor } from './extract/session.js';
import type { Setting } from './mix/setting.js';
import type { Renderer } from './render/renderer.js';
import type { Run, SetAside } from './store/run.js';

export interface SweepProgress {
  /** Outputs made so far over all data sets and settings, and all that were asked for. */
  readonly done: number;
  readonly total: number;
  /** Blocks finished of all. */
  readonly block: number;
  readonly blocks: number;
}

export interface SweepOptions {
  readonly skipCorrupt?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SweepProgress) => void;
  readonly onSetAside?: (record: SetAside) => void;
}

/**
 * Renders and measures every setting of every data set, block by block, into the run's folder. After every block all
 * settings stand at the same n. An abort ends it between batches: whole blocks are kept, the one at hand is not.
 */
export async function sweep(
  run: Run,
  datasets: readonly Dataset[],
  settings: readonly Setting[],
  renderer: Renderer,
  extractor: Extractor,
  { skipCorrupt = false, signal, onProgress, onSetAside }: SweepOptions = {},
): Promise<void> {
  const { images, block, resolution, seed } = run.record;
  const began = performance.now();
  const jobs: BlockJob[] = datasets.map((dataset) => ({
    dataset,
    settings,
    resolution,
    seed,
    unusable: new Set<string>(),
    skipCorrupt,
    onSetAside(id, why) {
      const record = { dataset: dataset.name, id, why };
      run.update({ setAside: [...run.record.setAside, record] });
      onSetAside?.(record);
    },
  }));
  const total = images * datasets.length * settings.length;
  const blocks = Math.ceil(images / block) * datasets.length;
  let done = 0;
  let finished = 0;
  const options = {
    block,
    images,
    ...(signal && { signal }),
    onBatch(count: number) {
      done += count;
      onProgress?.({ done, total, block: finished, blocks });
    },
  };
  for await (const { job, first, count, features } of blockFeatures(jobs, renderer, extractor, options)) {
    run.writeBlock(job, first / block, count, features);
    finished++;
    onProgress?.({ done, total, block: finished, blocks });
  }
  run.update({ seconds: (performance.now() - began) / 1000, baseRenders: renderer.rendered });
}
