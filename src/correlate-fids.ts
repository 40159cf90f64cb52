import { invalid, UserError } from './core/errors.js';
import {
  type CsvRow,
  type CsvTable,
  folded,
  holdsNumbers,
  isMissing,
  numberAt,
  placeOf,
  truthAt,
} from './correlate-csv.js';
import { namesOfKey, namesOfMethod, namesOfText, type SettingNames } from './correlate-settings.js';
import type { FidCell, LeftOut } from './report/correlation.js';
import type { Interval, Results } from './report/results.js';

/** FIDs that are to be correlated, of a run or of a table. */
export interface FidTable {
  readonly name: string;
  readonly datasets: readonly string[];
  readonly cells: readonly NamedCell[];
  readonly leftOut: readonly LeftOut[];
}

/** With all that its setting may be called. */
export type NamedCell = FidCell & Pick<SettingNames, 'names'>;

/** Those of a run, with their errors. */
export function fidsOfRun(name: string, { cells, columns }: Results): FidTable {
  return {
    name,
    datasets: columns.map(({ dataset }) => dataset),
    cells: cells.map(({ dataset, setting, fid, images, standardError, interval, unbiased, difference }): NamedCell => {
      const leads = columns.some((column) => column.dataset === dataset && column.leader === setting);
      const differenceError = leads ? 0 : difference?.standardError;
      return {
        dataset,
        ...namesOfKey(setting),
        fid,
        images,
        ...(standardError !== undefined && { standardError }),
        ...(interval && { interval }),
        ...(unbiased && { unbiased }),
        ...(differenceError !== undefined && { differenceError }),
      };
    }),
    leftOut: [],
  };
}

/** The places of the columns that name a setting. */
export interface SettingColumns {
  readonly setting?: number;
  readonly method?: number;
  readonly n?: number;
}

/** Throws a UserError for a table in which nothing names the settings. */
export function settingColumns(table: CsvTable): SettingColumns {
  const [setting, method, n] = [placeOf(table, 'setting'), placeOf(table, 'method'), placeOf(table, 'n')];
  if (setting === undefined && (method === undefined || n === undefined))
    throw invalid(
      `columns of ${table.name}`,
      table.header.join(','),
      'a column "setting" (mixup:6, or MixUp 6), or columns "method" and "n" (MixUp, 6)',
      'They say which FID an accuracy belongs to.',
    );
  return {
    ...(setting !== undefined && { setting }),
    ...(method !== undefined && { method }),
    ...(n !== undefined && { n }),
  };
}

/** What the setting of a row may be called. Throws a UserError for a row that has none. */
export function settingOf(
  table: CsvTable,
  { line, fields }: CsvRow,
  { setting, method, n }: SettingColumns,
): SettingNames {
  const text = fields[setting ?? method!]!;
  if (isMissing(text))
    throw new UserError(`${table.name}, line ${line}: no ${setting === undefined ? 'method' : 'setting'} is given.`);
  if (setting !== undefined) return namesOfText(text);
  const count = fields[n!]!;
  if (!isMissing(count) && !/^\d+$/.test(count))
    throw invalid(`${table.name}, line ${line}, column "${table.header[n!]}"`, count, 'a whole number N, or nothing');
  return namesOfMethod(text, isMissing(count) ? '' : String(Number(count)));
}

export const DATASET = ['dataset', 'data set', 'data_set'] as const;

/** The last line of Table 1, which is of no setting. */
const isGain = ({ setting }: SettingNames): boolean => folded(setting) === 'maximum gain';

/** One column of FIDs: its data set, or where a row says which that is. */
interface FidColumn {
  readonly at: number;
  readonly dataset: (row: CsvRow) => string;
}

type Known = Omit<FidCell, 'dataset' | 'setting' | 'method' | 'fid'>;

