import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { declarationsOf } from '../../src/dataset/convention-globals.js';
import { definitionsOf, mapWords, tokensOf, withoutComments, wordCounts } from '../../src/dataset/convention-tokens.js';

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
});

test('declarations of uniforms, inputs and outputs, not of parameters', () => {
  const text = `uniform highp vec2 r, m[3];
precision highp float;
layout(location = 1) out vec4 second; flat in int which;
varying lowp vec2 uv ;
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
    ['out', 'vec3', 'c', undefined],
  ]);
  for (const { first, last } of found) expect(tokens.slice(first, last + 1).join('')).toMatch(/^[a-z][^;]*;$/);
});
