import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { compareRuns, namesOf, type ScoredRun } from '../../src/compare-runs.js';
import { Estimates } from '../../src/estimates.js';
import { type Features, featuresOf } from '../../src/extract/features.js';
import { numbersOf } from '../../src/fid-numbers.js';
import type { ComparedCell } from '../../src/report/comparison.js';
import type { ComparisonDocument } from '../../src/report/comparison-document.js';
import type { Cell } from '../../src/report/results.js';
import type { Gaussian } from '../../src/statistics/gaussian.js';
import { encodeStatistics } from '../../src/statistics/npz.js';
import type { RunRecord } from '../../src/store/record.js';
import type { RunReader } from '../../src/store/run.js';
import { byCovariance, sample } from '../metrics/samples.js';
import { RECORD } from '../report/made-up.js';
import { Place, SWEEP } from './slim.js';

const DIMS = 4;
const MADE: RunRecord = {
  ...RECORD,
  datasets: RECORD.datasets.slice(0, 1),
  settings: ['none'],
  extractor: { ...RECORD.extractor, dims: DIMS },
};

/** A run of one data set by the features of each setting. */
async function made(
  features: Readonly<Record<string, Features>>,
  reference: Gaussian,
  change: Partial<RunRecord> = {},
  name = 'a run',
  population?: number,
): Promise<ScoredRun> {
  const record = { ...MADE, ...change };
  const reported = new Estimates(
    {
      images: (_, setting) => features[setting]!.count,
      features: (_, setting) => features[setting]!,
      population: () => population,
    },
    reference,
  );
  const dataset = record.datasets[0]!.name;
  const cells: Cell[] = [];
  for (const [setting, { count }] of Object.entries(features))
    cells.push({
      dataset,
      setting,
      images: count,
      ...numbersOf(await reported.of(0, setting, count)),
      rank: 1,
      status: 'measured',
      bases: 1,
    });
  const statistics = () => {
    const { source, count, fit } = record.reference;
    const { extractor, tool } = record;
    const provenance = { source, count: count!, fit: fit!, extractor, tool };
    return encodeStatistics({ mean: reference.mean, covariance: reference.covariance!.data, provenance });
  };
  const run: Partial<RunReader> = { folder: name, record, setAside: [], reference: statistics };
  return { name, run: run as RunReader, references: { reported, chosen: reported }, results: { cells, columns: [] } };
}

const secondOf = async (...runs: ScoredRun[]): Promise<ComparedCell> => (await compareRuns(runs)).rows[0]!.cells[1]!;

/** The features of another run of the same draws: nearly those of `before`, a little wider. */
function nearby({ count, rows }: Features, seed: number): Features {
  const noise = sample(seed, count, DIMS).rows(0, count);
  return featuresOf(
    rows(0, count).map((value, i) => 1.1 * value + 0.2 * noise[i]!),
    DIMS,
  );
}

const first = (features: Features, count: number): Features => featuresOf(features.rows(0, count), DIMS);

const spread = (values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
};

