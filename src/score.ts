import { createHash } from 'node:crypto';
import { UserError } from './core/errors.js';
import { dense } from './core/linear.js';
import { differenceResult } from './difference-result.js';
import { type Cells, Estimates, type EstimatesOptions } from './estimates.js';
import { numbersOf } from './fid-numbers.js';
import { halvesOf } from './keep-moments.js';
import { type Balls, coverage, coverageBalls } from './metrics/coverage.js';
import { vendiScore } from './metrics/vendi.js';
import { parseSetting } from './mix/setting.js';
import { type RaceCourse, type RaceState, raceOf, ranksOf, remember } from './race.js';
import type { Cell, Column, Diversity, Results } from './report/results.js';
import { type ChoiceRule, NEAR, type Point, pareto, recommend } from './search/choice.js';
import { looks } from './search/looks.js';
import { type Contender, leaderOf, type RaceRule, testsOf } from './search/race.js';
import type { Gaussian } from './statistics/gaussian.js';
import { decodeStatistics, type Statistics } from './statistics/npz.js';
import type { RunRecord } from './store/record.js';
import type { RunReader } from './store/run.js';

/** Images that diversity is measured on at most: the score of more changes little and costs a decomposition. */
const DIVERSITY_IMAGES = 10_000;

const COVERAGE_NEIGHBOURS = 5;

/** Changes whenever results of the same features change. */
const RESULTS_VERSION = 2;

/** Statistics as a Gaussian. */
export function gaussianOf({ mean, covariance }: Statistics): Gaussian {
  return { mean, covariance: dense(mean.length, mean.length, covariance) };
}

/**
 * The course of a run's race on one of its data sets.
 *
 * @param least images below which nothing can be decided
 */
export function courseOf(record: RunRecord, dataset: number, least: number): RaceCourse {
  const { settings, images, block, strategy, datasets } = record;
  const plan = strategy.kind === 'race' ? looks(images, block, { least }) : [images];
  return {
    dataset,
    settings,
    looks: plan,
    rule: ruleOf(record, plan.length),
    block,
    ...(strategy.budget !== undefined && { budget: Math.floor(strategy.budget / datasets.length) }),
  };
}

/** Every test there may be shares the probability of a wrong one. */
const ruleOf = ({ settings, datasets, strategy: { alpha, tolerance } }: RunRecord, planned: number): RaceRule => ({
  alpha,
  tolerance,
  tests: testsOf(settings.length, planned, datasets.length),
});

/** What decides a run's numbers, beside its features: the name that decisions are remembered by. */
export const identityOf = ({ reference, selection, extractor, seed }: RunRecord): string =>
  `${RESULTS_VERSION} ${reference.sha256} ${selection?.sha256 ?? ''} ${extractor.sha256} ${seed}`;

/** The cells of a run, as what estimates are made of. */
export function cellsOf(run: RunReader): Cells {
  const { datasets, keep } = run.record;
  return {
    images: (d, setting) => run.images(d, setting),
    features: (d, setting, images) => run.features(d, setting, images),
    population(d) {
      const { kind, images } = datasets[d]!.identity;
      return kind === 'folder' ? Number(images) : undefined;
    },
    ...(keep === 'moments' && { halves: (d: number, setting: string) => halvesOf(run, d, setting) }),
  };
}

/** The references of a run: what is reported on, and what settings are chosen on. */
export interface References {
  readonly reported: Estimates;
  readonly chosen: Estimates;
  /** Features of some of the reference's images, where its file has them. */
  readonly features?: Statistics['features'];
}

export async function openReferences(run: RunReader, options: EstimatesOptions = {}): Promise<References> {
  const statistics = await decodeStatistics(run.reference(), 'reference.npz');
  const cells = cellsOf(run);
  const reported = new Estimates(cells, gaussianOf(statistics), options);
  const half = run.selection();
  const chosen = half
    ? new Estimates(cells, gaussianOf(await decodeStatistics(half, 'selection.npz')), options)
    : reported;
  return { reported, chosen, ...(statistics.features && { features: statistics.features }) };
}

