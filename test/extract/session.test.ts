import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { createGraph } from '../../src/core/graph.js';
import { MODES, type Mode, type Tap } from '../../src/extract/inception-torch.js';
import { bundled, type OnnxExtractor, type WeightsExtractor } from '../../src/extract/registry.js';
import { Extractor } from '../../src/extract/session.js';
import { expected, FIXTURES, largestDifference, noise, type Picture, readNpy, referencePictures } from './fixtures.js';

let extractor: Extractor;
let pictures: Picture[];

beforeAll(async () => {
  extractor = await Extractor.open(bundled());
  pictures = await referencePictures();
}, 60_000);
afterAll(() => extractor.dispose());

const one = ({ pixels, height, width }: Picture) => extractor.features(pixels, 1, height, width);

/**
 * How far features are from a row of the reference, each value against the scale of its channel: the largest that PyTorch
 * saw there, or 0.01 in the few channels that are all but dead.
 */
function worstError(features: Float32Array, { data, columns }: ReturnType<typeof readNpy>, row: number): number {
  const scale = new Float64Array(columns).fill(0.01);
  data.forEach((value, k) => {
    scale[k % columns] = Math.max(scale[k % columns]!, Math.abs(value));
  });
  return features.reduce((w, value, c) => Math.max(w, Math.abs(value - data[row * columns + c]!) / scale[c]!), 0);
}

describe('the bundled extractor', () => {
  test('says what it is', () => {
    const { id, tap, dims, preprocessing, sha256 } = extractor.identity;
    expect({ id, tap, dims, preprocessing }).toEqual({
      id: 'nsfwjs-inception-v3-mixed7',
      tap: 'mixed7',
      dims: 768,
      preprocessing: 'bilinear-299 [0,1]',
    });
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(extractor.comparable).toContain('comparable only with numbers of this same extractor');
  });

  test('gives the features that PyTorch computes from the same weights', { timeout: 60_000 }, async () => {
    const reference = readNpy('features-bundled-mixed7.npy');
    expect([reference.rows, reference.columns]).toEqual([expected.order.length, 768]);
    for (const [row, picture] of pictures.entries())
      expect(worstError(await one(picture), reference, row), picture.name).toBeLessThan(1e-4);
  });

  test.each([2, 3, 8])('batch size %i changes nothing', { timeout: 60_000 }, async (count) => {
    const pixels = noise(count, 96, 128);
    const together = await extractor.features(pixels, count, 96, 128);
    expect(together).toHaveLength(count * 768);
    for (let i = 0; i < count; i++) {
      const alone = await extractor.features(pixels.slice(i * 96 * 128 * 3, (i + 1) * 96 * 128 * 3), 1, 96, 128);
      expect(largestDifference(alone, together.subarray(i * 768, (i + 1) * 768))).toBeLessThan(1e-5);
    }
  });

  test('gives the same bits twice, and the same numbers with one thread', { timeout: 60_000 }, async () => {
    const pixels = noise(4, 64, 64);
    const first = await extractor.features(pixels, 4, 64, 64);
    expect(await extractor.features(pixels, 4, 64, 64)).toEqual(first);
    const single = await Extractor.open(bundled(), { threads: 1 });
    expect(largestDifference(await single.features(pixels, 4, 64, 64), first)).toBeLessThan(1e-5);
    await single.dispose();
  });

  test('takes any size, more of them than it keeps matrices for', { timeout: 60_000 }, async () => {
    const grey = (height: number, width: number) =>
      one({ name: '', pixels: new Uint8Array(height * width * 3).fill(90), height, width });
    const first = await grey(40, 50);
    for (const [height, width] of [
      [1, 1],
      [1, 30_000],
      [30_000, 1],
      [2, 29_000],
      [299, 299],
    ] as const)
      expect(largestDifference(await grey(height, width), first), `${height}×${width}`).toBeLessThan(1e-4);
    expect(largestDifference(await grey(40, 50), first)).toBe(0);
  });

  test('tells height from width, and red from blue', async () => {
    const picture = pictures.find(({ name }) => name === 'rgb-small-444.jpg')!;
    const features = await one(picture);
    const { pixels, width, height } = picture;
    const swapped = pixels.map((_, k) => pixels[k + 2 * (1 - (k % 3))]!);
    expect(largestDifference(await one({ ...picture, pixels: swapped }), features)).toBeGreaterThan(0.01);
    const sideways = await one({ ...picture, width: height, height: width });
    expect(largestDifference(sideways, features)).toBeGreaterThan(0.01);
  });

  test('refuses a wrong number of bytes and an empty batch', async () => {
    await expect(extractor.features(new Uint8Array(10), 1, 2, 2)).rejects.toThrow('10 bytes');
    await expect(extractor.features(new Uint8Array(0), 0, 2, 2)).rejects.toThrow(RangeError);
    await expect(extractor.features(new Uint8Array(0), 1, 0, 2)).rejects.toThrow(RangeError);
  });

  test('refuses a picture of a side that its matrices would be too large for', async () => {
    const long = extractor.features(new Uint8Array(3 * 70_000), 1, 1, 70_000);
    await expect(long).rejects.toThrow(UserError);
    await expect(long).rejects.toThrow('picture: got "70000×1", expected sides of at most 65535 pixels');
  });

  test.each([{ dims: 64 }, { mode: 'clean' }] as const)('has no choice of %o', async (options) => {
    const opening = Extractor.open(bundled(), options);
    await expect(opening).rejects.toThrow(UserError);
    await expect(opening).rejects.toThrow(/has one tap and one preprocessing.* inception-2015-12-05/);
  });
});

