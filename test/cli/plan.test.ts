import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { blockSize } from '../../src/blocks.js';
import { withinBudget } from '../../src/cli/budget.js';
import { baseGroups } from '../../src/cli/dry-run.js';
import { alphaOf, choiceOf, largestResolution, readPlan, replays, toleranceOf } from '../../src/cli/plan.js';
import type { Values } from '../../src/cli/values.js';
import { UserError } from '../../src/core/errors.js';
import { settingKey } from '../../src/mix/setting.js';

const folder = mkdtempSync(join(tmpdir(), 'fidsweep é '));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const [programs, pictures] = [join(folder, 'programs'), join(folder, 'pictures')];
for (const path of [programs, pictures]) mkdirSync(path);
writeFileSync(join(programs, 'a.frag'), 'vec3 draw(vec2 p) { return vec3(0.0); }');
for (const name of ['a.png', 'b.png']) writeFileSync(join(pictures, name), '');

const plan = (values: Values) => readPlan({ dataset: `p=programs:${programs}`, out: 'out', ...values });

test('what flags leave open', () => {
  expect(plan({})).toMatchObject({
    images: 50_000,
    resolution: 256,
    seed: 0,
    overwrite: false,
    strategy: { kind: 'grid', alpha: 0.05, tolerance: 0.01, complete: false },
    keep: 'features',
    selectOn: 'all',
    choice: { factor: 2 },
  });
  for (const key of ['cache', 'confirm', 'confirmReference']) expect(plan({})).not.toHaveProperty(key);
  expect(Object.keys(plan({}).strategy).sort()).toEqual(['alpha', 'complete', 'kind', 'tolerance']);
});

test('what they say', () => {
  const read = plan({
    strategy: 'race',
    trials: '5',
    alpha: '0.1',
    tolerance: '2%',
    complete: true,
    cache: 'cells',
    'select-on': 'split',
    confirm: 'bundled',
    'confirm-reference': 'photos.npz',
    choose: 'fid=1,cost=0.5',
    budget: '30m',
  });
  expect(read).toMatchObject({
    strategy: { kind: 'race', trials: 5, alpha: 0.1, tolerance: 0.02, complete: true, seconds: 1800 },
    cache: 'cells',
    selectOn: 'split',
    confirm: 'bundled',
    confirmReference: 'photos.npz',
    choice: { weights: { fid: 1, diversity: 0, cost: 0.5 } },
    images: 50_000,
  });
  expect(read.settings).toHaveLength(5);
  expect(plan({ strategy: 'grid', keep: 'moments', tolerance: 0, complete: true })).toMatchObject({
    keep: 'moments',
    strategy: { kind: 'grid', tolerance: 0, complete: false },
  });
});

test('settings are drawn by the seed, of the space', () => {
  const random = (seed: number, trials: number) =>
    plan({ strategy: 'random', trials, seed, space: { alpha: { uniform: [0.5, 2] } } }).settings.map(settingKey);
  expect(random(0, 9)).toHaveLength(9);
  expect(random(0, 4)).toEqual(random(0, 9).slice(0, 4));
  expect(random(1, 9)).not.toEqual(random(0, 9));
});

test('a block holds the pictures of the largest resolution', () => {
  const { settings, block } = plan({ resolution: 64, space: { resolution: [64, 1024] } });
  expect(block).toBe(blockSize(settings, 1024));
  expect(block).toBeLessThan(blockSize(settings, 64));
  expect(largestResolution({ settings, resolution: 64 })).toBe(1024);
  expect(largestResolution(plan({ resolution: 64 }))).toBe(64);
});

test('settings share base images with those of the same resolution and time', () => {
  const groups = (space: Values) => baseGroups(plan({ resolution: 64, space }).settings);
  expect(groups({ n: '2-5' })).toEqual([5]);
  expect(groups({ method: 'none' })).toEqual([1]);
  expect(groups({ n: '2-5', resolution: [64, 128] })).toEqual([5, 5]);
  expect(groups({ n: '2-5', resolution: [32, 128], time: ['0.1-10', '0-1'] })).toEqual([5, 5, 5, 5]);
  const drawn = plan({
    strategy: 'random',
    trials: 40,
    resolution: 64,
    space: { time: { from: 0, to: { uniform: [1, 9] } } },
  });
  // Every setting but those of the same time has base images of its own.
  const times = new Map<string, number>();
  for (const { n, time } of drawn.settings) times.set(String(time), Math.max(n, times.get(String(time)) ?? 0));
  expect(baseGroups(drawn.settings)).toEqual([...times.values()]);
  expect(times.size).toBeGreaterThan(20);
});

