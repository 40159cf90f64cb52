import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { decodeNpy } from '../../src/core/npy.js';
import { openRun, Run } from '../../src/store/run.js';
import { temporaryFolder } from '../temporary.js';
import { RECORD, REFERENCE, sha256 } from './records.js';
import {
  CUTMIX,
  closing,
  DIMS,
  expectTrue,
  featuresOf,
  filled,
  MIXUP,
  NONE,
  SIZES,
  started,
  writeBlock,
} from './runs.js';

const create = (folder: string, options = {}) => closing(Run.create(folder, RECORD, { reference: REFERENCE }, options));

describe('starting a run', () => {
  test('in a new folder, however deep: opened it has the same record and reference', () => {
    const run = started();
    run.close();
    expect(Run.check(run.folder)).toBe('new');
    for (const again of [openRun(run.folder), closing(Run.open(run.folder))]) {
      expect(again.record).toEqual({ schema: 2, ...RECORD });
      expect([...again.reference()]).toEqual([...REFERENCE]);
      expect([again.selection(), again.images(0, NONE), again.setAside]).toEqual([undefined, 0, []]);
      expect(again.timing()).toMatchObject({ seconds: 0, cells: [] });
    }
    const { sha256: hash, ...content } = JSON.parse(readFileSync(join(run.folder, 'run.json'), 'utf8'));
    expect(content).toEqual({ schema: 2, ...RECORD });
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  test('in an empty folder, or where a run ended before its first block', () => {
    const folder = temporaryFolder();
    expect(Run.check(folder)).toBe('new');
    create(folder).close();
    expect(readdirSync(folder).sort()).toEqual(['lock.sqlite', 'reference.npz', 'run.json', 'run.sqlite']);
    const { seed } = closing(Run.create(folder, { ...RECORD, seed: 8 }, { reference: REFERENCE })).record;
    expect(seed).toBe(8);
  });

  test('in one that holds what a start that was killed at once leaves', () => {
    const folder = temporaryFolder();
    for (const name of ['lock.sqlite', 'lock.json', 'lock.json.7.tmp', 'run.json.7.tmp'])
      writeFileSync(join(folder, name), '');
    expect(Run.check(folder)).toBe('new');
    create(folder);
    expect(readdirSync(folder)).not.toContain('run.json.7.tmp');
  });

  test('not where a run is, unless it is to be replaced: then all of it goes, and nothing else', () => {
    const run = filled();
    const { folder } = run;
    run.close();
    for (const name of ['report.md', 'report.json', 'scores.json', 'run.sqlite.damaged'])
      writeFileSync(join(folder, name), '');
    const mine = ['mine.txt', 'table.tex', 'report.pdf', 'notes.html', 'run.sqlite.damaged.txt', 'fid-1.svg.bak'];
    for (const name of [...mine, join('features', '0', 'mine.npy')]) writeFileSync(join(folder, name), 'kept');
    expect(Run.check(folder)).toBe('run');
    expect(() => create(folder)).toThrow(UserError);
    expect(() => create(folder)).toThrow(/holds a run already; .* --overwrite/);
    expect(expectTrue(openRun(folder))).toBe(60);

    const next = create(folder, { overwrite: true });
    expect([next.images(0, NONE), next.setAside, next.result('scores')]).toEqual([0, [], undefined]);
    next.close();
    const its = ['lock.sqlite', 'reference.npz', 'run.json', 'run.sqlite'];
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual(
      [...its, ...mine, 'features', 'features/0', 'features/0/mine.npy'].sort(),
    );
  });

  test.each([
    ["another tool's", '{"epochs": 90}', /is not fidsweep's/],
    ['a list', '[]', /is not fidsweep's/],
    ['half a record', '{"schema": 2, "tool"', /run\.json: it is not JSON/],
    ['one without its hash', '{"schema": 2, "tool": "fidsweep"}', /run\.json: its SHA-256 is missing/],
    [
      'one of a later version',
      `{"schema": 3, "sha256": "${sha256('{"schema":3}')}"}`,
      /run\.json: schema 3, this fidsweep reads 2 and 1/,
    ],
    [
      'one that proves to be whole and is no record',
      `{"schema": 2, "sha256": "${sha256('{"schema":2}')}"}`,
      /run\.json: its field "tool" is missing/,
    ],
  ])('not over a run.json that is not ours: %s', (_, text, message) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'run.json'), text);
    for (const attempt of [
      () => Run.check(folder),
      () => create(folder, { overwrite: true }),
      () => Run.open(folder),
      () => openRun(folder),
    ]) {
      expect(attempt).toThrow(UserError);
      expect(attempt).toThrow(message);
    }
    expect(readdirSync(folder)).toEqual(['run.json']);
    expect(readFileSync(join(folder, 'run.json'), 'utf8')).toBe(text);
  });

  test('not among other files, even with overwrite: they stay', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'thesis.tex'), 'dear');
    for (const attempt of [() => Run.check(folder), () => create(folder, { overwrite: true })])
      expect(attempt).toThrow(/is not empty and holds no run; choose another --out/);
    expect(() => Run.open(folder)).toThrow(/is no run folder: there is no .*run\.json/);
    expect(readdirSync(folder)).toEqual(['thesis.tex']);
  });

  test('not where a file is, nor below one, nor where a link leads nowhere', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, 'kept');
    for (const path of [file, join(file, 'run')]) {
      expect(() => create(path)).toThrow(UserError);
      expect(() => create(path)).toThrow(path);
    }
    expect(() => Run.check(file)).toThrow(UserError);
    const link = `${file} link`;
    symlinkSync(`${link} to nowhere`, link);
    expect(() => create(link)).toThrow(/link: EEXIST/);
    expect(readFileSync(file, 'utf8')).toBe('kept');
  });

  test.skipIf(process.platform !== 'linux')('not where no folder can be made: that is given up', () => {
    expect(() => create('/proc/zzz/run')).toThrow(UserError);
    expect(() => create('/proc/zzz/run')).toThrow(/^\/proc\/zzz\/run: ENOENT.*'\/proc\/zzz'/);
  });

  test('statistics that are not those of the record are a mistake', () => {
    const folder = join(temporaryFolder(), 'run');
    expect(() => Run.create(folder, RECORD, { reference: Uint8Array.of(1) })).toThrow(/not those of the record/);
    const selection = { ...RECORD.reference, sha256: sha256('half') };
    expect(() => Run.create(folder, { ...RECORD, selection }, { reference: REFERENCE })).toThrow(
      /without its statistics/,
    );
    const files = { reference: REFERENCE, selection: Buffer.from('half') };
    const run = closing(Run.create(folder, { ...RECORD, selection }, files));
    expect(Buffer.from(run.selection()!).toString()).toBe('half');
  });
});

