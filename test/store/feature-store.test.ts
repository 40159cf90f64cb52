import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { FeatureStore } from '../../src/store/feature-store.js';
import { temporaryFolder } from '../temporary.js';

/** Values that are held in memory: 4096 rows of 2048. */
const HELD = 8 * 1024 ** 2;

let scratch = '';
beforeEach(() => {
  scratch = temporaryFolder();
  vi.stubEnv('TMPDIR', scratch);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
});

function opened(dims: number): FeatureStore {
  const store = new FeatureStore(dims);
  onTestFinished(() => store.close());
  return store;
}

/** A value that float32 holds exactly, different for every place of some 8,000 rows of 2048. */
const value = (row: number, j: number) => row * 2048 + j;

function rowsOf(rows: readonly number[], dims: number): Float32Array {
  const out = new Float32Array(rows.length * dims);
  for (const [at, row] of rows.entries()) for (let j = 0; j < dims; j++) out[at * dims + j] = value(row, j);
  return out;
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** Writes rows in chunks; the same array for all of them, which a store must not keep. */
function fill(store: FeatureStore, order: readonly number[], chunk: number): void {
  const { dims } = store;
  const buffer = new Float32Array(chunk * dims);
  for (let from = 0; from < order.length; from += chunk) {
    const rows = order.slice(from, from + chunk);
    const values = buffer.subarray(0, rows.length * dims);
    values.set(rowsOf(rows, dims));
    store.write(rows, values);
  }
}

/** The same numbers, compared as bytes: a comparison value by value of millions takes minutes. */
const same = (a: Float32Array, b: Float32Array) =>
  a.length === b.length &&
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));

function expectRows(store: FeatureStore, from: number, to: number): void {
  expect(same(store.rows(from, to), rowsOf(range(from, to), store.dims)), `rows ${from} to ${to}`).toBe(true);
}

describe('in memory', () => {
  test('rows put down in any order are read back in theirs', () => {
    const store = opened(3);
    store.write([4, 1], rowsOf([4, 1], 3));
    expect(store.count).toBe(5);
    store.write([0], rowsOf([0], 3));
    store.write([3, 2], rowsOf([3, 2], 3));
    expect(store.count).toBe(5);
    expectRows(store, 0, 5);
    expectRows(store, 2, 4);
    expect(store.rows(2, 2)).toEqual(new Float32Array());
    expect(store.rows(5, 5)).toEqual(new Float32Array());
  });

  test('it grows, one row at a time, past every size it was given', () => {
    const store = opened(5);
    fill(store, range(0, 1000), 1);
    expect(store.count).toBe(1000);
    expectRows(store, 0, 1000);
    expect(readdirSync(scratch)).toEqual([]);
  });

  test('a row that is written again has the new values', () => {
    const store = opened(2);
    store.write([0, 1], Float32Array.of(1, 2, 3, 4));
    store.write([1], Float32Array.of(30, 40));
    expect([...store.rows(0, 2)]).toEqual([1, 2, 30, 40]);
  });

  test('nothing written is nothing', () => {
    const store = opened(7);
    store.write([], new Float32Array());
    expect(store.count).toBe(0);
    expect(store.rows(0, 0)).toEqual(new Float32Array());
  });
});

describe('what is no row', () => {
  test.each([
    [[0], 3],
    [[0], 5],
    [[0, 1], 4],
    [[], 4],
    [[0], 0],
  ])('rows %j of %i values, where one has 4: refused, and nothing is kept', (rows, length) => {
    const store = opened(4);
    expect(() => store.write(rows, new Float32Array(length))).toThrow(`${length} values for ${rows.length} rows of 4`);
    expect(store.count).toBe(0);
  });

  test.each([
    [-1, 1],
    [0, 4],
    [2, 1],
    [4, 4],
    [Number.NaN, 1],
    [0, Number.NaN],
  ])('rows %d to %d of 3: refused', (from, to) => {
    const store = opened(4);
    fill(store, [0, 1, 2], 3);
    expect(() => store.rows(from, to)).toThrow(RangeError);
    expect(() => store.rows(from, to)).toThrow(`rows ${from} to ${to} of 3`);
  });
});

