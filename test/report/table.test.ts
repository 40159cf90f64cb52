import { describe, expect, test } from 'vitest';
import { formatFid } from '../../src/report/numbers.js';
import { fullImages, type TableCell, type TableEntry, table } from '../../src/report/table.js';
import { BEST, CELLS, COLUMNS, GAIN, ROWS } from './paper.js';

describe("the paper's Table 1", () => {
  const { rows, gain, columns, images } = table(CELLS, COLUMNS);

  test('has its rows and its last row', () => {
    expect(columns).toEqual(COLUMNS);
    expect(
      rows.map(({ label, n, entries }) => [label, String(n), ...entries.map((entry) => formatFid(entry!.fid))]),
    ).toEqual(ROWS);
    expect(gain.map((value) => formatFid(value!))).toEqual(GAIN);
    expect(images).toEqual(COLUMNS.map(() => 50_000));
  });

  test('has one best a column, the lowest', () => {
    for (const [i, best] of BEST.entries()) {
      const found = rows.flatMap(({ entries }) => (entries[i]!.best ? [formatFid(entries[i]!.fid)] : []));
      expect(found).toEqual([best]);
    }
  });

  test('is the same from cells in another order of data sets', () => {
    const reversed = COLUMNS.toReversed().flatMap((name) => CELLS.filter(({ dataset }) => dataset === name));
    expect(table(reversed, COLUMNS)).toEqual({ columns, rows, gain, images });
  });
});

const cell = (dataset: string, setting: string, fid: number, images = 100): TableCell => ({
  dataset,
  setting,
  fid,
  images,
  status: 'measured',
});
const dropped = (dataset: string, setting: string, fid: number, images: number): TableCell => ({
  ...cell(dataset, setting, fid, images),
  status: 'dropped',
});
const fids = (entries: readonly (TableEntry | undefined)[]) => entries.map((entry) => entry?.fid);
const bests = (entries: readonly (TableEntry | undefined)[]) => entries.map((entry) => entry?.best);

test('truncation is a row of its own, and no mixed one', () => {
  const cells = [cell('a', 'none', 3), cell('a', 'truncation?psi=0.7', 1), cell('a', 'mixup:2', 2)];
  const { rows, gain } = table(cells, ['a']);
  expect(rows.map(({ label, n }) => [label, n])).toEqual([
    ['None', 1],
    ['Truncation ψ = 0.7', 1],
    ['MixUp', 2],
  ]);
  expect(rows.map(({ entries }) => entries[0]!.best)).toEqual([false, true, false]);
  expect(gain).toEqual([1]);
});

describe('a table with gaps', () => {
  test('has no gain without None or without a mixed row, and no value where there is no cell', () => {
    const cells = [cell('a', 'none', 3), cell('b', 'mixup:2', 2), cell('c', 'none', 5), cell('c', 'mixup:2', 6)];
    const { rows, gain, images } = table(cells, ['a', 'b', 'c', 'd']);
    expect(gain).toEqual([undefined, undefined, -1, undefined]);
    expect(images).toEqual([100, 100, 100, undefined]);
    expect(rows.map(({ entries }) => fids(entries))).toEqual([
      [3, undefined, 5, undefined],
      [undefined, 2, 6, undefined],
    ]);
    expect(rows.map(({ entries }) => bests(entries))).toEqual([
      [true, undefined, true, undefined],
      [undefined, true, false, undefined],
    ]);
  });

  test('marks all that print alike as best', () => {
    const cells = [cell('a', 'none', 1.004), cell('a', 'mixup:2', 1.0041), cell('a', 'mixup:3', 1.0051)];
    expect(table(cells, ['a']).rows.map(({ entries }) => entries[0]!.best)).toEqual([true, true, false]);
  });

  test('keeps data sets apart whose names join up alike', () => {
    const cells = [cell('a', 'none', 1), cell('a none', 'none', 2)];
    expect(fids(table(cells, ['a', 'a none']).rows[0]!.entries)).toEqual([1, 2]);
  });
});

describe('cells of fewer images than their column', () => {
  test('stand aside: never the best, even where lower, and no part of a gain', () => {
    const cells = [
      cell('a', 'none', 5),
      cell('a', 'mixup:2', 4),
      dropped('a', 'mixup:3', 1, 40),
      cell('a', 'cutmix:2', 2, 60),
    ];
    const { rows, gain, images } = table(cells, ['a']);
    expect(images).toEqual([100]);
    expect(rows.map(({ entries }) => entries[0])).toEqual([
      { fid: 5, best: false },
      { fid: 4, best: true },
      { fid: 1, best: false, aside: 40 },
      { fid: 2, best: false, aside: 60 },
    ]);
    expect(gain).toEqual([1]);
  });

  test('a dropped None has no gain; one that was dropped at the last look has', () => {
    expect(table([dropped('a', 'none', 5, 40), cell('a', 'mixup:2', 4)], ['a']).gain).toEqual([undefined]);
    const last = table([dropped('a', 'none', 5, 100), cell('a', 'mixup:2', 4)], ['a']);
    expect(last.gain).toEqual([1]);
    expect(last.rows[0]!.entries[0]).toEqual({ fid: 5, best: false, aside: 100 });
  });

  test('are told by the cells that no race dropped', () => {
    expect(fullImages([cell('a', 'none', 1, 10), dropped('a', 'mixup:2', 1, 30)])).toBe(10);
    expect(fullImages([dropped('a', 'none', 1, 10), dropped('a', 'mixup:2', 1, 30)])).toBe(30);
    expect(fullImages([])).toBeUndefined();
  });
});

test('the gain is from the lowest None where options make several', () => {
  const cells = [cell('a', 'none', 6), cell('a', 'none?resolution=128', 5), cell('a', 'mixup:2', 3)];
  expect(table(cells, ['a']).gain).toEqual([2]);
});
