import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { checkUnambiguous, isPrograms, openDataset, parseNamed } from '../../src/dataset/spec.js';
import { temporaryFolder } from '../temporary.js';
import { scatter } from './pictures.js';

describe('NAME=SPEC', () => {
  test.each([
    ['Shaders=programs', 'Shaders', 'programs'],
    ['My own = photos=2=./x', 'My own', ' photos=2=./x'],
    ['Places=/data/places', 'Places', '/data/places'],
    ['programs', 'programs', 'programs'],
    ['/data/imagenet/val/', 'val', '/data/imagenet/val/'],
    ['./a=b/c', 'c', './a=b/c'],
    ['programs:/x/mine', 'mine', 'programs:/x/mine'],
    ['/', '/', '/'],
  ])('%j is %j of %j', (text, name, spec) => {
    expect(parseNamed(text)).toEqual({ name, spec });
  });

  test.each(['', '   ', '=programs', 'Name=', '  =programs'])('%j is refused', (text) => {
    expect(() => parseNamed(text)).toThrow(UserError);
    expect(() => parseNamed(text)).toThrow(`data set: got "${text}", expected NAME=SPEC.`);
  });
});

test('what needs rendering', () => {
  const specs = ['programs', 'programs:x', './programs', 'programs/x', 'Programs', 'photos'];
  expect(specs.filter(isPrograms)).toEqual(['programs', 'programs:x']);
});

test('a shipped name that is a folder here too is ambiguous', () => {
  const folder = temporaryFolder();
  const name = join(folder, 'photos');
  expect(() => checkUnambiguous(name, 'pictures')).not.toThrow();
  writeFileSync(name, 'no folder');
  expect(() => checkUnambiguous(name, 'pictures')).not.toThrow();
  mkdirSync(join(folder, 'programs'));
  symlinkSync('programs', join(folder, 'linked'));
  for (const taken of ['programs', 'linked']) {
    expect(() => checkUnambiguous(join(folder, taken), 'programs')).toThrow(UserError);
    expect(() => checkUnambiguous(join(folder, taken), 'programs')).toThrow(
      new RegExp(`could be the programs that ship .*Write "\\./.*${taken}" for the folder`),
    );
  }
});

describe('opening', () => {
  test('programs, a folder of programs, a folder of images', () => {
    const folder = temporaryFolder();
    scatter(folder, ['a.png', 'c/b.png', 'c/d.png', 'x.frag']);
    expect(openDataset('P', 'programs').identity).toMatchObject({ kind: 'programs' });
    expect(openDataset('Q', `programs:${folder}`)).toMatchObject({
      name: 'Q',
      spec: `programs:${folder}`,
      identity: { kind: 'programs', programs: 1 },
    });
    expect(openDataset('F', folder)).toMatchObject({
      name: 'F',
      spec: folder,
      identity: { kind: 'folder', images: 3 },
    });
    expect(openDataset('F', folder, { classes: new Set(['c']) }).identity.images).toBe(2);
  });

  test('what is neither is said', () => {
    const missing = join(temporaryFolder(), 'missing');
    for (const spec of [missing, `programs:${missing}`, 'programs:'])
      expect(() => openDataset('x', spec)).toThrow(UserError);
  });
});
