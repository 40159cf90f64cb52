import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { blockFeatures } from '../src/blocks.js';
import type { Dataset } from '../src/dataset/dataset.js';
import type { Extractor } from '../src/extract/session.js';
import { parseSetting } from '../src/mix/setting.js';
import { referenceRecord } from '../src/reference.js';
import { renderJson, reportDocument } from '../src/report/document.js';
import { openReferences, score } from '../src/score.js';
import { gaussianOfMoments } from '../src/statistics/gaussian.js';
import { momentsOf } from '../src/statistics/moments.js';
import { decodeStatistics, encodeStatistics } from '../src/statistics/npz.js';
import { Cache } from '../src/store/cache.js';
import type { RunRecord, StrategyRecord } from '../src/store/record.js';
import { Run } from '../src/store/run.js';
import { type SweepOptions, sweep } from '../src/sweep.js';
import { DIMS, pretendDataset, pretendExtractor, pretendRenderer, SIDE } from './pretend.js';
import { RECORD } from './store/records.js';
import { temporaryFolder } from './temporary.js';

/** What joins the stages, over a renderer and a network of a few lines: what is made, what is not made again, and when it ends. */

const BLOCK = 4;
const IDENTITY = { id: 'pretended', sha256: '78'.repeat(32), tap: 'mean', dims: DIMS, preprocessing: 'none' };
const GRID: StrategyRecord = { kind: 'grid', alpha: 0.05, tolerance: 0.01, complete: false };
const RACE: StrategyRecord = { ...GRID, kind: 'race', tolerance: 0 };

let reference: Uint8Array;
let referenceOf: RunRecord['reference'];
beforeAll(async () => {
  // Every block is written through to the disk: in memory that takes no time.
  if (existsSync('/dev/shm')) vi.stubEnv('TMPDIR', '/dev/shm');
  // Images of mixup:4 by another seed: the settings near to it are good.
  const source = {
    dataset: pretendDataset('real'),
    resolution: SIDE,
    seed: 99,
    unusable: new Set<string>(),
    skipCorrupt: false,
  };
  const task = { source, first: 0, count: 400, settings: [parseSetting('mixup:4')] };
  for await (const { features } of blockFeatures([task], async () => pretendRenderer(), pretendExtractor())) {
    const { mean, covariance } = gaussianOfMoments(await momentsOf(features, DIMS));
    const provenance = { count: 400, extractor: IDENTITY, source: 'real', fit: 'none', tool: 'test' };
    reference = encodeStatistics({ mean, covariance: Float64Array.from(covariance!.data), provenance });
  }
  referenceOf = referenceRecord(reference, 'real', await decodeStatistics(reference, 'real'), []);
});

afterAll(() => {
  vi.unstubAllEnvs();
});

interface Asked extends Partial<Pick<RunRecord, 'settings' | 'images' | 'strategy' | 'keep' | 'seed' | 'block'>> {
  readonly datasets?: readonly Dataset[];
}

const SETTINGS = ['none', 'mixup:2', 'cutmix:3'];
const SOURCES = [pretendDataset('one')];

function begin(asked: Asked = {}, folder = join(temporaryFolder(), 'run')): Run {
  const { datasets = SOURCES, ...change } = asked;
  const record = {
    ...RECORD,
    datasets: datasets.map(({ name, spec, identity }) => ({ name, spec, identity, fit: '' })),
    settings: SETTINGS,
    images: 18,
    resolution: SIDE,
    block: BLOCK,
    extractor: IDENTITY,
    reference: referenceOf,
    strategy: GRID,
    ...change,
  };
  const run = Run.create(folder, record, { reference });
  onTestFinished(() => run.close());
  return run;
}

/** Goes on with a run as another process would: opened anew, its files checked. */
async function again(run: Run): Promise<Run> {
  run.close();
  const next = Run.open(run.folder);
  onTestFinished(() => next.close());
  await next.verify();
  return next;
}

interface Means extends SweepOptions {
  readonly datasets?: readonly Dataset[];
  readonly extractor?: Extractor;
}

