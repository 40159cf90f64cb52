import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { renderHtml } from '../../src/report/html.js';
import { SCRIPT, SCRIPT_SHA256 } from '../../src/report/html-script.js';
import type { Report } from '../../src/report/report.js';
import { table } from '../../src/report/table.js';
import { BARE, HOSTILE, REPORT, renamed, STRIPS } from './html-report.js';
import { PLAIN_RECORD, plainResults, RECORD, RESULTS } from './made-up.js';

const parsed = (report: Report): Document => parseHTML(renderHtml(report)).document;
const all = (document: Document | Element, selector: string): Element[] => [...document.querySelectorAll(selector)];
const texts = (document: Document | Element, selector: string): string[] =>
  all(document, selector).map((element) => element.textContent ?? '');

test('the page as it is to look, without its style and script', () => {
  const page = renderHtml(BARE).replace(/(<(style|script)>)[\s\S]*?(?=<\/\2>)/g, '$1');
  const path = join(import.meta.dirname, 'golden', 'report.html.txt');
  // After a change that is meant: GOLDEN=write npx vitest run test/report/html.
  if (process.env.GOLDEN === 'write') writeFileSync(path, page);
  expect(page).toBe(readFileSync(path, 'utf8'));
});

test('its policy lets nothing run but its own script, and nothing be loaded', () => {
  expect(SCRIPT_SHA256).toBe(createHash('sha256').update(SCRIPT).digest('base64'));
  expect(SCRIPT).not.toMatch(/<\/script|<!--/);
  const document = parsed(REPORT);
  const policy = document.querySelector('meta[http-equiv="Content-Security-Policy"]')?.getAttribute('content');
  expect(policy).toBe(
    `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${SCRIPT_SHA256}'; base-uri 'none'; form-action 'none'`,
  );
  expect(texts(document, 'script')).toEqual([SCRIPT]);
});

/** What a browser would load or go to from a page. */
const addresses = (document: Document): string[] =>
  all(document, '*').flatMap((element) =>
    ['src', 'href', 'srcset', 'xlink:href', 'action', 'data', 'poster'].flatMap(
      (name) => element.getAttribute(name) ?? [],
    ),
  );

