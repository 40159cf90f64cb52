import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import onnxProto from 'onnx-proto';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { inceptionFromStateDict, MODES, TAPS, type Tap } from '../../src/extract/inception-torch.js';
import type { Preprocessing } from '../../src/extract/preprocessing.js';
import { resizeMatrix } from '../../src/extract/resize.js';
import type { Parameter, StateDict } from '../../src/extract/state-dict.js';
import { readStateDict } from '../../src/extract/torch-file.js';
import { FIXTURES, noise } from './fixtures.js';

const dict = readStateDict(readFileSync(join(FIXTURES, 'inception-slim-zip.pth')), 'slim.pth');
const build = (from: StateDict, tap: Tap, input: Preprocessing = MODES['pytorch-fid']) =>
  inceptionFromStateDict(from, tap, input, 'slim.pth');
const graphOf = (tap: Tap) => onnxProto.onnx.ModelProto.decode(build(dict, tap).onnx).graph!;

/** The dict with parameters replaced or, where the value is undefined, left out. */
function changed(changes: Readonly<Record<string, Parameter | undefined>>): StateDict {
  const result = new Map(dict);
  for (const [name, parameter] of Object.entries(changes)) {
    if (parameter) result.set(name, parameter);
    else result.delete(name);
  }
  return result;
}
const parameter = (shape: readonly number[], value = 1): Parameter => ({
  shape,
  data: new Float32Array(shape.reduce((product, n) => product * n, 1)).fill(value),
});

/** Channels of height × width numbers, in float64. */
interface Planes {
  readonly size: number;
  readonly channels: readonly Float64Array[];
}

