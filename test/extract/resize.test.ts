import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { createGraph } from '../../src/core/graph.js';
import { MODES, type Mode } from '../../src/extract/inception-torch.js';
import { type NetworkInput, pictureInput } from '../../src/extract/picture-input.js';
import type { ResizeKind } from '../../src/extract/preprocessing.js';
import { resizeMatrix } from '../../src/extract/resize.js';
import { expected, type Picture, referencePictures } from './fixtures.js';

const SIZE = 299;
const KINDS: readonly ResizeKind[] = ['bilinear', 'bicubic-antialiased', 'tf1'];
const sizes = [1, 2, 3, 64, 150, 256, 298, 299, 300, 427, 1024];
const cases = KINDS.flatMap((kind) => sizes.map((from) => [kind, from] as const));

const stretched = (resize: ResizeKind, from: number, size = SIZE) => resizeMatrix({ size, resize }, from, from);

function identity(size: number): Float32Array {
  return Float32Array.from({ length: size * size }, (_, k) => (k % (size + 1) === 0 ? 1 : 0));
}

type Picked = Pick<Picture, 'pixels' | 'width' | 'height'>;

/** What the graph makes of pictures: a session of `pictureInput` alone, which must be released. */
async function preprocessor(input: NetworkInput) {
  const g = createGraph('preprocessing');
  const value = pictureInput(g, input);
  g.output(value, 'float32', ['N', 'A', 'B', 'C']);
  const session = await InferenceSession.create(g.encode());
  const matrix = (length: number, other: number) =>
    new Tensor('float32', resizeMatrix(input, length, other), [input.size, length]);
  const run = async ({ pixels, width, height }: Picked) => {
    const images = new Tensor('uint8', pixels, [1, height, width, 3]);
    const results = await session.run({ images, rows: matrix(height, width), columns: matrix(width, height) });
    return results[value]!;
  };
  return { run, release: () => session.release() };
}

/** The network's input of one picture. */
async function prepared(input: NetworkInput, picture: Picked): Promise<Tensor> {
  const { run, release } = await preprocessor(input);
  const result = await run(picture);
  await release();
  return result;
}

describe('a resize matrix', () => {
  test.each(cases)('%s from %i: every row sums to 1', (kind, from) => {
    const matrix = stretched(kind, from);
    expect(matrix).toHaveLength(SIZE * from);
    for (let j = 0; j < SIZE; j++) {
      const row = matrix.subarray(j * from, (j + 1) * from);
      expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
      // Only the cubic kernel goes below 0, by no more than its lobe.
      expect(Math.min(...row)).toBeGreaterThanOrEqual(kind === 'bicubic-antialiased' ? -0.25 : 0);
    }
  });

  test.each(KINDS)('%s of a size to itself: the identity', (kind) => {
    // Adding 0 takes the sign from −0.
    for (const size of [1, 2, 64, SIZE])
      expect(stretched(kind, size, size).map((weight) => weight + 0)).toEqual(identity(size));
  });

  test.each(sizes)('from %i with half-pixel centres: the mirror image of itself', (from) => {
    for (const kind of ['bilinear', 'bicubic-antialiased'] as const) {
      const matrix = stretched(kind, from);
      const worst = matrix.reduce((w, value, k) => Math.max(w, Math.abs(value - matrix[matrix.length - 1 - k]!)), 0);
      expect(worst).toBeLessThan(1e-4);
    }
  });

  test('tf1 has no half-pixel offset: output 0 is input 0, and halving takes every second pixel', () => {
    expect([...stretched('tf1', 4, 2)]).toEqual([1, 0, 0, 0, 0, 0, 1, 0]);
    expect([...stretched('tf1', 2, 4)]).toEqual([1, 0, 0.5, 0.5, 0, 1, 0, 1]);
  });

  test('antialiases with the cubic kernel only', () => {
    const weights = (kind: ResizeKind) => stretched(kind, 1000, 10).filter((weight) => weight !== 0).length;
    expect(weights('bilinear')).toBeLessThanOrEqual(20);
    expect(weights('bicubic-antialiased')).toBeGreaterThan(3000);
  });
});

