import { createHash } from 'node:crypto';
import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { overviewFragments, overviewPage, runFragments, runPage, type Shown } from '../../src/report/dashboard.js';
import { clockOf, span } from '../../src/report/dashboard-progress.js';
import type { LiveRun, LiveState } from '../../src/report/dashboard-run.js';
import { DASHBOARD_SCRIPT } from '../../src/report/dashboard-script.js';
import { RECORD } from './made-up.js';

const { flags, ...record } = RECORD;
const NOW = 1_000_000_000;

const cell = (setting: string, fid: number, images = 512, status: 'measured' | 'dropped' = 'measured') => ({
  dataset: 'Programs',
  setting,
  fid,
  images,
  status,
});

const RUN: LiveRun = {
  folder: 'runs/first',
  name: 'first',
  record: { ...record, datasets: record.datasets.slice(0, 1), images: 2048 },
  notes: [],
  columns: [
    {
      dataset: 'Programs',
      left: 5,
      cells: [cell('none', 9.5), cell('mixup:2', 8.25), cell('mixup:3', 12, 64, 'dropped')],
    },
  ],
  progress: { images: 3000, asked: 12_000, atMost: true, rate: 50, seconds: 60, at: NOW - 10_000 },
  setAside: 2,
  strips: [{ dataset: 'Programs', setting: 'none', file: '0-0123456789abcdef-first.webp', count: 8, tile: 64 }],
  complete: false,
};

const shown = (run: Partial<LiveRun> = {}, state: LiveState = 'running', place = 0): Shown => ({
  place,
  run: { ...RUN, ...run },
  standing: { state, ...(state === 'running' && { holder: 'process 7' }) },
});

const OPTIONS = { now: NOW, controls: true, script: DASHBOARD_SCRIPT };
const pageOf = (one: Shown, all = [one]) => parseHTML(runPage(all, one.place, OPTIONS)).document;
const textOf = (one: Shown, selector: string) => pageOf(one).querySelector(selector)!.textContent.replace(/\s+/g, ' ');