export interface ScoreOptions {
  readonly choice?: ChoiceRule;
  readonly onProgress?: (done: number, total: number) => void;
}

/** What the kept features of a run come to. It is kept in the run, and taken from there when nothing has changed. */
export async function score(run: RunReader, references: References, options: ScoreOptions = {}): Promise<Results> {
  const { record } = run;
  const { datasets, settings, strategy } = record;
  const { choice = {}, onProgress } = options;
  const kept = datasets.map((_, d) => settings.map((setting) => run.images(d, setting)));
  const asked = {
    identity: identityOf(record),
    settings,
    strategy,
    images: record.images,
    kept,
    choice,
  };
  const key = `results:${createHash('sha256').update(JSON.stringify(asked)).digest('hex')}`;
  const known = run.result(key) as Results | undefined;
  if (known) return known;
  const { features } = references;
  // A ball reaches out to the fifth neighbour; of fewer images there is no coverage.
  const balls =
    features && features.count > COVERAGE_NEIGHBOURS ? await coverageBalls(features, COVERAGE_NEIGHBOURS) : undefined;
  const total = datasets.length * settings.length;
  const cells: Cell[] = [];
  const columns: Column[] = [];
  // Of a run that was ended early a column may have no block yet: the others are scored. Where none has, that is said.
  const begun = [...datasets.keys()].filter((d) => kept[d]!.some((images) => images >= 2));
  for (const d of begun.length ? begun : datasets.keys()) {
    const part = await column(run, d, references, balls, choice, (done) =>
      onProgress?.(d * settings.length + done, total),
    );
    cells.push(...part.cells);
    columns.push(part.column);
  }
  const results = { cells, columns };
  remember(run, key, results);
  return results;
}

async function column(
  run: RunReader,
  d: number,
  references: References,
  balls: Balls | undefined,
  choice: ChoiceRule,
  onCell: (done: number) => void,
): Promise<{ cells: Cell[]; column: Column }> {
  const { record } = run;
  const { reported, chosen } = references;
  const dataset = record.datasets[d]!.name;
  const course = courseOf(record, d, await chosen.least());
  const race = record.strategy.kind === 'race' ? await raceOf(course, chosen, run, identityOf(record)) : undefined;
  const complete = record.settings.every((setting) => run.images(d, setting) >= record.images);
  const left = race && !complete ? race.alive : record.settings;
  const drops = new Map(
    race?.looks.flatMap((look) => look.dropped.map((drop) => [drop.setting, { images: look.images, drop }] as const)),
  );
  // Images of a setting as the race left it, however many there are by now: a report hangs on the decisions alone.
  const last = race?.ended && !complete ? race.looks.at(-1)?.images : undefined;
  const imagesOf = (setting: string): number =>
    left.includes(setting) ? (last ?? run.images(d, setting)) : (drops.get(setting)?.images ?? 0);
  const images = comparedImages(run, left.map(imagesOf));
  const measured = record.settings.filter((setting) => imagesOf(setting) >= images);
  // What has no images yet is not in the report.
  const made = record.settings.filter((setting) => imagesOf(setting) >= 2);
  const contenders = await chosen.contenders(d, measured, images);
  const best = leaderOf(contenders);
  const leader = contenders.find(({ setting }) => setting === best)!;
  const ranks = await rankAll(d, contenders, images, chosen, course.rule, race);
  const critical = await chosen.critical(d, measured, images);

  const cells: Cell[] = [];
  for (const setting of made) {
    const contender = contenders.find((one) => one.setting === setting);
    const own = contender ? images : imagesOf(setting);
    const estimate = await reported.of(d, setting, own);
    const difference = contender
      ? differenceResult(leader.setting, contender, images, critical)
      : drops.get(setting)?.drop.difference;
    cells.push({
      dataset,
      setting,
      // Moments are of all the images there are.
      images: estimate.n,
      ...numbersOf(estimate),
      ...(difference && { difference }),
      rank: ranks.get(setting) ?? ranks.size + 1,
      status: contender ? 'measured' : 'dropped',
      ...(record.keep === 'features' && {
        diversity: await diversityOf(run, d, setting, Math.min(own, images, DIVERSITY_IMAGES), balls),
      }),
      bases: parseSetting(setting).n,
    });
    onCell(cells.length);
  }
  const tied = measured.filter((setting) => ranks.get(setting) === 1);
  const points = contenders.map((contender) => pointOf(contender, cells, record.resolution));
  const compared = contenders.some(({ difference }) => difference);
  const recommended = recommend(points, nearOf(contenders, tied), choice, compared);
  return {
    cells,
    column: {
      dataset,
      leader: leader.setting,
      tied,
      by: leader.trusted ? 'fid∞' : 'fid',
      ...(compared && { least: await chosen.least() }),
      ...(race && {
        race: {
          looks: race.looks,
          ...(race.ended && { ended: race.ended }),
          spent: race.spent,
          grid: record.settings.length * record.images,
        },
      }),
      pareto: pareto(points),
      recommended,
    },
  };
}

