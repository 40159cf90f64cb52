/** What a run came to: pure data, the same bytes for the same features. */

export type Interval = readonly [number, number];

/** A difference FID − FID of the leader, paired under the common random numbers. */
export interface DifferenceResult {
  /** Key of the leader it is a difference to. */
  readonly to: string;
  /** Of what: FID∞ where both can be trusted, else FIDₙ. */
  readonly of: 'fid' | 'fid∞';
  readonly value: number;
  readonly standardError: number;
  /**
   * Of settings that are compared at the end: with 95% all of a data set's hold at once, whichever setting leads
   * (`simultaneousCritical`). Of a dropped one: as many standard errors as it was dropped by.
   */
  readonly interval: Interval;
  /** Images of each of both that it is made of. */
  readonly images: number;
}

export interface UnbiasedResult {
  readonly value: number;
  /** Only where it can be trusted: with at least 2d images in each half. */
  readonly standardError?: number;
  readonly interval?: Interval;
  readonly trusted: boolean;
}

export interface Diversity {
  /** Images of the setting that it was measured on, the first ones. */
  readonly images: number;
  /** Vendi score: the effective number of distinct images, 1 … images. */
  readonly vendi: number;
  /** Share of the reference's images that have one of the setting's in their ball; absent without their features. */
  readonly coverage?: number;
}

/** One setting on one data set. */
export interface Cell {
  readonly dataset: string;
  /** Setting key. */
  readonly setting: string;
  readonly images: number;
  readonly fid: number;
  readonly meanTerm: number;
  readonly covarianceTerm: number;
  /** Of FIDₙ, by the jackknife; absent where only moments are kept. */
  readonly standardError?: number;
  /** 95% about FIDₙ. */
  readonly interval?: Interval;
  readonly unbiased?: UnbiasedResult;
  /** To the leader of its data set; absent for the leader itself. */
  readonly difference?: DifferenceResult;
  /** Shared by settings that are not separated: 1, 1, 3, … within the data set. */
  readonly rank: number;
  /** `dropped`: a race ended it before its last image. */
  readonly status: 'measured' | 'dropped';
  readonly diversity?: Diversity;
  /** Base images an output is made of. */
  readonly bases: number;
}

/** A setting that a race dropped, and on what evidence. */
export interface Drop {
  readonly setting: string;
  readonly difference: DifferenceResult;
  /** The difference had to be above this many standard errors. */
  readonly critical: number;
  /** 1 for the best of those dropped at this look, shared by those that are not separated from each other. */
  readonly group: number;
}

/** How a setting stood at a look, by the reference that chooses. */
export interface Standing {
  readonly setting: string;
  readonly fid: number;
  /** Of FIDₙ. */
  readonly standardError?: number;
  /** 95% about FIDₙ. */
  readonly interval?: Interval;
  readonly unbiased?: UnbiasedResult;
}

export interface Look {
  /** Images of every setting in it. */
  readonly images: number;
  readonly leader: string;
  /** Settings that took part. */
  readonly alive: readonly string[];
  /** Of those, in their order; absent in a run of before 0.5. */
  readonly standings?: readonly Standing[];
  readonly dropped: readonly Drop[];
}

export interface RaceResult {
  readonly looks: readonly Look[];
  /** Why it ended; absent while it has not. */
  readonly ended?:
    | 'one is left'
    | 'all that are left are within the tolerance'
    | 'all images are made'
    | 'the budget is spent';
  /** Images made for it by then, and what measuring every setting to the end takes. */
  readonly spent: number;
  readonly grid: number;
}

/** One setting to use, and the sentence that says why. */
export interface Recommendation {
  readonly setting: string;
  readonly reason: string;
}

/** The finalists again in another feature space. */
export interface Confirmation {
  readonly extractor: string;
  readonly comparable: string;
  readonly reference: string;
  readonly images: number;
  readonly cells: readonly {
    readonly setting: string;
    readonly fid: number;
    readonly standardError?: number;
    readonly rank: number;
  }[];
}

/** What is to be said of a data set as a whole. */
export interface Column {
  readonly dataset: string;
  /** The setting of the lowest FID∞ (FIDₙ where that cannot be trusted), by the half of the reference that chooses. */
  readonly leader: string;
  /** It and all that are not separated from it. */
  readonly tied: readonly string[];
  /** What ties were judged by. */
  readonly by: 'fid' | 'fid∞';
  /** Images below which no two settings are told apart; absent where nothing is compared. */
  readonly least?: number;
  readonly race?: RaceResult;
  /** Not dominated in FID, diversity and base images an output at once. */
  readonly pareto: readonly string[];
  readonly recommended?: Recommendation;
  readonly confirmation?: Confirmation;
}

export interface Results {
  readonly cells: readonly Cell[];
  readonly columns: readonly Column[];
}
