import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { draws, STREAM } from '../core/random.js';
import { loadRuntime } from '../core/runtime.js';
import { filled, imageDraws, normals, truncated } from './latent.js';
import { COLOUR_DRAWS, naturalColours } from './stylegan-colour.js';
import { INPUT, synthesisGraph } from './stylegan-graph.js';
import { LATENT, LAYERS, LEVELS, phasesOf, sideBefore } from './stylegan-layers.js';
import { type Network, network, networkNumber, TURNS } from './stylegan-network.js';
import { mapped, meanLatent, modulated, stylesOf } from './stylegan-style.js';

/** Normal numbers that noise maps are windows of, the same for every seed. */
const NOISE_NUMBERS = 2 ** 18;
const NOISE_SLOT = 2 ** 32 - 2;

/** Networks that are kept: those that take turns, and those before or after them at the change. */
const KEPT = 2 * TURNS;

type Feeds = Record<string, Tensor>;

/** A network made ready: what is the same for all its images as tensors, the mean latent once it is asked for. */
interface Ready {
  readonly of: Network;
  readonly fixed: Feeds;
  mean?: Float32Array;
}

/**
 * The colours' weights of a level as its convolution takes them: in the last level a place's four phases are channels of their own.
 *
 * @returns [3 · phases, phases · channels]
 */
function rgbWeights(rgb: Float32Array, channels: number, phases: number): Float32Array {
  const weights = new Float32Array(3 * phases * phases * channels);
  for (let colour = 0; colour < 3; colour++)
    for (let channel = 0; channel < channels; channel++)
      for (let phase = 0; phase < phases; phase++)
        weights[(colour * phases + phase) * phases * channels + channel * phases + phase] =
          rgb[colour * channels + channel]!;
  return weights;
}

/** An open synthesis network: it makes any image of any seed. */
export interface Synthesis {
  /**
   * @param psi truncation of w about the network's mean, and of the colours' draws about theirs, which is 0
   * @returns RGB bytes, SIDE × SIDE × 3
   */
  picture(seed: number, output: number, slot: number, psi: number): Promise<Uint8Array>;
  dispose(): Promise<void>;
}

/** @param options of the session; no picture depends on its threads */
export async function openSynthesis(options: InferenceSession.SessionOptions): Promise<Synthesis> {
  const { InferenceSession, Tensor } = await loadRuntime();
  const session = await InferenceSession.create(synthesisGraph(), options);
  const noise = filled(NOISE_NUMBERS, normals(draws(0, STREAM.latent, 0, NOISE_SLOT)));
  const tensor = (data: Float32Array, ...shape: number[]) => new Tensor('float32', data, shape);
  const kept = new Map<string, Ready>();

  const prepare = (seed: number, number: number): Ready => {
    const of = network(seed, number);
    const start = LAYERS[0]!.side;
    const fixed: Feeds = { [INPUT.constant]: tensor(of.constant, 1, LEVELS[0].channels, start, start) };
    for (const [level, { channels }] of LEVELS.entries()) {
      const phases = level === LEVELS.length - 1 ? phasesOf(LAYERS.at(-1)!) : 1;
      const weights = rgbWeights(of.rgb[level]!, channels, phases);
      fixed[INPUT.rgb(level)] = tensor(weights, 3 * phases, phases * channels, 1, 1);
    }
    return { of, fixed };
  };
  const ready = (seed: number, number: number): Ready => {
    const key = `${seed} ${number}`;
    const one = kept.get(key) ?? prepare(seed, number);
    // Set again, so that the map's order is that of use.
    kept.delete(key);
    kept.set(key, one);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
    return one;
  };

  return {
    async picture(seed, output, slot, psi) {
      const net = ready(seed, networkNumber(output, slot));
      const uniform = imageDraws(seed, output, slot);
      const normal = normals(uniform);
      let w = mapped(net.of, filled(LATENT, normal));
      if (psi !== 1) {
        net.mean ??= meanLatent(net.of);
        w = truncated(w, net.mean, psi);
      }
      const colours = filled(COLOUR_DRAWS, () => psi * normal());
      const feeds: Feeds = { ...net.fixed };
      for (const [i, layer] of LAYERS.entries()) {
        const weights = net.of.layers[i]!;
        const { weight, bias } = modulated(layer, weights, stylesOf(weights.affine, w));
        const phases = phasesOf(layer);
        const { inputs, kernel } = layer;
        const side = sideBefore(layer);
        const from = Math.floor(uniform() * (NOISE_NUMBERS - phases * side * side));
        feeds[INPUT.weight(i)] = tensor(weight, bias.length, inputs + phases, kernel, kernel);
        feeds[INPUT.bias(i)] = tensor(bias, bias.length);
        feeds[INPUT.noise(i)] = tensor(noise.subarray(from, from + phases * side * side), 1, phases, side, side);
      }
      const { picture } = await session.run(feeds);
      return naturalColours(picture!.data as Float32Array, colours);
    },
    dispose: () => session.release(),
  };
}
