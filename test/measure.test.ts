import { beforeEach, describe, expect, test, vi } from 'vitest';
import { UserError } from '../src/core/errors.js';
import { permuted } from '../src/core/random.js';
import { CorruptImage } from '../src/dataset/dataset.js';
import type { Picture, Undecoded } from '../src/dataset/decode.js';
import type { PictureSet } from '../src/dataset/picture-set.js';
import type { Extractor } from '../src/extract/session.js';
import { measurePictures, picturesOf, sample } from '../src/measure.js';

/** Pictures are named by their size, and of no bytes: what counts is how many are held at once. */
const decoder = vi.hoisted(() => ({ begun: [] as number[], decoded: 0, read: 0, mostUndecoded: 0 }));
vi.mock('../src/dataset/decode.js', () => ({
  beginPicture: async (bytes: Uint8Array, id: string): Promise<Undecoded> => {
    const [width, height] = id.split('×').map(Number) as [number, number];
    decoder.mostUndecoded = Math.max(decoder.mostUndecoded, ++decoder.read - decoder.decoded);
    if (!width) throw new CorruptImage(id, 'no picture');
    return {
      pixels: width * height + bytes.length / 3,
      async decode() {
        decoder.begun.push(width * height);
        await new Promise((resolve) => setImmediate(resolve));
        decoder.decoded++;
        if (height === 1) throw new CorruptImage(id, 'half a picture');
        return { width, height, data: new Uint8Array(0) };
      },
    };
  },
}));

const MEGA = 1024 ** 2;
const all = (files: readonly string[]) => files.map((_, i) => i);
const setOf = (files: readonly string[], bytes: Uint8Array = new Uint8Array(0)): PictureSet => ({
  name: 'x',
  ids: files,
  read: async () => bytes,
  close: async () => {},
});
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** Batches that a network was given, and the most pictures and pixels that were held while it worked. */
async function measured(files: readonly string[], bytes = new Uint8Array(0)) {
  const batches: { count: number; pixels: number }[] = [];
  let [ahead, held] = [0, 0];
  const extractor = {
    identity: { dims: 1 },
    async features(_pixels: Uint8Array, count: number, height: number, width: number) {
      // As long as it works, what may be begun is begun.
      await new Promise((resolve) => setImmediate(resolve));
      // The pictures of this batch are among those held.
      ahead = Math.max(ahead, decoder.begun.length - sum(batches.map((batch) => batch.count)));
      held = Math.max(held, sum(decoder.begun) - sum(batches.map((batch) => batch.pixels)));
      batches.push({ count, pixels: count * height * width });
      return new Float32Array(count);
    },
  } as unknown as Extractor;
  const rows: number[] = [];
  const count = await measurePictures(
    'x',
    picturesOf(setOf(files, bytes), all(files)),
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
  Object.assign(decoder, { decoded: 0, read: 0, mostUndecoded: 0 });
});

test('small pictures go in batches of 16, 32 of them ahead', async () => {
  const { batches, ahead } = await measured(Array<string>(160).fill('256×256'));
  expect(batches.map(({ count }) => count)).toEqual(Array(10).fill(16));
  expect(ahead).toBe(16 + 32);
});

test('photographs go one by one, and few are held', async () => {
  const { batches, held } = await measured(Array<string>(12).fill('6000×4000'));
  expect(batches.map(({ count }) => count)).toEqual(Array(12).fill(1));
  expect(held).toBe(2 * 24e6);
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
  expect(held).toBeLessThanOrEqual(64 * MEGA);
});

test('pictures far larger than those before them are not decoded together', async () => {
  const files = (large: string) => [...Array<string>(40).fill('64×64'), ...Array<string>(12).fill(large)];
  const four = (await measured(files('4096×4096'))).held;
  expect(four).toBeGreaterThan(48 * MEGA);
  expect(four).toBeLessThanOrEqual(64 * MEGA);
  decoder.begun.length = 0;
  // Larger than all that may be held: alone.
  const { batches, held } = await measured(files('9000×9000'));
  expect(held).toBe(81e6);
  expect(batches.slice(-12).map(({ count }) => count)).toEqual(Array(12).fill(1));
});

