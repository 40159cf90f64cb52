import { join } from 'node:path';
import { type BlockJob, blockFeatures, blockSize } from './blocks.js';
import { messageOf, UserError } from './core/errors.js';
import { permuted, STREAM } from './core/random.js';
import { CorruptImage, corruptImage, type Dataset } from './dataset/dataset.js';
import { decodeImage, type Picture } from './dataset/decode.js';
import type { Extractor } from './extract/session.js';
import type { Renderer } from './render/renderer.js';
import { Accumulator } from './statistics/gaussian.js';

export interface MeasureOptions {
  readonly skipCorrupt?: boolean;
  readonly onProgress?: (done: number, total: number) => void;
  readonly onSetAside?: (id: string, why: string) => void;
}

/** Pictures a batch, and its pixels: 16 of up to 512 × 512, one photograph. */
const BATCH = 16;
const BATCH_PIXELS = 4 * 1024 ** 2;

/** Pictures decoded ahead of their turn: enough to hide decoding behind inference. */
const DECODED_AHEAD = 2 * BATCH;

/** Pictures that wait for others of their size to fill a batch. */
const WAITING = 4 * BATCH;

/** Pixels decoded ahead and waiting, together: 192 MB. Waiting alone takes at most half of it. */
const HELD_PIXELS = 64 * 1024 ** 2;

/**
 * The first `count` files of a folder under a random order that `seed` names; all of them, in their own order, when
 * count is not less. It is not the order in which a sweep of the same folder takes images: a sample of it and its
 * unmixed row would be the same pictures, at a distance of nothing.
 */
export function sampleFiles(files: readonly string[], count: number, seed: number): string[] {
  if (count >= files.length) return [...files];
  const places = Array.from({ length: count }, (_, i) => permuted(i, files.length, seed, 0, STREAM.sample));
  return places.sort((a, b) => a - b).map((place) => files[place]!);
}

const pixelsOf = ({ width, height }: Picture): number => width * height;

/**
 * Features of image files, each at its own size (or, with `resolution`, fitted to it), folded as they come. Pictures of
 * different sizes may lie in one folder: batches are made of neighbours of one size.
 */
export async function measureFiles(
  folder: string,
  files: readonly string[],
  extractor: Extractor,
  { skipCorrupt = false, onProgress, onSetAside, resolution }: MeasureOptions & { readonly resolution?: number } = {},
): Promise<Accumulator> {
  const accumulator = new Accumulator(extractor.identity.dims);
  const waiting = new Map<string, Picture[]>();
  let held = 0;
  let heldPixels = 0;
  let done = 0;

  async function flush(key: string): Promise<void> {
    const pictures = waiting.get(key)!;
    waiting.delete(key);
    const { width, height } = pictures[0]!;
    const pixels = new Uint8Array(pictures.length * height * width * 3);
    for (const [i, { data }] of pictures.entries()) pixels.set(data, i * data.length);
    accumulator.add(await extractor.features(pixels, pictures.length, height, width));
    held -= pictures.length;
    heldPixels -= pictures.length * height * width;
    done += pictures.length;
    onProgress?.(done, files.length);
  }

  const decoding: Promise<Picture | CorruptImage>[] = [];
  let next = 0;
  // A picture's size is known once it is decoded. Until then it is taken to be as large as the largest seen lately, and
  // before any was seen as so large that few are begun.
  let likely = HELD_PIXELS / 4;
  const decodeAhead = () => {
    const most = Math.max(1, Math.min(DECODED_AHEAD, Math.floor((HELD_PIXELS - heldPixels) / likely)));
    while (decoding.length < most && next < files.length) {
      const id = files[next++]!;
      const picture = decodeImage(join(folder, id), id, resolution).catch((error: unknown) => {
        if (error instanceof CorruptImage) return error;
        throw error;
      });
      // A rejection is met when its turn comes; until then it is not unhandled.
      picture.catch(() => {});
      decoding.push(picture);
    }
  };
  for (decodeAhead(); decoding.length; decodeAhead()) {
    const decoded = await decoding.shift()!;
    if (decoded instanceof CorruptImage) {
      if (!skipCorrupt) throw corruptImage(`Folder "${folder}"`, decoded);
      onSetAside?.(decoded.id, messageOf(decoded));
      continue;
    }
    const size = pixelsOf(decoded);
    likely = Math.max(size, 0.9 * likely);
    held++;
    heldPixels += size;
    decodeAhead();
    const key = `${decoded.width}×${decoded.height}`;
    const alike = waiting.get(key) ?? [];
    waiting.set(key, alike);
    alike.push(decoded);
    if (alike.length >= Math.min(BATCH, Math.floor(BATCH_PIXELS / size))) await flush(key);
    while (held > WAITING || heldPixels > HELD_PIXELS / 2) {
      // Many sizes: the fullest batch goes, so that memory stays flat.
      const [fullest] = [...waiting].reduce((a, b) => (b[1].length > a[1].length ? b : a));
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
  { skipCorrupt = false, onProgress, onSetAside }: MeasureOptions = {},
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
  const options = { block: blockSize(settings, resolution), images };
  for await (const { features } of blockFeatures([job], renderer, extractor, options)) {
    accumulator.add(features);
    onProgress?.(accumulator.count, images);
  }
  return accumulator;
}
