import { describe, expect, test } from 'vitest';
import { sweepCommand } from '../../src/report/html-command.js';
import { html, joined, markupOf, trusted } from '../../src/report/html-escape.js';
import { inline, opening, tablesOf } from '../../src/report/html-inline.js';
import { madeOf } from '../../src/report/html-made.js';
import { DARK, LIGHT, STYLE } from '../../src/report/html-style.js';
import { printed } from '../../src/report/html-table.js';
import { literal } from '../../src/report/literal.js';
import { markdownRows } from '../../src/report/markdown-table.js';
import type { RunRecord } from '../../src/store/record.js';
import { HOSTILE } from './html-report.js';
import { RECORD } from './made-up.js';

describe('the template', () => {
  test('escapes text in elements and attributes, once', () => {
    expect(markupOf(html`<a title="${`"'<&>`}">${'<b>'} &amp; ${1.5}</a>`)).toBe(
      '<a title="&quot;&#39;&lt;&amp;&gt;">&lt;b&gt; &amp; 1.5</a>',
    );
    expect(markupOf(html`<p>${html`<b>${'&'}</b>`}</p>`)).toBe('<p><b>&amp;</b></p>');
  });

  test('puts lists together and leaves out what is not there', () => {
    expect(markupOf(html`${['a', html`<br>`, ['<', undefined]]}${undefined}`)).toBe('a<br>&lt;');
    expect(markupOf(joined(['a', 'b'], trusted('<br>')))).toBe('a<br>b');
  });

  test('refuses an attribute without quotation marks', () => {
    expect(() => html`<a title=${'x y'}>`).toThrow('without quotation marks');
  });

  test('takes nothing for markup that a file could hold', () => {
    const forged = JSON.parse('{"markup": "<script>", "Symbol(markup)": "<script>"}');
    expect(() => markupOf(html`${forged}`)).toThrow(TypeError);
  });

  test('has a line of what was several, and no character that turns text about', () => {
    expect(markupOf('a\r\n\tb\u202ec\0')).toBe('a b�c�');
  });
});

describe('explanations of the markdown report', () => {
  test.each(HOSTILE)('%j comes back as it was', (name) => {
    const known = name.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, ' ');
    expect(markupOf(inline(`**Of ${literal(name)}:** see \`00ff\`.`))).toBe(
      markupOf(html`<strong>Of ${known}:</strong> see <code>00ff</code>.`),
    );
    const table = {
      head: [
        { text: 'A', right: false },
        { text: 'B', right: true },
      ],
      rows: [
        [literal(name), ''],
        ['', literal(name)],
      ],
    };
    expect(tablesOf(['text', markdownRows(table)])).toEqual([table]);
  });

  test('open a section until its first table, heading or picture', () => {
    expect(opening(['## A', 'one', 'two', '| a |', 'three'])).toEqual(['one', 'two']);
    expect(opening(['## A', '![a](b)', 'one'])).toEqual([]);
    expect(opening([])).toEqual([]);
  });

  test('that are not closed are a mistake', () => {
    expect(() => inline('**a')).toThrow('not closed');
  });
});

test.each([
  ['3.52', { sort: 3.52 }],
  ['+0.31 (+0.20 … +0.42)', { sort: 0.31 }],
  ['-0.31', { sort: -0.31 }],
  ['12,288', { sort: 12288 }],
  ['(3.90 ± 0.06)', { sort: 3.9, aside: true }],
  ['–', { sort: 'missing' }],
  ['MixUp 3', {}],
])('%s sorts as %j', (text, expected) => {
  expect(printed(text)).toEqual(expected);
});

