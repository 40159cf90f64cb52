import type { RunRecord } from '../store/record.js';
import { formatChosen, formatCount, formatShare } from './numbers.js';
import type { Cell, Column, RaceResult, Results } from './results.js';
import { listed, nameOf } from './setting-name.js';
import { fullImages } from './table.js';

/** What is said in words both in a terminal and in markdown; `safe` makes a name safe for where it goes. */

type Safe = (name: string) => string;
const asIs: Safe = (name) => name;

export const cellsOf = ({ cells }: Results, dataset: string): Cell[] =>
  cells.filter((cell) => cell.dataset === dataset);

/** Who leads a data set, and who is not separated from it; by the half of the reference that chooses where there is one. */
export function leaderSentence(
  { dataset, leader, tied, by }: Column,
  { selection }: Pick<RunRecord, 'selection'>,
  results: Results,
  safe = asIs,
): string {
  const cells = cellsOf(results, dataset);
  const name = safe(nameOf(leader));
  const images = cells.find(({ setting }) => setting === leader)?.images ?? fullImages(cells);
  const at = `${images === undefined ? '' : ` at ${formatCount(images)} images`}${selection ? ', by the half of the reference that chooses' : ''}`;
  if (cells.length === 1) return `${name} is the only setting.`;
  if (!cells.some(({ difference }) => difference))
    return `${name} has the lowest FID${at}; without errors it is not known which settings are separated from it.`;
  const others = tied.filter((setting) => setting !== leader).map((setting) => safe(nameOf(setting)));
  const of = by === 'fid∞' ? 'FID∞' : 'FIDₙ';
  if (!others.length) return `${name} leads alone${at}: every other setting has a higher ${of} beyond its error.`;
  const all = others.length === cells.length - 1 ? 'No setting is separated from it: it shares' : 'It shares';
  return `${name} has the lowest ${of}${at}. ${all} rank 1 with ${listed(others)}.`;
}

const ENDS: Readonly<Record<NonNullable<RaceResult['ended']>, (tolerance: number) => string>> = {
  'one is left': () => 'ended when one setting was left',
  'all that are left are within the tolerance': (tolerance) =>
    `ended when all that were left were within ${formatChosen(tolerance)} of the best`,
  'all images are made': () => 'went on to the last image',
  'the budget is spent': () => 'ended when its budget was spent',
};

/** What the race of a data set saved, and why it ended. */
export function raceSentence(
  race: RaceResult,
  { strategy }: Pick<RunRecord, 'strategy'>,
  cells: readonly Cell[],
): string {
  const { looks, ended, spent, grid } = race;
  const saved = grid > 0 && spent < grid ? `, which saved ${formatShare(1 - spent / grid)},` : '';
  const end = ended ? ENDS[ended](strategy.tolerance) : 'was stopped before its end';
  const full = fullImages(cells) ?? 0;
  const dropped = looks.flatMap((look) => (look.images < full ? look.dropped : []));
  const completed = dropped.length > 0 && cells.every(({ status }) => status === 'measured');
  return [
    `The race made ${formatCount(spent)} of the grid's ${formatCount(grid)} images${saved} and ${end}.`,
    ...(completed ? ['What it dropped was measured to the end afterwards.'] : []),
  ].join(' ');
}

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
    ...(strategy.budget === undefined ? [] : [`${formatCount(strategy.budget)} images`]),
    ...(strategy.seconds === undefined ? [] : [`${formatCount(strategy.seconds)} s`]),
  ];
  return [`The sweep was ended early: ${which}${budget.length ? `; its budget was ${budget.join(' and ')}` : ''}.`];
}
