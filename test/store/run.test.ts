import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { decodeNpy } from '../../src/core/npy.js';
import { Run } from '../../src/store/run.js';
import { temporaryFolder } from '../temporary.js';
import { cellsOf, RECORD } from './records.js';

const REFERENCE = Uint8Array.of(80, 75, 3, 4);
const DIMS = RECORD.extractor.dims;

/** Feature value of one place, different everywhere. */
const feature = (dataset: number, setting: number, output: number, k: number) =>
  1000 * dataset + 100 * setting + output + k / 4;

function writeBlocks(run: Run, dataset: number, sizes: readonly number[]): void {
  let first = 0;
  for (const [block, count] of sizes.entries()) {
    const values = RECORD.settings.flatMap((_, s) =>
      Array.from({ length: count * DIMS }, (_, i) => feature(dataset, s, first + Math.floor(i / DIMS), i % DIMS)),
    );
    run.writeBlock(dataset, block, count, Float32Array.from(values));
    first += count;
  }
}

function expected(dataset: number, setting: number, images: number): number[] {
  return Array.from({ length: images * DIMS }, (_, i) => feature(dataset, setting, Math.floor(i / DIMS), i % DIMS));
}

function started(): Run {
  return Run.create(join(temporaryFolder(), 'runs', 'one'), RECORD, REFERENCE);
}

describe('starting a run', () => {
  test('in a new folder, however deep: opened again it has the same record and reference', () => {
    const run = started();
    const again = Run.open(run.folder);
    expect(again.record).toEqual({ schema: 1, ...RECORD });
    expect([...again.reference()]).toEqual([...REFERENCE]);
    expect(again.images()).toBe(0);
    expect(again.readScores()).toBeUndefined();
    expect(readdirSync(run.folder).sort()).toEqual(['features', 'reference.npz', 'run.json']);
  });

  test('in an empty folder', () => {
    expect(Run.create(temporaryFolder(), RECORD, REFERENCE).images()).toBe(0);
  });

  test('not where a run is, unless it is to be replaced; then nothing of it is left', () => {
    const run = started();
    for (const dataset of [0, 1]) writeBlocks(run, dataset, [4, 4]);
    run.writeScores(cellsOf(8));
    for (const name of ['report.md', 'report.json']) writeFileSync(join(run.folder, name), 'old');
    expect(() => Run.create(run.folder, RECORD, REFERENCE)).toThrow(/holds a run already; .* --overwrite/);
    expect(() => Run.check(run.folder)).toThrow(UserError);
    expect(run.images()).toBe(8);

    Run.check(run.folder, { overwrite: true });
    expect(run.images()).toBe(8);
    const next = Run.create(run.folder, { ...RECORD, seed: 8 }, REFERENCE, { overwrite: true });
    expect([next.images(), next.readScores()]).toEqual([0, undefined]);
    expect(Run.open(run.folder).record.seed).toBe(8);
    expect(readdirSync(run.folder).sort()).toEqual(['features', 'reference.npz', 'run.json']);
  });

  test('where a run ended before its first block: there is nothing to lose', () => {
    const run = started();
    Run.check(run.folder);
    expect(Run.create(run.folder, { ...RECORD, seed: 8 }, REFERENCE).record.seed).toBe(8);
    expect(Run.open(run.folder).record.seed).toBe(8);
  });

  test("not over another tool's run.json, even with overwrite", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'run.json'), '{"epochs": 90}');
    for (const overwrite of [false, true]) {
      expect(() => Run.create(folder, RECORD, REFERENCE, { overwrite })).toThrow(UserError);
    }
    expect(readdirSync(folder)).toEqual(['run.json']);
  });

  test('not among other files, even with overwrite: they stay', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'thesis.tex'), 'dear');
    for (const overwrite of [false, true]) {
      expect(() => Run.create(folder, RECORD, REFERENCE, { overwrite })).toThrow(
        /is not empty and holds no run; choose another --out/,
      );
    }
    expect(readdirSync(folder)).toEqual(['thesis.tex']);
  });

  test('not where a file is, nor below one', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, 'kept');
    for (const path of [file, join(file, 'run')]) {
      expect(() => Run.create(path, RECORD, REFERENCE)).toThrow(UserError);
      expect(() => Run.create(path, RECORD, REFERENCE)).toThrow(path);
    }
    expect(readFileSync(file, 'utf8')).toBe('kept');
  });

  test('not where a link leads nowhere', () => {
    const link = join(temporaryFolder(), 'link');
    symlinkSync(`${link} to nowhere`, link);
    expect(() => Run.create(link, RECORD, REFERENCE)).toThrow(UserError);
    expect(() => Run.create(link, RECORD, REFERENCE)).toThrow(/link: EEXIST/);
  });

  test.skipIf(process.platform !== 'linux')(
    'not where no folder can be made: that is given up, not tried without end',
    () => {
      expect(() => Run.create('/proc/zzz/run', RECORD, REFERENCE)).toThrow(UserError);
      expect(() => Run.create('/proc/zzz/run', RECORD, REFERENCE)).toThrow(/^\/proc\/zzz\/run: ENOENT.*'\/proc\/zzz'/);
    },
  );
});

