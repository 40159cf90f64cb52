import type { ReferenceRecord, RunRecord } from '../store/record.js';
import { literal } from './literal.js';
import { counted, formatCount } from './numbers.js';
import type { Results } from './results.js';
import { cellsOf, earlyEnd, tooFewSentence } from './sentences.js';
import { table } from './table.js';

type Safe = (name: string) => string;

const sizeOf = ({ count }: ReferenceRecord): string => (count === undefined ? '' : `${counted(count, 'image')}, `);

/** Which half of the reference chose, and which is reported. */
function selectionNote({ selection, reference }: RunRecord): string[] {
  if (!selection) return [];
  const half = (one: ReferenceRecord) => `${sizeOf(one)}SHA-256 ${one.sha256.slice(0, 12)}…`;
  return [
    `The reference is split. One half chose (${half(selection)}): leaders, ranks, ties, differences and drops are by it. The FIDs reported, with their errors, are to the other half (${half(reference)}), which took no part in the choice, so the leader need not have the lowest of them.`,
  ];
}

/** Images that come without replacement vary less in an unmixed row than in a mixed one. */
function folderNotes({ datasets }: RunRecord, results: Results, safe: Safe): string[] {
  return datasets.flatMap(({ name, identity }) => {
    if (identity.kind !== 'folder' || !cellsOf(results, name).some(({ difference }) => difference)) return [];
    const size = counted(Number(identity.images), 'image');
    return `${safe(name)} is a folder of ${size}, each of which comes once before one comes again: an unmixed row has less bias than a mixed one, and FID∞ is too low by up to what its halves took out; settings are told apart only beyond that.`;
  });
}

/** That images are too few to tell settings apart, of all data sets or of some by their names. */
function tooFewNotes(results: Results, safe: Safe): string[] {
  const found = results.columns.flatMap((column) =>
    tooFewSentence(column, cellsOf(results, column.dataset)).map((text) => ({ dataset: column.dataset, text })),
  );
  const all = found.length === results.columns.length && new Set(found.map(({ text }) => text)).size === 1;
  return all ? [found[0]!.text] : found.map(({ dataset, text }) => `${safe(dataset)}: ${text}`);
}

/**
 * What must be known before the numbers are read, a paragraph each.
 *
 * @param safe makes a name safe for where it goes
 * @param aside where the images of what stands in parentheses are said
 */
export function notes(
  record: RunRecord,
  results: Results,
  safe: Safe = literal,
  aside = 'with the number of images that it had',
): string[] {
  const { extractor, comparable, reference, datasets, keep } = record;
  const names = datasets.map(({ name }) => name);
  const { rows, images } = table(results.cells, names);
  const full = images.filter((count) => count !== undefined);
  const out = [`These numbers are ${safe(comparable)}.`, ...reference.warnings.map(safe)];
  if (reference.note) out.push(`Reference: ${safe(reference.note)}`);
  out.push(...selectionNote(record), ...earlyEnd(record, results, safe));
  const fewest = Math.min(...full);
  if (fewest < 2 * extractor.dims) {
    out.push(
      `FID is biased upwards when images are few, here ${fewest} for features of ${extractor.dims} dimensions: compare only numbers of this report that are of as many images.`,
    );
  }
  out.push(...tooFewNotes(results, safe), ...folderNotes(record, results, safe));
  if (rows.some(({ entries }) => entries.some((entry) => entry?.aside !== undefined))) {
    out.push(
      `A FID in parentheses is of a setting that was dropped, or not measured to the end, ${aside}. FID at fewer images is biased upwards: it is not to be compared with its neighbours.`,
    );
  }
  if (new Set(full).size > 1) {
    const sizes = names.flatMap((name, i) =>
      images[i] === undefined ? [] : `${safe(name)} ${formatCount(images[i])}`,
    );
    out.push(`The columns are not of as many images (${sizes.join(', ')}): compare within a column only.`);
  }
  const errors = results.cells.some(({ standardError, difference }) => standardError !== undefined || difference);
  if (!errors) {
    out.push(
      keep === 'moments'
        ? 'Only the moments of the features were kept: there are no standard errors, no intervals and no ties. Ranks are in the order of the values, and settings that lie close are not told apart.'
        : 'There are no standard errors: ranks are in the order of the values, and settings that lie close are not told apart.',
    );
  }
  const unnamed = names.filter((name) => !cellsOf(results, name).length);
  if (unnamed.length) out.push(`Nothing was measured yet of ${unnamed.map(safe).join(', ')}.`);
  return out;
}
