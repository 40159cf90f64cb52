import { describe, expect, test } from 'vitest';
import { bilinearMatrix } from '../../src/extract/resize.js';
import { expected, type Picture, referencePictures } from './fixtures.js';

const SIZE = 299;
const sizes = [1, 2, 64, 150, 256, 298, 300, 427, 1024];

/** y = A·x·Bᵀ of one channel, scaled as pytorch-fid does, 2x/255 − 1: [299·299]. */
function resized({ pixels, width, height }: Picture, channel: number): Float64Array {
  const rows = bilinearMatrix(height, SIZE);
  const columns = bilinearMatrix(width, SIZE);
  const result = new Float64Array(SIZE * SIZE);
  const across = new Float64Array(height * SIZE);
  for (let y = 0; y < height; y++)
    for (let j = 0; j < SIZE; j++) {
      let sum = 0;
      for (let x = 0; x < width; x++) sum += columns[j * width + x]! * pixels[(y * width + x) * 3 + channel]!;
      across[y * SIZE + j] = sum;
    }
  for (let i = 0; i < SIZE; i++)
    for (let j = 0; j < SIZE; j++) {
      let sum = 0;
      for (let y = 0; y < height; y++) sum += rows[i * height + y]! * across[y * SIZE + j]!;
      result[i * SIZE + j] = (2 * sum) / 255 - 1;
    }
  return result;
}

describe('bilinear resize matrix', () => {
  test.each(sizes)('from %i: every row is a convex combination', (from) => {
    const matrix = bilinearMatrix(from, SIZE);
    expect(matrix).toHaveLength(SIZE * from);
    for (let j = 0; j < SIZE; j++) {
      const row = matrix.subarray(j * from, (j + 1) * from);
      expect(row.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 6);
      expect(Math.min(...row)).toBeGreaterThanOrEqual(0);
    }
  });

  test.each([1, 2, 64, 299])('from %i to itself: the identity', (size) => {
    const identity = Float32Array.from({ length: size * size }, (_, k) => (k % (size + 1) === 0 ? 1 : 0));
    expect(bilinearMatrix(size, size)).toEqual(identity);
  });

  test.each(sizes)('from %i: the mirror image of itself', (from) => {
    const matrix = bilinearMatrix(from, SIZE);
    const worst = matrix.reduce((w, value, k) => Math.max(w, Math.abs(value - matrix[matrix.length - 1 - k]!)), 0);
    expect(worst).toBeLessThan(1e-4);
  });

  test('reproduces the 299×299 input of pytorch-fid', { timeout: 60_000 }, async () => {
    const pictures = await referencePictures();
    expect(pictures.length).toBeGreaterThanOrEqual(16);
    for (const picture of pictures) {
      const channels = [0, 1, 2].map((channel) => resized(picture, channel));
      const sample = expected.images[picture.name]!.input_299['pytorch-fid']!;
      const middle = 149 * SIZE + 149;
      const mean = channels.reduce((sum, c) => sum + c.reduce((s, v) => s + v, 0), 0) / (3 * SIZE * SIZE);
      expect(mean, picture.name).toBeCloseTo(sample.mean, 6);
      channels.forEach((values, c) => {
        expect(values[0]!, picture.name).toBeCloseTo(sample.corner[c]!, 5);
        expect(values[middle]!, picture.name).toBeCloseTo(sample.center[c]!, 5);
        expect(values.at(-1)!, picture.name).toBeCloseTo(sample.last[c]!, 5);
      });
    }
  });
});
