import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { fileError, makeFolder, prepareFile, writeAtomically } from '../../src/core/files.js';
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
  ['EEXIST', /^out: it happened/],
])('%s is the user’s to mend', (code, message) => {
  const error = fileError(Object.assign(new Error('it happened'), { code }), 'out');
  expect(error).toBeInstanceOf(UserError);
  expect((error as Error).message).toMatch(message);
});

test('any other failure is passed on as it is', () => {
  const bug = new TypeError('a bug');
  expect(fileError(bug, 'out')).toBe(bug);
});

describe('a folder', () => {
  test('is made with all that are missing above it, and left as it is when it is there', () => {
    const folder = temporaryFolder();
    makeFolder(join(folder, 'a', 'b', 'c'));
    writeFileSync(join(folder, 'a', 'b', 'c', 'kept'), '');
    makeFolder(join(folder, 'a', 'b', 'c'));
    makeFolder(`${folder}/a/b/d/`);
    expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['c', 'd']);
    expect(readdirSync(join(folder, 'a', 'b', 'c'))).toEqual(['kept']);
    makeFolder('/');
    makeFolder('.');
  });

  test('is made where the system finds it: what follows a link and two dots is beside the link’s target', () => {
    const folder = temporaryFolder();
    makeFolder(join(folder, 'far', 'away'));
    symlinkSync(join(folder, 'far', 'away'), join(folder, 'link'));
    makeFolder(`${folder}/link/../new/er`);
    expect(statSync(join(folder, 'far', 'new', 'er')).isDirectory()).toBe(true);
    expect(existsSync(join(folder, 'new'))).toBe(false);
  });

  test('in the place of a file, below one, or of a link to nowhere, fails as the file system does', () => {
    const folder = temporaryFolder();
    const file = join(folder, 'file');
    writeFileSync(file, 'kept');
    symlinkSync(join(folder, 'nowhere'), join(folder, 'link'));
    expect(() => makeFolder(file)).toThrow(/^EEXIST/);
    expect(() => makeFolder(join(file, 'a', 'b'))).toThrow(/^ENOTDIR/);
    expect(() => makeFolder(join(folder, 'link'))).toThrow(/^EEXIST/);
    expect(() => makeFolder(join(folder, 'link', 'a'))).toThrow(/^EEXIST/);
    expect(() => makeFolder('')).toThrow(/^ENOENT/);
    expect(readdirSync(folder)).toEqual(['file', 'link']);
  });

  test.skipIf(process.platform !== 'linux')('where none can be made is given up, not tried without end', () => {
    expect(() => makeFolder('/proc/zzz/deep/er')).toThrow(/^ENOENT.*mkdir '\/proc\/zzz'/);
    const prepare = () => prepareFile('--output', '/proc/zzz/y.npz');
    expect(prepare).toThrow(UserError);
    expect(prepare).toThrow(/^--output: got "\/proc\/zzz\/y\.npz", expected a file that can be written\. ENOENT/);
  });
});

test('the place of a file is prepared: its folder is made, and nothing is left in it', () => {
  const folder = temporaryFolder();
  prepareFile('--output', join(folder, 'a', 'b', 'x.npz'));
  expect(readdirSync(join(folder, 'a', 'b'))).toEqual([]);
  expect(() => prepareFile('--output', join(folder, 'a'))).toThrow(/It is a folder/);
  expect(() => prepareFile('--output', '')).toThrow(/It is empty/);
});