/** A convolution, then batch normalisation as it is defined (not folded), then ReLU. */
function normalised({ size, channels }: Planes, name: string, stride: number, padding: number): Planes {
  const read = (kind: string) => dict.get(`${name}.${kind}`)!;
  const { shape, data } = read('conv.weight');
  const [outputs, inputs, kernel] = shape as [number, number, number];
  const [gamma, beta, mean, variance] = ['bn.weight', 'bn.bias', 'bn.running_mean', 'bn.running_var'].map(
    (kind) => read(kind).data,
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const to = Math.floor((size + 2 * padding - kernel) / stride) + 1;
  const pixel = (o: number, y: number, x: number) => {
    let sum = 0;
    for (let i = 0; i < inputs; i++)
      for (let v = 0; v < kernel; v++)
        for (let u = 0; u < kernel; u++) {
          const [row, column] = [y * stride - padding + v, x * stride - padding + u];
          if (row < 0 || column < 0 || row >= size || column >= size) continue;
          sum += channels[i]![row * size + column]! * data[((o * inputs + i) * kernel + v) * kernel + u]!;
        }
    return Math.max(0, ((sum - mean[o]!) / Math.sqrt(variance[o]! + 0.001)) * gamma[o]! + beta[o]!);
  };
  const plane = (o: number) => Float64Array.from({ length: to * to }, (_, k) => pixel(o, Math.floor(k / to), k % to));
  return { size: to, channels: Array.from({ length: outputs }, (_, o) => plane(o)) };
}

/** The largest of 3×3, every second pixel. */
function halved({ size, channels }: Planes): Planes {
  const to = Math.floor((size - 3) / 2) + 1;
  const around = Array.from({ length: 9 }, (_, k) => Math.floor(k / 3) * size + (k % 3));
  const largest = (plane: Float64Array, at: number) => Math.max(...around.map((offset) => plane[at + offset]!));
  const pool = (plane: Float64Array) =>
    Float64Array.from({ length: to * to }, (_, k) => largest(plane, 2 * (Math.floor(k / to) * size + (k % to))));
  return { size: to, channels: channels.map(pool) };
}

const means = ({ channels }: Planes) =>
  channels.map((plane) => plane.reduce((sum, value) => sum + value, 0) / plane.length);

describe('the Inception of a state dict', () => {
  test('is, at the two pools, what a plain computation gives', async () => {
    const size = 47;
    const input = { size, resize: 'bilinear', range: [-1, 1] } as const;
    const pixels = noise(1, size, size);
    const picture: Planes = {
      size,
      channels: [0, 1, 2].map((c) =>
        Float64Array.from({ length: size * size }, (_, k) => (2 * pixels[3 * k + c]!) / 255 - 1),
      ),
    };
    const first = normalised(normalised(picture, 'Conv2d_1a_3x3', 2, 0), 'Conv2d_2a_3x3', 1, 0);
    const pool1 = halved(normalised(first, 'Conv2d_2b_3x3', 1, 1));
    const pool2 = halved(normalised(normalised(pool1, 'Conv2d_3b_1x1', 1, 0), 'Conv2d_4a_3x3', 1, 0));

    const same = new Tensor('float32', resizeMatrix(input, size, size), [size, size]);
    const feeds = { images: new Tensor('uint8', pixels, [1, size, size, 3]), rows: same, columns: same };
    for (const [tap, planes] of [
      [64, pool1],
      [192, pool2],
    ] as const) {
      const session = await InferenceSession.create(build(dict, tap, input).onnx);
      const features = (await session.run(feeds)).features!.data as Float32Array;
      await session.release();
      const wanted = means(planes);
      expect(features).toHaveLength(wanted.length);
      expect(Math.max(...wanted)).toBeGreaterThan(0.1);
      wanted.forEach((value, c) => {
        expect(features[c]).toBeCloseTo(value, 5);
      });
    }
  });

  test('has the widths of its tensors', () => {
    const taps = Object.keys(TAPS).map(Number) as Tap[];
    expect(taps.map((tap) => [tap, TAPS[tap], build(dict, tap).dims])).toEqual([
      [64, 'max-pool-1', 4],
      [192, 'max-pool-2', 12],
      [768, 'mixed-6e', 48],
      [2048, 'mixed-7c', 128],
    ]);
  });

  test('of a lower tap is the beginning of the whole, without the layers above it', () => {
    const whole = graphOf(2048);
    const layers = (graph: typeof whole) =>
      graph.node!.slice(0, -2).map(({ opType, input, output }) => ({ opType, input, output }));
    const sizes = ([64, 192, 768, 2048] as const).map((tap) => {
      const graph = graphOf(tap);
      expect(graph.node!.slice(-2).map(({ opType }) => opType)).toEqual(['GlobalAveragePool', 'Flatten']);
      expect(layers(graph)).toEqual(layers(whole).slice(0, graph.node!.length - 2));
      const count = (operator: string) => graph.node!.filter(({ opType }) => opType === operator).length;
      return [count('Conv'), count('MaxPool'), count('AveragePool'), count('Concat'), graph.initializer!.length];
    });
    // Two constants a convolution, and two of the input's range.
    expect(sizes).toEqual([
      [3, 1, 0, 0, 8],
      [5, 2, 0, 0, 12],
      [5 + 3 * 7 + 4 + 4 * 10, 3, 7, 8, 142],
      [70 + 6 + 2 * 9, 5, 8, 15, 190],
    ]);
    const bytes = ([64, 192, 768, 2048] as const).map((tap) => build(dict, tap).onnx.length);
    expect(bytes).toEqual([...bytes].sort((a, b) => a - b));
  });

  test('pools without counting padding, and by the largest in Mixed_7c', () => {
    const { node } = graphOf(2048);
    const pools = node!.filter(({ opType }) => opType === 'AveragePool');
    const counts = pools.map(({ attribute }) => attribute!.find(({ name }) => name === 'count_include_pad')!.i);
    expect(counts.map(Number)).toEqual(Array(8).fill(0));
    const strides = node!
      .filter(({ opType }) => opType === 'MaxPool')
      .map(({ attribute }) => attribute!.find(({ name }) => name === 'strides')!.ints!.map(Number));
    expect(strides).toEqual([
      [2, 2],
      [2, 2],
      [2, 2],
      [2, 2],
      [1, 1],
    ]);
  });

  test('is the same bytes each time, and does without the classifier', () => {
    const { onnx } = build(dict, 2048);
    expect(build(dict, 2048).onnx).toEqual(onnx);
    expect(build(changed({ 'fc.weight': undefined, 'fc.bias': undefined }), 2048).onnx).toEqual(onnx);
    const auxiliary = changed({ 'AuxLogits.conv0.conv.weight': parameter([1, 1, 1, 1]) });
    expect(build(auxiliary, 2048).onnx).toEqual(onnx);
  });

  test('of a lower tap needs no more than its own parameters', () => {
    const without = changed({ 'Mixed_7c.branch1x1.conv.weight': undefined });
    expect(build(without, 768).dims).toBe(48);
    expect(() => build(without, 2048)).toThrow(/Mixed_7c\.branch1x1\.conv\.weight is missing/);
  });

  const variance = 'Mixed_6b.branch7x7_2.bn.running_var';
  const huge = {
    'Conv2d_1a_3x3.conv.weight': parameter([2, 3, 3, 3], 3e38),
    'Conv2d_1a_3x3.bn.weight': parameter([2], 10),
  };
  test.each<[string, Readonly<Record<string, Parameter | undefined>>, string]>([
    [
      'nothing in it',
      Object.fromEntries([...dict.keys()].map((name) => [name, undefined])),
      'Conv2d_1a_3x3.conv.weight is missing',
    ],
    [
      'a parameter missing',
      { [variance]: undefined },
      `the parameter ${variance} is missing, expected one of shape [8]`,
    ],
    [
      'a kernel of another rank',
      { 'Conv2d_2a_3x3.conv.weight': parameter([2, 2, 3]) },
      'Conv2d_2a_3x3.conv.weight has shape [2, 2, 3], expected [outputs, 2, 3, 3]',
    ],
    [
      'another kernel',
      { 'Mixed_5b.branch5x5_2.conv.weight': parameter([4, 3, 3, 3]) },
      'has shape [4, 3, 3, 3], expected [outputs, 3, 5, 5]',
    ],
    [
      'a kernel lying down',
      { 'Mixed_6b.branch7x7_2.conv.weight': parameter([8, 8, 7, 1]) },
      'has shape [8, 8, 7, 1], expected [outputs, 8, 1, 7]',
    ],
    [
      'channels that do not chain',
      { 'Conv2d_2b_3x3.conv.weight': parameter([4, 3, 3, 3]) },
      'Conv2d_2b_3x3.conv.weight has shape [4, 3, 3, 3], expected [outputs, 2, 3, 3]',
    ],
    ['a normalisation of another width', { [variance]: parameter([9]) }, `${variance} has shape [9], expected [8]`],
    [
      'no outputs',
      { 'Conv2d_1a_3x3.conv.weight': parameter([0, 3, 3, 3]) },
      'has shape [0, 3, 3, 3], expected [outputs, 3, 3, 3]',
    ],
    [
      'NaN',
      { 'Mixed_7b.branch_pool.bn.bias': parameter([12], Number.NaN) },
      'Mixed_7b.branch_pool.bn.bias has the value NaN in it, expected finite numbers',
    ],
    ['infinity', { [variance]: parameter([8], Number.POSITIVE_INFINITY) }, `${variance} has the value Infinity in it`],
    [
      'a negative variance',
      { [variance]: parameter([8], -0.5) },
      `${variance} has the variance -0.5 in it, expected none below 0`,
    ],
    [
      'values that are too large when folded',
      huge,
      'Conv2d_1a_3x3.conv.weight times its normalisation is too large for float32',
    ],
    [
      'a parameter that the network has not',
      { 'layer1.0.weight': parameter([1]) },
      'it has "layer1.0.weight", which that network has not',
    ],
    [
      'many of them',
      Object.fromEntries([...'abcde'].map((letter) => [`module.${letter}\u001b[2J`, parameter([1])])),
      'it has "module.a\\u001b[2J", "module.b\\u001b[2J", "module.c\\u001b[2J" and 2 more',
    ],
  ])('is refused with %s', (_, changes, message) => {
    const attempt = () => build(changed(changes), 2048);
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow('slim.pth: ');
    expect(attempt).toThrow(message);
  });
});
