import { describe, expect, test } from 'vitest';
import { literal, markdownTable, renderMarkdown } from '../../src/report/markdown.js';
import type { RunRecord } from '../../src/store/run.js';
import { cellsOf, RECORD } from '../store/records.js';
import { BEST, CELLS, COLUMNS, GAIN, ROWS } from './paper.js';

/** The cells of a markdown row, its escapes undone; a `|` that is escaped ends no cell. */
const split = (line: string) =>
  line
    .replace(/^\| | \|$/g, '')
    .split(/(?<!\\) \| /)
    .map((cell) => cell.replace(/\\(.)/g, '$1'));

const record: RunRecord = { schema: 1, ...RECORD };

describe("the paper's Table 1", () => {
  const [head, rule, ...rows] = markdownTable(CELLS, COLUMNS).split('\n');

  test('with the best of each column bold and Maximum gain last', () => {
    expect(split(head!)).toEqual(['Method', 'N', ...COLUMNS]);
    expect(split(rule!)).toEqual(['---', ...Array.from({ length: 7 }, () => '---:')]);
    const bold = ROWS.map(([method, n, ...fid]) => [
      method,
      n,
      ...fid.map((text, i) => (text === BEST[i] ? `**${text}**` : text)),
    ]);
    expect(rows.slice(0, -1).map(split)).toEqual(bold);
    expect(split(rows.at(-1)!)).toEqual(['Maximum gain', '', ...GAIN]);
  });

  test('as text', () => {
    expect(rows[0]).toBe('| None | 1 | 33.92 | **0.00** | 37.74 | 52.85 | 46.09 | 41.00 |');
    expect(rows.at(-1)).toBe('| Maximum gain |  | 1.22 | -5.44 | 0.77 | 8.08 | 2.01 | 5.97 |');
  });
});

describe('a hostile name is literal text', () => {
  test.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert\\(1\\)&lt;/script&gt;'],
    ['a|b', 'a\\|b'],
    ['a\\|b', 'a\\\\\\|b'],
    ['*bold* _it_ ~~s~~ `code`', '\\*bold\\* \\_it\\_ \\~\\~s\\~\\~ \\`code\\`'],
    ['![x](https://e.example)', '\\!\\[x\\]\\(https\\://e.example\\)'],
    ['https://e.example', 'https\\://e.example'],
    ['www.e.example', 'www\\.e.example'],
    ['&lt;', '&amp;lt;'],
    ['$x^2$', '\\$x^2\\$'],
    ['\u001b[31mred\u001b[0m', ' \\[31mred \\[0m'],
    ['two\r\nlines\0\u009b', 'two  lines  '],
    ['Éclair 画像', 'Éclair 画像'],
  ])('%j', (name, expected) => {
    expect(literal(name)).toBe(expected);
  });

  test('in a table it makes no column and no line', () => {
    const name = 'a | b\n| c | <b>';
    const cells = CELLS.filter(({ dataset }) => dataset === 's21k').map((cell) => ({ ...cell, dataset: name }));
    const lines = markdownTable(cells, [name]).split('\n');
    expect(lines).toHaveLength(2 + ROWS.length + 1);
    for (const line of lines) expect(split(line)).toHaveLength(3);
    expect(lines[0]).not.toContain('<b>');
  });
});

describe('the report', () => {
  const text = renderMarkdown({ ...record, seconds: 61.4, baseRenders: 90 }, cellsOf(10));

  test('has table, ranking and how it was made', () => {
    expect(text).toContain(markdownTable(cellsOf(10), ['Programs', 'Photos']));
    expect(text).toContain('| 1 | Programs | None | 0.00 | 10 |\n| 2 | Programs | MixUp 2 | 1.00 | 10 |');
    expect(text).toContain('| 6 | Photos | CutMix \\(alpha=0.5\\) 3 | 12.00 | 10 |');
    const { extractor, reference } = RECORD;
    const made = [
      extractor.sha256,
      reference.sha256,
      'slim, tap mixed7, 3 dimensions',
      'photos.npz, 2389 images, native',
      'llvmpipe (vulkan)',
    ];
    const facts = [
      '| Seed | 7 |',
      '| Images a setting | 10 |',
      '| Resolution | 64 × 64 |',
      '| Time | 61 s |',
      '| Base images made | 90 |',
    ];
    for (const part of [...made, ...facts, 'programs (60 programs', './photos (9 images', 'fidsweep 0.1.0'])
      expect(text).toContain(part);
    expect(text).toContain('> These numbers are comparable only with each other.');
  });

  test('says when the sweep was ended early, when images are few, and what the reference’s maker wants said', () => {
    expect(text).not.toMatch(/ended early|biased|Set aside|Reference:/);
    const few = renderMarkdown(
      { ...record, reference: { ...RECORD.reference, warnings: ['odd <reference>'], note: 'a stand-in' } },
      cellsOf(4),
    );
    expect(few).toContain('The sweep was ended early: 4 of 10 images a setting.');
    expect(few).toContain('biased upwards when images are few, here 4 for features of 3 dimensions');
    expect(few).toContain('> odd &lt;reference&gt;');
    expect(few).toContain('> Reference: a stand-in');
  });

  test('names what was set aside, as literal text', () => {
    const setAside = [{ dataset: 'Programs', id: '<img>', why: "loop:3: 'x' : undeclared | identifier\n# heading" }];
    const lines = renderMarkdown({ ...record, setAside }, cellsOf(10)).split('\n');
    expect(lines).toContain('## Set aside');
    expect(lines).toContain("- Programs, &lt;img&gt;: loop:3: 'x' : undeclared \\| identifier \\# heading");
  });
});
