import type { RunRecord } from '../store/record.js';
import type { RaceResult } from './results.js';
import type { TableCell } from './table.js';

/** What a dashboard knows of a run at a moment, from its folder alone: pure data. */
export interface LiveRun {
  /** Its folder, as it was named. */
  readonly folder: string;
  /** The last part of that, for headings. */
  readonly name: string;
  /** What the folder's files were when it was read: others now say that there is something new. Absent before. */
  readonly stamp?: string;
  /** Absent while there is no run in the folder, or none that can be read. */
  readonly record?: Omit<RunRecord, 'flags'>;
  /** Why it cannot be read. */
  readonly fault?: string;
  /** What was found damaged, and what could not be measured. */
  readonly notes: readonly string[];
  /** A data set each, in the record's order. */
  readonly columns: readonly LiveColumn[];
  readonly progress?: LiveProgress;
  /** Programs and images that were set aside. */
  readonly setAside: number;
  readonly strips: readonly LiveStrip[];
  /** Whether nothing is left to be made. */
  readonly complete: boolean;
  readonly report?: LiveReport;
}

export interface LiveColumn {
  readonly dataset: string;
  /** FIDₙ so far, without errors, those that were looked at. */
  readonly cells: readonly TableCell[];
  /** Settings that are left, where a race drops them. */
  readonly left: number;
  readonly ended?: NonNullable<RaceResult['ended']>;
  /** FID against images, as an SVG. */
  readonly plot?: string;
}

export interface LiveProgress {
  /** Images kept, over all settings and data sets, and those asked for: at most, where a race may end before. */
  readonly images: number;
  readonly asked: number;
  readonly atMost: boolean;
  /** Images a second: of the last minutes where blocks were seen to land, else `average`, over all of the run. */
  readonly rate?: number;
  readonly average?: true;
  /** Seconds of work that the run had taken when the last block landed, and when that was (epoch, milliseconds). */
  readonly seconds: number;
  readonly at: number;
}

/** Pictures of a cell that lie in the run folder. */
export interface LiveStrip {
  readonly dataset: string;
  readonly setting: string;
  /** A file of `pictures/`. */
  readonly file: string;
  /** Tiles, from the left, and the side of one in pixels. */
  readonly count: number;
  readonly tile: number;
}

/** The report that lies in a run folder, when it is that of what the folder holds. */
export interface LiveReport {
  /** Whether there is a `report.html`. */
  readonly html: boolean;
  readonly cells: readonly ReportedCell[];
  readonly columns: readonly { readonly dataset: string; readonly leader: string; readonly tied: readonly string[] }[];
  /** Its pictures of rankings, by data set. */
  readonly plots: readonly { readonly dataset: string; readonly file: string }[];
}

export type ReportedCell = TableCell & { readonly standardError?: number };

/**
 * `waiting`: no run is there yet; `running`, `paused` and `stopping`: a process works on it, which was asked for the last
 * two; `scoring`: all is made, and it is not done yet; `reading`: none does, and the folder has changed since it was read;
 * `finished` and `stopped`: none does, and nothing or something is left to be made.
 */
export type LiveState =
  | 'waiting'
  | 'running'
  | 'paused'
  | 'stopping'
  | 'scoring'
  | 'reading'
  | 'finished'
  | 'stopped'
  | 'unreadable';

export interface RunStanding {
  readonly state: LiveState;
  /** Who works on it. */
  readonly holder?: string;
  /** That it was asked to stop a while ago, and may be asked again. */
  readonly again?: true;
  /** When that began, or went on after a pause, as far as it was seen (epoch, milliseconds). */
  readonly since?: number;
}
