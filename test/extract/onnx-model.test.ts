import onnxProto from 'onnx-proto';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { createGraph, type Dimension, type ElementType, type Graph, type Value } from '../../src/core/graph.js';
import { loadRuntime } from '../../src/core/runtime.js';
import { checkOnnxModel, type OnnxSpec } from '../../src/extract/onnx-check.js';
import { openOnnxModel } from '../../src/extract/onnx-model.js';
import { inspectOnnxModel } from '../../src/extract/onnx-trial.js';
import { resizeMatrix } from '../../src/extract/resize.js';

const { ModelProto, AttributeProto, TensorProto } = onnxProto.onnx;
type Model = onnxProto.onnx.IModelProto;
type Node = onnxProto.onnx.INodeProto;

const SIZE = 4;
const spec = (changes: Partial<OnnxSpec> = {}): OnnxSpec => ({
  input: { size: SIZE, resize: 'bilinear', range: [0, 255], layout: 'NCHW' },
  output: 'out',
  pooling: 'mean',
  ...changes,
});
const nhwc = { ...spec().input, layout: 'NHWC' } as const;

interface Shape {
  readonly input?: readonly Dimension[];
  readonly type?: ElementType;
}
const NCHW: readonly Dimension[] = ['N', 3, SIZE, SIZE];

/** A model whose output `out` is what `body` makes of its input. */
function model(body: (g: Graph, x: Value) => Value, { input = NCHW, type = 'float32' }: Shape = {}): Uint8Array {
  const g = createGraph('model');
  g.output(body(g, g.input('pixels', type, input)), 'float32', ['N']);
  return g.encode();
}
const doubled = (g: Graph, x: Value) => g.node('Add', [x, x], {}, 'out');
const plain = () => model(doubled);

/** The same model with its fields changed. */
function changed(
  bytes: Uint8Array,
  change: (model: Model & { graph: onnxProto.onnx.IGraphProto }) => void,
): Uint8Array {
  const decoded = ModelProto.decode(bytes) as Model & { graph: onnxProto.onnx.IGraphProto };
  change(decoded);
  return ModelProto.encode(decoded).finish();
}
const withNode = (node: Node) => changed(plain(), ({ graph }) => graph.node!.push(node));
const subgraph = (...node: Node[]): Node => ({
  opType: 'If',
  input: ['c'],
  output: ['d'],
  attribute: [{ name: 'then_branch', type: AttributeProto.AttributeType.GRAPH, g: { name: 'inner', node } }],
});
const external = { name: 'w', dims: [1], dataType: 1, dataLocation: TensorProto.DataLocation.EXTERNAL };

/** Features of two pictures: one colour each, [r, g, b] = [10, 20, 30] and [40, 50, 60]. */
async function features(bytes: Uint8Array, changes: Partial<OnnxSpec> = {}): Promise<number[]> {
  const network = await openOnnxModel(bytes, 'my.onnx', spec(changes));
  const { Tensor } = await loadRuntime();
  const pixels = Uint8Array.from({ length: 2 * 12 }, (_, k) => 10 * (1 + (k % 3)) + (k < 12 ? 0 : 30));
  const matrix = new Tensor('float32', resizeMatrix(spec().input, 2, 2), [SIZE, 2]);
  const images = new Tensor('uint8', pixels, [2, 2, 2, 3]);
  try {
    return [...(await network.run({ images, rows: matrix, columns: matrix }))];
  } finally {
    await network.release();
  }
}

const TOKENS = BigInt64Array.of(0n, 3n, BigInt(SIZE * SIZE));
/** [N, 3, H, W] as tokens, [N, H·W, 3]. */
const tokens = (g: Graph, x: Value) => {
  const flat = g.node('Reshape', [x, g.constant('shape', TOKENS, [3])]);
  return g.node('Transpose', [flat], { perm: [0, 2, 1] }, 'out');
};
const pool = (g: Graph, x: Value, output = 'out') =>
  g.node('Flatten', [g.node('GlobalAveragePool', [x])], { axis: 1 }, output);

