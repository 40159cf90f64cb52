import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { draws, STREAM } from '../src/core/random.js';
import { LiveFolder } from '../src/live.js';
import { columnsOf } from '../src/live-columns.js';
import { commonImages, LiveFids } from '../src/live-fid.js';
import { runFolders } from '../src/live-folders.js';
import { GrowingMoments } from '../src/live-moments.js';
import { Duty, Pace } from '../src/live-pace.js';
import { standingOf } from '../src/live-state.js';
import { raceOf } from '../src/race.js';
import { referenceRecord } from '../src/reference.js';
import { renderJson, reportDocument } from '../src/report/document.js';
import type { Drop, Look } from '../src/report/results.js';
import { courseOf, gaussianOf, identityOf, openReferences, score } from '../src/score.js';
import { momentsOf } from '../src/statistics/moments.js';
import { encodeHalves } from '../src/statistics/moments-file.js';
import { decodeStatistics, encodeStatistics } from '../src/statistics/npz.js';
import { ask } from '../src/store/control.js';
import { FolderLock } from '../src/store/lock.js';
import type { RunRecord } from '../src/store/record.js';
import { openRun, Run } from '../src/store/run.js';
import { sweep } from '../src/sweep.js';
import { DIMS, pretendDataset, pretendExtractor, pretendRenderer, SIDE } from './pretend.js';
import { RECORD } from './store/records.js';
import { temporaryFolder } from './temporary.js';

/** What a dashboard knows of a run folder from outside. */

const BLOCK = 4;
const SETTINGS = ['none', 'mixup:2', 'cutmix:3'];

beforeAll(() => {
  // Every block is written through to the disk: in memory that takes no time.
  if (existsSync('/dev/shm')) vi.stubEnv('TMPDIR', '/dev/shm');
});
afterAll(() => {
  vi.unstubAllEnvs();
});

/** The standard deviation of the reference in every direction; its mean is 0 where nothing else is said. */
const SPREAD = 1.5;

async function isotropic(dims: number, mean = 0): Promise<{ bytes: Uint8Array; reference: RunRecord['reference'] }> {
  const covariance = Float64Array.from({ length: dims * dims }, (_, i) => (i % (dims + 1) ? 0 : SPREAD ** 2));
  const extractor = { ...RECORD.extractor, dims };
  const provenance = { count: 400, extractor, source: 'real', fit: 'none', tool: 'test' };
  const bytes = encodeStatistics({ mean: new Float64Array(dims).fill(mean), covariance, provenance });
  return { bytes, reference: referenceRecord(bytes, 'real', await decodeStatistics(bytes, 'real'), []) };
}

interface Asked extends Partial<Pick<RunRecord, 'settings' | 'images' | 'strategy' | 'keep' | 'seed'>> {
  readonly folder?: string;
  readonly dims?: number;
  /** Of the reference, in every direction. */
  readonly mean?: number;
  readonly overwrite?: boolean;
}

async function begun({
  folder = join(temporaryFolder(), 'run'),
  dims = 2,
  mean = 0,
  overwrite = false,
  ...change
}: Asked = {}) {
  const { bytes, reference } = await isotropic(dims, mean);
  const [dataset] = RECORD.datasets;
  const record = {
    ...RECORD,
    datasets: [dataset!],
    settings: SETTINGS,
    images: 24,
    block: BLOCK,
    extractor: { ...RECORD.extractor, dims },
    reference,
    ...change,
  };
  const run = Run.create(folder, record, { reference: bytes }, { overwrite });
  onTestFinished(() => run.close());
  return run;
}

/** A value of an output, different everywhere. */
const value = (setting: string, output: number, k: number): number =>
  Math.fround(3 * draws(1, STREAM.check, 100 * output + k, SETTINGS.indexOf(setting))());

const rowsOf = (setting: string, count: number, dims: number): number[][] =>
  Array.from({ length: count }, (_, output) => Array.from({ length: dims }, (_, k) => value(setting, output, k)));

