import { DATA_TYPE, type Graph, type Value } from '../core/graph.js';

/** The layers of an Inception network, over NCHW values. */

/** Top, left, bottom, right, in pixels. */
export type Padding = readonly [number, number, number, number];

export interface Window {
  /** Height, width. */
  readonly kernel: readonly [number, number];
  readonly strides?: readonly [number, number];
  readonly padding?: Padding;
}

const windowAttributes = ({ kernel, strides = [1, 1], padding = [0, 0, 0, 0] }: Window) => ({
  kernel_shape: kernel,
  strides,
  pads: padding,
});

/**
 * A convolution, as networks define it (a cross-correlation).
 *
 * @param weights [outputs, inputs, kernel height, kernel width]
 * @param bias [outputs]
 */
export function convolution(g: Graph, x: Value, weights: Value, bias: Value, window: Window): Value {
  return g.node('Conv', [x, weights, bias], windowAttributes(window));
}

export function maxPool(g: Graph, x: Value, window: Window): Value {
  return g.node('MaxPool', [x], windowAttributes(window));
}

/** `countPadding`: padded zeros count in the divisor (PyTorch's default), or not (TensorFlow and the FID network). */
export function averagePool(g: Graph, x: Value, window: Window, { countPadding = false } = {}): Value {
  return g.node('AveragePool', [x], { ...windowAttributes(window), count_include_pad: countPadding ? 1 : 0 });
}

export function relu(g: Graph, x: Value): Value {
  return g.node('Relu', [x]);
}

/** Joins along the channels. */
export function concatenate(g: Graph, values: readonly Value[]): Value {
  return g.node('Concat', values, { axis: 1 });
}

/** [N, C, H, W] → [N, C], named `name`. */
export function meanOverSpace(g: Graph, x: Value, name: string): Value {
  return g.node('Flatten', [g.node('GlobalAveragePool', [x])], { axis: 1 }, name);
}

/** Batch normalisation at inference; `gamma` is 1 when absent. One number a channel each. */
export interface BatchNorm {
  readonly gamma?: ArrayLike<number>;
  readonly beta: ArrayLike<number>;
  readonly mean: ArrayLike<number>;
  readonly variance: ArrayLike<number>;
  readonly epsilon: number;
}

/** The same as one factor and one bias a channel, y = factor·x + bias: to be folded into the convolution before it. */
export function foldBatchNorm({ gamma, beta, mean, variance, epsilon }: BatchNorm) {
  const factor = Float64Array.from(variance, (v, i) => (gamma?.[i] ?? 1) / Math.sqrt(v + epsilon));
  const bias = Float64Array.from(beta, (b, i) => b - mean[i]! * factor[i]!);
  return { factor, bias };
}

/**
 * Convolution weights kept as bytes, w = factor[o]·table[q] for output channel o: a quarter of the file. The chain has
 * only constants in it, so the runtime computes it once, when it loads the model. A table rather than scale·q + min,
 * because in float32 a rounded scale shifts a whole layer one way, and that is seen in the features (1e-5).
 *
 * @param bytes q, in the order of `shape` = [outputs, inputs, kernel height, kernel width]
 * @param table the 256 values that bytes stand for
 * @param factor one number an output
 */
export function dequantised(
  g: Graph,
  name: string,
  bytes: Uint8Array,
  shape: readonly [number, number, number, number],
  { table, factor }: { readonly table: Float32Array; readonly factor: Float32Array },
): Value {
  const indices = g.node('Cast', [g.constant(`${name}/bytes`, bytes, shape)], { to: DATA_TYPE.int32 });
  const weights = g.node('Gather', [g.constant(`${name}/table`, table, [256]), indices], { axis: 0 });
  return g.node('Mul', [weights, g.constant(`${name}/factor`, factor, [shape[0], 1, 1, 1])]);
}
