import type { RunRecord } from '../store/record.js';
import { type Html, html } from './html-escape.js';
import { type HtmlCell, tableOf } from './html-table.js';
import { TIE } from './markdown-table.js';
import { counted, formatCount, formatFid, formatInterval } from './numbers.js';
import type { Results } from './results.js';
import { lowestSentence } from './sentences.js';
import { intervalDecimals, type TableEntry, type TableRow, table } from './table.js';

const MISSING: HtmlCell = { content: '–', sort: 'missing' };

/** A FID with all that is said of it in Table 1. */
function fidCell(entry: TableEntry | undefined, decimals: number): HtmlCell {
  if (!entry) return MISSING;
  const { fid, best, aside, tied, interval } = entry;
  const mark = tied && html`<span class="mark">${TIE}</span>`;
  const shown =
    aside === undefined
      ? html`${best ? html`<strong>${formatFid(fid)}</strong>` : formatFid(fid)}${mark}`
      : html`<span class="aside">(${formatFid(fid)}${tied && TIE} at ${formatCount(aside)})</span>`;
  const bounds = interval && html`<span class="more on-demand">${formatInterval(interval, decimals)}</span>`;
  return { content: html`${shown}${bounds}`, sort: fid, ...(aside !== undefined && { aside: true }) };
}

/** What the signs of the table mean, of those that are in it. */
function legend(record: RunRecord, results: Results, rows: readonly TableRow[]): Html {
  const other = results.columns.some((column) => lowestSentence(column, record, results).length);
  const aside = rows.some(({ entries }) => entries.some((entry) => entry?.aside !== undefined));
  const tied = rows.some(({ entries }) => entries.some((entry) => entry?.tied));
  const texts = [
    `FIDₙ to the reference; lower is better. Bold: the lowest of its column${other ? ', which need not be the leader' : ''}.`,
    ...(tied ? [`${TIE} shares rank 1: the leader of its column, or not separated from it.`] : []),
    ...(aside
      ? ['In parentheses, with its images: dropped, or not measured to the end; behind the others in any order.']
      : []),
    'Maximum gain: FID of None minus the lowest FID of all mixed rows, of as many images.',
  ];
  return html`<p class="legend">${texts.join(' ')}</p>`;
}

/** Table 1: a row a setting, a column a data set; intervals where the reader wants them. */
export function table1(record: RunRecord, results: Results): Html {
  const names = record.datasets.map(({ name }) => name);
  const { rows, gain, images } = table(results.cells, names, results.columns);
  const decimals = names.map((name) => intervalDecimals(results.cells, name));
  const lines = rows.map(({ label, n, entries }): HtmlCell[] => [
    { content: label },
    { content: n, sort: n },
    ...entries.map((entry, i) => fidCell(entry, decimals[i]!)),
  ]);
  const sizes = [...new Set(images.filter((count) => count !== undefined))];
  const intervals = results.cells.some(({ interval }) => interval);
  return html`${legend(record, results, rows)}
${intervals ? html`<input type="checkbox" id="intervals" class="toggle"><label for="intervals">Show 95% intervals</label>\n` : undefined}${tableOf(
  {
    id: 'fids',
    kind: 'wide',
    caption: `FID by mixing method and N${sizes.length === 1 ? `, ${counted(sizes[0]!, 'image')} a setting` : ''}`,
    head: [{ text: 'Method' }, { text: 'N', right: true }, ...names.map((text) => ({ text, right: true }))],
    rows: lines,
    foot: [
      [
        { content: 'Maximum gain' },
        { content: '' },
        ...gain.map((value) => (value === undefined ? MISSING : { content: formatFid(value) })),
      ],
    ],
    sortable: true,
  },
)}`;
}