function write(run: Run, block: number, settings: readonly string[] = run.record.settings): void {
  const { dims } = run.record.extractor;
  const outputs = Math.min(BLOCK, run.record.images - block * BLOCK);
  const features = settings.flatMap((setting) =>
    rowsOf(setting, block * BLOCK + outputs, dims)
      .slice(block * BLOCK)
      .flat(),
  );
  run.writeBlock(0, block, outputs, settings, Float32Array.from(features), []);
  run.addTiming({ seconds: 2, images: outputs * settings.length });
}

/** FID in one dimension: (μ − 0)² + (σ − s)². */
function closedForm(setting: string, count: number): number {
  const values = rowsOf(setting, count, 1).flat();
  const mean = values.reduce((sum, x) => sum + x, 0) / count;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (count - 1);
  return mean ** 2 + (Math.sqrt(variance) - SPREAD) ** 2;
}

/** Reads a run and measures all that there is. */
async function watched(folder: string, live = new LiveFolder(folder, new GrowingMoments())) {
  if (live.isStale) await live.read();
  while (await live.step());
  return live;
}

describe('FIDs of a run that grows', () => {
  test('are those of the closed form in one dimension, block after block', async () => {
    const run = await begun({ dims: 1 });
    let live: LiveFolder | undefined;
    for (const blocks of [1, 2, 4]) {
      for (let block = 0; block < blocks; block++) if (!run.has(0, 'none', block)) write(run, block);
      live = await watched(run.folder, live);
      const [column] = live.run.columns;
      expect(column!.cells.map(({ setting, images }) => [setting, images])).toEqual(
        SETTINGS.map((setting) => [setting, blocks * BLOCK]),
      );
      for (const { setting, fid } of column!.cells) expect(fid).toBeCloseTo(closedForm(setting, blocks * BLOCK), 9);
    }
    expect(live!.run.columns[0]!.plot).toContain('<svg');
  });

  test('of fewer images than dimensions are those of a line against a ball', async () => {
    const dims = 8;
    const run = await begun({ dims, images: 2, settings: ['none'] });
    run.writeBlock(0, 0, 2, ['none'], Float32Array.from(rowsOf('none', 2, dims).flat()), []);
    const [x, y] = rowsOf('none', 2, dims) as [number[], number[]];
    const mean = x.reduce((sum, _, k) => sum + ((x[k]! + y[k]!) / 2) ** 2, 0);
    // Σ = vvᵀ/2 has one root, |v|/√2.
    const root = Math.sqrt(x.reduce((sum, _, k) => sum + (x[k]! - y[k]!) ** 2, 0) / 2);
    const expected = mean + root ** 2 + dims * SPREAD ** 2 - 2 * SPREAD * root;
    const live = await watched(run.folder);
    expect(live.run.columns[0]!.cells[0]!.fid).toBeCloseTo(expected, 9);
  });

  test('do not hang on whether moments are held', async () => {
    const run = await begun();
    for (let block = 0; block < 5; block++) write(run, block);
    const [held, made] = [new GrowingMoments(), new GrowingMoments(0)];
    for (const images of [6, 20, 9]) {
      const [a, b] = [await held.of(run, 0, 'none', images), await made.of(run, 0, 'none', images)];
      expect(a.count).toBe(images);
      for (const [i, one] of a.scatter.entries()) expect(one).toBeCloseTo(b.scatter[i]!, 9);
    }
  });

  test('are also of cells of which only moments are kept', async () => {
    const run = await begun({ dims: 1, keep: 'moments', settings: ['none'] });
    for (let block = 0; block < 4; block++) write(run, block);
    const before = (await watched(run.folder)).run.columns[0]!.cells;
    const rows = Float32Array.from(rowsOf('none', 3 * BLOCK, 1).flat());
    const halves = { low: await momentsOf(rows.slice(0, 5), 1), high: await momentsOf(rows.slice(5), 1) };
    run.replaceByMoments(0, 'none', 3, encodeHalves(halves));
    const after = (await watched(run.folder)).run.columns[0]!.cells;
    expect(after[0]!.images).toBe(16);
    expect(after[0]!.fid).toBeCloseTo(before[0]!.fid, 9);
  });

  test('go on where more was folded than is held', async () => {
    const run = await begun({ dims: 1, keep: 'moments', settings: ['none'] });
    for (let block = 0; block < 3; block++) write(run, block);
    const live = await watched(run.folder);
    write(run, 3);
    const rows = Float32Array.from(rowsOf('none', 16, 1).flat());
    const halves = { low: await momentsOf(rows.slice(0, 5), 1), high: await momentsOf(rows.slice(5), 1) };
    run.replaceByMoments(0, 'none', 4, encodeHalves(halves));
    await watched(run.folder, live);
    expect(live.run.notes).toEqual([]);
    expect(live.run.columns[0]!.cells[0]!.fid).toBeCloseTo(closedForm('none', 16), 9);
  });

  test('of a cell that is folded a block ahead wait for those of the others', async () => {
    const run = await begun({ dims: 1, keep: 'moments', settings: ['none', 'mixup:2'] });
    for (let block = 0; block < 2; block++) write(run, block);
    const live = await watched(run.folder);
    const shown = () => live.run.columns[0]!.cells.map(({ images }) => images);
    expect(shown()).toEqual([8, 8]);
    write(run, 2);
    write(run, 3, ['none']);
    const rows = Float32Array.from(rowsOf('none', 16, 1).flat());
    const halves = { low: await momentsOf(rows.slice(0, 5), 1), high: await momentsOf(rows.slice(5), 1) };
    run.replaceByMoments(0, 'none', 4, encodeHalves(halves));
    // There is an end to it, also where nothing was measured before.
    await watched(run.folder, live);
    await watched(run.folder);
    expect(shown()).toEqual([8, 12]);
    write(run, 3, ['mixup:2']);
    await watched(run.folder, live);
    expect(shown()).toEqual([16, 16]);
    for (const { setting, fid } of live.run.columns[0]!.cells) expect(fid).toBeCloseTo(closedForm(setting, 16), 9);
  });

  test('are shown a round at a time, all of the same images, and what is left behind beside them', async () => {
    const run = await begun();
    write(run, 0);
    const fids = new LiveFids(gaussianOf(await decodeStatistics(run.reference(), 'reference')));
    await fids.step(run);
    expect([...fids.shown(0).keys()]).toEqual(['none']);
    while (await fids.step(run));
    write(run, 1, ['none', 'mixup:2']);
    await fids.step(run);
    // The second round is under way: nothing of it is shown before all of it is there.
    expect([...fids.shown(0).values()].map(({ images }) => images)).toEqual([4, 4, 4]);
    while (await fids.step(run));
    // A block behind is no lag yet: blocks of a few settings land one after another.
    expect([...fids.shown(0).values()].map(({ images }) => images)).toEqual([4, 4, 4]);
    write(run, 2, ['none', 'mixup:2']);
    while (await fids.step(run));
    expect([...fids.shown(0)].map(([setting, { images }]) => [setting, images])).toEqual([
      ['none', 12],
      ['mixup:2', 12],
      ['cutmix:3', 4],
    ]);
  });

  test('are those of the last look of a race until all that are left were measured on more', async () => {
    const run = await begun();
    for (let block = 0; block < 3; block++) write(run, block);
    const standings = SETTINGS.map((setting, i) => ({ setting, fid: 10 + i }));
    const drop = { setting: 'none' } as Drop;
    const looks: Look[] = [{ images: 8, leader: 'mixup:2', alive: SETTINGS, standings, dropped: [drop] }];
    const fids = new LiveFids(gaussianOf(await decodeStatistics(run.reference(), 'reference')));
    const shown = () =>
      columnsOf(run.record, [{ looks, alive: SETTINGS.slice(1) }], fids, new Map())[0]!.cells.map(
        ({ images, status }) => [images, status],
      );
    for (let step = 0; step < 3; step++) {
      expect(shown()).toEqual(
        [
          [8, 'dropped'],
          [8, 'measured'],
          [8, 'measured'],
        ].map((one, i) => (step && !i ? [12, 'dropped'] : one)),
      );
      await fids.step(run);
    }
    expect(shown()).toEqual([
      [12, 'dropped'],
      [12, 'measured'],
      [12, 'measured'],
    ]);
  });

  test('are missing where a file is damaged, which is told once, and those of others are not', async () => {
    const run = await begun();
    write(run, 0, ['none']);
    write(run, 0, ['mixup:2', 'cutmix:3']);
    const path = join(run.folder, 'features', '0', 'block-00000.npy');
    writeFileSync(path, 'no shard');
    const live = await watched(run.folder);
    expect(live.run.columns[0]!.cells.map(({ setting }) => setting)).toEqual(['mixup:2', 'cutmix:3']);
    expect(live.run.notes).toEqual([expect.stringContaining('block-00000.npy')]);
  });

  test('begin anew where another run takes the folder', async () => {
    const run = await begun();
    for (let block = 0; block < 3; block++) write(run, block);
    const live = await watched(run.folder);
    run.close();
    const other = await begun({ folder: run.folder, overwrite: true, seed: 8 });
    write(other, 0);
    await watched(run.folder, live);
    expect(live.run.columns[0]!.cells.map(({ images }) => images)).toEqual([4, 4, 4]);
    expect(live.run.columns[0]!.plot).toBeUndefined();
  });
});

