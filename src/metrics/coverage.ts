import { invalid } from '../core/errors.js';
import type { Features } from '../extract/features.js';
import { chosenRows } from './chosen-rows.js';
import { distances, isNear, type Neighbours, neighbours } from './neighbours.js';
import { BLOCK_ROWS, meanOf, type PairwiseOptions, tileCount } from './tiles.js';

/** A ball about every image of a reference, out to its k-th nearest neighbour in it. */
export interface Balls {
  readonly reference: Features;
  readonly neighbours: Neighbours;
}

/**
 * The balls that the coverage of any number of sets is counted in.
 *
 * @param k 5 as in Naeem et al.
 * @throws UserError when k is not below the images of the reference, or features are not finite
 */
export async function coverageBalls(reference: Features, k = 5, options: PairwiseOptions = {}): Promise<Balls> {
  const most = reference.count - 1;
  if (!(Number.isSafeInteger(k) && k >= 1 && k <= most))
    throw invalid(
      `k of the coverage of ${reference.count} images`,
      k,
      most < 1 ? 'two images at least' : `a whole number from 1 to ${most}`,
    );
  const total = tileCount(reference, reference, options.blockRows);
  let done = 0;
  return {
    reference,
    neighbours: await neighbours(reference, k, options, () => options.onProgress?.(++done, total)),
  };
}

/**
 * Coverage: the share of reference images with a generated one inside their ball (Naeem et al., arXiv 2002.09797, eq. 4),
 * the same number as that of `precisionRecall`, without its error. A ball that holds one is not looked at again, so the
 * more a set covers the less it costs.
 *
 * @throws UserError for features that are not finite
 */
export async function coverage(
  { reference, neighbours: balls }: Balls,
  features: Features,
  { blockRows = BLOCK_ROWS, onProgress, signal }: PairwiseOptions = {},
): Promise<number> {
  const options = { blockRows, ...(signal && { signal }) };
  // NaN is not below a radius, so it would pass for far away.
  meanOf(features, blockRows);
  let empty = Array.from({ length: reference.count }, (_, i) => i);
  for (let from = 0; from < features.count && empty.length; from += blockRows) {
    const to = Math.min(from + blockRows, features.count);
    const block: Features = {
      dims: features.dims,
      count: to - from,
      rows: (i, j) => features.rows(from + i, from + j),
    };
    const holds = new Uint8Array(empty.length);
    for await (const tile of distances(chosenRows(reference, empty), block, options)) {
      const { left, right, squared, slack, exact } = tile;
      const width = right.rows.rows;
      for (let x = 0; x < left.rows.rows; x++) {
        const ball = empty[left.from + x]!;
        const radius = balls.squared[(ball + 1) * balls.depth - 1]!;
        for (let y = 0; y < width && radius > 0; y++) {
          const error = slack(x, y);
          let value = squared[x * width + y]!;
          if (value - error >= radius) continue;
          if (isNear(balls, ball, value, error)) value = exact(x, y);
          if (value >= radius) continue;
          holds[left.from + x] = 1;
          break;
        }
      }
    }
    empty = empty.filter((_, i) => !holds[i]);
    onProgress?.(to, features.count);
  }
  return 1 - empty.length / reference.count;
}
