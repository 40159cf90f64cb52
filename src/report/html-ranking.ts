import type { RunRecord, Timing } from '../store/record.js';
import { costOf } from './cost.js';
import { type Html, html, type Part } from './html-escape.js';
import { type HtmlCell, printed, tableOf } from './html-table.js';
import { formatCount, formatRate } from './numbers.js';
import { ranking, rankingTable, type TextTable, textTable } from './ranking.js';
import type { Cell, Column } from './results.js';
import { labelOf } from './sentences.js';

const RECOMMENDED = 'recommended';

/** What a setting gives and takes beside its FID, in the order of the ranking. */
function choices(
  cells: readonly Cell[],
  column: Column | undefined,
  record: RunRecord,
  timing: Timing | undefined,
): TextTable {
  const cost = (cell: Cell) => timing && costOf(cell, record, timing);
  const number = (value: number | undefined, format: (value: number) => string) =>
    value === undefined ? undefined : format(value);
  const fewer = cells.some(({ diversity, images }) => diversity && diversity.images !== images);
  const choice = ({ setting }: Cell) => {
    const marks = [
      ...(column?.recommended?.setting === setting ? [RECOMMENDED] : []),
      ...(column?.pareto.includes(setting) ? ['Pareto'] : []),
    ];
    return marks.length ? marks.join(', ') : undefined;
  };
  return textTable(ranking(cells), [
    { head: 'Vendi', text: ({ diversity }) => number(diversity?.vendi, (vendi) => vendi.toFixed(2)) },
    { head: 'Coverage', text: ({ diversity }) => number(diversity?.coverage, (share) => share.toFixed(3)) },
    { head: 'Of images', text: ({ diversity }) => (fewer ? number(diversity?.images, formatCount) : undefined) },
    { head: 'Bases an output', text: ({ bases }) => String(bases) },
    { head: 'Device ms/image', text: (cell) => number(cost(cell)?.deviceMs, formatRate) },
    { head: 'Images/s', text: (cell) => number(cost(cell)?.imagesPerSecond, formatRate) },
    { head: 'Choice', left: true, text: choice },
  ]);
}

/** The recommended one stands out. */
function choiceText(text: string): Part {
  if (text === '–') return '';
  const [first, ...rest] = text.split(', ');
  return first === RECOMMENDED ? html`<strong>${first}</strong>${rest.map((one) => `, ${one}`)}` : text;
}

/** A value, and what is said of it on a line of its own: columns stay narrow, and values can be compared. */
const twoLines = (value: Part, more: string | undefined): Part =>
  more === undefined ? value : html`${value}<span class="more">${more}</span>`;

/** A text with what it has in parentheses on the second line. */
function split(text: string): Part {
  const [, value, more] = /^([^(]+) (\(.*)$/.exec(text) ?? [];
  return value === undefined ? text : twoLines(value, more);
}

/** The interval about FIDₙ, which goes below it. */
const INTERVAL = '95% interval';

const HEADS: Readonly<Record<string, Part>> = { '#': 'Rank', 'FID ± error': twoLines('FIDₙ ± error', `(${INTERVAL})`) };

function cellOf(head: string, text: string, interval: string | undefined): HtmlCell {
  if (head === 'Setting') return { content: text };
  if (head === 'Choice') return { content: choiceText(text), kind: 'choice', ...(text === '–' && { sort: 'missing' }) };
  // The leader's difference to itself.
  if (text === 'leader') return { content: text, sort: 0 };
  const sort = printed(text);
  if (!sort.aside) return { content: twoLines(split(text), interval), ...sort };
  return { content: html`<span class="aside">${twoLines(text, interval)}</span>`, ...sort };
}

/** The ranking of one data set, with what decides among those that are tied; `i` is its place. */
export function rankingOf(
  i: number,
  cells: readonly Cell[],
  column: Column | undefined,
  { record, timing }: { readonly record: RunRecord; readonly timing?: Timing | undefined },
): Html {
  const [fids, others] = [rankingTable(cells, column), choices(cells, column, record, timing)];
  const head = [...fids.head, ...others.head];
  const below = head.findIndex(({ text }) => text === INTERVAL);
  const shown = head.flatMap((one, c) => (c === below ? [] : [{ ...one, c }]));
  return tableOf({
    id: `ranking-${i + 1}`,
    caption: `Ranking by ${labelOf(column?.by ?? 'fid')}`,
    head: shown.map(({ text, right }) => ({ text: HEADS[text] ?? split(text), right })),
    rows: fids.rows.map((row, r) => {
      const texts = [...row, ...others.rows[r]!];
      const interval = (c: number) =>
        below >= 0 && c === below - 1 && texts[below] !== '–' ? texts[below] : undefined;
      return shown.map(({ text, c }) => cellOf(text, texts[c]!, interval(c)));
    }),
    sortable: true,
  });
}
