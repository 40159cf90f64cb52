import { UserError } from '../core/errors.js';
import { createGraph, type Graph, type Value } from '../core/graph.js';
import { quoted } from '../core/quoted.js';
import { averagePool, concatenate, convolution, foldBatchNorm, maxPool, meanOverSpace, relu } from './layers.js';
import { type NetworkInput, pictureInput } from './picture-input.js';
import type { Preprocessing } from './preprocessing.js';
import type { Parameter, StateDict } from './state-dict.js';

/**
 * The Inception-v3 of 2015-12-05 that FID is defined on, from a state dict of torchvision's layout. It differs from
 * torchvision's network in its pooling: average pools do not count padding, and the pool branch of Mixed_7c is a max
 * pool (pytorch-fid, `FIDInceptionA`, `C`, `E_1`, `E_2`).
 */

/** How many numbers a feature has in the full-size network; `--dims` of pytorch-fid. */
export type Tap = 64 | 192 | 768 | 2048;

/** The layers whose mean over space is a feature, by the nominal number of its values. */
export const TAPS: Readonly<Record<Tap, string>> = {
  64: 'max-pool-1',
  192: 'max-pool-2',
  768: 'mixed-6e',
  2048: 'mixed-7c',
};

export type Mode = 'pytorch-fid' | 'clean' | 'tf1';

/** The preprocessing of the field's tools. The range of `clean` and `tf1` is (x − 128)/128. */
export const MODES: Readonly<Record<Mode, Preprocessing>> = {
  'pytorch-fid': { size: 299, resize: 'bilinear', range: [-1, 1] },
  clean: { size: 299, resize: 'bicubic-antialiased', range: [-1, 127 / 128] },
  tf1: { size: 299, resize: 'tf1', range: [-1, 127 / 128] },
};

/** Of every batch normalisation in the network. */
const EPSILON = 0.001;

interface Conv {
  readonly name: string;
  /** Height, width. */
  readonly kernel: readonly [number, number];
  readonly stride: 1 | 2;
  /** `same` keeps height and width, `valid` pads nothing. */
  readonly padding: 'same' | 'valid';
}
/** A pool of 3×3: `mean` and `max` keep height and width, `halve` is a max pool of stride 2 without padding. */
type Pool = 'mean' | 'max' | 'halve';
/** Branches that all start from the same value and are joined along the channels. */
interface Fork {
  readonly branches: readonly (readonly Step[])[];
}
type Step = Conv | Pool | Fork;

/** A convolution of stride 1, batch normalisation and ReLU. */
const conv = (name: string, height = 1, width = height): Conv => ({
  name,
  kernel: [height, width],
  stride: 1,
  padding: 'same',
});
const unpadded = (name: string): Conv => ({ ...conv(name, 3), padding: 'valid' });
const halving = (name: string): Conv => ({ ...unpadded(name), stride: 2 });
/** A block whose names start with its own, as a state dict has them. */
const block = (name: string, branches: (at: (layer: string) => string) => Fork['branches']): Fork => ({
  branches: branches((layer) => `${name}.${layer}`),
});

const mixed5 = (name: string) =>
  block(name, (at) => [
    [conv(at('branch1x1'))],
    [conv(at('branch5x5_1')), conv(at('branch5x5_2'), 5)],
    [conv(at('branch3x3dbl_1')), conv(at('branch3x3dbl_2'), 3), conv(at('branch3x3dbl_3'), 3)],
    ['mean', conv(at('branch_pool'))],
  ]);

const mixed6a = block('Mixed_6a', (at) => [
  [halving(at('branch3x3'))],
  [conv(at('branch3x3dbl_1')), conv(at('branch3x3dbl_2'), 3), halving(at('branch3x3dbl_3'))],
  ['halve'],
]);

const mixed6 = (name: string) =>
  block(name, (at) => [
    [conv(at('branch1x1'))],
    [conv(at('branch7x7_1')), conv(at('branch7x7_2'), 1, 7), conv(at('branch7x7_3'), 7, 1)],
    [
      conv(at('branch7x7dbl_1')),
      conv(at('branch7x7dbl_2'), 7, 1),
      conv(at('branch7x7dbl_3'), 1, 7),
      conv(at('branch7x7dbl_4'), 7, 1),
      conv(at('branch7x7dbl_5'), 1, 7),
    ],
    ['mean', conv(at('branch_pool'))],
  ]);

