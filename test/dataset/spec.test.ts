import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { isPrograms, openDataset, parseNamed } from '../../src/dataset/spec.js';
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

describe('opening', () => {
  test('programs, a folder of programs, a folder of images', () => {
    const folder = temporaryFolder();
    scatter(folder, ['a.png', 'c/b.png', 'x.frag']);
    expect(openDataset('P', 'programs').identity).toMatchObject({ kind: 'programs' });
    expect(openDataset('Q', `programs:${folder}`)).toMatchObject({
      name: 'Q',
      spec: `programs:${folder}`,
      identity: { kind: 'programs', programs: 1 },
    });
    expect(openDataset('F', folder)).toMatchObject({ name: 'F', spec: folder, size: 2, identity: { kind: 'folder' } });
    expect(openDataset('F', folder, { classes: new Set(['c']) }).size).toBe(1);
  });

  test('what is neither is said', () => {
    const missing = join(temporaryFolder(), 'missing');
    for (const spec of [missing, `programs:${missing}`, 'programs:'])
      expect(() => openDataset('x', spec)).toThrow(UserError);
  });
});
