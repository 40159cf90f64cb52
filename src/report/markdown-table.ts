import { literal } from './literal.js';
import { formatCount, formatFid, formatInterval } from './numbers.js';
import type { TextTable } from './ranking.js';
import type { Column } from './results.js';
import { intervalDecimals, type TableCell, type TableEntry, table } from './table.js';

/** Tables in markdown, of texts that are safe in it. */

export const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

export function markdownRows({ head, rows }: TextTable): string {
  return [
    row(head.map(({ text }) => text)),
    row(head.map(({ right }) => (right ? '---:' : '---'))),
    ...rows.map(row),
  ].join('\n');
}

/** Facts by their names, in two columns without a heading. */
export const factRows = (facts: readonly (readonly [string, string])[]): string =>
  [row(['', '']), row(['---', '---']), ...facts.map(row)].join('\n');

/** Marks what shares the best rank of its column. */
export const TIE = '†';

function entryText(entry: TableEntry | undefined, decimals: number | undefined): string {
  if (!entry) return '–';
  const { fid, best, aside, tied, interval } = entry;
  const within = decimals !== undefined && interval ? ` [${formatInterval(interval, decimals)}]` : '';
  const text = `${best ? `**${formatFid(fid)}**` : formatFid(fid)}${tied ? TIE : ''}`;
  return aside === undefined ? `${text}${within}` : `(${text} at ${formatCount(aside)}${within})`;
}

/** What Table 1 is shown with. */
export interface TableOptions {
  /** What is known of its data sets: by it the ties of the best rank are marked. */
  readonly said?: readonly Pick<Column, 'dataset' | 'tied'>[] | undefined;
  /** With the 95% interval of each FID. */
  readonly ci?: boolean | undefined;
}

/** Table 1 in markdown: the best of each column bold, what has fewer images in parentheses, "Maximum gain" last. */
export function markdownTable(
  cells: readonly TableCell[],
  columns: readonly string[],
  { said, ci = false }: TableOptions = {},
): string {
  const { rows, gain } = table(cells, columns, said);
  const decimals = columns.map((dataset) => (ci ? intervalDecimals(cells, dataset) : undefined));
  return [
    row(['Method', 'N', ...columns.map(literal)]),
    row(['---', '---:', ...columns.map(() => '---:')]),
    ...rows.map(({ label, n, entries }) =>
      row([literal(label), String(n), ...entries.map((entry, i) => entryText(entry, decimals[i]))]),
    ),
    row(['Maximum gain', '', ...gain.map((value) => (value === undefined ? '–' : formatFid(value)))]),
  ].join('\n');
}
