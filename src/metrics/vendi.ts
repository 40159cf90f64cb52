import { symmetricEigenvalues } from '../core/eigenvalues.js';
import { invalid } from '../core/errors.js';
import { type Dense, dense } from '../core/linear.js';
import { product } from '../core/products.js';
import type { Features } from '../extract/features.js';

/** Rows that are worked on at a time. */
const ROWS = 2048;

/** Rows of length 1, as float64. */
function directions(features: Features, from: number, to: number): Dense {
  const { dims } = features;
  const out = dense(to - from, dims, Float64Array.from(features.rows(from, to)));
  for (let i = 0; i < out.rows; i++) {
    const row = out.data.subarray(i * dims, (i + 1) * dims);
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (!(length > 0 && length < Number.POSITIVE_INFINITY))
      throw invalid(
        `length of the features of image ${from + i}`,
        length,
        'a positive number',
        'The cosine of an image without features is not defined, so neither is the Vendi score; leave the image out.',
      );
    for (let j = 0; j < dims; j++) row[j]! /= length;
  }
  return out;
}

/** XXᵀ or XᵀX of the rows of length 1, the smaller: both have the eigenvalues of the kernel that are not zero. */
async function kernel(features: Features, images: number): Promise<Dense> {
  const { dims } = features;
  if (images <= dims) {
    const x = directions(features, 0, images);
    return product(x, x, { transposeB: true });
  }
  const sum = dense(dims, dims);
  for (let from = 0; from < images; from += ROWS) {
    const x = directions(features, from, Math.min(from + ROWS, images));
    const { data } = await product(x, x, { transposeA: true });
    for (let i = 0; i < data.length; i++) sum.data[i]! += data[i]!;
  }
  return sum;
}

/**
 * Vendi score, the effective number of different images (Friedman and Dieng, arXiv 2210.02410, eq. 2): exp of the Shannon
 * entropy of the eigenvalues of K/n, K the n×n matrix of the features' cosines. From 1, all images alike, to min(n, d). It
 * grows with n: sets are compared at the same n.
 *
 * @param images how many, from the first; all by default
 * @throws UserError where an image has features of length zero, or not finite, which have no cosine
 */
export async function vendiScore(features: Features, images = features.count): Promise<number> {
  if (!(Number.isSafeInteger(images) && images >= 1 && images <= features.count))
    throw new Error(`the Vendi score of ${images} out of ${features.count} images`);
  const values = await symmetricEigenvalues(await kernel(features, images));
  let entropy = 0;
  for (const value of values) {
    const share = value / images;
    if (share > 0) entropy -= share * Math.log(share);
  }
  return Math.exp(entropy);
}
