import { invalid, oneOf, UserError } from './core/errors.js';
import { type CsvTable, folded, holdsNumbers, numberAt, placeOf } from './correlate-csv.js';
import { DATASET, type FidTable, type NamedCell, settingColumns, settingOf } from './correlate-fids.js';
import type { SettingNames } from './correlate-settings.js';
import type { LeftOut } from './report/correlation.js';

/** Which accuracy of a table belongs to which FID. */

/** A column of accuracies: of every data set, or of the one that it is named after. */
export interface AccuracyColumn {
  readonly at: number;
  /** What the correlation is called by. */
  readonly name: string;
  readonly dataset?: string;
}

/** What columns of data sets' names hold. */
const ACCURACY = 'accuracy';

/** Finds a data set by its name, in any case where that is unambiguous. */
function datasetFinder(datasets: readonly string[]): (name: string) => string | undefined {
  const own = new Set(datasets);
  const alike = new Map<string, string | undefined>();
  for (const name of datasets) alike.set(folded(name), alike.has(folded(name)) ? undefined : name);
  return (name) => (own.has(name) ? name : alike.get(folded(name)));
}

/** The columns to correlate with; what else holds numbers is left out by name. */
export function accuracyColumns(
  table: CsvTable,
  { datasets, name: source }: FidTable,
  asked: readonly string[] | undefined,
  leftOut: LeftOut[],
): AccuracyColumn[] {
  const reserved = [...Object.values(settingColumns(table)), placeOf(table, ...DATASET)];
  const free = [...table.header.keys()].filter((at) => !reserved.includes(at));
  const chosen = asked?.map((name) => {
    const at = free.find((place) => folded(table.header[place]!) === folded(name));
    if (at === undefined)
      throw invalid('--column', name, `columns among ${oneOf(free.map((place) => `"${table.header[place]}"`))}`);
    if (!holdsNumbers(table, at))
      throw new UserError(`${table.name}: the column "${table.header[at]}" holds no numbers.`);
    return at;
  });
  const places = chosen ?? free.filter((at) => holdsNumbers(table, at));
  if (!places.length)
    throw invalid(
      `columns of ${table.name}`,
      table.header.join(','),
      'a column of accuracies beside those of settings',
    );
  if (!chosen)
    for (const at of free)
      if (!places.includes(at)) leftOut.push({ what: 'column', name: table.header[at]!, why: 'it holds no numbers' });
  const datasetNamed = datasetFinder(datasets);
  const all = places.map((at) => ({ at, name: table.header[at]!, dataset: datasetNamed(table.header[at]!) }));
  const own = all.flatMap(({ at, dataset }) => (dataset === undefined ? [] : [{ at, name: ACCURACY, dataset }]));
  if (placeOf(table, ...DATASET) !== undefined || (!own.length && datasets.length === 1))
    return all.map(({ at, name }) => ({ at, name }));
  if (!own.length)
    throw new UserError(
      `${table.name} does not say of which data set its rows are; ${source} has ${datasets.length}: ${oneOf(datasets)}. Add a column "dataset", or give each data set a column of accuracies with its name.`,
    );
  for (const { name, dataset } of all)
    if (dataset === undefined)
      leftOut.push({ what: 'column', name, why: 'others are named after data sets, and it is the name of none' });
  return own;
}

export interface Match {
  readonly cell: NamedCell;
  readonly column: string;
  readonly accuracy: number;
  readonly line: number;
}

/** Accuracies by the cells that they belong to. */
export function matchRows(
  fids: FidTable,
  table: CsvTable,
  columns: readonly AccuracyColumn[],
  leftOut: LeftOut[],
): Match[] {
  const naming = settingColumns(table);
  const datasetNamed = datasetFinder(fids.datasets);
  const datasetAt = placeOf(table, ...DATASET);
  const place = (dataset: string, name: string) => JSON.stringify([dataset, name]);
  const index = new Map(
    fids.cells.flatMap((cell) => cell.names.map((name) => [place(cell.dataset, name), cell] as const)),
  );
  const find = (dataset: string, { names }: SettingNames) =>
    names.flatMap((name) => index.get(place(dataset, name)) ?? [])[0];
  const lines = new Map<string, number>();
  const matches: Match[] = [];
  for (const row of table.rows) {
    const setting = settingOf(table, row, naming);
    const given = datasetAt === undefined ? undefined : row.fields[datasetAt]!;
    const name = `line ${row.line}: ${setting.setting}${given === undefined ? '' : ` of ${given}`}`;
    const dataset = given === undefined ? undefined : datasetNamed(given);
    if (given !== undefined && dataset === undefined) {
      leftOut.push({ what: 'row', name, why: `${fids.name} has no such data set` });
      continue;
    }
    const found = columns.map((column) => {
      const own = column.dataset ?? dataset ?? fids.datasets[0]!;
      return { column, own, cell: find(own, setting), accuracy: numberAt(table, row, column.at) };
    });
    if (found.every(({ cell }) => !cell)) {
      leftOut.push({ what: 'row', name, why: `${fids.name} has no such setting` });
      continue;
    }
    for (const { column, own, cell, accuracy } of found) {
      const which = `${name}${column.dataset === undefined ? '' : ` of ${own}`}`;
      if (accuracy === undefined)
        leftOut.push({
          what: 'row',
          name: which,
          why: `it has no ${column.name === ACCURACY ? ACCURACY : `number in "${column.name}"`}`,
        });
      else if (!cell) leftOut.push({ what: 'row', name: which, why: `${fids.name} has no such cell` });
      else {
        const key = JSON.stringify([own, column.at, cell.names[0]]);
        const before = lines.get(key);
        if (before !== undefined)
          throw new UserError(
            `${table.name}, line ${row.line}: ${cell.setting}${fids.datasets.length > 1 ? ` of ${own}` : ''} is there twice, in line ${before} too. Give each setting one row.`,
          );
        lines.set(key, row.line);
        matches.push({ cell, column: column.name, accuracy, line: row.line });
      }
    }
  }
  return matches;
}
