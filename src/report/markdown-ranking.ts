import type { RunRecord } from '../store/record.js';
import { literal } from './literal.js';
import { markdownRows } from './markdown-table.js';
import { formatChosen } from './numbers.js';
import type { ReportPlot } from './plot.js';
import { rankingTable } from './ranking.js';
import type { Cell, Results } from './results.js';
import { cellsOf, labelOf } from './sentences.js';
import { listed } from './setting-name.js';

/** How settings share ranks, with what probability of an error, and what the intervals of differences are of. */
function ranks({ strategy }: RunRecord, { cells, columns }: Results): string {
  const race = columns.some((column) => column.race);
  const dropped = race && cells.some(({ status }) => status === 'dropped');
  const wrongly = race ? 'called worse than the leader, or dropped, wrongly' : 'called worse than the leader wrongly';
  const over = race ? 'settings, looks and data sets' : 'settings and data sets';
  return [
    `Settings that share a rank are not separated, at this n, from the best of them; they stand in the table's order. The probability that any setting is ${wrongly} is to be at most ${formatChosen(strategy.alpha)}, over all ${over} of the run; ${dropped ? 'among those that were not dropped, ' : ''}ranks below the first are told apart by the same rule, without counting these tests among them.`,
    ...(dropped
      ? [
          'What a race dropped ranks behind what it left, by when it was dropped (later is better), and within one look by the same rule.',
        ]
      : []),
    "The intervals of differences are joint: those of a data set's measured settings to the leader are to hold all at once with 95%, whichever setting leads.",
    ...(dropped
      ? [
          'That of a dropped one is at the level that it was dropped at: as many standard errors to each side as it had to exceed.',
        ]
      : []),
    'Ranks are by the rule above, not by whether an interval excludes 0.',
  ].join(' ');
}

/** What errors, intervals and differences are of. */
function errors({ cells }: Results, differs: boolean): string {
  return [
    'FID ± its standard error, and the interval about it, are of FIDₙ: what as many images score, bias included.',
    ...(cells.some(({ unbiased }) => unbiased?.trusted)
      ? ['FID∞ is without the bias of few images, shown where it can be trusted.']
      : []),
    'Intervals about an FID are 95% of one number each.',
    ...(differs
      ? [
          'Differences are to the leader, paired under common random numbers image by image (with few images: group by group): they are mostly surer than the errors of the two FIDs suggest.',
        ]
      : []),
  ].join(' ');
}

/** Where nothing has an error, ranks are no more than an order. */
function orderOnly({ datasets }: RunRecord, results: Results): string[] {
  const columns = results.columns.filter(({ dataset }) => {
    const cells = cellsOf(results, dataset);
    return cells.length > 1 && !cells.some(({ difference }) => difference);
  });
  if (!columns.length) return [];
  const where =
    columns.length === datasets.length ? '' : ` of ${listed(columns.map(({ dataset }) => literal(dataset)))}`;
  const by = [...new Set(columns.map((column) => labelOf(column.by)))].join(' where it is shown, else of ');
  return [`Ranks${where} are in the order of ${by}: without errors it is not known which settings are apart.`];
}

/** What ranks, errors and intervals are of. */
function legend(record: RunRecord, results: Results): string[] {
  const { cells, columns } = results;
  const differs = cells.some(({ difference }) => difference);
  const biased = differs && columns.some(({ by }) => by === 'fid');
  return [
    ...(differs ? [ranks(record, results)] : []),
    ...(cells.some(({ standardError }) => standardError !== undefined) ? [errors(results, differs)] : []),
    ...(biased
      ? [
          `${columns.every(({ by }) => by === 'fid') ? 'Settings' : 'Where FID∞ is not shown, settings'} are ordered by FIDₙ, as FID∞ cannot be trusted at so few images; two are told apart only where FIDₙ and FID∞ both say so, by a wide margin. What is apart at this n need not be so at another.`,
        ]
      : []),
    ...orderOnly(record, results),
  ];
}

/** What a ranking's picture shows: the table above it has the rest in words. */
const pictureText = (dataset: string, cells: readonly Cell[]): string =>
  `FID of each setting of ${literal(dataset)}${cells.some(({ interval }) => interval) ? ', with its interval' : ''}`;

/** The ranking of each data set, with its picture. */
export function rankingSection(record: RunRecord, results: Results, plots: readonly ReportPlot[]): string[] {
  const several = record.datasets.length > 1;
  const tables = record.datasets.flatMap(({ name }) => {
    const cells = cellsOf(results, name);
    if (!cells.length) return [];
    const column = results.columns.find(({ dataset }) => dataset === name);
    return [
      ...(several ? [`### ${literal(name)}`] : []),
      markdownRows(rankingTable(cells, column, { safe: literal })),
      ...plots
        .filter(({ kind, dataset }) => kind === 'ranking' && dataset === name)
        .map(({ file }) => `![${pictureText(name, cells)}](${file})`),
    ];
  });
  return ['## Ranking', ...legend(record, results), ...tables];
}
