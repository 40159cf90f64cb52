import { describe, expect, test } from 'vitest';
import type { ComparedCell, ComparedRun, RunComparison } from '../../src/report/comparison.js';
import { comparisonDocument } from '../../src/report/comparison-document.js';
import { madeDifferences } from '../../src/report/comparison-made.js';
import { comparisonMarkdown } from '../../src/report/comparison-markdown.js';
import { renderComparedRuns } from '../../src/report/comparison-terminal.js';
import type { RunRecord } from '../../src/store/record.js';
import { RECORD } from './made-up.js';

const CELL: ComparedCell = {
  fid: 40.25,
  images: 2048,
  standardError: 0.15,
  interval: [39.95, 40.55],
  status: 'measured',
};
const DIFFERENT: ComparedCell = {
  ...CELL,
  fid: 39.75,
  difference: { of: 'fid', value: -0.5, standardError: 0.2, interval: [-0.9, -0.1], by: 'independent' },
};

const compared = (
  change: Partial<RunRecord>,
  cell: ComparedCell = DIFFERENT,
  name = 'other',
  { reference = 0, setAside = [] }: Partial<ComparedRun> = {},
): RunComparison => ({
  runs: [
    { name: 'base', record: RECORD, reference: 0, setAside: [] },
    { name, record: { ...RECORD, ...change }, reference, setAside },
  ],
  rows: [{ dataset: 'Programs', setting: 'mixup:3', cells: [CELL, cell] }],
  renamed: [],
  alone: [],
});

/** The same at another resolution, as a sweep records it. */
const AT_128 = {
  resolution: 128,
  datasets: RECORD.datasets.map((one) => ({ ...one, fit: one.fit.replace('64', '128') })),
};

describe('what was different in how runs were made', () => {
  test('is nothing for equal records, whatever the command was called with', () => {
    const other = {
      flags: { out: 'elsewhere' },
      versions: Object.fromEntries(Object.entries(RECORD.versions).reverse()),
    };
    expect(madeDifferences(compared(other))).toEqual([]);
    expect(renderComparedRuns(compared(other))).toMatch(/^Nothing differs in how these runs were made\./);
  });

  test.each([
    ['Extractor', 'forbids', { extractor: { ...RECORD.extractor, preprocessing: 'bicubic' } }],
    [
      'File of the reference, which is the same to rounding',
      'little',
      { reference: { ...RECORD.reference, sha256: '99'.repeat(32) } },
    ],
    ['Program timeout', 'matters', { flags: { 'program-timeout': '5' } }],
    ['Corrupt images', 'matters', { flags: { 'skip-corrupt': true } }],
    ['Recipe version', 'matters', { recipeVersion: 2 }],
    ['Resolution', 'matters', AT_128],
    ['Images a setting', 'matters', { images: 4096 }],
    ['Seed', 'chance', { seed: 8 }],
    ['Device', 'little', { device: { ...RECORD.device, renderer: 'a GPU' } }],
    ['OpenGL', 'little', { device: { ...RECORD.device, version: 'WebGL 1.0' } }],
    ['Tool', 'little', { tool: 'fidsweep 0.4.0' }],
    ['Versions', 'little', { versions: { ...RECORD.versions, gl: '9.0.0' } }],
    ['Strategy', 'little', { strategy: { ...RECORD.strategy, kind: 'grid' } }],
    ['Settings', 'little', { settings: ['none'] }],
    ['Block', 'little', { block: 32 }],
    ['Kept', 'little', { keep: 'moments' }],
    ['Half that chooses', 'little', { selection: RECORD.reference }],
    [
      'Data set Programs',
      'matters',
      { datasets: [{ ...RECORD.datasets[0]!, identity: { kind: 'programs', programs: 61 } }] },
    ],
  ] as const)('names %s, which %s', (field, bearing, change) => {
    expect(madeDifferences(compared(change)).map((one) => [one.field, one.bearing])).toEqual([[field, bearing]]);
  });

  test('is another reference where its numbers are other ones', () => {
    const reference = { ...RECORD.reference, sha256: '99'.repeat(32) };
    const found = madeDifferences(compared({ reference }, DIFFERENT, 'other', { reference: 1 }));
    expect(found.map(({ field, bearing }) => [field, bearing])).toEqual([['Reference', 'forbids']]);
  });

  test('is no flag that is given as it is without', () => {
    expect(madeDifferences(compared({ flags: { 'program-timeout': '20', 'skip-corrupt': false } }))).toEqual([]);
  });

  test('names what was set aside in the data sets that are compared', () => {
    const [dataset, other] = [RECORD.datasets[0]!.name, RECORD.datasets[1]!.name];
    const setAside = [
      { dataset, id: 'b.glsl', why: 'it hangs' },
      { dataset: other, id: 'x.png', why: 'it is corrupt' },
      { dataset, id: 'a.glsl', why: 'it is black' },
    ];
    const found = madeDifferences(compared({}, DIFFERENT, 'other', { setAside }));
    expect(found).toMatchObject([
      { field: `What was set aside in ${dataset}`, bearing: 'matters', values: ['nothing', '2: a.glsl and b.glsl'] },
    ]);
    // Under another name in the other run, the same as in the first.
    const comparison = compared({}, DIFFERENT, 'other', { setAside });
    const [first, own] = comparison.runs as readonly [ComparedRun, ComparedRun];
    const renamed = {
      ...own,
      record: { ...RECORD, datasets: [{ ...RECORD.datasets[0]!, name: 'Mine' }] },
      setAside: setAside
        .map((one) => ({ ...one, dataset: 'Mine', why: 'otherwise' }))
        .filter(({ id }) => id !== 'x.png'),
    };
    expect(
      madeDifferences({
        ...comparison,
        runs: [{ ...first, setAside }, renamed],
        renamed: [{ run: 1, dataset: 'Mine', as: dataset }],
      }),
    ).toEqual([]);
  });

  test('is no data set that is only fitted to another resolution', () => {
    expect(madeDifferences(compared(AT_128)).map(({ field }) => field)).toEqual(['Resolution']);
    // Cropped where the other is not: other pictures.
    const cropped = [{ ...RECORD.datasets[0]!, fit: 'cover 64' }];
    expect(madeDifferences(compared({ datasets: cropped })).map(({ field }) => field)).toEqual(['Data set Programs']);
  });

  test('has what matters most first', () => {
    const change = { ...AT_128, tool: 'x', seed: 1, extractor: { ...RECORD.extractor, tap: 'other' } };
    const found = madeDifferences(compared(change));
    expect(found.map(({ bearing }) => bearing)).toEqual(['forbids', 'matters', 'chance', 'little']);
    const printed = renderComparedRuns(compared(change));
    expect(printed.indexOf('Extractor differs.')).toBe(0);
    expect(printed.indexOf('Resolution differs.')).toBeLessThan(printed.indexOf('Programs'));
  });
});

