import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { expandBraces, expandPattern, isPattern } from '../../src/dataset/pattern.js';
import { temporaryFolder } from '../temporary.js';
import { scatter } from './pictures.js';

describe('braces', () => {
  // As Bash 5.2 expands them.
  test.each([
    ['a{1..3}', 'a1 a2 a3'],
    ['a{08..11}b', 'a08b a09b a10b a11b'],
    ['{0..3}', '0 1 2 3'],
    ['{3..1}', '3 2 1'],
    ['{5..005}', '005'],
    ['{a,b}{1,2}', 'a1 a2 b1 b2'],
    ['x{,y}', 'x xy'],
    ['{a,b{1..2},c}.tar', 'a.tar b1.tar b2.tar c.tar'],
    ['{a}', '{a}'],
    ['{a..c}', '{a..c}'],
    ['{}', '{}'],
    ['{{a,b}', '{a {b'],
    ['{a,b', '{a,b'],
    ['a}b{c,d}', 'a}bc a}bd'],
    ['{x{1,2}}', '{x1} {x2}'],
  ])('%s', (pattern, expected) => {
    expect(expandBraces(pattern).join(' ')).toBe(expected);
  });

  test.each(['{0..999999999}', '{0..999}{0..999}', '{{0..99999},{0..99999}}', '{0..9}'.repeat(60)])(
    'that stand for too many are refused: %s',
    (pattern) => {
      expect(() => expandBraces(pattern)).toThrow(UserError);
    },
  );
});

describe('a pattern', () => {
  test('is told from a path', () => {
    expect(['a*.tar', 'a?', '{1..2}', '{a,b}'].map(isPattern)).toEqual([true, true, true, true]);
    expect(['a.tar', '{a}', 'a{', '[ab].tar'].map(isPattern)).toEqual([false, false, false, false]);
  });

  test('finds files in code-unit order, hidden ones by a dot alone, in folders too', () => {
    const folder = temporaryFolder();
    scatter(folder, [
      'b-10.tar',
      'b-9.tar',
      'B-1.tar',
      '.b-0.tar',
      'b-9.tar.gz',
      'x/one.zip',
      'y/one.zip',
      'y/two.zip',
      'z',
    ]);
    const found = (pattern: string) =>
      expandPattern(join(folder, pattern)).map((path) => path.slice(folder.length + 1));
    expect(found('b-*.tar')).toEqual(['b-10.tar', 'b-9.tar']);
    expect(found('?-?.tar')).toEqual(['B-1.tar', 'b-9.tar']);
    expect(found('*.tar')).toEqual(['B-1.tar', 'b-10.tar', 'b-9.tar']);
    expect(found('.*.tar')).toEqual(['.b-0.tar']);
    expect(found('?/*e.zip')).toEqual(['x/one.zip', 'y/one.zip']);
    expect(found('*/two.zip')).toEqual(['y/two.zip']);
    expect(found('{b-9,b-1*}.tar')).toEqual(['b-9.tar', 'b-10.tar']);
    // Named by braces: whether it is there, opening it tells.
    expect(found('{b-9,gone}.tar')).toEqual(['b-9.tar', 'gone.tar']);
  });

  test('that matches nothing, or a file twice: refused', () => {
    const folder = temporaryFolder();
    scatter(folder, ['a.tar']);
    for (const pattern of ['b*.tar', 'a.tar/*.tar', 'nowhere/*.tar', '{a*,b*}.tar'])
      expect(() => expandPattern(join(folder, pattern))).toThrow(/expected a pattern that matches a file/);
    expect(() => expandPattern(join(folder, '{a,a}.tar'))).toThrow(/names each file once/);
    expect(() => expandPattern(join(folder, '{a,*}.tar'))).toThrow(UserError);
  });

  test('of many stars ends', () => {
    const folder = temporaryFolder();
    scatter(folder, [`${'a'.repeat(200)}.tar`]);
    expect(() => expandPattern(join(folder, `${'a*'.repeat(100)}b`))).toThrow(UserError);
    expect(expandPattern(join(folder, `${'a*'.repeat(100)}.tar`))).toHaveLength(1);
  });
});
