import type { ComparedCell, ComparedRow, RunComparison, RunDifference } from './comparison.js';
import { drawnOtherwise, type MadeDifference } from './comparison-made.js';
import { counted, decimalsOf, formatCount, formatDifference, formatFid, formatInterval } from './numbers.js';
import { type TextTable, textTable } from './ranking.js';
import { listed, nameOf } from './setting-name.js';

/** What a comparison of runs says, as tables and sentences; `safe` makes a name safe for where it goes. */

type Safe = (name: string) => string;

/** Whether an interval leaves 0 out. */
const apart = ({ interval }: RunDifference): boolean => interval !== undefined && (interval[0] > 0 || interval[1] < 0);

function differenceText({ of, value, interval }: RunDifference, decimals: number): string {
  const range = interval ? ` (${formatInterval(interval, decimals, formatDifference)})` : '';
  return `${formatDifference(value, decimals)}${range}${of === 'fid∞' ? ' of FID∞' : ''}`;
}

/** The rows of one data set: FIDₙ ± its standard error by run, and what each run differs by from the first. */
export function comparisonTable({ runs }: RunComparison, rows: readonly ComparedRow[], safe: Safe): TextTable {
  const cells = rows.flatMap((row) => row.cells.flatMap((cell) => cell ?? []));
  const decimals = decimalsOf(cells.flatMap((cell) => [cell.standardError, cell.difference?.standardError]));
  const uneven = new Set(cells.map(({ images }) => images)).size > 1;
  const fid = (cell: ComparedCell | null | undefined): string | undefined => {
    if (!cell) return undefined;
    const error = cell.standardError === undefined ? '' : ` ± ${formatFid(cell.standardError, decimals)}`;
    const at = uneven ? ` at ${formatCount(cell.images)}` : '';
    const text = `${formatFid(cell.fid, decimals)}${error}${at}`;
    return cell.status === 'dropped' ? `(${text})` : text;
  };
  return textTable(rows, [
    { head: 'Setting', left: true, text: ({ setting }) => safe(nameOf(setting)) },
    ...runs.map(({ name }, run) => ({ head: safe(name), text: ({ cells: own }: ComparedRow) => fid(own[run]) })),
    ...runs.slice(1).map(({ name }, i) => ({
      head: `${safe(name)} − ${safe(runs[0]!.name)} (95%)`,
      text: ({ cells: own }: ComparedRow) => {
        const found = own[i + 1]?.difference;
        return found && differenceText(found, decimals);
      },
    })),
  ]);
}

const HOW: Readonly<Record<RunDifference['by'], string>> = {
  'by image': 'paired image by image',
  'by group': 'paired group by group of images',
  independent:
    'with errors added as independent ones, √(se² + se²): the runs have other seeds and no random draws in common; the reference is taken as it is',
  none: 'without an interval: no error is known where only moments are kept, or of so few images',
};

function howText({ by }: RunDifference, otherwise: string | undefined): string {
  if (by !== 'by image' && by !== 'by group') return HOW[by];
  return otherwise === undefined
    ? `${HOW[by]}: both runs have their random draws in common, and the intervals know it`
    : `${HOW[by]}: both runs have one seed, but ${otherwise}; the intervals know what the images have in common all the same`;
}

