import type { RunRecord } from '../store/record.js';
import { counted, formatChosen, formatCount, formatFid, formatShare } from './numbers.js';
import type { Cell, Column, RaceResult, Results } from './results.js';
import { listed, nameOf } from './setting-name.js';
import { fullImages } from './table.js';

/** What is said in words both in a terminal and in markdown; `safe` makes a name safe for where it goes. */

type Safe = (name: string) => string;
const asIs: Safe = (name) => name;

export const cellsOf = ({ cells }: Results, dataset: string): Cell[] =>
  cells.filter((cell) => cell.dataset === dataset);

/** What ties were judged by, as it is written. */
export const labelOf = (by: Column['by']): string => (by === 'fid∞' ? 'FID∞' : 'FIDₙ');

const imagesOf = (cells: readonly Cell[], { leader }: Column): number | undefined =>
  cells.find(({ setting }) => setting === leader)?.images ?? fullImages(cells);

/** Images of a data set that are too few to tell any two settings apart, whatever their difference. */
export function tooFew(
  column: Column | undefined,
  cells: readonly Cell[],
): { images: number; least: number } | undefined {
  const images = column && imagesOf(cells, column);
  if (images === undefined || column?.least === undefined || images >= column.least) return undefined;
  return { images, least: Math.ceil(column.least) };
}

/** That images were too few to tell settings apart: nothing where they were enough. */
export function tooFewSentence(column: Column, cells: readonly Cell[]): string[] {
  const few = tooFew(column, cells);
  if (!few) return [];
  const { images, least } = few;
  return [
    `Below ${formatCount(least)} images no two settings are told apart, whatever their difference: the bias of an FID is not known there; here there are ${formatCount(images)}.`,
  ];
}

/** Who leads a data set, and who is not separated from it; by the half of the reference that chooses where there is one. */
export function leaderSentence(
  column: Column,
  { selection, settings }: Pick<RunRecord, 'selection' | 'settings'>,
  results: Results,
  safe = asIs,
): string {
  const { dataset, leader, tied, by } = column;
  const cells = cellsOf(results, dataset);
  const name = safe(nameOf(leader));
  const images = imagesOf(cells, column);
  const at = `${images === undefined ? '' : ` at ${formatCount(images)} images`}${selection ? ', by the half of the reference that chooses' : ''}`;
  const of = labelOf(by);
  if (cells.length === 1) return `${name} is the only setting${settings.length > 1 ? ' that has images yet' : ''}.`;
  if (!cells.some(({ difference }) => difference))
    return `${name} has the lowest ${of}${at}; without errors it is not known which settings are separated from it.`;
  if (tooFew(column, cells)) return `${name} has the lowest ${of}${at}; so few images cannot tell it from any other.`;
  const others = tied.filter((setting) => setting !== leader).map((setting) => safe(nameOf(setting)));
  const compared = cells.filter(({ setting, difference }) => setting === leader || difference);
  const every = compared.length === cells.length ? 'every other setting' : 'every other setting that was compared';
  const worse = compared.some(({ status }) => status === 'dropped') ? 'was found worse' : `has a higher ${of}`;
  if (!others.length) return `${name} leads alone${at}: ${every} ${worse}, beyond chance.`;
  const all = others.length === cells.length - 1 ? 'No setting is separated from it: it shares' : 'It shares';
  return `${name} has the lowest ${of}${at}. ${all} rank 1 with ${listed(others)}.`;
}

/** Whose FIDₙ is the lowest in Table 1, where it is not the leader's. */
export function lowestSentence(
  { dataset, leader, by }: Column,
  { selection }: Pick<RunRecord, 'selection'>,
  results: Results,
  safe = asIs,
): string[] {
  const cells = cellsOf(results, dataset);
  const full = fullImages(cells);
  const compared = cells.filter(({ status, images }) => status === 'measured' && images === full);
  const lowest = formatFid(Math.min(...compared.map(({ fid }) => fid)));
  const best = compared.filter(({ fid }) => formatFid(fid) === lowest).map(({ setting }) => setting);
  if (!best.length || best.includes(leader)) return [];
  const names = listed(best.map((setting) => safe(nameOf(setting))));
  const leads = selection
    ? 'by the half of the reference that chooses'
    : `by ${by === 'fid∞' ? 'FID∞, without the bias of few images' : 'FIDₙ'}`;
  return [`The lowest FIDₙ in the table is that of ${names}; ${safe(nameOf(leader))} leads ${leads}.`];
}

