import { describe, expect, test } from 'vitest';
import { explainLog } from '../../src/dataset/program-text.js';
import { acceptableSource } from '../../src/render/source.js';
import { Renderer } from '../built.js';
import { pictureOf, program, unmixed } from './programs.js';

describe('what headless-gl is given', () => {
  test.each([
    ['continued lines, joined', '#define A 1 + \\\n  2 \\\r\n  3\nint b;', '#define A 1 +   2   3\n\n\nint b;'],
    ['comments, gone', 'int a; // don\'t \\\n$ `\nint b; /* @ */ int c;}// "', 'int a;  \n\nint b;   int c;} '],
    ['a comment of several lines, its lines kept', 'int a; /* 1\n2\n3 */ int b;', 'int a;  \n\n int b;'],
    ['such a comment in a directive', '#define A /* 1\n2 */ 7\nint b;', '#define A   7\n\nint b;'],
    ['a comment that does not close', "int a; /* don't\n/", 'int a; /*\n'],
    ['a comment mark in a comment', '/* // */ int a; // /*\nint b;', '  int a;  \nint b;'],
    ['all else', '#if A / 2 * 3\n\tint a;\n#endif', '#if A / 2 * 3\n\tint a;\n#endif'],
  ])('%s', (_, given, expected) => {
    expect(acceptableSource(given)).toBe(expected);
  });

  test.each(['"', '$', '`', '@', '\\', "'", '\0'])('%j is reported with its text and line', (character) => {
    const shown = character === '\0' ? '\\0' : character;
    const log = (text: number, line: number) => `ERROR: ${text}:${line}: '${shown}' : character not allowed`;
    expect(() => acceptableSource(`int a;\nint ${character}b;`)).toThrow(log(0, 2));
    expect(() => acceptableSource(`#line 7 3\n#define A \\\n1\n int ${character}b;`)).toThrow(log(3, 9));
    expect(() => acceptableSource(`#line 7 3\n#line 20\nint ${character}b;`)).toThrow(log(3, 20));
  });
});

const SIDE = 16;

const CONTINUED = program(
  'continued',
  `#define RED vec3(1.0, \\
    0.0, \\
    0.0) // don't stop
  return RED;`,
);
const FORBIDDEN = program('forbidden', '  float a = 1.0; // €\n  return vec3(a, 0.0, @a);');
const LATER = program('later', '#define RED vec3(1.0, \\\n 0.0, 0.0)\n  return RED + missing;');

test('a program with continued lines is drawn, and one with a forbidden character harms no other', async () => {
  const renderer = await Renderer.open({ resolution: SIDE, layers: 4 });
  try {
    const failures = await renderer.load([
      pictureOf('continued', CONTINUED, 0),
      pictureOf('forbidden', FORBIDDEN, 0),
      pictureOf('later', LATER, 0),
      pictureOf('green', program('green', 'return vec3(0.0, 1.0, 0.0);'), 0),
    ]);
    expect(failures.map(({ program, why, log }) => `${why}: ${explainLog(program, log)}`)).toEqual([
      "does not compile: forbidden:3: '@' : character not allowed",
      expect.stringMatching(/^does not compile: later:4: .*'missing'/),
    ]);
    const drawn = await renderer.mix(unmixed(4, SIDE));
    const first = (layer: number) => [...drawn.subarray(layer * SIDE * SIDE * 3, layer * SIDE * SIDE * 3 + 3)];
    expect([first(0), first(3)]).toEqual([
      [255, 0, 0],
      [0, 255, 0],
    ]);
  } finally {
    await renderer.dispose();
  }
});