const mixed7a = block('Mixed_7a', (at) => [
  [conv(at('branch3x3_1')), halving(at('branch3x3_2'))],
  [
    conv(at('branch7x7x3_1')),
    conv(at('branch7x7x3_2'), 1, 7),
    conv(at('branch7x7x3_3'), 7, 1),
    halving(at('branch7x7x3_4')),
  ],
  ['halve'],
]);

const mixed7 = (name: string, pool: Pool) =>
  block(name, (at) => {
    const split = (layer: string): Fork => ({
      branches: [[conv(at(`${layer}a`), 1, 3)], [conv(at(`${layer}b`), 3, 1)]],
    });
    return [
      [conv(at('branch1x1'))],
      [conv(at('branch3x3_1')), split('branch3x3_2')],
      [conv(at('branch3x3dbl_1')), conv(at('branch3x3dbl_2'), 3), split('branch3x3dbl_3')],
      [pool, conv(at('branch_pool'))],
    ];
  });

/** The network, cut after each tap. */
const STAGES: readonly { readonly tap: Tap; readonly steps: readonly Step[] }[] = [
  { tap: 64, steps: [halving('Conv2d_1a_3x3'), unpadded('Conv2d_2a_3x3'), conv('Conv2d_2b_3x3', 3), 'halve'] },
  { tap: 192, steps: [conv('Conv2d_3b_1x1'), unpadded('Conv2d_4a_3x3'), 'halve'] },
  {
    tap: 768,
    steps: [...['Mixed_5b', 'Mixed_5c', 'Mixed_5d'].map(mixed5), mixed6a].concat(
      ['Mixed_6b', 'Mixed_6c', 'Mixed_6d', 'Mixed_6e'].map(mixed6),
    ),
  },
  { tap: 2048, steps: [mixed7a, mixed7('Mixed_7b', 'mean'), mixed7('Mixed_7c', 'max')] },
];

/** What a convolution reads from the state dict. */
const parametersOf = (name: string) => ({
  kernel: `${name}.conv.weight`,
  gamma: `${name}.bn.weight`,
  beta: `${name}.bn.bias`,
  mean: `${name}.bn.running_mean`,
  variance: `${name}.bn.running_var`,
});

function convolutions(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => {
    if (typeof step === 'string') return [];
    return 'branches' in step ? step.branches.flatMap(convolutions) : [step.name];
  });
}

/** Every parameter that a state dict of this layout may have besides the auxiliary classifier's. */
const known = (): Set<string> =>
  new Set([
    'fc.weight',
    'fc.bias',
    ...STAGES.flatMap(({ steps }) => convolutions(steps)).flatMap((name) => [
      ...Object.values(parametersOf(name)),
      `${name}.bn.num_batches_tracked`,
    ]),
  ]);

function refuseStrangers(dict: StateDict, file: string): void {
  const names = known();
  const strangers = [...dict.keys()].filter((name) => !names.has(name) && !name.startsWith('AuxLogits.'));
  if (strangers.length === 0) return;
  const some = strangers.slice(0, 3).map(quoted);
  const more = strangers.length > 3 ? ` and ${strangers.length - 3} more` : '';
  throw new UserError(
    `${file}: not the Inception-v3 of 2015-12-05: it has ${some.join(', ')}${more}, ` +
      'which that network has not. Expected the parameters of pytorch-fid (Conv2d_1a_3x3.conv.weight and so on).',
  );
}

const show = (shape: readonly (number | string)[]) => `[${shape.join(', ')}]`;

/** A plain loop: a callback for each of 24 million numbers takes a second. */
function firstNotFinite(data: Float32Array): number | undefined {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return data[i];
  return undefined;
}

/** A reader of parameters that are what they must be, or else a UserError says which one is not. */
function parameters(dict: StateDict, file: string) {
  /** `shape`: a size, or the name of a size that the tensor decides. */
  return (name: string, shape: readonly (number | string)[]): Parameter => {
    const found = dict.get(name);
    if (!found) throw new UserError(`${file}: the parameter ${name} is missing, expected one of shape ${show(shape)}.`);
    const fits = (size: number, i: number) => size > 0 && (typeof shape[i] === 'string' || shape[i] === size);
    if (found.shape.length !== shape.length || !found.shape.every(fits))
      throw new UserError(`${file}: ${name} has shape ${show(found.shape)}, expected ${show(shape)}.`);
    const odd = firstNotFinite(found.data);
    if (odd !== undefined) throw new UserError(`${file}: ${name} has the value ${odd} in it, expected finite numbers.`);
    return found;
  };
}

