import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { renderLatex } from '../../src/report/latex.js';
import { latexTable } from '../../src/report/latex-table.js';
import { PRINTED } from '../../src/report/latex-text.js';
import type { Report } from '../../src/report/report.js';
import { REPORT } from './golden-report.js';
import { PLAIN_RECORD, plainResults, RECORD } from './made-up.js';
import { BEST, CELLS, COLUMNS, GAIN, ROWS } from './paper.js';

const bodyOf = (text: string) => /\\midrule\n([\s\S]*?)\\bottomrule/.exec(text)![1]!.trim().split('\n');
const cellsIn = (line: string) => line.replace(/ \\\\(\[.*\])?$/, '').split(/(?<!\\) & /);

describe("the paper's Table 1", () => {
  const text = latexTable(CELLS, COLUMNS, { caption: 'x' });
  const lines = bodyOf(text);

  test('with the best of each column bold and Maximum gain under a rule', () => {
    const minus = (value: string) => value.replace(/^-/, '$-$');
    expect(lines.slice(0, -2).map(cellsIn)).toEqual(
      ROWS.map(([method, n, ...fid]) => [
        method,
        n,
        ...fid.map((value, i) => (value === BEST[i] ? `\\textbf{${value}}` : value)),
      ]),
    );
    expect(lines.at(-2)).toBe('\\midrule');
    expect(cellsIn(lines.at(-1)!)).toEqual(['Maximum gain', '', ...GAIN.map(minus)]);
  });

  test('stands by itself in one table, without an interval, a mark or a note', () => {
    expect(text.match(/\\begin\{table\}/g)).toHaveLength(1);
    expect(text).toMatch(/^\\begin\{table\}[\s\S]*\\end\{table\}$/);
    expect(text).not.toMatch(/dag|minipage|\[\d|Images/);
  });
});

describe('a table of more than fits on a page', () => {
  const names = Array.from({ length: 16 }, (_, i) => `set ${i}`);
  const cells = names.flatMap((dataset) =>
    CELLS.filter((cell) => cell.dataset === 's21k').map((cell) => ({ ...cell, dataset })),
  );

  test('goes on in another one after seven data sets, under the same number', () => {
    const tables = latexTable(cells, names, { caption: 'x', notes: ['once'] }).split('\n\n');
    expect(tables).toHaveLength(3);
    expect(tables.map((one) => one.match(/set \d+/g))).toEqual([
      names.slice(0, 7),
      names.slice(7, 14),
      names.slice(14),
    ]);
    expect(tables.map((one) => one.includes('\\addtocounter{table}{-1}'))).toEqual([false, true, true]);
    for (const one of tables) expect(one.match(/Maximum gain/g)).toHaveLength(1);
    expect(tables.join('').match(/once/g)).toHaveLength(1);
  });

  test('goes on after so many settings, with Maximum gain in the last', () => {
    const many = Array.from({ length: 80 }, (_, i) => ({ ...CELLS[0]!, dataset: 'a', setting: `mixup:${i + 2}` }));
    const tables = latexTable(many, ['a'], { caption: 'x' }).split('\n\n');
    expect(tables.map((one) => one.match(/^MixUp/gm)!.length)).toEqual([36, 36, 8]);
    expect(tables.map((one) => one.includes('Maximum gain'))).toEqual([false, false, true]);
  });
});

describe('the document of a race', () => {
  const text = renderLatex(REPORT);

  test('marks ties, sets what was dropped in parentheses, and says of how many images each column is', () => {
    const rows = bodyOf(text).map(cellsIn);
    expect(rows[0]).toEqual(['None', '1', '\\llap{(}5.31\\rlap{)}', '\\textbf{2.00}']);
    expect(rows[2]).toEqual(['MixUp', '3', '\\textbf{3.48}\\rlap{\\textsuperscript{\\dag}}', '2.40']);
    expect(text).toContain('\\emph{Images} &  & 1,024 & 2,048 \\\\');
    expect(text).toContain('Shares rank 1: the leader of its column, or not separated from it.');
    expect(bodyOf(text).join().match(/dag/g)).toHaveLength(3);
  });

  test('says in the caption of what the numbers are and what they may be compared with', () => {
    const caption = /\\caption\{(.*)\}/.exec(text)![1];
    expect(caption).toContain(
      'each column of as many images as its head says, to photos.npz (2,389 images), by slim, tap',
    );
    expect(caption).toContain('These numbers are comparable only with each other.');
    const plain = { ...REPORT, record: PLAIN_RECORD, results: plainResults(10) };
    expect(renderLatex(plain)).toContain(', of $n$ = 10 images a setting, to photos.npz');
    expect(renderLatex(plain)).not.toMatch(/\\dag|\\emph\{Images\}/);
  });

  test('has the recommended setting, the ranking of each data set, the confirmation and how it was made', () => {
    expect(text).toContain('\\textbf{Recommended: MixUp 4 (weights=equal).} Of the 3 tied with the best FID');
    expect(text).toContain('\\caption{Ranking on Programs.}');
    expect(text).toContain('\\caption{Ranking on Photos.}');
    expect(text).toContain('4 & CutMix 2 (alpha=0.5) & (3.900 $\\pm$ 0.060)');
    expect(text).toContain('Here MixUp 3 has rank 2, behind MixUp 2');
    expect(text).toContain('Strategy & race, $\\alpha$ = 0.05, tolerance 1\\% \\\\');
    expect(text).not.toMatch(/somebody|secret|undefined/);
  });

  test('has the interval under every FID where it is asked for', () => {
    const ci = renderLatex(REPORT, { ci: true });
    const rows = bodyOf(ci).map(cellsIn);
    expect(rows[1]).toEqual(['', '', '{\\scriptsize [5.190, 5.430]}', '{\\scriptsize [1.880, 2.120]}']);
    expect(ci).toContain('In brackets the 95\\% interval of each.');
    expect(text).not.toContain('scriptsize');
    const plain = { ...REPORT, record: PLAIN_RECORD, results: plainResults(10) };
    expect(renderLatex(plain, { ci: true })).toBe(renderLatex(plain));
  });
});

/** Names that would run TeX, end a cell, a row, an argument or the document, and every sign that is printed. */
const HOSTILE = [
  '\\input{/etc/passwd}',
  '^^5cinput x',
  '}\\end{document}',
  '[9cm] & \\\\ # % $ _ ~ ^ " < > | `',
  '*[x]',
  '%',
  '\\',
  '画像 😀 \ud800 e\u0301\u0302',
  'a/very-long/path_of/0123456789abcdef0123456789abcdef/that.goes.on',
  'word'.repeat(60),
  PRINTED.join(''),
  PRINTED.join(' '),
  Array.from({ length: 128 }, (_, i) => String.fromCharCode(i)).join(''),
];

function renamed(name: string): Report {
  const called = `${name} ${RECORD.datasets[0]!.name}`;
  const { record, results } = REPORT;
  const rename = <T extends { readonly dataset: string }>(one: T): T =>
    one.dataset === 'Programs' ? { ...one, dataset: called } : one;
  return {
    ...REPORT,
    record: {
      ...record,
      comparable: name,
      datasets: record.datasets.map((one, i) => (i ? one : { ...one, name: called, spec: name, fit: name })),
      extractor: { ...record.extractor, id: name, tap: name, preprocessing: name },
      reference: { ...record.reference, source: name, note: name, warnings: [name], fit: name },
      device: { backend: name, renderer: name, version: name },
      versions: { [name]: name },
      tool: name,
    },
    results: {
      cells: results.cells.map(rename),
      columns: results.columns.map((one) => {
        const column = rename(one);
        const { confirmation, recommended } = column;
        return {
          ...column,
          ...(recommended && { recommended: { ...recommended, reason: name } }),
          ...(confirmation && {
            confirmation: { ...confirmation, extractor: name, reference: name, comparable: name },
          }),
        };
      }),
    },
  };
}

/** What makes up a document, without the signs of names, which are written by other commands. */
const structureOf = (text: string) => {
  const inside = text.replaceAll('\\\\', '').replaceAll(/\\[&%#{}$_]/g, '');
  return {
    commands: inside.match(/\\(begin|end|item|section|caption|[a-z]+rule|input|usepackage|textbf|emph|rlap)\b/g),
    cells: inside.match(/&/g)!.length,
    comments: inside.match(/%/g)!.length,
    unclosed: inside.match(/\{/g)!.length - inside.match(/\}/g)!.length,
  };
};

test.each(HOSTILE)('%j leaves a document its structure', (name) => {
  const structure = structureOf(renderLatex(renamed(name)));
  expect(structure).toEqual(structureOf(renderLatex(renamed('usual'))));
  expect(structure.unclosed).toBe(0);
});

const here = (program: string) => spawnSync(program, ['-v']).error === undefined;

/** Runs pdflatex on a document; gives its log, and the text of the pages where pdftotext is here. */
function compiled(text: string): { readonly code: number | null; readonly log: string; readonly pages?: string } {
  const folder = mkdtempSync(join(tmpdir(), 'fidsweep-latex-'));
  try {
    writeFileSync(join(folder, 'report.tex'), text);
    const { status } = spawnSync(
      'pdflatex',
      ['-no-shell-escape', '-interaction=nonstopmode', '-halt-on-error', 'report.tex'],
      { cwd: folder, timeout: 60_000 },
    );
    const log = readFileSync(join(folder, 'report.log'), 'latin1');
    const pages = here('pdftotext')
      ? spawnSync('pdftotext', ['-layout', 'report.pdf', '-'], { cwd: folder, encoding: 'utf8' }).stdout
      : undefined;
    return { code: status, log, ...(pages !== undefined && { pages }) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.skipIf(!here('pdflatex'))('pdflatex', () => {
  test.each<[string, string]>([
    ['a race', renderLatex(REPORT)],
    ['a race with intervals', renderLatex(REPORT, { ci: true })],
    ['a run of nothing but FIDs', renderLatex({ ...REPORT, record: PLAIN_RECORD, results: plainResults(10) })],
    ['a run without any cell', renderLatex({ ...REPORT, results: { cells: [], columns: [] } })],
  ])('compiles the report of %s', (_, text) => {
    const { code, log } = compiled(text);
    expect(code, log.slice(-2000)).toBe(0);
    expect(log).not.toMatch(/^!|Overfull \\hbox|Missing character/m);
  });

  test('compiles the report of hostile names, and prints them', () => {
    const [first, ...others] = HOSTILE.map(renamed);
    const texts = [first!, ...others].map((report) => renderLatex(report));
    // One document: what stands between its beginning and its end, one after the other.
    const inner = texts.map((text) => text.split('\\begin{document}')[1]!.split('\\end{document}\n')[0]!);
    const whole = `${texts[0]!.split('\\begin{document}')[0]}\\begin{document}\n${inner.join('\\clearpage\n')}\\end{document}\n`;
    const { code, log, pages } = compiled(whole);
    expect(code, log.slice(-2000)).toBe(0);
    expect(log).not.toMatch(/^!|Missing character/m);
    if (pages === undefined) return;
    for (const words of ['\\input{/etc/passwd}', '^^5cinput x', '}\\end{document}']) expect(pages).toContain(words);
    expect(pages).not.toContain('root:');
  });
});
