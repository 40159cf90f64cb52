import { filled, meanDraws, normals } from './latent.js';
import { LATENT, type Layer, LEAK, phasesOf } from './stylegan-layers.js';
import type { LayerWeights, Network } from './stylegan-network.js';

/** What a latent makes of a network's weights. */

/** Keeps what is divided by from being 0. */
const LEAST = 1e-8;

/** w of z: dense layers with leaky rectifiers, z first brought to length √LATENT. */
export function mapped({ mapping }: Pick<Network, 'mapping'>, z: Float32Array): Float32Array {
  const length = Math.sqrt(z.reduce((sum, value) => sum + value * value, 0) / LATENT + LEAST);
  let w = z.map((value) => value / length);
  for (const matrix of mapping) {
    const next = new Float32Array(LATENT);
    for (let row = 0; row < LATENT; row++) {
      let sum = 0;
      for (let k = 0; k < LATENT; k++) sum += matrix[row * LATENT + k]! * w[k]!;
      next[row] = sum < 0 ? LEAK * sum : sum;
    }
    w = next;
  }
  return w;
}

/** z that a mean of w is taken over. */
const SAMPLES = 1000;

/** w̄: the mean of w over 1,000 z, the same z for all networks. */
export function meanLatent(of: Pick<Network, 'mapping'>): Float32Array {
  const sum = new Float64Array(LATENT);
  for (let i = 0; i < SAMPLES; i++) {
    const w = mapped(of, filled(LATENT, normals(meanDraws(i))));
    for (let k = 0; k < LATENT; k++) sum[k]! += w[k]!;
  }
  return Float32Array.from(sum, (value) => value / SAMPLES);
}

/** Styles of a layer's inputs: 1 + affine · w. */
export function stylesOf(affine: Float32Array, w: Float32Array): Float64Array {
  const styles = new Float64Array(affine.length / LATENT);
  for (let i = 0; i < styles.length; i++) {
    let sum = 1;
    for (let k = 0; k < LATENT; k++) sum += affine[i * LATENT + k]! * w[k]!;
    styles[i] = sum;
  }
  return styles;
}

/** What a convolution takes: [phases · outputs, inputs + phases, kernel, kernel] and a bias for each output. */
export interface Modulated {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

/**
 * The filters of a layer for one image: modulated by the styles of its inputs, then demodulated, so that an output has the
 * variance that is expected of its inputs (Karras et al., arXiv 1912.04958, eq. 1 and 3; the filters are of unit
 * response, so their gains stand for the filters there). The drive and √2, the gain of the rectifier, are multiplied
 * in: the rectifier passes a positive factor on. Noise maps are the last inputs, one a phase, added where they are.
 */
export function modulated(layer: Layer, weights: LayerWeights, styles: Float64Array): Modulated {
  const { inputs, outputs, kernel } = layer;
  const { pairs, filters, gains, noise, bias, drive } = weights;
  const phases = phasesOf(layer);
  const area = kernel * kernel;
  const wide = inputs + phases;
  const squares = new Float64Array(outputs);
  for (let p = 0; p < gains.length; p++) squares[pairs[2 * p]!]! += (gains[p]! * styles[pairs[2 * p + 1]!]!) ** 2;
  const weight = new Float32Array(phases * outputs * wide * area);
  for (let p = 0; p < gains.length; p++) {
    const [output, input] = [pairs[2 * p]!, pairs[2 * p + 1]!];
    const demodulation = 1 / Math.sqrt(squares[output]! + LEAST);
    const factor = Math.SQRT2 * drive[output]! * gains[p]! * styles[input]! * demodulation;
    for (let phase = 0; phase < phases; phase++) {
      const from = (p * phases + phase) * area;
      const to = ((output * phases + phase) * wide + input) * area;
      for (let k = 0; k < area; k++) weight[to + k] = factor * filters[from + k]!;
    }
  }
  const biases = new Float32Array(phases * outputs);
  for (let channel = 0; channel < phases * outputs; channel++) {
    const output = Math.floor(channel / phases);
    const factor = Math.SQRT2 * drive[output]!;
    weight[(channel * wide + inputs + (channel % phases)) * area + (area - 1) / 2] = factor * noise[output]!;
    biases[channel] = factor * bias[output]!;
  }
  return { weight, bias: biases };
}
