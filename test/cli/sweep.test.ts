import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ReportDocument } from '../../src/report/document.js';
import { renderChildren, until } from '../processes.js';
import { entriesOf, reportOf, run, start, succeed, writePictures, writePrograms } from './run.js';
import { Place, TAP } from './slim.js';

const place = Place.ofTests();
let home: string;
beforeAll(async () => {
  home = place.home;
  await writePictures(place.at('pictures é'), 8);
});

const PROGRAMS = ['--dataset', 'drawn=programs:my programs'];
const PICTURES = ['--dataset', 'taken ü=pictures é'];
const SMALL = ['--resolution', '64', '--images', '8'];
const TINY = ['--resolution', '64', '--images', '4'];
/** A network that measures in no time, where the bundled one is not what matters. */
const SLIM = [...TAP, '--reference', 'real.npz'];
const GRID = ['--methods', 'none,mixup,cutmix,cutmixup', '--n', '2-3'];

describe('a small sweep of two data sets', () => {
  let printed: ReportDocument;
  beforeAll(async () => {
    await succeed(home, ['sweep', ...PROGRAMS, ...PICTURES, ...GRID, ...TINY, '--out', 'first']);
    printed = JSON.parse(
      await succeed(home, ['sweep', ...PROGRAMS, ...PICTURES, ...GRID, ...TINY, '--out', 'second ô', '--json']),
    );
  });

  test('gives a cell for every data set and setting, with all its images', () => {
    const cells = reportOf(join(home, 'first')).cells.map(({ dataset, method, n, images }) => [
      dataset,
      method,
      n,
      images,
    ]);
    const settings = [
      ['none', 1],
      ['mixup', 2],
      ['mixup', 3],
      ['cutmix', 2],
      ['cutmix', 3],
      ['cutmixup', 2],
      ['cutmixup', 3],
    ];
    expect(cells).toEqual(['drawn', 'taken ü'].flatMap((name) => settings.map((setting) => [name, ...setting, 4])));
    const distances = reportOf(join(home, 'first')).cells.map(({ fid }) => fid);
    expect(Math.min(...distances)).toBeGreaterThan(0);
    expect(new Set(distances).size).toBe(14);
  });

  test('run twice gives the same digits, and the same bytes of features', () => {
    const [first, second] = [join(home, 'first'), join(home, 'second ô')];
    expect(reportOf(second).cells).toEqual(reportOf(first).cells);
    const shards = entriesOf(first).filter((path) => path.endsWith('.npy'));
    expect(shards).toHaveLength(2);
    for (const shard of shards)
      expect(readFileSync(join(second, shard)).equals(readFileSync(join(first, shard)))).toBe(true);
  });

  test('prints with --json one object, that of report.json', () => {
    expect(printed).toEqual(reportOf(join(home, 'second ô')));
  });

  test('says in its report what made it', () => {
    const { made, setAside } = reportOf(join(home, 'first'));
    expect(made).toMatchObject({ seed: 0, resolution: 64, images: 4 });
    expect(setAside).toEqual([]);
    expect(made.extractor.sha256).toMatch(/^[0-9a-f]{64}$/);
    // Three base images an output serve all seven settings.
    const timing = JSON.parse(readFileSync(join(home, 'first', 'timing.json'), 'utf8'));
    expect(timing).toMatchObject({ baseRenders: 2 * 4 * 3, images: 2 * 4 * 7 });
    expect(timing.cells).toHaveLength(14);
    const markdown = readFileSync(join(home, 'first', 'report.md'), 'utf8');
    for (const words of [
      '| None | 1 |',
      '| CutMixUp | 3 |',
      'Maximum gain',
      made.extractor.sha256,
      made.device.renderer.slice(0, 5),
    ]) {
      expect(markdown).toContain(words);
    }
  });

  test('is reported again with the same digits, from the features alone', async () => {
    const folder = join(home, 'first');
    const before = readFileSync(join(folder, 'report.json'), 'utf8');
    for (const file of ['report.json', 'report.md', 'timing.json']) rmSync(join(folder, file));
    const table = await succeed(home, ['report', 'first']);
    expect(readFileSync(join(folder, 'report.json'), 'utf8')).toBe(before);
    for (const file of ['report.md', 'timing.json']) expect(existsSync(join(folder, file))).toBe(true);
    expect(await succeed(home, ['report', 'first'])).toBe(table);
    expect(table).toMatch(/│ Maximum gain/);
  });

  test('gives the same digits when the render child is killed on the way, and without the other data set and settings', async () => {
    const { child, outcome } = start(home, [
      'sweep',
      ...PROGRAMS,
      '--methods',
      'none,cutmix',
      '--n',
      '3',
      ...TINY,
      '--out',
      'killed',
    ]);
    let said = '';
    child.stderr!.on('data', (data: Buffer) => {
      said += data.toString();
    });
    // Said once the device is open and the first block begins.
    await until(() => /settings × 4 images/.exec(said)?.[0], 'the sweep has begun');
    const [pid] = renderChildren(child.pid!);
    expect(pid).toBeDefined();
    process.kill(pid!, 'SIGKILL');
    await until(() => renderChildren(child.pid!).find((next) => next !== pid), 'another render child');
    const { code, stderr } = await outcome;
    expect(code, stderr).toBe(0);
    const { cells, setAside } = reportOf(join(home, 'killed'));
    const digits = (of: ReportDocument['cells']) => of.map(({ setting, images, fid }) => ({ setting, images, fid }));
    const same = reportOf(join(home, 'first')).cells.filter(({ dataset }) => dataset === 'drawn');
    expect(digits(cells)).toEqual(digits(same.filter(({ setting }) => ['none', 'cutmix:3'].includes(setting))));
    expect(setAside).toEqual([]);
  });

  test('does as a YAML file says, flags win, and a folder that holds a run is gone on with or replaced', async () => {
    const config = [
      'dataset: { drawn: "programs:my programs" }',
      'methods: [none, mixup]',
      'n: 2',
      'images: 4',
      'resolution: 64',
      'extractor: slim',
      'dims: 64',
      'reference: real.npz',
      'out: configured',
    ].join('\n');
    writeFileSync(join(home, 'sweep.yaml'), config);
    await succeed(home, ['sweep', '--config', 'sweep.yaml', '--methods', 'none']);
    const { cells } = reportOf(join(home, 'configured'));
    expect(cells).toHaveLength(1);
    expect(cells[0]).toMatchObject({ dataset: 'drawn', method: 'none', images: 4 });
    const fewer = await run(home, ['sweep', '--config', 'sweep.yaml', '--methods', 'none', '--images', '2']);
    expect(fewer).toMatchObject({ code: 2, stderr: expect.stringMatching(/configured.*--images: got 2.*--overwrite/) });
    await succeed(home, ['sweep', '--config', 'sweep.yaml']);
    const more = reportOf(join(home, 'configured')).cells;
    expect(more.map(({ setting, images }) => [setting, images])).toEqual([
      ['none', 4],
      ['mixup:2', 4],
    ]);
    expect(more[0]!.fid).toBe(cells[0]!.fid);
    await succeed(home, ['sweep', '--config', 'sweep.yaml', '--methods', 'none', '--images', '2', '--overwrite']);
    expect(reportOf(join(home, 'configured')).cells[0]).toMatchObject({ images: 2 });
  });
});

