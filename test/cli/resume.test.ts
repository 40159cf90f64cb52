import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { runResume } from '../../src/cli/resume.js';
import { runSweep } from '../../src/cli/sweep.js';
import type { Values } from '../../src/cli/values.js';
import { FIXTURES } from '../extract/fixtures.js';
import { until } from '../processes.js';
import { entriesOf, succeed, writePrograms } from './run.js';
import { Place, SWEEP } from './slim.js';

/** A run that is gone on with, extended, or not to be: the same command on its folder, and `resume`. */

const place = Place.ofTests();
const SETTINGS = ['--methods', 'none,mixup', '--n', '2'];
const WHOLE = [...SWEEP, ...SETTINGS, '--images', '160'];

let wanted: string;
beforeAll(async () => {
  await place.succeed(...WHOLE, '--out', 'whole');
  wanted = place.report('whole');
});

describe('a run that is complete', () => {
  test('is told again by the same command, nothing is rendered, and no byte of its report or its features changes', async () => {
    const shards = () => entriesOf(place.at('whole', 'features'));
    const [before, timing] = [shards(), readFileSync(place.at('whole', 'timing.json'), 'utf8')];
    rmSync(place.at('whole', 'report.json'));
    expect(await place.succeed(...WHOLE, '--out', 'whole')).toMatch(/│ MixUp/);
    expect(place.report('whole')).toBe(wanted);
    expect(shards()).toEqual(before);
    expect(readFileSync(place.at('whole', 'timing.json'), 'utf8')).toBe(timing);
    expect(place.inferred('whole')).toBe(320);
  });

  test('is told again by "resume" from another folder, as JSON where that is asked for', async () => {
    expect(await succeed('/', ['resume', place.at('whole'), '--json'], place.env)).toBe(wanted);
    expect(place.report('whole')).toBe(wanted);
  });

  test('holds no date, time or rate in report.json; they are in timing.json', () => {
    expect(wanted).not.toMatch(/\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d/);
    const keys = [...wanted.matchAll(/"(\w+)":/g)].map(([, key]) => key!);
    expect(keys).toContain('vendi');
    expect(keys.filter((key) => /second|[a-z]Ms|Per|start|date|time|flags|cwd|pid|host/.test(key))).toEqual([]);
    expect(JSON.parse(readFileSync(place.at('whole', 'timing.json'), 'utf8'))).toMatchObject({
      started: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      seconds: expect.any(Number),
      cells: [
        { setting: 'none', deviceMsPerImage: expect.any(Number), imagesPerSecond: expect.any(Number) },
        { setting: 'mixup:2' },
      ],
    });
  });
});

test('Ctrl-C leaves a run that "resume" ends in the same bytes', async () => {
  const { child, outcome } = place.start(...WHOLE, '--out', 'interrupted');
  await until(() => place.block('interrupted', 0), 'the first block');
  process.kill(-child.pid!, 'SIGINT');
  const { code, stderr } = await outcome;
  expect(code, stderr).toBe(130);
  const { cells } = JSON.parse(place.report('interrupted'));
  expect(cells[0].images).toBeLessThan(160);
  await succeed('/', ['resume', place.at('interrupted')], place.env);
  expect(place.report('interrupted')).toBe(wanted);
});

test('more images, from a number that is no multiple of a block, and more settings extend a run to what it is at once', async () => {
  await place.succeed(...SWEEP, '--methods', 'mixup', '--n', '2', '--images', '40', '--out', 'extended');
  await place.succeed(...WHOLE, '--out', 'extended');
  expect(place.report('extended')).toBe(wanted);
  // Only the part of a block and what came after it was made anew.
  expect(place.inferred('extended')).toBe(40 + 320 - 32);
});