describe('a model of a user’s own', () => {
  test('is pooled over space, over tokens, by its first token, or not at all', async () => {
    expect(await features(plain())).toEqual([20, 40, 60, 80, 100, 120]);
    expect(await features(model(tokens))).toEqual([10, 20, 30, 40, 50, 60]);
    expect(await features(model(tokens), { pooling: 'first-token' })).toEqual([10, 20, 30, 40, 50, 60]);
    expect(await features(model(pool), { pooling: 'none' })).toEqual([10, 20, 30, 40, 50, 60]);
  });

  test('is averaged over what differs, and the first token is the first', async () => {
    // Token t gets t added: the mean of 0 … 15 is 7.5.
    const ramp = Float32Array.from({ length: 16 }, (_, t) => t);
    const sloping = model((g, x) => g.node('Add', [tokens2(g, x), g.constant('ramp', ramp, [16, 1])], {}, 'out'));
    expect(await features(sloping)).toEqual([17.5, 27.5, 37.5, 47.5, 57.5, 67.5]);
    expect(await features(sloping, { pooling: 'first-token' })).toEqual([10, 20, 30, 40, 50, 60]);
    const upwards = model((g, x) => g.node('Add', [x, g.constant('ramp', ramp, [1, 4, 4])], {}, 'out'));
    expect(await features(upwards)).toEqual([17.5, 27.5, 37.5, 47.5, 57.5, 67.5]);
  });

  test('has its channels last when its input has them', async () => {
    const bytes = model(doubled, { input: ['N', SIZE, SIZE, 3] });
    expect(await features(bytes, { input: nhwc })).toEqual([20, 40, 60, 80, 100, 120]);
  });

  test('that takes one picture is given one at a time', async () => {
    const single = model(doubled, { input: [1, 3, SIZE, SIZE] });
    expect(await features(single)).toEqual([20, 40, 60, 80, 100, 120]);
    expect(await inspectOnnxModel(single, 'my.onnx', spec())).toEqual({ dims: 3 });
  });

  test('says how many numbers a feature has', async () => {
    expect(await inspectOnnxModel(plain(), 'my.onnx', spec())).toEqual({ dims: 3 });
    const wide = model((g, x) => g.node('Concat', [x, x, x], { axis: 1 }, 'out'));
    expect(await inspectOnnxModel(wide, 'my.onnx', spec())).toEqual({ dims: 9 });
  });

  test('may have sizes that are free, and initialisers among its inputs', () => {
    for (const free of ['X', 0, -1]) {
      const bytes = model(doubled, { input: ['N', 3, free, free] });
      expect(checkOnnxModel(bytes, 'my.onnx', spec())).toEqual({ input: 'pixels', single: false });
    }
    const old = changed(
      model((g, x) => g.node('Add', [x, g.constant('w', Float32Array.of(1), [])], {}, 'out')),
      ({ graph }) => graph.input!.unshift({ name: 'w', type: { tensorType: { elemType: 1, shape: { dim: [] } } } }),
    );
    expect(checkOnnxModel(old, 'my.onnx', spec()).input).toBe('pixels');
  });

  test.each<[string, Uint8Array, RegExp, Partial<OnnxSpec>?]>([
    [
      'external weights',
      changed(plain(), ({ graph }) => graph.initializer!.push(external)),
      /weights are in other files/,
    ],
    [
      'a path without a location',
      changed(plain(), ({ graph }) =>
        graph.initializer!.push({
          ...external,
          dataLocation: 0,
          externalData: [{ key: 'location', value: '/etc/passwd' }],
        }),
      ),
      /weights are in other files/,
    ],
    [
      'an external constant in a subgraph',
      withNode(subgraph({ opType: 'Constant', output: ['e'], attribute: [{ name: 'value', type: 4, t: external }] })),
      /weights are in other files/,
    ],
    [
      'external sparse weights',
      changed(plain(), ({ graph }) => graph.sparseInitializer!.push({ values: external })),
      /other files/,
    ],
    ['a loop', withNode({ opType: 'Loop', output: ['l'] }), /operator Loop, which can hang/],
    [
      'a scan in a subgraph of a subgraph',
      withNode(subgraph(subgraph({ opType: 'Scan', output: ['l'] }))),
      /operator Scan/,
    ],
    [
      'a loop in a list of graphs',
      withNode({ opType: 'X', attribute: [{ name: 'g', graphs: [{ node: [{ opType: 'Loop' }] }] }] }),
      /Loop/,
    ],
    [
      'a loop in the training part',
      changed(plain(), (m) => m.trainingInfo!.push({ algorithm: { node: [{ opType: 'Loop' }] } })),
      /operator Loop/,
    ],
    [
      'operators that are not built in',
      withNode({ opType: 'Run', domain: 'evil', output: ['r'] }),
      /domain "evil", which are not built in/,
    ],
    ...['RandomNormal', 'RandomUniformLike', 'Multinomial', 'Bernoulli'].map((opType): [string, Uint8Array, RegExp] => [
      `${opType} in a subgraph`,
      withNode(subgraph({ opType, output: ['r'] })),
      new RegExp(`has the operator "${opType}", by which the same input gives another output each time`),
    ]),
    ['functions', changed(plain(), (m) => m.functions!.push({ name: 'f', domain: 'my' })), /functions of its own/],
    ['no input', changed(plain(), ({ graph }) => graph.input!.pop()), /no inputs/],
    [
      'two inputs',
      changed(plain(), ({ graph }) => graph.input!.push({ ...graph.input![0], name: 'text' })),
      /2 inputs \("pixels", "text"\), expected 1/,
    ],
    [
      'bytes as input',
      model(doubled, { type: 'uint8' }),
      /"pixels" is type 2 \[\?, 3, 4, 4\], expected float32 \[1 or \?, 3, 4, 4\] \(NCHW\)/,
    ],
    ['three dimensions', model(doubled, { input: [3, SIZE, SIZE] }), /is float32 \[3, 4, 4\], expected float32/],
    [
      'another size',
      model(doubled, { input: ['N', 3, 8, 8] }),
      /is float32 \[\?, 3, 8, 8\], expected float32 \[1 or \?, 3, 4, 4\]/,
    ],
    ['the other layout', plain(), /expected float32 \[1 or \?, 4, 4, 3\] \(NHWC\)/, { input: nhwc }],
    ['batches of two only', model(doubled, { input: [2, 3, SIZE, SIZE] }), /is float32 \[2, 3, 4, 4\]/],
    ['no such output', plain(), /no output "features", expected "out"/, { output: 'features' }],
    ['a text', Buffer.from('PK\x03\x04 this is no model'), /not an ONNX model/],
    ['nothing', new Uint8Array(0), /not an ONNX model: there is no graph in it/],
  ])('is refused with %s', (_, bytes, message, changes) => {
    const check = () => checkOnnxModel(bytes, 'my.onnx', spec(changes));
    expect(check).toThrow(UserError);
    expect(check).toThrow(/^my\.onnx: /);
    expect(check).toThrow(message);
  });

  test('is looked at as the runtime reads it: a graph in two parts is one graph', () => {
    // Both parts have field 7; a reader that took the last one only would not see the loop.
    const loop = withNode({ opType: 'Loop', output: ['l'] });
    expect(() => checkOnnxModel(Buffer.concat([loop, plain()]), 'my.onnx', spec())).toThrow(/operator Loop/);
  });

  test('is refused, whatever its bytes, without a crash', () => {
    const bytes = withNode(
      subgraph({ opType: 'Constant', output: ['e'], attribute: [{ name: 'value', type: 4, t: external }] }),
    );
    for (let length = 0; length < bytes.length; length++)
      expect(() => checkOnnxModel(bytes.subarray(0, length), 'my.onnx', spec()), `${length}`).toThrow(UserError);
    // A length of 2⁶³, a group, a number without an end, and graphs in graphs 100,000 deep.
    for (const hostile of [[0x3a, ...Array(9).fill(0xff), 1], [0x3b], Array(20).fill(0xff)])
      expect(() => checkOnnxModel(Uint8Array.from(hostile), 'my.onnx', spec())).toThrow(/not an ONNX model/);
    expect(() => checkOnnxModel(nested(100_000), 'my.onnx', spec())).toThrow(/has no inputs/);
    let refused = 0;
    for (let at = 0; at < bytes.length; at++)
      for (let bit = 0; bit < 8; bit++) {
        const flipped = Uint8Array.from(bytes);
        flipped[at]! ^= 1 << bit;
        try {
          checkOnnxModel(flipped, 'my.onnx', spec());
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
          refused++;
        }
      }
    expect(refused).toBeGreaterThan(bytes.length);
  });

  test('that fails in the runtime, or gives what is no feature, is the user’s error', async () => {
    const broken: [Uint8Array, RegExp, Partial<OnnxSpec>?][] = [
      [
        model((g, x) => g.node('NoSuchOperator', [x], {}, 'out')),
        /^my\.onnx: ONNX Runtime cannot open it: .*NoSuchOperator/,
      ],
      [
        model((g, x) => g.node('Reshape', [x, g.constant('s', BigInt64Array.of(1n, 3n, 16n), [3])], {}, 'out')),
        /cannot run it/,
      ],
      [
        // Alone, a picture loses the dimension that is its batch.
        model((g, x) => g.node('Squeeze', [pool(g, x, 'flat')], {}, 'out')),
        /its output "out" is float32 \[3\] for 1 picture, expected float32 \[N, values\]/,
        { pooling: 'none' },
      ],
      [
        plain(),
        /its output "out" is float32 \[2, 3, 4, 4\] for 2 pictures, expected float32 \[N, values\]/,
        { pooling: 'none' },
      ],
      [plain(), /expected float32 \[N, tokens, channels\] for the pooling "first-token"/, { pooling: 'first-token' }],
      [model((g, x) => g.node('Cast', [x], { to: 7 }, 'out')), /cannot open it: .*int64/],
      [model((g, x) => g.node('Log', [g.node('Neg', [x])], {}, 'out')), /a trial picture gives NaN among the features/],
    ];
    for (const [bytes, message, changes] of broken) {
      const inspected = inspectOnnxModel(bytes, 'my.onnx', spec(changes));
      await expect(inspected).rejects.toThrow(UserError);
      await expect(inspected).rejects.toThrow(message);
    }
  });
});

