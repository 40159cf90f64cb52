import type { RunRecord } from '../store/record.js';
import { literal } from './literal.js';
import { markdownRows } from './markdown-table.js';
import { decimalsOf, formatCount, formatFid } from './numbers.js';
import { ranking, textTable } from './ranking.js';
import type { Column, Confirmation, Results } from './results.js';
import { nameOf } from './setting-name.js';

/** Whether the second feature space bears the leader out. */
function verdict({ leader }: Column, { cells }: Confirmation): string {
  const name = literal(nameOf(leader));
  const own = cells.find(({ setting }) => setting === leader);
  if (!own) return `${name} is not among the settings that were measured again.`;
  if (own.rank === 1) return `${name} has rank 1 here too.`;
  const first = cells.filter(({ rank }) => rank === 1).map(({ setting }) => literal(nameOf(setting)));
  return `Here ${name} has rank ${own.rank}, behind ${first.join(', ')}: its lead may be one of the first feature space only.`;
}

/** The finalists again in a second feature space: nothing where that was not asked for. */
export function confirmationSection(record: RunRecord, { columns }: Results): string[] {
  const sections = columns.flatMap((column) => {
    const { confirmation, dataset } = column;
    if (!confirmation) return [];
    const { extractor, comparable, reference, images, cells } = confirmation;
    const decimals = decimalsOf(cells.map(({ standardError }) => standardError));
    return [
      ...(record.datasets.length > 1 ? [`### ${literal(dataset)}`] : []),
      `By ${literal(extractor)} to ${literal(reference)}, on ${formatCount(images)} images a setting; numbers ${literal(comparable)}. ${verdict(column, confirmation)}`,
      markdownRows(
        textTable(ranking(cells.map((cell) => ({ dataset, ...cell }))), [
          { head: '#', text: ({ rank }) => String(rank) },
          { head: 'Setting', left: true, text: ({ setting }) => literal(nameOf(setting)) },
          { head: 'FID', text: ({ fid }) => formatFid(fid, decimals) },
          {
            head: 'Standard error',
            text: ({ standardError }) => (standardError === undefined ? undefined : formatFid(standardError, decimals)),
          },
        ]),
      ),
    ];
  });
  return sections.length ? ['## Confirmation in a second feature space', ...sections] : [];
}