describe('what decides the numbers may not change', () => {
  const values = (change: Values): Values => ({
    dataset: [`drawn=programs:${place.at('my programs')}`],
    reference: place.at('real.npz'),
    extractor: 'slim',
    dims: '64',
    resolution: '16',
    methods: 'none,mixup',
    n: '2',
    images: '160',
    out: place.at('whole'),
    ...change,
  });

  test.each<[string, Values, RegExp]>([
    ['the seed', { seed: '1' }, /--seed: got 1, the run has 0/],
    ['the resolution', { resolution: '32' }, /--resolution: got 32, the run has 16/],
    [
      'the tap of the network',
      { dims: '192', reference: 'REAL' },
      /--extractor: got .*"dims":12.*, the run has .*"dims":4/,
    ],
    ['the network', { extractor: 'other', reference: 'REAL' }, /--extractor: got .*"other".*, the run has .*"slim"/],
    ['the reference', { reference: 'REAL' }, /--reference: got ".*real é", the run has ".*real\.npz"/],
    ['alpha', { alpha: '0.01' }, /--alpha.*: got .*0\.01.*, the run has .*0\.05/],
    ['the strategy', { strategy: 'race' }, /--strategy.*: got .*"race".*, the run has .*"grid"/],
    ['what is kept', { keep: 'moments' }, /--keep: got "moments", the run has "features"/],
    ['what chooses', { reference: 'REAL', 'select-on': 'split' }, /--select-on: got "split", the run has "all"/],
    ['the images, to fewer', { images: '159' }, /--images: got 159, the run has 160, and is only ever extended/],
    ['the settings, to fewer', { methods: 'none' }, /settings: the run has mixup:2, which/],
    [
      'a data set more',
      { dataset: ['drawn=programs:PROGRAMS', 'b=programs:PROGRAMS'] },
      /data sets: got \["drawn","b"\]/,
    ],
    ['a program', { dataset: ['drawn=programs:EDITED'] }, /sha256 of data set "drawn": got .*, the run has/],
  ])('%s', async (_, change, naming) => {
    writePrograms(place.at('edited'));
    writeFileSync(place.at('edited', 'rings.frag'), 'vec3 draw(vec2 p) {\n  return vec3(0.5);\n}\n');
    const places: [string, string][] = [
      ['REAL', place.at('real é')],
      ['PROGRAMS', place.at('my programs')],
      ['EDITED', place.at('edited')],
    ];
    const placed = JSON.parse(
      places.reduce((text, [name, path]) => text.replaceAll(name, path), JSON.stringify(change)),
    );
    await expect(runSweep(values(placed))).rejects.toThrow(naming);
    await expect(runSweep(values(placed))).rejects.toThrow(/"fidsweep resume" .*--out.*--overwrite/);
    expect(place.report('whole')).toBe(wanted);
  });

  test('as the command says it, with exit code 2', async () => {
    expect(await place.refused(...WHOLE, '--seed', '1', '--out', 'whole')).toMatch(
      /^fidsweep: Run folder "whole": --seed/,
    );
  });
});

describe('a run of fidsweep 0.2', () => {
  beforeAll(() => cpSync(join(FIXTURES, 'run-0.2'), place.at('old'), { recursive: true }));

  test('is reported', async () => {
    const { cells } = JSON.parse(readFileSync(join(FIXTURES, 'run-0.2', 'report.json'), 'utf8'));
    expect(await place.succeed('report', 'old')).toMatch(/│ CutMix +│ 2 │ +779\.37/);
    const again = JSON.parse(place.report('old')).cells;
    expect(again).toHaveLength(cells.length);
    for (const [i, { fid, images }] of cells.entries()) {
      expect(again[i].images).toBe(images);
      expect(Math.abs(again[i].fid / fid - 1)).toBeLessThan(1e-6);
    }
  });

  test('cannot be continued, by either command', async () => {
    const before = entriesOf(place.at('old'));
    const naming = /made by fidsweep 0\.2 or older: "fidsweep report" reads it/;
    await expect(runResume({ folder: place.at('old') })).rejects.toThrow(naming);
    expect(await place.refused(...WHOLE, '--out', 'old')).toMatch(naming);
    expect(entriesOf(place.at('old'))).toEqual(before);
  });
});

test('a folder that holds no run is not resumed', async () => {
  expect(await place.refused('resume', 'my programs')).toMatch(/"[^"]*my programs" is no run folder/);
});
