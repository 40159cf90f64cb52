import type { Preprocessing, ResizeKind } from './preprocessing.js';

/**
 * How a picture gets the network's size. Every kind is separable and linear, y = A·x·Bᵀ with matrices that depend on the
 * sizes alone, so it is exact in front of the network, in the same ONNX graph.
 */

/** What one pixel of the output is made of: consecutive pixels of the input from `start` on, one weight each. */
interface Taps {
  readonly start: number;
  readonly weights: readonly number[];
}

/** The taps of output pixel `j` when a side of `from` pixels becomes one of `to`. */
type Filter = (j: number, from: number, to: number) => Taps;

/** Two neighbours from `source` (in pixels, 0 is the centre of the first), which is not clamped at the far end. */
function linear(source: number, from: number): Taps {
  const start = Math.min(Math.floor(source), from - 1);
  const weight = source - start;
  // At the last pixel there is none after it: it counts whole.
  return { start, weights: start + 1 < from && weight > 0 ? [1 - weight, weight] : [1] };
}

/**
 * Linear interpolation between half-pixel centres, without antialiasing: output j looks at (j + ½)·from/to − ½, clamped
 * to the first and last pixel (PyTorch, `area_pixel_compute_source_index` with align_corners=False). Positions are
 * rounded to float32 as PyTorch's are: 1e-5 of a pixel, but then the features agree ten times better with its own.
 */
const bilinear: Filter = (j, from, to) => {
  const centre = Math.fround(Math.fround(Math.fround(from / to) * (j + 0.5)) - 0.5);
  return linear(Math.min(Math.max(centre, 0), from - 1), from);
};

/** TensorFlow 1's `resize_bilinear`, as torch-fidelity repeats it: output j looks at j·from/to, all in float32. */
const tf1: Filter = (j, from, to) => linear(Math.fround(Math.fround(from / to) * j), from);

/** Keys' cubic kernel with a = −0.5, zero from distance 2 on. */
function cubic(x: number): number {
  const distance = Math.abs(x);
  if (distance < 1) return (1.5 * distance - 2.5) * distance * distance + 1;
  return distance < 2 ? -0.5 * (((distance - 5) * distance + 8) * distance - 4) : 0;
}

/**
 * PIL's `resize(…, BICUBIC)`, whose kernel grows with the scale when a picture shrinks (Pillow, `precompute_coeffs` of
 * Resample.c). The same weights as its images of mode F get, which clean-fid uses.
 */
const bicubicAntialiased: Filter = (j, from, to) => {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const centre = (j + 0.5) * scale;
  const start = Math.max(Math.trunc(centre - 2 * stretch + 0.5), 0);
  const end = Math.min(Math.trunc(centre + 2 * stretch + 0.5), from);
  const weights = Array.from({ length: end - start }, (_, k) => cubic((start + k - centre + 0.5) / stretch));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return { start, weights: weights.map((weight) => weight / sum) };
};

const FILTERS: Readonly<Record<ResizeKind, Filter>> = { bilinear, 'bicubic-antialiased': bicubicAntialiased, tf1 };

/** Rounds as Python does, halves to the even neighbour. */
function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 ? rounded - 1 : rounded;
}

/**
 * The matrix that takes one side of a picture to the network's size; with `fit: 'stretch'` it depends on that side
 * alone. With `cover` it is the middle `size` rows of a longer matrix: the short side becomes `size` and the long one
 * ⌊size·long/short⌋, of which the centre is cut out from pixel round((long − size)/2) on (torchvision, `Resize(size)` and
 * `CenterCrop(size)`).
 *
 * @param length pixels of this side, at least 1
 * @param other pixels of the other side
 * @returns row-major [size, length]; each row sums to 1
 */
export function resizeMatrix(
  { size, resize, fit = 'stretch' }: Pick<Preprocessing, 'size' | 'resize' | 'fit'>,
  length: number,
  other: number,
): Float32Array {
  const to = fit === 'cover' && length > other ? Math.trunc((size * length) / other) : size;
  const first = roundHalfToEven((to - size) / 2);
  const matrix = new Float32Array(size * length);
  for (let j = 0; j < size; j++) {
    const { start, weights } = FILTERS[resize](first + j, length, to);
    matrix.set(weights, j * length + start);
  }
  return matrix;
}