/** The mean over the batch, times `part`, is added to each picture's channels, which `weights` scale. */
const batchDependent = (part: number, weights = [1, 1, 1]) =>
  model((g, x) => {
    const features = g.node('Mul', [pool(g, x, 'flat'), g.constant('weights', Float32Array.from(weights), [3])]);
    const mean = g.node('ReduceMean', [features], { axes: [0] });
    return g.node('Add', [features, g.node('Mul', [mean, g.constant('part', Float32Array.of(part), [])])], {}, 'out');
  });

describe('a model whose features are not of the picture alone', () => {
  const inspect = (bytes: Uint8Array) => inspectOnnxModel(bytes, 'my.onnx', spec({ pooling: 'none' }));

  test('is refused when it takes the mean of the batch off', async () => {
    await expect(inspect(batchDependent(-1))).rejects.toThrow(UserError);
    await expect(inspect(batchDependent(-1))).rejects.toThrow(
      /^my\.onnx: this model is not used: a picture gives other features alone than beside another: value 1 of 3 is -?[\d.]+, then 0\. Export/,
    );
  });

  test('is refused for one channel of small numbers, and for a small part of them, but not for rounding', async () => {
    await expect(inspect(batchDependent(0.01, [1, 0.05, 1]))).rejects.toThrow(/: value 1 of 3 is/);
    const oneChannel = model((g, x) => {
      const small = g.node('Mul', [pool(g, x, 'flat'), g.constant('weights', Float32Array.of(1, 0.05, 1), [3])]);
      const mean = g.node('ReduceMean', [small], { axes: [0] });
      return g.node(
        'Add',
        [small, g.node('Mul', [mean, g.constant('parts', Float32Array.of(0, 0.01, 0), [3])])],
        {},
        'out',
      );
    });
    await expect(inspect(oneChannel)).rejects.toThrow(/: value 2 of 3 is/);
    expect(await inspect(batchDependent(1e-6))).toEqual({ dims: 3 });
  });

  test('is accepted when its input takes one picture: it never sees a batch', async () => {
    const single = changed(batchDependent(-1), ({ graph }) => {
      graph.input![0]!.type!.tensorType!.shape!.dim![0] = { dimValue: 1 };
    });
    expect(await inspect(single)).toEqual({ dims: 3 });
  });

  test('is refused when chance is in it in another guise', async () => {
    // Dropout that is told to train.
    const dropout = model((g, x) => {
      const train = g.node('Cast', [g.constant('one', Float32Array.of(1), [])], { to: 9 });
      return g.node(
        'Dropout',
        [pool(g, tiled(g, x), 'flat'), g.constant('ratio', Float32Array.of(0.5), []), train],
        {},
        'out',
      );
    });
    await expect(inspect(dropout)).rejects.toThrow(UserError);
    await expect(inspect(dropout)).rejects.toThrow(
      /^my\.onnx: this model is not used: the same pictures give other features each time: value \d+ of 192 is .*, then .*model\.eval/,
    );
  });
});

