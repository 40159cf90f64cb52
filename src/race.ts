import { createHash } from 'node:crypto';
import { UserError } from './core/errors.js';
import { differenceResult } from './difference-result.js';
import type { Estimates } from './estimates.js';
import type { FidEstimate } from './fid.js';
import { numbersOf } from './fid-numbers.js';
import type { DifferenceResult, Drop, Look, RaceResult, Standing } from './report/results.js';
import { type Contender, decide, type RaceRule } from './search/race.js';
import { apart, tieRanks } from './search/ties.js';

/** What a race goes by. */
export interface RaceCourse {
  /** Place of the data set in the run. */
  readonly dataset: number;
  readonly settings: readonly string[];
  /** Images of each look, ascending; the last is the most that are made. */
  readonly looks: readonly number[];
  readonly rule: RaceRule;
  /** Images a block: a budget ends a race at whole ones. */
  readonly block: number;
  /** Images over all settings that may be made. */
  readonly budget?: number | undefined;
}

/** Where a race stands. */
export interface RaceState {
  readonly looks: readonly Look[];
  /** Settings that are left. */
  readonly alive: readonly string[];
  readonly ended?: NonNullable<RaceResult['ended']>;
  /** Images of every setting that is left to be made for the next look; absent when it has ended. */
  readonly next?: number;
  /** Images made by the last look. */
  readonly spent: number;
}

/** Looks that were decided before, by what they were decided from. */
export interface LookMemory {
  result(key: string): unknown;
  writeResult?(key: string, value: unknown): void;
}

/** Keeps what can be computed again: where it cannot be kept, on a full disk, it is not missed. */
export function remember(memory: LookMemory, key: string, value: unknown): void {
  try {
    memory.writeResult?.(key, value);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

/** A look as it is remembered: with why the race ended by it. */
type Decided = Look & { readonly ended?: NonNullable<RaceResult['ended']> };

/**
 * Takes a race as far as the features go: at each look its losers are dropped, until it ends or images are missing. The
 * decisions are a function of the features and the course alone, so that a race can be taken again from any place.
 *
 * @param what decides the numbers beside the course: the run's identity, for `memory`
 */
export async function raceOf(
  course: RaceCourse,
  estimates: Estimates,
  memory: LookMemory = { result: () => undefined },
  what = '',
): Promise<RaceState> {
  const { dataset, looks, rule, block, budget = Number.POSITIVE_INFINITY } = course;
  const done: Look[] = [];
  let alive = course.settings;
  let spent = 0;
  let before = 0;
  for (const planned of looks) {
    // What is left of the budget may end it before the next look, at whole blocks.
    const affordable = before + Math.floor((budget - spent) / alive.length / block) * block;
    const images = Math.min(planned, affordable);
    if (images === before) return { looks: done, alive, ended: 'the budget is spent', spent };
    if (alive.some((setting) => estimates.cells.images(dataset, setting) < images))
      return { looks: done, alive, next: images, spent };
    spent += alive.length * (images - before);
    before = images;
    const key = `look:${createHash('sha256').update(JSON.stringify({ what, dataset, alive, images, rule })).digest('hex')}`;
    const remembered = memory.result(key) as Decided | undefined;
    const { ended, ...look } = remembered ?? (await lookAt(course, alive, images, estimates));
    if (!remembered) remember(memory, key, { ...look, ...(ended && { ended }) });
    done.push(look);
    const dropped = new Set(look.dropped.map(({ setting }) => setting));
    alive = alive.filter((setting) => !dropped.has(setting));
    if (ended) return { looks: done, alive, ended, spent };
    if (images < planned) return { looks: done, alive, ended: 'the budget is spent', spent };
  }
  return { looks: done, alive, ended: 'all images are made', spent };
}

async function lookAt(
  { dataset, rule }: RaceCourse,
  alive: readonly string[],
  images: number,
  estimates: Estimates,
): Promise<Decided> {
  const contenders = await estimates.contenders(dataset, alive, images);
  const { leader, dropped, ended } = decide(contenders, rule);
  const known = new Map(contenders.map((contender) => [contender.setting, contender]));
  const losers = dropped.map(({ setting }) => known.get(setting)!);
  const groups = await ranksOf(dataset, losers, images, estimates, rule);
  const standings: Standing[] = [];
  for (const setting of alive) {
    const { fid, standardError, interval, unbiased } = numbersOf(await estimates.of(dataset, setting, images));
    standings.push({
      setting,
      fid,
      ...(standardError !== undefined && { standardError }),
      ...(interval && { interval }),
      ...(unbiased && { unbiased }),
    });
  }
  return {
    images,
    leader,
    alive,
    standings,
    dropped: dropped.map(
      ({ setting, critical }): Drop => ({
        setting,
        critical,
        difference: differenceResult(leader, known.get(setting)!, images, critical) as DifferenceResult,
        group: groups.get(setting)!,
      }),
    ),
    ...(ended && { ended }),
  };
}

/** Ranks of settings at the same number of images: those that are not separated share one. */
export async function ranksOf(
  dataset: number,
  contenders: readonly Contender[],
  images: number,
  estimates: Estimates,
  rule: RaceRule,
): Promise<Map<string, number>> {
  const trusted = contenders.every((contender) => contender.trusted);
  const known = new Map<string, FidEstimate>();
  for (const { setting } of contenders) known.set(setting, await estimates.of(dataset, setting, images));
  const items = contenders.map(({ setting, fid, unbiased }) => ({ setting, value: trusted ? unbiased! : fid }));
  // Without errors there is only the order.
  if (contenders.every(({ difference }) => !difference))
    return new Map(items.sort((a, b) => a.value - b.value).map(({ setting }, i) => [setting, i + 1]));
  const apartness = new Map<string, boolean>();
  for (const a of contenders) {
    for (const b of contenders) {
      const { difference, unbiasedDifference, slack } = await estimates.differences(
        dataset,
        known.get(b.setting)!,
        known.get(a.setting)!,
      );
      apartness.set(
        `${a.setting}\0${b.setting}`,
        apart(difference, unbiasedDifference, trusted, rule.alpha, rule.tests, slack),
      );
    }
  }
  return tieRanks(items, (better, worse) => apartness.get(`${better}\0${worse}`)!);
}