describe('the page of a run', () => {
  test('says state, images, rate, elapsed and time left', () => {
    const text = textOf(shown(), '#progress');
    expect(text).toContain('Running');
    expect(text).toContain('Worked on by process 7.');
    expect(text).toContain('3,000 of at most 12,000 images (25%)');
    expect(text).toContain('50.0 images/s');
    // 60 seconds when the last block landed, 10 seconds ago; 9,000 images at 50 a second, less those 10 seconds.
    expect(text).toContain('Time of work1 min 10 s');
    expect(text).toContain('Leftat most 2 min 50 s');
    expect(text).toContain('5 of 6 settings left in the race');
    expect(text).toContain('Set aside2');
  });

  test.each(['paused', 'stopping', 'finished', 'stopped'] as const)('%s: no time goes by', (state) => {
    expect(clockOf(shown({}, state), NOW)).toEqual({ elapsed: 60 });
  });

  test('a pause, and what was before this process, are no time of work', () => {
    const standing = { state: 'running', since: NOW - 4000 } as const;
    expect(clockOf({ ...shown(), standing }, NOW)).toEqual({ elapsed: 64, left: 176 });
  });

  test('says where the rate is but an average', () => {
    expect(textOf(shown(), '#progress')).not.toContain('since the start');
    const progress = { ...RUN.progress!, average: true as const };
    expect(textOf(shown({ progress }), '#progress')).toContain('Rate since the start50.0 images/s');
  });

  test('has the table of as many images, the lowest bold, what was dropped in parentheses', () => {
    const document = pageOf(shown());
    const rows = [...document.querySelectorAll('#fids tbody tr')].map((row) =>
      row.textContent.replace(/\s+/g, ' ').trim(),
    );
    expect(rows).toEqual(['None19.50', 'MixUp28.25', 'MixUp3(12.00 at 64)']);
    expect([...document.querySelectorAll('#fids strong')].map((one) => one.textContent)).toEqual(['8.25']);
    expect(document.querySelector('#fids tfoot')!.textContent).toMatch(/Images \(n\)512[\s\S]*Maximum gain1\.25/);
    expect(document.querySelector('#table')!.textContent).toContain('errors and ties come with the report');
  });

  test('has the errors and ties of the report, and leads to it', () => {
    const report = {
      html: true,
      cells: [
        { ...cell('none', 9.5), standardError: 0.31 },
        { ...cell('mixup:2', 8.25), standardError: 0.2 },
        cell('mixup:3', 8.5),
      ],
      columns: [{ dataset: 'Programs', leader: 'mixup:2', tied: ['mixup:2', 'mixup:3'] }],
      plots: [{ dataset: 'Programs', file: 'fid-1.svg' }],
    };
    const document = pageOf(shown({ report }, 'finished', 3));
    const rows = [...document.querySelectorAll('#fids tbody tr')].map((row) =>
      row.textContent.replace(/\s+/g, ' ').trim(),
    );
    expect(rows).toEqual(['None19.50± 0.31', 'MixUp28.25†± 0.20', 'MixUp38.50†']);
    expect(document.querySelector('#report a')!.getAttribute('href')).toBe('/runs/3/report.html');
    expect(document.querySelector('#plots img')!.getAttribute('src')).toBe('/runs/3/plots/fid-1.svg');
  });

  test.each<[LiveState, boolean[]]>([
    ['waiting', [false, false, false]],
    ['running', [true, false, true]],
    ['paused', [false, true, true]],
    ['stopping', [false, false, false]],
    // Confirming and drawing samples, which heed both.
    ['scoring', [true, false, true]],
    ['reading', [false, false, false]],
    ['finished', [false, false, false]],
    ['stopped', [false, false, false]],
    ['unreadable', [false, false, false]],
  ])('%s: of pause, go on and stop these can be pressed: %j', (state, able) => {
    const buttons = [...pageOf(shown({}, state)).querySelectorAll('#controls button')];
    expect(buttons.map((one) => one.textContent)).toEqual(['Pause', 'Go on', 'Stop']);
    expect(buttons.map((one) => !one.hasAttribute('disabled'))).toEqual(able);
  });

  test('of a folder without a run waits', () => {
    const { record: _, progress, ...rest } = RUN;
    const document = pageOf({ place: 0, run: { ...rest, columns: [], strips: [] }, standing: { state: 'waiting' } });
    expect(document.querySelector('#progress')!.textContent).toContain('shown as soon as a sweep begins one');
    expect(document.querySelector('progress')).toBeNull();
  });

  test('never says all while something is missing', () => {
    const progress = { ...RUN.progress!, images: 11_999, atMost: false };
    expect(textOf(shown({ progress }), '.bar')).toContain('11,999 of 12,000 images (99%)');
  });

  test('can be heard, and gone through by headings', () => {
    const document = pageOf(shown());
    expect(document.documentElement.getAttribute('lang')).toBe('en');
    expect(document.querySelectorAll('[aria-live]')).toHaveLength(1);
    expect(document.querySelector('[aria-live=polite]')!.textContent).toBe('first: Running');
    expect([...document.querySelectorAll('h1, h2')].map((one) => one.tagName).join(' ')).toMatch(/^H1( H2)+$/);
    for (const image of document.querySelectorAll('img')) expect(image.getAttribute('alt')).toMatch(/\w/);
    const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('fragments', () => {
  test('are the parts of the page, by their ids', () => {
    const all = [shown()];
    const { document } = parseHTML(runPage(all, 0, OPTIONS));
    for (const [id, markup] of Object.entries(runFragments(all, 0, OPTIONS))) {
      const expected = parseHTML(`<html><body>${markup}</body></html>`).document.body.innerHTML;
      expect(document.getElementById(id)?.innerHTML, id).toBe(expected);
    }
  });

  test('as time goes by, only those that say the time change', () => {
    const [before, after] = [NOW, NOW + 1000].map((now) => runFragments([shown()], 0, { ...OPTIONS, now }));
    const changed = Object.keys(before!).filter((id) => before![id] !== after![id]);
    expect(changed).toEqual(['progress']);
  });

  test('of all runs name each, with the lowest FID so far', () => {
    const all = [shown(), shown({ name: 'second', fault: 'It is damaged.' }, 'unreadable', 4)];
    const { overview } = overviewFragments(all, OPTIONS);
    expect(overview).toContain('href="/runs/4"');
    expect(overview).toContain('It is damaged.');
    expect(overview).not.toContain('not shown');
    expect(overviewFragments(all, { ...OPTIONS, unshown: 5 }).overview).toContain('5 more folders not shown');
    expect(overview).toContain('lowest so far MixUp 2, FID 8.25');
    expect(parseHTML(overviewPage(all, OPTIONS)).document.querySelectorAll('.overview > li')).toHaveLength(2);
  });
});

describe('names', () => {
  const HOSTILE = `<script>alert(1)</script>" onmouseover='x' \u202e`;

  test('from a run folder are only names', () => {
    const dataset = { ...record.datasets[0]!, name: HOSTILE, spec: HOSTILE, fit: HOSTILE };
    const run: Partial<LiveRun> = {
      name: HOSTILE,
      folder: HOSTILE,
      fault: HOSTILE,
      notes: [HOSTILE],
      record: {
        ...record,
        datasets: [dataset],
        comparable: HOSTILE,
        device: { backend: HOSTILE, renderer: HOSTILE, version: HOSTILE },
      },
      columns: [
        {
          dataset: HOSTILE,
          left: 1,
          cells: [
            { ...cell('none', 1), dataset: HOSTILE },
            { ...cell(HOSTILE, 2), dataset: HOSTILE },
          ],
        },
      ],
      strips: [{ ...RUN.strips[0]!, dataset: HOSTILE, setting: HOSTILE }],
    };
    const all = [shown(run), shown(run, 'stopped', 1)];
    for (const page of [overviewPage(all, OPTIONS), runPage(all, 0, OPTIONS)]) {
      const { document } = parseHTML(page);
      expect(document.querySelectorAll('script')).toHaveLength(1);
      for (const element of document.querySelectorAll('*'))
        for (const name of element.getAttributeNames()) expect(name).not.toMatch(/^on/);
      expect(page).not.toContain('\u202e');
      expect(document.querySelector('h1, h2 a')!.textContent).toMatch(/Runs|<script>alert/);
    }
  });
});

test('the script stands in the page as it is, so that its hash is that of the policy', () => {
  const [, script] = /<script>([\s\S]*?)<\/script>/.exec(runPage([shown()], 0, OPTIONS))!;
  const hash = (text: string) => createHash('sha256').update(text).digest('base64');
  expect(hash(script!)).toBe(hash(DASHBOARD_SCRIPT));
  // What a parser would take for the script's end, or for a comment in it.
  expect(DASHBOARD_SCRIPT).not.toMatch(/<\/|<!--/);
});

test.each([
  [0, '0 s'],
  [59.4, '59 s'],
  [59.6, '1 min 0 s'],
  [3599.6, '1 h 0 min'],
  [7170, '2 h 0 min'],
])('%d seconds are %s', (seconds, text) => {
  expect(span(seconds)).toBe(text);
});
