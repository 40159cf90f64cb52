import {
  chmodSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { decodeNpy } from '../../src/core/npy.js';
import { Cache } from '../../src/store/cache.js';
import { temporaryFolder } from '../temporary.js';
import { sha256, turned } from './records.js';

const IDENTITY = {
  dataset: { kind: 'programs', sha256: '12'.repeat(32) },
  fit: 'rendered at 64',
  recipeVersion: 1,
  setting: 'mixup:2',
  resolution: 64,
  extractor: { id: 'slim', sha256: '56'.repeat(32), tap: 'mixed7', dims: 3, preprocessing: 'é' },
  seed: 7,
  first: 0,
  count: 4,
  device: { backend: 'vulkan', renderer: 'llvmpipe', version: 'WebGL 2.0' },
  versions: { gl: '9.0.0' },
};
const FEATURES = Float32Array.from({ length: 12 }, (_, i) => Math.fround(i / 7));
const SET_ASIDE = [{ dataset: 'Programs', id: 'loop', why: 'hangs' }];

function filled(folder = join(temporaryFolder(), 'deep', 'cache')): { cache: Cache; path: string } {
  const cache = Cache.open(folder);
  expect(cache.put(IDENTITY, FEATURES, SET_ASIDE)).toBe(true);
  const [name] = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.npy'));
  return { cache, path: join(folder, name!) };
}

/** Every identity that differs from one in a single place, a number, text or key. */
function* variations(value: unknown): Generator<unknown> {
  if (typeof value === 'number') yield value + 1;
  else if (typeof value === 'string') yield `${value}x`;
  else if (typeof value === 'object' && value !== null) {
    yield { ...value, more: 1 };
    for (const [key, item] of Object.entries(value)) {
      const { [key]: _, ...rest } = value as Record<string, unknown>;
      yield rest;
      for (const other of variations(item)) yield { ...value, [key]: other };
    }
  }
}

describe('a cache', () => {
  test('gives back what was put under an identity, whatever the order of its keys, also to others', () => {
    const { cache, path } = filled();
    const reversed = Object.fromEntries(Object.entries(IDENTITY).reverse());
    for (const other of [cache, Cache.open(cache.folder)]) {
      expect(other.get(reversed, 12)).toEqual({ features: FEATURES, setAside: SET_ASIDE });
    }
    expect(decodeNpy(readFileSync(path), 'cached').data).toEqual(FEATURES);
    const [below, name] = path.slice(cache.folder.length + 1).split('/');
    expect(name).toMatch(/^[0-9a-f]{64}\.npy$/);
    expect(name!.slice(0, 2)).toBe(below);
  });

  test('gives nothing for an identity that differs in anything', () => {
    const { cache } = filled();
    const others = [...variations(IDENTITY)] as (typeof IDENTITY)[];
    expect(others.length).toBeGreaterThan(40);
    for (const identity of others) expect(cache.get(identity, 12), JSON.stringify(identity)).toBeUndefined();
  });

  test('gives nothing for a file of another identity under its name', () => {
    const { cache, path } = filled();
    const other = { ...IDENTITY, seed: 8 };
    cache.put(other, FEATURES, []);
    const [own] = readdirSync(cache.folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.npy') && !path.endsWith(file))
      .map((file) => join(cache.folder, file));
    writeFileSync(own!, readFileSync(path));
    expect(cache.get(other, 12)).toBeUndefined();
  });

  test('with any bit turned: what was put, or nothing; put again it is whole', () => {
    const { cache, path } = filled();
    const whole = readFileSync(path);
    let missing = 0;
    for (let at = 0; at < whole.length; at++) {
      writeFileSync(path, turned(whole, at));
      const found = cache.get(IDENTITY, 12);
      if (found) expect(found, `byte ${at}`).toEqual({ features: FEATURES, setAside: SET_ASIDE });
      else missing++;
    }
    // All but the array's header, which is for others.
    expect(missing).toBe(whole.length - 128);
    expect(cache.put(IDENTITY, FEATURES, SET_ASIDE)).toBe(true);
    expect(sha256(readFileSync(path))).toBe(sha256(whole));
  });

  test('of another number of values than is expected: nothing', () => {
    const { cache } = filled();
    for (const values of [0, 11, 13, 24, 2 ** 36, Number.NaN]) expect(cache.get(IDENTITY, values)).toBeUndefined();
    expect(cache.get(IDENTITY, 12)).toBeDefined();
  });

  test('a file that says, and seems, to hold more than memory does: nothing', () => {
    const { cache, path } = filled();
    const at = 2 ** 38 + 128;
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const own = JSON.stringify(IDENTITY);
    for (const [identity, values, length] of [
      [own, 2 ** 36, undefined],
      [own, 12, undefined],
      [own, 12, 2 ** 32 - 1],
      [deep, 12, undefined],
    ] as const) {
      const json = Buffer.from(`{"identity":${identity},"sha256":"x","values":${values},"setAside":[]}`);
      const said = Buffer.alloc(4);
      said.writeUInt32LE(length ?? json.length);
      const end = Buffer.concat([json, Buffer.from(sha256(json), 'hex'), said, Buffer.from('fidsweep')]);
      const file = openSync(path, 'w');
      try {
        // Sparse: it takes no room.
        ftruncateSync(file, at);
        writeSync(file, end, 0, end.length, at);
      } finally {
        closeSync(file);
      }
      expect(cache.get(IDENTITY, 12)).toBeUndefined();
      if (values !== 12) expect(cache.get(IDENTITY, values)).toBeUndefined();
    }
  });

  test('cut off, a folder in its place, or gone: nothing', () => {
    const { cache, path } = filled();
    for (const length of [400, 150, 20, 0]) {
      truncateSync(path, length);
      expect(cache.get(IDENTITY, 12)).toBeUndefined();
    }
    rmSync(path);
    expect(cache.get(IDENTITY, 12)).toBeUndefined();
    mkdirSync(path);
    expect(cache.get(IDENTITY, 12)).toBeUndefined();
    expect(cache.put(IDENTITY, FEATURES, [])).toBe(false);
    expect(cache.warning).toContain(path);
    expect(readdirSync(join(path, '..'))).toHaveLength(1);
  });

  test('that cannot be written is a warning, the first one', () => {
    const folder = join(temporaryFolder(), 'cache');
    const cache = Cache.open(folder);
    expect([cache.get(IDENTITY, 12), cache.warning]).toEqual([undefined, undefined]);
    writeFileSync(folder, 'in its place');
    expect(cache.put(IDENTITY, FEATURES, [])).toBe(false);
    const { warning } = cache;
    expect(warning).toMatch(/^Cache .*cache: /);
    rmSync(folder);
    expect(cache.put(IDENTITY, FEATURES, [])).toBe(true);
    expect(cache.warning).toBe(warning);
  });

  test.skipIf(process.getuid?.() === 0)('in a folder without the right to write: the same', () => {
    const { cache } = filled();
    chmodSync(cache.folder, 0o500);
    onTestFinished(() => chmodSync(cache.folder, 0o700));
    expect(cache.put({ ...IDENTITY, seed: 99 }, FEATURES, [])).toBe(false);
    expect(cache.get(IDENTITY, 12)).toBeDefined();
  });

  test('where a file is, or nowhere: refused', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    for (const folder of [file, join(file, 'below'), '']) {
      expect(() => Cache.open(folder)).toThrow(UserError);
      expect(() => Cache.open(folder)).toThrow(/^--cache: /);
    }
  });

  test('an identity that JSON cannot hold is a mistake, not another identity', () => {
    const { cache } = filled();
    expect(() => cache.get({ ...IDENTITY, seed: Number.NaN }, 12)).toThrow(/NaN has no JSON/);
    expect(() => cache.put({ alpha: Number.POSITIVE_INFINITY }, FEATURES, [])).toThrow(/Infinity has no JSON/);
  });
});