test('the least alpha is a number that the rule can work with', () => {
  expect(alphaOf({ alpha: '0.000001' })).toBe(1e-6);
  expect(alphaOf({ alpha: '5%' })).toBe(0.05);
  expect(alphaOf({}, 0.2)).toBe(0.2);
  expect(alphaOf({ alpha: 0.1 }, 0.2)).toBe(0.1);
  expect(toleranceOf({}, 0.03)).toBe(0.03);
  expect([alphaOf({}), toleranceOf({})]).toEqual([0.05, 0.01]);
});

describe('a budget of images', () => {
  const bought = (values: Values, least = 0) => withinBudget(plan(values), { least });

  test('waits for the reference', () => {
    expect(plan({ budget: '34k-images' })).toMatchObject({ images: 50_000, strategy: { budget: 34_000 } });
    const without = plan({ images: 100 });
    expect(withinBudget(without, { least: 0 })).toBe(without);
  });

  test('is spent on whole blocks of every setting, at most --images', () => {
    const { images, block, strategy } = bought({ budget: '34k-images' });
    expect(images).toBe(Math.floor(2000 / block) * block);
    expect(strategy.budget).toBe(34_000);
    expect(bought({ budget: '34k-images', images: 100 }).images).toBe(100);
    expect(bought({ budget: '34k-images', strategy: 'race' }).images).toBeGreaterThan(2 * images);
    expect(bought({ budget: '34k-images', strategy: 'race', complete: true }).images).toBe(images);
  });

  test('too small for two blocks is refused, saying what is needed', () => {
    const { block } = plan({});
    const needed = 17 * 2 * block;
    expect(bought({ budget: `${needed}-images` }).images).toBe(2 * block);
    expect(() => bought({ budget: `${needed - 1}-images` })).toThrow(
      new UserError(
        `--budget: got "${needed - 1}-images", expected at least ${needed}-images for 17 settings and 1 data set. Take fewer settings, or more images.`,
      ),
    );
  });

  test('too small for the first decision of a race is refused', () => {
    const race = { strategy: 'race', dataset: [`p=programs:${programs}`, `q=${pictures}`] };
    const { block } = plan({});
    const needed = 2 * 17 * Math.ceil(812.3 / block) * block;
    expect(bought({ ...race, budget: `${needed}-images` }, 812.3).images).toBe(needed / 34);
    expect(() => bought({ ...race, budget: `${needed - 1}-images` }, 812.3)).toThrow(
      new UserError(
        `--budget: got "${needed - 1}-images", expected at least ${needed}-images for 17 settings and 2 data sets. Take fewer settings, or more images. A race by this reference decides nothing below 813 images a setting.`,
      ),
    );
    expect(() => bought({ budget: `${needed - 1}-images` }, 812.3)).not.toThrow();
  });
});

describe('a budget of time', () => {
  test('is nine tenths of what is inferred in it', () => {
    const timed = (values: Values, least = 0) => withinBudget(plan(values), { least, rate: 20 });
    const { images, strategy, block } = timed({ budget: '1000s' });
    expect(strategy).toMatchObject({ seconds: 1000, budget: 18_000 });
    expect(images).toBe(Math.floor(18_000 / 17 / block) * block);
    expect(timed({ budget: '1000s', strategy: 'race' }).images).toBeGreaterThan(2 * images);
    // Once more changes nothing.
    const once = timed({ budget: '1000s' });
    expect(withinBudget(once, { least: 0, rate: 20 })).toEqual(once);
    expect(() => withinBudget(plan({ budget: '1000s' }), { least: 0 })).toThrow('a budget of time, and no rate');
  });

  test('that is too short is refused, saying how long it takes', () => {
    const { block } = plan({});
    const race = plan({ strategy: 'race', budget: '10s' });
    const needed = 17 * Math.ceil(812 / block) * block;
    const refusal = () => withinBudget(race, { least: 812, rate: 20 });
    expect(refusal).toThrow(UserError);
    expect(refusal).toThrow(
      `--budget: got "10 s", expected at least about 13 min 6 s (${needed} images, of which 20.0 a second are made here) for 17 settings and 1 data set. Take fewer settings, or more time. A race by this reference decides nothing below 812 images a setting.`,
    );
    const enough = plan({ strategy: 'race', budget: `${Math.ceil(needed / 20 / 0.9)}s` });
    expect(withinBudget(enough, { least: 812, rate: 20 }).images).toBeGreaterThanOrEqual(812);
  });
});