/** A value in the graph and how many channels it has. */
interface Planes {
  readonly value: Value;
  readonly channels: number;
}

/** Adds the steps of the network to a graph, with the state dict's parameters. */
function builder(g: Graph, read: ReturnType<typeof parameters>, file: string) {
  /** A convolution, its batch normalisation folded in (in float64, then rounded), and ReLU. */
  const normalised = ({ name, kernel, stride, padding }: Conv, { value, channels }: Planes): Planes => {
    const names = parametersOf(name);
    const { shape, data } = read(names.kernel, ['outputs', channels, ...kernel]);
    const outputs = shape[0]!;
    const [gamma, beta, mean, variance] = [names.gamma, names.beta, names.mean, names.variance].map(
      (each) => read(each, [outputs]).data,
    ) as [Float32Array, Float32Array, Float32Array, Float32Array];
    const negative = variance.findIndex((v) => v < 0);
    if (negative >= 0)
      throw new UserError(
        `${file}: ${names.variance} has the variance ${variance[negative]} in it, expected none below 0.`,
      );

    const { factor, bias } = foldBatchNorm({ gamma, beta, mean, variance, epsilon: EPSILON });
    const each = data.length / outputs;
    const weights = new Float32Array(data.length);
    for (let o = 0, i = 0; o < outputs; o++)
      for (const end = i + each; i < end; i++) weights[i] = data[i]! * factor[o]!;
    const biases = Float32Array.from(bias);
    if (firstNotFinite(weights) !== undefined || firstNotFinite(biases) !== undefined)
      throw new UserError(`${file}: ${names.kernel} times its normalisation is too large for float32.`);

    const [top, left] = padding === 'same' ? [(kernel[0] - 1) / 2, (kernel[1] - 1) / 2] : [0, 0];
    const convolved = convolution(
      g,
      value,
      g.constant(`${name}/weights`, weights, shape),
      g.constant(`${name}/bias`, biases, [outputs]),
      { kernel, strides: [stride, stride], padding: [top, left, top, left] },
    );
    return { value: relu(g, convolved), channels: outputs };
  };

  const pool = (kind: Pool, { value, channels }: Planes): Planes => {
    const same = { kernel: [3, 3], padding: [1, 1, 1, 1] } as const;
    if (kind === 'halve') return { value: maxPool(g, value, { kernel: [3, 3], strides: [2, 2] }), channels };
    return { value: (kind === 'max' ? maxPool : averagePool)(g, value, same), channels };
  };

  const add = (x: Planes, steps: readonly Step[]): Planes =>
    steps.reduce<Planes>((from, step) => {
      if (typeof step === 'string') return pool(step, from);
      if (!('branches' in step)) return normalised(step, from);
      const ends = step.branches.map((branch) => add(from, branch));
      const channels = ends.reduce((sum, end) => sum + end.channels, 0);
      return {
        value: concatenate(
          g,
          ends.map(({ value }) => value),
        ),
        channels,
      };
    }, x);
  return add;
}

/**
 * The ONNX model from pictures to the mean over space of the layer that `tap` names, with only the layers it needs.
 * Inputs as `pictureInput` says; output `features` float32 [N, dims]. Widths come from the tensors, names and kernels
 * from the layout, so a network of the same layout with other widths is read too.
 *
 * @param name how messages call the file
 * @returns `dims`: the channels of the tapped layer (the number `tap` itself in the full-size network)
 * @throws UserError naming the first parameter that is missing or is not what the layout says
 */
export function inceptionFromStateDict(
  dict: StateDict,
  tap: Tap,
  input: NetworkInput,
  name: string,
): { readonly onnx: Uint8Array; readonly dims: number } {
  refuseStrangers(dict, name);
  const g = createGraph(`inception-v3 of 2015-12-05 to ${TAPS[tap]}`);
  const add = builder(g, parameters(dict, name), name);
  const steps = STAGES.filter((stage) => stage.tap <= tap).flatMap((stage) => stage.steps);
  const { value, channels } = add({ value: pictureInput(g, input), channels: 3 }, steps);
  g.output(meanOverSpace(g, value, 'features'), 'float32', ['N', channels]);
  return { onnx: g.encode(), dims: channels };
}