describe('features', () => {
  test.each([
    [1, 4],
    [2, 8],
    [3, 10],
  ])('%i blocks are read back, a row or many at a time: %i images', (blocks, images) => {
    const run = started();
    for (const dataset of [0, 1]) for (let block = 0; block < blocks; block++) writeBlock(run, dataset, block);
    for (const reader of [run, openRun(run.folder)]) {
      expect(expectTrue(reader)).toBe(6 * images);
      const features = reader.features(1, CUTMIX);
      expect([features.count, features.dims]).toEqual([images, DIMS]);
      for (let from = 0; from <= images; from++) {
        for (let to = from; to <= images; to++)
          expect([...features.rows(from, to)]).toEqual(featuresOf(1, CUTMIX, from, to));
      }
      const first = reader.features(1, CUTMIX, 3);
      expect([first.count, first.rows(0, 3).length]).toEqual([3, 3 * DIMS]);
      expect(() => first.rows(0, 4)).toThrow(RangeError);
      expect(() => reader.features(1, CUTMIX, images + 1)).toThrow(RangeError);
    }
    run.close();
    expect(expectTrue(openRun(run.folder))).toBe(6 * images);
  });

  test('shards are NumPy arrays of settings × outputs × d', () => {
    const run = started();
    writeBlock(run, 0, 0);
    const { shape, data } = decodeNpy(readFileSync(join(run.folder, 'features', '0', 'block-00000.npy')), 'shard');
    expect(shape).toEqual([3, 4, 3]);
    expect([...data]).toEqual([NONE, MIXUP, CUTMIX].flatMap((setting) => featuresOf(0, setting, 0, 4)));
  });

  test('settings of a block that come later lie in files of their own, each cell at its own n', () => {
    const run = started();
    writeBlock(run, 0, 0, { settings: [NONE, CUTMIX] });
    writeBlock(run, 0, 1, { settings: [CUTMIX] });
    writeBlock(run, 0, 0, { settings: [MIXUP] });
    writeBlock(run, 0, 2, { settings: [MIXUP] });
    expect(readdirSync(join(run.folder, 'features', '0')).sort()).toEqual([
      'block-00000-1.npy',
      'block-00000.npy',
      'block-00001.npy',
      'block-00002.npy',
    ]);
    expect([NONE, MIXUP, CUTMIX].map((setting) => run.images(0, setting))).toEqual([4, 4, 8]);
    // What comes after a missing block does not count.
    expect([0, 1, 2, 3].map((block) => run.has(0, MIXUP, block))).toEqual([true, false, true, false]);
    writeBlock(run, 0, 1, { settings: [MIXUP] });
    expect(run.images(0, MIXUP)).toBe(10);
    expectTrue(run);
  });

  test('a cell, setting or data set that is not there has none', () => {
    const run = filled();
    expect([run.images(0, 'mixup:9'), run.images(7, NONE), run.features(0, 'mixup:9').count]).toEqual([0, 0, 0]);
  });

  test('many slices, more than are held, are read again and again', () => {
    const dims = 2 ** 16;
    const run = started({ extractor: { ...RECORD.extractor, dims }, images: 400, block: 4 });
    for (let block = 0; block < 70; block++)
      run.writeBlock(0, block, 4, [NONE], new Float32Array(4 * dims).fill(block), []);
    const features = openRun(run.folder).features(0, NONE);
    for (const pass of [0, 1]) {
      for (let row = pass; row < 280; row += 37) expect(features.rows(row, row + 1)[5]).toBe(Math.floor(row / 4));
    }
    expect(features.rows(3, 5)[dims]).toBe(1);
  });

  test.each([
    ['fewer values than that', () => new Float32Array(23), 4, [NONE, MIXUP]],
    ['no settings', () => new Float32Array(), 4, []],
    ['a setting twice', () => new Float32Array(24), 4, [NONE, NONE]],
    ['more outputs than a block has', () => new Float32Array(15), 5, [NONE]],
  ])('%s: a mistake', (_, values, outputs, settings) => {
    const run = started();
    expect(() => run.writeBlock(0, 0, outputs, settings, values(), [])).toThrow(Error);
    expect(readdirSync(run.folder)).not.toContain('features');
  });
});

