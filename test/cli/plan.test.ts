import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { blockSize } from '../../src/blocks.js';
import { withinBudget } from '../../src/cli/budget.js';
import { baseGroups } from '../../src/cli/dry-run.js';
import {
  alphaOf,
  checkTakes,
  choiceOf,
  largestResolution,
  readPlan,
  replays,
  toleranceOf,
} from '../../src/cli/plan.js';
import { processesFor } from '../../src/cli/renderers.js';
import type { Values } from '../../src/cli/values.js';
import { UserError } from '../../src/core/errors.js';
import { parseSetting, settingKey } from '../../src/mix/setting.js';
import { pretendDataset } from '../pretend.js';

const folder = mkdtempSync(join(tmpdir(), 'fidsweep é '));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const [programs, pictures] = [join(folder, 'programs'), join(folder, 'pictures')];
for (const path of [programs, pictures]) mkdirSync(path);
writeFileSync(join(programs, 'a.frag'), 'vec3 draw(vec2 p) { return vec3(0.0); }');
for (const name of ['a.png', 'b.png']) writeFileSync(join(pictures, name), '');

const plan = (values: Values) => readPlan({ dataset: `p=programs:${programs}`, out: 'out', ...values });

test('what flags leave open', async () => {
  const usual = await plan({});
  expect(usual).toMatchObject({
    images: 50_000,
    resolution: 256,
    seed: 0,
    overwrite: false,
    strategy: { kind: 'grid', alpha: 0.05, tolerance: 0.01, complete: false },
    keep: 'features',
    selectOn: 'all',
    choice: { factor: 2 },
  });
  for (const key of ['cache', 'confirm', 'confirmReference']) expect(usual).not.toHaveProperty(key);
  expect(Object.keys(usual.strategy).sort()).toEqual(['alpha', 'complete', 'kind', 'tolerance']);
});

