import { rankingPlot } from './plot-ranking.js';
import type { Results } from './results.js';

/** The file of a data set's picture beside `report.md`; `index` is the data set's place, from 0. */
export const pictureName = (index: number): string => `fid-${index + 1}.svg`;

/** The ranking of a data set alone, as `plotsOf` has it where the columns are in the record's order. */
export const renderRaceSvg = (results: Results, dataset: string): string =>
  rankingPlot(
    results,
    dataset,
    pictureName(
      Math.max(
        0,
        results.columns.findIndex((one) => one.dataset === dataset),
      ),
    ),
  ).svg;
