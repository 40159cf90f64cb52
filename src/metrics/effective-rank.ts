import { symmetricEigenvalues } from '../core/eigenvalues.js';
import { dense } from '../core/linear.js';
import { product } from '../core/products.js';
import type { Gaussian } from '../statistics/gaussian.js';

/**
 * In how many dimensions a Gaussian lies in effect: exp of the Shannon entropy of its covariance's eigenvalues as shares of
 * their sum (Roy and Vetterli, "The Effective Rank", 2007). Between 1 and d; 1 of a covariance of zeros.
 */
export async function effectiveRank({ covariance, factor }: Gaussian): Promise<number> {
  // The factor's own Gram matrix has the same eigenvalues, and is smaller.
  const matrix = covariance ?? (await product(factor!, factor!, { transposeB: true }));
  const values = await symmetricEigenvalues(dense(matrix.rows, matrix.columns, matrix.data.slice()));
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  if (!(total > 0)) return 1;
  const entropy = values.reduce((sum, value) => (value > 0 ? sum - (value / total) * Math.log(value / total) : sum), 0);
  return Math.exp(entropy);
}