describe('a run that grows', () => {
  test('more images: the short last block is made again in full, and its file goes', async () => {
    const run = filled();
    run.extend({ images: 12, flags: { images: '12' } });
    expect([run.images(0, NONE), run.has(0, NONE, 2)]).toEqual([8, false]);
    writeBlock(run, 0, 2, { outputs: 4, settings: [NONE, MIXUP] });
    expect(readdirSync(join(run.folder, 'features', '0'))).toHaveLength(4);
    writeBlock(run, 0, 2, { outputs: 4, settings: [CUTMIX] });
    expect(readdirSync(join(run.folder, 'features', '0')).sort()).toEqual([
      'block-00000.npy',
      'block-00001.npy',
      'block-00002-1.npy',
      'block-00002-2.npy',
    ]);
    expectTrue(run);
    run.close();
    const again = closing(Run.open(run.folder));
    expect([again.record.images, again.record.flags, again.images(0, NONE)]).toEqual([12, { images: '12' }, 12]);
    expect(await again.verify()).toBe(0);
    expect(again.notes).toEqual([]);
  });

  test('more settings, another strategy', () => {
    const run = filled();
    const change = {
      settings: [...RECORD.settings, 'mixup:3'],
      strategy: { ...RECORD.strategy, kind: 'race' as const },
    };
    run.extend(change);
    expect(run.images(0, 'mixup:3')).toBe(0);
    expect(expectTrue(run)).toBe(60);
    run.close();
    expect(closing(Run.open(run.folder)).record).toEqual({ schema: 2, ...RECORD, ...change });
  });
});

