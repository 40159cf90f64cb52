import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { declarationsOf } from '../../src/dataset/convention-globals.js';
import { scopesOf } from '../../src/dataset/convention-scope.js';
import {
  definitionsOf,
  freeWords,
  mapWords,
  tokensOf,
  withoutComments,
  wordCounts,
} from '../../src/dataset/convention-tokens.js';

describe('without comments', () => {
  test.each([
    ['a // b\nc', 'a  \nc'],
    ['a /* b */ c', 'a   c'],
    ['a /* b\nb */ c\nd', 'a   c\n\nd'],
    ['a // b \\\n still b\nc', 'a  \n\nc'],
    ['#define A \\\n 1\nb', '#define A  1\n\nb'],
    ['a //* b\nc', 'a  \nc'],
    ['/**/a/***/', ' a '],
    ['\ufeffa\r\nb\rc', 'a\nb\nc'],
    ['a \\', 'a '],
    ['/', '/'],
  ])('%j', (text, plain) => {
    expect(withoutComments(text)).toBe(plain);
  });

  test.each(['/*', 'a /*/', 'a // b\n/* c *'])('one that is never closed: %j', (text) => {
    expect(() => withoutComments(text)).toThrow(UserError);
  });

  test('every line that code stands on keeps its number', () => {
    const lines = ['a', '/* x', 'y', '*/', 'b', '#define M \\', '  1', 'c // \\', 'gone', 'd', ''];
    const plain = withoutComments(lines.join('\n')).split('\n');
    expect(plain).toHaveLength(lines.length);
    for (const word of ['a', 'b', 'd'])
      expect(plain.findIndex((line) => line.trim() === word)).toBe(lines.indexOf(word));
  });
});

describe('tokens', () => {
  test.each(['', 'a+b', 'x=1.e5*.5f', '#if A\nb\n#endif', '\t\n ', '\ud800 "`é', '1..xx', 'a?b:c;'])(
    'joined are the text again: %j',
    (text) => {
      expect(tokensOf(text).join('')).toBe(text);
    },
  );

  test('words are renamed in code and in preprocessor lines, numbers and parts of words are not', () => {
    const tokens = tokensOf('#define main e5\nvoid main() { mainly(1e5, main_1, .main, 0x1main); }');
    const renamed = mapWords(tokens, (word) => (word === 'main' || word === 'e5' ? 'X' : word)).join('');
    expect(renamed).toBe('#define X X\nvoid X() { mainly(1e5, main_1, .X, 0x1main); }');
    expect(wordCounts(tokens).get('main')).toBe(3);
  });

  test('what a text defines', () => {
    const text = 'struct S { float a; };\nS make(float b) { return S(b); }\n#define M(x) make(x)\nvec3[2] v;';
    const { functions, names } = definitionsOf(tokensOf(text));
    expect([...functions]).toEqual(['make']);
    expect([...names].sort()).toEqual(['M', 'a', 'b', 'make']);
  });

  test('names behind commas, and those outside functions', () => {
    const text = `const float s = 1., k = max(s, r), u[2];
void f(vec2 p, in vec2 q) { int i = g(t, s), j; for (float x = 0., y; x < o; x++, n) { } }
float d;`;
    const { names, globals } = definitionsOf(tokensOf(text));
    expect([...names].sort()).toEqual(['d', 'f', 'i', 'j', 'k', 'p', 'q', 's', 'u', 'x', 'y']);
    expect([...globals].sort()).toEqual(['d', 'f', 'k', 's', 'u']);
  });

  test('words that name something: no fields, no parameters of a macro', () => {
    const text = '#define A(b, t) (b.x + t - c . r)\nd.s = d .t + 1.*e + f;';
    expect([...freeWords(tokensOf(text))].sort()).toEqual(['A', 'c', 'd', 'define', 'e', 'f']);
  });
});

describe('scopes', () => {
  const depthsOf = (text: string) => {
    const tokens = tokensOf(text);
    const { depths } = scopesOf(tokens);
    return tokens.flatMap((token, i) => (/^[a-z]/.test(token) ? [`${token} ${depths[i]}`] : []));
  };

  test.each([
    ['a { b ( c ) d } e', ['a 0', 'b 1', 'c 2', 'd 1', 'e 0']],
    ['a {\n#if X\nb }\n#elif Y\nc }\n#else\nd }\n#endif\ne', ['a 0', 'b 1', 'c 1', 'd 1', 'e 0']],
    ['a {\n#if X\nb {\n#endif\nc }\nd', ['a 0', 'b 1', 'c NaN', 'd NaN']],
    ['a {\n#if X\nb }\n#else\nc\n#endif\nd', ['a 0', 'b 1', 'c 1', 'd NaN']],
    ['a } b { c } d', ['a 0', 'b NaN', 'c NaN', 'd NaN']],
    ['#else\na\n#endif\nb', ['a 0', 'b 0']],
  ])('%j', (text, depths) => {
    expect(depthsOf(text)).toEqual(depths);
  });

  test('a branch lies in that which its condition stands in', () => {
    const tokens = tokensOf('a\n#if X\nb\n#if Y\nc\n#endif\nd\n#else\ne\n#endif\nf');
    const { branches } = scopesOf(tokens);
    const [a, b, c, d, e, f] = [...'abcdef'].map((word) => branches[tokens.indexOf(word)]);
    expect([a, f]).toEqual([undefined, undefined]);
    expect(d).toBe(b);
    expect(c?.around).toBe(b);
    expect(e).not.toBe(b);
    expect(e?.around).toBeUndefined();
  });
});

test('declarations of uniforms, inputs and outputs, not of parameters', () => {
  const text = `uniform highp vec2 r, m[3];
precision highp float;
layout(location = 1) out vec4 second; flat in int which;
varying lowp vec2 uv ;
in vec2[3] all;
void f(in vec2 a, out vec4 b) { b = vec4(a, 0, 1); }
out vec3 c;
uniform Block { float inside; };`;
  const tokens = tokensOf(text);
  const found = declarationsOf(tokens);
  expect(found.flatMap(({ globals }) => globals.map((g) => [g.storage, g.type, g.name + g.size, g.location]))).toEqual([
    ['uniform', 'vec2', 'r', undefined],
    ['uniform', 'vec2', 'm[3]', undefined],
    ['out', 'vec4', 'second', 1],
    ['in', 'int', 'which', undefined],
    ['varying', 'vec2', 'uv', undefined],
    ['in', 'vec2', 'all[3]', undefined],
    ['out', 'vec3', 'c', undefined],
  ]);
  for (const { first, last } of found) expect(tokens.slice(first, last + 1).join('')).toMatch(/^[a-z][^;]*;$/);
});
