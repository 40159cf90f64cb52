import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { fileError, writeAtomically } from '../../src/core/files.js';
import { temporaryFolder } from '../temporary.js';

test('writes text and bytes, replaces what was there and leaves nothing beside it', () => {
  const folder = temporaryFolder();
  const path = join(folder, 'a.txt');
  writeAtomically(path, 'first, and longer');
  writeAtomically(path, 'Ünïcode');
  expect(readFileSync(path, 'utf8')).toBe('Ünïcode');
  writeAtomically(path, Uint8Array.of(0, 255, 1).subarray(1));
  expect([...readFileSync(path)]).toEqual([255, 1]);
  writeAtomically(path, '');
  expect(readFileSync(path)).toHaveLength(0);
  expect(readdirSync(folder)).toEqual(['a.txt']);
});

test('a folder in its place stays, and no temporary file is left', () => {
  const folder = temporaryFolder();
  const path = join(folder, 'taken');
  mkdirSync(join(path, 'inner'), { recursive: true });
  expect(() => writeAtomically(path, 'x')).toThrow(UserError);
  expect(() => writeAtomically(path, 'x')).toThrow(path);
  expect(readdirSync(folder)).toEqual(['taken']);
  expect(readdirSync(path)).toEqual(['inner']);
});

test('below a missing folder or a file: the user is told the path, the file keeps its content', () => {
  const folder = temporaryFolder();
  const missing = join(folder, 'missing', 'a.txt');
  expect(() => writeAtomically(missing, 'x')).toThrow(UserError);
  expect(() => writeAtomically(missing, 'x')).toThrow(missing);
  const file = join(folder, 'file');
  writeFileSync(file, 'kept');
  expect(() => writeAtomically(join(file, 'a.txt'), 'x')).toThrow(UserError);
  expect(() => writeAtomically(join(file, 'a.txt'), 'x')).toThrow(join(file, 'a.txt'));
  expect(readFileSync(file, 'utf8')).toBe('kept');
  expect(existsSync(join(folder, 'missing'))).toBe(false);
});

test('a folder that may not be written', (context) => {
  context.skip(process.getuid?.() === 0, 'root may write everywhere');
  const folder = temporaryFolder();
  const path = join(folder, 'a.txt');
  writeFileSync(path, 'kept');
  chmodSync(folder, 0o500);
  try {
    expect(() => writeAtomically(path, 'x')).toThrow(/not writable/);
    expect(readFileSync(path, 'utf8')).toBe('kept');
  } finally {
    chmodSync(folder, 0o700);
  }
});

test.each([
  ['ENOSPC', /^out: the disk is full\. What was computed before is kept/],
  ['EDQUOT', /^out: the disk is full/],
  ['EACCES', /^out: not writable \(EACCES\)/],
  ['EROFS', /^out: not writable \(EROFS\)/],
  ['ENOENT', /^out: it happened/],
])('%s is the user’s to mend', (code, message) => {
  const error = fileError(Object.assign(new Error('it happened'), { code }), 'out');
  expect(error).toBeInstanceOf(UserError);
  expect((error as Error).message).toMatch(message);
});

test('any other failure is passed on as it is', () => {
  const bug = new TypeError('a bug');
  expect(fileError(bug, 'out')).toBe(bug);
});
