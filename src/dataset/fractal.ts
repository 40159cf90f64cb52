import { draws, STREAM } from '../core/random.js';
import { systemOfCategory } from './fractal-category.js';
import { blurred, type Density, densityOf, placeOf } from './fractal-density.js';
import { piecesOf } from './fractal-pieces.js';
import { perturbed } from './fractal-system.js';
import { viewOf } from './fractal-view.js';
import type { Paint } from './painted.js';

/** Points a pixel of the picture. */
const POINTS = 3;

/** Where the mean number of points about a pixel is less, the blurred density takes over from the sharp one. */
const FEW = 8;

/** Hue (any number, its fraction counts), saturation and value in 0 … 1 to red, green and blue in 0 … 1. */
function rgbOf(hue: number, saturation: number, value: number): readonly [number, number, number] {
  const channel = (n: number) => {
    const k = (n + 6 * (hue - Math.floor(hue))) % 6;
    return value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1)));
  };
  return [channel(5), channel(3), channel(1)];
}

const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Colours of the maps, n × 3: hues apart by the golden ratio within a part of the circle, from a narrow one to all. */
function paletteOf(n: number, uniform: () => number): Float64Array {
  const hue = uniform();
  const spread = 0.3 + 0.7 * uniform();
  const palette = new Float64Array(n * 3);
  for (let i = 0; i < n; i++) {
    const turn = hue + spread * ((i * GOLDEN + 0.2 * uniform()) % 1);
    const rgb = rgbOf(turn, 0.3 + 0.7 * uniform(), 0.5 + 0.5 * uniform());
    // Words average colours, so those of maps are spread further apart than there is room for.
    palette.set(
      rgb.map((level) => 0.55 + 1.6 * (level - 0.5)),
      i * 3,
    );
  }
  return palette;
}

/** A background: from one colour to another along a direction. */
interface Gradient {
  readonly from: readonly [number, number, number];
  readonly to: readonly [number, number, number];
  readonly angle: number;
}

function gradientOf(uniform: () => number): Gradient {
  const colour = () => rgbOf(uniform(), 0.3 + 0.6 * uniform(), 0.25 + 0.65 * uniform());
  return { from: colour(), to: colour(), angle: 2 * Math.PI * uniform() };
}

const byte = (level: number): number => (level <= 0 ? 0 : level >= 1 ? 255 : Math.floor(255 * level + 0.5));

/** Tone mapping: brightness by the logarithm of the density, and the background where there is little of it. */
function develop(sharp: Density, resolution: number, few: number, { from, to, angle }: Gradient): Uint8Array {
  const soft = blurred(sharp).sums;
  const hard = sharp.sums;
  const pixels = new Uint8Array(resolution * resolution * 3);
  const [tx, ty] = [(0.7 * Math.cos(angle)) / resolution, (0.7 * Math.sin(angle)) / resolution];
  const [red, green, blue] = [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
  const scale = resolution * resolution;
  for (let row = 0, at = 0; row < resolution; row++) {
    for (let column = 0; column < resolution; column++, at += 3) {
      const i = placeOf(sharp, row, column);
      const share = 0.5 + tx * (column - resolution / 2) + ty * (row - resolution / 2);
      const w = Math.min(1, soft[i]! / few);
      const mass = soft[i]! + w * (hard[i]! - soft[i]!);
      const density = mass * scale;
      const cover = density / (density + 0.15);
      const light = Math.min(1.1, 0.55 + 0.2 * Math.log(1 + 4 * density));
      const gain = mass > 0 ? (cover * light) / mass : 0;
      const [b0, b1, b2] = [from[0] + share * red, from[1] + share * green, from[2] + share * blue];
      pixels[at] = byte((1 - cover) * b0 + gain * (soft[i + 1]! + w * (hard[i + 1]! - soft[i + 1]!)));
      pixels[at + 1] = byte((1 - cover) * b1 + gain * (soft[i + 2]! + w * (hard[i + 2]! - soft[i + 2]!)));
      pixels[at + 2] = byte((1 - cover) * b2 + gain * (soft[i + 3]! + w * (hard[i + 3]! - soft[i + 3]!)));
    }
  }
  return pixels;
}

/** A picture of a category of fractals: its system with one entry of its maps varied, turned, mirrored and coloured at random. */
export function fractal(category: number): Paint {
  return (seed, output, slot, resolution) => {
    const uniform = draws(seed, STREAM.fractal, output, slot);
    const system = perturbed(systemOfCategory(category), Math.floor(6 * uniform()), 0.8 + 0.4 * uniform());
    const view = viewOf(system, 2 * Math.PI * uniform(), uniform() < 0.5);
    const background = gradientOf(uniform);
    const palette = paletteOf(system.chances.length, uniform);
    const pieces = piecesOf(system, Math.ceil(resolution * Math.sqrt(POINTS)), palette);
    return develop(densityOf(pieces, view, resolution), resolution, FEW / pieces.count ** 2, background);
  };
}
