import type { RunRecord, SetAside, Timing } from '../store/record.js';
import type { ReportPlot } from './plot.js';
import type { Results } from './results.js';
import type { Strip } from './strip.js';

/** All that a report is made of, whatever its format. */
export interface Report {
  readonly record: RunRecord;
  readonly results: Results;
  readonly timing?: Timing | undefined;
  readonly setAside: readonly SetAside[];
  readonly plots: readonly ReportPlot[];
  readonly strips: readonly Strip[];
}
