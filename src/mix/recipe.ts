import { draws, STREAM } from '../core/random.js';
import { gamma, symmetricBeta } from './law.js';
import type { Setting, WeightLaw } from './setting.js';

/** Changes whenever a recipe of the same seed changes: two results of different versions are not comparable image by image. */
export const RECIPE_VERSION = 1;

/** Half-open pixel rectangle [x0, x1) × [y0, y1), rows counted from the top. */
export type Box = readonly [x0: number, y0: number, x1: number, y1: number];

/**
 * How one output image is made of its base images 0 … n − 1. With `blend` the output is Σ weight·image, each image
 * black outside its box; without, each image is pasted over the ones before it, inside its box.
 */
export interface Recipe {
  readonly blend: boolean;
  /** Length n; when `blend` convex, multiples of 2^−16 that sum to exactly 1; else all 1. */
  readonly weights: readonly number[];
  /** Length n. */
  readonly boxes: readonly Box[];
}

function share(law: WeightLaw, seed: number, output: number, k: number): number {
  if (law.law === 'equal') return 1;
  const uniform = draws(seed, STREAM.weight, output, k);
  return law.law === 'dirichlet' ? gamma(law.alpha, uniform) : uniform();
}

/**
 * Weights are whole multiples of this: then a weighted sum of 8-bit levels is exact in float32, and every device mixes
 * the same bytes. It moves a weight by less than 2^−16, and a level by less than 0.04 for N = 9.
 */
const WEIGHT_UNIT = 2 ** -16;

/**
 * MixUp's weights: shares of the images divided by their sum, rounded to units that sum to exactly 1 (the largest
 * remainders are rounded up). Share k does not depend on N, so settings are nested.
 */
function convexWeights(law: WeightLaw, n: number, seed: number, output: number): number[] {
  const shares = Array.from({ length: n }, (_, k) => share(law, seed, output, k));
  const total = shares.reduce((sum, s) => sum + s, 0);
  // For a minute α all shares can underflow; the law then is one whole image, here the first.
  if (!(total > 0)) return shares.map((_, k) => (k === 0 ? 1 : 0));
  const exact = shares.map((s) => s / total / WEIGHT_UNIT);
  const units = exact.map(Math.floor);
  const short = 1 / WEIGHT_UNIT - units.reduce((sum, unit) => sum + unit, 0);
  const remainder = (k: number) => exact[k]! - units[k]!;
  const order = [...units.keys()].sort((a, b) => remainder(b) - remainder(a) || a - b);
  for (const k of order.slice(0, short)) units[k]!++;
  return units.map((unit) => unit * WEIGHT_UNIT);
}

/**
 * CutMix's box (Yun et al., arXiv 1905.04899, their released code): λ ~ Beta(α, α), width W√(1−λ), height H√(1−λ), both
 * truncated to pixels, about a uniformly random centre pixel, clipped to the picture.
 */
function cutBox(alpha: number, seed: number, output: number, k: number, resolution: number): Box {
  const uniform = draws(seed, STREAM.box, output, k);
  const centreX = Math.floor(uniform() * resolution);
  const centreY = Math.floor(uniform() * resolution);
  const half = Math.floor(Math.floor(resolution * Math.sqrt(1 - symmetricBeta(alpha, uniform))) / 2);
  const clip = (v: number) => Math.min(Math.max(v, 0), resolution);
  return [clip(centreX - half), clip(centreY - half), clip(centreX + half), clip(centreY + half)];
}

/**
 * The recipe of output image `output` under a setting: a pure function, so any machine, order or shard makes the same.
 *
 * @param resolution side of the square picture, in pixels
 */
export function recipe(
  { method, n, weights, alpha }: Setting,
  seed: number,
  output: number,
  resolution: number,
): Recipe {
  const whole: Box = [0, 0, resolution, resolution];
  const boxes = Array.from({ length: n }, (_, k) =>
    k === 0 || alpha === undefined ? whole : cutBox(alpha, seed, output, k, resolution),
  );
  const blend = method === 'mixup' || method === 'cutmixup';
  return { blend, weights: blend ? convexWeights(weights!, n, seed, output) : boxes.map(() => 1), boxes };
}