/** What `report.csv` knows of a row's FID beside its value, as far as the columns are there. */
function knownOf(table: CsvTable): (row: CsvRow) => Known {
  const places = new Map(table.header.map((name, at) => [folded(name), at]));
  return (row) => {
    const read = <Value>(name: string, valueAt: (table: CsvTable, row: CsvRow, at: number) => Value) =>
      places.has(name) ? valueAt(table, row, places.get(name)!) : undefined;
    const number = (name: string) => read(name, numberAt);
    const errors = (name: string): { standardError?: number; interval?: Interval } => {
      const [standardError, low, high] = ['standard_error', 'low', 'high'].map((end) => number(`${name}_${end}`));
      return {
        ...(standardError !== undefined && { standardError }),
        ...(low !== undefined && high !== undefined && { interval: [low, high] }),
      };
    };
    const [images, unbiased] = [number('images'), number('fid_infinity')];
    const trusted = read('fid_infinity_trusted', truthAt) ?? false;
    const differenceError = read('leader', truthAt) ? 0 : number('difference_standard_error');
    return {
      ...(images !== undefined && { images }),
      ...errors('fid'),
      ...(unbiased !== undefined && { unbiased: { value: unbiased, trusted, ...errors('fid_infinity') } }),
      ...(differenceError !== undefined && { differenceError }),
    };
  };
}

/**
 * Those of a table: a column `fid` as `report.csv` has it (with whatever of its columns for `dataset`, `images`, FID∞, errors
 * and differences are there), or a column for each data set as the paper's Table 1 has them.
 *
 * @throws UserError for a table that has neither, for what is no number, and for a setting that is there twice
 */
export function fidsOfCsv(table: CsvTable): FidTable {
  const columns = settingColumns(table);
  const [fid, dataset] = [placeOf(table, 'fid'), placeOf(table, ...DATASET)];
  const named = Object.values(columns);
  const wide = table.header.flatMap((name, at): FidColumn[] =>
    named.includes(at) || !holdsNumbers(table, at) ? [] : [{ at, dataset: () => name }],
  );
  const fids: readonly FidColumn[] =
    fid === undefined
      ? wide
      : [{ at: fid, dataset: ({ fields }) => (dataset === undefined ? table.name : fields[dataset]!) }];
  if (!fids.length)
    throw invalid(
      `columns of ${table.name}`,
      table.header.join(','),
      'a column "fid", or one of FIDs for each data set',
    );
  const known = fid === undefined ? () => ({}) : knownOf(table);
  const cells: NamedCell[] = [];
  const leftOut: LeftOut[] = [];
  const seen = new Map<string, number>();
  for (const row of table.rows) {
    const names = settingOf(table, row, columns);
    const name = `line ${row.line}: ${names.setting}`;
    if (isGain(names)) {
      leftOut.push({ what: 'row', name, why: 'it is of no setting' });
      continue;
    }
    for (const column of fids) {
      const value = numberAt(table, row, column.at);
      const place = column.dataset(row);
      if (value === undefined) {
        leftOut.push({ what: 'row', name: `${name}, ${place}`, why: 'it has no FID' });
        continue;
      }
      checkNew(table, seen, row, place, names);
      cells.push({ dataset: place, ...names, fid: value, ...known(row) });
    }
  }
  return { name: table.name, datasets: [...new Set(cells.map((cell) => cell.dataset))], cells, leftOut };
}

/** Refuses a setting that a data set has already, by whatever name. */
function checkNew(
  table: CsvTable,
  seen: Map<string, number>,
  { line }: CsvRow,
  dataset: string,
  { names, setting }: SettingNames,
) {
  for (const name of names) {
    const key = JSON.stringify([dataset, name]);
    const before = seen.get(key);
    if (before !== undefined && before !== line)
      throw new UserError(
        `${table.name}, line ${line}: ${setting}${dataset === table.name ? '' : ` of ${dataset}`} is there twice, in line ${before} too.`,
      );
    seen.set(key, line);
  }
}
