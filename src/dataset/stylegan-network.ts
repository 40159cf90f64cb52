import { draws, STREAM } from '../core/random.js';
import { filled, normals } from './latent.js';
import { LATENT, LAYERS, type Layer, LEAK, LEVELS } from './stylegan-layers.js';
import { doubled, wavelet } from './stylegan-wavelet.js';

/** Weights of one layer. */
export interface LayerWeights {
  /** Pairs of channels that have a filter: output, input, output, input…; all others have none. */
  readonly pairs: Int32Array;
  /** phases × kernel × kernel numbers a pair. */
  readonly filters: Float32Array;
  /** The weight of a pair's filter. */
  readonly gains: Float32Array;
  /** A number an output: of the noise map that all channels share. */
  readonly noise: Float32Array;
  readonly bias: Float32Array;
  /** A number an output, 1 or more: how hard its rectifier is driven. */
  readonly drive: Float32Array;
  /** inputs × LATENT: the style of an input is 1 + its row times w. */
  readonly affine: Float32Array;
}

/** A synthesis network and its mapping, with random weights. */
export interface Network {
  /** The first map: channels × side × side. */
  readonly constant: Float32Array;
  /** Dense layers, LATENT × LATENT each. */
  readonly mapping: readonly Float32Array[];
  readonly layers: readonly LayerWeights[];
  /** 3 × channels, a level each. */
  readonly rgb: readonly Float32Array[];
}

const MAPPING_LAYERS = 2;

/** Inputs that an output has at most. */
const MOST_INPUTS = 3;

/** Strength of the noise at each level: no more of it where it would be grain. */
const NOISE = [1, 0.8, 0.4, 0.2, 0.06, 0.02, 0.004] as const;

/** Strength of each level in the picture. */
const COLOURS = [0.25, 0.45, 0.7, 0.9, 0.9, 0.75, 0.4] as const;

/** Spread of the logarithms of these strengths between networks: some are coarse, others fine. */
const SPREAD = 0.8;

/** Standard deviations of biases, and of styles about 1. */
const BIAS = 0.7;
const STYLE = 0.8;

/** Logarithm of the hardest drive. */
const DRIVE = 2.2;

/** The share of filters that smooth is between these in a network. */
const SMOOTHING = [0.3, 0.95] as const;

function layerWeights(layer: Layer, smoothing: number, uniform: () => number): LayerWeights {
  const { level, inputs, outputs, kernel, up } = layer;
  const normal = normals(uniform);
  const pairs: number[] = [];
  const filters: number[] = [];
  const gains: number[] = [];
  const offset = Math.floor(uniform() * inputs);
  for (let output = 0; output < outputs; output++) {
    const count = 1 + Math.floor(uniform() * MOST_INPUTS);
    const used = new Set<number>();
    while (used.size < count) {
      // The first ones walk through the inputs, so that few are lost.
      const input = used.size === 0 ? (output + offset) % inputs : Math.floor(uniform() * inputs);
      if (used.has(input)) continue;
      used.add(input);
      pairs.push(output, input);
      gains.push(normal());
      const filter = wavelet(kernel, smoothing, uniform);
      filters.push(...(up ? doubled(filter, kernel) : filter));
    }
  }
  const strength = NOISE[level]! * Math.exp(SPREAD * normal());
  return {
    pairs: Int32Array.from(pairs),
    filters: Float32Array.from(filters),
    gains: Float32Array.from(gains),
    noise: filled(outputs, () => strength * (0.5 + uniform())),
    bias: filled(outputs, () => BIAS * normal()),
    drive: filled(outputs, () => Math.exp(DRIVE * uniform() ** 2)),
    affine: filled(inputs * LATENT, () => (STYLE * normal()) / Math.sqrt(LATENT)),
  };
}

/** Images that a network makes before another takes its place, and networks that take turns meanwhile. */
export const IMAGES = 256;
export const TURNS = 16;

/**
 * The number of the network that makes an image. The 16 slots of an output are of 16 networks, and so are outputs in a row:
 * what is mixed is of several networks, and a few outputs show several. After 256 outputs each has made 256 images, and
 * 16 others follow.
 */
export const networkNumber = (output: number, slot: number): number =>
  TURNS * Math.floor(output / IMAGES) + ((output + slot) % TURNS);

/** Network `number` of a seed: fresh weights. */
export function network(seed: number, number: number): Network {
  const uniform = draws(seed, STREAM.network, number, LAYERS.length);
  const smoothing = SMOOTHING[0] + (SMOOTHING[1] - SMOOTHING[0]) * uniform();
  const normal = normals(uniform);
  // Leaky rectifiers then keep the variance (He et al., arXiv 1502.01852, eq. 15).
  const scale = Math.sqrt(2 / (1 + LEAK ** 2) / LATENT);
  return {
    constant: filled(LEVELS[0].channels * LAYERS[0]!.side ** 2, normal),
    mapping: Array.from({ length: MAPPING_LAYERS }, () => filled(LATENT * LATENT, () => scale * normal())),
    layers: LAYERS.map((layer, i) => layerWeights(layer, smoothing, draws(seed, STREAM.network, number, i))),
    rgb: LEVELS.map(({ channels }, level) => {
      const gain = (COLOURS[level]! * Math.exp(SPREAD * normal())) / Math.sqrt(channels);
      return filled(3 * channels, () => gain * normal());
    }),
  };
}
