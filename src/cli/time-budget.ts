import { UserError } from '../core/errors.js';
import { affordable } from '../search/budget.js';
import type { Plan } from './plan.js';
import { duration } from './progress.js';

/** Of a budget of time, what goes into images; the rest is for starting and for the scores. */
const MAKING = 0.9;

/**
 * A plan whose budget of time has become one of images; any other plan as it is.
 *
 * @param rate images a second that this machine infers
 * @throws UserError where the time is too short for the least that its strategy can do
 */
export function withinTime(plan: Plan, rate: number): Plan {
  const { strategy, settings, datasets, block, images } = plan;
  if (strategy.seconds === undefined) return plan;
  const budget = Math.floor(rate * strategy.seconds * MAKING);
  const { kind, complete } = strategy;
  const work = { strategy: kind, settings: settings.length, datasets: datasets.length, block, images, complete };
  const bought = affordable(work, budget);
  if ('images' in bought) return { ...plan, images: bought.images, strategy: { ...strategy, budget } };
  throw new UserError(
    `--budget: ${duration(strategy.seconds)} are about ${budget} images here, and ${bought.needed} are the least for ${settings.length} settings. Take fewer settings, or more time.`,
  );
}