/** Makes what is missing and gives the report. */
async function finish(run: Run, { datasets = SOURCES, extractor = pretendExtractor(), ...options }: Means = {}) {
  const makers = { rendererOf: async () => pretendRenderer(), extractor };
  await sweep(run, datasets, makers, await openReferences(run), options);
  return reportOf(run);
}

const reportOf = async (run: Run): Promise<string> =>
  renderJson(reportDocument(run.record, await score(run, await openReferences(run)), run.setAside));

const imagesOf = (run: Run, dataset = 0): number[] =>
  run.record.settings.map((setting) => run.images(dataset, setting));

/** Counts the batches that are inferred, and fails at one of them. */
function counted(failing = Number.POSITIVE_INFINITY) {
  const count = { batches: 0 };
  const extractor = pretendExtractor(() => {
    if (count.batches === failing) throw new Error('power loss');
    count.batches++;
  });
  return { count, extractor };
}

const CASES: readonly (readonly [string, Asked])[] = [
  ['a grid', { datasets: [pretendDataset('one', { bad: ['program 3'] }), pretendDataset('two')] }],
  ['a race', { strategy: RACE, images: 120, settings: ['none', 'mixup:2', 'mixup:4', 'cutmix:4'] }],
  ['a race that is completed', { strategy: { ...RACE, complete: true }, images: 60, settings: ['none', 'mixup:4'] }],
  ['moments alone', { keep: 'moments', block: 1, images: 150, settings: ['mixup:2'] }],
];

describe.each(CASES)('%s', (_, asked) => {
  const { datasets = SOURCES } = asked;

  test('gives the same report wherever it is cut off and gone on with', async () => {
    const whole = counted();
    const wanted = await finish(begin(asked), { datasets, extractor: whole.extractor });
    const { batches } = whole.count;
    expect(batches).toBeGreaterThan(10);
    for (const at of [0, 1, Math.floor(batches / 3), Math.floor(batches / 2), batches - 2, batches - 1]) {
      const run = begin(asked);
      await expect(finish(run, { datasets, extractor: counted(at).extractor })).rejects.toThrow('power loss');
      const rest = counted();
      expect(await finish(await again(run), { datasets, extractor: rest.extractor })).toBe(wanted);
      // Blocks that were kept are not made again: at most those in flight, of all settings.
      expect(rest.count.batches).toBeLessThanOrEqual(batches - at + 3 * (asked.settings ?? SETTINGS).length);
    }
  });

  test('makes nothing when it is there already', async () => {
    const run = begin(asked);
    const wanted = await finish(run, { datasets });
    const more = counted();
    const next = await again(run);
    const { seconds } = next.timing()!;
    expect(await finish(next, { datasets, extractor: more.extractor })).toBe(wanted);
    expect(more.count.batches).toBe(0);
    expect(next.timing()!.seconds).toBe(seconds);
  });

  test('can be stopped between blocks and gone on with', async () => {
    const wanted = await finish(begin(asked), { datasets });
    const run = begin(asked);
    const stop = new AbortController();
    let batches = 0;
    await sweep(
      run,
      datasets,
      { rendererOf: async () => pretendRenderer(), extractor: pretendExtractor() },
      await openReferences(run),
      {
        signal: stop.signal,
        onProgress: () => {
          if (++batches === 9) stop.abort();
        },
      },
    );
    expect(imagesOf(run)[0]).toBeLessThan(run.record.images);
    expect(await finish(await again(run), { datasets })).toBe(wanted);
  });
});