/** How the differences to the first run came about, how many are beyond chance, and why some are missing. */
export function comparisonSentences(comparison: RunComparison, safe: Safe): string[] {
  const { runs, rows, renamed, alone, least } = comparison;
  const first = safe(runs[0]!.name);
  const several = new Set(rows.map(({ dataset }) => dataset)).size > 1;
  const cellName = (dataset: string, setting: string): string =>
    `${several ? `${safe(dataset)} ` : ''}${safe(nameOf(setting))}`;
  const out = renamed.map(
    ({ run, dataset, as }) =>
      `${safe(runs[run]!.name)} calls the data set ${safe(as)} of ${first} ${safe(dataset)}: it is the same by its identity.`,
  );
  for (const [run, { name }] of runs.entries()) {
    if (!run) continue;
    const cells = rows.flatMap(({ dataset, setting, cells: own }) =>
      own[run] ? [{ dataset, cell: own[run], label: cellName(dataset, setting) }] : [],
    );
    const found = cells.flatMap(({ cell }) => cell.difference ?? []);
    const how = cells.flatMap(({ dataset, cell }) =>
      cell.difference ? howText(cell.difference, drawnOtherwise(comparison, run, dataset)) : [],
    );
    for (const text of new Set(how))
      out.push(`${safe(name)} − ${first}: ${counted(how.filter((one) => one === text).length, 'difference')} ${text}.`);
    const biased = found.filter(({ bias, interval }) => bias && interval).length;
    if (biased)
      out.push(
        `${safe(name)} − ${first}: ${counted(biased, 'interval')} of FID∞ of a folder's images ${biased > 1 ? 'are' : 'is'} wider by the bias that FID∞ of so few may keep.`,
      );
    const known = found.filter(({ interval }) => interval);
    if (known.length && known.every(({ value, standardError }) => value === 0 && standardError === 0))
      out.push(`${safe(name)} has the very features of ${first}: every difference is exactly 0.`);
    else if (known.length) {
      const beyond = known.filter(apart).length;
      out.push(
        `Of ${counted(known.length, 'interval')} of ${safe(name)} − ${first}, ${beyond || 'none'} ${beyond > 1 ? 'leave' : 'leaves'} out 0. Each holds by itself with 95%: of many, one in twenty leaves it out by chance.`,
      );
    }
    const reasons = new Set(cells.flatMap(({ cell }) => cell.undecided ?? []));
    for (const reason of reasons) {
      const labels = cells.filter(({ cell }) => cell.undecided === reason).map(({ label }) => label);
      const which = labels.length === cells.length ? 'any cell' : listed(labels);
      out.push(`No difference of ${safe(name)} to ${first} is given for ${which}: ${reason}.`);
    }
  }
  if (least !== undefined)
    out.push(
      `Below ${formatCount(Math.ceil(least))} images a difference says little, whatever its interval: the bias of an FID is not known there.`,
    );
  for (const [run, { name }] of runs.entries()) {
    const own = alone.filter((one) => one.run === run);
    if (own.length)
      out.push(`Not compared, only in ${safe(name)}: ${listed(own.map((one) => cellName(one.dataset, one.setting)))}.`);
  }
  return out;
}

const BEARING: Readonly<Record<MadeDifference['bearing'], string>> = {
  forbids: 'forbids comparison',
  matters: 'matters',
  chance: 'chance',
  little: 'little',
};

/** What differs and how much it matters, one line a field. */
export const madeTable = ({ runs }: RunComparison, differences: readonly MadeDifference[], safe: Safe): TextTable =>
  textTable(differences, [
    { head: 'Made with', left: true, text: ({ field }) => safe(field) },
    { head: 'Bearing', left: true, text: ({ bearing }) => BEARING[bearing] },
    ...runs.map(({ name }, run) => ({
      head: safe(name),
      left: true,
      text: ({ values }: MadeDifference) => safe(values[run]!),
    })),
  ]);

/** What of it is to be said before any number: what forbids, matters or is chance. */
export const madeSentences = (differences: readonly MadeDifference[], safe: Safe): string[] =>
  differences.filter(({ bearing }) => bearing !== 'little').map(({ field, why }) => `${safe(field)} differs. ${why}`);

/** That nothing at all differs, or nothing that matters. */
export function madeOutcome(differences: readonly MadeDifference[]): string {
  if (!differences.length) return 'Nothing differs in how these runs were made.';
  const little = differences.every(({ bearing }) => bearing === 'little');
  return little ? 'Nothing that decides the numbers differs in how these runs were made.' : '';
}
