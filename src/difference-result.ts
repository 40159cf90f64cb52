import type { DifferenceResult } from './report/results.js';
import type { Contender } from './search/race.js';

/**
 * A contender's difference to the leader as it is reported: of FID∞ where it can be trusted.
 *
 * @param critical standard errors that its interval reaches
 */
export function differenceResult(
  leader: string,
  contender: Contender,
  images: number,
  critical: number,
): DifferenceResult | undefined {
  const { difference, unbiasedDifference, trusted } = contender;
  const shown = trusted ? unbiasedDifference : difference;
  if (!shown) return undefined;
  const { value, standardError } = shown;
  const reach = critical * standardError;
  const of = trusted ? 'fid∞' : 'fid';
  return { to: leader, of, value, standardError, interval: [value - reach, value + reach], images };
}
