import { describe, expect, test } from 'vitest';
import { mapWords, tokensOf } from '../../src/dataset/convention-tokens.js';
import { movedInitialisers, renamesTo300 } from '../../src/dataset/glsl-100.js';

const rewritten = (text: string) => mapWords(tokensOf(text), renamesTo300(tokensOf(text))).join('');

describe('words of 1.00 in 3.00', () => {
  test.each([
    ['texture2D(s, p)', 'texture(s, p)'],
    ['textureCube(s, p) + texture2DProj(s, q)', 'texture(s, p) + textureProj(s, q)'],
    ['texture2DLodEXT(s, p, 0.)', 'textureLod(s, p, 0.)'],
    ['texture2DGradEXT(s, p, a, b)', 'textureGrad(s, p, a, b)'],
    ['#define T texture2D\nT(s, p)', '#define T texture\nT(s, p)'],
    // A name of its own that 3.00 has taken.
    ['float sample = 1.; f(sample);', 'float sampleOld = 1.; f(sampleOld);'],
    ['float sample, sampleOld;', 'float sampleOldx, sampleOld;'],
    ['float round(float x) { return x; } round(1.)', 'float roundOld(float x) { return x; } roundOld(1.)'],
    ['uniform sampler2D texture; texture2D(texture, p)', 'uniform sampler2D textureOld; texture(textureOld, p)'],
    ['#define inverse(x) 1./x\ninverse(2.)', '#define inverseOld(x) 1./x\ninverseOld(2.)'],
    // One that it calls and does not define is 3.00's: that is why 1.00 refused it.
    ['float a = round(1.);', 'float a = round(1.);'],
    // Its own function of an old name stays.
    ['vec4 texture2D(vec2 p) { return vec4(0); }', 'vec4 texture2D(vec2 p) { return vec4(0); }'],
    ['#ifdef GL_OES_standard_derivatives', '#ifdef fidsweep_derivatives'],
  ])('%s', (text, newer) => {
    expect(rewritten(text)).toBe(newer);
  });
});

describe('initialisers of globals', () => {
  const moved = (text: string) => {
    const { tokens, assignments } = movedInitialisers(tokensOf(text));
    return [tokens.join(''), ...assignments];
  };

  test('become assignments, in their order', () => {
    expect(moved('float a = 2.0 * time;\nhighp vec2 b = vec2(a, f(1, 2)), c, d = b;')).toEqual([
      'float a;\nhighp vec2 b, c, d;',
      'a = 2.0 * time;',
      'b = vec2(a, f(1, 2));',
      'd = b;',
    ]);
  });

  test('keep the lines of what follows', () => {
    expect(moved('float a\n= 1.0 +\n2.0;\nint b;')).toEqual(['float a;\n\n\nint b;', 'a = 1.0 + 2.0;']);
  });

  test.each([
    'const float a = 1.0;',
    'uniform float a;',
    'void main() { float a = time; for (int i = 0; i < 3; i++) a += 1.0; }',
    'struct S { float a; }; S s;',
    'float f(float a);',
    '#if 1\nfloat a = time;\n#endif',
    'precision highp float;',
    'float f() {\n#ifdef A\nreturn 1.; }\n#else\nreturn 0.; }\n#endif\nvoid main() { float a = time; a++; float b = a; }',
    'void f() {\n#if A\nif (x) {\n#endif\nfloat a = time; }\nfloat b = time;',
    'void f() { } }\nfloat a = time;',
    // What the words mean behind the text is something else.
    '#define T (.5 * u_time)\nfloat a = sin(T);\n#undef T',
    '#define T 1.\n#define S(x) (T * x)\nfloat a = S(time);\n#define T 2.',
    'float a = time;\n#define a 2.',
    'float w[3] = float[3](1., 2., 3.);',
    'float w[] = float[](1., time), b = time;',
  ])('nothing else moves: %s', (text) => {
    expect(moved(text)).toEqual([text]);
  });

  test('with macros that stay what they are', () => {
    const macros = '#define T 1.\n#undef T\n#if A\n#define T 1.\n#else\n#define T time\n#endif\n';
    expect(moved(`${macros}float a = T;\n#define U 1.`)).toEqual([`${macros}float a;\n#define U 1.`, 'a = T;']);
  });

  test.each([
    ['float a = time;', true],
    ['const float a = 1.0; void main() { float b = time; }', true],
    ['float b[2] = float[2](1., 2.);', false],
    ['#if 1\nfloat a = time;\n#endif', false],
    ['void f() { } } float a = time;', false],
  ])('whether all moved: %s', (text, complete) => {
    expect(movedInitialisers(tokensOf(text)).complete).toBe(complete);
  });

  test('behind functions and structures too', () => {
    expect(moved('struct S { float a; };\nvoid f() { }\nS s = S(1.0);')).toEqual([
      'struct S { float a; };\nvoid f() { }\nS s;',
      's = S(1.0);',
    ]);
  });
});