describe('a run that is extended', () => {
  test.each([1, 3, 4, 10, 16])('from %i images is that of all of them at once', async (images) => {
    const wanted = await finish(begin());
    const run = begin({ images: Math.max(2, images) });
    await finish(run);
    run.extend({ images: 18 });
    expect(await finish(await again(run))).toBe(wanted);
  });

  test('by settings is that of all of them at once, and makes none of the old', async () => {
    const wanted = await finish(begin());
    const run = begin({ settings: ['mixup:2'] });
    await finish(run);
    run.extend({ settings: SETTINGS });
    const { count, extractor } = counted();
    expect(await finish(await again(run), { extractor })).toBe(wanted);
    expect(count.batches).toBe(2 * 5);
  });

  test('by --complete has what the race dropped', async () => {
    const asked = { strategy: RACE, images: 120, settings: ['none', 'mixup:4'] };
    const run = begin(asked);
    await finish(run);
    expect(imagesOf(run)[0]).toBeLessThan(120);
    const strategy = { ...RACE, complete: true };
    run.extend({ strategy });
    const next = await again(run);
    expect(await finish(next)).toBe(await finish(begin({ ...asked, strategy })));
    expect(imagesOf(next)).toEqual([120, 120]);
  });
});

describe('a race', () => {
  test('makes no more of what is dropped, and tells the looks by the settings that are left', async () => {
    const run = begin({ strategy: RACE, images: 120, settings: ['none', 'mixup:3', 'mixup:4', 'cutmix:9'] });
    const alive: number[] = [];
    const { cells, columns } = JSON.parse(await finish(run, { onProgress: (progress) => alive.push(progress.alive) }));
    const { race } = columns[0];
    for (const { setting, images } of cells) {
      const last = race.looks.filter((look: { alive: string[] }) => look.alive.includes(setting)).at(-1);
      expect(run.images(0, setting)).toBe(last.images);
      expect(images).toBeLessThanOrEqual(last.images);
    }
    expect(cells[0]).toMatchObject({ setting: 'none', status: 'dropped' });
    expect(imagesOf(run)[0]).toBeLessThan(120);
    expect([...alive].sort((a, b) => b - a)).toEqual(alive);
    expect(race.spent).toBe(imagesOf(run).reduce((sum, images) => sum + images, 0));
  });

  test('spends no more than its budget', async () => {
    const budget = 100;
    const run = begin({ strategy: { ...RACE, budget }, images: 120, settings: ['mixup:3', 'mixup:4', 'mixup:5'] });
    const { columns } = JSON.parse(await finish(run));
    const spent = imagesOf(run).reduce((sum, images) => sum + images, 0);
    expect(columns[0].race).toMatchObject({ ended: 'the budget is spent', spent });
    expect(spent).toBe(96);
  });
});

test('settings of different ψ and time have base images of their own, those of the same share them', async () => {
  const settings = ['none', 'mixup:3', 'none?time=0-4', 'mixup:2?time=0-4', 'truncation?psi=0.5', 'truncation?psi=1'];
  const run = begin({ settings });
  const loads: number[] = [];
  const renderer = pretendRenderer(SIDE, loads);
  const makers = { rendererOf: async () => renderer, extractor: pretendExtractor() };
  await sweep(run, SOURCES, makers, await openReferences(run));
  // Of four outputs a block: 3, 2, 1 and 1 base images each; of the last two outputs, half of that.
  const counts = [12, 8, 4, 4];
  expect([...loads].sort((a, b) => a - b)).toEqual(
    [...counts, ...counts, ...counts, ...counts, ...counts.map((count) => count / 2)].sort((a, b) => a - b),
  );
  // Each is what it is alone, and what ψ = 1 leaves as it is is not what ψ = 0.5 makes of it.
  const rows = (from: Run, key: string) => [...from.features(0, key).rows(0, 18)];
  for (const key of settings) {
    const alone = begin({ settings: [key] });
    await finish(alone);
    expect(rows(run, key)).toEqual(rows(alone, key));
  }
  expect(rows(run, 'truncation?psi=1')).toEqual(rows(run, 'none'));
  expect(rows(run, 'truncation?psi=0.5')).not.toEqual(rows(run, 'none'));
  expect(rows(run, 'none?time=0-4')).not.toEqual(rows(run, 'none'));
});

