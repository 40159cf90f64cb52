import type { ReferenceRecord, RunRecord } from '../store/record.js';
import { literal } from './literal.js';
import { formatCount } from './numbers.js';
import type { Results } from './results.js';
import { cellsOf, earlyEnd } from './sentences.js';
import { table } from './table.js';

const sizeOf = ({ count }: ReferenceRecord): string => (count === undefined ? '' : `${formatCount(count)} images, `);

/** Which half of the reference chose, and which is reported. */
function selectionNote({ selection, reference }: RunRecord): string[] {
  if (!selection) return [];
  const half = (one: ReferenceRecord) => `${sizeOf(one)}SHA-256 ${one.sha256.slice(0, 12)}…`;
  return [
    `The reference is split. One half chose (${half(selection)}): leaders, ranks, ties, differences and drops are by it. The FIDs reported, with their errors, are to the other half (${half(reference)}), which took no part in the choice, so the leader need not have the lowest of them.`,
  ];
}

/** What must be known before the numbers are read, a paragraph each. */
export function notes(record: RunRecord, results: Results): string[] {
  const { extractor, comparable, reference, datasets, keep } = record;
  const names = datasets.map(({ name }) => name);
  const { rows, images } = table(results.cells, names);
  const full = images.filter((count) => count !== undefined);
  const out = [`These numbers are ${literal(comparable)}.`, ...reference.warnings.map(literal)];
  if (reference.note) out.push(`Reference: ${literal(reference.note)}`);
  out.push(...selectionNote(record), ...earlyEnd(record, results, literal));
  const fewest = Math.min(...full);
  if (fewest < 2 * extractor.dims) {
    out.push(
      `FID is biased upwards when images are few, here ${fewest} for features of ${extractor.dims} dimensions: compare only numbers of this report that are of as many images.`,
    );
  }
  if (rows.some(({ entries }) => entries.some((entry) => entry?.aside !== undefined))) {
    out.push(
      'A FID in parentheses is of a setting that was dropped, or not measured to the end, with the number of images that it had. FID at fewer images is biased upwards: it is not to be compared with its neighbours.',
    );
  }
  if (new Set(full).size > 1) {
    const sizes = names.flatMap((name, i) =>
      images[i] === undefined ? [] : `${literal(name)} ${formatCount(images[i])}`,
    );
    out.push(`The columns are not of as many images (${sizes.join(', ')}): compare within a column only.`);
  }
  const errors = results.cells.some(({ standardError, difference }) => standardError !== undefined || difference);
  if (!errors) {
    out.push(
      keep === 'moments'
        ? 'Only the moments of the features were kept: there are no standard errors, no intervals and no ties, and settings that lie close are not told apart.'
        : 'There are no standard errors: settings that lie close are not told apart.',
    );
  }
  const unnamed = names.filter((name) => !cellsOf(results, name).length);
  if (unnamed.length) out.push(`Nothing was measured yet of ${unnamed.map(literal).join(', ')}.`);
  return out;
}
