import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { renderCsv } from '../../src/report/csv.js';
import { renderJson, reportDocument } from '../../src/report/document.js';
import { renderLatex } from '../../src/report/latex.js';
import { renderMarkdown } from '../../src/report/markdown.js';
import { renderRaceSvg } from '../../src/report/picture.js';
import { renderSummary } from '../../src/report/summary.js';
import { renderRanking, renderTable } from '../../src/report/terminal.js';
import { REPORT } from './golden-report.js';
import { RECORD, RESULTS, SET_ASIDE, TIMING } from './made-up.js';

const columns = RECORD.datasets.map(({ name }) => name);

/** Reports as they are to look, to be read as a whole. After a change that is meant: GOLDEN=write npx vitest run test/report. */
const REPORTS: readonly (readonly [string, string])[] = [
  ['report.md', renderMarkdown(REPORT)],
  ['report-ci.md', renderMarkdown(REPORT, { ci: true })],
  ['report.tex', renderLatex(REPORT)],
  ['report-ci.tex', renderLatex(REPORT, { ci: true })],
  ['report.csv', renderCsv(REPORT)],
  ['report.json.txt', renderJson(reportDocument(RECORD, RESULTS, SET_ASIDE))],
  ['fid-1.svg', renderRaceSvg(RESULTS, 'Programs')],
  ['fid-2.svg', renderRaceSvg(RESULTS, 'Photos')],
  [
    'terminal.txt',
    `${[renderTable(RESULTS, columns), '', renderRanking(RESULTS), renderSummary(RECORD, RESULTS, TIMING)].join('\n')}\n`,
  ],
];

test.each(REPORTS)('%s', (name, text) => {
  const path = join(import.meta.dirname, 'golden', name);
  if (process.env.GOLDEN === 'write') writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, 'utf8'));
});