test('a budget of time that is spent ends a sweep, saying so once', async () => {
  const run = begin({ strategy: { ...GRID, seconds: 1e-9 } });
  const notes: string[] = [];
  const { count, extractor } = counted();
  await expect(finish(run, { extractor, onNote: (note) => notes.push(note) })).rejects.toThrow(/0 images/);
  expect(notes).toEqual(['The time of the budget is spent.']);
  expect(count.batches).toBe(0);
});

describe('what is set aside', () => {
  const failures = [{ id: 'link', why: 'leads nowhere' }];
  const datasets = [pretendDataset('one', { bad: ['program 1', 'program 6'], failures }), pretendDataset('two')];

  test('is told once and kept, what is known beforehand first', async () => {
    const told: string[] = [];
    const run = begin({ datasets });
    await finish(run, { datasets, onSetAside: ({ dataset, id }) => told.push(`${dataset}: ${id}`) });
    expect(told[0]).toBe('one: link');
    expect([...told].sort()).toEqual(['one: link', 'one: program 1', 'one: program 6']);
    expect(run.setAside.map(({ dataset, id }) => `${dataset}: ${id}`)).toEqual(told);
  });

  test('is not met again by a process that goes on', async () => {
    const run = begin({ datasets });
    await finish(run, { datasets });
    run.extend({ images: 40 });
    const told: unknown[] = [];
    await finish(await again(run), { datasets, onSetAside: (record) => told.push(record) });
    expect(told).toEqual([]);
  });
});

describe('a cache', () => {
  const cached = () => Cache.open(join(temporaryFolder(), 'cache'));
  const bad = [pretendDataset('one', { bad: ['program 3'], failures: [{ id: 'link', why: 'leads nowhere' }] })];

  test('gives another run all that it has, to the same report', async () => {
    const cache = cached();
    const wanted = await finish(begin({ datasets: bad }), { datasets: bad, cache });
    const { count, extractor } = counted();
    const renamed = [{ ...bad[0]!, name: 'renamed' }];
    const run = begin({ datasets: renamed });
    const report = await finish(run, { datasets: renamed, cache, extractor });
    expect(count.batches).toBe(0);
    expect(report.replaceAll('"renamed"', '"one"')).toBe(wanted);
    expect(run.timing()!.images).toBe(0);
  });

  test('gives what it has of more settings and images, and takes the rest', async () => {
    const cache = cached();
    await finish(begin({ settings: ['none'], images: 10 }), { cache });
    const wanted = await finish(begin());
    const { count, extractor } = counted();
    expect(await finish(begin(), { cache, extractor })).toBe(wanted);
    // Of 3 × 5 parts of blocks, two whole ones of "none" were there.
    expect(count.batches).toBe(13);
    const last = counted();
    expect(await finish(begin(), { cache, extractor: last.extractor })).toBe(wanted);
    expect(last.count.batches).toBe(0);
  });

  test('gives features that are folded to moments like those that are made', async () => {
    const cache = cached();
    const asked: Asked = { keep: 'moments', block: 1, images: 150, settings: ['mixup:2'] };
    const wanted = await finish(begin(asked), { cache });
    const run = begin(asked);
    expect(await finish(run, { cache })).toBe(wanted);
    expect(run.moments(0, 'mixup:2')!.images).toBe(128);
    expect(() => run.features(0, 'mixup:2').rows(0, 1)).toThrow(/moments/);
  });

  test.each<[string, Asked]>([
    ['seed', { seed: 8 }],
    ['data set', { datasets: [pretendDataset('another')] }],
    ['setting', { settings: ['mixup:3'] }],
    ['block', { block: 3 }],
  ])('has nothing for another %s', async (_, asked) => {
    const cache = cached();
    await finish(begin(), { cache });
    const { datasets = SOURCES } = asked;
    const wanted = await finish(begin(asked), { datasets });
    const { count, extractor } = counted();
    const run = begin(asked);
    expect(await finish(run, { datasets, cache, extractor })).toBe(wanted);
    expect(count.batches).toBe(run.record.settings.length * Math.ceil(18 / run.record.block));
  });
});