describe('opening what is no run', () => {
  test.each([
    ['an empty folder', undefined, /is no run folder: .*run\.json/],
    ['half a record', '{"schema": 1, "tool"', /is no run folder/],
    ['null', 'null', /schema undefined, this fidsweep reads 1/],
    ['a record of a later version', '{"schema": 2}', /run\.json: schema 2, this fidsweep reads 1/],
  ])('%s', (_, text, message) => {
    const folder = temporaryFolder();
    if (text !== undefined) writeFileSync(join(folder, 'run.json'), text);
    expect(() => Run.open(folder)).toThrow(UserError);
    expect(() => Run.open(folder)).toThrow(message);
  });

  test('a run without its reference', () => {
    const run = started();
    rmSync(join(run.folder, 'reference.npz'));
    expect(() => run.reference()).toThrow(/reference\.npz: .*The run folder is damaged/);
  });
});

test('what a run learns is kept: device, programs set aside, time', () => {
  const run = started();
  run.update({ setAside: [{ dataset: 'Programs', id: 'loop', why: 'hangs' }] });
  run.update({ seconds: 12.5, baseRenders: 90 });
  const { record } = Run.open(run.folder);
  expect(record).toEqual(run.record);
  expect(record).toEqual({
    schema: 1,
    ...RECORD,
    setAside: [{ dataset: 'Programs', id: 'loop', why: 'hangs' }],
    seconds: 12.5,
    baseRenders: 90,
  });
});