/** The file of an extractor of the user's own in a models folder of this test's, and its pin. */
function kept(id: string, file: string, bytes: Uint8Array) {
  const folder = join(process.env.XDG_DATA_HOME!, 'fidsweep', 'models', id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file), bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return {
    id,
    file,
    sha256,
    bytes: bytes.length,
    aliases: [],
    description: '',
    licence: '',
    comparable: 'comparable with X',
  };
}

describe('extractors of kept files', () => {
  const before = process.env.XDG_DATA_HOME;
  beforeAll(() => {
    process.env.XDG_DATA_HOME = mkdtempSync(join(tmpdir(), 'fidsweep-models-'));
  });
  afterAll(() => {
    rmSync(process.env.XDG_DATA_HOME!, { recursive: true });
    if (before === undefined) delete process.env.XDG_DATA_HOME;
    else process.env.XDG_DATA_HOME = before;
  });

  const slim = (format = 'legacy'): WeightsExtractor => ({
    ...kept('slim', 'slim.pth', readFileSync(join(FIXTURES, `inception-slim-${format}.pth`))),
    kind: 'weights',
    layout: 'inception-2015-12-05',
    mirrors: [],
  });

  describe('of a state dict', () => {
    test.each(
      ['legacy', 'zip'].flatMap((format) => (Object.keys(MODES) as Mode[]).map((mode) => [format, mode] as const)),
    )('(%s) gives the features that PyTorch computes in the mode %s', async (format, mode) => {
      const network = await Extractor.open(slim(format), { mode });
      const reference = readNpy(`features-${mode}.npy`);
      expect([reference.rows, reference.columns]).toEqual([pictures.length, network.identity.dims]);
      for (const [row, { pixels, height, width, name }] of pictures.entries()) {
        const features = await network.features(pixels, 1, height, width);
        expect(worstError(features, reference, row), name).toBeLessThan(1e-4);
      }
      await network.dispose();
    });

    test.each<[{ dims?: Tap; mode?: Mode }, string, number, string, string]>([
      [
        {},
        'mixed-7c',
        128,
        'pytorch-fid: bilinear-299 [-1,1]',
        'comparable with X, here the preprocessing pytorch-fid',
      ],
      [
        { mode: 'clean' },
        'mixed-7c',
        128,
        'clean: bicubic-antialiased-299 [-1,0.9921875]',
        'comparable with X, here the preprocessing clean',
      ],
      [
        { dims: 192, mode: 'tf1' },
        'max-pool-2',
        12,
        'tf1: tf1-299 [-1,0.9921875]',
        'comparable with X, here the preprocessing tf1; made with dims 192, ' +
          'and so not comparable with the usual FID of 2048, only with one of the same dims',
      ],
    ])('says what it is with %o', async (options, tap, dims, preprocessing, comparable) => {
      const entry = slim();
      const network = await Extractor.open(entry, options);
      expect(network.identity).toEqual({ id: 'slim', sha256: entry.sha256, tap, dims, preprocessing });
      expect(network.comparable).toBe(comparable);
      expect(await network.features(noise(2, 20, 30), 2, 20, 30)).toHaveLength(2 * dims);
      await network.dispose();
    });

    test('gives the same with any batch, order and number of threads', async () => {
      const [count, height, width] = [7, 60, 80];
      const pixels = noise(count, height, width);
      const picture = (i: number) => pixels.subarray(i * height * width * 3, (i + 1) * height * width * 3);
      const network = await Extractor.open(slim(), { threads: 2 });
      const together = await network.features(pixels, count, height, width);
      expect(Math.max(...together)).toBeGreaterThan(1);
      const row = (i: number) => together.subarray(i * 128, (i + 1) * 128);
      const backwards = Uint8Array.from(Buffer.concat(Array.from({ length: count }, (_, i) => picture(count - 1 - i))));
      const reversed = await network.features(backwards, count, height, width);
      const single = await Extractor.open(slim(), { threads: 1 });
      for (let i = 0; i < count; i++) {
        const alone = await single.features(picture(i), 1, height, width);
        expect(largestDifference(alone, row(i))).toBeLessThan(1e-6);
        expect(largestDifference(reversed.subarray((count - 1 - i) * 128, (count - i) * 128), row(i))).toBeLessThan(
          1e-6,
        );
      }
      await Promise.all([network.dispose(), single.dispose()]);
    });

    test('refuses dims and modes that there are not', async () => {
      const open = (options: object) => Extractor.open(slim(), options);
      await expect(open({ dims: 100 })).rejects.toThrow('dims: got 100, expected 64, 192, 768 or 2048');
      await expect(open({ mode: 'toString' })).rejects.toThrow(
        'mode: got "toString", expected pytorch-fid, clean or tf1',
      );
      await expect(open({ mode: 'toString' })).rejects.toThrow(UserError);
    });

    test('refuses a file that was changed after it was kept', async () => {
      const entry = slim();
      const bytes = readFileSync(join(FIXTURES, 'inception-slim-legacy.pth'));
      bytes[bytes.length >> 1]! ^= 1;
      kept('slim', 'slim.pth', bytes);
      await expect(Extractor.open(entry)).rejects.toThrow(UserError);
      await expect(Extractor.open(entry)).rejects.toThrow(/slim\.pth is damaged: SHA-256/);
    });
  });

  describe('of a user’s own ONNX model', () => {
    const size = 8;
    /** Gives the mean of each channel of a picture, as the preprocessing left it. */
    function meansOfChannels(changes: Partial<OnnxExtractor> = {}): OnnxExtractor {
      const g = createGraph('means');
      const x = g.input('x', 'float32', ['N', 3, size, size]);
      g.output(g.node('Identity', [x], {}, 'y'), 'float32', ['N', 3, size, size]);
      return {
        ...kept('means', 'model.onnx', g.encode()),
        kind: 'onnx',
        input: { size, resize: 'bilinear', fit: 'cover', range: [0, 1], mean: [0.5, 0.5, 0.5], layout: 'NCHW' },
        output: 'y',
        pooling: 'mean',
        dims: 3,
        ...changes,
      };
    }

    test('is run behind its preprocessing, and says what it is', async () => {
      const entry = meansOfChannels();
      const model = await Extractor.open(entry);
      expect(model.identity).toEqual({
        id: 'means',
        sha256: entry.sha256,
        tap: 'y, mean',
        dims: 3,
        preprocessing: 'bilinear-8 cover [0,1] mean 0.5,0.5,0.5 std 1,1,1',
      });
      expect(model.comparable).toBe('comparable with X');
      // 8 high: white on the left half, black on the right; the middle, which is kept, has a quarter of white.
      const width = 32;
      const white = (from: number, to: number) =>
        Uint8Array.from({ length: 8 * width * 3 }, (_, k) =>
          Math.floor(k / 3) % width >= from && Math.floor(k / 3) % width < to ? 255 : 0,
        );
      const close = async (pixels: Uint8Array, height: number, wide: number, mean: number) => {
        for (const value of await model.features(pixels, 1, height, wide)) expect(value).toBeCloseTo(mean - 0.5, 5);
      };
      await close(white(0, 14), 8, width, 0.25);
      await close(white(12, 20), 8, width, 1);
      // The same side beside another one is another matrix: 6 pixels become 8, and so 14 become 18⅔ of which 17 are cut.
      await close(white(0, 14).subarray(0, 6 * width * 3), 6, width, 1.404762 / 8);
      await close(new Uint8Array(32 * 32 * 3).fill(51), 32, 32, 0.2);
      await close(white(0, 14), 8, width, 0.25);
      await model.dispose();
    });

    test('is refused when it gives other dims than it was added with', async () => {
      const model = await Extractor.open(meansOfChannels({ dims: 5 }));
      await expect(model.features(noise(1, 8, 8), 1, 8, 8)).rejects.toThrow(
        'extractor means gave 3 values for 1 pictures, expected 1×5',
      );
      await model.dispose();
    });

    test('has no choice of dims or mode', async () => {
      await expect(Extractor.open(meansOfChannels(), { dims: 64 })).rejects.toThrow(/dims: got 64, expected nothing/);
    });
  });
});
