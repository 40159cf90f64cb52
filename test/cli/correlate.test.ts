import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { correlate } from '../../src/correlate.js';
import { readCsv } from '../../src/correlate-csv.js';
import { type FidTable, fidsOfCsv, fidsOfRun } from '../../src/correlate-fids.js';
import type { CorrelationStudy } from '../../src/report/correlation.js';
import type { CorrelationDocument } from '../../src/report/correlation-document.js';
import { correlationMarkdown } from '../../src/report/correlation-markdown.js';
import { renderCorrelation } from '../../src/report/correlation-terminal.js';
import { renderCsv } from '../../src/report/csv.js';
import type { Cell, Results } from '../../src/report/results.js';
import { CELLS, COLUMNS, PAPER } from '../report/paper.js';
import { Place, SWEEP } from './slim.js';

const TABLE_1 = readFileSync(join(import.meta.dirname, '..', 'fixtures', 'table1.csv'), 'utf8');

const csv = (text: string, name = 'downstream.csv') => readCsv(Buffer.from(text), name);
const paper = (): FidTable => fidsOfCsv(csv(TABLE_1, 'table1.csv'));

/** Some columns of the paper's table, renamed. */
function columnsOf(names: Readonly<Record<string, string>>): string {
  const rows = TABLE_1.trim()
    .split(/\r?\n/)
    .map((line) => line.split(','));
  const places = Object.keys(names).map((name) => rows[0]!.indexOf(name));
  return [Object.values(names), ...rows.slice(1).map((row) => places.map((at) => row[at]!))]
    .map((row) => row.join(','))
    .join('\n');
}

const AS_IS = { method: 'method', n: 'n' };
const S21K = fidsOfCsv(csv(columnsOf({ ...AS_IS, s21k: 's21k' }), 's21k.csv'));

/** A run of one data set with errors, as a report has it. */
function runOf(change: (cell: Cell, i: number) => Cell = (cell) => cell): FidTable {
  const cells = CELLS.filter(({ dataset }) => dataset === 's21k').map(change);
  return fidsOfRun('a run', {
    cells,
    columns: [{ dataset: 's21k', leader: cells[0]!.setting, tied: [], by: 'fid', pareto: [] }],
  });
}

const FIVE = 'setting,accuracy\nnone,41\nmixup:2,44\nmixup:3,45\nmixup:4,47\nmixup:5,46\n';

describe("the paper's Table 1", () => {
  // The paper's own accuracies are not among the fixtures; its columns stand for them. By SciPy, as in rank-correlation.test.ts.
  test('one column against another, as SciPy has it', () => {
    const { correlations, means, leftOut } = correlate(S21K, csv(columnsOf({ ...AS_IS, fractals: 'accuracy' })));
    const [only, ...others] = correlations;
    expect(others).toEqual([]);
    expect(only).toMatchObject({ dataset: 's21k', column: 'accuracy', of: 'fid' });
    expect(only!.pairs).toHaveLength(17);
    expect(only!.spearman.value).toBeCloseTo(0.3531576384206956, 14);
    expect(only!.kendall.value).toBeCloseTo(0.2435440935235262, 14);
    expect(only!.errors).toBeUndefined();
    expect([means, leftOut]).toEqual([[], []]);
  });

  test('as a table of FIDs is the same as a run of them', () => {
    const downstream = csv(columnsOf({ ...AS_IS, s21k: 'accuracy', fractals: 'other' }).replace(/^method/, 'Method'));
    const pairs = (study: CorrelationStudy) => study.correlations.map(({ pairs: own }) => own);
    expect(pairs(correlate(runOf(), downstream))).toEqual(pairs(correlate(S21K, downstream)));
  });

  test('all of it at once: each column belongs to the data set of its name, and the mean is one of the parts', () => {
    const { correlations, means } = correlate(paper(), csv(TABLE_1));
    expect(correlations.map(({ dataset }) => dataset)).toEqual(COLUMNS);
    // Itself against itself.
    for (const { spearman, kendall } of correlations) expect([spearman.value, kendall.value]).toEqual([1, 1]);
    expect(means).toEqual([{ column: 'accuracy', datasets: 6, spearman: 1, kendall: 1 }]);
    const long = ['dataset,method,n,acc'];
    for (const { dataset, setting, fid } of CELLS)
      long.push(`${dataset.toUpperCase()},${setting.replace(/:.*/, '')},${/:(\d+)/.exec(setting)?.[1] ?? ''},${-fid}`);
    const both = correlate(
      fidsOfRun('run', {
        ...PAPER,
        columns: COLUMNS.map((dataset) => ({ dataset, leader: '', tied: [], by: 'fid', pareto: [] })),
      }),
      csv(long.join('\n')),
    );
    expect(both.correlations.map(({ spearman }) => spearman.value)).toEqual([-1, -1, -1, -1, -1, -1]);
    expect(renderCorrelation(both)).toContain('acc on s21k: a lower FID goes with a higher accuracy, beyond chance.');
  });

  test('with its last line, which is of no setting', () => {
    const fids = fidsOfCsv(csv(`${columnsOf({ ...AS_IS, s21k: 's21k' })}\nMaximum gain,,5.97`, 'gain.csv'));
    expect(fids.cells).toHaveLength(17);
    expect(fids.leftOut).toEqual([{ what: 'row', name: 'line 19: Maximum gain', why: 'it is of no setting' }]);
  });
});