describe('features', () => {
  test.each([
    [[4], 4],
    [[4, 4], 8],
    [[4, 4, 2], 10],
  ])('blocks of %j outputs are read back, setting by setting', (sizes, images) => {
    const run = started();
    for (const dataset of [0, 1]) writeBlocks(run, dataset, sizes);
    const again = Run.open(run.folder);
    expect(again.images()).toBe(images);
    for (const dataset of [0, 1]) {
      for (const setting of RECORD.settings.keys()) {
        const parts = [...again.features(dataset, setting)];
        expect(parts.flatMap((part) => [...part])).toEqual(expected(dataset, setting, images));
        expect(parts.map((part) => part.length / DIMS)).toEqual(sizes);
      }
    }
  });

  test('shards are NumPy arrays of settings × outputs × d', () => {
    const run = started();
    writeBlocks(run, 0, [4]);
    const { shape, data } = decodeNpy(readFileSync(join(run.folder, 'features', '0', 'block-00000.npy')), 'shard');
    expect(shape).toEqual([3, 4, 3]);
    expect(data).toBeInstanceOf(Float32Array);
    expect(data[(2 * 4 + 3) * DIMS + 1]).toBe(feature(0, 2, 3, 1));
  });

  test('all data sets stand at the n of the one with the fewest, so that no row has more images than another', () => {
    const run = started();
    writeBlocks(run, 0, [4, 4]);
    expect(run.images()).toBe(0);
    writeBlocks(run, 1, [4]);
    expect(run.images()).toBe(4);
    expect([...run.features(0, 1)].flatMap((part) => [...part])).toEqual(expected(0, 1, 4));
  });

  test('what comes after a missing block does not count', () => {
    const run = started();
    for (const dataset of [0, 1]) writeBlocks(run, dataset, [4, 4, 2]);
    rmSync(join(run.folder, 'features', '0', 'block-00001.npy'));
    expect(Run.open(run.folder).images()).toBe(4);
  });

  test('a block that cannot be written leaves nothing half', () => {
    const run = started();
    for (const dataset of [0, 1]) writeBlocks(run, dataset, [4]);
    const shards = join(run.folder, 'features', '0');
    mkdirSync(join(shards, 'block-00001.npy'));
    expect(() => run.writeBlock(0, 1, 4, new Float32Array(3 * 4 * DIMS))).toThrow(/block-00001\.npy/);
    rmdirSync(join(shards, 'block-00001.npy'));
    expect(readdirSync(shards)).toEqual(['block-00000.npy']);
    expect([...run.features(0, 0)].flatMap((part) => [...part])).toEqual(expected(0, 0, 4));
  });

  test('a damaged shard is named', () => {
    const run = started();
    for (const dataset of [0, 1]) writeBlocks(run, dataset, [4, 4]);
    const shard = join(run.folder, 'features', '0', 'block-00001.npy');
    const bytes = readFileSync(shard);
    truncateSync(shard, bytes.length - 1);
    expect([...run.features(0, 0)].flatMap((part) => [...part])).toEqual(expected(0, 0, 8));
    expect(() => [...run.features(0, 2)]).toThrow(UserError);
    expect(() => [...run.features(0, 2)]).toThrow(
      /block-00001\.npy: cut off: 47 bytes of 48 for setting 2\. The run folder is damaged/,
    );
    for (const content of ['', 'not an array at all']) {
      writeFileSync(shard, content);
      expect(() => [...run.features(0, 0)]).toThrow(
        /block-00001\.npy: not a shard of features\. The run folder is damaged/,
      );
    }
  });
});

describe('scores', () => {
  test('are read back when they are those of all the images kept', () => {
    const run = started();
    for (const dataset of [0, 1]) writeBlocks(run, dataset, [4, 4]);
    run.writeScores(cellsOf(8));
    expect(Run.open(run.folder).readScores()).toEqual(cellsOf(8));
    expect(JSON.parse(readFileSync(join(run.folder, 'scores.json'), 'utf8')).schema).toBe(1);
  });

  test('are not when another block was kept since, or a data set or setting is missing', () => {
    const run = started();
    for (const dataset of [0, 1]) writeBlocks(run, dataset, [4]);
    for (const cells of [cellsOf(8), cellsOf(4).slice(0, 3), cellsOf(4).slice(1), []]) {
      run.writeScores(cells);
      expect(run.readScores()).toBeUndefined();
    }
    run.writeScores(cellsOf(4));
    expect(run.readScores()).toHaveLength(6);
    for (const dataset of [0, 1]) writeBlocks(run, dataset, [4, 4]);
    expect(run.readScores()).toBeUndefined();
  });

  test('that are damaged are named, with what to do', () => {
    const run = started();
    for (const text of ['{', '{}', 'null']) {
      writeFileSync(join(run.folder, 'scores.json'), text);
      expect(() => run.readScores()).toThrow(UserError);
      expect(() => run.readScores()).toThrow(/scores\.json: .*Remove the file, and the scores are computed again/);
    }
    expect(existsSync(run.folder)).toBe(true);
  });
});
