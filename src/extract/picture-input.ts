import { DATA_TYPE, type Graph, type Value } from '../core/graph.js';

/** What the network's input must be. */
export interface NetworkInput {
  /** Height and width in pixels. */
  readonly size: number;
  /** The values that black and white become. */
  readonly range: readonly [number, number];
}

/**
 * The start of every extractor's graph: pictures of any one size to the network's input. Inputs of the model:
 *
 * - `images` uint8 [N, H, W, 3], RGB
 * - `rows` float32 [size, H] and `columns` float32 [size, W]: the resize matrices (`resizeMatrix`)
 *
 * y = rows·x·columnsᵀ a channel, scaled from 0…255 to `range`. The matrices are inputs, so one model serves every
 * picture size.
 *
 * @returns float32 [N, 3, size, size]
 */
export function pictureInput(g: Graph, { size, range: [low, high] }: NetworkInput): Value {
  const images = g.input('images', 'uint8', ['N', 'H', 'W', 3]);
  const rows = g.input('rows', 'float32', [size, 'H']);
  const columns = g.input('columns', 'float32', [size, 'W']);

  // Moving bytes is four times cheaper than moving floats, so the channels go first before the cast.
  const planes = g.node('Cast', [g.node('Transpose', [images], { perm: [0, 3, 1, 2] })], { to: DATA_TYPE.float32 });
  // The scale goes into the small matrix rather than over every pixel.
  const scale = g.constant('range/scale', Float32Array.of((high - low) / 255), []);
  const right = g.node('Mul', [g.node('Transpose', [columns], { perm: [1, 0] }), scale]);
  const resized = g.node('MatMul', [g.node('MatMul', [rows, planes]), right]);
  return low === 0 ? resized : g.node('Add', [resized, g.constant('range/low', Float32Array.of(low), [])]);
}