describe('differences of runs', () => {
  let reference: Gaussian;
  beforeAll(async () => {
    reference = await byCovariance(sample(99, 2000, DIMS, (normal, j) => 1 + 0.2 * j + normal()));
  });

  test('of identical features are exactly 0', async () => {
    const features = sample(1, 60, DIMS);
    const [a, b] = [await made({ none: features }, reference), await made({ none: features }, reference)];
    const { difference } = await secondOf(a, b);
    expect(difference).toEqual({ of: 'fid', value: 0, standardError: 0, interval: [0, 0], by: 'by image' });
    const few = { none: first(features, DIMS) };
    const grouped = await secondOf(await made(few, reference), await made(few, reference));
    expect(grouped.difference).toMatchObject({ value: 0, standardError: 0, by: 'by group' });
  });

  test.each([
    ['paired, of one seed', 200, 200, 0, 'by image', 'fid'],
    ['independent, of two seeds', 200, 200, 1, 'independent', 'fid'],
    ['paired as far as they go, of other numbers of images', 200, 300, 0, 'by image', 'fid∞'],
    ['independent, of other numbers of images', 200, 300, 1, 'independent', 'fid∞'],
  ] as const)('have the standard error that a simulation has: %s', async (_, n, m, seed, by, of) => {
    const values: number[] = [];
    const errors: number[] = [];
    for (let trial = 0; trial < 120; trial++) {
      const all = sample(1000 + trial, 300, DIMS);
      const other = nearby(seed ? sample(5000 + trial, 300, DIMS) : all, 9000 + trial);
      const { difference } = await secondOf(
        await made({ none: first(all, n) }, reference),
        await made({ none: first(other, m) }, reference, { seed: MADE.seed + seed }),
      );
      expect(difference).toMatchObject({ by, of });
      values.push(difference!.value);
      errors.push(difference!.standardError!);
      const [low, high] = difference!.interval!;
      expect([(low + high) / 2, (high - low) / 2]).toEqual([
        expect.closeTo(difference!.value, 10),
        expect.closeTo(1.959964 * difference!.standardError!, 5),
      ]);
    }
    // 120 trials know a spread to within some 7%.
    const ratio = errors.reduce((sum, error) => sum + error, 0) / errors.length / spread(values);
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(1.25);
  });

  test.each([
    ['extractor', { extractor: { ...MADE.extractor, sha256: 'ab'.repeat(32) } }, /^the extractor differs$/],
    ['tap', { extractor: { ...MADE.extractor, tap: 'pool3' } }, /^the extractor differs$/],
    ['preprocessing', { extractor: { ...MADE.extractor, preprocessing: 'other' } }, /^the extractor differs$/],
  ] as const)('are not given where the %s differs', async (_, change, why) => {
    const features = { none: sample(1, 60, DIMS) };
    const { difference, undecided } = await secondOf(
      await made(features, reference),
      await made(features, reference, change),
    );
    expect(difference).toBeUndefined();
    expect(undecided).toMatch(why);
  });

  test('are given where the reference is the same to rounding, whatever its file says of itself, and not beyond', async () => {
    const features = { none: sample(1, 60, DIMS) };
    const change = {
      tool: 'fidsweep 0.4.0',
      reference: { ...MADE.reference, source: 'renamed', sha256: 'cd'.repeat(32) },
    };
    const moved = (share: number): Gaussian => {
      const mean = Float64Array.from(reference.mean);
      mean[1]! += share * Math.max(...mean.map(Math.abs));
      return { ...reference, mean };
    };
    const own = await made(features, reference);
    for (const share of [0, 1e-10]) {
      const other = await made(features, moved(share), change, 'other');
      const comparison = await compareRuns([own, other]);
      expect(comparison.rows[0]!.cells[1]!.difference!.value).toBeCloseTo(0, 6);
      expect(comparison.runs.map((one) => one.reference)).toEqual([0, 0]);
    }
    const other = await made(features, moved(1e-6), change, 'other');
    const third = await made(features, moved(1e-6), change, 'third');
    const { runs, rows } = await compareRuns([own, other, third]);
    expect(rows[0]!.cells[1]).toMatchObject({ undecided: 'the reference differs' });
    expect(rows[0]!.cells[1]!.difference).toBeUndefined();
    expect(runs.map((one) => one.reference)).toEqual([0, 1, 1]);
  });

  test.each([
    ['paired', 0],
    ['independent', 1],
  ])('of FID∞ of a folder reach as far as what it leaves of the bias: %s', async (_, seed) => {
    const all = { none: sample(1, 300, DIMS) };
    const part = { none: first(all.none, 200) };
    const differenceIn = async (population: number | undefined) => {
      const [a, b] = [
        await made(part, reference, {}, 'a', population),
        await made(all, reference, { seed: MADE.seed + seed }, 'b', population),
      ];
      const comparison = await compareRuns([a, b]);
      return [comparison.rows[0]!.cells, comparison.rows[0]!.cells[1]!.difference!] as const;
    };
    const [cells, folder] = await differenceIn(400);
    const [, drawn] = await differenceIn(undefined);
    // b/n·(n/M): n of 400 images.
    const bias = cells.map((cell) => ((cell!.fid - cell!.unbiased!.value) * cell!.images) / 400);
    expect(Math.min(...bias)).toBeGreaterThan(0);
    expect(folder).toEqual({
      ...drawn,
      interval: [expect.closeTo(drawn.interval![0] - bias[0]!, 12), expect.closeTo(drawn.interval![1] + bias[1]!, 12)],
      bias: [expect.closeTo(bias[0]!, 12), expect.closeTo(bias[1]!, 12)],
    });
    expect(drawn).toMatchObject({ of: 'fid∞' });
    expect(drawn.bias).toBeUndefined();
  });

  test('are not given for other numbers of images without FID∞ of both', async () => {
    const all = sample(1, 60, DIMS);
    const [a, b] = [await made({ none: all }, reference), await made({ none: first(all, 10) }, reference)];
    expect((await secondOf(a, b)).undecided).toMatch(/numbers of images differ.*FID∞ cannot be trusted of both/);
    const few = await made({ none: first(all, DIMS) }, reference);
    expect((await secondOf(a, few)).undecided).toMatch(/FID∞ is not known of both/);
  });

  test('find a data set by its identity under another name, at another resolution too', async () => {
    const features = { none: sample(1, 60, DIMS) };
    const renamed = [{ ...MADE.datasets[0]!, name: 'Other', fit: 'rendered at 128' }];
    const other = await made(features, reference, { datasets: renamed, resolution: 128 }, 'other');
    const { rows, renamed: found } = await compareRuns([await made(features, reference), other]);
    expect(found).toEqual([{ run: 1, dataset: 'Other', as: 'Programs' }]);
    expect(rows[0]!.cells[1]!.difference!.value).toBe(0);
    const third = [{ ...renamed[0]!, identity: { kind: 'programs', programs: 61, sha256: '12'.repeat(32) } }];
    const strange = await made(features, reference, { datasets: third }, 'strange');
    await expect(compareRuns([other, strange])).resolves.toMatchObject({ renamed: [] });
    await expect(compareRuns([await made(features, reference), strange])).rejects.toThrow(
      /"strange" has no cell in common with "a run"/,
    );
  });

  test('name what only one run has', async () => {
    const features = sample(1, 60, DIMS);
    const a = await made({ none: features, 'mixup:2': features }, reference);
    const b = await made({ 'mixup:2': features, 'cutmix:3': features }, reference);
    const { rows, alone } = await compareRuns([a, b]);
    expect(rows.map(({ setting }) => setting)).toEqual(['mixup:2']);
    expect(alone).toEqual([
      { run: 0, dataset: 'Programs', setting: 'none' },
      { run: 1, dataset: 'Programs', setting: 'cutmix:3' },
    ]);
  });
});

