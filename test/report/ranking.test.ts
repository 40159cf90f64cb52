import { describe, expect, test } from 'vitest';
import { ranking, rankingTable, textTable } from '../../src/report/ranking.js';
import { cellsOf } from '../../src/report/sentences.js';
import { RESULTS } from './made-up.js';
import { CELLS, cellsOfPaper } from './paper.js';

describe('the order of a ranking', () => {
  test('is by rank, and inside a rank that of the table, not that of the values', () => {
    const cells = [
      { dataset: 'a', rank: 4, fid: 9 },
      { dataset: 'a', rank: 1, fid: 3 },
      { dataset: 'a', rank: 1, fid: 1 },
      { dataset: 'a', rank: 1, fid: 2 },
    ];
    expect(ranking(cells).map(({ fid }) => fid)).toEqual([3, 1, 2, 9]);
    expect(cells[0]!.fid).toBe(9);
  });

  test('is data set by data set', () => {
    const cells = [
      { dataset: 'b', rank: 2 },
      { dataset: 'a', rank: 1 },
      { dataset: 'b', rank: 1 },
    ];
    expect(ranking(cells)).toEqual([cells[2], cells[0], cells[1]]);
  });

  test("is that of the paper's FIDs", () => {
    const places = ranking(cellsOfPaper('s21k'));
    expect(places.slice(0, 3).map(({ setting }) => setting)).toEqual(['mixup:5', 'mixup:6', 'mixup:8']);
    expect(ranking(CELLS)).toHaveLength(CELLS.length);
  });
});

describe('the table of a ranking', () => {
  const [column] = RESULTS.columns;
  const cells = cellsOf(RESULTS, 'Programs');
  const { head, rows } = rankingTable(cells, column);
  const of = (setting: string) => rows[ranking(cells).findIndex((cell) => cell.setting === setting)];

  test('shares ranks, and shows errors to two figures', () => {
    expect(rows.map(([rank]) => rank)).toEqual(['1', '1', '1', '4', '5', '5']);
    expect(of('mixup:2')).toEqual([
      '1',
      'MixUp 2',
      '3.520 ± 0.060',
      '3.400 … 3.640',
      '3.325 (3.185 … 3.465)',
      '+0.020 (-0.060 … +0.100)',
      '1,024',
    ]);
    expect(of('mixup:3')!.at(-2)).toBe('leader');
    expect(of('none')!.slice(2, 3)).toEqual(['(5.310 ± 0.060)']);
    expect(head.map(({ text }) => text)).toEqual([
      '#',
      'Setting',
      'FID ± error',
      '95% interval',
      'FID∞ (95% interval)',
      'Difference (joint 95%)',
      'Images',
    ]);
  });

  test('says of a difference what its heading does not: to whom, of what, at how many images', () => {
    const other = { to: 'mixup:2', of: 'fid', value: 1, standardError: 0.1, interval: [0.8, 1.2], images: 64 } as const;
    const moved = cells.map((cell) => (cell.setting === 'none' ? { ...cell, difference: other } : cell));
    const row = rankingTable(moved, column).rows.find(([, name]) => name === 'None')!;
    expect(row.at(-2)).toBe('+1.000 (+0.800 … +1.200) to MixUp 2 of FIDₙ at 64');
  });

  test('has no FID∞ where it cannot be trusted, though it is known', () => {
    const doubted = cells.map((cell) => ({ ...cell, unbiased: { value: 1, trusted: false } }));
    expect(rankingTable(doubted, column).head.map(({ text }) => text)).not.toContain('FID∞ (95% interval)');
  });

  test('of bare FIDs has no columns for errors', () => {
    const { head: bare, rows: first } = rankingTable(cellsOfPaper('s21k'), undefined);
    expect(bare.map(({ text }) => text)).toEqual(['#', 'Setting', 'FID', 'Images']);
    expect(first[0]).toEqual(['1', 'MixUp 5', '35.03', '50,000']);
  });
});

test('a text table has a dash for what is missing and no column for what is missing from all', () => {
  const made = textTable(
    [1, 2],
    [
      { head: 'a', text: (n) => (n === 1 ? 'x' : undefined) },
      { head: 'b', left: true, text: () => undefined },
      { head: 'c', left: true, text: String },
    ],
  );
  expect(made).toEqual({
    head: [
      { text: 'a', right: true },
      { text: 'c', right: false },
    ],
    rows: [
      ['x', '1'],
      ['–', '2'],
    ],
  });
});
