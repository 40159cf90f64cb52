import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { draws, STREAM } from '../../src/core/random.js';
import { literal, renderMarkdown } from '../../src/report/markdown.js';
import { renderRaceSvg } from '../../src/report/picture.js';
import type { Results } from '../../src/report/results.js';
import { renderSummary } from '../../src/report/summary.js';
import { xml } from '../../src/report/svg.js';
import { renderRanking, renderTable } from '../../src/report/terminal.js';
import type { RunRecord } from '../../src/store/record.js';
import { RECORD, RESULTS, SET_ASIDE, TIMING } from './made-up.js';

/** What names are made of to break out of where they are put. */
const PIECES = [
  ...'<>&"\'`|*_{}[]()#+!~$\\:/.-=;',
  ...'\n\r\t\0\u001b\u009b\u202e\u2066\ufffe\ud800',
  ...['a', ' ', '画', '😀', '-->', ']]>', '</desc>', '<script>', '&lt;', 'javascript:', '](x)', '\u001b]0;x\u0007'],
];

const NAMES = Array.from({ length: 60 }, (_, i) => {
  const draw = draws(1, STREAM.sample, i);
  return Array.from({ length: 1 + Math.floor(12 * draw()) }, () => PIECES[Math.floor(PIECES.length * draw())]!).join(
    '',
  );
});

/** The run and its results with another name for a data set, and for all else that people name. */
function renamed(name: string): { record: RunRecord; results: Results } {
  const record: RunRecord = {
    ...RECORD,
    comparable: name,
    datasets: RECORD.datasets.map((one, i) => (i ? one : { ...one, name, spec: name, fit: name })),
    extractor: { ...RECORD.extractor, id: name, tap: name, preprocessing: name },
    reference: { ...RECORD.reference, source: name, note: name, warnings: [name], fit: name },
    device: { backend: name, renderer: name, version: name },
    versions: { [name]: name },
    tool: name,
  };
  const cells = RESULTS.cells.map((cell) => (cell.dataset === 'Programs' ? { ...cell, dataset: name } : cell));
  const columns = RESULTS.columns.map((column) => {
    if (column.dataset !== 'Programs') return column;
    const { recommended, confirmation, ...rest } = column;
    return {
      ...rest,
      dataset: name,
      recommended: { ...recommended!, reason: name },
      confirmation: { ...confirmation!, extractor: name, reference: name, comparable: name },
    };
  });
  return { record, results: { cells, columns } };
}

/** What a line is to a reader of markdown: a row of so many cells, a heading, a list, a quotation, a picture, or text. */
const shapeOf = (line: string) =>
  line.startsWith('|')
    ? `row of ${line.replace(/\\./g, '').split('|').length}`
    : (/^(#+ |> ?|- |!\[|$)/.exec(line)?.[0] ?? 'text');

const markdown = (record: RunRecord, results: Results, setAside = SET_ASIDE) =>
  renderMarkdown({ record, results, timing: TIMING, setAside, plots: [], strips: [] });

describe('names of every kind', () => {
  const usual = renamed('Programs');
  const shape = markdown(usual.record, usual.results).split('\n').map(shapeOf);

  test.each(NAMES)('%j leaves the markdown its shape', (name) => {
    const { record, results } = renamed(name);
    const setAside = SET_ASIDE.map((one) => ({ ...one, id: name, why: name }));
    const text = markdown(record, results, setAside);
    expect(text.split('\n').map(shapeOf)).toEqual(shape);
    expect(text).not.toMatch(/<\w|<\/|(?<!\\)`(?![0-9a-f]{64}`)(?<!`[0-9a-f]{64}`)|[\u202a-\u202e\u2066-\u2069]/);
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  test.each(NAMES)('%j brings no control character to a terminal', (name) => {
    const { record, results } = renamed(name);
    const text = [renderTable(results, [name]), renderRanking(results), renderSummary(record, results, TIMING)];
    expect(text.join('').replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  test('leave a picture well-formed, with the elements that it has anyway', async () => {
    const elements = (svg: string) => [...svg.matchAll(/<[/\w]+/g)].map(([tag]) => tag);
    const usual = elements(renderRaceSvg(RESULTS, 'Programs'));
    for (const name of NAMES) {
      const svg = renderRaceSvg(renamed(name).results, name);
      expect(elements(svg)).toEqual(usual);
      // The parser of librsvg refuses what is not XML.
      expect((await sharp(Buffer.from(svg)).metadata()).format).toBe('svg');
    }
  });
});

test('literal text and XML keep what is harmless as it is', () => {
  expect(literal('Éclair 画像 2-9 a.b')).toBe('Éclair 画像 2-9 a.b');
  expect(xml('Éclair 画像 😀 2-9')).toBe('Éclair 画像 😀 2-9');
  expect(xml('<a b="c">\'&')).toBe('&lt;a b=&quot;c&quot;&gt;&#39;&amp;');
  expect(xml('a\0b\ud800c\u202ed')).toBe('a�b�c�d');
});
