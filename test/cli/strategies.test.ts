import { existsSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ReportDocument } from '../../src/report/document.js';
import { until } from '../processes.js';
import { reportOf } from './run.js';
import { Place, SWEEP } from './slim.js';

/** How settings are chosen and how far each is measured, as the reports of whole sweeps show it. */

const place = Place.ofTests();
const FIVE = [...SWEEP, '--n', '2,9', '--images', '256'];
const cellOf = ({ cells }: ReportDocument, setting: string) => cells.find((cell) => cell.setting === setting)!;
const report = (folder: string): ReportDocument => reportOf(place.at(folder));

describe('a race', () => {
  let raced: ReportDocument;
  let printed: string;
  beforeAll(async () => {
    printed = await place.succeed(...FIVE, '--strategy', 'race', '--out', 'race');
    raced = report('race');
  });

  test('drops what is far behind, infers no more of it, and says what it saved', () => {
    const { race, leader, recommended } = raced.columns[0]!;
    const none = cellOf(raced, 'none');
    expect(none).toMatchObject({ status: 'dropped', images: expect.any(Number) });
    expect(none.images).toBeLessThan(256);
    const [drop] = race!.looks.flatMap(({ dropped }) => dropped).filter(({ setting }) => setting === 'none');
    expect(drop!.difference.images).toBe(none.images);
    expect(drop!.difference.value).toBeGreaterThan(drop!.critical * drop!.difference.standardError);
    expect(race).toMatchObject({ grid: 5 * 256, spent: place.inferred('race') });
    expect(race!.spent).toBeLessThan(race!.grid);
    expect(race!.looks.at(-1)!.alive).toContain(leader);
    expect(recommended!.reason).toMatch(/\w/);
    expect(printed).toMatch(/The race made [\d,]+ of the grid's 1,280 images, which saved \d+%/);
    expect(printed).toMatch(/^Recommended: /m);
  });

  test('is taken again from its features by a replay, over what every setting has', async () => {
    const [{ replay }] = JSON.parse(await place.succeed('sweep', '--strategy', 'replay', '--from', 'race', '--json'));
    const images = Math.min(...raced.cells.map((cell) => cell.images));
    expect(replay).toMatchObject({ grid: { images }, races: [{ shuffle: 0 }] });
    expect(replay.races[0].looks.at(-1).images).toBeLessThanOrEqual(images);
    for (const look of replay.races[0].looks) expect(look.leader).toMatch(/cutmix/);
  });

  test('with --complete afterwards is measured to the end, its decisions as they were', async () => {
    await place.succeed(...FIVE, '--strategy', 'race', '--complete', '--out', 'race');
    const completed = report('race');
    expect(completed.cells.map(({ images, status }) => [images, status])).toEqual(Array(5).fill([256, 'measured']));
    expect(completed.columns[0]!.race).toEqual(raced.columns[0]!.race);
    expect(place.inferred('race')).toBe(5 * 256);
    const [{ replay }] = JSON.parse(
      await place.succeed('sweep', '--strategy', 'replay', '--from', 'race', '--json', '--shuffles', '2'),
    );
    expect(replay).toMatchObject({ grid: { images: 256, winner: completed.columns[0]!.leader } });
    expect(replay.races.map(({ shuffle }: { shuffle: number }) => shuffle)).toEqual([1, 2]);
  });

  test('is said beforehand by --dry-run', async () => {
    const args = [...FIVE, '--strategy', 'race', '--dry-run', '--out', 'dry'];
    const summary = JSON.parse(await place.succeed(...args, '--json'));
    expect(summary).toMatchObject({ images: 256, most: 1280, strategy: { kind: 'race', alpha: 0.05 } });
    expect(summary.looks).toEqual(raced.columns[0]!.race!.looks.length ? expect.arrayContaining([256]) : []);
    for (const { images } of raced.columns[0]!.race!.looks) expect(summary.looks).toContain(images);
    expect(existsSync(place.at('dry'))).toBe(false);
  });
});

describe('a budget', () => {
  test('of images buys as many of all settings as it can, as --dry-run says beforehand', async () => {
    const args = [...SWEEP, '--methods', 'none,mixup', '--n', '2', '--budget', '200-images', '--out', 'bought'];
    const summary = JSON.parse(await place.succeed(...args, '--dry-run', '--json'));
    expect(summary).toMatchObject({ images: 96, most: 192 });
    await place.succeed(...args);
    expect(place.inferred('bought')).toBe(192);
    expect(report('bought').made).toMatchObject({ images: 96, strategy: { budget: 200 } });
  });

  test('of time becomes one of images, which --dry-run says, and ends a sweep in time', async () => {
    const args = [...SWEEP, '--methods', 'none', '--budget', '2s', '--out', 'timed'];
    expect(await place.succeed(...args, '--dry-run')).toMatch(/^Budget +[\d,]+ images, 2 s$/m);
    await place.succeed(...args);
    const { made, cells } = report('timed');
    expect(made.strategy.seconds).toBe(2);
    expect(made.images).toBeLessThanOrEqual(made.strategy.budget!);
    expect(cells[0]!.images).toBeGreaterThan(0);
    // It has what it came to then: nothing is timed again.
    await place.succeed('resume', 'timed');
    expect(report('timed').made).toEqual(made);
  });

  test('that is too small for a first look is refused, with what is needed', async () => {
    expect(await place.refused(...FIVE, '--budget', '100-images', '--out', 'poor')).toMatch(
      /--budget: got "100-images", expected at least 320-images for 5 settings/,
    );
  });
});

describe('settings from a space', () => {
  const CONFIG = `
dataset: { drawn: "programs:my programs" }
reference: real.npz
extractor: slim
dims: 64
resolution: 16
strategy: random
images: 32
space:
  method: [none, mixup, cutmix]
  n: 2-4
  dirichlet-alpha: { log-uniform: [0.1, 10] }
  alpha: { uniform: [0.5, 2] }
`;
  const SAMPLED = ['sweep', '--config', 'space.yaml'];
  beforeAll(() => writeFileSync(place.at('space.yaml'), CONFIG));

  test('drawn at random are distinct, and more trials extend a run to what it is at once', async () => {
    await place.succeed(...SAMPLED, '--trials', '2', '--out', 'trials');
    const few = report('trials').made.settings;
    await place.succeed(...SAMPLED, '--trials', '4', '--out', 'trials');
    const { settings } = report('trials').made;
    expect(settings.slice(0, 2)).toEqual(few);
    expect(new Set(settings)).toHaveLength(4);
    expect(settings.join()).toMatch(/alpha=\d|dirichlet\(\d/);
    await place.succeed(...SAMPLED, '--trials', '4', '--out', 'trials at once');
    expect(place.report('trials')).toBe(place.report('trials at once'));
    await place.succeed('resume', 'trials');
    expect(place.report('trials')).toBe(place.report('trials at once'));
  });

  test('are each taken once however many are asked for', async () => {
    const args = [...SWEEP, '--n', '2,3', '--strategy', 'random', '--trials', '40', '--dry-run', '--json'];
    const { settings } = JSON.parse(await place.succeed(...args));
    expect([...settings].sort()).toEqual(['cutmix:2', 'cutmix:3', 'mixup:2', 'mixup:3', 'none']);
  });

  test('can differ by resolution and time', async () => {
    const axes = CONFIG.replace(
      /strategy[\s\S]*/,
      'images: 32\nspace:\n  method: [none]\n  resolution: [16, 32]\n  time: [0.1-10, 1-2]\n',
    );
    writeFileSync(place.at('axes.yaml'), axes);
    await place.succeed('sweep', '--config', 'axes.yaml', '--out', 'axes');
    const { cells } = report('axes');
    expect(cells.map(({ setting }) => setting)).toEqual([
      'none',
      'none?time=1-2',
      'none?resolution=32',
      'none?resolution=32&time=1-2',
    ]);
    expect(new Set(cells.map(({ fid }) => fid))).toHaveLength(4);
    expect(cells[0]!.fid).toBe(cellOf(report('trials'), 'none').fid);
    await place.succeed('resume', 'axes');
    expect(report('axes').cells).toEqual(cells);
  });

  test('by time are refused for a folder of images', async () => {
    const args = ['sweep', '--config', 'axes.yaml', '--dataset', 'still=real é', '--out', 'still'];
    expect(await place.refused(...args)).toMatch(
      /a time range is an option of programs, and data set "still" \(real é\) has none/,
    );
  });
});

describe('--keep moments', () => {
  // 64 blocks are folded at a time, so that there are moments and features that are not folded yet.
  const LONG = [...SWEEP, '--methods', 'mixup', '--n', '2', '--images', '2112', '--cache', 'cache'];

  test('has the FID of features and no error, also when it is killed after the features were folded', async () => {
    await place.succeed(...LONG, '--out', 'features');
    const { child, outcome } = place.start(...LONG, '--keep', 'moments', '--out', 'moments');
    await until(() => existsSync(place.at('moments', 'moments', '0')) || undefined, 'the moments');
    process.kill(child.pid!, 'SIGKILL');
    await outcome;
    await place.succeed('resume', 'moments');
    const [whole, folded] = [report('features').cells[0]!, report('moments').cells[0]!];
    expect(Math.abs(folded.fid / whole.fid - 1)).toBeLessThan(1e-9);
    expect(Math.abs(folded.unbiased!.value / whole.unbiased!.value - 1)).toBeLessThan(1e-9);
    expect(whole.standardError).toBeGreaterThan(0);
    expect(folded).not.toHaveProperty('standardError');
    expect(folded).not.toHaveProperty('interval');
    expect(place.block('moments', 0)).toBeUndefined();
    expect(place.block('moments', 65)).toBe(true);
  });

  test('has nothing to replay, and no race', async () => {
    expect(await place.refused('sweep', '--strategy', 'replay', '--from', 'moments')).toMatch(/keeps moments only/);
    const args = [...FIVE, '--strategy', 'race', '--keep', 'moments', '--out', 'refused'];
    expect(await place.refused(...args)).toMatch(/--keep: got "moments", expected features with --strategy race/);
  });
});