describe('colours', () => {
  /** Relative luminance (WCAG 2.1). */
  const luminance = (colour: string): number => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const contrast = (a: string, b: string): number => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high! + 0.05) / (low! + 0.05);
  };

  test.each([
    ['light', LIGHT],
    ['dark', DARK],
  ] as const)('of the %s theme are told apart', (_, theme) => {
    for (const ground of [theme.page, theme.raised]) {
      for (const ink of [theme.ink, theme.soft, theme.link]) expect(contrast(ink, ground)).toBeGreaterThanOrEqual(4.5);
      // Of what is at work, and of the outline of what has the focus (WCAG 2.1, 1.4.11).
      expect(contrast(theme.edge, ground)).toBeGreaterThanOrEqual(3);
    }
  });

  test('are those of the themes alone, and nothing is loaded', () => {
    const known = new Set([...Object.values(LIGHT), ...Object.values(DARK)]);
    expect(
      [...STYLE.matchAll(/#[0-9a-f]{3,8}\b/gi)].map(([colour]) => colour).filter((one) => !known.has(one)),
    ).toEqual([]);
    expect(STYLE).not.toMatch(/url\(|@import|opacity|<\//);
  });
});

describe('the command that makes a run again', () => {
  const text = (record: RunRecord = RECORD) => sweepCommand(record).lines.join('\n');

  test('has what decides the numbers', () => {
    const settings = ['none', ...[2, 3, 4].flatMap((n) => [`mixup:${n}`, `cutmix:${n}`])];
    const { lines, exact } = sweepCommand({ ...RECORD, settings });
    expect(exact).toBe(true);
    expect(lines.map((line) => line.replace(/ \\$/, ''))).toEqual([
      'fidsweep sweep',
      '  --dataset Programs=programs',
      '  --dataset Photos=./photos',
      '  --reference photos.npz',
      '  --extractor slim',
      '  --methods none,mixup,cutmix --n 2-4',
      '  --images 2048 --resolution 64 --seed 7',
      '  --strategy race',
      '  --alpha 0.05 --tolerance 1%',
    ]);
    expect(lines.slice(0, -1).every((line) => line.endsWith(' \\'))).toBe(true);
  });

  test('says where settings need more than methods and N', () => {
    expect(sweepCommand(RECORD).exact).toBe(false);
    expect(text()).not.toContain('--methods');
  });

  test('has what it was called with that decides numbers, and of paths the last part', () => {
    const called = (flags: RunRecord['flags']) => {
      const { lines, shortened } = sweepCommand({ ...RECORD, flags });
      const own = lines.map((line) => line.replace(/^ *| \\$/g, ''));
      return [own.filter((line) => /^--(ref|cla|prog|skip)/.test(line)), shortened];
    };
    expect(called({ cwd: '/home/somebody' })).toEqual([[], []]);
    expect(called({ cwd: '/x', reference: 'real photos', classes: 'imagenet100' })).toEqual([
      ["--reference 'real photos'", '--classes imagenet100'],
      [],
    ]);
    expect(
      called({
        cwd: '/home/somebody',
        reference: '/mnt/secret/real/',
        classes: '../lists/mine.txt',
        'program-timeout': 5,
        'skip-corrupt': true,
      }),
    ).toEqual([
      ['--reference real', '--classes mine.txt', '--program-timeout 5', '--skip-corrupt'],
      ['--reference', '--classes'],
    ]);
    // As a run of 0.2 has it, which does not know how it was called.
    expect(called({})).toEqual([['--reference photos.npz'], ['--reference']]);
    expect(called({ cwd: '/x', reference: { a: 1 }, 'skip-corrupt': 'yes', 'program-timeout': [] })).toEqual([[], []]);
  });

  test('says in the report what is to be filled in, and what a budget of time came to', () => {
    const made = (record: RunRecord) => markupOf(madeOf(record, undefined));
    const budget = { ...RECORD, strategy: { ...RECORD.strategy, seconds: 60, budget: 4096 } };
    const flags = { cwd: '/x', reference: '/mnt/secret/real' };
    expect(made({ ...RECORD, flags })).toContain(
      'Of --reference only the last part of the path is there: fill in the rest.',
    );
    expect(made({ ...RECORD, flags })).not.toContain('secret');
    expect(made({ ...RECORD, flags: { cwd: '/x', reference: 'real' } })).not.toContain('fill in');
    expect(made(budget)).toMatch(/--budget 4096-images[\s\S]*budget of time is given as the images that it came to/);
    expect(made(RECORD)).not.toContain('came to');
  });

  test('names of any kind are one word of a shell', () => {
    const datasets = [{ ...RECORD.datasets[0]!, name: "it's; rm -rf $HOME" }];
    expect(text({ ...RECORD, datasets })).toContain(`--dataset 'it'\\''s; rm -rf $HOME=programs'`);
  });

  test('names the tap and the mode of an extractor that has several', () => {
    const extractor = { ...RECORD.extractor, dims: 64, preprocessing: 'clean: bicubic-299' };
    expect(text({ ...RECORD, extractor })).toContain('--extractor slim --dims 64 --mode clean');
  });
});
