import type { RankCorrelation } from '../metrics/rank-correlation.js';
import type { Interval, UnbiasedResult } from './results.js';

/** How FID and accuracies from training put settings in order. */

/** A coefficient, and what it may become within the error of the FIDs. */
export interface Coefficient extends RankCorrelation {
  /** What the middle 95% of draws lie within; absent where the FIDs have no errors. */
  readonly within?: Interval;
}

export interface CorrelatedPair {
  /** As it is printed: `MixUp 6`. */
  readonly setting: string;
  /** Method and options, without N. */
  readonly method: string;
  readonly fid: number;
  /** Of `fid`. */
  readonly standardError?: number;
  /** 95% about `fid`. */
  readonly interval?: Interval;
  readonly accuracy: number;
  /** Line of the CSV file that the accuracy stands in. */
  readonly line: number;
}

/** FID against one column of accuracies, within one data set. */
export interface DatasetCorrelation {
  readonly dataset: string;
  readonly column: string;
  /** FID∞ where the numbers of images differ and it can be trusted of all. */
  readonly of: 'fid' | 'fid∞';
  /** Images of each FID, where that is one number. */
  readonly images?: number;
  readonly pairs: readonly CorrelatedPair[];
  readonly spearman: Coefficient;
  readonly kendall: Coefficient;
  /** What the FIDs were moved by: the errors of their paired differences to the leader, or their own. */
  readonly errors?: 'of differences' | 'of each';
}

/** Over data sets: the plain mean of what holds within each, as many settings as it may have. */
export interface MeanCorrelation {
  readonly column: string;
  readonly datasets: number;
  readonly spearman: number;
  readonly kendall: number;
}

/** What took no part, and why. */
export interface LeftOut {
  readonly what: 'row' | 'cell' | 'column' | 'correlation';
  /** `line 7: MixUp 12`, `MixUp 6 of fractals`: unsafe text from files. */
  readonly name: string;
  readonly why: string;
}

export interface CorrelationStudy {
  /** What the FIDs are from, and the accuracies. */
  readonly fids: string;
  readonly downstream: string;
  readonly correlations: readonly DatasetCorrelation[];
  readonly means: readonly MeanCorrelation[];
  readonly leftOut: readonly LeftOut[];
}

/** FID of a setting on a data set as it is correlated. */
export interface FidCell {
  readonly dataset: string;
  /** As it is printed. */
  readonly setting: string;
  readonly method: string;
  readonly fid: number;
  readonly images?: number;
  readonly standardError?: number;
  readonly interval?: Interval;
  readonly unbiased?: UnbiasedResult;
  /** Of its difference to the leader of its data set: 0 for the leader itself. */
  readonly differenceError?: number;
}