test('names of runs are the ends of their paths that tell them apart', () => {
  expect(namesOf(['runs/first', 'runs/second/'])).toEqual(['first', 'second']);
  expect(namesOf(['/x/a/run', '/x/b/run', '/y/run'])).toEqual(['a/run', 'b/run', 'y/run']);
});

describe('report compare', () => {
  const place = Place.ofTests();
  const SETTINGS = ['--methods', 'none,mixup', '--n', '2', '--images', '64'];
  beforeAll(async () => {
    await place.succeed(...SWEEP, ...SETTINGS, '--out', 'first');
    await place.succeed(...SWEEP, ...SETTINGS, '--seed', '1', '--out', 'second');
    place.copy('first', 'same');
  });

  test('shows the same cells side by side, what differs first, and writes the page', async () => {
    const printed = await place.succeed('report', 'compare', 'first', 'second', '-o', 'pages/both.md');
    expect(printed).toMatch(/^Seed differs\./);
    expect(printed).toMatch(/None .* \d+\.\d+ ± \d+\.\d+ .* [+-]\d+\.\d+ \([+-]\d+\.\d+ … [+-]\d+\.\d+\)/);
    expect(printed).toMatch(/2 differences with errors added as independent ones/);
    const page = readFileSync(place.at('pages', 'both.md'), 'utf8');
    expect(page).toMatch(/^# first, second: the same cells side by side\n\n> Seed differs\./);
    expect(page).toContain('| Seed | chance | 0 | 1 |');
  });

  test('gives the FIDs of both reports and their difference as JSON', async () => {
    const document = JSON.parse(
      await place.succeed('report', 'compare', 'first', 'second', '--json'),
    ) as ComparisonDocument;
    expect(document.runs).toEqual(['first', 'second']);
    const cells = ['first', 'second'].map((run) => JSON.parse(place.report(run)).cells as Cell[]);
    for (const [i, row] of document.rows.entries()) {
      const [a, b] = [cells[0]![i]!, cells[1]![i]!];
      expect(row.cells.map((cell) => cell!.fid)).toEqual([a.fid, b.fid]);
      expect(row.cells[1]!.difference).toMatchObject({ value: b.fid - a.fid, by: 'independent' });
      expect(row.cells[1]!.difference!.standardError).toBeCloseTo(Math.hypot(a.standardError!, b.standardError!), 12);
    }
    const same = JSON.parse(await place.succeed('report', 'compare', 'first', 'same', '--json')) as ComparisonDocument;
    expect(same.made).toEqual([]);
    expect(same.rows.map(({ cells: own }) => own[1]!.difference!.value)).toEqual([0, 0]);
  });

  test('refuses one run, a run twice, what is no run, and a page that is none', async () => {
    expect(await place.refused('report', 'compare', 'first')).toMatch(/the folders of two runs or more/);
    expect(await place.refused('report', 'compare', 'first', '../x/../first')).toMatch(/no run folder/);
    expect(await place.refused('report', 'compare', 'first', './first')).toMatch(/"\.\/first" is given twice/);
    expect(await place.refused('report', 'compare', 'first', 'nothing')).toMatch(/"nothing" is no run folder/);
    expect(await place.refused('report', 'compare', 'first', 'second', '-o', 'x.txt')).toMatch(/ends in \.md/);
  });
});
