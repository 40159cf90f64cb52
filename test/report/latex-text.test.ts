import { describe, expect, test } from 'vitest';
import { draws, STREAM } from '../../src/core/random.js';
import { PRINTED, tex, texHead, texNumbers } from '../../src/report/latex-text.js';

/** All that `tex` may write: letters that stand for themselves, and commands that take nothing from what follows them. */
const WRITTEN =
  /^(?:[A-Za-z0-9 !'()+,\-./:;=?@\]\u00a1-\u017e\u2018-\u203a]|[[*]|\\[{}$&#_%]|\\[a-zA-Z]+\{\}|---?\{\}|[-,']\{\}|\{[[*]\}|\$(?:\\[a-zA-Z]+|[_^][n123]|\\frac1[24]|\\frac34|-)\$|~)*$/;

describe('text that TeX would take for more than text', () => {
  test.each([
    ['\\input{/etc/x}', '\\textbackslash{}input\\{/etc/x\\}'],
    ['^^5cinput', '\\textasciicircum{}\\textasciicircum{}5cinput'],
    ['a & b', 'a \\& b'],
    ['50%', '50\\%'],
    ['#1', '\\#1'],
    ['$x_2^3$', '\\$x\\_2\\textasciicircum{}3\\$'],
    ['~', '$\\sim$'],
    ['<i>|"', '\\textless{}i\\textgreater{}\\textbar{}\\textquotedbl{}'],
    ["``quoted''", "\\textasciigrave{}\\textasciigrave{}quoted'{}'"],
    ['a--b ---c -—', 'a-{}-b -{}-{}-c -{}---{}'],
    ['0,,1', '0,{},1'],
    ['[2ex] a[1]', '{[}2ex] a[1]'],
    ['*', '{*}'],
    ['two\r\nlines\0\u001b[31m', 'two lines [31m'],
    ['\u202eback\u2066', 'back'],
  ])('%j', (text, expected) => {
    expect(tex(text)).toBe(expected);
  });
});

test.each([
  ['Éclair œuvre Łódź', 'Éclair œuvre Łódź'],
  ['e\u0301', 'é'],
  ['FID∞ FIDₙ α ± 0.5 × 2 … 3 – 4', 'FID$\\infty$ FID$_n$ $\\alpha$ $\\pm$ 0.5 $\\times$ 2 \\ldots{} 3 --{} 4'],
  ['画像 😀 \ud800 عربى', '?? ? ? ????'],
])('%j prints as far as the fonts go', (text, expected) => {
  expect(tex(text)).toBe(expected);
});

test('numbers have minus signs, names and ranges hyphens, and intervals commas', () => {
  expect(texNumbers('+0.02 (-0.06 … -0.01)')).toBe('+0.02 ($-$0.06, $-$0.01)');
  expect(texNumbers('2-9 mixup-6 -x')).toBe('2-9 mixup-6 -x');
});

test('a long word breaks after the signs of a path and within a hash, a short one nowhere', () => {
  expect(tex('models/references/photos.json')).toBe(
    'models/\\allowbreak{}references/\\allowbreak{}photos.\\allowbreak{}json',
  );
  expect(tex('ab'.repeat(32)).split('\\allowbreak{}')).toEqual(Array(4).fill('ab'.repeat(8)));
  expect(tex('mixed-models/a')).toBe('mixed-models/a');
});

describe('the head of a narrow column', () => {
  test.each([
    ['Real', 'Real'],
    ['StyleGAN Oriented', '\\shortstack[r]{StyleGAN\\\\Oriented}'],
    ['Dead-leaves Mixed', '\\shortstack[r]{Dead-\\\\leaves\\\\Mixed}'],
    ['a b c d', 'a b c d'],
    ['under_score_of_a_name', '\\shortstack[r]{under\\_\\\\score\\_of\\_\\\\a\\_name}'],
    ['0123456789012345', '\\shortstack[r]{0123456789\\\\012345}'],
    ['[x] '.repeat(3), '\\shortstack[r]{{[}x] [x]\\\\{[}x]}'],
    ['', ''],
  ])('%j', (text, expected) => {
    expect(texHead(text, 10)).toBe(expected);
  });

  test('has so many lines at most', () => {
    expect(texHead('one two three four five six seven eight', 5).split('\\\\')).toHaveLength(4);
    expect(texHead('one two three four five six seven eight', 5)).toMatch(/\\ldots\{\}\}$/);
  });
});

test('whatever a text holds, what is written is text', () => {
  const signs = [
    ...PRINTED,
    ...Array.from({ length: 127 }, (_, i) => String.fromCharCode(i)),
    '画',
    '\u202e',
    '\ud800',
  ];
  for (let i = 0; i < 400; i++) {
    const draw = draws(2, STREAM.check, i);
    const text = Array.from({ length: 30 }, () => signs[Math.floor(signs.length * draw())]!).join('');
    expect(tex(text)).toMatch(WRITTEN);
    expect(tex(text)).not.toMatch(/^[[*]|--(?!-?\{\})|,,|''/);
  }
  expect(WRITTEN.test('\\input x')).toBe(false);
  expect(WRITTEN.test('^^5c')).toBe(false);
});