describe('a comparison', () => {
  test('shows numbers, the difference and how its error came about', () => {
    const printed = renderComparedRuns(compared({ seed: 8 }));
    expect(printed).toContain('│ MixUp 3 │ 40.25 ± 0.15 │ 39.75 ± 0.15 │ -0.50 (-0.90 … -0.10) │');
    expect(printed).toContain('other − base: 1 difference with errors added as independent ones');
    expect(printed).toContain('Of 1 interval of other − base, 1 leaves out 0.');
  });

  test('says of paired differences whether the draws make the same images', () => {
    const by = (one: 'by image' | 'by group'): ComparedCell => ({
      ...DIFFERENT,
      difference: { ...DIFFERENT.difference!, by: one },
    });
    expect(renderComparedRuns(compared({}, by('by image')))).toContain(
      '1 difference paired image by image: both runs have their random draws in common, and the intervals know it.',
    );
    const recipe = renderComparedRuns(compared({ recipeVersion: 2 }, by('by group')));
    expect(recipe).toContain(
      'paired group by group of images: both runs have one seed, but another recipe version uses its draws otherwise;',
    );
    const datasets = [{ ...RECORD.datasets[0]!, identity: { kind: 'programs', programs: 61 } }];
    const pictures = renderComparedRuns(compared({ datasets }, by('by image')));
    expect(pictures).toContain('both runs have one seed, but its draws pick other pictures out of another data set;');
    expect(recipe + pictures).not.toContain('random draws in common');
  });

  test('says that intervals of FID∞ of a folder are wider', () => {
    const cell: ComparedCell = { ...DIFFERENT, difference: { ...DIFFERENT.difference!, of: 'fid∞', bias: [0.1, 0.2] } };
    expect(renderComparedRuns(compared({}, cell))).toContain(
      "other − base: 1 interval of FID∞ of a folder's images is wider by the bias",
    );
    expect(renderComparedRuns(compared({}))).not.toContain('wider');
  });

  test('gives the reason where there is no difference, and no number', () => {
    const undecided = { ...CELL, fid: 12, undecided: 'the extractor differs' };
    const page = comparisonMarkdown(compared({ extractor: { ...RECORD.extractor, tap: 'other' } }, undecided));
    expect(page).toContain('No difference of other to base is given for any cell: the extractor differs.');
    expect(page).not.toContain('other − base');
    expect(page).toMatch(/^# base, other.*\n\n> Extractor differs\. No difference is given/);
  });

  test('marks differences of FID∞, and says who calls a data set otherwise and what is not compared', () => {
    const cell: ComparedCell = { ...DIFFERENT, images: 4096, difference: { ...DIFFERENT.difference!, of: 'fid∞' } };
    const comparison = {
      ...compared({ images: 4096 }, cell),
      renamed: [{ run: 1, dataset: 'Mine', as: 'Programs' }],
      alone: [{ run: 1, dataset: 'Mine', setting: 'cutmix:2' }],
      least: 5000.5,
    };
    const printed = renderComparedRuns(comparison);
    expect(printed).toContain('-0.50 (-0.90 … -0.10) of FID∞');
    expect(printed).toContain('39.75 ± 0.15 at 4,096');
    expect(printed).toContain('other calls the data set Programs of base Mine');
    expect(printed).toContain('Not compared, only in other: CutMix 2.');
    expect(printed).toContain('Below 5,001 images a difference says little');
  });

  test('keeps names from users and files apart from its own markup', () => {
    const hostile = '<script>|`x`\u001b[31m';
    const datasets = [{ ...RECORD.datasets[0]!, spec: hostile, identity: { kind: hostile } }];
    const comparison = compared({ datasets, device: { ...RECORD.device, renderer: hostile } }, DIFFERENT, hostile);
    const page = comparisonMarkdown(comparison);
    expect(page).not.toContain('\u001b');
    expect(page).not.toMatch(/<script>|[^\\]`x/);
    expect(renderComparedRuns(comparison)).not.toContain('\u001b');
    for (const line of page.split('\n').filter((one) => one.startsWith('| Device')))
      expect(line.match(/(?<!\\)\|/g)).toHaveLength(5);
  });

  test('has full digits in its document, and no paths of the commands', () => {
    const document = comparisonDocument(compared({ seed: 8, flags: { out: '/home/somebody' } }));
    expect(document.rows[0]!.cells[1]!.difference!.value).toBe(-0.5);
    expect(document.made).toEqual([expect.objectContaining({ field: 'Seed', bearing: 'chance', values: ['7', '8'] })]);
    expect(JSON.stringify(document)).not.toMatch(/somebody|\/mnt/);
  });
});
