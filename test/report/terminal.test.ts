import { describe, expect, test } from 'vitest';
import { plain } from '../../src/core/plain.js';
import { renderRanking, renderTable } from '../../src/report/terminal.js';
import { BEST, CELLS, COLUMNS, GAIN, ROWS } from './paper.js';

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
  const rendered = renderTable(CELLS, COLUMNS);
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

test('names bring no control characters to the terminal', () => {
  expect(plain('\u001b[2Jx\u0007\r\n\u009b31m')).toBe('�[2Jx����31m');
  const name = '\u001b]0;owned\u0007\n| x';
  const cells = ['none', 'mixup:2'].map((setting) => ({
    dataset: name,
    setting,
    images: 2,
    fid: 1,
    meanTerm: 0,
    covarianceTerm: 1,
  }));
  for (const text of [renderTable(cells, [name]), renderRanking([...cells, { ...cells[0]!, dataset: 'b' }])]) {
    expect(text).toContain('�]0;owned��| x');
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  }
});

describe('the ranking', () => {
  test('of one data set does not name it', () => {
    const [head, first, second] = rowsOf(renderRanking(CELLS.filter(({ dataset }) => dataset === 's21k')));
    expect(head).toEqual(['#', 'Setting', 'FID', 'Images']);
    expect(first).toEqual(['1', 'MixUp 5', '35.03', '50000']);
    expect(second).toEqual(['2', 'MixUp 6', '35.04', '50000']);
  });

  test('of several names each', () => {
    const [head, first, ...rest] = rowsOf(renderRanking(CELLS));
    expect(head).toEqual(['#', 'Data set', 'Setting', 'FID', 'Images']);
    expect(first).toEqual(['1', 'imagenet100', 'None', '0.00', '50000']);
    expect(rest).toHaveLength(CELLS.length - 1);
    expect(rest.at(-1)).toEqual(['102', 'fractals', 'None', '52.85', '50000']);
  });
});

test('what is missing is a dash', () => {
  const cells = [{ dataset: 'a', setting: 'none', images: 2, fid: 1, meanTerm: 0, covarianceTerm: 1 }];
  const rows = rowsOf(renderTable(cells, ['a', 'b']));
  expect(rows.slice(1)).toEqual([
    ['None', '1', '1.00 *', '–'],
    ['Maximum gain', '', '–', '–'],
  ]);
});
