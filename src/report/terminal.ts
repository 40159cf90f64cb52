import CliTable from 'cli-table3';
import { plain } from '../core/plain.js';
import { formatCount, formatFid } from './numbers.js';
import { rankingTable } from './ranking.js';
import type { Results } from './results.js';
import { type TableEntry, table } from './table.js';

/** No colours, and no rules between rows. */
const STYLE = { head: [], border: [], compact: true };

function entryText(entry: TableEntry | undefined): string {
  if (!entry) return '–';
  if (entry.aside !== undefined) return `(${formatFid(entry.fid)} at ${formatCount(entry.aside)})`;
  return `${formatFid(entry.fid)}${entry.best ? ' *' : '  '}`;
}

/** Table 1 for a terminal; `*` marks the best of a column, parentheses what has fewer images. */
export function renderTable({ cells }: Results, columns: readonly string[]): string {
  const { rows, gain } = table(cells, columns);
  const out = new CliTable({
    head: ['Method', 'N', ...columns.map(plain)],
    colAligns: ['left', 'right', ...columns.map(() => 'right' as const)],
    style: STYLE,
  });
  for (const { label, n, entries } of rows) out.push([plain(label), String(n), ...entries.map(entryText)]);
  out.push(['Maximum gain', '', ...gain.map((value) => (value === undefined ? '–' : `${formatFid(value)}  `))]);
  return out.toString();
}

/** The ranking of each data set, one table below the other, named where there are several. */
export function renderRanking({ cells, columns }: Results): string {
  const datasets = [...new Set(cells.map(({ dataset }) => dataset))];
  return datasets
    .map((name) => {
      const { head, rows } = rankingTable(
        cells.filter(({ dataset }) => dataset === name),
        columns.find(({ dataset }) => dataset === name),
        { narrow: true },
      );
      const out = new CliTable({
        head: head.map(({ text }) => text),
        colAligns: head.map(({ right }) => (right ? 'right' : 'left')),
        style: STYLE,
      });
      for (const row of rows) out.push(row.map(plain));
      return `${datasets.length > 1 ? `${plain(name)}\n` : ''}${out.toString()}`;
    })
    .join('\n\n');
}