test('a large one among those that wait for others of their size sends them on before it', async () => {
  const { batches, held } = await measured(['3000×3000', '100×100', '7000×9000', '100×100', '8000×8000', '9000×9000']);
  expect(held).toBeLessThanOrEqual(81e6);
  expect(batches.map(({ count }) => count)).toEqual([1, 1, 1, 2, 1]);
});

test('large files that are small pictures are not read together', async () => {
  // Each counts as 30 million pixels until it is decoded: there is room for two, and four more are read.
  await measured(Array<string>(20).fill('8×8'), new Uint8Array(90e6));
  expect(decoder.mostUndecoded).toBeLessThanOrEqual(2 + 4);
});

test('a corrupt image gives its pixels back', { timeout: 5000 }, async () => {
  const files = ['9000×1', '8000×8000', '60000000×1', '8000×8000', '8×8'];
  const taken: number[] = [];
  const extractor = {
    identity: { dims: 1 },
    features: async (_: Uint8Array, count: number) => new Float32Array(count),
  } as unknown as Extractor;
  const pictures = picturesOf(setOf(files), all(files));
  const sink = (rows: readonly number[]) => void taken.push(...rows);
  expect(await measurePictures('x', pictures, 5, extractor, sink, { skipCorrupt: true })).toBe(3);
  expect(taken).toEqual([0, 1, 2]);
});

test('pictures given one by one are asked for as there is room', async () => {
  const picture: Picture = { width: 4000, height: 4000, data: new Uint8Array(0) };
  let [given, most, used, closed] = [0, 0, 0, false];
  async function* source() {
    try {
      for (; given < 20; given++) yield { id: `picture ${given}`, load: async () => ({ picture, mark: 0.5 }) };
    } finally {
      closed = true;
    }
  }
  const extractor = {
    identity: { dims: 1 },
    async features(_: Uint8Array, count: number) {
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, given - used);
      used += count;
      return new Float32Array(count);
    },
  } as unknown as Extractor;
  expect(await measurePictures('x', source(), undefined, extractor, () => {})).toBe(20);
  // Four of 16 million pixels have room.
  expect(most).toBeLessThanOrEqual(4 + 4);
  expect(closed).toBe(true);
});

test('a source that throws ends the measuring with what it throws', async () => {
  function* source() {
    yield { id: 'a', load: async () => ({ picture: { width: 8, height: 8, data: new Uint8Array(0) }, mark: 0 }) };
    throw new UserError('no more film');
  }
  const extractor = { features: async () => new Float32Array(1) } as unknown as Extractor;
  await expect(measurePictures('x', source(), undefined, extractor, () => {})).rejects.toThrow('no more film');
});

describe('what the extractor refuses', () => {
  const files = Array<string>(20).fill('8×8');
  const pictures = function* () {
    for (const i of files.keys())
      yield {
        id: `${i}.png`,
        load: async () => ({ picture: { width: 1, height: 1, data: new Uint8Array(3).fill(i) }, mark: i / 20 }),
      };
  };
  const refusing = (refused: (values: Uint8Array) => Error | undefined) => {
    const extractor = {
      async features(pixels: Uint8Array, count: number) {
        const error = refused(pixels);
        if (error) throw error;
        return new Float32Array(count);
      },
    } as unknown as Extractor;
    return measurePictures('"photos"', pictures(), 20, extractor, () => {});
  };

  test('is named by the first picture that it refuses alone', async () => {
    const notFinite = (pixels: Uint8Array) =>
      pixels.includes(11) || pixels.includes(14) ? new UserError('values that are not finite.') : undefined;
    const refused = refusing(notFinite);
    await expect(refused).rejects.toThrow(UserError);
    await expect(refused).rejects.toThrow('"photos": 11.png: values that are not finite.');
  });

  test('keeps its own words where no picture is refused alone', async () => {
    const refused = refusing((pixels) => (pixels.length > 3 ? new UserError('batches of one.') : undefined));
    await expect(refused).rejects.toThrow(/^batches of one\.$/);
  });

  test('is not looked for where it is a bug', async () => {
    let calls = 0;
    const bug = refusing(() => {
      calls++;
      return new RangeError('a bug');
    });
    await expect(bug).rejects.toThrow(RangeError);
    expect(calls).toBe(1);
  });
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