describe('what is known to be unusable', () => {
  test('outlives the database, in its order, when the short block that said so was made again', async () => {
    const run = started({ images: 2 });
    writeBlock(run, 0, 0, { outputs: 2, setAside: ['z', 'b'] });
    writeBlock(run, 1, 0, { outputs: 2, setAside: ['q'] });
    run.extend({ images: 12 });
    for (const dataset of [0, 1]) {
      // Nothing is told twice: what is known is not used again.
      for (const block of [0, 1, 2])
        writeBlock(run, dataset, block, { outputs: 4, setAside: block === 1 && dataset === 0 ? ['a'] : [] });
    }
    const { setAside } = run;
    expect(setAside.map(({ id }) => id)).toEqual(['z', 'b', 'a', 'q']);
    run.close();
    rmSync(join(run.folder, 'run.sqlite'));
    expect(openRun(run.folder).setAside).toEqual(setAside);
    const again = closing(Run.open(run.folder));
    expect(again.setAside).toEqual(setAside);
    expect(await again.verify()).toBe(0);
    expect(expectTrue(again)).toBe(72);
    // Also from what is left when other files are gone, as each says all that was known by then.
    again.close();
    for (const name of [
      'run.sqlite',
      join('features', '0', 'block-00000-1.npy'),
      join('features', '0', 'block-00001.npy'),
    ])
      rmSync(join(run.folder, name));
    expect(openRun(run.folder).setAside).toEqual(setAside);
  });
});

describe('checking all files', () => {
  test('lets others have their turn, and an abort ends it and forgets nothing', async () => {
    const run = filled();
    rmSync(join(run.folder, 'features', '0', 'block-00000.npy'));
    const stop = new AbortController();
    const seen: number[] = [];
    const work = run.verify((done, total) => {
      seen.push(done);
      expect(total).toBe(7);
      if (done === 1) setImmediate(() => stop.abort(new Error('stopped')));
    }, stop.signal);
    await expect(work).rejects.toThrow('stopped');
    expect(seen.length).toBeLessThan(4);
    expect(run.has(0, NONE, 0)).toBe(true);
    expect(await run.verify()).toBe(3);
    expect(run.has(0, NONE, 0)).toBe(false);
  });
});

