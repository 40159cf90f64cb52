import { createGraph, type Graph, type Value } from '../core/graph.js';
import { BOUNDS, LAYERS, LEAK, LEVELS, phasesOf, SIDE, sideBefore } from './stylegan-layers.js';

/** The names of the graph's inputs, by the number of a layer or of a level. */
export const INPUT = {
  constant: 'constant',
  weight: (layer: number) => `weight_${layer}`,
  bias: (layer: number) => `bias_${layer}`,
  noise: (layer: number) => `noise_${layer}`,
  rgb: (level: number) => `rgb_${level}`,
};

const pair = (value: number): BigInt64Array => BigInt64Array.of(BigInt(value), BigInt(value));

/** The middle of a map, as wide as `side`. */
function middle(g: Graph, value: Value, width: number, side: number): Value {
  if (width === side) return value;
  const from = (width - side) / 2;
  const at = (place: number, what: string) => g.constant(`${value}_${what}`, pair(place), [2]);
  const axes = g.constant(`${value}_axes`, BigInt64Array.of(2n, 3n), [2]);
  return g.node('Slice', [value, at(from, 'from'), at(from + side, 'to'), axes]);
}

/**
 * The synthesis network of StyleGAN2 (Karras et al., arXiv 1912.04958, figures 2d and 7b: a constant, modulated convolutions with
 * noise, biases and leaky rectifiers, pictures of all levels added up) for one image, every weight an input: one session
 * serves all networks. Modulation and demodulation are in the weights that it is fed, which is exact for one image. Maps
 * are cut off at bounds but for the last level.
 *
 * @returns an ONNX file with one output, `picture`: float32 [1, 3, SIDE, SIDE]
 */
export function synthesisGraph(): Uint8Array {
  const g = createGraph('synthesis');
  const [low, high] = BOUNDS.map((bound, i) => g.constant(`bound_${i}`, Float32Array.of(bound), [])) as [Value, Value];
  const whole = g.constant('whole', new Float32Array(0), [0]);
  const twice = g.constant('twice', Float32Array.of(1, 1, 2, 2), [4]);
  const spread = (value: Value) => g.node('DepthToSpace', [value], { blocksize: 2, mode: 'CRD' });
  let width = LAYERS[0]!.side;
  let x = g.input(INPUT.constant, 'float32', [1, LEVELS[0].channels, width, width]);
  let picture: Value | undefined;
  for (const [i, layer] of LAYERS.entries()) {
    const { level, inputs, outputs, kernel, up, side } = layer;
    const before = sideBefore(layer);
    const phases = phasesOf(layer);
    const noise = g.input(INPUT.noise(i), 'float32', [1, phases, before, before]);
    const weight = g.input(INPUT.weight(i), 'float32', [phases * outputs, inputs + phases, kernel, kernel]);
    const bias = g.input(INPUT.bias(i), 'float32', [phases * outputs]);
    const seen = g.node('Concat', [middle(g, x, width, before), noise], { axis: 1 });
    const pad = (kernel - 1) / 2;
    const sum = g.node('Conv', [seen, weight, bias], { kernel_shape: [kernel, kernel], pads: [pad, pad, pad, pad] });
    x = g.node('LeakyRelu', [sum], { alpha: { float: LEAK } });
    const last = i === LAYERS.length - 1;
    if (!last) x = g.node('Clip', [x, low, high]);
    if (up) {
      const linear = { mode: 'linear', coordinate_transformation_mode: 'half_pixel' };
      picture = g.node('Resize', [middle(g, picture!, width, before), whole, twice], linear);
    }
    width = side;
    // The maps of the last level are only seen through their colours: these alone are spread.
    if (up && !last) x = spread(x);
    if (up && !last) continue;
    const rgb = g.input(INPUT.rgb(level), 'float32', [3 * phases, phases * outputs, 1, 1]);
    const colours = g.node('Conv', [x, rgb], { kernel_shape: [1, 1] });
    const own = last ? spread(colours) : colours;
    picture = picture === undefined ? own : g.node('Add', [picture, own]);
  }
  g.output(g.node('Identity', [middle(g, picture!, width, SIDE)], {}, 'picture'), 'float32', [1, 3, SIDE, SIDE]);
  return g.encode();
}
