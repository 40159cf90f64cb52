import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReportDocument } from '../../src/report/document.js';
import { renderChildren, until } from '../processes.js';
import { unitStatistics } from './reference.js';
import { entriesOf, remove, reportOf, run, scratch, start, succeed, writePictures, writePrograms } from './run.js';

let home: string;
beforeAll(async () => {
  home = scratch();
  writePrograms(join(home, 'my programs'));
  await writePictures(join(home, 'pictures é'), 8);
});
afterAll(() => remove(home));

const PROGRAMS = ['--dataset', 'drawn=programs:my programs'];
const PICTURES = ['--dataset', 'taken ü=pictures é'];
const SMALL = ['--resolution', '64', '--images', '8'];
const TINY = ['--resolution', '64', '--images', '4'];
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
    const { made } = reportOf(join(home, 'first'));
    expect(made).toMatchObject({ seed: 0, resolution: 64, images: 4, setAside: [] });
    expect(made.extractor.sha256).toMatch(/^[0-9a-f]{64}$/);
    // Three base images an output serve all seven settings.
    expect(made.baseRenders).toBe(2 * 4 * 3);
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
    for (const file of ['scores.json', 'report.json', 'report.md']) rmSync(join(folder, file));
    const table = await succeed(home, ['report', 'first']);
    expect(readFileSync(join(folder, 'report.json'), 'utf8')).toBe(before);
    expect(existsSync(join(folder, 'report.md'))).toBe(true);
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
    const { cells, made } = reportOf(join(home, 'killed'));
    const same = reportOf(join(home, 'first')).cells.filter(({ dataset }) => dataset === 'drawn');
    expect(cells).toEqual(same.filter(({ setting }) => ['none', 'cutmix:3'].includes(setting)));
    expect(made.setAside).toEqual([]);
  });

  test('does as a YAML file says, flags win, and a folder that holds a run is left alone or replaced', async () => {
    const config = [
      'dataset: { drawn: "programs:my programs" }',
      'methods: [none, mixup]',
      'n: 2',
      'images: 4',
      'resolution: 64',
      'out: configured',
    ].join('\n');
    writeFileSync(join(home, 'sweep.yaml'), config);
    await succeed(home, ['sweep', '--config', 'sweep.yaml', '--methods', 'none']);
    const { cells } = reportOf(join(home, 'configured'));
    expect(cells).toHaveLength(1);
    expect(cells[0]).toMatchObject({ dataset: 'drawn', method: 'none', images: 4 });
    const again = await run(home, ['sweep', '--config', 'sweep.yaml']);
    expect(again).toMatchObject({ code: 2, stderr: expect.stringMatching(/configured.*--overwrite/) });
    expect(reportOf(join(home, 'configured')).cells).toEqual(cells);
    await succeed(home, ['sweep', '--config', 'sweep.yaml', '--methods', 'none', '--images', '2', '--overwrite']);
    expect(reportOf(join(home, 'configured')).cells[0]).toMatchObject({ images: 2 });
  });
});

test('a folder swept against itself scores 0.00 unmixed', async () => {
  const args = ['sweep', ...PICTURES, '--reference', 'pictures é', '--methods', 'none', ...SMALL, '--out', 'itself'];
  expect(await succeed(home, args)).toMatch(/│ None\s+│ 1 │\s+0\.00 \*/);
  expect(Math.abs(reportOf(join(home, 'itself')).cells[0]!.fid)).toBeLessThan(1e-6);
});

test('Ctrl-C ends a sweep with the table so far, every setting at the same n', async () => {
  const args = ['sweep', ...PICTURES, '--methods', 'none,mixup', '--n', '2', '--images', '5000', '--resolution', '64'];
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
  expect(readFileSync(join(home, 'interrupted', 'report.md'), 'utf8')).toMatch(/ended early: \d+ of 5000 images/);
});

test('Ctrl-C before the first block is complete ends it without a report', async () => {
  const args = [
    'sweep',
    ...PROGRAMS,
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
  const args = ['sweep', '--dataset', 'p=programs:one broken', '--methods', 'none', ...SMALL, '--out', 'one set aside'];
  const { code, stdout, stderr } = await run(home, args);
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/Set aside in p: broken: does not compile: broken:3: .*missing/);
  expect(stdout).toMatch(/\b1 (program|image).* set aside/);
  const { cells, made } = reportOf(join(home, 'one set aside'));
  expect(cells[0]!.images).toBe(8);
  const why = expect.stringMatching(/does not compile: broken:3: .*missing/);
  expect(made.setAside).toEqual([{ dataset: 'p', id: 'broken', why }]);
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
  const args = ['sweep', '--dataset', 'p=mostly good', '--methods', 'none', ...SMALL];

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
    const { cells, made } = reportOf(join(home, 'skipped'));
    expect(cells[0]!.images).toBe(8);
    expect(made.setAside).toEqual([{ dataset: 'p', id: 'half.png', why: expect.stringMatching(/cannot be decoded/) }]);
  });
});

test('a full disk ends a sweep, and the blocks before it are kept and can be reported', async ({ skip }) => {
  const disk = join(home, 'small disk');
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    skip('a file system of 1 MB cannot be mounted here: it takes root, and the right to mount');
  }
  try {
    writeFileSync(join(home, 'unit.npz'), unitStatistics());
    const args = [
      'sweep',
      ...PICTURES,
      '--reference',
      'unit.npz',
      '--methods',
      'none',
      '--images',
      '64',
      '--resolution',
      '64',
    ];
    const { outcome } = start(home, [...args, '--out', join(disk, 'run')]);
    const ballast = join(disk, 'ballast');
    const block = join(disk, 'run', 'features', '0', 'block-00000.npy');
    await until(() => existsSync(block) || undefined, 'the first block');
    const fill = () => {
      for (const bytes of [65536, 4096]) for (;;) appendFileSync(ballast, new Uint8Array(bytes));
    };
    expect(fill).toThrow(/ENOSPC/);
    const { code, stdout, stderr } = await outcome;
    expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^fidsweep: .*the disk is full/m);
    expect(entriesOf(disk).filter((path) => path.endsWith('.tmp'))).toEqual([]);

    const full = await run(home, ['report', join(disk, 'run')]);
    expect(full).toMatchObject({ code: 2, stderr: expect.stringMatching(/disk is full/) });
    rmSync(ballast);
    expect(await succeed(home, ['report', join(disk, 'run')])).toMatch(/│ None/);
    expect(reportOf(join(disk, 'run')).cells).toMatchObject([{ method: 'none', images: 32 }]);
  } finally {
    execFileSync('umount', ['--lazy', disk]);
  }
});