describe('moments in place of features', () => {
  test('stand for the first blocks: the features behind them go, with files that hold nothing else', async () => {
    const run = started();
    for (const block of SIZES.keys()) writeBlock(run, 0, block);
    const files = () => readdirSync(join(run.folder, 'features', '0')).length;
    for (const [i, setting] of RECORD.settings.entries()) {
      run.replaceByMoments(0, setting, 2, Uint8Array.of(i));
      expect(files()).toBe(i === 2 ? 1 : 3);
    }
    for (const reader of [run, openRun(run.folder)]) {
      expect(reader.moments(0, MIXUP)).toEqual({ images: 8, bytes: Uint8Array.of(1) });
      expect(reader.images(0, MIXUP)).toBe(10);
      const features = reader.features(0, MIXUP);
      expect([...features.rows(8, 10)]).toEqual(featuresOf(0, MIXUP, 8, 10));
      expect(() => features.rows(7, 10)).toThrow(UserError);
      expect(() => features.rows(7, 10)).toThrow(/of mixup:2 on Programs only the moments were kept of block 1/);
    }
    run.replaceByMoments(0, MIXUP, 3, Uint8Array.of(7));
    expect(run.moments(0, MIXUP)).toEqual({ images: 10, bytes: Uint8Array.of(7) });
    expect(readdirSync(join(run.folder, 'moments', '0'))).toHaveLength(3);
    run.replaceByMoments(0, MIXUP, 3, Uint8Array.of(8));
    expect(run.moments(0, MIXUP)?.bytes).toEqual(Uint8Array.of(8));
    expect(readdirSync(join(run.folder, 'moments', '0'))).toHaveLength(3);
    expect([run.moments(1, MIXUP), await run.verify()]).toEqual([undefined, 0]);
  });

  test('outlive the database, with what was set aside in shards that are gone', async () => {
    const run = started();
    for (const block of SIZES.keys()) writeBlock(run, 0, block, { setAside: [`p${block}`] });
    for (const setting of RECORD.settings) run.replaceByMoments(0, setting, 3, Uint8Array.of(1));
    const { setAside } = run;
    expect(setAside).toHaveLength(3);
    run.close();
    writeFileSync(join(run.folder, 'run.sqlite'), 'damaged');
    const again = closing(Run.open(run.folder));
    expect(again.notes).toHaveLength(1);
    expect(again.setAside).toEqual(setAside);
    expect([again.moments(0, NONE)?.images, await again.verify()]).toEqual([10, 0]);
  });

  test('of blocks that are not there: a mistake', () => {
    const run = started();
    writeBlock(run, 0, 0);
    expect(() => run.replaceByMoments(0, NONE, 2, Uint8Array.of(1))).toThrow(/no block 1 of none/);
  });
});

describe('what is measured and found', () => {
  test('what is set aside is told once, in the order of data sets, blocks and places', () => {
    const run = started();
    writeBlock(run, 1, 0, { setAside: ['c'] });
    writeBlock(run, 0, 2, { setAside: ['z', 'b'] });
    writeBlock(run, 0, 0, { settings: [NONE], setAside: ['q', 'b'] });
    writeBlock(run, 0, 0, { settings: [MIXUP], setAside: ['a', 'q'] });
    run.close();
    expect(openRun(run.folder).setAside).toEqual([
      ...['q', 'b', 'a', 'z'].map((id) => ({ dataset: 'Programs', id, why: `${id} hangs` })),
      { dataset: 'Photos', id: 'c', why: 'c hangs' },
    ]);
  });

  test('times are summed, cell by cell, over processes', () => {
    const run = started();
    const cell = { dataset: 0, setting: NONE, baseMs: 0.1, bases: 2, mixMs: 0.7, outputs: 4 };
    run.addTiming({
      seconds: 0.1,
      baseRenders: 8,
      images: 12,
      inferenceMs: 0.1,
      cells: [cell, { ...cell, setting: MIXUP }],
    });
    run.addTiming({});
    run.close();
    const again = closing(Run.open(run.folder));
    again.addTiming({ seconds: 0.2, baseRenders: 1, images: 2, inferenceMs: 0.2, cells: [cell, cell] });
    expect(again.timing()).toEqual({
      started: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      seconds: 0.1 + 0.2,
      baseRenders: 9,
      images: 14,
      inferenceMs: 0.1 + 0.2,
      cells: [
        { ...cell, baseMs: 0.1 + (0.1 + 0.1), bases: 6, mixMs: 0.7 + (0.7 + 0.7), outputs: 12 },
        { ...cell, setting: MIXUP },
      ].sort((a, b) => (a.setting < b.setting ? -1 : 1)),
    });
  });

  test('results come back with every digit, their keys in order, until they are taken away', () => {
    const run = started();
    const value = { z: [0.1 + 0.2, 5e-324, 1.7976931348623157e308, -1 / 3], a: { text: 'é "\u0000', none: null } };
    run.writeResult('scores of 10', value);
    run.writeResult('other', [1]);
    run.close();
    const reader = openRun(run.folder);
    expect(JSON.stringify(reader.result('scores of 10'))).toBe(JSON.stringify(value));
    expect([reader.result('other'), reader.result('scores of 12')]).toEqual([[1], undefined]);
    const again = closing(Run.open(run.folder));
    again.writeResult('other', undefined);
    expect(again.result('other')).toBeUndefined();
    expect(() => again.writeResult('bad', { fid: Number.NaN })).toThrow(/fid: NaN has no JSON/);
    expect(again.result('bad')).toBeUndefined();
  });
});

