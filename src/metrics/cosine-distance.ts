import { invalid } from '../core/errors.js';
import type { Features } from '../extract/features.js';

/** Rows that are read at a time. */
const ROWS = 2048;

/**
 * Mean cosine distance, 1 − cos, of all pairs of different images: 0 when all point the same way, 1 when they are
 * orthogonal. The sum over all pairs is the length of the sum of unit vectors, so no pair is looked at.
 *
 * @param images how many, from the first; all by default; at least two
 * @throws UserError where an image has features of length zero, or not finite
 */
export function meanCosineDistance(features: Features, images = features.count): number {
  const { dims, count } = features;
  if (!(Number.isSafeInteger(images) && images >= 2 && images <= count))
    throw new Error(`the mean distance of ${images} out of ${count} images`);
  const sum = new Float64Array(dims);
  for (let from = 0; from < images; from += ROWS) {
    const rows = features.rows(from, Math.min(from + ROWS, images));
    for (let at = 0; at < rows.length; at += dims) {
      let squares = 0;
      for (let j = 0; j < dims; j++) squares += rows[at + j]! ** 2;
      const length = Math.sqrt(squares);
      if (!(length > 0 && length < Number.POSITIVE_INFINITY))
        throw invalid(`length of the features of image ${from + at / dims}`, length, 'a positive number');
      for (let j = 0; j < dims; j++) sum[j]! += rows[at + j]! / length;
    }
  }
  const all = sum.reduce((total, value) => total + value * value, 0);
  // Every image with itself is 1 of that; the rest is every pair twice.
  return 1 - (all - images) / (images * (images - 1));
}
