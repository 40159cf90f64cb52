import { DATA_TYPE, type Graph, type Value } from '../core/graph.js';
import type { Preprocessing } from './preprocessing.js';

/** What the network's input must be; `layout` is NCHW where it is not said. */
export type NetworkInput = Preprocessing & { readonly layout?: 'NCHW' | 'NHWC' };

/** A number a channel, to be combined with [N, 3, size, size]. */
const perChannel = (g: Graph, name: string, numbers: readonly number[]): Value =>
  g.constant(name, Float32Array.from(numbers), [3, 1, 1]);

/**
 * The start of every extractor's graph: pictures of any one size to the network's input. Inputs of the model:
 *
 * - `images` uint8 [N, H, W, 3], RGB
 * - `rows` float32 [size, H] and `columns` float32 [size, W]: the resize matrices (`resizeMatrix`)
 *
 * y = rows·x·columnsᵀ a channel, clipped to 0…255 where the resize can leave it, scaled from 0…255 to `range`, then
 * (y − mean)/std. The matrices are inputs, so one model serves every picture size.
 *
 * @returns float32 [N, 3, size, size], or [N, size, size, 3] when the layout is NHWC
 */
export function pictureInput(g: Graph, input: NetworkInput): Value {
  const { size, resize, range, mean, std, layout = 'NCHW' } = input;
  const [low, high] = range;
  const images = g.input('images', 'uint8', ['N', 'H', 'W', 3]);
  const rows = g.input('rows', 'float32', [size, 'H']);
  const columns = g.input('columns', 'float32', [size, 'W']);

  // Moving bytes is four times cheaper than moving floats, so the channels go first before the cast.
  const planes = g.node('Cast', [g.node('Transpose', [images], { perm: [0, 3, 1, 2] })], { to: DATA_TYPE.float32 });
  const across = g.node('Transpose', [columns], { perm: [1, 0] });
  const scale = (high - low) / 255;

  let value: Value;
  // Only the cubic kernel has negative weights and so leaves 0…255.
  const clips = resize === 'bicubic-antialiased';
  if (clips || mean || std) {
    value = g.node('MatMul', [g.node('MatMul', [rows, planes]), across]);
    if (clips) {
      const limits = [0, 255].map((limit) => g.constant(`clip/${limit}`, Float32Array.of(limit), []));
      value = g.node('Clip', [value, ...limits]);
    }
    const channels = [0, 1, 2].map((c) => ({ mean: mean?.[c] ?? 0, std: std?.[c] ?? 1 }));
    const factors = channels.map((c) => scale / c.std);
    const offsets = channels.map((c) => (low - c.mean) / c.std);
    value = g.node('Mul', [value, perChannel(g, 'range/scale', factors)]);
    value = g.node('Add', [value, perChannel(g, 'range/low', offsets)]);
  } else {
    // The scale goes into the small matrix rather than over every pixel.
    const right = g.node('Mul', [across, g.constant('range/scale', Float32Array.of(scale), [])]);
    value = g.node('MatMul', [g.node('MatMul', [rows, planes]), right]);
    if (low !== 0) value = g.node('Add', [value, g.constant('range/low', Float32Array.of(low), [])]);
  }
  return layout === 'NCHW' ? value : g.node('Transpose', [value], { perm: [0, 2, 3, 1] });
}
