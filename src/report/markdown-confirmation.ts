import type { RunRecord } from '../store/record.js';
import { literal } from './literal.js';
import { markdownRows } from './markdown-table.js';
import { counted, decimalsOf, formatFid } from './numbers.js';
import { ranking, textTable } from './ranking.js';
import type { Column, Confirmation, Results } from './results.js';
import { listed, nameOf } from './setting-name.js';

/** Whether the second feature space bears the leader out. */
function verdict({ leader }: Column, { cells }: Confirmation): string {
  const name = literal(nameOf(leader));
  const own = cells.find(({ setting }) => setting === leader);
  if (!own) return `${name} is not among the settings that were measured again.`;
  if (cells.length === 1) return `${name} was measured alone: here it is compared with nothing.`;
  const namesOf = (some: readonly { readonly setting: string }[]) =>
    listed(some.map(({ setting }) => literal(nameOf(setting))));
  const ahead = cells.filter(({ rank }) => rank < own.rank);
  if (!cells.some(({ standardError }) => standardError !== undefined))
    return `Here ${name} ${ahead.length ? `comes after ${namesOf(ahead)}` : 'has the lowest FID'}; without errors it is not known which are apart.`;
  if (ahead.length)
    return `Here ${name} has rank ${own.rank}, behind ${namesOf(ahead)}: its lead may be one of the first feature space only.`;
  const beside = cells.filter(({ setting, rank }) => setting !== leader && rank === own.rank);
  if (beside.length === cells.length - 1) return `${name} could not be separated from ${namesOf(beside)} here either.`;
  if (!beside.length) return `${name} leads alone here: the others, not separated from it before, are so now.`;
  return `${name} shares rank 1 here with ${namesOf(beside)}; the others are separated from the best of them.`;
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
      `By ${literal(extractor)} to ${literal(reference)}, on ${counted(images, 'image')} a setting; numbers ${literal(comparable)}. ${verdict(column, confirmation)}`,
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
