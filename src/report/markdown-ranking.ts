import type { RunRecord } from '../store/record.js';
import { literal } from './literal.js';
import { markdownRows } from './markdown-table.js';
import { formatChosen } from './numbers.js';
import { pictureName } from './picture.js';
import { rankingTable } from './ranking.js';
import type { Results } from './results.js';
import { cellsOf } from './sentences.js';

/** What ranks, errors and intervals are of. */
function legend({ strategy }: RunRecord, { cells, columns }: Results): string[] {
  if (!cells.some(({ difference }) => difference)) return [];
  const race = columns.some((column) => column.race);
  const wrongly = race ? 'called worse than the leader, or dropped, wrongly' : 'called worse than the leader wrongly';
  const over = race ? 'settings, looks and data sets' : 'settings and data sets';
  const biased = columns.some(({ by }) => by === 'fid');
  const unbiased = cells.some((cell) => cell.unbiased?.trusted);
  return [
    `Settings that share a rank are not separated, at this n, from the best of them; they stand in the table's order. The probability that any setting is ${wrongly} is to be at most ${formatChosen(strategy.alpha)}, over all ${over} of the run; ranks below the first are told apart by the same rule, without counting these tests among them. The intervals are 95% of one number each: one that excludes 0 need not separate two settings among so many.`,
    `FID ± its standard error, and the interval about it, are of FIDₙ: what as many images score, bias included.${unbiased ? ' FID∞ is without the bias of few images, shown where it can be trusted.' : ''} Differences are to the leader, paired image by image under common random numbers: they are surer than the errors of the two FIDs suggest.`,
    ...(biased
      ? [
          `${columns.every(({ by }) => by === 'fid') ? 'Ranks' : 'Where FID∞ is not shown, ranks'} are by FIDₙ, as FID∞ cannot be trusted at so few images: settings that are apart at this n need not be so at another.`,
        ]
      : []),
  ];
}

/** The ranking of each data set, with its picture. */
export function rankingSection(record: RunRecord, results: Results): string[] {
  const several = record.datasets.length > 1;
  const tables = record.datasets.flatMap(({ name }, i) => {
    const cells = cellsOf(results, name);
    if (!cells.length) return [];
    const column = results.columns.find(({ dataset }) => dataset === name);
    return [
      ...(several ? [`### ${literal(name)}`] : []),
      markdownRows(rankingTable(cells, column, { safe: literal })),
      `![FID of each setting of ${literal(name)}, with its interval](${pictureName(i)})`,
    ];
  });
  return ['## Ranking', ...legend(record, results), ...tables];
}
