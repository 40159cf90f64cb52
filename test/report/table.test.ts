import { describe, expect, test } from 'vitest';
import { describeSetting, formatFid, ranking, table } from '../../src/report/table.js';
import { BEST, CELLS, COLUMNS, GAIN, ROWS } from './paper.js';

describe("the paper's Table 1", () => {
  const { rows, gain, columns } = table(CELLS, COLUMNS);

  test('has its rows and its last row', () => {
    expect(columns).toEqual(COLUMNS);
    expect(rows.map(({ label, n, fid }) => [label, String(n), ...fid.map((value) => formatFid(value!))])).toEqual(ROWS);
    expect(gain.map((value) => formatFid(value!))).toEqual(GAIN);
  });

  test('has one best a column, the lowest', () => {
    for (const [i, best] of BEST.entries()) {
      expect(rows.filter((row) => row.best[i]).map(({ fid }) => formatFid(fid[i]!))).toEqual([best]);
    }
  });

  test('is the same from cells in another order of data sets', () => {
    const reversed = COLUMNS.toReversed().flatMap((name) => CELLS.filter(({ dataset }) => dataset === name));
    expect(table(reversed, COLUMNS)).toEqual({ columns, rows, gain });
  });
});

describe('a table with gaps', () => {
  const cell = (dataset: string, setting: string, fid: number) => ({ dataset, setting, fid });

  test('has no gain without None or without a mixed row, and no value where there is no cell', () => {
    const cells = [cell('a', 'none', 3), cell('b', 'mixup:2', 2), cell('c', 'none', 5), cell('c', 'mixup:2', 6)];
    const { rows, gain } = table(cells, ['a', 'b', 'c', 'd']);
    expect(gain).toEqual([undefined, undefined, -1, undefined]);
    expect(rows.map(({ fid }) => fid)).toEqual([
      [3, undefined, 5, undefined],
      [undefined, 2, 6, undefined],
    ]);
    expect(rows.map(({ best }) => best)).toEqual([
      [true, false, true, false],
      [false, true, false, false],
    ]);
  });

  test('marks all that print alike as best', () => {
    const cells = [cell('a', 'none', 1.004), cell('a', 'mixup:2', 1.0041), cell('a', 'mixup:3', 1.0051)];
    expect(table(cells, ['a']).rows.map(({ best }) => best[0])).toEqual([true, true, false]);
  });

  test('keeps data sets apart whose names join up alike', () => {
    const cells = [cell('a', 'none', 1), cell('a none', 'none', 2)];
    expect(table(cells, ['a', 'a none']).rows[0]!.fid).toEqual([1, 2]);
  });
});

test.each([
  ['none', { method: 'none', label: 'None', n: 1 }],
  ['mixup:6', { method: 'mixup', label: 'MixUp', n: 6 }],
  ['cutmix:10', { method: 'cutmix', label: 'CutMix', n: 10 }],
  ['cutmixup:2?weights=equal&alpha=2', { method: 'cutmixup', label: 'CutMixUp (weights=equal&alpha=2)', n: 2 }],
])('%s for people', (key, expected) => {
  expect(describeSetting(key)).toEqual(expected);
});

test.each([
  [0, '0.00'],
  [-1e-13, '0.00'],
  [-0.004, '0.00'],
  [-5.44, '-5.44'],
  [33.915, '33.91'],
  [100, '100.00'],
])('%d prints as %s', (value, text) => {
  expect(formatFid(value)).toBe(text);
});

test('ranking is by FID, lowest first, exact ties in the order of the table', () => {
  const cells = [3, 1, 2, 1].map((fid, place) => ({ fid, place }));
  expect(ranking(cells).map(({ place }) => place)).toEqual([1, 3, 2, 0]);
  expect(cells.map(({ place }) => place)).toEqual([0, 1, 2, 3]);
  const places = ranking(CELLS.filter(({ dataset }) => dataset === 's21k'));
  expect(places.slice(0, 3).map(({ setting }) => setting)).toEqual(['mixup:5', 'mixup:6', 'mixup:8']);
});
