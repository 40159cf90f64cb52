import type { RunRecord } from '../store/record.js';
import { literal } from './literal.js';
import { markdownRows } from './markdown-table.js';
import { counted, decimalsOf, formatFid } from './numbers.js';
import { ranking, type TextTable, textTable } from './ranking.js';
import type { Column, Confirmation, Results } from './results.js';
import { listed, nameOf } from './setting-name.js';

type Safe = (name: string) => string;

/** Whether the second feature space bears the leader out. */
function verdict({ leader }: Column, { cells }: Confirmation, safe: Safe): string {
  const name = safe(nameOf(leader));
  const own = cells.find(({ setting }) => setting === leader);
  if (!own) return `${name} is not among the settings that were measured again.`;
  if (cells.length === 1) return `${name} was measured alone: here it is compared with nothing.`;
  const namesOf = (some: readonly { readonly setting: string }[]) =>
    listed(some.map(({ setting }) => safe(nameOf(setting))));
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

/** What is said of the confirmation of a data set, and its table; `safe` makes a name safe for where it goes. */
export function confirmed(
  column: Column,
  confirmation: Confirmation,
  safe: Safe,
): { readonly sentence: string; readonly table: TextTable } {
  const { extractor, comparable, reference, images, cells } = confirmation;
  const decimals = decimalsOf(cells.map(({ standardError }) => standardError));
  return {
    sentence: `By ${safe(extractor)} to ${safe(reference)}, on ${counted(images, 'image')} a setting; numbers ${safe(comparable)}. ${verdict(column, confirmation, safe)}`,
    table: textTable(ranking(cells.map((cell) => ({ dataset: column.dataset, ...cell }))), [
      { head: '#', text: ({ rank }) => String(rank) },
      { head: 'Setting', left: true, text: ({ setting }) => safe(nameOf(setting)) },
      { head: 'FID', text: ({ fid }) => formatFid(fid, decimals) },
      {
        head: 'Standard error',
        text: ({ standardError }) => (standardError === undefined ? undefined : formatFid(standardError, decimals)),
      },
    ]),
  };
}

/** The finalists again in a second feature space: nothing where that was not asked for. */
export function confirmationSection(record: RunRecord, { columns }: Results): string[] {
  const sections = columns.flatMap((column) => {
    const { confirmation, dataset } = column;
    if (!confirmation) return [];
    const { sentence, table } = confirmed(column, confirmation, literal);
    return [...(record.datasets.length > 1 ? [`### ${literal(dataset)}`] : []), sentence, markdownRows(table)];
  });
  return sections.length ? ['## Confirmation in a second feature space', ...sections] : [];
}