describe('hostile names are text', () => {
  // Plots wrap what they say, each name in its own way.
  const tags = (document: Document) =>
    all(document, '*').flatMap((element) => (element.closest('svg') ? [] : element.tagName));
  const usual = tags(parsed(renamed('Programs')));

  test.each(HOSTILE)('%j', (name) => {
    const report = renamed(name);
    const page = renderHtml(report);
    const { document } = parseHTML(page);
    expect(tags(document)).toEqual(usual);
    expect(texts(document, 'script')).toEqual([SCRIPT]);
    const attributes = all(document, '*').flatMap((element) => [...element.attributes]);
    expect(attributes.filter((one) => /^on/i.test(one.name))).toEqual([]);
    expect(
      addresses(document).filter((address) => !/^(#[a-z0-9-]+|data:,|data:image\/webp;base64,[\w+/=]+)$/.test(address)),
    ).toEqual([]);
    expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
    // The name itself is there, but for what no page can hold.
    const shown = name.replace(/[\t\n\r]/g, ' ').replace(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
    expect(texts(document, '#fids thead th')).toContain(shown);
    expect(texts(document, '#data-1')).toEqual([shown]);
    expect(document.querySelector('#data-1')?.id).toBe('data-1');
  });
});

describe('what it is made of', () => {
  const document = parsed(REPORT);

  test('one first heading, and none that skips a level', () => {
    const levels = all(document, 'h1,h2,h3,h4,h5,h6').map(({ tagName }) => Number(tagName[1]));
    expect(levels.filter((level) => level === 1)).toEqual([1]);
    expect(levels[0]).toBe(1);
    expect(levels.slice(1).filter((level, i) => level > levels[i]! + 1)).toEqual([]);
  });

  test('landmarks, a language, a skip link', () => {
    expect(document.documentElement.getAttribute('lang')).toBe('en');
    for (const landmark of ['header', 'nav[aria-label]', 'main', 'footer'])
      expect(all(document, landmark)).toHaveLength(1);
    expect(document.querySelector('body > *')?.getAttribute('href')).toBe('#main');
  });

  test('every reference inside it leads to one place', () => {
    const ids = all(document, '[id]').map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const targets = [
      ...addresses(document).flatMap((address) => (address.startsWith('#') ? [address.slice(1)] : [])),
      ...all(document, '[aria-labelledby]').flatMap((one) => one.getAttribute('aria-labelledby')!.split(' ')),
      ...all(document, 'label').map((label) => label.getAttribute('for')!),
    ];
    expect(targets.length).toBeGreaterThan(20);
    expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
  });

  test('every table has a caption, heads of columns and of rows; every picture says what it is', () => {
    for (const one of all(document, 'table')) {
      expect(texts(one, 'caption').join('')).not.toBe('');
      expect(all(one, 'thead th:not([scope="col"])')).toEqual([]);
      for (const row of all(one, 'tbody tr')) expect(all(row, 'th[scope="row"]')).toHaveLength(1);
    }
    const pictures = all(document, 'img');
    expect(pictures).toHaveLength(STRIPS.length);
    for (const picture of pictures) {
      expect(picture.getAttribute('alt')).toMatch(/outputs of .+ on (Programs|Photos)/);
      expect(picture.getAttribute('loading')).toBe('lazy');
      expect([picture.getAttribute('width'), picture.getAttribute('height')]).toEqual(['144', '48']);
    }
    expect(all(document, '.plot svg[role="img"]').length).toBe(REPORT.plots.length);
  });

  test('every parameter, hashes in full, and no flag', () => {
    const page = renderHtml(REPORT);
    const { extractor, reference, datasets, versions, device, block, seed } = RECORD;
    const made = document.querySelector('section[aria-labelledby="made"]')!.textContent!;
    const hashes = datasets.map(({ identity }) => identity.sha256 ?? identity.namesAndSizesSha256);
    const named = [
      ...Object.entries(versions).flat(),
      ...Object.values(device),
      extractor.preprocessing,
      extractor.tap,
    ];
    for (const text of [extractor.sha256, reference.sha256, ...hashes, ...named, String(block), String(seed)])
      expect(made).toContain(text);
    for (const key of RECORD.settings) expect(texts(document, 'section[aria-labelledby="made"] code')).toContain(key);
    expect(page).not.toMatch(/private|secret/);
  });

  test('sections in their order', () => {
    expect(texts(document, 'h2')).toEqual([
      ...['What was measured', 'Outcome', 'Table 1', 'Programs', 'Photos', 'How the rankings are made'],
      ...['Confirmation in a second feature space', 'Set aside', 'How it was made'],
    ]);
    expect(texts(document, 'nav a')).toEqual(texts(document, 'h2'));
    expect(texts(document, '#outcome ~ dl strong')).toEqual(['Recommended: MixUp 4 (weights=equal).']);
  });
});

describe('Table 1', () => {
  const document = parsed(REPORT);
  const rows = all(document, '#fids tbody tr').map((row) => [...row.children]);

  test('has the best bold, ties marked, what was dropped aside, intervals on demand, the gain in its foot', () => {
    const programs = rows.map((cells) => cells[2]!);
    const of = (cell: Element, selector: string) => cell.querySelector(selector)?.textContent;
    expect(programs.map((cell) => of(cell, 'strong'))).toEqual([
      undefined,
      undefined,
      '3.48',
      undefined,
      undefined,
      undefined,
    ]);
    expect(programs.map((cell) => of(cell, '.mark'))).toEqual([undefined, '†', '†', '†', undefined, undefined]);
    expect(programs.map((cell) => of(cell, '.on-demand'))[2]).toBe('3.360 … 3.600');
    expect(programs.map((cell) => cell.hasAttribute('data-aside'))).toEqual([true, false, false, false, true, true]);
    expect(of(programs[0]!, '.aside')).toBe('(5.31 at 256)');
    const { gain } = table(RESULTS.cells, ['Programs', 'Photos']);
    expect(texts(document, '#fids tfoot tr > *')).toEqual([
      'Maximum gain',
      '',
      ...gain.map((value) => value?.toFixed(2) ?? '–'),
    ]);
  });

  test('sorts by what it holds', () => {
    const fids = RESULTS.cells.filter(({ dataset }) => dataset === 'Photos').map(({ fid }) => String(fid));
    expect(rows.map((cells) => cells[3]!.getAttribute('data-sort'))).toEqual(fids);
    expect(rows.map((cells) => cells[1]!.getAttribute('data-sort'))).toEqual(['1', '2', '3', '4', '2', '3']);
    expect(rows.map((cells) => cells[0]!.hasAttribute('data-sort'))).toEqual(Array(6).fill(false));
  });
});

test('a ranking has its rows by rank, diversity, cost and choice beside the FIDs', () => {
  const document = parsed(REPORT);
  const heads = texts(document, '#ranking-1 thead th');
  const fids = ['FIDₙ ± error(95% interval)', 'FID∞(95% interval)', 'Difference(joint 95%)'];
  const choice = ['Vendi', 'Coverage', 'Of images', 'Bases an output', 'Device ms/image', 'Images/s', 'Choice'];
  expect(heads).toEqual(['Rank', 'Setting', ...fids, 'Images', ...choice]);
  const rows = all(document, '#ranking-1 tbody tr').map((row) =>
    [...row.children].map(({ textContent }) => textContent),
  );
  expect(rows.map((row) => row[0])).toEqual(['1', '1', '1', '4', '5', '5']);
  expect(rows[2]!.slice(1, 5)).toEqual([
    'MixUp 4 (weights=equal)',
    '3.500 ± 0.0603.380 … 3.620',
    '3.305(3.165 … 3.445)',
    '+0.020(-0.060 … +0.100)',
  ]);
  expect(rows[2]!.at(-1)).toBe('recommended, Pareto');
  const [leader] = all(document, '#ranking-1 tbody tr').slice(1);
  expect(leader!.children[4]!.getAttribute('data-sort')).toBe('0');
});

describe('runs of which less is known', () => {
  const none = { timing: undefined, setAside: [], plots: [], strips: [] };

  test('of before there were errors', () => {
    const document = parsed({ ...none, record: PLAIN_RECORD, results: plainResults(10) });
    expect(all(document, 'input, .mark, .on-demand, details, img')).toEqual([]);
    expect(texts(document, '#ranking-1 thead th')).toEqual(['Rank', 'Setting', 'FID', 'Images', 'Bases an output']);
    expect(texts(document, 'h2')).not.toContain('Set aside');
  });

  test('of which nothing is measured yet', () => {
    const document = parsed({ ...none, record: RECORD, results: { cells: [], columns: [] } });
    expect(document.querySelector('#outcome ~ p')?.textContent).toBe('Nothing was measured yet.');
    expect(all(document, '#fids tbody tr')).toEqual([]);
  });

  test('of one data set', () => {
    const one = (dataset: string) => dataset === 'Programs';
    const record = { ...RECORD, datasets: RECORD.datasets.slice(0, 1) };
    const cells = RESULTS.cells.filter(({ dataset }) => one(dataset));
    const columns = RESULTS.columns.filter(({ dataset }) => one(dataset));
    const document = parsed({ ...none, record, results: { cells, columns } });
    expect(document.querySelector('#outcome ~ p')?.textContent).toMatch(/^MixUp 3 has the lowest FID∞/);
    expect(texts(document, '#fids caption')).toEqual(['FID by mixing method and N, 1,024 images a setting']);
  });
});

test.each(['https://evil.example/a.png', 'pictures/a.webp', 'data:image/svg+xml;base64,PHN2Zz4=', 'data:text/html,x'])(
  'a strip at %s is refused: the page is one file',
  (source) => {
    const strips = [{ ...STRIPS[0]!, source }];
    expect(() => renderHtml({ ...BARE, strips })).toThrow('no picture inside the page');
  },
);
