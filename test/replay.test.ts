import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { transpose } from '../src/core/linear.js';
import { Estimates } from '../src/estimates.js';
import { featuresOf } from '../src/extract/features.js';
import { raceOf } from '../src/race.js';
import { projected, type ReplayOptions, type ReplaySource, replay } from '../src/replay.js';
import { gaussianOf } from '../src/score.js';
import { looks } from '../src/search/looks.js';
import { testsOf } from '../src/search/race.js';
import { decodeStatistics } from '../src/statistics/npz.js';
import { openRun } from '../src/store/run.js';
import { diagonal, identity, normals, random, squared } from './core/matrices.js';

const [DIMS, IMAGES, BLOCK] = [4, 200, 10];
const RULE: ReplayOptions = { alpha: 0.05, tolerance: 0, shuffles: 0, seed: 0 };

/** Settings that have their draws in common, but for a share of their own; each moved as it says, output by output. */
function sourceOf(moved: readonly ((output: number) => number)[], own = 0.5): ReplaySource {
  const common = Float64Array.from({ length: IMAGES * DIMS }, normals(5));
  const kept = moved.map((shift, s) => {
    const normal = normals(6 + s);
    const values = common.map((x, at) => x + own * normal() + shift(Math.floor(at / DIMS)));
    return featuresOf(Float32Array.from(values), DIMS);
  });
  return {
    cells: {
      images: () => IMAGES,
      features: (_, setting, count = IMAGES) => ({ ...kept[Number(setting)]!, count }),
    },
    dataset: 0,
    settings: kept.map((_, s) => String(s)),
    datasets: 1,
    reference: { mean: Float64Array.of(1, -1, 2, 0), covariance: diagonal([1, 9, 4, 0.25]) },
    images: IMAGES,
    block: BLOCK,
  };
}

/** Two alike, and one far behind. */
const SOURCE = sourceOf([() => 0.3, () => 0.3, () => 4]);

describe('a replay', () => {
  test('of the blocks as they were made is the race itself', async () => {
    const { races, grid, dims } = await replay(SOURCE, RULE);
    const plan = looks(IMAGES, BLOCK);
    const state = await raceOf(
      {
        dataset: 0,
        settings: SOURCE.settings,
        looks: plan,
        rule: { alpha: 0.05, tolerance: 0, tests: testsOf(3, plan.length) },
        block: BLOCK,
      },
      new Estimates(SOURCE.cells, SOURCE.reference),
    );
    expect(races).toHaveLength(1);
    expect(races[0]).toMatchObject({ ...state, shuffle: 0, found: true });
    expect(state.looks[0]!.dropped.map(({ setting }) => setting)).toEqual(['2']);
    expect(grid).toEqual({ winner: races[0]!.winner, tied: ['0', '1'], images: IMAGES });
    expect(dims).toBe(DIMS);
  });

  test('looks at nothing before something can be decided, as a sweep does', async () => {
    // Of four equal dimensions: 16 images; by its shares it would look at 6, 10, 12, ….
    const source = {
      ...SOURCE,
      reference: { mean: new Float64Array(DIMS), covariance: identity(DIMS) },
      images: 60,
      block: 2,
    };
    const { races } = await replay(source, { ...RULE, shuffles: 2 });
    expect(looks(60, 2)[0]).toBe(6);
    for (const { looks: all } of races) expect(all.map(({ images }) => images)).toEqual([16, 18, 24, 36, 48, 60]);
  });

  test('of a race is at its own looks, its error shared as it was', async () => {
    // A race over 200 images of which all have 90: its looks are at 20, 30, 40, 60, 80 and 120.
    const source = { ...sourceOf([() => 0.3, () => 0.3, () => 0.3]), images: 90 };
    const { races } = await replay({ ...source, race: { images: IMAGES } }, RULE);
    expect(races[0]!.looks.map(({ images }) => images)).toEqual([20, 30, 40, 60, 80, 90]);
    const least = { images: 40, race: { images: IMAGES } };
    const [few] = (await replay({ ...SOURCE, ...least }, RULE)).races;
    const [whole] = (await replay(SOURCE, RULE)).races;
    expect(few!.looks).toEqual(whole!.looks.slice(0, few!.looks.length));
    expect(few!.looks[0]!.dropped).toHaveLength(1);
    const [other] = (await replay({ ...SOURCE, images: 40 }, RULE)).races;
    expect(other!.looks[0]!.dropped[0]!.critical).not.toBe(few!.looks[0]!.dropped[0]!.critical);
  });

  test('of a race with a budget ends where that is spent', async () => {
    const source = sourceOf([() => 0.3, () => 0.3, () => 0.3]);
    const [race] = (await replay({ ...source, race: { images: IMAGES, budget: 3 * 58 } }, RULE)).races;
    expect(race).toMatchObject({ ended: 'the budget is spent', spent: 3 * 50 });
  });

  test('shuffles are the same for a seed, and others for another', async () => {
    const evidence = async (seed: number) => {
      const { races } = await replay(SOURCE, { ...RULE, shuffles: 3, seed });
      expect(races.map(({ shuffle }) => shuffle)).toEqual([1, 2, 3]);
      return races.map(({ looks: [first] }) => first!.dropped[0]!.difference.value);
    };
    const one = await evidence(1);
    // Three orders, three samples for the first look.
    expect(new Set(one).size).toBe(3);
    expect(await evidence(1)).toEqual(one);
    expect(await evidence(2)).not.toEqual(one);
  });

  test('takes other blocks first', async () => {
    // Those of the first look are bad in one setting, and no others.
    const source = sourceOf([() => 0, (output) => (output < 2 * BLOCK ? 5 : 0)]);
    const first = async (shuffles: number) =>
      (await replay(source, { ...RULE, shuffles })).races.map(({ looks: [look] }) => look!.dropped.length);
    expect(await first(0)).toEqual([1]);
    expect((await first(8)).filter((dropped) => dropped === 0).length).toBeGreaterThan(3);
  });

  test('takes the same blocks of all settings, so that they stay paired', async () => {
    // Seen by pairs at once, at some 9 standard errors; without them 20 images are less than one.
    const source = sourceOf([() => 1, () => 1.1], 0.02);
    const { races } = await replay(
      { ...source, reference: { mean: new Float64Array(DIMS), covariance: identity(DIMS) } },
      { ...RULE, shuffles: 8 },
    );
    for (const { looks: all } of races) {
      expect(all).toHaveLength(1);
      expect(all[0]!.dropped.map(({ setting }) => setting)).toEqual(['1']);
    }
  });

  test('of a run that an older version has made', async () => {
    const run = openRun(join(import.meta.dirname, 'fixtures', 'run-0.2'));
    const { record } = run;
    const reference = gaussianOf(await decodeStatistics(run.reference(), 'reference.npz'));
    const { settings, images, block } = record;
    const source = { cells: run, dataset: 0, settings, datasets: 1, reference, images, block };
    const { grid, races, dims } = await replay(source, RULE);
    run.close();
    expect(dims).toBe(record.extractor.dims);
    // Four images separate nothing.
    expect(grid.tied).toEqual(settings);
    expect(races).toMatchObject([{ alive: settings, ended: 'all images are made', spent: settings.length * images }]);
  });
});

