import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { CSV_COLUMNS, csvField, renderCsv } from '../../src/report/csv.js';
import { renderJson, reportDocument } from '../../src/report/document.js';
import { REPORT } from './golden-report.js';
import { plainResults, RECORD, RESULTS } from './made-up.js';

type Row = Readonly<Record<string, string>>;
const rowsOf = (text: string): Row[] => parse(text, { columns: true });

const rows = rowsOf(renderCsv(REPORT));

test('has a line a cell, in the order of the table, as wide as its head', () => {
  expect(rows.map(({ dataset, setting }) => [dataset, setting])).toEqual(
    RESULTS.cells.map(({ dataset, setting }) => [dataset, setting]),
  );
  for (const row of rows) expect(Object.keys(row)).toEqual(CSV_COLUMNS);
  expect(rows[3]).toMatchObject({ method: 'mixup', n: '4', setting: 'mixup:4?weights=equal', recommended: 'true' });
  expect(rows[0]).toMatchObject({ method: 'none', n: '1', status: 'dropped', images: '256' });
});

test('has every number of report.json, to the last bit', () => {
  // A value whose shortest decimal has 17 digits.
  const cells = RESULTS.cells.map((cell, i) => ({ ...cell, fid: cell.fid + 0.1 + 0.2 * i }));
  const results = { ...RESULTS, cells };
  const document = JSON.parse(renderJson(reportDocument(RECORD, results, [])));
  for (const [i, row] of rowsOf(renderCsv({ results })).entries()) {
    const { fid, interval, unbiased, difference, diversity, rank, bases, meanTerm, covarianceTerm } = document.cells[i];
    const found = ['fid', 'fid_low', 'fid_high', 'mean_term', 'covariance_term', 'rank', 'bases', 'vendi', 'coverage'];
    expect(found.map((name) => Number(row[name]))).toEqual([
      ...[fid, ...interval, meanTerm, covarianceTerm, rank, bases, diversity.vendi, diversity.coverage],
    ]);
    expect([row.fid_infinity, row.fid_infinity_low, row.fid_infinity_high].map(Number)).toEqual([
      unbiased.value,
      ...unbiased.interval,
    ]);
    expect(row.difference).toBe(difference ? String(difference.value) : '');
    expect(row.difference_of).toBe(difference ? 'fid_infinity' : '');
  }
});

test('says of each column who leads, what shares its rank, the Pareto set and what is recommended', () => {
  const marked = (name: string) => rows.filter((row) => row[name] === 'true').map(({ setting }) => setting);
  expect(marked('leader')).toEqual(['mixup:3', 'none']);
  expect(marked('tied')).toEqual(['mixup:2', 'mixup:3', 'mixup:4?weights=equal', 'none']);
  expect(marked('pareto')).toEqual(['mixup:2', 'mixup:4?weights=equal', 'none']);
  expect(marked('recommended')).toEqual(['mixup:4?weights=equal']);
});

test('is empty where a number is missing, and never null, NaN or undefined', () => {
  const text = renderCsv({ results: plainResults(10) });
  expect(text).not.toMatch(/null|NaN|undefined/);
  const [row] = rowsOf(text);
  expect(row).toMatchObject({ fid: '0', fid_standard_error: '', fid_infinity: '', difference: '', vendi: '' });
  expect(rowsOf(renderCsv({ results: { ...plainResults(10), columns: [] } }))[0]).toMatchObject({
    tied: '',
    leader: '',
  });
});

describe('fields', () => {
  test.each([
    ['=1+1', "'=1+1"],
    ['+x', "'+x"],
    ['-x', "'-x"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['=HYPERLINK("a","b")', '"\'=HYPERLINK(""a"",""b"")"'],
    ['a=b', 'a=b'],
  ])('%j is written %j, and read as it is', (text, written) => {
    expect(csvField(text)).toBe(written);
    expect(parse(`${written},x\n`)[0]).toEqual([written.includes("'") ? `'${text}` : text, 'x']);
  });

  test('numbers below 0 are numbers, no formulas', () => {
    expect([-1.5, 0.1 + 0.2, true, undefined].map(csvField)).toEqual(['-1.5', '0.30000000000000004', 'true', '']);
  });

  test('a data set of a hostile name is one field', () => {
    const name = '=cmd|"/C calc"!A0,\r\n<script>';
    const cells = RESULTS.cells.map((cell) => ({ ...cell, dataset: name }));
    const found = rowsOf(renderCsv({ results: { ...RESULTS, cells } }));
    expect(found).toHaveLength(RESULTS.cells.length);
    for (const { dataset } of found) expect(dataset).toBe(`'${name}`);
  });
});
