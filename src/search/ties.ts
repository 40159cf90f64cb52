import { studentQuantile } from '../core/quantile.js';
import type { Difference } from '../metrics/frechet-difference.js';

/**
 * How many times wider a difference has to be where F* cannot be trusted. In simulation the paired infinitesimal jackknife
 * gives down to 0.78 of the true standard error just above d images, and its tails are not quite normal below 4d; the
 * jackknife by groups gives 1.2 to 1.9 times the true error.
 */
const wideness = ({ degrees }: Difference): number => (degrees === Number.POSITIVE_INFINITY ? 1.5 : 1);

/**
 * Share of the smaller of both differences, FIDₙ's and F*'s, that may lie between them where F* cannot be trusted: what
 * the halves take out as bias says how much of it may be left.
 */
const MOST_CORRECTED = 0.5;

/** Standard errors that a difference has to be above at a level, of its degrees of freedom. */
const quantile = (level: number, { degrees }: Difference): number => -studentQuantile(level, degrees);

function checked(difference: Difference): Difference {
  const { value, standardError, degrees } = difference;
  if (!Number.isFinite(value) || !(standardError >= 0) || !(degrees > 0))
    throw new Error(`not a difference: ${value} ± ${standardError} of ${degrees} degrees`);
  return difference;
}

/**
 * Without scatter nothing is known: the same pictures twice, or pictures that do not vary, where a difference of rounding
 * would otherwise count.
 */
const above = (difference: Difference, critical: number, slack: number): boolean =>
  difference.standardError > 0 && difference.value - slack > critical * difference.standardError;

export interface Separation {
  readonly apart: boolean;
  /** Standard errors that the difference had to be above. */
  readonly critical: number;
}

/**
 * Whether a setting is worse than another beyond chance. Where F* can be trusted, by the difference of F*; else only where
 * FIDₙ, whose bias differs between settings, and F* both say so by a wide margin and nearly agree. A difference that is
 * needed and absent tells nothing apart.
 *
 * @param difference FIDₙ of the worse − that of the better, paired
 * @param unbiasedDifference the same of F*
 * @param level one-sided probability of a wrong answer
 * @param slack how much of both differences may be bias that is known to be of this size and not of which sign
 */
export function separation(
  difference: Difference | undefined,
  unbiasedDifference: Difference | undefined,
  trusted: boolean,
  level: number,
  slack = 0,
): Separation {
  if (!unbiasedDifference) return { apart: false, critical: Number.POSITIVE_INFINITY };
  const unbiased = checked(unbiasedDifference);
  if (trusted) {
    const critical = quantile(level, unbiased);
    return { apart: above(unbiased, critical, slack), critical };
  }
  if (!difference) return { apart: false, critical: Number.POSITIVE_INFINITY };
  const both = [checked(difference), unbiased];
  const critical = Math.max(...both.map((one) => wideness(one) * quantile(level, one)));
  const [one, other] = both.map(({ value }) => value) as [number, number];
  const agree = Math.abs(one - other) <= MOST_CORRECTED * Math.min(one, other);
  return { apart: agree && both.every((value) => above(value, critical, slack)), critical };
}

/**
 * Whether a difference is beyond chance, by the rule that a race drops by.
 *
 * @param alpha probability that any of `tests` answers is wrong
 */
export const apart = (
  difference: Difference | undefined,
  unbiasedDifference: Difference | undefined,
  trusted: boolean,
  alpha: number,
  tests: number,
  slack = 0,
): boolean => separation(difference, unbiasedDifference, trusted, alpha / tests, slack).apart;

export interface Ranked {
  readonly setting: string;
  readonly value: number;
}

/**
 * Ranks that settings which are not separated share: 1, 1, 1, 4, …. The best leads a group, and all that are not separated
 * from it are in it; the best of the rest leads the next. Being not separated is not transitive, so a group may hold a
 * value above one of the next group's.
 *
 * @param separated whether the second is worse than the first beyond chance
 * @returns by setting, rank by rank, in a group by value
 */
export function tieRanks(
  items: readonly Ranked[],
  separated: (better: string, worse: string) => boolean,
): Map<string, number> {
  const strange = items.find(({ value }) => Number.isNaN(value));
  if (strange) throw new Error(`the value of ${strange.setting} is no number`);
  const ranks = new Map<string, number>();
  let open = [...items].sort((a, b) => a.value - b.value);
  while (open.length) {
    const [{ setting: leader }] = open as [Ranked];
    const rank = ranks.size + 1;
    const rest: Ranked[] = [];
    for (const item of open) {
      if (item.setting !== leader && separated(leader, item.setting)) rest.push(item);
      else ranks.set(item.setting, rank);
    }
    open = rest;
  }
  return ranks;
}
