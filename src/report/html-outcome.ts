import type { RunRecord } from '../store/record.js';
import { type Html, html, joined } from './html-escape.js';
import { notes } from './markdown-notes.js';
import { counted, formatCount } from './numbers.js';
import type { Column, Results } from './results.js';
import { cellsOf, leaderSentence, lowestSentence, raceSentence } from './sentences.js';
import { listed, nameOf } from './setting-name.js';

const sizeOf = (count: number | undefined): string => (count === undefined ? '' : ` (${counted(count, 'image')})`);

/** What was compared with what, and what must be known before the numbers are read. */
export function measured(record: RunRecord, results: Results): Html {
  const { datasets, settings, images, resolution, extractor, reference } = record;
  const names = datasets.map(({ name }) => name);
  return html`<p>${counted(settings.length, 'setting')} of ${names.length === 1 ? names[0] : html`${counted(names.length, 'data set')} (${listed(names)})`}, up to ${counted(images, 'image')} of each at ${resolution} × ${resolution} pixels, by FID to ${reference.source}${sizeOf(reference.count)} in the ${formatCount(extractor.dims)} dimensions of ${extractor.id}, tap ${extractor.tap}.</p>
<div class="notes" role="note">
${notes(record, results, (name) => name).map((note) => html`<p>${note}</p>\n`)}</div>
`;
}

/** Who leads a data set, what the race saved, what is recommended and why. */
function answer(column: Column, record: RunRecord, results: Results): Html {
  const { dataset, race, recommended } = column;
  const sentences = [
    leaderSentence(column, record, results),
    ...lowestSentence(column, record, results),
    ...(race ? [raceSentence(race, record, cellsOf(results, dataset))] : []),
  ];
  const choice =
    recommended && html` <strong>Recommended: ${nameOf(recommended.setting)}.</strong> ${recommended.reason}`;
  return html`${joined(sentences, ' ')}${choice}`;
}

/** The answer before the evidence, by data set; `placeOf` is that of a data set in the record. */
export function answers(record: RunRecord, results: Results, placeOf: (dataset: string) => number): Html {
  if (!results.columns.length) return html`<p>Nothing was measured yet.</p>\n`;
  if (record.datasets.length === 1) return html`<p>${answer(results.columns[0]!, record, results)}</p>\n`;
  const items = results.columns.map(
    (column) =>
      html`<dt><a href="#data-${placeOf(column.dataset) + 1}">${column.dataset}</a></dt><dd>${answer(column, record, results)}</dd>\n`,
  );
  return html`<dl class="answers">\n${items}</dl>\n`;
}