/**
 * Images that the settings of a data set are compared at: those that all of them have, of those that are at most a block
 * behind. A setting that a run was just extended by is not there yet.
 */
function comparedImages({ folder, record }: RunReader, kept: readonly number[]): number {
  const most = Math.max(...kept);
  const images = Math.min(...kept.filter((count) => count >= 2 && count >= most - record.block));
  if (Number.isFinite(images)) return images;
  throw new UserError(`${folder}: ${most} images of a setting are kept, an FID needs at least two.`);
}

/** Of settings that share the best rank, the leader and those that are less than two standard errors behind it. */
const nearOf = (contenders: readonly Contender[], tied: readonly string[]): string[] => {
  const best = leaderOf(contenders);
  return contenders.flatMap(({ setting, trusted, difference, unbiasedDifference }) => {
    const behind = trusted ? unbiasedDifference : difference;
    const near = behind !== undefined && behind.value <= NEAR * behind.standardError;
    return tied.includes(setting) && (setting === best || near) ? [setting] : [];
  });
};

/** What a choice weighs, by the reference that chooses: FID∞ where it can be trusted, and base images by their pixels. */
function pointOf({ setting, fid, unbiased, trusted }: Contender, cells: readonly Cell[], resolution: number): Point {
  const { resolution: side = resolution, n } = parseSetting(setting);
  const vendi = cells.find((cell) => cell.setting === setting)?.diversity?.vendi;
  return {
    setting,
    fid: trusted ? unbiased! : fid,
    cost: n * (side / resolution) ** 2,
    ...(vendi !== undefined && { vendi }),
  };
}

/** Ranks of those that are compared; after them those that were dropped, the last dropped first. */
async function rankAll(
  d: number,
  contenders: readonly Contender[],
  images: number,
  estimates: Estimates,
  rule: RaceRule,
  race: RaceState | undefined,
): Promise<Map<string, number>> {
  const ranks = new Map(await ranksOf(d, contenders, images, estimates, rule));
  for (const { dropped } of [...(race?.looks ?? [])].reverse()) {
    const before = ranks.size;
    const groups = dropped.filter(({ setting }) => !ranks.has(setting));
    for (const { setting, group } of groups) ranks.set(setting, before + group);
  }
  return ranks;
}

async function diversityOf(
  run: RunReader,
  d: number,
  setting: string,
  images: number,
  balls: Balls | undefined,
): Promise<Diversity> {
  const features = run.features(d, setting, images);
  const vendi = await vendiScore(features);
  return { images, vendi, ...(balls && { coverage: await coverage(balls, features) }) };
}
