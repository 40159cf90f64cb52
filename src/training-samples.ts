import type { Source, Unusable } from './blocks.js';
import { type Setting, settingKey } from './mix/setting.js';
import { type OutputsOptions, outputsOf, type Stretch } from './outputs.js';
import { prefetch } from './prefetch.js';
import type { Renderer } from './render/renderer.js';
import { type Encoding, encodePicture } from './store/encode-picture.js';
import type { Sample } from './store/training-layout.js';

/** Encoded outputs, in order and without gaps. */
export interface SampleBatch {
  readonly samples: readonly Sample[];
  /** What could not be used and was found out by these. */
  readonly unusable: readonly Unusable[];
}

export interface SampleOptions extends OutputsOptions {
  /** Batches that are drawn before their turn; as many are encoded before theirs. */
  readonly ahead?: number;
}

/**
 * The outputs of one setting as encoded pictures. Drawing runs ahead of encoding, and encoding ahead of who takes them, both
 * by `ahead` batches at most; the pictures of a batch are encoded side by side.
 */
export function trainingSamples(
  source: Source,
  setting: Setting,
  stretches: Iterable<Stretch>,
  renderer: Renderer,
  encoding: Encoding,
  { ahead = 1, ...options }: SampleOptions = {},
): AsyncGenerator<SampleBatch> {
  const key = settingKey(setting);
  const side = source.resolution;
  const bytes = side * side * 3;
  async function* encoded(): AsyncGenerator<SampleBatch> {
    const drawn = outputsOf(source, setting, stretches, renderer, options);
    for await (const { first, pixels, bases, unusable } of prefetch(drawn, ahead)) {
      const samples = bases.map(async (ids, i): Promise<Sample> => {
        const image = await encodePicture(pixels.subarray(i * bytes, (i + 1) * bytes), side, encoding);
        return { index: first + i, image, setting: key, bases: ids };
      });
      yield { samples: await Promise.all(samples), unusable };
    }
  }
  return prefetch(encoded(), ahead);
}
