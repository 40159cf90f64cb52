import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundled } from '../../src/extract/registry.js';
import { Extractor } from '../../src/extract/session.js';
import { expected, type Picture, readNpy, referencePictures } from './fixtures.js';

let extractor: Extractor;
let pictures: Picture[];

beforeAll(async () => {
  extractor = await Extractor.open(bundled());
  pictures = await referencePictures();
}, 60_000);
afterAll(() => extractor.dispose());

const one = ({ pixels, height, width }: Picture) => extractor.features(pixels, 1, height, width);

const largestDifference = (a: Float32Array, b: Float32Array) =>
  a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);

/** `count` pictures of one size with the same noise at every call. */
function noise(count: number, height: number, width: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: count * height * width * 3 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
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
    expect(pictures.length).toBeGreaterThanOrEqual(16);
    const reference = readNpy('features-bundled-mixed7.npy');
    expect([reference.rows, reference.columns]).toEqual([expected.order.length, 768]);
    // Each value against the scale of its channel: the largest that PyTorch saw there (a few channels are all but dead).
    const scale = new Float64Array(768).fill(0.01);
    reference.data.forEach((value, k) => {
      scale[k % 768] = Math.max(scale[k % 768]!, Math.abs(value));
    });
    for (const picture of pictures) {
      const features = await one(picture);
      const row = expected.order.indexOf(picture.name);
      const wanted = reference.data.subarray(row * 768, (row + 1) * 768);
      const worst = features.reduce((w, value, c) => Math.max(w, Math.abs(value - wanted[c]!) / scale[c]!), 0);
      expect(worst, picture.name).toBeLessThan(1e-4);
    }
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
    for (let size = 1; size <= 20; size++)
      expect(largestDifference(await grey(size, 2 * size), first)).toBeLessThan(1e-4);
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
});
