import type { RunRecord } from '../store/record.js';
import { literal } from './literal.js';
import { plotLinks } from './markdown-plots.js';
import { markdownRows } from './markdown-table.js';
import { decimalsOf, formatChosen, formatCount, formatDifference, formatFid, formatRate } from './numbers.js';
import type { ReportPlot } from './plot.js';
import { textTable } from './ranking.js';
import type { RaceResult, Results } from './results.js';
import { cellsOf, raceSentence } from './sentences.js';
import { nameOf } from './setting-name.js';

const isFolder = ({ datasets }: RunRecord, dataset: string): boolean =>
  datasets.some(({ name, identity }) => name === dataset && identity.kind === 'folder');

const safeName = (key: string): string => literal(nameOf(key));

function looksTable({ looks }: RaceResult): string {
  return markdownRows(
    textTable(looks, [
      { head: 'Images a setting', text: ({ images }) => formatCount(images) },
      { head: 'Settings', text: ({ alive }) => String(alive.length) },
      { head: 'Leader', left: true, text: ({ leader }) => safeName(leader) },
      { head: 'Dropped', text: ({ dropped }) => String(dropped.length) },
    ]),
  );
}

/** Who was dropped on what evidence: the difference exceeds its standard error times the critical value. */
function dropsTable({ looks }: RaceResult): string {
  const drops = looks.flatMap(({ images, dropped }) => dropped.map((drop) => ({ images, ...drop })));
  const decimals = decimalsOf(drops.map(({ difference }) => difference.standardError));
  return markdownRows(
    textTable(drops, [
      { head: 'At images', text: ({ images }) => formatCount(images) },
      { head: 'Dropped', left: true, text: ({ setting }) => safeName(setting) },
      { head: 'Compared with', left: true, text: ({ difference }) => safeName(difference.to) },
      { head: 'In', left: true, text: ({ difference }) => (difference.of === 'fid' ? 'FIDₙ' : 'FID∞') },
      { head: 'Difference', text: ({ difference }) => formatDifference(difference.value, decimals) },
      { head: 'Standard error', text: ({ difference }) => formatFid(difference.standardError, decimals) },
      {
        head: 'Had to exceed',
        text: ({ difference: { standardError }, critical }) =>
          `${formatFid(critical * standardError, decimals)} (${formatRate(critical)} errors)`,
      },
    ]),
  );
}

/** The race of each data set as it went: nothing where there was none. */
export function raceSection(record: RunRecord, results: Results, plots: readonly ReportPlot[]): string[] {
  const raced = results.columns.filter(({ race }) => race);
  if (!raced.length) return [];
  const { alpha, tolerance } = record.strategy;
  const least = Math.max(...raced.map((column) => column.least ?? 0));
  const folder = raced.some(({ dataset }) => isFolder(record, dataset));
  const rules = [
    `At each look all settings that are left stand at the same number of images. One is dropped when its paired difference to the leader is larger than so many standard errors that, over all settings, looks and data sets, the probability of any wrong drop is to be at most ${formatChosen(alpha)}.`,
    'Where FID∞ cannot be trusted yet, FIDₙ and FID∞ must both say so, by a wide margin; FIDₙ is shown.',
    ...(least > 0 ? [`Below ${formatCount(Math.ceil(least))} images nothing is dropped.`] : []),
    ...(folder
      ? [
          'Of a folder of images a difference must exceed, beside its errors, what may be left of bias, which is not in the table.',
        ]
      : []),
    `The race ends when one is left, or when all that are left are within ${formatChosen(tolerance)} of the best by the 95% interval of each.`,
  ];
  return [
    '## The race as it went',
    rules.join(' '),
    ...plotLinks(plots, 'race'),
    ...raced.flatMap(({ dataset, race }) => [
      ...(record.datasets.length > 1 ? [`### ${literal(dataset)}`] : []),
      raceSentence(race!, record, cellsOf(results, dataset)),
      ...plotLinks(plots, 'race', dataset),
      ...(race!.looks.length ? [looksTable(race!)] : []),
      ...(race!.looks.some(({ dropped }) => dropped.length) ? [dropsTable(race!)] : []),
    ]),
  ];
}
