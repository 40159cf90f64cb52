import { CsvError, parse } from 'csv-parse/sync';
import { invalid, UserError } from './core/errors.js';

/** A table of a CSV file as text. */
export interface CsvTable {
  /** How messages call the file. */
  readonly name: string;
  readonly header: readonly string[];
  readonly rows: readonly CsvRow[];
}

export interface CsvRow {
  /** Line of the file that it ends in, from 1. */
  readonly line: number;
  /** As many as the header has, without the space around them. */
  readonly fields: readonly string[];
}

/** Bytes that such a file may have: a million accuracies. */
export const MOST_CSV_BYTES = 2 ** 24;

/** More columns, or longer fields, has no table of settings. */
const MOST_COLUMNS = 1000;
const MOST_CHARACTERS = 200;

const REASONS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quoted field is opened here or above, and never closed',
  CSV_INVALID_CLOSING_QUOTE: 'something follows the closing quote of a field',
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: 'something follows the closing quote of a field',
  INVALID_OPENING_QUOTE: 'a quote stands inside of a field that is not quoted',
};

/** What separates fields: commas, or semicolons or tabs where the first line has some of these and no comma. */
function delimiterOf(text: string): string {
  const first = text.slice(0, text.search(/[\r\n]|$/));
  return first.includes(',') ? ',' : (['\t', ';'].find((one) => first.includes(one)) ?? ',');
}

/** A spreadsheet's guard against formulas, as our own CSV files have it, is no part of a name. */
const unguarded = (field: string): string => field.replace(/^'(?=[=+\-@])/, '');

/** A name as it is compared: without case, and with single spaces. */
export const folded = (text: string): string => text.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase();

/**
 * Reads CSV (RFC 4180) with a header: UTF-8 with or without its mark, any line ends, empty lines skipped.
 *
 * @throws UserError that names the line, for what is no such table
 */
export function readCsv(bytes: Uint8Array, name: string): CsvTable {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UserError(`${name} is not UTF-8, expected a .csv file. Save it as "CSV UTF-8".`);
  }
  // A spreadsheet saves rows that were once filled as bare separators.
  const records = recordsOf(text, name).filter(({ fields }) => fields.some((field) => field !== ''));
  const [head, ...rows] = records;
  if (!head) throw new UserError(`${name} is empty, expected a .csv file with a line of column names.`);
  const header = head.fields;
  if (header.length > MOST_COLUMNS)
    throw new UserError(`${name}, line ${head.line}: ${header.length} columns, expected at most ${MOST_COLUMNS}.`);
  for (const { line, fields } of records)
    for (const field of fields)
      if (field.length > MOST_CHARACTERS)
        throw new UserError(
          `${name}, line ${line}: a field of ${field.length} characters, expected at most ${MOST_CHARACTERS}. Leave such columns out.`,
        );
  const known = new Set<string>();
  for (const column of header) {
    if (known.has(folded(column)))
      throw invalid(`${name}, line ${head.line}`, column, 'columns of different names', 'This one is there twice.');
    known.add(folded(column));
  }
  for (const { line, fields } of rows)
    if (fields.length !== header.length)
      throw new UserError(
        `${name}, line ${line}: ${fields.length} fields, expected ${header.length}, as the first line has.`,
      );
  return { name, header, rows };
}

function recordsOf(text: string, name: string): CsvRow[] {
  try {
    const records = parse(text, {
      delimiter: delimiterOf(text),
      info: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => ({ line: info.lines, fields: record.map(unguarded) }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? `, line ${error.lines}` : '';
    throw new UserError(`${name}${line}: ${REASONS[error.code] ?? 'no CSV'}.`);
  }
}

/** The place of a column by any of some names, in any case. */
export function placeOf({ header }: CsvTable, ...names: readonly string[]): number | undefined {
  const at = header.findIndex((column) => names.includes(folded(column)));
  return at < 0 ? undefined : at;
}

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

const isNumber = (field: string): boolean => NUMBER.test(field) && Number.isFinite(Number(field));

/** What stands for a value that there is not. */
export const isMissing = (field: string): boolean => field === '' || field === '–';

/** Whether a column has any number in it. */
export const holdsNumbers = ({ rows }: CsvTable, at: number): boolean =>
  rows.some(({ fields }) => isNumber(fields[at]!));

/**
 * The number of a field; undefined for one that is empty.
 *
 * @throws UserError for anything else
 */
export function numberAt({ name, header }: CsvTable, { line, fields }: CsvRow, at: number): number | undefined {
  const field = fields[at]!;
  if (isMissing(field)) return undefined;
  if (!isNumber(field))
    throw invalid(
      `${name}, line ${line}, column "${header[at]}"`,
      field,
      'a number such as 71.3, or nothing',
      holdsDecimalComma(field) ? 'Write the decimals after a point.' : undefined,
    );
  return Number(field);
}

/** Whether a field says true; undefined for one that is empty. Throws a UserError for what says neither. */
export function truthAt({ name, header }: CsvTable, { line, fields }: CsvRow, at: number): boolean | undefined {
  const field = folded(fields[at]!);
  if (isMissing(field)) return undefined;
  // A spreadsheet saves them in capitals.
  if (field !== 'true' && field !== 'false')
    throw invalid(`${name}, line ${line}, column "${header[at]}"`, fields[at]!, 'true, false, or nothing');
  return field === 'true';
}

const holdsDecimalComma = (field: string): boolean => /^[+-]?\d+,\d+$/.test(field);