test('a folder swept against itself scores 0.00 unmixed', async () => {
  const args = [
    'sweep',
    ...PICTURES,
    ...TAP,
    '--reference',
    'pictures é',
    '--methods',
    'none',
    ...SMALL,
    '--out',
    'itself',
  ];
  expect(await succeed(home, args)).toMatch(/│ None\s+│ 1 │\s+0\.00 \*/);
  expect(Math.abs(reportOf(join(home, 'itself')).cells[0]!.fid)).toBeLessThan(1e-6);
});

test('Ctrl-C ends a sweep with the table so far, every setting at the same n', async () => {
  const args = [
    'sweep',
    ...PICTURES,
    ...SLIM,
    '--methods',
    'none,mixup',
    '--n',
    '2',
    '--images',
    '5000',
    '--resolution',
    '64',
  ];
  const { child, outcome } = start(home, [...args, '--out', 'interrupted']);
  const block = join(home, 'interrupted', 'features', '0', 'block-00000.npy');
  await until(() => existsSync(block) || undefined, 'the first block');
  process.kill(-child.pid!, 'SIGINT');
  const { code, stdout, stderr } = await outcome;
  expect(code, stderr).toBe(130);
  expect(stdout).toMatch(/│ Maximum gain/);
  const { cells } = reportOf(join(home, 'interrupted'));
  expect(cells.map(({ setting }) => setting)).toEqual(['none', 'mixup:2']);
  expect(cells[0]!.images).toBe(cells[1]!.images);
  expect(cells[0]!.images).toBeGreaterThanOrEqual(32);
  expect(cells[0]!.images).toBeLessThan(5000);
  expect(readFileSync(join(home, 'interrupted', 'report.md'), 'utf8')).toMatch(/ended early: \d+ of 5,000 images/);
});