describe('a disk that does not take it', () => {
  /** A file system of a size of its own; undefined where none can be mounted: it takes root, and the right to. */
  function disk(size: string): string | undefined {
    const folder = join(temporaryFolder(), 'small disk');
    mkdirSync(folder);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'ignore' });
    } catch {
      return undefined;
    }
    onTestFinished(() => {
      execFileSync('umount', ['-l', folder]);
    });
    return folder;
  }

  test('full: the user is told, nothing is half, and with room again it goes on', async ({ skip }) => {
    const small = disk('600k');
    if (!small) return skip('no file system can be mounted here');
    const run = started({ images: 4000 }, join(small, 'run'));
    let blocks = 0;
    const write = (at: Run) => writeBlock(at, 0, blocks, { outputs: 4 });
    const fill = (at: Run) => {
      for (; blocks < 1000; blocks++) write(at);
    };
    expect(() => fill(run)).toThrow(UserError);
    expect(() => write(run)).toThrow(/the disk is full/);
    expect(() => run.writeResult('much', 'x'.repeat(700_000))).toThrow(/the disk is full/);
    const kept = blocks;
    expect(kept).toBeGreaterThan(10);
    expect(run.images(0, NONE)).toBe(4 * kept);
    expect([...run.features(0, CUTMIX).rows(4 * kept - 1, 4 * kept)]).toEqual(
      featuresOf(0, CUTMIX, 4 * kept - 1, 4 * kept),
    );
    run.close();
    // Whether the little that opening takes is there or not.
    try {
      Run.open(run.folder).close();
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
    }
    // Reading takes no room.
    expect(openRun(run.folder).images(0, NONE)).toBe(4 * kept);

    execFileSync('mount', ['-o', 'remount,size=4m', small]);
    const again = closing(Run.open(run.folder));
    expect([again.notes, await again.verify(), again.images(0, NONE)]).toEqual([[], 0, 4 * kept]);
    write(again);
    expect(again.images(0, NONE)).toBe(4 * kept + 4);
    expectTrue(again);
    again.close();
  });

  test('read only: a report can be read, also of a run that was killed; nothing can be started', ({ skip }) => {
    const small = disk('4m');
    if (!small) return skip('no file system can be mounted here');
    const run = filled(join(small, 'run'));
    execFileSync('cp', ['-r', run.folder, join(small, 'killed')]);
    run.close();
    rmSync(join(small, 'killed', 'run.sqlite-shm'));
    execFileSync('mount', ['-o', 'remount,ro', small]);
    for (const name of ['run', 'killed']) {
      const reader = openRun(join(small, name));
      expect([expectTrue(reader), reader.notes, reader.result('scores')]).toEqual([60, [], { fid: 0.1 + 0.2 }]);
      for (const attempt of [() => Run.open(join(small, name)), () => create(join(small, name), { overwrite: true })]) {
        expect(attempt).toThrow(UserError);
        expect(attempt).toThrow(/not writable/);
      }
    }
    expect(() => create(join(small, 'new'))).toThrow(/not writable \(EROFS\)/);
  });

  test('a shard that cannot be put in its place: nothing is half', () => {
    const run = started();
    writeBlock(run, 0, 0);
    const shards = join(run.folder, 'features', '0');
    mkdirSync(join(shards, 'block-00001.npy'));
    expect(() => writeBlock(run, 0, 1)).toThrow(UserError);
    expect(() => writeBlock(run, 0, 1)).toThrow(/block-00001\.npy/);
    rmdirSync(join(shards, 'block-00001.npy'));
    expect(readdirSync(shards)).toEqual(['block-00000.npy']);
    writeBlock(run, 0, 1);
    expect(expectTrue(run)).toBe(24);
  });
});
