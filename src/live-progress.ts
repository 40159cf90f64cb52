import type { RaceState } from './race.js';
import type { LiveProgress } from './report/dashboard-run.js';
import type { RunReader } from './store/run.js';

/** What a data set's race has decided; undefined where nothing is raced. */
export type Decided = Pick<RaceState, 'looks' | 'alive' | 'ended'>;

/** Images kept and asked for of a run. */
export interface Amount {
  readonly images: number;
  readonly asked: number;
  /** Whether a race, or a budget, may end before `asked`. */
  readonly atMost: boolean;
  readonly complete: boolean;
}

/** @param races of the data sets, where settings are raced and it is known how far that came */
export function amountOf(run: RunReader, races: readonly (Decided | undefined)[]): Amount {
  const { datasets, settings, images: most, strategy } = run.record;
  let images = 0;
  let asked = 0;
  let open = strategy.kind === 'race' && !strategy.complete && races.includes(undefined);
  for (const d of datasets.keys()) {
    const race = strategy.complete ? undefined : races[d];
    const alive = race && new Set(race.ended ? [] : race.alive);
    if (race && !race.ended) open = true;
    for (const setting of settings) {
      const own = run.images(d, setting);
      images += own;
      asked += !alive || alive.has(setting) ? most : own;
    }
  }
  if (open && strategy.budget !== undefined) asked = Math.max(images, Math.min(asked, strategy.budget));
  return {
    images,
    asked,
    atMost: open || strategy.seconds !== undefined,
    complete: images > 0 && !open && images >= asked,
  };
}

/**
 * @param recent images a second, as far as they were seen to be made; else the rate is that since the start
 * @param at when the last of them were, in milliseconds
 */
export function progressOf(run: RunReader, amount: Amount, recent: number | undefined, at: number): LiveProgress {
  const { images, asked, atMost } = amount;
  const { seconds = 0, images: made = 0 } = run.timing() ?? {};
  const average = seconds > 0 && made > 0 ? made / seconds : undefined;
  const rate = recent ?? average;
  return {
    images,
    asked,
    atMost,
    ...(rate !== undefined && { rate }),
    ...(recent === undefined && rate !== undefined && { average: true as const }),
    seconds,
    at,
  };
}
