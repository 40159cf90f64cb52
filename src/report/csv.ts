import type { Report } from './report.js';
import type { Cell, Column } from './results.js';
import { describeSetting } from './setting-name.js';

/** A value of a CSV file; undefined for what is missing. */
export type CsvValue = string | number | boolean | undefined;

/**
 * A field of a CSV file (RFC 4180): nothing for what is missing, a number so that it comes back to the last bit. A text that
 * a spreadsheet would take for a formula gets an apostrophe.
 */
export function csvField(value: CsvValue): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Lines that end in a line feed, the last one too, so that `cut` and `awk` see no carriage return. */
export const csvLines = (rows: readonly (readonly CsvValue[])[]): string =>
  rows.map((row) => `${row.map(csvField).join(',')}\n`).join('');

/** The columns of `report.csv`, in their order. */
const COLUMNS: readonly (readonly [name: string, of: (cell: Cell, column: Column | undefined) => CsvValue])[] = [
  ['dataset', ({ dataset }) => dataset],
  ['setting', ({ setting }) => setting],
  ['method', ({ setting }) => describeSetting(setting).method],
  ['n', ({ setting }) => describeSetting(setting).n],
  ['images', ({ images }) => images],
  ['status', ({ status }) => status],
  ['rank', ({ rank }) => rank],
  ['fid', ({ fid }) => fid],
  ['fid_standard_error', ({ standardError }) => standardError],
  ['fid_low', ({ interval }) => interval?.[0]],
  ['fid_high', ({ interval }) => interval?.[1]],
  ['mean_term', ({ meanTerm }) => meanTerm],
  ['covariance_term', ({ covarianceTerm }) => covarianceTerm],
  ['fid_infinity', ({ unbiased }) => unbiased?.value],
  ['fid_infinity_standard_error', ({ unbiased }) => unbiased?.standardError],
  ['fid_infinity_low', ({ unbiased }) => unbiased?.interval?.[0]],
  ['fid_infinity_high', ({ unbiased }) => unbiased?.interval?.[1]],
  ['fid_infinity_trusted', ({ unbiased }) => unbiased?.trusted],
  ['difference_to', ({ difference }) => difference?.to],
  ['difference_of', ({ difference }) => difference && (difference.of === 'fid' ? 'fid' : 'fid_infinity')],
  ['difference', ({ difference }) => difference?.value],
  ['difference_standard_error', ({ difference }) => difference?.standardError],
  ['difference_low', ({ difference }) => difference?.interval[0]],
  ['difference_high', ({ difference }) => difference?.interval[1]],
  ['difference_images', ({ difference }) => difference?.images],
  ['vendi', ({ diversity }) => diversity?.vendi],
  ['coverage', ({ diversity }) => diversity?.coverage],
  ['diversity_images', ({ diversity }) => diversity?.images],
  ['bases', ({ bases }) => bases],
  ['leader', ({ setting }, column) => column && column.leader === setting],
  ['tied', ({ setting }, column) => column?.tied.includes(setting)],
  ['pareto', ({ setting }, column) => column?.pareto.includes(setting)],
  ['recommended', ({ setting }, column) => column && column.recommended?.setting === setting],
];

/** Names of the columns of `report.csv`. */
export const CSV_COLUMNS: readonly string[] = COLUMNS.map(([name]) => name);

/**
 * `report.csv`: a line a data set and setting, with all that is known of it, in the order of the table. Numbers as in
 * `report.json`, to the last bit; `true` and `false`; nothing where a number is missing. No date, no time and no rate.
 */
export function renderCsv({ results }: Pick<Report, 'results'>): string {
  const rows = results.cells.map((cell) => {
    const column = results.columns.find(({ dataset }) => dataset === cell.dataset);
    return COLUMNS.map(([, of]) => of(cell, column));
  });
  return csvLines([CSV_COLUMNS, ...rows]);
}
