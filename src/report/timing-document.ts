import type { RunRecord, Timing } from '../store/record.js';
import { costOf, inferenceMsOf } from './cost.js';
import type { Results } from './results.js';

/** `timing.json`: what was measured of time, which no two runs share. */
export interface TimingDocument {
  readonly schema: 2;
  /** ISO text; absent when it is no longer known. */
  readonly started?: string;
  /** Over all the processes that worked on the run. */
  readonly seconds: number;
  readonly baseRenders: number;
  /** Images that these processes inferred. */
  readonly images: number;
  readonly inferenceMsPerImage?: number;
  /** How `deviceMsPerImage` and `imagesPerSecond` are meant. */
  readonly note: string;
  readonly cells: readonly TimedCell[];
}

export interface TimedCell {
  readonly dataset: string;
  readonly setting: string;
  /** Base images an output is made of. */
  readonly bases: number;
  readonly deviceMsPerImage: number;
  readonly imagesPerSecond?: number;
}

/** Cells that were not timed (from a cache, say) are left out. */
export function timingDocument(record: RunRecord, results: Results, timing: Timing): TimingDocument {
  const { started, seconds, baseRenders, images } = timing;
  const inferenceMs = inferenceMsOf(timing);
  return {
    schema: 2,
    ...(started !== undefined && { started }),
    seconds,
    baseRenders,
    images,
    ...(inferenceMs !== undefined && { inferenceMsPerImage: inferenceMs }),
    note: 'deviceMsPerImage: base images and mixing, as if no other setting shared the base images. imagesPerSecond: of that setting alone, device time and inference one after the other, without overlap; of programs alone, as what making the pictures of other data sets takes (decoding, painting, a network) is in no figure here.',
    cells: results.cells.flatMap((cell) => {
      const cost = costOf(cell, record, timing);
      if (!cost) return [];
      const { deviceMs, imagesPerSecond } = cost;
      return {
        dataset: cell.dataset,
        setting: cell.setting,
        bases: cell.bases,
        deviceMsPerImage: deviceMs,
        ...(imagesPerSecond !== undefined && { imagesPerSecond }),
      };
    }),
  };
}
