import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { createGraph, type Dimension, type ElementType, type Graph, type Value } from '../../src/core/graph.js';
import { draws, STREAM } from '../../src/core/random.js';
import type { Dataset, LoadOptions } from '../../src/dataset/dataset.js';
import { openGenerator } from '../../src/dataset/generator.js';
import { KS_BOUND, kolmogorovSmirnov } from '../core/goodness.js';
import { temporaryFolder } from '../temporary.js';

/** z of an output and slot by Box and Muller's formula. */
function zOf(seed: number, output: number, slot: number, size: number): number[] {
  const uniform = draws(seed, STREAM.latent, output, slot);
  const z: number[] = [];
  while (z.length < size) {
    const [radius, angle] = [Math.sqrt(-2 * Math.log(uniform())), 2 * Math.PI * uniform()];
    z.push(radius * Math.cos(angle), radius * Math.sin(angle));
  }
  return z.slice(0, size);
}

const SHAPE: readonly Dimension[] = [1, 3, 2, 2];

interface Input {
  readonly name: string;
  readonly type?: ElementType;
  readonly shape: readonly Dimension[];
}
const Z: Input = { name: 'z', shape: [1, 12] };

/** A model whose output `image` is what `body` makes of its inputs. */
function model(
  body: (g: Graph, inputs: readonly Value[]) => Value,
  inputs = [Z],
  output = 'image',
  type: ElementType = 'float32',
): Uint8Array {
  const g = createGraph('generator');
  const values = inputs.map(({ name, type: of = 'float32', shape }) => g.input(name, of, shape));
  g.output(g.node('Identity', [body(g, values)], {}, output), type, ['A', 'B', 'C', 'D']);
  return g.encode();
}

const reshaped = (g: Graph, x: Value, shape: readonly Dimension[] = SHAPE) =>
  g.node('Reshape', [x, g.constant('shape', BigInt64Array.from(shape, BigInt), [shape.length])]);

/** The picture is z itself: three planes of 2 × 2. */
const plain = () => model((g, [z]) => reshaped(g, z!));

/** The picture is always this. */
const constant = (values: readonly number[], shape = SHAPE) =>
  model((g, [z]) => {
    const none = g.node('Mul', [
      g.node('ReduceSum', [z!], { keepdims: 0 }),
      g.constant('zero', Float32Array.of(0), []),
    ]);
    return g.node('Add', [none, g.constant('values', Float32Array.from(values), shape as number[])]);
  });

interface Files {
  readonly model?: Uint8Array;
  readonly mapping?: Uint8Array;
  readonly sidecar?: unknown;
}

const SIDECAR = { latent: 12, image: 'image', range: [-1, 1] };

/** A folder with a generator. */
function write({ model: bytes = plain(), mapping, sidecar = SIDECAR }: Files): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'g.onnx'), bytes);
  if (mapping) writeFileSync(join(folder, 'mapping.onnx'), mapping);
  writeFileSync(join(folder, 'g.json'), typeof sidecar === 'string' ? sidecar : JSON.stringify(sidecar));
  return folder;
}

async function open(files: Files, query = ''): Promise<Dataset> {
  const set = await openGenerator('G', `generator:${join(write(files), 'g.onnx')}${query}`);
  onTestFinished(() => set.dispose!());
  return set;
}

async function load(set: Dataset, output = 0, slot = 0, options: LoadOptions = {}, resolution = 2): Promise<number[]> {
  const choice = set.choose(output, slot + 1, 1, new Set())[slot]!;
  const image = await set.load(choice, 1, resolution, options);
  if (image.kind !== 'pixels') throw new Error('no pixels');
  return [...image.pixels];
}

const byte = (share: number) => Math.min(255, Math.max(0, Math.floor(255 * share + 0.5)));
/** Planes of 2 × 2 in −1 … 1, as RGB bytes. */
const bytesOf = (planes: ArrayLike<number>) =>
  Array.from({ length: 12 }, (_, k) => byte((planes[(k % 3) * 4 + Math.floor(k / 3)]! + 1) / 2));

