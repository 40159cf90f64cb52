import { blockSize, renderBlock, type Source, type Unusable, widest } from './blocks.js';
import type { Setting } from './mix/setting.js';
import type { Renderer } from './render/renderer.js';

/** Outputs first … first + count − 1. */
export interface Stretch {
  readonly first: number;
  readonly count: number;
}

/** Outputs of one setting. */
export interface Outputs extends Stretch {
  /** uint8 RGB, count × resolution × resolution × 3. */
  readonly pixels: Uint8Array;
  /** By output: the ids of the base images that it is made of. */
  readonly bases: readonly (readonly string[])[];
  /** What could not be used and was found out by these outputs. */
  readonly unusable: readonly Unusable[];
}

/** Outputs that a seed has: random numbers are drawn by a count of 32 bits, and would come again behind them. */
export const MOST_OUTPUTS = 2 ** 32;

/** Outputs that are drawn at a time. */
export const OUTPUTS_AT_ONCE = 32;

/** Layers that a renderer of these outputs must hold. */
export const layersFor = (setting: Setting, resolution: number, most = OUTPUTS_AT_ONCE): number =>
  blockSize([setting], resolution, most) * widest([setting]);

export interface OutputsOptions {
  readonly most?: number;
  readonly onUnusable?: (unusable: Unusable) => void;
  readonly signal?: AbortSignal;
}

/**
 * The outputs of one setting, stretch by stretch and in order; a long stretch comes in several parts. What an output looks
 * like hangs on its index alone, not on the stretches.
 *
 * @param renderer with the layers that `layersFor` says, of the same `most`
 * @param most outputs drawn at a time, where the device has room for them
 * @param onUnusable hears at once of what cannot be used
 * @param signal an abort ends it while base images are made, by throwing its reason
 */
export async function* outputsOf(
  source: Source,
  setting: Setting,
  stretches: Iterable<Stretch>,
  renderer: Renderer,
  { most = OUTPUTS_AT_ONCE, onUnusable, signal }: OutputsOptions = {},
): AsyncGenerator<Outputs> {
  const block = blockSize([setting], source.resolution, most);
  for (const { first: begin, count: all } of stretches) {
    if (begin + all > MOST_OUTPUTS) throw new Error(`outputs up to ${begin + all}, of ${MOST_OUTPUTS}`);
    for (let first = begin; first < begin + all; first += block) {
      const count = Math.min(block, begin + all - first);
      const task = { source, first, count, settings: [setting] };
      for await (const { pixels, unusable } of renderBlock(task, renderer, onUnusable, signal)) {
        const bases = Array.from({ length: count }, (_, i) =>
          source.dataset.choose(first + i, setting.n, source.seed, source.unusable).map(({ id }) => id),
        );
        yield { first, count, pixels, bases, unusable };
      }
    }
  }
}
