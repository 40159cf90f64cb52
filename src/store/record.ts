import type { ExtractorIdentity } from '../extract/session.js';

/** Of run folders as this fidsweep writes them; 1 was that of 0.1 and 0.2, which is read still. */
export const SCHEMA = 2;

export interface DatasetRecord {
  readonly name: string;
  readonly spec: string;
  readonly identity: Readonly<Record<string, string | number | boolean>>;
  readonly fit: string;
}

/** A program or file that was left out, and why. */
export interface SetAside {
  readonly dataset: string;
  readonly id: string;
  readonly why: string;
}

export interface ReferenceRecord {
  readonly source: string;
  /** Images it was made of; absent when its file does not say. */
  readonly count?: number;
  readonly fit?: string;
  /** SHA-256 of its `.npz` bytes. */
  readonly sha256: string;
  /** What could not be checked, or differs without forbidding the comparison. */
  readonly warnings: readonly string[];
  /** What its maker wants said wherever it is used. */
  readonly note?: string;
}

/** How settings are chosen and how far each is measured. */
export interface StrategyRecord {
  /** `grid` and `random` measure every setting on all images; `race` drops the losers on the way. */
  readonly kind: 'grid' | 'random' | 'race';
  /** Settings drawn from the space, where it was sampled. */
  readonly trials?: number;
  /** Probability that settings are called apart, or one is dropped, wrongly: over all of a run. */
  readonly alpha: number;
  /** A race ends when all that are left are this near to the best, as a share of its FID. */
  readonly tolerance: number;
  /** Whether settings that a race dropped are measured to the end, after it. */
  readonly complete: boolean;
  /** Images over all settings and data sets that may be made; what `--budget` came to. */
  readonly budget?: number;
  /** Seconds that may be spent, where the budget is a time. */
  readonly seconds?: number;
}

/** Everything that decides the numbers of a run, and what made them: `run.json`. */
export interface RunRecord {
  readonly schema: typeof SCHEMA;
  readonly tool: string;
  readonly datasets: readonly DatasetRecord[];
  /** Setting keys, in the table's order. */
  readonly settings: readonly string[];
  /** Images a setting, asked for. */
  readonly images: number;
  readonly resolution: number;
  readonly seed: number;
  readonly recipeVersion: number;
  readonly extractor: ExtractorIdentity;
  /** What the extractor's numbers may be compared with. */
  readonly comparable: string;
  readonly reference: ReferenceRecord;
  /** The half of the reference that settings are chosen on, where `reference` is the other, reported on. */
  readonly selection?: ReferenceRecord;
  /** Outputs a block; it changes no recipe and no pixel. */
  readonly block: number;
  readonly strategy: StrategyRecord;
  /** What is kept of the images: their features, or only the moments of these. */
  readonly keep: 'features' | 'moments';
  /** Of what makes the numbers: the packages that render, decode and infer. */
  readonly versions: Readonly<Record<string, string>>;
  readonly device: { readonly backend: string; readonly renderer: string; readonly version: string };
  /** The flags of the command, so that it can be run again; not part of what decides the numbers. */
  readonly flags: Readonly<Record<string, unknown>>;
}

/** What was measured of time; never part of `report.json`. */
export interface Timing {
  /** When the run's folder was made, as ISO text; absent when its database was lost. */
  readonly started?: string;
  /** Over all the processes that worked on it. */
  readonly seconds: number;
  readonly baseRenders: number;
  /** Images inferred by these processes (not those from a cache), and what they took. */
  readonly images: number;
  readonly inferenceMs: number;
  /** By data set and setting. Device time as the render process measures it. */
  readonly cells: readonly CellTiming[];
}

export interface CellTiming {
  /** Place in the record's data sets. */
  readonly dataset: number;
  /** Setting key. */
  readonly setting: string;
  /** Milliseconds that making base images took, and of how many; shared by the settings that use the same. */
  readonly baseMs: number;
  readonly bases: number;
  /** Milliseconds that mixing outputs took, reading them back included, and of how many. */
  readonly mixMs: number;
  readonly outputs: number;
}
