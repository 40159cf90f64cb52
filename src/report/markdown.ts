import type { RunRecord, SetAside } from '../store/record.js';
import { literal } from './literal.js';
import { choiceSection } from './markdown-choice.js';
import { confirmationSection } from './markdown-confirmation.js';
import { howMade } from './markdown-made.js';
import { notes } from './markdown-notes.js';
import { plotLinks } from './markdown-plots.js';
import { raceSection } from './markdown-race.js';
import { rankingSection } from './markdown-ranking.js';
import { samplesSection } from './markdown-samples.js';
import { markdownTable, TIE } from './markdown-table.js';
import { formatCount } from './numbers.js';
import type { ReportPlot } from './plot.js';
import type { Report } from './report.js';
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

/** FID against N: nothing where it was not drawn. */
function againstN({ datasets }: RunRecord, plots: readonly ReportPlot[]): string[] {
  const links = [...plotLinks(plots, 'n'), ...datasets.flatMap(({ name }) => plotLinks(plots, 'n', name))];
  return links.length ? ['## FID against N', ...links] : [];
}

export interface MarkdownOptions {
  /** With the 95% interval of every FID in Table 1. */
  readonly ci?: boolean | undefined;
}

/**
 * `report.md`: Table 1, the outcome, the ranking with its errors, diversity and cost, the race as it went, samples, what was set
 * aside, how it was made. It links the plots and strips of the report by their files, which stand beside it.
 */
export function renderMarkdown(report: Report, { ci = false }: MarkdownOptions = {}): string {
  const { record, results, timing, setAside, plots, strips } = report;
  const other = results.columns.some((column) => lowestSentence(column, record, results).length);
  const names = record.datasets.map(({ name }) => name);
  const table = markdownTable(results.cells, names, { said: results.columns, ci });
  const bounds = ci && results.cells.some(({ interval }) => interval);
  const legend = [
    `FIDₙ to the reference, lower is better; the lowest of each column is bold${other ? ', which need not be the leader' : ''}.`,
    'Maximum gain: FID of None minus the lowest FID of all mixed rows, of as many images.',
    ...(results.columns.some(({ tied }) => tied.length > 1)
      ? [`${TIE} shares rank 1: the leader of its column, or not separated from it.`]
      : []),
    ...(bounds ? ['In brackets the 95% interval of each FIDₙ.'] : []),
  ];
  const sections = [
    '# FID by mixing method and N',
    notes(record, results)
      .map((note) => `> ${note}`)
      .join('\n>\n'),
    table,
    legend.join(' '),
    ...outcome(record, results),
    ...againstN(record, plots),
    ...rankingSection(record, results, plots),
    ...choiceSection(record, results, timing, plots),
    ...raceSection(record, results, plots),
    ...confirmationSection(record, results),
    ...samplesSection(record, results, strips),
    ...setAsideSection(setAside),
    '## How it was made',
    howMade(record, timing),
  ];
  return `${sections.join('\n\n')}\n`;
}
