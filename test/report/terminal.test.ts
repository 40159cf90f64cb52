import { describe, expect, test } from 'vitest';
import { plain } from '../../src/core/plain.js';
import type { Cell } from '../../src/report/results.js';
import { renderRanking, renderTable } from '../../src/report/terminal.js';
import { RESULTS } from './made-up.js';
import { BEST, COLUMNS, cellsOfPaper, GAIN, PAPER, ROWS } from './paper.js';

/** The rows of a cli-table3 table: what stands between its vertical lines. */
const rowsOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('│'))
    .map((line) =>
      line
        .split('│')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

describe("the paper's Table 1", () => {
  const rendered = renderTable(PAPER, COLUMNS);
  const [head, ...rows] = rowsOf(rendered);

  test('with * at the best of each column and Maximum gain last', () => {
    expect(head).toEqual(['Method', 'N', ...COLUMNS]);
    const marked = ROWS.map(([method, n, ...fid]) => [
      method,
      n,
      ...fid.map((text, i) => (text === BEST[i] ? `${text} *` : text)),
    ]);
    expect(rows.slice(0, -1)).toEqual(marked);
    expect(rows.at(-1)).toEqual(['Maximum gain', '', ...GAIN]);
  });

  test('decimal points stand below each other, and there is no colour', () => {
    const lines = rendered.split('\n').filter((line) => /\d\.\d\d/.test(line));
    const points = lines.map((line) => [...line.matchAll(/\./g)].map(({ index }) => index));
    for (const columns of points) expect(columns).toEqual(points[0]);
    expect(rendered.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });
});

const bare = (dataset: string, setting: string): Cell => ({
  dataset,
  setting,
  images: 2,
  fid: 1,
  meanTerm: 0,
  covarianceTerm: 1,
  rank: 1,
  status: 'measured',
  bases: 1,
});

test('names bring no control characters to the terminal', () => {
  expect(plain('\u001b[2Jx\u0007\r\n\u009b31m')).toBe('�[2Jx����31m');
  const name = '\u001b]0;owned\u0007\n| x';
  const cells = ['none', 'mixup:2'].map((setting) => bare(name, setting));
  for (const text of [
    renderTable({ cells, columns: [] }, [name]),
    renderRanking({ cells: [...cells, bare('b', 'none')], columns: [] }),
  ]) {
    expect(text).toContain('�]0;owned��| x');
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  }
});

test('what a race dropped stands in parentheses with its images', () => {
  const rows = rowsOf(renderTable(RESULTS, ['Programs', 'Photos']));
  expect(rows.slice(1)).toEqual([
    ['None', '1', '(5.31 at 256)', '2.00 *'],
    ['MixUp', '2', '3.52', '2.20'],
    ['MixUp', '3', '3.48 *', '2.40'],
    ['MixUp (weights=equal)', '4', '3.50', '2.60'],
    ['CutMix (alpha=0.5)', '2', '(3.90 at 1,024)', '2.80'],
    ['CutMix', '3', '(5.60 at 256)', '3.00'],
    ['Maximum gain', '', '–', '-0.20'],
  ]);
});

describe('the ranking', () => {
  test('of one data set does not name it', () => {
    const rendered = renderRanking({ cells: cellsOfPaper('s21k'), columns: [] });
    const [head, first, second] = rowsOf(rendered);
    expect(rendered).not.toContain('s21k');
    expect(head).toEqual(['#', 'Setting', 'FID', 'Images']);
    expect(first).toEqual(['1', 'MixUp 5', '35.03', '50,000']);
    expect(second).toEqual(['2', 'MixUp 6', '35.04', '50,000']);
  });

  test('of several names each above its own table', () => {
    const blocks = renderRanking(PAPER).split('\n\n');
    expect(blocks.map((block) => block.split('\n')[0])).toEqual(COLUMNS);
    for (const block of blocks) expect(rowsOf(block)).toHaveLength(1 + ROWS.length);
    expect(rowsOf(blocks[1]!)[1]).toEqual(['1', 'None', '0.00', '50,000']);
  });

  test('shows ranks that are shared', () => {
    const rows = rowsOf(renderRanking({ ...RESULTS, cells: RESULTS.cells.slice(0, 6) }));
    expect(rows.slice(1).map(([rank, name]) => [rank, name])).toEqual([
      ['1', 'MixUp 2'],
      ['1', 'MixUp 3'],
      ['1', 'MixUp 4 (weights=equal)'],
      ['4', 'CutMix 2 (alpha=0.5)'],
      ['5', 'None'],
      ['5', 'CutMix 3'],
    ]);
  });
});

test('what is missing is a dash', () => {
  const rows = rowsOf(renderTable({ cells: [bare('a', 'none')], columns: [] }, ['a', 'b']));
  expect(rows.slice(1)).toEqual([
    ['None', '1', '1.00 *', '–'],
    ['Maximum gain', '', '–', '–'],
  ]);
});