describe('pixels', () => {
  test.each<[string, number[], number[], number[]]>([
    ['[0, 255], rounded half up and cut off', [0, 255], [0.5, 1.49, -3, 300, 254.5, 127.4], [1, 1, 0, 255, 255, 127]],
    ['[-1, 1]', [-1, 1], [-1, 1, 0, -0.5, 2, -2], [0, 255, 128, 64, 255, 0]],
    ['[0, 1]', [0, 1], [0, 1, 0.5, 0.25, 9, -9], [0, 255, 128, 64, 255, 0]],
  ])('%s', async (_, range, values, expected) => {
    // The values are the red and the green of three places; the rest is 0.
    const nhwc = [0, 1, 2].flatMap((i) => [values[2 * i]!, values[2 * i + 1]!, range[0]!]);
    const sidecar = { ...SIDECAR, range, layout: 'NHWC' };
    const set = await open({ model: constant([...nhwc, ...Array(3).fill(range[0])], [1, 2, 2, 3]), sidecar });
    const pixels = await load(set);
    expect(pixels.filter((_, k) => k % 3 < 2).slice(0, 6)).toEqual(expected);
    expect(pixels.filter((_, k) => k % 3 === 2)).toEqual([0, 0, 0, 0]);
  });

  test('planes are colours, one is grey', async () => {
    const twelve = Array.from({ length: 12 }, (_, k) => k / 6 - 1);
    expect(await load(await open({ model: constant(twelve) }))).toEqual(bytesOf(twelve));
    const grey = await open({ model: constant([0, 1, -1, 0.5], [1, 1, 2, 2]) });
    expect(await load(grey)).toEqual([128, 128, 128, 255, 255, 255, 0, 0, 0, 191, 191, 191]);
  });

  test('are brought to the resolution as those of folders are', async () => {
    const set = await open({ model: constant(Array(12).fill(0)) });
    expect(await load(set, 0, 0, {}, 16)).toEqual(Array(16 * 16 * 3).fill(128));
    expect(set.fit(16)).toBe('cover 16');
  });
});

describe('latents', () => {
  test('are those of output and slot, in any order', async () => {
    const set = await open({});
    for (const [output, slot] of [
      [3, 2],
      [0, 0],
      [3, 2],
      [0, 1],
    ] as const)
      expect(await load(set, output, slot)).toEqual(bytesOf(zOf(1, output, slot, 12)));
  });

  test('are standard normal', () => {
    const values = Array.from({ length: 500 }, (_, output) => zOf(4, output, 0, 12)).flat();
    // Φ by Abramowitz and Stegun 7.1.26.
    const phi = (x: number) => {
      const [t, y] = [1 / (1 + (0.3275911 * Math.abs(x)) / Math.SQRT2), Math.exp((-x * x) / 2)];
      const erf =
        1 - y * t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
      return x < 0 ? (1 - erf) / 2 : (1 + erf) / 2;
    };
    expect(kolmogorovSmirnov(values, phi)).toBeLessThan(KS_BOUND);
  });

  test.each<[string, readonly Dimension[]]>([
    ['a free batch', ['N', 12]],
    ['one more free size', ['N', 'Z']],
    ['places of its own', ['N', 12, 1, 1]],
    ['no batch', [12]],
  ])('of %s', async (_, shape) => {
    const set = await open({ model: model((g, [z]) => reshaped(g, z!), [{ name: 'z', shape }]) });
    expect(await load(set, 5)).toEqual(bytesOf(zOf(1, 5, 0, 12)));
  });
});