test('what they say', async () => {
  const read = await plan({
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
  expect(await plan({ strategy: 'grid', keep: 'moments', tolerance: 0, complete: true })).toMatchObject({
    keep: 'moments',
    strategy: { kind: 'grid', tolerance: 0, complete: false },
  });
});

test('settings are drawn by the seed, of the space', async () => {
  const random = async (seed: number, trials: number) =>
    (await plan({ strategy: 'random', trials, seed, space: { alpha: { uniform: [0.5, 2] } } })).settings.map(
      settingKey,
    );
  const nine = await random(0, 9);
  expect(nine).toHaveLength(9);
  expect(await random(0, 4)).toEqual(nine.slice(0, 4));
  expect(await random(1, 9)).not.toEqual(nine);
});

test('a block holds the pictures of the largest resolution', async () => {
  const { settings, block } = await plan({ resolution: 64, space: { resolution: [64, 1024] } });
  expect(block).toBe(blockSize(settings, 1024));
  expect(block).toBeLessThan(blockSize(settings, 64));
  expect(largestResolution({ settings, resolution: 64 })).toBe(1024);
  expect(largestResolution(await plan({ resolution: 64 }))).toBe(64);
});

test('settings share base images with those of the same resolution and time', async () => {
  const groups = async (space: Values) => baseGroups((await plan({ resolution: 64, space })).settings);
  expect(await groups({ n: '2-5' })).toEqual([5]);
  expect(await groups({ method: 'none' })).toEqual([1]);
  expect(await groups({ n: '2-5', resolution: [64, 128] })).toEqual([5, 5]);
  expect(await groups({ n: '2-5', resolution: [32, 128], time: ['0.1-10', '0-1'] })).toEqual([5, 5, 5, 5]);
  const drawn = await plan({
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
  const bought = async (values: Values, least = 0) => withinBudget(await plan(values), { least });

  test('waits for the reference', async () => {
    expect(await plan({ budget: '34k-images' })).toMatchObject({ images: 50_000, strategy: { budget: 34_000 } });
    const without = await plan({ images: 100 });
    expect(withinBudget(without, { least: 0 })).toBe(without);
  });

  test('is spent on whole blocks of every setting, at most --images', async () => {
    const { images, block, strategy } = await bought({ budget: '34k-images' });
    expect(images).toBe(Math.floor(2000 / block) * block);
    expect(strategy.budget).toBe(34_000);
    expect((await bought({ budget: '34k-images', images: 100 })).images).toBe(100);
    expect((await bought({ budget: '34k-images', strategy: 'race' })).images).toBeGreaterThan(2 * images);
    expect((await bought({ budget: '34k-images', strategy: 'race', complete: true })).images).toBe(images);
  });

  test('too small for two blocks is refused, saying what is needed', async () => {
    const { block } = await plan({});
    const needed = 17 * 2 * block;
    expect((await bought({ budget: `${needed}-images` })).images).toBe(2 * block);
    await expect(bought({ budget: `${needed - 1}-images` })).rejects.toThrow(
      new UserError(
        `--budget: got "${needed - 1}-images", expected at least ${needed}-images for 17 settings and 1 data set. Take fewer settings, or more images.`,
      ),
    );
  });

  test('too small for the first decision of a race is refused', async () => {
    const race = { strategy: 'race', dataset: [`p=programs:${programs}`, `q=${pictures}`] };
    const { block } = await plan({});
    const needed = 2 * 17 * Math.ceil(812.3 / block) * block;
    expect((await bought({ ...race, budget: `${needed}-images` }, 812.3)).images).toBe(needed / 34);
    await expect(bought({ ...race, budget: `${needed - 1}-images` }, 812.3)).rejects.toThrow(
      new UserError(
        `--budget: got "${needed - 1}-images", expected at least ${needed}-images for 17 settings and 2 data sets. Take fewer settings, or more images. A race by this reference decides nothing below 813 images a setting.`,
      ),
    );
    await expect(bought({ budget: `${needed - 1}-images` }, 812.3)).resolves.toMatchObject({
      strategy: { kind: 'grid' },
    });
  });
});

describe('a budget of time', () => {
  test('is nine tenths of what is inferred in it', async () => {
    const timed = async (values: Values, least = 0) => withinBudget(await plan(values), { least, rate: 20 });
    const { images, strategy, block } = await timed({ budget: '1000s' });
    expect(strategy).toMatchObject({ seconds: 1000, budget: 18_000 });
    expect(images).toBe(Math.floor(18_000 / 17 / block) * block);
    expect((await timed({ budget: '1000s', strategy: 'race' })).images).toBeGreaterThan(2 * images);
    // Once more changes nothing.
    const once = await timed({ budget: '1000s' });
    expect(withinBudget(once, { least: 0, rate: 20 })).toEqual(once);
    const untimed = await plan({ budget: '1000s' });
    expect(() => withinBudget(untimed, { least: 0 })).toThrow('a budget of time, and no rate');
  });

  test('that is too short is refused, saying how long it takes', async () => {
    const { block } = await plan({});
    const race = await plan({ strategy: 'race', budget: '10s' });
    const needed = 17 * Math.ceil(812 / block) * block;
    const refusal = () => withinBudget(race, { least: 812, rate: 20 });
    expect(refusal).toThrow(UserError);
    expect(refusal).toThrow(
      `--budget: got "10 s", expected at least about 13 min 6 s (${needed} images, of which 20.0 a second are made here) for 17 settings and 1 data set. Take fewer settings, or more time. A race by this reference decides nothing below 812 images a setting.`,
    );
    const enough = await plan({ strategy: 'race', budget: `${Math.ceil(needed / 20 / 0.9)}s` });
    expect(withinBudget(enough, { least: 812, rate: 20 }).images).toBeGreaterThanOrEqual(812);
  });
});

describe('options of base images', () => {
  const space = { method: 'none', time: ['0-1'] };
  const truncation = { methods: 'none,truncation', psi: '0.5' };

  test('are for data sets that have them', async () => {
    expect((await plan({ space })).settings).toEqual([{ method: 'none', n: 1, time: [0, 1] }]);
    const generator = pretendDataset('g', { takes: ['psi'] });
    const still = pretendDataset('s', { takes: [] });
    for (const text of ['none', 'mixup:2', 'truncation?psi=0.7'])
      expect(() => checkTakes(parseSetting(text), [generator])).not.toThrow();
    for (const text of ['none', 'cutmix:3?resolution=64'])
      expect(() => checkTakes(parseSetting(text), [still, generator])).not.toThrow();
    for (const text of ['none?time=0-1', 'truncation?psi=1'])
      expect(() => checkTakes(parseSetting(text), [generator, still])).toThrow(UserError);
  });

  test('are refused beside any that has not, the setting and the data set named', async () => {
    const both = [`p=programs:${programs}`, `q=${pictures}`];
    for (const dataset of [both, both.toReversed(), both[1]])
      await expect(plan({ space, dataset })).rejects.toThrow(
        new UserError(
          `Setting none?time=0-1: a time range is an option of programs, and data set "q" (${pictures}) has none. Sweep it in a run of its own.`,
        ),
      );
    for (const [dataset, name, spec] of [
      [both[0], 'p', `programs:${programs}`],
      [both[1], 'q', pictures],
    ])
      await expect(plan({ ...truncation, dataset })).rejects.toThrow(
        new UserError(
          `Setting truncation?psi=0.5: truncation is of generators (generator:FILE.onnx, stylegan:oriented), and data set "${name}" (${spec}) has none. Sweep it in a run of its own.`,
        ),
      );
  });
});

describe('classes', () => {
  const classed = join(folder, 'classed');
  for (const name of ['cat/1.png', 'cat/deep/2.png', 'dog/1.png', 'dog/2.png', 'bird/1.png', 'loose.png']) {
    mkdirSync(dirname(join(classed, name)), { recursive: true });
    writeFileSync(join(classed, name), '');
  }
  const list = (...names: string[]) => {
    const file = join(folder, `${names.join(' and ')}.txt`);
    writeFileSync(file, `# some of them\n${names.join('\n')}\n`);
    return file;
  };
  const all = [`p=programs:${programs}`, `c=${classed}`, `q=${pictures}`];
  const counts = async (values: Values) =>
    (await plan({ dataset: all, ...values })).datasets.map(({ identity }) => identity.images ?? identity.programs);

  test('limit the folders that have class folders, and leave others alone', async () => {
    expect(await counts({})).toEqual([1, 6, 2]);
    expect(await counts({ classes: list('cat') })).toEqual([1, 2, 2]);
    expect(await counts({ classes: list('dog', 'cat', 'horse') })).toEqual([1, 4, 2]);
    const { datasets } = await plan({ dataset: all, classes: list('cat') });
    const chosen = Array.from({ length: 20 }, (_, output) => datasets[1]!.choose(output, 2, 0, new Set())).flat();
    expect(new Set(chosen.map(({ id }) => id))).toEqual(new Set(['cat/1.png', 'cat/deep/2.png']));
  });

  test('make other pictures of a folder, and its identity tells', async () => {
    const identity = async (values: Values) =>
      (await plan({ dataset: `c=${classed}`, ...values })).datasets[0]!.identity;
    const identities = [{}, { classes: list('cat') }, { classes: list('dog') }, { classes: list('cat', 'dog') }];
    const all = await Promise.all(identities.map(identity));
    expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(4);
    expect(await identity({ classes: list('dog', 'cat') })).toEqual(all[3]);
  });

  test('are refused where no data set has one of them', async () => {
    const classes = list('horse', 'cow');
    for (const dataset of [all, all[0], all[2], ['a=programs', `b=${pictures}`]])
      await expect(plan({ dataset, classes })).rejects.toThrow(
        new UserError(
          `--classes: got "${classes}", expected a list of class folders that a data set has. None of the data sets is a folder with one of them.`,
        ),
      );
  });

  test('that leave one picture, a list that is not there or is empty, and a missing folder are said', async () => {
    const dataset = `c=${classed}`;
    await expect(plan({ dataset, classes: list('bird') })).rejects.toThrow(
      /^Folder ".*classed": it holds one image of the listed classes, bird\/1\.png; expected at least two/,
    );
    await expect(plan({ dataset, classes: join(folder, 'none.txt') })).rejects.toThrow(UserError);
    await expect(plan({ dataset, classes: list('#') })).rejects.toThrow(/^Class list ".*": it names no classes/);
    await expect(plan({ dataset: `x=${join(folder, 'missing')}`, classes: list('cat') })).rejects.toThrow(
      /^Folder ".*missing": ENOENT/,
    );
  });

  test('of ImageNet-100 ship', async () => {
    for (const name of ['n01558993', 'n02086240']) {
      mkdirSync(join(folder, 'imagenet', name), { recursive: true });
      writeFileSync(join(folder, 'imagenet', name, 'a.JPEG'), '');
    }
    mkdirSync(join(folder, 'imagenet', 'n99999999'));
    writeFileSync(join(folder, 'imagenet', 'n99999999', 'a.JPEG'), '');
    expect(await counts({ dataset: `i=${join(folder, 'imagenet')}`, classes: 'imagenet100' })).toEqual([2]);
  });
});

test('processes that draw are as many as are asked for, else as many as pay', async () => {
  const { datasets } = await plan({});
  expect(processesFor({}, datasets)).toBe(1);
  expect(processesFor({ 'render-processes': '3' }, datasets)).toBe(3);
  expect(processesFor({ 'render-processes': 64 }, [])).toBe(64);
  for (const wrong of ['0', '65', '1.5', 'many', -1])
    expect(() => processesFor({ 'render-processes': wrong }, datasets)).toThrow(
      /^--render-processes: got .*, expected a whole number from 1 to 64/,
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
  ])('%j', async (values, message) => {
    await expect(plan(values)).rejects.toThrow(UserError);
    await expect(plan(values)).rejects.toThrow(message);
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
