import { invalid } from '../core/errors.js';
import { affordable, type Work } from '../search/budget.js';
import type { Plan } from './plan.js';
import { duration } from './progress.js';

/** Of a budget of time, what goes into images; the rest is for starting and for the scores. */
const MAKING = 0.9;

/** What a budget is spent by: what is known once the reference and the network are there. */
export interface Means {
  /** Images a setting below which a race decides nothing (`leastImages` of the reference); 0 where it is not known. */
  readonly least: number;
  /** Images a second that this machine infers; needed for a budget of time alone. */
  readonly rate?: number | undefined;
}

/** What a plan would measure. */
export const workOf = ({ strategy, settings, datasets, block, images }: Plan, least: number): Work => ({
  strategy: strategy.kind,
  settings: settings.length,
  datasets: datasets.length,
  block,
  images,
  least,
  complete: strategy.complete,
});

/**
 * A plan whose budget, of images or of time, has become the images a setting that it buys, in whole blocks, and
 * `strategy.budget`, the images over all settings and data sets; a plan without one as it is.
 *
 * @throws UserError where the budget is too small for the least that its strategy can do, with what that needs
 */
export function withinBudget(plan: Plan, { least, rate }: Means): Plan {
  const { strategy } = plan;
  const { seconds } = strategy;
  if (seconds !== undefined && rate === undefined) throw new Error('a budget of time, and no rate');
  const budget = seconds === undefined ? strategy.budget : Math.floor(rate! * seconds * MAKING);
  if (budget === undefined) return plan;
  const work = workOf(plan, least);
  const bought = affordable(work, budget);
  if ('images' in bought) return { ...plan, images: bought.images, strategy: { ...strategy, budget } };
  const { settings, datasets, block } = work;
  const whom = `for ${settings} ${settings === 1 ? 'setting' : 'settings'} and ${datasets} data ${datasets === 1 ? 'set' : 'sets'}`;
  const why =
    work.strategy === 'race' && least > 2 * block
      ? ` A race by this reference decides nothing below ${Math.ceil(least)} images a setting.`
      : '';
  if (seconds === undefined)
    throw invalid(
      '--budget',
      `${budget}-images`,
      `at least ${bought.needed}-images ${whom}`,
      `Take fewer settings, or more images.${why}`,
    );
  throw invalid(
    '--budget',
    duration(seconds),
    `at least about ${duration(Math.ceil(bought.needed / rate! / MAKING))} (${bought.needed} images, of which ${rate!.toFixed(1)} a second are made here) ${whom}`,
    `Take fewer settings, or more time.${why}`,
  );
}
