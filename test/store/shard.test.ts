import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeNpy } from '../../src/core/npy.js';
import { BrokenFile, seal } from '../../src/store/sealed-file.js';
import { checkShard, encodeShard, readShard, readSlice } from '../../src/store/shard.js';
import { temporaryFolder } from '../temporary.js';
import { sha256, turned } from './records.js';

const ABOUT = {
  run: 'ab'.repeat(32),
  dataset: 1,
  block: 7,
  outputs: 2,
  dims: 3,
  settings: ['none', 'mixup:2'],
  setAside: [{ dataset: 'é', id: 'loop', why: 'hangs' }],
  known: [{ dataset: 1, block: 0, part: 2, position: 1, entry: { dataset: 'é', id: 'slow', why: 'hangs' } }],
};
const FEATURES = Float32Array.from({ length: 12 }, (_, i) => i / 7);
const { bytes: SHARD, shard: WRITTEN } = encodeShard(ABOUT, FEATURES);

function written(bytes: Uint8Array = SHARD): string {
  const path = join(temporaryFolder(), 'block-00007.npy');
  writeFileSync(path, bytes);
  return path;
}

const slice = (path: string, i: number) => readSlice(path, WRITTEN.start + 24 * i, 6, WRITTEN.sha256[i]);

describe('a shard', () => {
  test('says what it holds, and gives each slice', () => {
    const path = written();
    const read = readShard(path);
    expect(read).toEqual(WRITTEN);
    expect(read).toMatchObject(ABOUT);
    expect(read.sha256).toEqual([0, 6].map((i) => sha256(new Uint8Array(FEATURES.slice(i, i + 6).buffer))));
    for (const i of [0, 1]) expect([...slice(path, i)]).toEqual([...FEATURES.subarray(6 * i, 6 * i + 6)]);
    expect(checkShard(path).whole).toEqual([true, true]);
  });

  test('is a NumPy array to any reader of those: the trailer does not count', ({ skip }) => {
    expect(decodeNpy(SHARD, 'shard')).toEqual({ shape: [2, 2, 3], data: FEATURES });
    let numpy: string;
    try {
      const script = 'import numpy, sys; a = numpy.load(sys.argv[1]); print(a.dtype, a.shape, float(a[1, 1, 2]))';
      numpy = execFileSync('python3', ['-c', script, written()], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    } catch {
      return skip('numpy is not here');
    }
    expect(numpy.trim()).toBe(`float32 (2, 2, 3) ${FEATURES[11]}`);
  });
});

describe('a shard that is not what was written', () => {
  test('with any bit turned: what is wrong is noticed, and a slice that is whole is given', () => {
    const path = written();
    const length = 24;
    for (let at = 0; at < SHARD.length; at++) {
      writeFileSync(path, turned(SHARD, at));
      const inSlice = Math.floor((at - WRITTEN.start) / length);
      for (const i of [0, 1]) {
        if (i === inSlice) expect(() => slice(path, i)).toThrow(/do not match their SHA-256/);
        else expect([...slice(path, i)]).toEqual([...FEATURES.subarray(6 * i, 6 * i + 6)]);
      }
      if (inSlice === 0 || inSlice === 1) expect(checkShard(path).whole).toEqual([inSlice !== 0, inSlice !== 1]);
      else expect(() => checkShard(path), `byte ${at}`).toThrow(BrokenFile);
    }
  });

  test('cut off anywhere: broken', () => {
    const path = written();
    for (let length = SHARD.length - 1; length >= 0; length--) {
      truncateSync(path, length);
      expect(() => readShard(path), `${length} bytes`).toThrow(BrokenFile);
    }
    expect(() => slice(path, 0)).toThrow(/is cut off/);
  });

  test.each([
    ['no object', null],
    ['other fields', { run: 'x' }],
    ['outputs that are no number', { ...WRITTEN, outputs: '2' }],
    ['settings that are no texts', { ...WRITTEN, settings: [1, 2] }],
    ['fewer hashes than settings', { ...WRITTEN, sha256: WRITTEN.sha256.slice(1) }],
    ['set aside: no list', { ...WRITTEN, setAside: {} }],
    ['set aside: no entry', { ...WRITTEN, setAside: [null] }],
    ['known: nothing', { ...WRITTEN, known: undefined }],
    ['known: no row', { ...WRITTEN, known: [{ ...ABOUT.known[0], part: -1 }] }],
    ['known: of another data set', { ...WRITTEN, known: [{ ...ABOUT.known[0], dataset: 0 }] }],
    ['more outputs than there are', { ...WRITTEN, outputs: 3 }],
    ['so many that they fill no memory', { ...WRITTEN, outputs: 2 ** 40, dims: 2 ** 12 }],
    ['none', { ...WRITTEN, outputs: 0 }],
    ['another shape of the same size', { ...WRITTEN, outputs: 3, dims: 2 }],
  ])('a trailer that proves to be whole and says what is not so: %s', (_, trailer) => {
    const array = SHARD.subarray(0, WRITTEN.start + 48);
    expect(() => readShard(written(seal(array, trailer as object)))).toThrow(BrokenFile);
  });

  test('a hostile trailer longer than the file', () => {
    const hostile = Buffer.from(SHARD);
    hostile.writeUInt32LE(2 ** 32 - 1, hostile.length - 12);
    expect(() => readShard(written(hostile))).toThrow(/has a damaged trailer/);
  });

  test('missing, or a folder in its place', () => {
    const folder = temporaryFolder();
    expect(() => readShard(join(folder, 'gone.npy'))).toThrow(new BrokenFile(join(folder, 'gone.npy'), 'is missing'));
    mkdirSync(join(folder, 'folder.npy'));
    expect(() => readShard(join(folder, 'folder.npy'))).toThrow(/is no regular file/);
  });

  test('slices beyond the end are not given', () => {
    const path = written();
    expect(() => readSlice(path, WRITTEN.start, 2 ** 40)).toThrow(BrokenFile);
    expect(() => readSlice(path, -4, 1)).toThrow(BrokenFile);
    expect(readFileSync(path).equals(SHARD)).toBe(true);
  });
});
