import type { RunRecord } from '../store/record.js';
import { type Html, html, type Part } from './html-escape.js';
import { inline, proseOf, tablesOf } from './html-inline.js';
import { type HtmlTable, printed, tableOf } from './html-table.js';
import { confirmed } from './markdown-confirmation.js';
import { raceSection } from './markdown-race.js';
import type { TextTable } from './ranking.js';
import type { Column, Results } from './results.js';
import { cellsOf, raceSentence } from './sentences.js';

/** A table that the markdown report has as well; `written` makes markup of its texts. */
function same(
  { head, rows }: TextTable,
  rest: Pick<HtmlTable, 'id' | 'caption'>,
  written: (text: string) => Part,
): Html {
  return tableOf({
    ...rest,
    head: head.map(({ text, right }) => ({ text: text === '#' ? 'Rank' : written(text), right })),
    rows: rows.map((row) =>
      row.map((text, c) => ({ content: written(text), ...(head[c]?.right ? printed(text) : {}) })),
    ),
    sortable: true,
  });
}

const CAPTIONS = ['Looks of the race', 'What was dropped, and on what evidence'];

/** The race of one data set as it went; `i` is its place. Nothing where there was none. */
export function raceOf(i: number, column: Column | undefined, record: RunRecord, results: Results): Html {
  if (!column?.race) return html``;
  const own = { cells: cellsOf(results, column.dataset), columns: [column] };
  const tables = tablesOf(raceSection(record, own, [])).map((one, t) =>
    same(one, { id: `race-${i + 1}-${t + 1}`, caption: CAPTIONS[t] }, inline),
  );
  return html`<h3 id="race-${i + 1}">The race as it went</h3>
<p>${raceSentence(column.race, record, own.cells)}</p>
${tables.length ? html`<details><summary>Its looks${tables.length > 1 ? ', and what was dropped on what evidence' : ''}</summary>${tables}</details>` : undefined}
`;
}

/** The rules of all races of a run, where there was any. */
export const raceRules = (record: RunRecord, results: Results): readonly string[] =>
  proseOf(raceSection(record, results, [])).slice(0, 1);

/** The finalists of one data set again in a second feature space; `i` is its place. Nothing where that was not asked for. */
export function confirmationOf(i: number, column: Column, { datasets }: RunRecord): Html | undefined {
  const { dataset, confirmation } = column;
  if (!confirmation) return undefined;
  const { sentence, table } = confirmed(column, confirmation, (name) => name);
  return html`${datasets.length > 1 ? html`<h3>${dataset}</h3>\n` : undefined}<p>${sentence}</p>
${same(table, { id: `confirmation-${i + 1}`, caption: `FID by ${confirmation.extractor}` }, (text) => text)}`;
}
