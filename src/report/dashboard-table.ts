import type { LiveRun, ReportedCell } from './dashboard-run.js';
import { type Html, html } from './html-escape.js';
import { type HtmlCell, tableOf } from './html-table.js';
import { counted, decimalsOf, formatCount, formatFid } from './numbers.js';
import { type TableEntry, table } from './table.js';

/** Rows of settings that are shown at most. */
const MOST_ROWS = 200;

/** Marks what shares rank 1 with others. */
const TIED = '†';

const MISSING: HtmlCell = { content: '–', sort: 'missing' };

/** What a cell says beyond its FID, where a report does. */
interface Reported {
  readonly error?: string | undefined;
  readonly tied: boolean;
}

function fidCell(entry: TableEntry | undefined, { error, tied }: Reported): HtmlCell {
  if (!entry) return MISSING;
  const { fid, best, aside } = entry;
  const value = formatFid(fid);
  const shown =
    aside !== undefined
      ? html`<span class="aside">(${value} at ${formatCount(aside)})</span>`
      : best
        ? html`<strong>${value}</strong>`
        : value;
  return {
    content: html`${shown}${tied ? html`<span class="mark">${TIED}</span>` : undefined}${error === undefined ? undefined : html`<span class="more">± ${error}</span>`}`,
    sort: fid,
    ...(aside !== undefined && { aside: true }),
  };
}

/** The cells that are shown: those of the report where there is one, else what was measured so far. */
const cellsOf = ({ report, columns }: LiveRun): readonly ReportedCell[] =>
  report ? report.cells : columns.flatMap(({ cells }) => cells);

function legend(run: LiveRun, tied: boolean, aside: boolean): string {
  return [
    run.report
      ? 'FIDₙ to the reference ± its standard error, as in the report; lower is better.'
      : 'FIDₙ to the reference of the images that were made so far; lower is better, and it falls as n grows. Differences may be chance: errors and ties come with the report.',
    'Bold: the lowest of its column.',
    ...(tied ? [`${TIED} shares rank 1 of its column with others: not separated from the best.`] : []),
    ...(aside ? ['In parentheses, with its images: dropped by the race, or of fewer images than its column.'] : []),
  ].join(' ');
}

/** Table 1 as far as it has come: a row a setting, a column a data set. */
export function liveTable(run: LiveRun): Html {
  const { record, report } = run;
  const cells = cellsOf(run);
  if (!record || !cells.length)
    return html`<p class="soft">Nothing is measured yet: an FID takes at least two images of a setting.</p>`;
  const names = record.datasets.map(({ name }) => name);
  const { rows, gain, images } = table(cells, names);
  const settings = [...new Set(cells.map(({ setting }) => setting))];
  const byPlace = new Map(cells.map((cell) => [JSON.stringify([cell.dataset, cell.setting]), cell]));
  const decimals = decimalsOf(cells.map(({ standardError }) => standardError));
  const ties = names.map((name) => {
    const tied = report?.columns.find(({ dataset }) => dataset === name)?.tied ?? [];
    return new Set(tied.length > 1 ? tied : []);
  });
  const lines = rows.slice(0, MOST_ROWS).map(({ label, n, entries }, i): HtmlCell[] => [
    { content: label },
    { content: n, sort: n },
    ...entries.map((entry, d) => {
      const error = byPlace.get(JSON.stringify([names[d], settings[i]]))?.standardError;
      return fidCell(entry, {
        error: error === undefined ? undefined : formatFid(error, decimals),
        tied: ties[d]!.has(settings[i]!),
      });
    }),
  ]);
  const sizes = images.map((count): HtmlCell => (count === undefined ? MISSING : { content: formatCount(count) }));
  const gains = gain.map((value): HtmlCell => (value === undefined ? MISSING : { content: formatFid(value) }));
  const tied = ties.some(({ size }) => size > 0);
  const aside = rows.some(({ entries }) => entries.some((entry) => entry?.aside !== undefined));
  const more = rows.length - lines.length;
  return html`${tableOf({
    id: 'fids',
    kind: 'wide',
    caption: report ? 'FID by mixing method and N' : 'FID so far, by mixing method and N',
    head: [{ text: 'Method' }, { text: 'N', right: true }, ...names.map((text) => ({ text, right: true }))],
    rows: lines,
    foot: [
      [{ content: 'Images (n)' }, { content: '' }, ...sizes],
      [{ content: 'Maximum gain' }, { content: '' }, ...gains],
    ],
    sortable: true,
  })}${more > 0 ? html`<p class="legend">${counted(more, 'more setting')} in the report.</p>` : undefined}<p class="legend">${legend(run, tied, aside)}</p>`;
}

/** The lowest FID of each data set so far, as a sentence would name it. */
export function bestOf(
  run: LiveRun,
): readonly { readonly dataset: string; readonly setting: string; readonly fid: number }[] {
  const cells = cellsOf(run);
  return (run.record?.datasets ?? []).flatMap(({ name }) => {
    const own = cells.filter(({ dataset, status }) => dataset === name && status === 'measured');
    const images = own.reduce((most, cell) => Math.max(most, cell.images), 0);
    const [best] = own.filter((cell) => cell.images === images).sort((a, b) => a.fid - b.fid);
    return best ? [{ dataset: name, setting: best.setting, fid: best.fid }] : [];
  });
}
