import { piecesOf } from './fractal-pieces.js';
import type { FunctionSystem } from './fractal-system.js';

/** The part of the attractor beyond each side of the picture: what lies far out would shrink all the rest. */
const BEYOND = 0.01;

/** Pieces by whose means the view is taken, at every resolution. */
const PIECES = 512;

/** Of `count` values, those between which all but a hundredth on either side lie. */
function extent(values: Float64Array): readonly [from: number, to: number] {
  const sorted = values.sort();
  const last = sorted.length - 1;
  return [sorted[Math.round(BEYOND * last)]!, sorted[Math.round((1 - BEYOND) * last)]!];
}

/**
 * How an attractor is seen: the affine map a b e, c d f that turns it, mirrors it, and stretches either axis by itself, as
 * FractalDB does, so that it fills the unit square.
 *
 * @param angle radians
 */
export function viewOf(system: FunctionSystem, angle = 0, mirrored = false): Float64Array {
  const { count, xs, ys } = piecesOf(system, PIECES);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const side = mirrored ? -1 : 1;
  const [left, right] = extent(Float64Array.from({ length: count }, (_, i) => side * (cos * xs[i]! - sin * ys[i]!)));
  const [top, bottom] = extent(Float64Array.from({ length: count }, (_, i) => sin * xs[i]! + cos * ys[i]!));
  // Of an attractor that is a line, nothing fills the square; no category is one.
  const [width, height] = [Math.max(right - left, 1e-9), Math.max(bottom - top, 1e-9)];
  return Float64Array.of(
    (side * cos) / width,
    (-side * sin) / width,
    -left / width,
    sin / height,
    cos / height,
    -top / height,
  );
}
