import { plain } from '../core/plain.js';
import type { RunRecord, Timing } from '../store/record.js';
import { costOf } from './cost.js';
import { formatRate } from './numbers.js';
import type { Column, Results } from './results.js';
import {
  cellsOf,
  earlyEnd,
  leaderSentence,
  lowestSentence,
  raceSentence,
  tooFew,
  tooFewSentence,
} from './sentences.js';
import { nameOf } from './setting-name.js';
import { table } from './table.js';

/** The recommended setting with its reason, and what it costs where that was measured. */
function recommendation(column: Column, record: RunRecord, results: Results, timing: Timing | undefined): string[] {
  const { recommended, dataset } = column;
  if (!recommended) return [];
  const cell = cellsOf(results, dataset).find(({ setting }) => setting === recommended.setting);
  const cost = cell && timing && costOf(cell, record, timing);
  const rate = cost?.imagesPerSecond === undefined ? '' : `, ${formatRate(cost.imagesPerSecond)} images/s alone`;
  const price = cost ? ` It takes ${formatRate(cost.deviceMs)} ms of the device an image${rate}.` : '';
  return [`Recommended: ${nameOf(recommended.setting)}. ${recommended.reason}${price}`];
}

/**
 * The lines under a terminal's tables: what their marks mean, then by data set who leads, who is tied with it, what the race
 * saved and what is recommended, then what the numbers may be compared with.
 */
export function renderSummary(record: RunRecord, results: Results, timing?: Timing): string {
  const { datasets, extractor, reference, selection, comparable } = record;
  const names = datasets.map(({ name }) => name);
  const aside = table(results.cells, names).rows.some(({ entries }) => entries.some((e) => e?.aside !== undefined));
  const ranked = results.columns.some((column) => {
    const cells = cellsOf(results, column.dataset);
    return cells.some(({ difference }) => difference) && !tooFew(column, cells);
  });
  const lines = [
    '* lowest FIDₙ of its column. Maximum gain: FID of None minus the lowest FID of all mixed rows, of as many images.',
    ...(aside
      ? [
          'In parentheses: dropped or unfinished, at so many images; FID is biased upwards at fewer: not to be compared.',
        ]
      : []),
    ...(ranked ? ['Settings that share a rank are not separated, at this n, from the best of them.'] : []),
  ];
  for (const name of names) {
    const column = results.columns.find(({ dataset }) => dataset === name);
    if (!column) continue;
    if (names.length > 1) lines.push('', `${name}:`);
    lines.push(
      [leaderSentence(column, record, results), ...lowestSentence(column, record, results)].join(' '),
      ...tooFewSentence(column, cellsOf(results, name)),
    );
    if (column.race) lines.push(raceSentence(column.race, record, cellsOf(results, name)));
    lines.push(...recommendation(column, record, results, timing));
  }
  if (names.length > 1) lines.push('');
  lines.push(...earlyEnd(record, results));
  if (selection)
    lines.push('Ranks, differences and drops are by one half of the reference; the FIDs are to the other half.');
  lines.push(`FID by ${extractor.id} to ${reference.source}: ${comparable}.`);
  if (reference.note) lines.push(`Reference: ${reference.note}`);
  return lines.map(plain).join('\n');
}
