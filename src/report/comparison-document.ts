import type { RunComparison } from './comparison.js';
import { type MadeDifference, madeDifferences } from './comparison-made.js';

export interface ComparisonDocument extends Omit<RunComparison, 'runs'> {
  readonly format: 'fidsweep-comparison';
  readonly version: 1;
  /** Names of the runs; the first is the one that the others are compared with. */
  readonly runs: readonly string[];
  /** What was different in how they were made, what matters most first. */
  readonly made: readonly MadeDifference[];
}

/** The comparison with full digits: every difference is a run's number less the first run's. */
export function comparisonDocument(comparison: RunComparison): ComparisonDocument {
  const { runs, rows, renamed, alone, least } = comparison;
  return {
    format: 'fidsweep-comparison',
    version: 1,
    runs: runs.map(({ name }) => name),
    made: madeDifferences(comparison),
    rows,
    renamed,
    alone,
    ...(least !== undefined && { least }),
  };
}
