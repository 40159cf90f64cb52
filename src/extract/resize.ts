import type { ResizeKind } from './preprocessing.js';

/**
 * How a picture gets the network's size. Every kind is separable and linear, y = A·x·Bᵀ with matrices that depend on the
 * sizes alone, so it is exact in front of the network, in the same ONNX graph.
 *
 * @returns row-major [to, from]: to = matrix · from
 */
export function resizeMatrix(kind: ResizeKind, from: number, to: number): Float32Array {
  if (kind !== 'bilinear') throw new Error(`resize "${kind}" is not here yet`);
  return bilinearMatrix(from, to);
}

/**
 * Linear interpolation between half-pixel centres, without antialiasing: output j looks at (j + ½)·from/to − ½, clamped
 * to the first and last pixel (PyTorch, `area_pixel_compute_source_index` with align_corners=False). Positions are
 * rounded to float32 as PyTorch's are: 1e-5 of a pixel, but then the features agree ten times better with its own.
 *
 * @param from pixels of the input, at least 1
 * @param to pixels of the output, at least 1
 * @returns row-major [to, from]; each row sums to 1
 */
export function bilinearMatrix(from: number, to: number): Float32Array {
  const matrix = new Float32Array(to * from);
  const scale = Math.fround(from / to);
  for (let j = 0; j < to; j++) {
    const centre = Math.fround(Math.fround(scale * (j + 0.5)) - 0.5);
    const source = Math.min(Math.max(centre, 0), from - 1);
    const low = Math.floor(source);
    const weight = source - low;
    matrix[j * from + low] = 1 - weight;
    // At the last pixel the weight is 0 and there is no pixel after it.
    if (weight > 0) matrix[j * from + low + 1] = weight;
  }
  return matrix;
}
