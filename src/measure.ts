import { createHash } from 'node:crypto';
import { type BlockTask, blockFeatures, blockSize, type Source } from './blocks.js';
import { messageOf, UserError } from './core/errors.js';
import { markOfOutput, permuted, STREAM } from './core/random.js';
import { CorruptImage, corruptImage, type Dataset } from './dataset/dataset.js';
import { beginPicture, type Picture } from './dataset/decode.js';
import { DecodeAhead, HELD_PIXELS, type Marked, type Pending } from './dataset/decode-ahead.js';
import type { PictureSet } from './dataset/picture-set.js';
import type { Extractor } from './extract/session.js';
import type { Renderer } from './render/renderer.js';

/**
 * Takes features as they come: of the pictures `rows` (0 … n − 1, in the order of the set, though they may come in
 * another), with the mark of each, a number in [0, 1) that depends on its content alone.
 */
export type Sink = (rows: readonly number[], features: Float32Array, marks: readonly number[]) => void | Promise<void>;

export interface MeasureOptions {
  readonly skipCorrupt?: boolean;
  readonly signal?: AbortSignal | undefined;
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

/** Their pixels: so that as many can be decoded ahead. */
const WAITING_PIXELS = HELD_PIXELS / 2;

/**
 * `count` of `size` pictures under a random order that `seed` names, ascending; all of them when count is not less. It is
 * not the order in which a sweep of the same folder takes images: a sample of it and its unmixed row would be the same
 * pictures, at a distance of nothing.
 */
export function sample(size: number, count: number, seed: number): number[] {
  if (count >= size) return Array.from({ length: size }, (_, i) => i);
  const places = Array.from({ length: count }, (_, i) => permuted(i, size, seed, 0, STREAM.sample));
  return places.sort((a, b) => a - b);
}

/** The first 53 bits of the SHA-256, as a number in [0, 1). */
function markOf(...parts: readonly (string | Uint8Array)[]): number {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return Number(hash.digest().readBigUInt64BE() >> 11n) / 2 ** 53;
}

/** What a picture's pixels and size come to, for pictures that are not files. */
export const markOfPixels = ({ width, height, data }: Picture): number => markOf(`${width}×${height}`, data);

/** Pictures of a set, at their own size or, with `resolution`, fitted to it. */
export function* picturesOf(set: PictureSet, indices: readonly number[], resolution?: number): Generator<Pending> {
  for (const index of indices) {
    const id = set.ids[index]!;
    yield {
      id,
      async load() {
        const read = await set.read(index);
        const mark = read instanceof Uint8Array ? markOf(read) : markOfPixels(read);
        return { mark, ...(await beginPicture(read, id, resolution)) };
      },
    };
  }
}

interface Waiting extends Marked {
  readonly row: number;
}

/**
 * Features of pictures of one size.
 *
 * @throws UserError of the extractor, for the first picture that it refuses alone too, with its name
 */
async function featuresOf(name: string, batch: readonly Waiting[], extractor: Extractor): Promise<Float32Array> {
  const { width, height, data } = batch[0]!.picture;
  let pixels = data;
  if (batch.length > 1) {
    pixels = new Uint8Array(batch.length * height * width * 3);
    for (const [i, { picture }] of batch.entries()) pixels.set(picture.data, i * picture.data.length);
  }
  try {
    return await extractor.features(pixels, batch.length, height, width);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (batch.length === 1) throw new UserError(`${name}: ${batch[0]!.id}: ${error.message}`);
    for (const one of batch) await featuresOf(name, [one], extractor);
    throw error;
  }
}

/**
 * Features of pictures, given to `sink` batch by batch. Pictures of different sizes may come together: batches are made
 * of neighbours of one size, and decoding runs ahead of inference.
 *
 * @param name what holds the pictures, as the user knows it: `"photos"`
 * @param total how many there are, where that is known
 * @returns how many were measured
 */
export async function measurePictures(
  name: string,
  pictures: Iterable<Pending> | AsyncIterable<Pending>,
  total: number | undefined,
  extractor: Extractor,
  sink: Sink,
  { skipCorrupt = false, signal, onProgress, onSetAside }: MeasureOptions = {},
): Promise<number> {
  const waiting = new Map<string, Waiting[]>();
  const ahead = new DecodeAhead(pictures, DECODED_AHEAD, signal);
  let held = 0;
  let heldPixels = 0;
  let done = 0;
  let rows = 0;

  async function flush(key: string): Promise<void> {
    signal?.throwIfAborted();
    const batch = waiting.get(key)!;
    waiting.delete(key);
    const { width, height } = batch[0]!.picture;
    const features = await featuresOf(name, batch, extractor);
    await sink(
      batch.map(({ row }) => row),
      features,
      batch.map(({ mark }) => mark),
    );
    held -= batch.length;
    heldPixels -= batch.length * height * width;
    ahead.release(batch.length * height * width);
    done += batch.length;
    onProgress?.(done, total ?? done);
  }

  /** Many sizes, or large ones: the fullest batch goes, so that memory stays flat. */
  async function flushFullest(): Promise<void> {
    const [fullest] = [...waiting].reduce((a, b) => (b[1].length > a[1].length ? b : a));
    await flush(fullest);
  }

  /** Its own function, so that nothing holds a picture while the next is waited for. */
  async function takeNext(): Promise<boolean> {
    const next = await ahead.next(flushFullest);
    if (!next) return false;
    signal?.throwIfAborted();
    if (next instanceof CorruptImage) {
      if (!skipCorrupt) throw corruptImage(name, next);
      onSetAside?.(next.id, messageOf(next));
      return true;
    }
    const { width, height } = next.picture;
    const size = width * height;
    held++;
    heldPixels += size;
    const key = `${width}×${height}`;
    const alike = waiting.get(key) ?? [];
    waiting.set(key, alike);
    alike.push({ ...next, row: rows++ });
    if (alike.length >= Math.min(BATCH, Math.floor(BATCH_PIXELS / size))) await flush(key);
    while (held > WAITING || heldPixels > WAITING_PIXELS) await flushFullest();
    return true;
  }

  try {
    while (await takeNext());
    for (const key of [...waiting.keys()]) await flush(key);
  } finally {
    await ahead.close();
  }
  return done;
}

/** Features of the first `images` unmixed images of a data set, rendered at `resolution`. */
export async function measureDataset(
  dataset: Dataset,
  images: number,
  resolution: number,
  seed: number,
  renderer: Renderer,
  extractor: Extractor,
  sink: Sink,
  { skipCorrupt = false, signal, onProgress, onSetAside }: MeasureOptions = {},
): Promise<number> {
  const settings = [{ method: 'none', n: 1 }] as const;
  const source: Source = { dataset, resolution, seed, unusable: new Set(), skipCorrupt };
  const { dims } = extractor.identity;
  const block = blockSize(settings, resolution);
  function* tasks(): Generator<BlockTask> {
    for (let first = 0; first < images; first += block)
      yield { source, first, count: Math.min(block, images - first), settings };
  }
  for (const { id, why } of dataset.failures ?? []) onSetAside?.(id, why);
  let count = 0;
  for await (const { features, unusable } of blockFeatures(tasks(), async () => renderer, extractor)) {
    signal?.throwIfAborted();
    for (const { id, why } of unusable) onSetAside?.(id, why);
    const rows = Array.from({ length: features.length / dims }, (_, i) => count + i);
    // A rendered image is known by its number.
    const marks = rows.map(markOfOutput);
    await sink(rows, features, marks);
    count += rows.length;
    onProgress?.(count, images);
  }
  return count;
}