describe('principal axes of the reference', () => {
  test('of a diagonal one are its largest dimensions, about its mean', async () => {
    const { cells, reference } = await projected(SOURCE, 2);
    expect([...reference.mean]).toEqual([0, 0]);
    expect([...reference.covariance!.data]).toEqual([9, 0, 0, 4]);
    const rows = cells.features(0, '2', 5).rows(1, 5);
    const given = SOURCE.cells.features(0, '2').rows(1, 5);
    expect(rows).toHaveLength(4 * 2);
    for (let i = 0; i < 4; i++) {
      // An axis has no sign.
      expect(Math.abs(rows[2 * i]!)).toBeCloseTo(Math.abs(given[DIMS * i + 1]! + 1), 5);
      expect(Math.abs(rows[2 * i + 1]!)).toBeCloseTo(Math.abs(given[DIMS * i + 2]! - 2), 5);
    }
  });

  test('all of them leave every FID as it is, of a covariance or of a factor', async () => {
    const factor = random(DIMS, DIMS, 3);
    const mean = Float64Array.of(1, 0, -1, 2);
    const covariance = squared(transpose(factor));
    const source = { ...SOURCE, reference: { mean, covariance } };
    const fidsOf = async ({ cells, reference }: ReplaySource) => {
      const estimates = new Estimates(cells, reference);
      const found = [];
      for (const setting of SOURCE.settings) {
        const { value, unbiased } = await estimates.of(0, setting, 100);
        found.push(value, unbiased!.value);
      }
      return found;
    };
    const whole = await fidsOf(source);
    for (const of of [source, { ...source, reference: { mean, factor } }]) {
      for (const [i, value] of (await fidsOf(await projected(of, DIMS))).entries())
        expect(Math.abs(value / whole[i]! - 1)).toBeLessThan(1e-5);
    }
  });

  test('leave a folder as large as it is', async () => {
    // How much of a difference may be bias hangs on it.
    const source = sourceOf([() => 0, () => 1], 0.02);
    const seen = { ...source, reference: { mean: new Float64Array(DIMS), covariance: identity(DIMS) } };
    const asked: number[] = [];
    const cells = {
      ...seen.cells,
      population: (d: number) => {
        asked.push(d);
        return IMAGES;
      },
    };
    for (const options of [RULE, { ...RULE, shuffles: 1 }, { ...RULE, dims: 2 }]) {
      asked.length = 0;
      await replay({ ...seen, cells }, options);
      expect(asked).toContain(0);
    }
  });

  test('make the race that of a narrower space', async () => {
    const narrow = await replay(SOURCE, { ...RULE, dims: 2 });
    const { grid, races } = await replay(await projected(SOURCE, 2), RULE);
    expect(narrow).toEqual({ grid, races, dims: 2 });
  });

  test('are no more than there are dimensions', async () => {
    for (const dims of [0, DIMS + 1, 1.5])
      await expect(projected(SOURCE, dims)).rejects.toThrow(`${dims} axes of 4 dimensions`);
  });
});
