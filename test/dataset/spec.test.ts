import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { isMade, openDataset, parseNamed, SPECS } from '../../src/dataset/spec.js';
import { checkUnambiguous } from '../../src/dataset/unambiguous.js';
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

  // The equals signs of a query are the spec's own; a name before it is a name all the same.
  test.each([
    ['programs:grammar?seed=7&count=5000', 'programs:grammar', 'programs:grammar?seed=7&count=5000'],
    ['generator:nets/g.onnx?psi=0.7', 'g.onnx', 'generator:nets/g.onnx?psi=0.7'],
    ['generator:g.onnx?spec=nets/g.json&psi=1', 'generator:g.onnx', 'generator:g.onnx?spec=nets/g.json&psi=1'],
    ['programs:/x/mine/?convention=twigl', 'mine', 'programs:/x/mine/?convention=twigl'],
    ['programs:a=b', 'programs:a=b', 'programs:a=b'],
    ['Grammar=programs:grammar?seed=7', 'Grammar', 'programs:grammar?seed=7'],
    ['programs=programs:s1k', 'programs', 'programs:s1k'],
    ['G 0.7 = generator:g.onnx?psi=0.7', 'G 0.7', ' generator:g.onnx?psi=0.7'],
  ])('%j is %j of %j', (text, name, spec) => {
    expect(parseNamed(text)).toEqual({ name, spec });
  });

  test.each(['', '   ', '=programs', 'Name=', '  =programs'])('%j is refused', (text) => {
    expect(() => parseNamed(text)).toThrow(UserError);
    expect(() => parseNamed(text)).toThrow(`data set: got "${text}", expected NAME=SPEC.`);
  });
});

test('what is made, and what is a path', () => {
  const made = [
    'programs',
    'programs:',
    'programs:x',
    'programs:s1k',
    'programs:grammar?seed=7&count=5000',
    'deadleaves:mixed',
    'fractals:1k',
    'generator:a/b.onnx?psi=0.7',
    'stylegan:oriented',
  ];
  const paths = [
    './programs',
    'programs/x',
    'programs2',
    'Programs',
    'photos',
    'deadleaves',
    './deadleaves:mixed',
    'x:y',
  ];
  expect([...made, ...paths].filter(isMade)).toEqual(made);
  // What messages offer is what there is.
  for (const spec of SPECS.split(', ').slice(0, -1)) expect(isMade(spec), spec).toBe(true);
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
  test('programs, a folder of programs, a folder of images', async () => {
    const folder = temporaryFolder();
    scatter(folder, ['a.png', 'c/b.png', 'c/d.png']);
    writeFileSync(join(folder, 'x.frag'), 'vec3 draw(vec2 p) { return vec3(p, 0.5); }\n');
    const shipped = await openDataset('P', 'programs');
    expect(shipped).toMatchObject({ name: 'P', spec: 'programs', identity: { kind: 'programs' }, takes: ['time'] });
    expect(await openDataset('Q', `programs:${folder}`)).toMatchObject({
      name: 'Q',
      spec: `programs:${folder}`,
      identity: { kind: 'programs', programs: 1 },
      takes: ['time'],
    });
    expect(await openDataset('F', folder)).toMatchObject({
      name: 'F',
      spec: folder,
      identity: { kind: 'folder', images: 3 },
      takes: [],
    });
    expect((await openDataset('F', folder, { classes: new Set(['c']) })).identity.images).toBe(2);
  });

  test('what is neither is said', async () => {
    const missing = join(temporaryFolder(), 'missing');
    for (const spec of [missing, `programs:${missing}`, 'programs:'])
      await expect(openDataset('x', spec)).rejects.toThrow(UserError);
    await expect(openDataset('x', 'programs:')).rejects.toThrow(/^programs: got "programs:", expected s1k, s21k, /);
  });
});

describe('programs of the grammar', () => {
  const open = (query: string) => openDataset('g', `programs:grammar${query}`);
  /** Its programs, as a walk through many outputs meets them. */
  const idsOf = async (query: string) => {
    const dataset = await open(query);
    const chosen = Array.from({ length: 100 }, (_, output) => dataset.choose(output, 4, 0, new Set())).flat();
    return [...new Set(chosen.map(({ id }) => id))].sort();
  };

  test('are named by seed and candidate', async () => {
    expect(await idsOf('?seed=7&count=3')).toEqual(['g7-0', 'g7-1', 'g7-2']);
    expect(await idsOf('?seed=7&count=2&first=5')).toEqual(['g7-5', 'g7-6']);
    expect(await idsOf('?count=2')).toEqual(['g0-0', 'g0-1']);
    expect((await open('?seed=7')).identity).toMatchObject({ kind: 'programs', programs: 1000, grammarSeed: 7 });
    expect((await open('')).identity).toEqual((await open('?seed=0&count=1000&first=0')).identity);
  });

  test('are other programs by seed, count and first', async () => {
    const queries = ['?seed=7&count=3', '?seed=8&count=3', '?seed=7&count=4', '?seed=7&count=3&first=1'];
    const identities = await Promise.all(queries.map(async (query) => (await open(query)).identity));
    expect(new Set(identities.map(({ sha256 }) => sha256)).size).toBe(4);
    expect((await open('?count=3&seed=7')).identity).toEqual(identities[0]);
  });

  test('a candidate is the same in every set', async () => {
    const load = async (query: string) =>
      (await open(query)).load({ id: 'g7-5', output: 2, slot: 1 }, 3, 64) as Promise<{ program: { source: string } }>;
    const [one, other] = [await load('?seed=7&count=9'), await load('?seed=7&count=2&first=4')];
    expect(one).toEqual(other);
    expect(one.program.source).toMatch(/^#version 300 es\n[\s\S]*vec3 draw\s*\(\s*vec2/);
  });

  test.each([
    ['?seed=-1', /^seed of programs:grammar: got "-1", expected a whole number from 0 to 999999999999999/],
    ['?seed=x', /^seed of programs:grammar: got "x"/],
    ['?seed=', /^seed of programs:grammar: got ""/],
    ['?seed=1.5', /^seed of programs:grammar: got "1\.5"/],
    ['?seed=1e3', /^seed of programs:grammar: got "1e3"/],
    ['?seed=1000000000000000', /^seed of programs:grammar: got "1000000000000000"/],
    ['?count=0', /^count of programs:grammar: got "0", expected a whole number from 1 to 1000000/],
    ['?count=1000001', /^count of programs:grammar: got "1000001"/],
    ['?first=-2', /^first of programs:grammar: got "-2", expected a whole number from 0 to 1000000/],
    ['?seeds=7', /^option of programs:grammar: got "seeds", expected seed, count or first/],
    ['?seed=7&psi=1', /^option of programs:grammar: got "psi"/],
    ['?7', /^option of programs:grammar: got "7"/],
    ['?seed=1&seed=2', /^option of programs:grammar: got "seed", expected each option once/],
  ])('%j is refused', async (query, message) => {
    await expect(open(query)).rejects.toThrow(UserError);
    await expect(open(query)).rejects.toThrow(message);
  });
});
