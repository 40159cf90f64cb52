import { literal } from './literal.js';
import { formatCount, formatFid } from './numbers.js';
import type { TextTable } from './ranking.js';
import { type TableCell, type TableEntry, table } from './table.js';

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

function entryText(entry: TableEntry | undefined): string {
  if (!entry) return '–';
  if (entry.aside !== undefined) return `(${formatFid(entry.fid)} at ${formatCount(entry.aside)})`;
  return entry.best ? `**${formatFid(entry.fid)}**` : formatFid(entry.fid);
}

/** Table 1 in markdown: the best of each column bold, what has fewer images in parentheses, "Maximum gain" last. */
export function markdownTable(cells: readonly TableCell[], columns: readonly string[]): string {
  const { rows, gain } = table(cells, columns);
  return [
    row(['Method', 'N', ...columns.map(literal)]),
    row(['---', '---:', ...columns.map(() => '---:')]),
    ...rows.map(({ label, n, entries }) => row([literal(label), String(n), ...entries.map(entryText)])),
    row(['Maximum gain', '', ...gain.map((value) => (value === undefined ? '–' : formatFid(value)))]),
  ].join('\n');
}