describe('settings', () => {
  test.each([
    ['keys', 'setting,a\nnone,1\nmixup:2,2\nMixUp:3,4\ncutmix:4?alpha=1,3'],
    ['printed names', 'setting,a\nNone,1\nMixUp 2,2\n  mixup   3,4\nCUTMIX 4,3'],
    ["the paper's way", 'setting,a\nNone,1\n2-MixUp,2\n3-mixup,4\n4-CutMix,3'],
    ['method and N', 'Method,N,a\nnone,,1\nMixUp,2,2\nmixup,3,4\nCutMix,04,3'],
    [
      'a byte order mark, CRLF and quotes',
      '\ufeff"setting","a"\r\n"None","1"\r\n\r\n"MixUp 2",2\r\nmixup:3,"4"\r\ncutmix:4,3\r\n,\r\n',
    ],
    ['semicolons', 'setting;a\nnone;1\nmixup:2;2\nmixup:3;4\ncutmix:4;3'],
  ])('are found by %s', (_, text) => {
    const { correlations, leftOut } = correlate(S21K, csv(text));
    expect(correlations[0]!.pairs.map(({ setting, accuracy }) => [setting, accuracy])).toEqual([
      ['None', 1],
      ['MixUp 2', 2],
      ['MixUp 3', 4],
      ['CutMix 4', 3],
    ]);
    expect(leftOut.filter(({ what }) => what === 'row')).toEqual([]);
    expect(leftOut.filter(({ what }) => what === 'cell')).toHaveLength(13);
  });

  test('with options are found by key, by name and by label', () => {
    const cells = ['none', 'mixup:4?weights=equal', 'cutmix:2?alpha=0.5', 'truncation?psi=0.7'];
    const fids = runOf((cell, i) => ({ ...cell, setting: cells[i] ?? cell.setting }));
    const found = (text: string) => correlate(fids, csv(text)).correlations[0]!.pairs.map(({ setting }) => setting);
    const names = ['None', 'MixUp 4 (weights=equal)', 'CutMix 2 (alpha=0.5)', 'Truncation ψ = 0.7'];
    expect(found(['setting,a', ...cells.map((key, i) => `${key},${i}`)].join('\n'))).toEqual(names);
    expect(found(['setting,a', ...names.map((name, i) => `${name},${i}`)].join('\n'))).toEqual(names);
    expect(
      found('method,n,a\nNone,1,1\nMixUp (weights=equal),4,2\ncutmix (alpha=0.5),2,3\nTruncation ψ = 0.7,1,4'),
    ).toEqual(names);
  });

  test('without a partner are named, on both sides', () => {
    const { leftOut } = correlate(S21K, csv(`${FIVE}mixup:12,50\nMosaic 4,51\nmixup:6,\nmixup:7,–\n`));
    expect(leftOut.filter(({ what }) => what === 'row')).toEqual([
      { what: 'row', name: 'line 7: MixUp 12', why: 's21k.csv has no such setting' },
      { what: 'row', name: 'line 8: Mosaic 4', why: 's21k.csv has no such setting' },
      { what: 'row', name: 'line 9: MixUp 6', why: 'it has no accuracy' },
      { what: 'row', name: 'line 10: MixUp 7', why: 'it has no accuracy' },
    ]);
    expect(leftOut.filter(({ what }) => what === 'cell').map(({ name }) => name)).toContain('CutMix 9 of s21k');
  });
});