describe('truncation', () => {
  const scaled = (z: readonly number[], psi: number) => bytesOf(Float32Array.from(z, (v) => psi * Math.fround(v)));

  test('scales z where there is nothing else; the spec gives a usual ψ', async () => {
    const z = zOf(1, 2, 0, 12);
    const [set, half] = [await open({}), await open({}, '?psi=0.5')];
    expect(await load(set, 2, 0, { psi: 0.5 })).toEqual(scaled(z, 0.5));
    expect(await load(set, 2, 0, { psi: 0 })).toEqual(Array(12).fill(128));
    expect(await load(half, 2)).toEqual(scaled(z, 0.5));
    expect(await load(half, 2, 0, { psi: 1 })).toEqual(scaled(z, 1));
    expect(set.identity).toMatchObject({ kind: 'generator', psi: 1, truncation: 'z scaled, its mean is 0' });
    expect(half.identity).toMatchObject({ psi: 0.5 });
  });

  test('is about the mean of w where there is a mapping', async () => {
    const mapping = model((g, [z]) => g.node('Relu', [z!]), [Z], 'w');
    const synthesis = model((g, [w]) => reshaped(g, w!), [{ name: 'w', shape: ['N', 12] }]);
    const samples = 2000;
    const set = await open({
      model: synthesis,
      mapping,
      sidecar: { ...SIDECAR, mapping: { file: 'mapping.onnx', output: 'w', samples } },
    });
    const w = zOf(1, 2, 0, 12).map((value) => Math.max(0, value));
    expect(await load(set, 2)).toEqual(bytesOf(w));
    // E max(0, z) = 1/√(2π), its variance 1/2 − 1/(2π); a level is 2/255.
    const mean = 1 / Math.sqrt(2 * Math.PI);
    const error = Math.sqrt((0.5 - mean ** 2) / samples);
    const centre = await load(set, 2, 0, { psi: 0 });
    for (const level of centre) expect(Math.abs(level / 127.5 - 1 - mean)).toBeLessThan(4.5 * error + 1 / 255);
    expect(await load(set, 9, 0, { psi: 0 })).toEqual(centre);
    const half = await load(set, 2, 0, { psi: 0.5 });
    for (const [k, level] of bytesOf(w.map((value) => (value + mean) / 2)).entries())
      expect(Math.abs(half[k]! - level)).toBeLessThan(127.5 * 4.5 * error + 1.5);
    expect(set.identity).toMatchObject({ truncation: `about the mean of w over ${samples} z` });
    expect(set.identity.mappingSha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test('is left to a model that takes ψ', async () => {
    const bytes = model(
      (g, [z, psi]) =>
        g.node('Add', [g.node('Mul', [reshaped(g, z!), g.constant('no', Float32Array.of(0), [])]), psi!]),
      [Z, { name: 'psi', shape: [] }],
    );
    const set = await open({ model: bytes, sidecar: { ...SIDECAR, psi: 'psi' } });
    for (const psi of [0, 0.25, 1]) expect(await load(set, 0, 0, { psi })).toEqual(Array(12).fill(byte((psi + 1) / 2)));
    expect(await load(set)).toEqual(Array(12).fill(255));
    expect(set.identity).toMatchObject({ truncation: 'input psi' });
  });
});

describe('classes', () => {
  const none = (g: Graph, z: Value) => g.node('Mul', [reshaped(g, z), g.constant('no', Float32Array.of(0), [])]);
  const classOf = { classes: 4, input: 'c' };

  test.each<[string, string, Input, (g: Graph, c: Value) => Value]>([
    ['index', 'int64', { name: 'c', type: 'int64', shape: ['N'] }, (g, c) => g.node('Cast', [c], { to: 1 })],
    ['index', 'int32', { name: 'c', type: 'int32', shape: [1, 1] }, (g, c) => g.node('Cast', [c], { to: 1 })],
    [
      'one-hot',
      'float32',
      { name: 'c', shape: [1, 4] },
      (g, c) =>
        g.node('ReduceSum', [g.node('Mul', [c, g.constant('count', Float32Array.of(0, 1, 2, 3), [4])])], {
          keepdims: 0,
        }),
    ],
  ])('as %s, %s: equally likely, the same for every ψ', async (form, _, input, number) => {
    const bytes = model((g, [z, c]) => g.node('Add', [none(g, z!), number(g, c!)]), [Z, input]);
    const set = await open({ model: bytes, sidecar: { ...SIDECAR, range: [0, 255], class: { ...classOf, form } } });
    const seen = [0, 0, 0, 0];
    for (let output = 0; output < 200; output++) {
      const [level = -1, ...others] = await load(set, output);
      expect(new Set(others)).toEqual(new Set([level]));
      seen[level]!++;
    }
    for (const count of seen) expect(Math.abs(count - 50)).toBeLessThan(27);
    expect(await load(set, 3, 0, { psi: 0.5 })).toEqual(await load(set, 3));
  });
});

describe('what it is', () => {
  test('is told by its files and its ψ', async () => {
    const identity = async (files: Files, query = '') => JSON.stringify((await open(files, query)).identity);
    const all = await Promise.all([
      identity({}),
      identity({ model: constant(Array(12).fill(0)) }),
      identity({ sidecar: { ...SIDECAR, range: [0, 1] } }),
      identity({}, '?psi=0.7'),
    ]);
    expect(new Set(all).size).toBe(4);
    expect(await identity({})).toBe(all[0]);
    const set = await open({});
    expect(set.takes).toEqual(['psi']);
    expect(set.choose(7, 2, 0, new Set())).toEqual([0, 1].map((slot) => ({ id: 'g.onnx', output: 7, slot })));
    await expect(load(set, 0, 0, { time: [0, 1] })).rejects.toThrow(UserError);
  });

  test('may have its sidecar elsewhere', async () => {
    const folder = write({ sidecar: '{}' });
    writeFileSync(join(folder, 'other.json'), JSON.stringify(SIDECAR));
    const set = await openGenerator(
      'G',
      `generator:${join(folder, 'g.onnx')}?spec=${join(folder, 'other.json')}&psi=1`,
    );
    await set.dispose!();
  });
});

describe('what is refused', () => {
  test.each([
    'generator:',
    'generator:x.pt',
    'generator:x.onnx?seed=1',
    'generator:x.onnx?spec=',
    'generator:x.onnx?psi',
  ])('the spec %s', async (spec) => {
    await expect(openGenerator('G', spec)).rejects.toThrow(/^data set: got .*expected generator:FILE\.onnx/);
  });

  test.each(['', '-1', '2.5', 'x', '1e400'])('a ψ of %s', async (psi) => {
    await expect(openGenerator('G', `generator:x.onnx?psi=${psi}`)).rejects.toThrow(/^psi of a generator: got/);
  });

  test.each<[unknown, RegExp]>([
    ['{', /no JSON/],
    [[], /expected an object with the keys latent, image, range/],
    [{ ...SIDECAR, licence: 'x' }, /a key of sidecar .*: got "licence"/],
    [{ latent: 12, image: 'image' }, /"range" in sidecar .*: got nothing/],
    [{ ...SIDECAR, latent: 0 }, /"latent" in .*: got 0, expected a whole number from 1 to 65536/],
    [{ ...SIDECAR, latent: '512' }, /"latent" in .*: got "512", expected an object/],
    [{ ...SIDECAR, latent: { size: 12 } }, /"name" in "latent"/],
    [{ ...SIDECAR, latent: { name: 'q', size: 12 } }, /it has no input "q" for the latent, but "z"/],
    [{ ...SIDECAR, image: 'a\nb' }, /"image" in [\s\S]*expected a text of one line/],
    [{ ...SIDECAR, image: 'picture' }, /no output "picture", expected "image"/],
    [{ ...SIDECAR, range: [-2, 2] }, /"range" in .*expected \[-1,1\], \[0,1\] or \[0,255\]/],
    [{ ...SIDECAR, layout: 'CHW' }, /"layout" in .*expected "NCHW" or "NHWC"/],
    [{ ...SIDECAR, distribution: 'uniform' }, /"distribution" in .*expected "normal"/],
    [{ ...SIDECAR, class: { input: 'c', classes: 0, form: 'index' } }, /"classes" in "class"/],
    [{ ...SIDECAR, class: { input: 'c', classes: 2, form: 'index' } }, /it has no input "c", which the sidecar names/],
    [{ ...SIDECAR, class: { input: 'z', classes: 2, form: 'index' } }, /no inputs that may be the latent/],
    [{ ...SIDECAR, psi: 'p' }, /it has no input "p"/],
    [
      { ...SIDECAR, psi: 'p', mapping: { file: 'm.onnx', output: 'w' } },
      /"psi" in .*expected nothing beside "mapping"/,
    ],
    [{ ...SIDECAR, mapping: { file: 'm.onnx', output: 'w', samples: 0.5 } }, /"samples" in "mapping"/],
    [{ ...SIDECAR, mapping: { file: 'm.onnx', output: 'w' } }, /"file" in "mapping" in sidecar .*"m\.onnx".*ENOENT/],
    [{ ...SIDECAR, mapping: { file: '/etc/passwd', output: 'w' } }, /expected a file in the model's folder/],
    [{ ...SIDECAR, mapping: { file: '..', output: 'w' } }, /expected a file in the model's folder/],
    [{ ...SIDECAR, mapping: { file: '.', output: 'w' } }, /expected a file in the model's folder/],
    [{ ...SIDECAR, latent: 13 }, /its input "z" is float32 \[1, 12\], expected 13 numbers of one image/],
    [{ ...SIDECAR, layout: 'NHWC' }, /output "image" is \[1, 3, 2, 2\], expected \[1, height, width, 3 or 1\]/],
  ])('the sidecar %j', async (sidecar, message) => {
    const opened = open({ sidecar });
    await expect(opened).rejects.toThrow(UserError);
    await expect(opened).rejects.toThrow(message);
  });

  test('a mapping that a link leads out of the folder to', async () => {
    const folder = write({ sidecar: { ...SIDECAR, mapping: { file: 'in/m.onnx', output: 'w' } } });
    const outside = join(temporaryFolder(), 'm.onnx');
    writeFileSync(outside, plain());
    mkdirSync(join(folder, 'in'));
    symlinkSync(outside, join(folder, 'in', 'm.onnx'));
    await expect(openGenerator('G', `generator:${join(folder, 'g.onnx')}`)).rejects.toThrow(
      /expected a file in the model's folder/,
    );
  });

  const noisy = () =>
    model((g, [z]) => g.node('Add', [reshaped(g, z!), g.node('RandomNormalLike', [reshaped2(g, z!)])]));
  const reshaped2 = (g: Graph, z: Value) =>
    g.node('Reshape', [z, g.constant('shape2', BigInt64Array.of(1n, 3n, 2n, 2n), [4])]);
  test.each<[string, Uint8Array, RegExp]>([
    ['junk', Uint8Array.from({ length: 100 }, (_, i) => i), /not an ONNX model/],
    ['nothing', new Uint8Array(0), /not an ONNX model: there is no graph in it/],
    ['chance', noisy(), /operator "RandomNormalLike", by which the same input gives another output each time/],
    ['a batch of two', model((g, [z]) => reshaped(g, z!), [{ name: 'z', shape: [2, 6] }]), /is float32 \[2, 6\]/],
    [
      'whole numbers for z',
      model((g, [z]) => g.node('Cast', [reshaped(g, z!)], { to: 1 }), [{ name: 'z', type: 'int64', shape: [1, 12] }]),
      /its input "z" is type 7 \[1, 12\], expected float32/,
    ],
    [
      'two latents',
      model((g, [a, b]) => reshaped(g, g.node('Add', [a!, b!])), [Z, { ...Z, name: 'y' }]),
      /2 inputs that may be the latent \("z", "y"\)/,
    ],
    ['two channels', model((g, [z]) => reshaped(g, z!, [1, 2, 2, 3])), /output "image" is \[1, 2, 2, 3\]/],
    ['a vector', model((g, [z]) => reshaped(g, z!, [1, 12])), /output "image" is \[1, 12\]/],
    [
      'bytes',
      model((g, [z]) => g.node('Cast', [reshaped(g, z!)], { to: 2 }), [Z], 'image', 'uint8'),
      /output "image" is uint8, expected float32/,
    ],
    [
      'what is not finite',
      model((g, [z]) => g.node('Log', [reshaped(g, z!)])),
      /output 0, slot 0: the output "image" has the value NaN/,
    ],
    ['shapes that do not fit', model((g, [z]) => reshaped(g, z!, [1, 3, 3, 3])), /ONNX Runtime cannot (open|run) it/],
  ])('a model of %s', async (_, bytes, message) => {
    const opened = open({ model: bytes });
    await expect(opened).rejects.toThrow(UserError);
    await expect(opened).rejects.toThrow(message);
  });

  test('files that are missing or too large', async () => {
    const folder = temporaryFolder();
    const spec = `generator:${join(folder, 'g.onnx')}`;
    await expect(openGenerator('G', spec)).rejects.toThrow(/^The sidecar .*g\.json": ENOENT/);
    writeFileSync(join(folder, 'g.json'), ' '.repeat(2 ** 20 + 1));
    await expect(openGenerator('G', spec)).rejects.toThrow(/expected at most 1048576/);
    writeFileSync(join(folder, 'g.json'), JSON.stringify(SIDECAR));
    await expect(openGenerator('G', spec)).rejects.toThrow(/^Generator .*g\.onnx": ENOENT/);
  });
});
