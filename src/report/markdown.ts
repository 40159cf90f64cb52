import type { RunRecord, SetAside, Timing } from '../store/record.js';
import { literal } from './literal.js';
import { choiceSection } from './markdown-choice.js';
import { confirmationSection } from './markdown-confirmation.js';
import { howMade } from './markdown-made.js';
import { notes } from './markdown-notes.js';
import { raceSection } from './markdown-race.js';
import { rankingSection } from './markdown-ranking.js';
import { markdownTable } from './markdown-table.js';
import { formatCount } from './numbers.js';
import type { Results } from './results.js';
import { cellsOf, leaderSentence, lowestSentence, raceSentence } from './sentences.js';
import { nameOf } from './setting-name.js';

export { literal } from './literal.js';
export { markdownTable } from './markdown-table.js';

/** The answer before the evidence: by data set who leads, what the race saved, what is recommended. */
function outcome(record: RunRecord, results: Results): string[] {
  const several = record.datasets.length > 1;
  const items = results.columns.map((column) => {
    const { dataset, race, recommended } = column;
    return [
      `- ${several ? `${literal(dataset)}: ` : ''}${leaderSentence(column, record, results, literal)}`,
      ...lowestSentence(column, record, results, literal),
      ...(race ? [raceSentence(race, record, cellsOf(results, dataset))] : []),
      ...(recommended
        ? [`**Recommended: ${literal(nameOf(recommended.setting))}.** ${literal(recommended.reason)}`]
        : []),
    ].join(' ');
  });
  return items.length ? ['## Outcome', items.join('\n')] : [];
}

function setAsideSection(setAside: readonly SetAside[]): string[] {
  if (!setAside.length) return [];
  return [
    '## Set aside',
    setAside.length === 1
      ? '1 program or image could not be used, and another took its place:'
      : `${formatCount(setAside.length)} programs or images could not be used, and others took their place:`,
    setAside.map(({ dataset, id, why }) => `- ${literal(dataset)}, ${literal(id)}: ${literal(why)}`).join('\n'),
  ];
}

/**
 * `report.md`: Table 1, the outcome, the ranking with its errors, diversity and cost, the race as it went, what was set aside,
 * how it was made. It links the pictures of `renderRaceSvg`, which stand beside it under the names of `pictureName`.
 */
export function renderMarkdown(
  record: RunRecord,
  results: Results,
  timing: Timing | undefined,
  setAside: readonly SetAside[],
): string {
  const other = results.columns.some((column) => lowestSentence(column, record, results).length);
  const sections = [
    '# FID by mixing method and N',
    notes(record, results)
      .map((note) => `> ${note}`)
      .join('\n>\n'),
    markdownTable(
      results.cells,
      record.datasets.map(({ name }) => name),
    ),
    `FIDₙ to the reference, lower is better; the lowest of each column is bold${other ? ', which need not be the leader' : ''}. Maximum gain: FID of None minus the lowest FID of all mixed rows, of as many images.`,
    ...outcome(record, results),
    ...rankingSection(record, results),
    ...choiceSection(record, results, timing),
    ...raceSection(record, results),
    ...confirmationSection(record, results),
    ...setAsideSection(setAside),
    '## How it was made',
    howMade(record, timing),
  ];
  return `${sections.join('\n\n')}\n`;
}
