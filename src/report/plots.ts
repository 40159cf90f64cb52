import type { RunRecord } from '../store/record.js';
import { pictureName } from './picture.js';
import type { ReportPlot } from './plot.js';
import { nPlot, nPlots } from './plot-n.js';
import { paretoPlot } from './plot-pareto.js';
import { racePlot } from './plot-race.js';
import { rankingPlot } from './plot-ranking.js';
import type { Results } from './results.js';

/**
 * All plots of a report: of each data set that has cells its ranking, FID against N, its race and its Pareto front, as far as there is
 * something to draw; FID against N of all data sets first. Files are numbered by the data set's place in the record, from 1. The same
 * bytes for the same results.
 */
export function plotsOf({ datasets, settings }: RunRecord, results: Results): readonly ReportPlot[] {
  const measured = datasets
    .map(({ name }, i) => ({ name, i }))
    .filter(({ name }) => results.cells.some(({ dataset }) => dataset === name));
  const names = measured.map(({ name }) => name);
  return [
    ...nPlots(settings, results, names, 'n-0.svg'),
    ...measured.flatMap(({ name, i }) => {
      const column = results.columns.find(({ dataset }) => dataset === name);
      return [
        rankingPlot(results, name, pictureName(i)),
        ...nPlot(settings, results, name, `n-${i + 1}.svg`),
        ...(column ? racePlot(column, `race-${i + 1}.svg`) : []),
        ...paretoPlot(results, name, `pareto-${i + 1}.svg`),
      ];
    }),
  ];
}
