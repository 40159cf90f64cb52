import { beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { createGraph } from '../../src/core/graph.js';
import { draws, STREAM } from '../../src/core/random.js';
import { loadRuntime } from '../../src/core/runtime.js';
import type { Dataset } from '../../src/dataset/dataset.js';
import { filled, normals } from '../../src/dataset/latent.js';
import { openStylegan } from '../../src/dataset/stylegan.js';
import { COLOUR_DRAWS, naturalColours } from '../../src/dataset/stylegan-colour.js';
import { LATENT, LAYERS, type Layer, LEVELS, SIDE, sideBefore } from '../../src/dataset/stylegan-layers.js';
import { network, networkNumber } from '../../src/dataset/stylegan-network.js';
import { mapped, meanLatent, modulated, stylesOf } from '../../src/dataset/stylegan-style.js';
import { wavelet } from '../../src/dataset/stylegan-wavelet.js';
import { correlation, mean, variance } from '../core/goodness.js';

const random = (index: number) => normals(draws(7, STREAM.check, index));

describe('numbers of networks', () => {
  const slots = Array.from({ length: 16 }, (_, slot) => slot);

  test('each makes 256 images, then others follow', () => {
    const counts = new Map<number, number>();
    for (let output = 0; output < 512; output++)
      for (const slot of slots) {
        const number = networkNumber(output, slot);
        counts.set(number, (counts.get(number) ?? 0) + 1);
        expect(number < 16).toBe(output < 256);
      }
    expect(counts.size).toBe(32);
    expect(new Set(counts.values())).toEqual(new Set([256]));
  });

  test('those of an output differ, and those of 16 outputs in a row', () => {
    for (const output of [0, 5, 255, 256, 49_999])
      expect(new Set(slots.map((slot) => networkNumber(output, slot))).size).toBe(16);
    expect(new Set(slots.map((output) => networkNumber(256 + output, 3))).size).toBe(16);
  });
});

/** A map of `side`² places a channel, doubled: zeros put between, then the filter [1, 3, 3, 1]/4 both ways. */
function doubledPlainly(map: Float32Array, channels: number, side: number): Float64Array {
  const taps = [1, 3, 3, 1].map((tap) => tap / 4);
  const wide = 2 * side;
  const out = new Float64Array(channels * wide * wide);
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++)
        for (let a = 0; a < 4; a++)
          for (let b = 0; b < 4; b++) {
            const [row, column] = [2 * y + a - 1, 2 * x + b - 1];
            if (row < 0 || column < 0 || row >= wide || column >= wide) continue;
            out[(c * wide + row) * wide + column]! += taps[a]! * taps[b]! * map[(c * side + y) * side + x]!;
          }
  return out;
}

