import type { RunRecord, SetAside } from '../store/record.js';
import type { Cell, Interval } from './results.js';

/** The same cells of several runs, each with its difference to the first run. */

/**
 * How the error of a difference comes about. `by image` and `by group`: from the paired outputs of two runs of one seed, which
 * have random draws in common. `independent`: √(se² + se²) of runs that have none in common. `none`: no error is known.
 */
export type ErrorBy = 'by image' | 'by group' | 'independent' | 'none';

/** This run less the first. */
export interface RunDifference {
  /** FIDₙ at the same n; FID∞ where the numbers of images differ. */
  readonly of: 'fid' | 'fid∞';
  readonly value: number;
  readonly standardError?: number;
  /** 95%, of this difference alone. */
  readonly interval?: Interval;
  readonly by: ErrorBy;
  /**
   * How far FID∞ of a folder's images may be too low, of the first run and of this one: the interval reaches as much further
   * down, and up. Absent where it is 0.
   */
  readonly bias?: readonly [first: number, own: number];
}

export type ComparedCell = Pick<Cell, 'fid' | 'images' | 'standardError' | 'interval' | 'unbiased' | 'status'> & {
  /** Absent for the first run. */
  readonly difference?: RunDifference;
  /** Why there is no difference. */
  readonly undecided?: string;
};

export interface ComparedRow {
  /** Its name in the first run. */
  readonly dataset: string;
  /** Setting key. */
  readonly setting: string;
  /** A place for every run; `null` where it has no such cell, which the first always has. */
  readonly cells: readonly (ComparedCell | null)[];
}

export interface ComparedRun {
  /** What the run is called here: the end of its folder's path. */
  readonly name: string;
  readonly record: RunRecord;
  /** The first run that has the same reference, to rounding: equal for those that do. */
  readonly reference: number;
  readonly setAside: readonly SetAside[];
}

/** A data set that is called otherwise in another run, and was found by its identity. */
export interface Renamed {
  readonly run: number;
  readonly dataset: string;
  /** Its name in the first run. */
  readonly as: string;
}

/** A cell that is not compared: another run has it and the first has not, or the first alone. */
export interface LoneCell {
  readonly run: number;
  readonly dataset: string;
  readonly setting: string;
}

export interface RunComparison {
  readonly runs: readonly ComparedRun[];
  readonly rows: readonly ComparedRow[];
  readonly renamed: readonly Renamed[];
  readonly alone: readonly LoneCell[];
  /** Images below which a difference says nothing, where it is known and some cell has fewer. */
  readonly least?: number;
}