describe('columns', () => {
  test('all that hold numbers are correlated, or those asked for', () => {
    const text = 'setting,top1,note,top5\nnone,1,a,4\nmixup:2,2,b,3\nmixup:3,3,c,2\nmixup:4,4,d,1\n';
    const all = correlate(S21K, csv(text));
    expect(all.correlations.map(({ column }) => column)).toEqual(['top1', 'top5']);
    expect(all.leftOut).toContainEqual({ what: 'column', name: 'note', why: 'it holds no numbers' });
    expect(correlate(S21K, csv(text), ['TOP5']).correlations.map(({ column }) => column)).toEqual(['top5']);
    expect(() => correlate(S21K, csv(text), ['top9'])).toThrow(/--column: got "top9", expected .*"top1".*"top5"/);
    expect(() => correlate(S21K, csv(text), ['note'])).toThrow(/"note" holds no numbers/);
  });

  test('do not say of which of several data sets they are: refused', () => {
    expect(() => correlate(paper(), csv(FIVE))).toThrow(
      /does not say of which data set.*has 6.*Add a column "dataset"/,
    );
  });

  test('of a data set that there is not are left out by name', () => {
    const long = FIVE.trim()
      .split('\n')
      .map((line, i) => (i ? `s21k,${line}` : `dataset,${line}`));
    const { leftOut } = correlate(paper(), csv([...long, 'Moon,mixup:6,50'].join('\n')));
    expect(leftOut).toContainEqual({
      what: 'row',
      name: 'line 7: MixUp 6 of Moon',
      why: 'table1.csv has no such data set',
    });
    expect(leftOut).toContainEqual({
      what: 'cell',
      name: 'every setting of fractals',
      why: 'downstream.csv has no accuracy of it',
    });
  });
});

