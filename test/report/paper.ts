import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseMethod, setting, settingKey } from '../../src/mix/setting.js';
import type { Cell, Results } from '../../src/report/results.js';

const [head, ...lines] = readFileSync(join(import.meta.dirname, '..', 'fixtures', 'table1.csv'), 'utf8')
  .trim()
  .split(/\r?\n/);

/** The data sets of the paper's Table 1, in its order. */
export const COLUMNS = head!.split(',').slice(2);

/** The printed rows of the paper's Table 1: method, N and the six FIDs as text. */
export const ROWS = lines.map((line) => line.split(','));

/** Its values as cells of a sweep, data set by data set; the paper has no errors, so its ranks are by FID alone. */
export const CELLS: readonly Cell[] = COLUMNS.flatMap((dataset, column) =>
  ROWS.map(([method, n, ...fid]): Cell => {
    const value = Number(fid[column]);
    const key = settingKey(setting(parseMethod(method!), Number(n)));
    return {
      dataset,
      setting: key,
      images: 50_000,
      fid: value,
      meanTerm: value / 4,
      covarianceTerm: (3 * value) / 4,
      rank: 1 + ROWS.filter((row) => Number(row[2 + column]) < value).length,
      status: 'measured',
      bases: Number(n),
    };
  }),
);

export const PAPER: Results = { cells: CELLS, columns: [] };

export const cellsOfPaper = (dataset: string): Cell[] => CELLS.filter((cell) => cell.dataset === dataset);

/**
 * Its last row, "Maximum gain", FID(None) − the lowest FID of all mixed rows. The paper prints 1.94 for
 * dead_leaves_mixed, which disagrees with its own column: 46.09 − 44.08 (CutMix, N = 4) is 2.01.
 */
export const GAIN = ['1.22', '-5.44', '0.77', '8.08', '2.01', '5.97'];

/** The lowest FID of each column, as the csv prints it. */
export const BEST = ['32.70', '0.00', '36.97', '44.77', '44.08', '35.03'];