describe('a layer is StyleGAN2’s', () => {
  test.each([
    ['that doubles, 3 × 3', true, 3],
    ['that doubles, 5 × 5', true, 5],
    ['that does not', false, 3],
  ])('one %s: modulate, convolve, demodulate, noise, bias, rectifier', async (_, up, kernel) => {
    const layer: Layer = { level: 2, side: 16, inputs: 4, outputs: 3, kernel, up };
    const [inputs, outputs, side, before] = [4, 3, 16, sideBefore(layer)];
    const phases = up ? 4 : 1;
    const area = kernel * kernel;
    const next = random(1);
    const x = filled(inputs * before * before, next);
    // At its own size; of a doubled map in phases.
    const noiseMap = filled(side * side, next);
    const pairs = [0, 1, 0, 3, 1, 0, 2, 2, 2, 1];
    const uniform = draws(7, STREAM.check, 2);
    const plain = Array.from({ length: pairs.length / 2 }, () => wavelet(kernel, 0.5, uniform));
    const { doubled } = await import('../../src/dataset/stylegan-wavelet.js');
    const gains = filled(plain.length, next);
    const weights = {
      pairs: Int32Array.from(pairs),
      filters: Float32Array.from(plain.flatMap((filter) => [...(up ? doubled(filter, kernel) : filter)])),
      gains,
      noise: Float32Array.of(0.5, 1, 2),
      bias: Float32Array.of(0.1, -0.2, 0.3),
      drive: Float32Array.of(1, 2, 3),
      affine: new Float32Array(inputs * LATENT),
    };
    const styles = Float64Array.of(0.5, -1, 2, 1.5);
    const made = modulated(layer, weights, styles);

    const g = createGraph('layer');
    const wide = inputs + phases;
    const input = g.input('x', 'float32', [1, wide, before, before]);
    const pad = (kernel - 1) / 2;
    let y = g.node(
      'Conv',
      [
        input,
        g.constant('w', made.weight, [phases * outputs, wide, kernel, kernel]),
        g.constant('b', made.bias, [phases * outputs]),
      ],
      { pads: [pad, pad, pad, pad] },
    );
    y = g.node('LeakyRelu', [y], { alpha: { float: 0.2 } });
    if (up) y = g.node('DepthToSpace', [y], { blocksize: 2, mode: 'CRD' });
    g.output(y, 'float32', [1, outputs, side, side]);
    const { InferenceSession, Tensor } = await loadRuntime();
    const session = await InferenceSession.create(g.encode());
    const seen = new Float32Array(wide * before * before);
    seen.set(x);
    for (let i = 0; i < noiseMap.length; i++) {
      const [row, column] = [Math.floor(i / side), i % side];
      const step = up ? 2 : 1;
      const phase = up ? (row % 2) * 2 + (column % 2) : 0;
      seen[((inputs + phase) * before + Math.floor(row / step)) * before + Math.floor(column / step)] = noiseMap[i]!;
    }
    const run = await session.run({ x: new Tensor('float32', seen, [1, wide, before, before]) });
    const got = run[y]!.data as Float32Array;
    await session.release();

    const map = up ? doubledPlainly(x, inputs, before) : Float64Array.from(x);
    const edge = 6;
    for (let o = 0; o < outputs; o++) {
      const own = plain.map((_, p) => p).filter((p) => pairs[2 * p] === o);
      const norm = Math.sqrt(own.reduce((sum, p) => sum + (gains[p]! * styles[pairs[2 * p + 1]!]!) ** 2, 0));
      for (let row = edge; row < side - edge; row++)
        for (let column = edge; column < side - edge; column++) {
          let sum = 0;
          for (const p of own)
            for (let k = 0; k < area; k++) {
              const [dy, dx] = [Math.floor(k / kernel) - pad, (k % kernel) - pad];
              const from = pairs[2 * p + 1]!;
              const value = map[(from * side + row + dy) * side + column + dx]!;
              sum += (gains[p]! * styles[from]! * plain[p]![k]! * value) / norm;
            }
          sum = weights.drive[o]! * (sum + weights.noise[o]! * noiseMap[row * side + column]! + weights.bias[o]!);
          const expected = Math.SQRT2 * (sum < 0 ? 0.2 * sum : sum);
          expect(got[(o * side + row) * side + column]!).toBeCloseTo(expected, 4);
        }
    }
  });

  test('styles that are all larger change nothing: they are demodulated', () => {
    const layer = LAYERS[3]!;
    const weights = network(1, 0).layers[3]!;
    const styles = stylesOf(weights.affine, filled(LATENT, random(3)));
    const once = modulated(layer, weights, styles).weight;
    const more = modulated(
      layer,
      weights,
      styles.map((style) => 8 * style),
    ).weight;
    expect(once.reduce((most, value, i) => Math.max(most, Math.abs(more[i]! - value)), 0)).toBeLessThan(1e-5);
    expect(once.some((value) => value > 0.1)).toBe(true);
  });

  test('few pairs of channels have a filter, every output has one', () => {
    const { layers } = network(1, 0);
    for (const [i, { pairs }] of layers.entries()) {
      const { inputs, outputs } = LAYERS[i]!;
      const of = Array.from({ length: pairs.length / 2 }, (_, p) => `${pairs[2 * p]} ${pairs[2 * p + 1]}`);
      expect(new Set(of).size).toBe(of.length);
      expect(of.length).toBeLessThanOrEqual(3 * outputs);
      expect(of.length).toBeLessThan((inputs * outputs) / 4);
      expect(new Set(of.map((text) => text.split(' ')[0])).size).toBe(outputs);
    }
  });
});