describe('images that settings have in common', () => {
  test.each([
    [[8, 8, 8], 8],
    [[8, 4, 8], 4],
    [[20, 4, 16], 16],
    [[0, 0], 0],
    [[4, 0], 0],
  ])('%j', (kept, images) => {
    expect(commonImages(kept, BLOCK)).toBe(images);
  });
});

describe('a place', () => {
  test('is waited for, begun, gone on with and complete', async () => {
    const folder = join(temporaryFolder(), 'run');
    const live = new LiveFolder(folder, new GrowingMoments());
    await live.read();
    expect(live.run).toMatchObject({ complete: false, columns: [] });
    expect(standingOf(live.run)).toEqual({ state: 'waiting' });
    const run = await begun({ folder });
    expect(live.isStale).toBe(true);
    await live.read();
    expect(live.isStale).toBe(false);
    expect(live.run.progress).toMatchObject({ images: 0, asked: 72, atMost: false });
    expect(standingOf(live.run)).toMatchObject({ state: 'running', holder: expect.stringContaining(`${process.pid}`) });
    write(run, 0);
    await watched(folder, live);
    expect(live.run.progress).toMatchObject({ images: 12, seconds: 2, rate: 6 });
    ask(folder, 'pause');
    expect(standingOf(live.run).state).toBe('paused');
    ask(folder, 'stop');
    expect(standingOf(live.run).state).toBe('stopping');
    for (const request of ['pause', 'stop']) rmSync(join(folder, request));
    for (let block = 1; block < 6; block++) write(run, block);
    await watched(folder, live);
    expect(live.run.complete).toBe(true);
    expect(standingOf(live.run).state).toBe('scoring');
    run.close();
    // What it wrote last may be all that was missing: nothing is said of it before that is read.
    expect(standingOf(live.run)).toEqual({ state: 'reading' });
    await watched(folder, live);
    expect(standingOf(live.run)).toEqual({ state: 'finished' });
  });

  test('has a report once it is that of what is there', async () => {
    const run = await begun();
    for (let block = 0; block < 3; block++) write(run, block);
    const live = await watched(run.folder);
    expect(live.run.report).toBeUndefined();
    const results = await score(run, await openReferences(run));
    writeFileSync(join(run.folder, 'report.json'), renderJson(reportDocument(run.record, results, [])));
    writeFileSync(join(run.folder, 'report.html'), '<!doctype html>');
    await watched(run.folder, live);
    expect(live.run.report).toMatchObject({ html: true, columns: [{ leader: results.columns[0]!.leader }] });
    expect(live.run.report!.cells.map(({ fid }) => fid)).toEqual(results.cells.map(({ fid }) => fid));
    // What is not of this run is not shown.
    const document = reportDocument(run.record, results, []);
    const foreign = [
      { ...document.cells[0]!, setting: 'mixup:9' },
      { ...document.cells[0]!, dataset: 'other' },
    ];
    writeFileSync(
      join(run.folder, 'report.json'),
      renderJson({ ...document, cells: [...document.cells, ...foreign, document.cells[0]!] }),
    );
    expect((await watched(run.folder)).run.report!.cells).toEqual(live.run.report!.cells);
    // What was measured from outside is what the report says.
    expect(live.run.columns[0]!.cells.map(({ fid }) => fid.toFixed(9))).toEqual(
      results.cells.map(({ fid }) => fid.toFixed(9)),
    );
    write(run, 3);
    await watched(run.folder, live);
    expect(live.run.report).toBeUndefined();
  });

  test('of a race shows how far it has come, as the sweep decided', async () => {
    const strategy = { kind: 'race', alpha: 0.05, tolerance: 0, complete: false } as const;
    const settings = ['none', 'mixup:2', 'mixup:6', 'cutmix:3'];
    const dataset = pretendDataset('Programs');
    const run = await begun({ dims: DIMS, mean: 8, settings, images: 240, strategy });
    const references = await openReferences(run);
    const makers = {
      rendererOf: async () => pretendRenderer(SIDE),
      extractor: Object.assign(pretendExtractor(), { identity: run.record.extractor }),
    };
    await sweep(run, [dataset], makers, references);
    const race = await raceOf(
      courseOf(run.record, 0, await references.chosen.least()),
      references.chosen,
      run,
      identityOf(run.record),
    );
    // Else there is nothing to be seen here.
    expect(race.alive.length).toBeLessThan(settings.length);
    const live = await watched(run.folder);
    const [column] = live.run.columns;
    expect(column).toMatchObject({ left: race.alive.length, ended: race.ended });
    expect(column!.cells.filter(({ status }) => status === 'dropped').map(({ setting }) => setting)).toEqual(
      settings.filter((setting) => !race.alive.includes(setting)),
    );
    expect(live.run.complete).toBe(true);
    expect(live.run.progress!.images).toBe(live.run.progress!.asked);

    // Where its looks are not remembered, as of another version, the report says how it ended.
    const results = await score(run, references);
    run.close();
    new Database(join(run.folder, 'run.sqlite')).exec('DELETE FROM results').close();
    const path = join(run.folder, 'report.json');
    const forgotten = async () => (await watched(run.folder)).run;
    const before = await forgotten();
    expect([before.complete, standingOf(before).state]).toEqual([false, 'stopped']);
    const document = reportDocument(run.record, results, []);
    writeFileSync(path, renderJson(document));
    const after = await forgotten();
    expect([after.complete, standingOf(after).state]).toEqual([true, 'finished']);
    expect(after.progress!.images).toBe(after.progress!.asked);
    expect(after.columns[0]).toMatchObject({ left: race.alive.length, ended: race.ended });
    // One that says that it goes on decides nothing.
    const columns = document.columns.map(({ race: { ended, ...rest } = {} as never, ...column }) => ({
      ...column,
      race: rest,
    }));
    writeFileSync(path, renderJson({ ...document, columns }));
    expect((await forgotten()).complete).toBe(false);
  });

  test('is let go of once it is done, or is no more', async () => {
    const moments = new GrowingMoments();
    const run = await begun();
    write(run, 0);
    const live = await watched(run.folder, new LiveFolder(run.folder, moments));
    expect(moments.bytes).toBeGreaterThan(0);
    for (let block = 1; block < 6; block++) write(run, block);
    await watched(run.folder, live);
    expect(live.run.complete).toBe(true);
    expect(moments.bytes).toBe(0);
    const other = await begun();
    write(other, 0);
    const gone = await watched(other.folder, new LiveFolder(other.folder, moments));
    expect(moments.bytes).toBeGreaterThan(0);
    other.close();
    rmSync(other.folder, { recursive: true });
    await watched(other.folder, gone);
    expect(moments.bytes).toBe(0);
  });

  test('can be begun while somebody asks whether it is held', async () => {
    const run = await begun();
    run.close();
    const asking = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads');
       const database = new (require('better-sqlite3'))(workerData, { readonly: true });
       database.exec('BEGIN');
       database.prepare('SELECT count(*) FROM sqlite_schema').get();
       parentPort.postMessage('held');
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
       database.close();`,
      { eval: true, workerData: join(run.folder, 'lock.sqlite') },
    );
    await once(asking, 'message');
    FolderLock.take(run.folder).release();
    await asking.terminate();
  });
});

describe('a folder that is not what it should be', () => {
  /** What is said of a folder, within the time of a test. */
  async function faultOf(folder: string): Promise<string | undefined> {
    const live = await watched(folder);
    expect(standingOf(live.run).state).toBe('unreadable');
    return live.run.fault;
  }

  const pipe = (path: string) => execFileSync('mkfifo', [path]);

  test.each(['run.json', 'run.sqlite', 'lock.sqlite', 'reference.npz', 'run.sqlite-wal'])(
    'a pipe for %s is not waited at',
    async (name) => {
      const run = await begun();
      write(run, 0);
      run.close();
      rmSync(join(run.folder, name), { force: true });
      pipe(join(run.folder, name));
      expect(await faultOf(run.folder)).toContain(name);
    },
  );

  test('a link for run.sqlite is not followed', async () => {
    const [run, other] = [await begun(), await begun()];
    for (const one of [run, other]) one.close();
    rmSync(join(run.folder, 'run.sqlite'));
    symlinkSync(join(other.folder, 'run.sqlite'), join(run.folder, 'run.sqlite'));
    expect(await faultOf(run.folder)).toContain('is a link');
  });

  test('a run.json of another program', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'run.json'), '{"name": "something else"}');
    writeFileSync(join(folder, 'run.sqlite'), '');
    expect(await faultOf(folder)).toContain('no run folder');
  });

  test('a reference that was changed', async () => {
    const run = await begun();
    write(run, 0);
    run.close();
    appendFileSync(join(run.folder, 'reference.npz'), 'x');
    expect(await faultOf(run.folder)).toContain('reference.npz is damaged');
  });

  test('a damaged database: its files are read instead, and it is told', async () => {
    const run = await begun();
    write(run, 0);
    run.close();
    writeFileSync(join(run.folder, 'run.sqlite'), 'x'.repeat(8192));
    const live = await watched(run.folder);
    expect(live.run.columns[0]!.cells).toHaveLength(3);
    expect(live.run.notes.join()).toContain('run.sqlite cannot be relied on');
    expect(openRun(run.folder).images(0, 'none')).toBe(4);
  });

  test.each([
    ['not JSON'],
    ['null'],
    [`{"made":${'{"x":'.repeat(50_000)}0${'}'.repeat(50_000)}}`],
    ['{"made": {"tool": "x"}, "cells": 7, "columns": null}'],
  ])('a report.json that is none counts as none: %#', async (content) => {
    const run = await begun();
    write(run, 0);
    writeFileSync(join(run.folder, 'report.json'), content);
    const live = await watched(run.folder);
    expect(live.run.report).toBeUndefined();
    expect(live.run.columns[0]!.cells).toHaveLength(3);
  });

  test('a lock.json that says nothing leaves the run readable', async () => {
    const run = await begun();
    write(run, 0);
    run.close();
    for (const text of ['', '[]', '{"pid": -1}', `{"pid": 1e9, "host": "x"}`]) {
      writeFileSync(join(run.folder, 'lock.json'), text);
      expect(standingOf((await watched(run.folder)).run).state).toBe('stopped');
    }
  });
});

describe('places', () => {
  test('are run folders, folders of these, or waited for', async () => {
    const home = temporaryFolder();
    const runs = join(home, 'runs');
    const foldersOf = (...places: string[]) => runFolders(places).folders;
    expect(foldersOf(runs)).toEqual([runs]);
    mkdirSync(join(runs, 'no run'), { recursive: true });
    expect(foldersOf(runs)).toEqual([runs]);
    for (const name of ['b', 'a <script>']) await begun({ folder: join(runs, name) });
    utimesSync(join(runs, 'b', 'run.json'), 1000, 1000);
    expect(foldersOf(runs, join(runs, 'b'))).toEqual([join(runs, 'a <script>'), join(runs, 'b')]);
    symlinkSync(home, join(runs, 'link'));
    const outside = join(temporaryFolder(), 'outside');
    await begun({ folder: outside });
    symlinkSync(outside, join(runs, 'link to a run'));
    expect(foldersOf(runs)).toHaveLength(2);
    // One that was named is meant.
    expect(foldersOf(join(runs, 'link to a run'))).toEqual([join(runs, 'link to a run')]);
  });

  test('of very many runs are the newest, and it is told of the rest', () => {
    const runs = temporaryFolder();
    for (let i = 0; i < 205; i++) {
      const folder = join(runs, `${1000 - i}`);
      mkdirSync(folder);
      writeFileSync(join(folder, 'run.json'), '');
      utimesSync(join(folder, 'run.json'), 1000 + i, 1000 + i);
    }
    const { folders, unshown } = runFolders([runs]);
    expect([folders.length, unshown]).toEqual([200, 5]);
    expect([folders[0], folders.at(-1)]).toEqual([join(runs, '796'), join(runs, '995')]);
  });
});

describe('pace', () => {
  test('is that of the changes that were seen, by the time of work', () => {
    const pace = new Pace();
    pace.seen(1000, 40);
    expect(pace.rate).toBeUndefined();
    pace.seen(1000, 45);
    expect(pace.rate).toBeUndefined();
    pace.seen(1064, 48);
    expect(pace.rate).toBe(8);
    // Another run.
    pace.seen(32, 50);
    expect(pace.rate).toBeUndefined();
  });

  test('forgets what was long ago', () => {
    const pace = new Pace();
    for (let second = 0; second <= 100; second += 10) pace.seen(10 * second, second);
    for (let second = 110; second <= 400; second += 10) pace.seen(1000 + (second - 100), second);
    expect(pace.rate).toBeCloseTo(1);
  });

  test.each([61, 100, 200, 3600])('is known where blocks land every %d s', (every) => {
    const pace = new Pace();
    for (let i = 0; i < 6; i++) pace.seen(i * 1000, i * every);
    expect(pace.rate).toBeCloseTo(1000 / every, 9);
  });

  test('is the average since the start until a block is seen to land, and leaves pauses out', async () => {
    const run = await begun();
    write(run, 0);
    const live = await watched(run.folder);
    expect(live.run.progress).toMatchObject({ rate: 6, average: true });
    // However long it is looked at in between: 12 images in another 2 seconds of work.
    write(run, 1);
    const path = join(run.folder, 'run.sqlite-wal');
    utimesSync(path, Date.now() / 1000 + 3600, Date.now() / 1000 + 3600);
    await watched(run.folder, live);
    expect(live.run.progress!.rate).toBe(6);
    expect(live.run.progress!.average).toBeUndefined();
  });
});

test('work is followed by a rest of five times as long', () => {
  const duty = new Duty();
  expect(duty.isFree(0)).toBe(true);
  duty.spent(100, 150);
  expect(duty.isFree(399)).toBe(false);
  expect(duty.isFree(400)).toBe(true);
});