describe('cover', () => {
  const picture = (width: number, height: number): Picked => {
    const grey = (x: number, y: number) => (x * x * 7 + y * 13 + x * y * 5) % 256;
    const at = (k: number) => grey(k % width, Math.floor(k / width));
    return { width, height, pixels: Uint8Array.from({ length: width * height * 3 }, (_, k) => at(Math.floor(k / 3))) };
  };

  // Pillow 9.4, mode F, BICUBIC to the sizes of torchvision's Resize, then the box of its CenterCrop: the pixels at the top
  // left and right, in row size/2 at column size/3, at the bottom right, and the mean. Not clipped, so the range is left open.
  test.each([
    [50, 37, 24, [140.6584, 86.3551, 161.4972, 162.0082, 129.968]],
    [37, 50, 24, [97.7583, 211.8804, 76.3966, 88.7729, 130.5349]],
    [23, 16, 40, [57.3483, 235.2699, 67.2516, 90.106, 132.9352]],
    [61, 20, 13, [108.5485, 157.5718, 99.5769, 85.5959, 128.0675]],
    [40, 40, 17, [16.814, 94.9331, 117.9404, 139.3553, 128.7401]],
    [20, 27, 20, [52, 143, 86, 147, 129.89]],
    [33, 26, 26, [112, 255, 165, 109, 131.5459]],
  ])('%i×%i to %i: as PIL and torchvision cut it', (width, height, size, wanted) => {
    const input = { size, resize: 'bicubic-antialiased', fit: 'cover' } as const;
    const rows = resizeMatrix(input, height, width);
    const columns = resizeMatrix(input, width, height);
    const { pixels } = picture(width, height);
    const at = (i: number, j: number) => {
      let sum = 0;
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
          sum += rows[i * height + y]! * columns[j * width + x]! * pixels[(y * width + x) * 3]!;
      return sum;
    };
    const last = size - 1;
    const all = Array.from({ length: size * size }, (_, k) => at(Math.floor(k / size), k % size));
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
    const got = [at(0, 0), at(0, last), at(Math.floor(size / 2), Math.floor(size / 3)), at(last, last), mean];
    got.forEach((value, k) => {
      expect(value).toBeCloseTo(wanted[k]!, 2);
    });
  });

  test('of a square is a stretch', () => {
    for (const resize of KINDS)
      expect(resizeMatrix({ size: 24, resize, fit: 'cover' }, 50, 50)).toEqual(stretched(resize, 50, 24));
  });
});

describe('the network input', () => {
  test.each(Object.keys(MODES) as Mode[])('of %s is that of the tool, for every picture', async (mode) => {
    const { run, release } = await preprocessor(MODES[mode]);
    for (const picture of await referencePictures()) {
      const { data, dims } = await run(picture);
      expect(dims).toEqual([1, 3, SIZE, SIZE]);
      const values = data as Float32Array;
      const sample = expected.images[picture.name]!.input_299[mode]!;
      expect(values.reduce((sum, v) => sum + v, 0) / values.length, picture.name).toBeCloseTo(sample.mean, 5);
      for (let c = 0; c < 3; c++) {
        const plane = values.subarray(c * SIZE * SIZE, (c + 1) * SIZE * SIZE);
        expect(Math.abs(plane[0]! - sample.corner[c]!), picture.name).toBeLessThan(5e-6);
        expect(Math.abs(plane[149 * SIZE + 149]! - sample.center[c]!), picture.name).toBeLessThan(5e-6);
        expect(Math.abs(plane.at(-1)! - sample.last[c]!), picture.name).toBeLessThan(5e-6);
      }
    }
    await release();
  });

  const corners: Picked = { width: 2, height: 1, pixels: Uint8Array.of(255, 0, 51, 0, 102, 255) };

  test('is normalised by channel, after the range', async () => {
    const { data } = await prepared(
      { size: 2, resize: 'tf1', range: [0, 1], mean: [0.5, 0.25, 0], std: [0.5, 0.25, 2] },
      corners,
    );
    const wanted = [1, -1, 1, -1, -1, 0.6, -1, 0.6, 0.1, 0.5, 0.1, 0.5];
    (data as Float32Array).forEach((value, k) => {
      expect(value).toBeCloseTo(wanted[k]!, 6);
    });
  });

  test('has the channels last when the layout is NHWC', async () => {
    const { data, dims } = await prepared({ size: 2, resize: 'tf1', range: [0, 255], layout: 'NHWC' }, corners);
    expect(dims).toEqual([1, 2, 2, 3]);
    expect([...(data as Float32Array)]).toEqual([...corners.pixels, ...corners.pixels]);
  });

  test('of the cubic kernel is clipped to the range before it is scaled, and not rounded', async () => {
    // A step from black to white overshoots by some 7% of it.
    const step = { width: 8, height: 1, pixels: Uint8Array.from({ length: 24 }, (_, k) => (k < 12 ? 0 : 255)) };
    const { data } = await prepared({ size: 64, resize: 'bicubic-antialiased', range: [-1, 1] }, step);
    const values = [...(data as Float32Array)];
    expect(Math.min(...values)).toBe(-1);
    expect(Math.max(...values)).toBe(1);
    expect(values.filter((value) => value === 1).length).toBeGreaterThan(64 * 20);
    expect(
      new Set(values.map((v) => (v + 1) * 127.5).filter((v) => Math.abs(v - Math.round(v)) > 0.01)).size,
    ).toBeGreaterThan(3);
  });
});
