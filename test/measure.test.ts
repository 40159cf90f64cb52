import { beforeEach, expect, test, vi } from 'vitest';
import { permuted } from '../src/core/random.js';
import { CorruptImage } from '../src/dataset/dataset.js';
import type { Picture } from '../src/dataset/decode.js';
import type { PictureSet } from '../src/dataset/picture-set.js';
import type { Extractor } from '../src/extract/session.js';
import { measurePictures, picturesOf, sample } from '../src/measure.js';

/** Pictures are named by their size, and of no bytes: what counts is how many are held at once. */
const decoder = vi.hoisted(() => ({ begun: [] as number[] }));
vi.mock('../src/dataset/decode.js', () => ({
  decodePicture: async (_bytes: Uint8Array, id: string): Promise<Picture> => {
    const [width, height] = id.split('×').map(Number) as [number, number];
    decoder.begun.push(width * height);
    if (!width) throw new CorruptImage(id, 'no picture');
    return { width, height, data: new Uint8Array(0) };
  },
}));

const MEGA = 1024 ** 2;
const all = (files: readonly string[]) => files.map((_, i) => i);
const setOf = (files: readonly string[]): PictureSet => ({
  name: 'x',
  ids: files,
  read: async () => new Uint8Array(0),
  close: async () => {},
});
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** Batches that a network was given, and the most pictures and pixels that were held while it worked. */
async function measured(files: readonly string[]) {
  const batches: { count: number; pixels: number }[] = [];
  let [ahead, held] = [0, 0];
  const extractor = {
    identity: { dims: 1 },
    async features(_pixels: Uint8Array, count: number, height: number, width: number) {
      // The pictures of this batch are among those held.
      ahead = Math.max(ahead, decoder.begun.length - sum(batches.map((batch) => batch.count)));
      held = Math.max(held, sum(decoder.begun) - sum(batches.map((batch) => batch.pixels)));
      batches.push({ count, pixels: count * height * width });
      await new Promise((resolve) => setImmediate(resolve));
      return new Float32Array(count);
    },
  } as unknown as Extractor;
  const rows: number[] = [];
  const count = await measurePictures(
    'x',
    picturesOf(setOf(files), all(files)),
    files.length,
    extractor,
    (own) => void rows.push(...own),
  );
  expect(count).toBe(files.length);
  expect(rows.sort((a, b) => a - b)).toEqual(all(files));
  expect(sum(batches.map((batch) => batch.count))).toBe(files.length);
  return { batches, ahead, held };
}

beforeEach(() => {
  decoder.begun.length = 0;
});

test('small pictures go in batches of 16, 32 of them ahead', async () => {
  const { batches, ahead } = await measured(Array<string>(160).fill('256×256'));
  expect(batches.map(({ count }) => count)).toEqual(Array(10).fill(16));
  expect(ahead).toBe(16 + 32);
});

test('photographs go one by one, and few are held', async () => {
  const { batches, held } = await measured(Array<string>(12).fill('6000×4000'));
  expect(batches.map(({ count }) => count)).toEqual(Array(12).fill(1));
  expect(held).toBeLessThanOrEqual(4 * 24e6);
});

test('a batch has at most four megapixels, of any size', async () => {
  const { batches } = await measured([
    ...Array<string>(20).fill('512×512'),
    ...Array<string>(20).fill('1024×1024'),
    ...Array<string>(6).fill('9000×9000'),
  ]);
  for (const { count, pixels } of batches) expect(count === 1 || pixels <= 4 * MEGA).toBe(true);
  expect(Math.max(...batches.map(({ count }) => count))).toBe(16);
  expect(batches.filter(({ pixels }) => pixels === 4 * MEGA)).toHaveLength(1 + 5);
});

test('pictures of many sizes wait for others of theirs within bounds of number and pixels', async () => {
  const sizes = (from: number, count: number) => Array.from({ length: count }, (_, i) => `${from + i}×${from}`);
  expect((await measured(sizes(64, 300))).ahead).toBeLessThanOrEqual(4 * 16 + 1 + 32);
  decoder.begun.length = 0;
  const { held } = await measured(sizes(1300, 100));
  // About 64: each is a little larger than the last, by which those ahead are judged.
  expect(held).toBeLessThanOrEqual(66 * MEGA);
});

test('a corrupt image among them is refused, or left out and told', async () => {
  const extractor = {
    identity: { dims: 1 },
    features: async (_: Uint8Array, count: number) => new Float32Array(count),
  } as unknown as Extractor;
  const files = ['8×8', '0×0', '8×8', '8×8'];
  const measure = (name: string, options = {}) =>
    measurePictures(name, picturesOf(setOf(files), all(files)), files.length, extractor, () => {}, options);
  await expect(measure('"my pictures"')).rejects.toThrow(
    '"my pictures": a corrupt image: 0×0: no picture. Remove it, or leave such images out with --skip-corrupt.',
  );
  const told: string[] = [];
  const count = await measure('x', { skipCorrupt: true, onSetAside: (id: string) => told.push(id) });
  expect([count, told]).toEqual([3, ['0×0']]);
});

test('a sample of a folder is not what a sweep of it takes first', () => {
  const chosen = sample(1000, 100, 7);
  expect(chosen).toEqual([...new Set(chosen)].sort((a, b) => a - b));
  expect(chosen).toHaveLength(100);
  const swept = new Set(chosen.map((_, i) => permuted(i, 1000, 7)));
  // Ten on average, of standard deviation 2.8.
  expect(chosen.filter((place) => swept.has(place)).length).toBeLessThan(25);
  expect(sample(1000, 1000, 7)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
});
