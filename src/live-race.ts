import { Estimates } from './estimates.js';
import { type RaceState, raceOf } from './race.js';
import type { Look } from './report/results.js';
import { cellsOf, courseOf, identityOf } from './score.js';
import type { Gaussian } from './statistics/gaussian.js';
import type { RunReader } from './store/run.js';

/** A look that the sweep itself has not decided yet. */
class Undecided extends Error {}

/** What decides nothing: that is left to the sweep. */
class NoEstimates extends Estimates {
  override contenders(): never {
    throw new Undecided();
  }
}

/**
 * How far the race on a data set has come, by the looks that the sweep kept in the run: nothing is computed, so that it
 * costs nothing.
 *
 * @param chosen the reference that settings are chosen by
 * @param least images below which nothing is decided
 */
export async function decidedRace(
  run: RunReader,
  dataset: number,
  chosen: Gaussian,
  least: number,
): Promise<Pick<RaceState, 'looks' | 'alive' | 'ended'>> {
  const { record } = run;
  const looks: Look[] = [];
  const memory = {
    result(key: string) {
      const look = run.result(key) as Look | undefined;
      if (look) looks.push(look);
      return look;
    },
  };
  const course = courseOf(record, dataset, least);
  try {
    return await raceOf(course, new NoEstimates(cellsOf(run), chosen), memory, identityOf(record));
  } catch (error) {
    if (!(error instanceof Undecided)) throw error;
    const dropped = new Set(looks.flatMap((look) => look.dropped.map(({ setting }) => setting)));
    return { looks, alive: record.settings.filter((setting) => !dropped.has(setting)) };
  }
}