type End = NonNullable<RaceResult['ended']>;

const ENDS: Readonly<Record<End, (tolerance: number) => string>> = {
  'one is left': () => 'ended when one setting was left',
  'all that are left are within the tolerance': (tolerance) =>
    `ended when all that were left were within ${formatChosen(tolerance)} of the best, by the 95% interval of each`,
  'all images are made': () => 'went on to the last image',
  'the budget is spent': () => 'ended when its budget was spent',
};

/** A share that was saved; not 0% of something, nor 100% of anything that was done. */
const savedShare = (share: number): string =>
  share < 0.005 ? 'less than 1%' : share > 0.995 ? 'more than 99%' : formatShare(share);

/**
 * What the race of a data set made, why it ended, and what it saved: nothing where it came to no decision (a budget, an
 * interruption) or where more was measured after it.
 */
export function raceSentence(
  race: RaceResult,
  { strategy }: Pick<RunRecord, 'strategy'>,
  cells: readonly Cell[],
): string {
  const { looks, ended, spent, grid } = race;
  // Settings that were drawn from a space are no grid.
  const whole =
    strategy.trials === undefined
      ? `the grid's ${formatCount(grid)} images`
      : `the ${formatCount(grid)} images that all trials take`;
  if (!looks.length) return `The race has had no look yet, of ${whole}.`;
  if (!ended)
    return `By its last look the race had made ${formatCount(spent)} of ${whole}; it was stopped before its end.`;
  const after = cells.reduce((sum, { images }) => sum + images, 0) > spent;
  const decided = ended !== 'the budget is spent' && looks[0]!.alive.length > 1;
  const saved =
    decided && !after && !strategy.complete && spent < grid ? `, which saved ${savedShare(1 - spent / grid)},` : '';
  const end = looks[0]!.alive.length === 1 ? 'ended, with one setting from the start' : ENDS[ended](strategy.tolerance);
  const afterwards = cells.every(({ status }) => status === 'measured')
    ? `All settings were measured on ${formatCount(fullImages(cells) ?? 0)} images after it.`
    : 'More images than these were made, beside it or after it.';
  return [`The race made ${formatCount(spent)} of ${whole}${saved} and ${end}.`, ...(after ? [afterwards] : [])].join(
    ' ',
  );
}

/** How many programs or images were set aside, for under a terminal's tables. */
export const setAsideSentence = (count: number): string =>
  count === 1
    ? '1 program or image was set aside; the report names it.'
    : `${formatCount(count)} programs or images were set aside; the report names them.`;

/** How far each setting was measured, where it is less than what was asked for and no race decided so. */
export function earlyEnd({ images: asked, strategy, datasets }: RunRecord, results: Results, safe = asIs): string[] {
  const short = datasets.flatMap(({ name }) => {
    const full = fullImages(cellsOf(results, name));
    const race = results.columns.find(({ dataset }) => dataset === name)?.race;
    return full === undefined || full >= asked || race?.ended ? [] : [{ name, full }];
  });
  if (!short.length) return [];
  const counts = [...new Set(short.map(({ full }) => full))];
  const which =
    counts.length === 1
      ? `${formatCount(counts[0]!)} of ${formatCount(asked)} images a setting`
      : `${short.map(({ name, full }) => `${safe(name)} ${formatCount(full)}`).join(', ')} of ${formatCount(asked)} images a setting`;
  const budget = [
    ...(strategy.budget === undefined ? [] : [counted(strategy.budget, 'image')]),
    ...(strategy.seconds === undefined ? [] : [`${formatCount(strategy.seconds)} s`]),
  ];
  return [`The sweep was ended early: ${which}${budget.length ? `; its budget was ${budget.join(' and ')}` : ''}.`];
}
