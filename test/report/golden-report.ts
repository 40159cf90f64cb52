import type { ReportPlot } from '../../src/report/plot.js';
import type { Report } from '../../src/report/report.js';
import type { Strip } from '../../src/report/strip.js';
import { RECORD, RESULTS, SET_ASIDE, TIMING } from './made-up.js';

/** The made-up run as a report: plots of every kind, and strips of two settings. */

const plot = (file: string, kind: ReportPlot['kind'], dataset?: string): ReportPlot => ({
  file,
  kind,
  ...(dataset !== undefined && { dataset }),
  title: `The ${kind} plot${dataset === undefined ? '' : ` of ${dataset}`}`,
  description: 'Dots, and bars over [95%] intervals.',
  svg: '<svg xmlns="http://www.w3.org/2000/svg"/>\n',
});

export const PLOTS: readonly ReportPlot[] = [
  plot('fid-1.svg', 'ranking', 'Programs'),
  plot('fid-2.svg', 'ranking', 'Photos'),
  plot('n.svg', 'n'),
  plot('n-1.svg', 'n', 'Programs'),
  plot('race-1.svg', 'race', 'Programs'),
  plot('pareto-1.svg', 'pareto', 'Programs'),
  plot('pareto-2.svg', 'pareto', 'Photos'),
];

const strip = (setting: string, kind: Strip['kind'], psi?: readonly number[]): Strip => ({
  dataset: 'Programs',
  setting,
  kind,
  source: `pictures/1-0123456789abcdef-${kind}.webp`,
  tile: 96,
  outputs: [0, 7, 1023],
  ...(psi && { psi, images: 1024 }),
});

export const STRIPS: readonly Strip[] = [
  strip('mixup:3', 'raising', [12.345, 6, 0.5]),
  strip('mixup:3', 'lowering', [-3.21, -2, -1.5]),
  strip('mixup:3', 'first'),
  strip('none', 'first'),
];

export const REPORT: Report = {
  record: RECORD,
  results: RESULTS,
  timing: TIMING,
  setAside: SET_ASIDE,
  plots: PLOTS,
  strips: STRIPS,
};
