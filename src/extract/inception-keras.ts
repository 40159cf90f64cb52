import { createGraph, type Graph, type Value } from '../core/graph.js';
import type { KerasLayer, KerasModel, KerasWeight } from './keras-model.js';
import {
  averagePool,
  concatenate,
  convolution,
  dequantised,
  foldBatchNorm,
  maxPool,
  meanOverSpace,
  type Padding,
  relu,
} from './layers.js';
import { type NetworkInput, pictureInput } from './picture-input.js';

const sources = (layer: KerasLayer): string[] => (layer.inbound_nodes[0] ?? []).map(([name]) => name);

/** The layers that `tap` needs, itself last, in the model's own (topological) order. */
function ancestors(model: KerasModel, tap: string): KerasLayer[] {
  const byName = new Map(model.layers.map((layer) => [layer.name, layer]));
  const needed = new Set<string>();
  const visit = (name: string): void => {
    const layer = byName.get(name);
    if (!layer) throw new Error(`the model has no layer "${name}"`);
    if (needed.has(name)) return;
    needed.add(name);
    sources(layer).forEach(visit);
  };
  visit(tap);
  return model.layers.filter(({ name }) => needed.has(name));
}

/**
 * Keras' padding in pixels. `same` at stride 1 pads k − 1 in all, the odd pixel at the end; at other strides it would
 * depend on the input's size, which Inception-v3 never asks for.
 */
function paddingOf(mode: unknown, [height, width]: readonly [number, number], strides: readonly number[]): Padding {
  if (mode === 'valid') return [0, 0, 0, 0];
  if (mode !== 'same' || strides.some((s) => s !== 1)) throw new Error(`padding ${mode} with strides ${strides}`);
  const [top, left] = [Math.floor((height - 1) / 2), Math.floor((width - 1) / 2)];
  return [top, left, height - 1 - top, width - 1 - left];
}

function windowOf({ config }: KerasLayer, size: 'kernel_size' | 'pool_size') {
  const kernel = config[size] as [number, number];
  const strides = config.strides as [number, number];
  return { kernel, strides, padding: paddingOf(config.padding, kernel, strides) };
}

/** The values that the bytes of a weight stand for: rounded to float32 once, as TensorFlow.js dequantises. */
const tableOf = ({ scale, min }: KerasWeight) => Float32Array.from({ length: 256 }, (_, q) => scale * q + min);

function values(weight: KerasWeight): Float32Array {
  const table = tableOf(weight);
  return Float32Array.from(weight.bytes, (q) => table[q]!);
}

/** [height, width, inputs, outputs], as Keras stores a kernel, to [outputs, inputs, height, width], as ONNX wants it. */
function outputsFirst(bytes: Uint8Array, [height, width, inputs, outputs]: readonly number[]): Uint8Array {
  const area = height! * width!;
  const result = new Uint8Array(bytes.length);
  let from = 0;
  for (let at = 0; at < area; at++)
    for (let i = 0; i < inputs!; i++)
      for (let o = 0; o < outputs!; o++) result[(o * inputs! + i) * area + at] = bytes[from++]!;
  return result;
}

/** A convolution without bias and the batch normalisation after it, as one convolution. */
function normalisedConvolution(g: Graph, x: Value, conv: KerasLayer, norm: KerasLayer, model: KerasModel): Value {
  const weight = (layer: KerasLayer, kind: string): KerasWeight => {
    const found = model.weights.get(`${layer.name}/${kind}`);
    if (!found) throw new Error(`the model has no weight "${layer.name}/${kind}"`);
    return found;
  };
  if (conv.config.use_bias !== false || norm.config.scale !== false || norm.config.center !== true) {
    throw new Error(`${conv.name}: expected a convolution without bias and a normalisation without scale`);
  }
  const { factor, bias } = foldBatchNorm({
    beta: values(weight(norm, 'beta')),
    mean: values(weight(norm, 'moving_mean')),
    variance: values(weight(norm, 'moving_variance')),
    epsilon: norm.config.epsilon as number,
  });
  const kernel = weight(conv, 'kernel');
  const [height, width, inputs, outputs] = kernel.shape as [number, number, number, number];
  const weights = dequantised(
    g,
    conv.name,
    outputsFirst(kernel.bytes, kernel.shape),
    [outputs, inputs, height, width],
    { table: tableOf(kernel), factor: Float32Array.from(factor) },
  );
  const biases = g.constant(`${conv.name}/bias`, Float32Array.from(bias), [outputs]);
  return convolution(g, x, weights, biases, windowOf(conv, 'kernel_size'));
}

/**
 * The ONNX model from pictures to the mean over space of the layer `tap`, following the model's own layer graph.
 * Inputs as `pictureInput` says; output `features` float32 [N, channels of `tap`].
 */
export function inceptionFromKeras(model: KerasModel, tap: string, input: NetworkInput, channels: number): Uint8Array {
  const g = createGraph(`inception-v3 to ${tap}`);
  const layers = ancestors(model, tap);
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const done = new Map<string, Value>();
  const made = (name: string): Value => {
    const value = done.get(name);
    if (value === undefined) throw new Error(`layer "${name}" is read by something other than its normalisation`);
    return value;
  };

  for (const layer of layers) {
    const x = () => made(sources(layer)[0]!);
    const build = (): Value | undefined => {
      switch (layer.class_name) {
        case 'InputLayer':
          return pictureInput(g, input);
        case 'Conv2D':
          return undefined; // built with the normalisation that follows it
        case 'BatchNormalization': {
          const conv = byName.get(sources(layer)[0]!)!;
          if (conv.class_name !== 'Conv2D') throw new Error(`${layer.name}: follows no convolution`);
          return normalisedConvolution(g, made(sources(conv)[0]!), conv, layer, model);
        }
        case 'Activation':
          if (layer.config.activation !== 'relu') throw new Error(`${layer.name}: not a ReLU`);
          return relu(g, x());
        case 'MaxPooling2D':
          return maxPool(g, x(), windowOf(layer, 'pool_size'));
        case 'AveragePooling2D':
          return averagePool(g, x(), windowOf(layer, 'pool_size'));
        case 'Concatenate':
          if (layer.config.axis !== 3) throw new Error(`${layer.name}: not along the channels`);
          return concatenate(g, sources(layer).map(made));
        default:
          throw new Error(`${layer.name}: unknown kind of layer ${layer.class_name}`);
      }
    };
    const value = build();
    if (value !== undefined) done.set(layer.name, value);
  }
  g.output(meanOverSpace(g, made(tap), 'features'), 'float32', ['N', channels]);
  return g.encode();
}
