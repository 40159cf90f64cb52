import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { assembleProgram, explainLog } from '../../src/dataset/program-text.js';

const LIBRARY = new Map([
  ['hash', 'float hash(float x) { return x; }\n'],
  ['noise', '#include <hash>\nfloat noise(float x) { return hash(x); }\n'],
  ['loop', '#include <loop>\nfloat loop() { return 1.0; }\n'],
]);

/** Where each line stands by `#line`, as a driver counts: [text number, line number, line]. */
function numbered(source: string): [number, number, string][] {
  let [self, next] = [0, 1];
  const out: [number, number, string][] = [];
  for (const line of source.split('\n')) {
    const match = /^#line (\d+) (\d+)$/.exec(line);
    if (match) [next, self] = [Number(match[1]), Number(match[2])];
    else out.push([self, next++, line]);
  }
  return out;
}

const occurrences = (text: string, part: string) => text.split(part).length - 1;

describe('a program’s whole text', () => {
  test('starts with the version and ends with the entry point', () => {
    const source = assembleProgram('p', 'vec3 draw(vec2 p) { return vec3(0.0); }', LIBRARY);
    expect(source.startsWith('#version 300 es\n')).toBe(true);
    expect(occurrences(source, 'void main()')).toBe(1);
    expect(source.indexOf('void main()')).toBeGreaterThan(source.indexOf('vec3 draw(vec2 p)'));
  });

  test('has each library file once, before its first use, however often it is included', () => {
    const source = assembleProgram('p', '#include <noise>\n#include <hash>\n#include <noise>\nint x;\n', LIBRARY);
    expect(occurrences(source, 'float hash(float x)')).toBe(1);
    expect(occurrences(source, 'float noise(float x)')).toBe(1);
    expect(source.indexOf('float hash')).toBeLessThan(source.indexOf('float noise'));
    expect(source).not.toContain('#include');
  });

  test('ends where a file includes itself', () => {
    expect(occurrences(assembleProgram('p', '#include <loop>\n', LIBRARY), 'float loop()')).toBe(1);
  });

  test.each(['\n', '\r\n'])('keeps the line numbers of its file, with line ends %j', (end) => {
    const lines = [
      '// Draws: x',
      '#include <noise>',
      'int a;',
      '',
      '\t #include <hash> ',
      'int b;',
      'vec3 draw(vec2 p);',
    ];
    const placed = numbered(assembleProgram('p', lines.join(end), LIBRARY));
    for (const [i, line] of lines.entries()) {
      if (line.includes('#include')) continue;
      expect(placed).toContainEqual([1, i + 1, line]);
    }
    const [hash, noise] = [
      placed.find(([, , line]) => line.startsWith('float hash')),
      placed.find(([, , line]) => line.startsWith('float noise')),
    ];
    expect(hash!.slice(1, 2)).toEqual([1]);
    expect(noise!.slice(1, 2)).toEqual([2]);
    expect(new Set([1, hash![0], noise![0]]).size).toBe(3);
  });

  test('an include that the library lacks is named, with its line and what there is', () => {
    const text = 'int a;\n\n#include <noize>\n';
    expect(() => assembleProgram('marble', text, LIBRARY)).toThrow(UserError);
    expect(() => assembleProgram('marble', text, LIBRARY)).toThrow(
      'marble:3: no library file <noize>; there are hash, loop, noise.',
    );
  });

  test('nothing is included by path', () => {
    for (const line of ['#include <../secret>', '#include "hash"', '#include </etc/passwd>']) {
      expect(assembleProgram('p', line, LIBRARY)).toContain(line);
    }
  });
});

describe('a driver’s log', () => {
  test('is told by the program’s own line, the first error only', () => {
    const log =
      "WARNING: 0:1: x\nERROR: 1:12: 'foo' : undeclared identifier\nERROR: 1:13: 'bar' : undeclared identifier\n";
    expect(explainLog('marble', log)).toBe("marble:12: 'foo' : undeclared identifier");
  });

  test('says when the line is in what it includes', () => {
    expect(explainLog('marble', "ERROR: 3:7: 'x' : syntax error\n")).toBe(
      "marble (in what it includes, line 7): 'x' : syntax error",
    );
  });

  test('of another form is told by its first line', () => {
    expect(explainLog('marble', 'link failed\nmore')).toBe('marble: link failed');
    expect(explainLog('marble', '')).toBe('marble: ');
  });
});