/** Its channels 64 times: that many coins do not all fall alike twice. */
const tiled = (g: Graph, x: Value): Value => g.node('Concat', Array<Value>(64).fill(x), { axis: 1 });

/** [N, 3, H, W] as tokens, without being the output. */
function tokens2(g: Graph, x: Value): Value {
  const flat = g.node('Reshape', [x, g.constant('shape', TOKENS, [3])]);
  return g.node('Transpose', [flat], { perm: [0, 2, 1] });
}

/** A model of graphs inside the attributes of nodes, `depth` of them. */
function nested(depth: number): Uint8Array {
  // From the innermost outwards, written back to front: each level is graph{node{attribute{g{…}}}} with its lengths.
  const backwards: number[] = [];
  const wrap = (field: number) => {
    const length: number[] = [];
    for (let n = backwards.length; length.length === 0 || n > 0; n = Math.floor(n / 128))
      length.push((n % 128) + (n >= 128 ? 128 : 0));
    backwards.push(...length.reverse(), field * 8 + 2);
  };
  for (let level = 0; level < depth; level++) for (const field of [1, 5, 6]) wrap(field);
  // The outermost graph is the model's, not an attribute's.
  backwards.pop();
  backwards.push(7 * 8 + 2);
  return Uint8Array.from(backwards.reverse());
}