test('wavelets that do not smooth have no mean, and take every direction', () => {
  const uniform = draws(7, STREAM.check, 4);
  const across: number[] = [];
  for (let i = 0; i < 400; i++) {
    const filter = wavelet(5, 0, uniform);
    const size = Math.max(...filter.map(Math.abs));
    expect(Math.abs(filter.reduce((a, b) => a + b, 0))).toBeLessThan(1e-9 * size);
    // Energy of differences along rows as a part of that along rows and columns: 0 is level stripes, 1 upright ones.
    let [rows, columns] = [0, 0];
    for (let y = 0; y < 4; y++)
      for (let x = 0; x < 4; x++) {
        rows += (filter[5 * y + x + 1]! - filter[5 * y + x]!) ** 2;
        columns += (filter[5 * y + 5 + x]! - filter[5 * y + x]!) ** 2;
      }
    across.push(rows / (rows + columns));
  }
  expect(across.filter((share) => share < 0.35).length).toBeGreaterThan(80);
  expect(across.filter((share) => share > 0.65).length).toBeGreaterThan(80);
});

test('the mean latent is the mean of w', () => {
  const net = network(3, 2);
  const found = meanLatent(net);
  const next = random(5);
  const sum = new Float64Array(LATENT);
  const square = new Float64Array(LATENT);
  for (let i = 0; i < 1000; i++)
    for (const [k, value] of mapped(net, filled(LATENT, next)).entries()) {
      sum[k]! += value / 1000;
      square[k]! += value ** 2 / 1000;
    }
  for (let k = 0; k < LATENT; k++) {
    const error = Math.sqrt((2 * (square[k]! - sum[k]! ** 2)) / 1000);
    expect(Math.abs(found[k]! - sum[k]!)).toBeLessThan(4.5 * error);
  }
});

test('colours have the means, variances and correlations of ImageNet', () => {
  const next = random(6);
  const channels: number[][] = [[], [], []];
  const count = 256;
  for (let i = 0; i < 1500; i++) {
    const [x, y, z] = [0, 1, 2].map(() => filled(count, next)) as [Float32Array, Float32Array, Float32Array];
    // Planes that hang together and are of another size altogether.
    const picture = Float32Array.of(
      ...x.map((v) => 30 * v + 4),
      ...y.map((v, k) => v + 20 * x[k]!),
      ...z.map((v, k) => 5 * v - y[k]!),
    );
    const bytes = naturalColours(picture, filled(COLOUR_DRAWS, next));
    for (let k = 0; k < bytes.length; k++) channels[k % 3]!.push(bytes[k]! / 255);
  }
  const expected = [0.485, 0.456, 0.406];
  const deviations = [0.229, 0.224, 0.225];
  for (const [c, values] of channels.entries()) {
    expect(Math.abs(mean(values) - expected[c]!)).toBeLessThan(0.025);
    // What is cut off at black and white makes them somewhat smaller.
    expect(Math.abs(Math.sqrt(variance(values)) - deviations[c]!)).toBeLessThan(0.03);
  }
  expect(correlation(channels[0]!, channels[1]!)).toBeGreaterThan(0.85);
  expect(correlation(channels[0]!, channels[2]!)).toBeGreaterThan(0.7);
  expect(correlation(channels[0]!, channels[2]!)).toBeLessThan(correlation(channels[0]!, channels[1]!));
});

test('a picture of one colour stays one of one colour', () => {
  const bytes = naturalColours(new Float32Array(3 * 16).fill(2), new Float32Array(COLOUR_DRAWS));
  expect([...bytes]).toEqual(Array.from({ length: 16 }, () => [124, 116, 104]).flat());
});