test('a time range needs programs', () => {
  const space = { method: 'none', time: ['0-1'] };
  expect(plan({ space }).settings).toEqual([{ method: 'none', n: 1, time: [0, 1] }]);
  expect(() => plan({ space, dataset: [`p=programs:${programs}`, `q=${pictures}`] })).toThrow(UserError);
  expect(() => plan({ space, dataset: `q=${pictures}` })).toThrow(
    /^Setting none\?time=0-1: a time range is an option of programs, and data set "q" is a folder of images\.$/,
  );
});

describe('what does not fit together is refused', () => {
  test.each<[Values, RegExp]>([
    [{ strategy: 'best' }, /^--strategy: got "best", expected grid, race, random or replay/],
    [{ strategy: 'random' }, /^--trials: got nothing, expected how many settings/],
    [{ trials: 5 }, /^--trials: got 5, expected nothing with --strategy grid/],
    [{ strategy: 'random', trials: 10_001 }, /^--trials: got 10001, expected a whole number from 1 to 10000/],
    [{ space: { alpha: { uniform: [1, 2] } } }, /^Space: "alpha" is a distribution/],
    [{ alpha: '0.5' }, /^--alpha: got "0\.5", expected a probability from 0\.000001 to below 0\.5/],
    [{ alpha: 0 }, /^--alpha: got 0/],
    [{ alpha: '0.0000009' }, /^--alpha: got "0\.0000009", expected a probability from 0\.000001/],
    [{ alpha: 1e-12 }, /^--alpha: got 1e-12/],
    [{ tolerance: '100%' }, /^--tolerance: got "100%"/],
    [{ tolerance: -0.1 }, /^--tolerance: got -0\.1/],
    [{ budget: 'much' }, /^--budget: got "much"/],
    [{ keep: 'all' }, /^--keep: got "all", expected features or moments/],
    [{ keep: 'moments', strategy: 'race' }, /^--keep: got "moments", expected features with --strategy race/],
    [{ 'select-on': 'half' }, /^--select-on: got "half", expected all or split/],
    [{ 'confirm-reference': 'x' }, /^--confirm-reference: got "x", expected nothing without --confirm/],
    [{ 'cost-factor': '0.5' }, /^--cost-factor: got "0\.5", expected a number from 1 to 1000/],
    [{ 'cost-factor': 3, choose: 'fid=1' }, /^--cost-factor: got 3, expected nothing with --choose/],
    [{ choose: 'speed=1' }, /^--choose: got "speed=1"/],
    [{ complete: 'yes' }, /^--complete: got "yes", expected true or false/],
    [{ from: 'run' }, /^--from: got "run", expected nothing without --strategy replay/],
    [{ shuffles: 3 }, /^--shuffles: got 3/],
  ])('%j', (values, message) => {
    expect(() => plan(values)).toThrow(UserError);
    expect(() => plan(values)).toThrow(message);
  });
});

describe('a replay', () => {
  test('is told from the rest, and needs a run', () => {
    expect(replays({})).toBe(false);
    expect(replays({ strategy: 'race' })).toBe(false);
    expect(replays({ strategy: 'replay', from: 'run', alpha: 0.1, images: 100, seed: 3, shuffles: 9 })).toBe(true);
    // In how many axes it is taken is the replay's own.
    expect(replays({ strategy: 'replay', from: 'run', dims: 32 })).toBe(true);
    expect(() => replays({ strategy: 'replay' })).toThrow(/^--from: got nothing, expected the folder of a run/);
  });

  test('takes nothing that its run has decided', () => {
    for (const key of ['dataset', 'methods', 'space', 'budget', 'extractor'])
      expect(() => replays({ strategy: 'replay', from: 'run', [key]: 'x' })).toThrow(
        new UserError(`--${key}: got "x", expected nothing with --strategy replay. The run "run" has decided it.`),
      );
  });
});

test('a report made again chooses as the run did, unless told otherwise', () => {
  const begun = { choose: 'fid=1' };
  expect(choiceOf({}, begun)).toEqual({ weights: { fid: 1, diversity: 0, cost: 0 } });
  expect(choiceOf({ 'cost-factor': '1.5' }, begun)).toEqual({ factor: 1.5 });
  expect(choiceOf({ choose: 'cost=1' }, { 'cost-factor': 3 })).toEqual({ weights: { fid: 0, diversity: 0, cost: 1 } });
});