test('Ctrl-C before the first block is complete ends it without a report', async () => {
  const args = [
    'sweep',
    ...PROGRAMS,
    ...SLIM,
    '--methods',
    'none',
    '--images',
    '5000',
    '--resolution',
    '64',
    '--out',
    'at once',
  ];
  const { child, outcome } = start(home, args);
  let said = '';
  child.stderr!.on('data', (data: Buffer) => {
    said += data.toString();
  });
  await until(() => /settings × 5000 images/.exec(said)?.[0], 'the sweep has begun');
  process.kill(-child.pid!, 'SIGINT');
  const { code, stderr } = await outcome;
  expect(code, stderr).toBe(130);
  expect(stderr).toMatch(/nothing to score/);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(entriesOf(join(home, 'at once')).filter((path) => /report|scores|\.tmp$/.test(path))).toEqual([]);
});

test('without HOME and XDG_CACHE_HOME it works as well', async () => {
  const { HOME: _, XDG_CACHE_HOME: __, ...env } = process.env;
  const args = ['sweep', ...PROGRAMS, '--methods', 'none', '--images', '2', '--resolution', '16', '--out', 'homeless'];
  await succeed(home, args, env);
  expect(reportOf(join(home, 'homeless')).cells[0]).toMatchObject({ images: 2 });
});

test('a program that does not compile is named with its line and set aside, the others take its place', async () => {
  writePrograms(join(home, 'one broken'), { broken: true });
  const args = [
    'sweep',
    '--dataset',
    'p=programs:one broken',
    ...SLIM,
    '--methods',
    'none',
    ...SMALL,
    '--out',
    'one set aside',
  ];
  const { code, stdout, stderr } = await run(home, args);
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/Set aside in p: broken: does not compile: broken:3: .*missing/);
  expect(stdout).toMatch(/\b1 (program|image).* set aside/);
  const { cells, setAside } = reportOf(join(home, 'one set aside'));
  expect(cells[0]!.images).toBe(8);
  const why = expect.stringMatching(/does not compile: broken:3: .*missing/);
  expect(setAside).toEqual([{ dataset: 'p', id: 'broken', why }]);
  expect(readFileSync(join(home, 'one set aside', 'report.md'), 'utf8')).toMatch(
    /## Set aside[\s\S]*- p, broken: .*broken:3/,
  );
});

describe('one corrupt image among others', () => {
  beforeAll(async () => {
    await writePictures(join(home, 'mostly good'), 7);
    const whole = readFileSync(join(home, 'mostly good', 'picture 1.png'));
    writeFileSync(join(home, 'mostly good', 'half.png'), whole.subarray(0, whole.length / 2));
  });
  const args = ['sweep', '--dataset', 'p=mostly good', ...SLIM, '--methods', 'none', ...SMALL];

  test('is named, and ends the sweep', async () => {
    const { code, stdout, stderr } = await run(home, [...args, '--out', 'refused']);
    expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^fidsweep: .*half\.png.*--skip-corrupt/m);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('is left out and counted with --skip-corrupt', async () => {
    expect(await succeed(home, [...args, '--skip-corrupt', '--out', 'skipped'])).toMatch(
      /\b1 (program|image).* set aside/,
    );
    const { cells, setAside } = reportOf(join(home, 'skipped'));
    expect(cells[0]!.images).toBe(8);
    expect(setAside).toEqual([{ dataset: 'p', id: 'half.png', why: expect.stringMatching(/cannot be decoded/) }]);
  });
});