describe('more than memory holds', () => {
  test('4096 rows of 2048 stay in memory, one more takes all to the file', () => {
    const store = opened(2048);
    const descriptors = () => readdirSync('/proc/self/fd').length;
    const before = descriptors();
    fill(store, range(0, HELD / 2048), 512);
    expect(descriptors()).toBe(before);
    expectRows(store, 4000, 4096);
    fill(store, [HELD / 2048], 1);
    expect(descriptors()).toBe(before + 1);
    expect(store.count).toBe(4097);
    // Across what was in memory and what came after, and at both ends.
    expectRows(store, 4090, 4097);
    expectRows(store, 0, 10);
    expectRows(store, 4096, 4097);
    expectRows(store, 0, 4097);
    expect(store.rows(3, 3)).toEqual(new Float32Array());
    expect(() => store.rows(4096, 4098)).toThrow('rows 4096 to 4098 of 4097');
    store.close();
    expect(descriptors()).toBe(before);
  });

  test('4200 rows in a scrambled order, in chunks, are read back in order', () => {
    const store = opened(2048);
    // 1009 and 4200 have no common divisor: a permutation, with the highest rows early and late.
    const order = range(0, 4200).map((i) => (i * 1009 + 4000) % 4200);
    fill(store, order, 128);
    expect(store.count).toBe(4200);
    for (let from = 0; from < 4200; from += 700) expectRows(store, from, from + 700);
    store.write([7, 4150], rowsOf([8, 9], 2048));
    expect(same(store.rows(7, 8), rowsOf([8], 2048))).toBe(true);
    expect(same(store.rows(4150, 4151), rowsOf([9], 2048))).toBe(true);
  });

  test('the last row first goes to the file at once, and the others to their places', () => {
    const store = opened(2048);
    fill(store, [4199], 1);
    fill(store, range(0, 4199), 512);
    expectRows(store, 0, 3);
    expectRows(store, 4090, 4200);
  });

  test('dimensions that do not divide what memory holds', () => {
    const store = opened(3000);
    const fits = Math.floor(HELD / 3000);
    fill(store, range(0, fits + 3), 400);
    expectRows(store, fits - 5, fits + 3);
    expectRows(store, 0, 2);
  });

  test('its file has no name, in the folder of TMPDIR or elsewhere, open or closed', () => {
    const store = opened(2048);
    fill(store, [0, 4200], 2);
    const mine = readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        return [readlinkSync(join('/proc/self/fd', fd))];
      } catch {
        // The descriptor of this very listing is gone.
        return [];
      }
    });
    expect(mine.filter((path) => path.startsWith(scratch) && path.endsWith(' (deleted)'))).toHaveLength(1);
    expect(readdirSync(scratch)).toEqual([]);
    store.close();
    expect(readdirSync(scratch)).toEqual([]);
  });

  test('two at a time do not mix', () => {
    const [one, other] = [opened(2048), opened(2048)];
    fill(one, [0, 4200], 2);
    other.write([4200, 0], rowsOf([0, 4200], 2048));
    expectRows(one, 4200, 4201);
    expect(same(other.rows(4200, 4201), rowsOf([0], 2048))).toBe(true);
  });
});

test('closed it is empty, twice does no harm, and it can be filled again', () => {
  for (const rows of [
    [0, 1],
    [0, 4200],
  ]) {
    const store = opened(2048);
    fill(store, rows, 2);
    store.close();
    store.close();
    expect(store.count).toBe(0);
    expect(() => store.rows(0, 1)).toThrow('rows 0 to 1 of 0');
    fill(store, [1, 0], 2);
    expectRows(store, 0, 2);
  }
});

describe('a temporary folder that fails', () => {
  test('which is not there: the user is told its name', () => {
    vi.stubEnv('TMPDIR', join(scratch, 'missing'));
    const store = opened(2048);
    const write = () => fill(store, [4200], 1);
    expect(write).toThrow(UserError);
    expect(write).toThrow(join(scratch, 'missing'));
  });

  test('a full disk: the user is told, and what to do; nothing is left on it', ({ skip }) => {
    const disk = join(scratch, 'small disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      skip('a file system of 1 MB cannot be mounted here: it takes root, and the right to mount');
    }
    try {
      vi.stubEnv('TMPDIR', disk);
      const atOnce = opened(2048);
      fill(atOnce, range(0, 300), 100);
      const later = opened(2048);
      fill(later, [5000], 1);
      for (const [store, rows] of [
        // 300 rows of 8 KiB from memory, and 300 in the file itself.
        [atOnce, [5000]],
        [later, range(0, 300)],
      ] as const) {
        const write = () => fill(store, rows, rows.length);
        expect(write).toThrow(UserError);
        expect(write).toThrow(`${disk}: the disk is full`);
        expect(write).toThrow(/8192 bytes an image.*TMPDIR/);
      }
      atOnce.close();
      later.close();
      expect(readdirSync(disk)).toEqual([]);
    } finally {
      execFileSync('umount', ['--lazy', disk]);
    }
  });
});
