import CliTable from 'cli-table3';
import { plain } from '../core/plain.js';
import type { Cell } from '../store/run.js';
import { describeSetting, formatFid, ranking, table } from './table.js';

/** No colours, and no rules between rows. */
const STYLE = { head: [], border: [], compact: true };

/** Table 1 for a terminal; `*` marks the best of a column. */
export function renderTable(cells: readonly Cell[], columns: readonly string[]): string {
  const { rows, gain } = table(cells, columns);
  const out = new CliTable({
    head: ['Method', 'N', ...columns.map(plain)],
    colAligns: ['left', 'right', ...columns.map(() => 'right' as const)],
    style: STYLE,
  });
  for (const { label, n, fid, best } of rows) {
    out.push([
      label,
      String(n),
      ...fid.map((value, i) => (value === undefined ? '–' : `${formatFid(value)}${best[i] ? ' *' : '  '}`)),
    ]);
  }
  out.push(['Maximum gain', '', ...gain.map((value) => (value === undefined ? '–' : `${formatFid(value)}  `))]);
  return out.toString();
}

/** All cells by FID, with the images each was measured on. */
export function renderRanking(cells: readonly Cell[]): string {
  const several = new Set(cells.map(({ dataset }) => dataset)).size > 1;
  const out = new CliTable({
    head: ['#', ...(several ? ['Data set'] : []), 'Setting', 'FID', 'Images'],
    colAligns: ['right', ...(several ? ['left' as const] : []), 'left', 'right', 'right'],
    style: STYLE,
  });
  for (const [i, { dataset, setting, fid, images }] of ranking(cells).entries()) {
    const { label, n, method } = describeSetting(setting);
    const name = method === 'none' ? label : `${label} ${n}`;
    out.push([String(i + 1), ...(several ? [plain(dataset)] : []), name, formatFid(fid), String(images)]);
  }
  return out.toString();
}
