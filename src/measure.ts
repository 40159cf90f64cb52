import { join } from 'node:path';
import { type BlockJob, blockFeatures, blockSize } from './blocks.js';
import { messageOf, UserError } from './core/errors.js';
import { permuted } from './core/random.js';
import { CorruptImage, type Dataset } from './dataset/dataset.js';
import { decodeImage, type Picture } from './dataset/decode.js';
import type { Extractor } from './extract/session.js';
import type { Renderer } from './render/renderer.js';
import { Accumulator } from './statistics/gaussian.js';

export interface MeasureOptions {
  readonly skipCorrupt?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
  readonly onSetAside?: (id: string, why: string) => void;
}

const BATCH = 16;

/** Files decoded at once: enough to hide decoding behind inference. */
const DECODED_AHEAD = 2 * BATCH;

/** The first `count` files of a folder under a random order that `seed` names; all of them, in their own order, when count is not less. */
export function sampleFiles(files: readonly string[], count: number, seed: number): string[] {
  if (count >= files.length) return [...files];
  const places = Array.from({ length: count }, (_, i) => permuted(i, files.length, seed));
  return places.sort((a, b) => a - b).map((place) => files[place]!);
}

/**
 * Features of image files, each at its own size (or, with `resolution`, fitted to it), folded as they come. Pictures of
 * different sizes may lie in one folder: batches are made of neighbours of one size.
 */
export async function measureFiles(
  folder: string,
  files: readonly string[],
  extractor: Extractor,
  {
    skipCorrupt = false,
    signal,
    onProgress,
    onSetAside,
    resolution,
  }: MeasureOptions & { readonly resolution?: number } = {},
): Promise<Accumulator> {
  const accumulator = new Accumulator(extractor.identity.dims);
  const waiting = new Map<string, Picture[]>();
  let done = 0;

  async function flush(key: string): Promise<void> {
    const pictures = waiting.get(key)!;
    waiting.delete(key);
    const { width, height } = pictures[0]!;
    const pixels = new Uint8Array(pictures.length * height * width * 3);
    for (const [i, { data }] of pictures.entries()) pixels.set(data, i * data.length);
    accumulator.add(await extractor.features(pixels, pictures.length, height, width));
    done += pictures.length;
    onProgress?.(done, files.length);
  }

  const decoding: Promise<Picture | CorruptImage>[] = [];
  let next = 0;
  const request = () => {
    if (next === files.length) return;
    const id = files[next++]!;
    const picture = decodeImage(join(folder, id), id, resolution).catch((error: unknown) => {
      if (error instanceof CorruptImage) return error;
      throw error;
    });
    // A rejection is met when its turn comes; until then it is not unhandled.
    picture.catch(() => {});
    decoding.push(picture);
  };
  for (let i = 0; i < DECODED_AHEAD; i++) request();
  let held = 0;
  for (let picture = decoding.shift(); picture; picture = decoding.shift()) {
    signal?.throwIfAborted();
    const decoded = await picture;
    request();
    if (decoded instanceof CorruptImage) {
      if (!skipCorrupt)
        throw new UserError(
          `Folder "${folder}": a corrupt image: ${messageOf(decoded)}. Remove it, or leave such images out with --skip-corrupt.`,
        );
      onSetAside?.(decoded.id, messageOf(decoded));
      continue;
    }
    const key = `${decoded.width}×${decoded.height}`;
    const alike = waiting.get(key) ?? [];
    waiting.set(key, alike);
    alike.push(decoded);
    held++;
    if (alike.length === BATCH) {
      held -= BATCH;
      await flush(key);
    } else if (held > 4 * BATCH) {
      // Many sizes: the fullest batch goes, so that memory stays flat.
      const [fullest, pictures] = [...waiting].reduce((a, b) => (b[1].length > a[1].length ? b : a));
      held -= pictures.length;
      await flush(fullest);
    }
  }
  for (const key of [...waiting.keys()]) await flush(key);
  if (accumulator.count < 2)
    throw new UserError(`Folder "${folder}": ${accumulator.count} readable image(s), an FID needs at least two.`);
  return accumulator;
}

/** Features of the first `images` unmixed images of a data set, rendered at `resolution`. */
export async function measureDataset(
  dataset: Dataset,
  images: number,
  resolution: number,
  seed: number,
  renderer: Renderer,
  extractor: Extractor,
  { skipCorrupt = false, signal, onProgress, onSetAside }: MeasureOptions = {},
): Promise<Accumulator> {
  const settings = [{ method: 'none', n: 1 }] as const;
  const onSkipped = onSetAside ?? (() => {});
  const job: BlockJob = {
    dataset,
    settings,
    resolution,
    seed,
    unusable: new Set(),
    skipCorrupt,
    onSetAside: onSkipped,
  };
  const accumulator = new Accumulator(extractor.identity.dims);
  const options = { block: blockSize(settings, resolution), images, ...(signal && { signal }) };
  for await (const { features } of blockFeatures([job], renderer, extractor, options)) {
    accumulator.add(features);
    onProgress?.(accumulator.count, images);
  }
  signal?.throwIfAborted();
  return accumulator;
}
