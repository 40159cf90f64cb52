import { intervalOf } from './metrics/frechet-difference.js';
import type { DifferenceResult } from './report/results.js';
import type { Contender } from './search/race.js';

/** A contender's difference to the leader as it is reported: of FID∞ where it can be trusted. */
export function differenceResult(leader: string, contender: Contender, images: number): DifferenceResult | undefined {
  const { difference, unbiasedDifference, trusted } = contender;
  const shown = trusted ? unbiasedDifference : difference;
  if (!shown) return undefined;
  const { value, standardError } = shown;
  return { to: leader, of: trusted ? 'fid∞' : 'fid', value, standardError, interval: intervalOf(shown), images };
}
