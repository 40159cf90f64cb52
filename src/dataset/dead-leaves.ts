import { philox, STREAM } from '../core/random.js';
import type { Paint } from './painted.js';
import { coverConvex, coverDisc, emptyCanvas, isCovered, mayCover } from './raster-cover.js';

export const LEAVES = ['circle', 'square', 'oriented', 'rectangle', 'triangle', 'quadrilateral'] as const;
export type Leaf = (typeof LEAVES)[number];

/** One shape alone, or each leaf any of them. */
export type LeafShape = Leaf | 'mixed';
export const LEAF_SHAPES: readonly LeafShape[] = [...LEAVES, 'mixed'];

/** Radii of leaves, in sides of the picture. */
export const RADII = { least: 0.03, greatest: 1 } as const;

/**
 * The radius at which the distribution function of the density ∝ r^−3 between 0.03 and 1 is u: the law at which pictures
 * of leaves look alike at all scales (Lee, Mumford and Huang, "Occlusion models for natural images", IJCV 2001).
 */
export function radiusOf(u: number): number {
  const [least, greatest] = [RADII.least ** -2, RADII.greatest ** -2];
  return (least - u * (least - greatest)) ** -0.5;
}

const TURN = 2 * Math.PI;

/**
 * Where a leaf's corners lie on the circle of its radius, in the order of their angles; a disc has none. Every leaf's
 * radius is that of the circle through its corners:
 *
 * - square, upright, and oriented square, turned by any angle: the side is √2 radius;
 * - rectangle: half its sides are radius · cos a and radius · sin a, a uniform in 0 … π/2; turned by any angle (the
 *   paper's generator leaves it upright);
 * - triangle and quadrilateral: three and four independent places on the circle, which need not be about its centre.
 *
 * @param u four numbers, uniform in 0 … 1
 */
export function cornersOf(leaf: Leaf, u: readonly number[]): number[] {
  const turn = TURN * u[0]!;
  const half = (Math.PI / 2) * u[1]!;
  if (leaf === 'circle') return [];
  if (leaf === 'square') return [0.125, 0.375, 0.625, 0.875].map((part) => TURN * part);
  if (leaf === 'oriented') return [0, 0.25, 0.5, 0.75].map((part) => turn + TURN * part);
  if (leaf === 'rectangle') return [half, Math.PI - half, Math.PI + half, TURN - half].map((angle) => turn + angle);
  const places = u.slice(0, leaf === 'triangle' ? 3 : 4);
  return places.sort((a, b) => a - b).map((part) => TURN * part);
}

const WORDS = 2 ** 32;
const uniform = (word: number): number => (word + 0.5) / WORDS;

/** A corner of the picture is uncovered after so many of the smallest leaves (triangles) in less than one of 10^300. */
const MOST_LEAVES = 2 ** 20;

/**
 * Dead leaves (Baradad et al., "Learning to See by Looking at Noise", arXiv 2106.05963): opaque shapes of uniform random
 * RGB colours, their centres uniform in the picture, so that they stick out of it, their radii as `radiusOf` has them,
 * until every pixel is covered. Painted from front to back, which is an exact sample of the model: painted over each
 * other until first covered, the last leaf, likelier a large one, would always lie whole on top (Kendall and Thönnes,
 * "Perfect simulation in stochastic geometry", 1999). No antialiasing: a pixel has the colour of the first leaf over its
 * centre, so a picture of another resolution shows the same leaves.
 */
export function deadLeaves(shape: LeafShape): Paint {
  const shapes: readonly Leaf[] = shape === 'mixed' ? LEAVES : [shape];
  return (seed, output, slot, resolution) => {
    const canvas = emptyCanvas(resolution);
    const key = [seed >>> 0, Math.floor(seed / WORDS)] as const;
    for (let i = 0; !isCovered(canvas); i++) {
      if (i === MOST_LEAVES) throw new Error(`dead leaves of shape ${shape}: not covered after ${i} leaves`);
      // Two blocks a leaf, each its own, so that what is not needed need not be drawn.
      const words = philox([2 * i, output, slot, STREAM.leaves], key);
      const radius = radiusOf(uniform(words[0])) * resolution;
      const [x, y] = [uniform(words[1]) * resolution, uniform(words[2]) * resolution];
      if (!mayCover(canvas, y, radius)) continue;
      // The word is enough for both: its high part says which shape, the rest has 2^24 colours over and over.
      const both = uniform(words[3]) * shapes.length;
      const leaf = shapes[Math.floor(both)]!;
      const colour = Math.floor((both % 1) * 2 ** 24);
      if (leaf === 'circle') {
        coverDisc(canvas, x, y, radius, colour);
        continue;
      }
      // An upright square has nothing more to draw.
      const places = leaf === 'square' ? words : philox([2 * i + 1, output, slot, STREAM.leaves], key);
      const angles = cornersOf(leaf, places.map(uniform));
      coverConvex(
        canvas,
        angles.map((angle) => x + radius * Math.cos(angle)),
        angles.map((angle) => y + radius * Math.sin(angle)),
        colour,
      );
    }
    return canvas.pixels;
  };
}
