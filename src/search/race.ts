import type { Difference } from '../metrics/frechet-difference.js';

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
}

export interface RaceRule {
  /** Probability that any setting is dropped wrongly, over all settings, looks and data sets. */
  readonly alpha: number;
  /** A race ends when all differences are surely below this share of the best's FID. */
  readonly tolerance: number;
  /** Tests that alpha is shared by: (settings − 1) × looks × data sets. */
  readonly tests: number;
}

export interface Decision {
  readonly leader: string;
  readonly dropped: readonly { readonly setting: string; readonly critical: number }[];
  readonly ended?: 'one is left' | 'all that are left are within the tolerance';
}