describe('FIDs', () => {
  test('of other numbers of images are left out, or compared by FID∞ where it is trusted', () => {
    const few = runOf((cell, i) => (i === 1 ? { ...cell, images: 1000, status: 'dropped' } : cell));
    const study = correlate(few, csv(FIVE));
    expect(study.correlations[0]).toMatchObject({ of: 'fid', images: 50_000 });
    expect(study.correlations[0]!.pairs).toHaveLength(4);
    expect(study.leftOut).toContainEqual({
      what: 'cell',
      name: 'MixUp 2 of s21k',
      why: expect.stringMatching(/of 1000 images, the others' of 50000/),
    });
    const trusted = runOf((cell, i) => ({
      ...cell,
      images: i === 1 ? 1000 : 50_000,
      unbiased: { value: cell.fid - 1, trusted: true, standardError: 0.1, interval: [0, 1] },
    }));
    const [one] = correlate(trusted, csv(FIVE)).correlations;
    expect(one).toMatchObject({ of: 'fid∞' });
    expect(one!.images).toBeUndefined();
    expect(one!.pairs.map(({ fid }) => fid)).toEqual(
      CELLS.filter(({ dataset }) => dataset === 's21k')
        .slice(0, 5)
        .map(({ fid }) => fid - 1),
    );
  });

  test('move by their errors: not at all by small ones, over all orders by huge ones', () => {
    const withErrors = (standardError: number) => runOf((cell) => ({ ...cell, standardError, interval: [0, 1] }));
    const small = correlate(withErrors(1e-6), csv(FIVE)).correlations[0]!;
    expect(small.errors).toBe('of each');
    expect(small.spearman.within).toEqual([small.spearman.value, small.spearman.value]);
    const [low, high] = correlate(withErrors(1e6), csv(FIVE)).correlations[0]!.spearman.within!;
    // Of 5! orders 2 are perfect: 0.8% each; ρ = ±0.9 is next, four more: together 4.2% at either end.
    expect([low, high]).toEqual([expect.closeTo(-0.9, 12), expect.closeTo(0.9, 12)]);
  });

  test('of one run move by their paired differences, which know what they share', () => {
    const run = runOf((cell, i) => ({
      ...cell,
      standardError: 1e6,
      ...(i && {
        difference: { to: 'none', of: 'fid', value: 0, standardError: 1e-6, interval: [0, 0], images: 50_000 },
      }),
    }));
    const { errors, spearman } = correlate(run, csv(FIVE)).correlations[0]!;
    expect(errors).toBe('of differences');
    expect(spearman.within).toEqual([spearman.value, spearman.value]);
  });

  test('of a long table come with their images and errors', () => {
    const text = 'dataset,setting,images,fid,fid_standard_error\np,none,100,4,0.1\np,MixUp 2,100,3,0.2\n';
    expect(fidsOfCsv(csv(text)).cells).toMatchObject([
      { dataset: 'p', setting: 'None', fid: 4, images: 100, standardError: 0.1 },
      { dataset: 'p', setting: 'MixUp 2', fid: 3, images: 100, standardError: 0.2 },
    ]);
  });
});

describe('report.csv', () => {
  // What a race leaves behind: other numbers of images, FID∞, errors of differences, a setting with options.
  const cells = CELLS.filter(({ dataset }) => dataset === 's21k').map((cell, i): Cell => {
    const error = { standardError: 0.5 + i / 7, interval: [cell.fid - 1, cell.fid + 1] as const };
    return {
      ...cell,
      ...error,
      setting: i === 3 ? 'mixup:4?weights=equal' : cell.setting,
      images: i === 2 ? 1000 : 50_000,
      unbiased: { value: cell.fid - 0.1 * i, trusted: true, ...(i !== 4 && error) },
      ...(i && {
        difference: { to: 'none', of: 'fid∞', value: i, standardError: i / 3, interval: [0, 1], images: 1000 },
      }),
    };
  });
  const results = (all: readonly Cell[]): Results => ({
    cells: all,
    columns: [{ dataset: 's21k', leader: 'none', tied: [], by: 'fid∞', pareto: [] }],
  });
  const DOWNSTREAM =
    'method,n,accuracy\nNone,,41\nMixUp,2,44\nMixUp,3,45\nMixUp (weights=equal),4,47\nMixUp,5,46\nCutMix,2,45.5\n';

  test.each([
    ['all of it', cells],
    ['FID∞ that cannot be trusted', cells.map((cell) => ({ ...cell, unbiased: { value: 1, trusted: false } }))],
    ['no differences', cells.map(({ difference: _, ...cell }): Cell => cell)],
    [
      'fewest numbers',
      cells.map(({ unbiased: _, difference: __, standardError: ___, interval: ____, ...cell }): Cell => cell),
    ],
  ])('says what the run says: %s', (_, all) => {
    const written = fidsOfCsv(csv(renderCsv({ results: results(all) }), 'report.csv'));
    const without = (table: FidTable) => table.cells.map(({ names: __, ...cell }) => cell);
    const run = fidsOfRun('report.csv', results(all));
    expect(without(written)).toEqual(without(run));
    expect(correlate(written, csv(DOWNSTREAM))).toEqual(correlate(run, csv(DOWNSTREAM)));
  });

  test('as a spreadsheet saves it, in capitals; other words are refused', () => {
    const text = renderCsv({ results: results(cells) });
    const run = fidsOfRun('report.csv', results(cells));
    const saved = fidsOfCsv(csv(text.replaceAll('true', 'TRUE').replaceAll('false', 'FALSE'), 'report.csv'));
    expect(correlate(saved, csv(DOWNSTREAM))).toEqual(correlate(run, csv(DOWNSTREAM)));
    expect(() => fidsOfCsv(csv(text.replaceAll('true', 'perhaps')))).toThrow(
      /line 2, column "fid_infinity_trusted": got "perhaps", expected true, false, or nothing/,
    );
  });
});

describe('the verdict', () => {
  const printed = (accuracies: readonly number[]): [CorrelationStudy['correlations'][number], string] => {
    const fids = fidsOfCsv(csv(`setting,p\n${accuracies.map((_, i) => `mixup:${i + 2},${i}`).join('\n')}`, 'p'));
    const study = correlate(fids, csv(`setting,a\n${accuracies.map((one, i) => `mixup:${i + 2},${one}`).join('\n')}`));
    return [study.correlations[0]!, renderCorrelation(study)];
  };

  test('goes by the exact p where it is printed', () => {
    // ρ = 1 − 6·12/336 = 0.786, the tabulated critical value of 7 pairs at 5%, two-sided; its interval has 0 in it.
    const [{ spearman }, text] = printed([3, 2, 1, 5, 4, 7, 6]);
    expect(spearman.value).toBeCloseTo(11 / 14, 14);
    expect(spearman.interval![0]).toBeLessThan(0);
    expect(spearman.p).toBeLessThan(0.05);
    expect(text).toContain('beyond chance; FID misleads here');
  });

  test('goes by the interval of more pairs', () => {
    const [{ spearman }, text] = printed([10, 9, 8, 7, 6, 5, 4, 3, 1, 2]);
    expect(spearman.p).toBeUndefined();
    expect(text).toContain('a lower FID goes with a higher accuracy, beyond chance.');
    expect(printed([10, 1, 8, 7, 2, 5, 4, 3, 9, 6])[1]).toContain('not told apart from chance');
  });
});

describe('a hostile table', () => {
  test.each([
    ['number', (field: string) => `setting,a\nnone,${field}\n`, '1'.repeat(80_000)],
    ['number', (field: string) => `setting,a\nnone,${field}x\n`, '1'.repeat(80_000)],
    ['setting', (field: string) => `setting,a\n${field}x,1\n`, 'a1'.repeat(80_000)],
    ['column', (field: string) => `setting,${field}\nnone,1\n`, 'a'.repeat(201)],
  ])('with a %s of many characters is refused', (_, text, field) => {
    expect(() => csv(text(field))).toThrow(/line \d: a field of \d+ characters, expected at most 200/);
  });

  test('with very many columns is refused, and with long fields in every row is read at once', () => {
    const header = Array.from({ length: 1001 }, (_, i) => `c${i}`).join(',');
    expect(() => csv(`${header}\n`)).toThrow(/1001 columns, expected at most 1000/);
    // Of 200 characters each, both almost a number.
    const rows = Array.from({ length: 4000 }, (_, i) => `${'a1'.repeat(95)}x${i},3,${'1'.repeat(199)}x\n`);
    const known = ['none,41,\n', 'mixup:2,44,\n', 'mixup:3,45,\n', 'mixup:4,47,\n'];
    const { leftOut } = correlate(S21K, csv(['setting,accuracy,note\n', ...known, ...rows].join('')));
    expect(leftOut.filter(({ what }) => what === 'row')).toHaveLength(4000);
  });

  test('of a data set a row is gone through once', () => {
    const rows = Array.from({ length: 5000 }, (_, i) => `d${i},none,1`);
    const fids = fidsOfCsv(csv(`dataset,setting,fid\n${rows.join('\n')}\n`, 'f'));
    expect(() => correlate(fids, csv(`dataset,setting,a\n${rows.join('\n')}\n`))).toThrow(/Nothing can be correlated/);
  });
});

describe('refuses', () => {
  test.each([
    [
      'fewer than four pairs',
      'setting,a\nnone,1\nmixup:2,2\nmixup:3,3\nmixup:12,4\n',
      /Nothing can be correlated.*3 of its settings have both.*at least 4[\s\S]*line 5: MixUp 12/,
    ],
    [
      'accuracies that are all the same',
      'setting,a\nnone,1\nmixup:2,1\nmixup:3,1\nmixup:4,1\n',
      /all its accuracies are the same/,
    ],
    ['a setting twice, by another name', `${FIVE}MixUp 3,50\n`, /line 7: MixUp 3 is there twice, in line 4 too/],
    [
      'what is no number',
      'setting,a\nnone,1\nmixup:2,about 2\n',
      /line 3, column "a": got "about 2", expected a number/,
    ],
    ['a decimal comma', 'setting;a\nnone;1\nmixup:2;41,2\n', /line 3, .*after a point/],
    ['a number that is none', 'setting,a\nnone,1\nmixup:2,1e999\n', /line 3.*"1e999"/],
    ['an N that is no number', 'method,n,a\nnone,,1\nmixup,two,3\n', /line 3, column "n": got "two"/],
    ['a row without a setting', 'setting,a\nnone,1\n,3\n', /line 3: no setting is given/],
    ['no column of settings', 'name,a\nnone,1\n', /a column "setting"/],
    ['no column of accuracies', 'setting,note\nnone,fine\n', /a column of accuracies/],
    ['a column twice', 'setting,a,A\nnone,1,2\n', /line 1: got "A"/],
    ['a row of other length', 'setting,a\nnone,1\nmixup:2,3,4\n', /line 3: 3 fields, expected 2/],
    ['an open quote', 'setting,a\n"none,1\nmixup:2,3\n', /downstream\.csv, line \d: a quoted field is opened/],
    ['a stray quote', 'setting,a\nno"ne,1\n', /line 2: a quote stands inside/],
    ['nothing', '', /is empty/],
  ])('%s', (_, text, message) => {
    expect(() => correlate(S21K, csv(text))).toThrow(
      expect.objectContaining({ name: 'UserError', message: expect.stringMatching(message) }),
    );
  });

  test('what is not UTF-8', () => {
    expect(() => readCsv(Uint8Array.of(0x61, 0xe9, 0x2c), 'x.csv')).toThrow(/not UTF-8/);
  });

  test('tables of FIDs that have none, or one twice', () => {
    expect(() => fidsOfCsv(csv('setting,note\nnone,x\n'))).toThrow(/a column "fid"/);
    expect(() => fidsOfCsv(csv('setting,p\nnone,1\nNone,2\n'))).toThrow(
      /line 3: None of p is there twice, in line 2 too/,
    );
  });
});

test('names from files are literal text, without what a terminal obeys', () => {
  const hostile = '<img src=x>|`a`\u001b[31m';
  const fids = fidsOfCsv(
    csv(`setting,"${hostile}"\nnone,1\nmixup:2,2\nmixup:3,3\nmixup:4,5\n${hostile}9,9\n`, hostile),
  );
  const study = correlate(fids, csv(`${FIVE}${hostile},3\n`, hostile));
  expect(renderCorrelation(study)).not.toContain('\u001b');
  const page = correlationMarkdown(study, [{ file: 'correlation.svg', title: hostile }]);
  expect(page).not.toContain('\u001b');
  expect(page).not.toMatch(/<img|[^\\]`a/);
});

describe('fidsweep correlate', () => {
  const place = Place.ofTests();
  beforeAll(async () => {
    await place.succeed(...SWEEP, '--methods', 'none,mixup,cutmix', '--n', '2-3', '--images', '64', '--out', 'first');
    writeFileSync(
      place.at('downstream.csv'),
      'setting,accuracy\nnone,41\nMixUp 2,44\nmixup:3,45\nCutMix 2,43\ncutmix:3,42\ncutmix:4,9\n',
    );
    writeFileSync(place.at('table1.csv'), TABLE_1);
  });

  test('prints the table, and writes the page, the numbers and the plot', async () => {
    const printed = await place.succeed('correlate', 'first', 'downstream.csv', '-o', 'out');
    expect(printed).toMatch(/^FID of first against accuracies of downstream\.csv/);
    expect(printed).toMatch(/drawn +│ accuracy │ +5 │ +[+-]?\d\.\d\d \(/);
    expect(printed).toContain('line 7: CutMix 4 (first has no such setting)');
    expect(readFileSync(place.at('out', 'correlation.md'), 'utf8')).toContain('](correlation.svg)');
    expect(readFileSync(place.at('out', 'correlation.svg'), 'utf8')).toMatch(/^<svg[\s\S]*MixUp 3/);
    const written = readFileSync(place.at('out', 'correlation.json'), 'utf8');
    expect(await place.succeed('correlate', 'first', 'downstream.csv', '--json')).toBe(written);
    const { correlations } = JSON.parse(written) as CorrelationDocument;
    const cells = JSON.parse(place.report('first')).cells as Cell[];
    expect(correlations[0]!.pairs.map(({ fid }) => fid)).toEqual(cells.map(({ fid }) => fid));
    expect(correlations[0]!.errors).toBe('of differences');
  });

  test("takes a run's report.csv in the place of the run, and finds the same", async () => {
    await place.succeed('report', 'first', '--format', 'csv');
    const of = async (fids: string) =>
      (JSON.parse(await place.succeed('correlate', fids, 'downstream.csv', '--json')) as CorrelationDocument)
        .correlations;
    expect(await of(join('first', 'report.csv'))).toEqual(await of('first'));
  });

  test('takes a table in the place of a run', async () => {
    const args = ['correlate', 'table1.csv', 'table1.csv', '--column', 'fractals', '--json'];
    const { correlations } = JSON.parse(await place.succeed(...args)) as CorrelationDocument;
    expect(correlations.map(({ dataset, spearman }) => [dataset, spearman.value])).toEqual([['fractals', 1]]);
  });

  test('refuses what is not there, and writes nothing', async () => {
    expect(await place.refused('correlate', 'first', 'none.csv', '-o', 'no')).toMatch(/none\.csv/);
    expect(await place.refused('correlate', 'nowhere', 'downstream.csv', '-o', 'no')).toMatch(
      /"nowhere" is no run folder/,
    );
    expect(await place.refused('correlate', 'nowhere.csv', 'downstream.csv')).toMatch(/nowhere\.csv/);
    expect(await place.refused('correlate', 'first', 'downstream.csv', '--column', 'x', '-o', 'no')).toMatch(
      /--column/,
    );
    expect(existsSync(place.at('no'))).toBe(false);
  });
});