describe('stylegan:oriented', () => {
  let one: Dataset;
  let two: Dataset;
  beforeAll(async () => {
    [one, two] = (await Promise.all([1, 2].map((threads) => openStylegan('S', 'stylegan:oriented', { threads })))) as [
      Dataset,
      Dataset,
    ];
    return async () => {
      await Promise.all([one.dispose!(), two.dispose!()]);
    };
  });
  const load = async (set: Dataset, output: number, slot: number, psi?: number, side = SIDE, seed = 5) => {
    const choice = set.choose(output, slot + 1, seed, new Set())[slot]!;
    const image = await set.load(choice, seed, side, psi === undefined ? {} : { psi });
    if (image.kind !== 'pixels') throw new Error('no pixels');
    return Buffer.from(image.pixels);
  };

  test('an image is the same in any order, beside any other, with any number of threads', async () => {
    const places = [
      [0, 0],
      [0, 3],
      [16, 0],
      [256, 0],
    ] as const;
    const first = await Promise.all(places.map(([output, slot]) => load(one, output, slot)));
    const second: Buffer[] = [];
    for (const [output, slot] of places.toReversed()) second.unshift(await load(two, output, slot));
    for (const [i, image] of first.entries()) expect(image.equals(second[i]!)).toBe(true);
    expect(new Set(first.map((image) => image.toString('base64'))).size).toBe(4);
    expect((await load(one, 0, 0, undefined, SIDE, 6)).equals(first[0]!)).toBe(false);
  });

  test('ψ of 1 is none; smaller ones draw the images of a network together', async () => {
    const means = async (psi: number) => {
      // Outputs 0, 16, 32… of slot 0 are of one network.
      const images = await Promise.all([0, 16, 32, 48, 64].map((output) => load(one, output, 0, psi)));
      return variance(images.map((image) => mean([...image])));
    };
    expect((await load(one, 0, 0, 1)).equals(await load(one, 0, 0))).toBe(true);
    expect((await load(one, 0, 0, 0)).equals(await load(one, 16, 0, 0))).toBe(false);
    expect(await means(0)).toBeLessThan((await means(1)) / 10);
  });

  test('images are neither flat nor noise', async () => {
    for (let output = 0; output < 6; output++) {
      const image = await load(one, output, 0);
      const green = (row: number, column: number) => image[3 * (row * SIDE + column) + 1]!;
      const [here, beside]: [number[], number[]] = [[], []];
      for (let row = 0; row < SIDE; row += 3)
        for (let column = 0; column < SIDE - 1; column += 3) {
          here.push(green(row, column));
          beside.push(green(row, column + 1));
        }
      expect(variance(here)).toBeGreaterThan(20);
      expect(correlation(here, beside)).toBeGreaterThan(0.5);
    }
  });

  test('is brought to the resolution, and says what it is', async () => {
    expect(await load(one, 1, 0, undefined, 64)).toHaveLength(64 * 64 * 3);
    expect(one.fit(64)).toBe('made at 256, cover 64');
    expect(one.takes).toEqual(['psi']);
    expect(one.identity).toEqual(two.identity);
    expect(one.identity).toMatchObject({ kind: 'stylegan', variant: 'oriented', version: 1 });
    expect(one.choose(300, 2, 0, new Set())).toEqual([
      { id: `network ${16 + (300 % 16)}`, output: 300, slot: 0 },
      { id: `network ${16 + (301 % 16)}`, output: 300, slot: 1 },
    ]);
  });

  test('what it has not is refused', async () => {
    await expect(openStylegan('S', 'stylegan:random')).rejects.toThrow(
      new UserError('data set: got "stylegan:random", expected stylegan:oriented.'),
    );
    await expect(one.load({ id: 'x', output: 0, slot: 0 }, 0, 64, { time: [0, 1] })).rejects.toThrow(UserError);
  });
});

test('levels fit into each other: what is cut off is at least what the zeros outside have reached', () => {
  for (const [i, { side, margin }] of LEVELS.entries()) {
    const width = side + 2 * margin;
    const layers = LAYERS.filter(({ level }) => level === i);
    const reached = layers.reduce((sum, { kernel, up }) => sum + ((kernel - 1) / 2) * (up ? 2 : 1), 0);
    const inner = LEVELS[i + 1] ? (LEVELS[i + 1]!.side + 2 * LEVELS[i + 1]!.margin) / 2 : SIDE;
    expect((width - inner) % 2).toBe(0);
    expect((width - inner) / 2).toBeGreaterThanOrEqual(reached);
  }
});
