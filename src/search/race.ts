import { studentQuantile } from '../core/quantile.js';
import type { Difference } from '../metrics/frechet-difference.js';
import { separation } from './ties.js';

/** One setting at a look. */
export interface Contender {
  readonly setting: string;
  readonly fid: number;
  /** F*; absent where its halves are too few to have one. */
  readonly unbiased?: number;
  /** Whether F* can be trusted: 2d images in each half. */
  readonly trusted: boolean;
  /** Differences to the leader, absent for the leader itself. */
  readonly difference?: Difference;
  /** The same of F*. */
  readonly unbiasedDifference?: Difference;
  /** How much of these may be bias, where images come without replacement. */
  readonly slack?: number;
}

export interface RaceRule {
  /** Probability that any setting is dropped wrongly, over all settings, looks and data sets. */
  readonly alpha: number;
  /** A race ends when all differences are surely below this share of the best's FID. */
  readonly tolerance: number;
  /** Tests that alpha is shared by: `testsOf`. */
  readonly tests: number;
}

/**
 * Tests of a race. The leader is itself chosen by the data, so any setting may be compared with any other: pairs in both
 * orders, not only those with one leader. Simulated for 17 equal settings and 8 looks at alpha 0.05, some setting is
 * dropped in 28% of the races when only 16 comparisons a look are counted, and in 3% with all 272.
 */
export const testsOf = (settings: number, looks: number, datasets = 1): number =>
  Math.max(1, settings * (settings - 1)) * looks * datasets;

export interface Decision {
  readonly leader: string;
  readonly dropped: readonly { readonly setting: string; readonly critical: number }[];
  readonly ended?: 'one is left' | 'all that are left are within the tolerance';
}

/**
 * The setting that the others are compared with: of the lowest F* when every one's can be trusted, else of the lowest
 * FIDₙ; of equals the first.
 */
export function leaderOf(contenders: readonly Contender[]): string {
  const [first] = contenders;
  if (!first) throw new Error('a race of no settings');
  const trusted = contenders.every((contender) => contender.trusted);
  const fidOf = (contender: Contender): number => {
    const value = trusted ? contender.unbiased : contender.fid;
    if (value === undefined || !Number.isFinite(value)) throw new Error(`the FID of ${contender.setting} is ${value}`);
    return value;
  };
  const values = contenders.map(fidOf);
  return contenders[values.indexOf(Math.min(...values))]!.setting;
}

/** Whether the F* of all is surely within the tolerance of the leader's: the upper ends of the 95% intervals are. */
function surelyWithin(left: readonly Contender[], leader: Contender, tolerance: number): boolean {
  if (!left.every(({ trusted }) => trusted)) return false;
  const most = tolerance * Math.max(0, leader.unbiased!);
  return left.every((contender) => {
    const { unbiasedDifference, slack = 0 } = contender;
    if (contender === leader) return true;
    if (!unbiasedDifference) return false;
    const { value, standardError, degrees } = unbiasedDifference;
    return value + slack + studentQuantile(0.975, degrees) * standardError <= most;
  });
}

/**
 * What a race does at a look: which settings it drops, and whether it is over. A setting is dropped when it is worse than
 * the leader beyond chance (`separation`), at alpha shared by all tests of the race (Bonferroni), so that the probability
 * of any wrong drop stays below alpha however the settings hang together. The leader is never dropped.
 *
 * @param contenders settings still in the race, with their differences to `leaderOf(contenders)`
 */
export function decide(contenders: readonly Contender[], { alpha, tolerance, tests }: RaceRule): Decision {
  const name = leaderOf(contenders);
  const leader = contenders.find(({ setting }) => setting === name)!;
  const judged = contenders.map((contender) => {
    if (contender === leader) return { contender, apart: false, critical: 0 };
    const trusted = contender.trusted && leader.trusted;
    const { difference, unbiasedDifference, slack } = contender;
    return { contender, ...separation(difference, unbiasedDifference, trusted, alpha / tests, slack) };
  });
  const left = judged.filter(({ apart }) => !apart).map(({ contender }) => contender);
  const dropped = judged
    .filter(({ apart }) => apart)
    .map(({ contender, critical }) => ({ setting: contender.setting, critical }));
  if (left.length === 1) return { leader: name, dropped, ended: 'one is left' };
  if (surelyWithin(left, leader, tolerance))
    return { leader: name, dropped, ended: 'all that are left are within the tolerance' };
  return { leader: name, dropped };
}
