import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { npzKeys, openArray } from '../../src/dataset/array.js';
import { CorruptImage } from '../../src/dataset/dataset.js';
import type { Picture } from '../../src/dataset/decode.js';
import { temporaryFolder } from '../temporary.js';

function npy(shape: readonly number[], body: Uint8Array, descr = '|u1', order = 'False'): Uint8Array {
  const text = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape.join(', ')}), }\n`;
  const head = Buffer.from(`\x93NUMPY\x01\x00\x00\x00${text}`, 'latin1');
  head.writeUInt16LE(text.length, 8);
  return Buffer.concat([head, body]);
}

function written(bytes: Uint8Array, name: string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, bytes);
  return path;
}

/** Pictures in noise that deflate shrinks little: more than one piece of what is read, and of what is unpacked. */
const [COUNT, HEIGHT, WIDTH] = [400, 40, 30];
const SIZE = HEIGHT * WIDTH * 3;
const noise = new Uint8Array(COUNT * SIZE);
for (let i = 0, state = 1; i < noise.length; i++) {
  // xorshift32
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  noise[i] = state & 63;
}
const array = npy([COUNT, HEIGHT, WIDTH, 3], noise);
const npz = (level: 0 | 6) => zipSync({ 'arr_0.npy': [array, { level }], 'mu.npy': npy([1], new Uint8Array(1)) });

describe('an array of pictures', () => {
  test.each<[string, () => string]>([
    ['.npy', () => written(array, 'a.npy')],
    ['.npz, stored', () => written(npz(0), 'a.npz')],
    ['.npz, compressed', () => written(npz(6), 'a.npz')],
  ])('%s: in order, several at once, and back', async (_, make) => {
    const set = await openArray(make());
    expect(set.ids.length).toBe(COUNT);
    expect([set.ids[0], set.ids[COUNT - 1]]).toEqual(['000', '399']);
    for (const places of [[0, 1, 2, 3], [100, 101, 390], [399], [5, 4, 4, 0]]) {
      const read = (await Promise.all(places.map((place) => set.read(place)))) as Picture[];
      for (const [i, { width, height, data }] of read.entries()) {
        expect([width, height]).toEqual([WIDTH, HEIGHT]);
        expect(Buffer.compare(data, noise.subarray(places[i]! * SIZE, (places[i]! + 1) * SIZE))).toBe(0);
      }
    }
    await set.close();
  });

  test.each([[[2, 2, 2]], [[2, 2, 2, 1]]])('of greys (%j): three of each', async (shape) => {
    const set = await openArray(written(npy(shape, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)), 'grey.npy'));
    expect(set.ids).toEqual(['0', '1']);
    const { width, height, data } = (await set.read(1)) as Picture;
    expect([width, height, [...data]]).toEqual([2, 2, [5, 5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8]]);
    await set.close();
  });

  test('closes while something is still being unpacked', async () => {
    const set = await openArray(written(npz(6), 'a.npz'));
    const reading = set.read(399);
    await set.close();
    expect(((await reading) as Picture).data.length).toBe(SIZE);
  });

  const of = (bytes: Uint8Array) => zipSync({ 'arr_0.npy': bytes });
  /** An archive whose array says in the directory that it unpacks to so much. */
  function claiming(size: number): Uint8Array {
    const zip = Buffer.from(of(npy([COUNT, HEIGHT, WIDTH, 3], new Uint8Array(2))));
    zip.writeUInt32LE(size, zip.readUInt32LE(zip.length - 6) + 24);
    return zip;
  }

  test.each<[string, Uint8Array, string, RegExp]>([
    ['floats', npy([1, 1, 1, 3], new Uint8Array(12), '<f4'), 'x.npy', /type <f4, expected uint8 .*Scale and round/],
    ['objects', npy([1, 1, 1, 3], new Uint8Array(24), '|O'), 'x.npy', /type \|O/],
    ['one picture', npy([4, 4, 3], new Uint8Array(48)), 'x.npy', /array of \(4, 4, 3\), expected pictures/],
    ['channels first', npy([4, 3, 8, 8], new Uint8Array(768)), 'x.npy', /array of \(4, 3, 8, 8\), expected/],
    ['features', npy([4, 9], new Uint8Array(36)), 'x.npy', /array of \(4, 9\), expected/],
    ['Fortran order', npy([1, 2, 2, 3], new Uint8Array(12), '|u1', 'True'), 'x.npy', /Fortran order/],
    ['none', npy([0, 2, 2, 3], new Uint8Array()), 'x.npy', /it holds no images/],
    ['pictures of nothing', npy([9, 0, 2, 3], new Uint8Array()), 'x.npy', /2 × 0 pixels/],
    ['pictures too large', npy([1, 99_999, 99_999, 3], new Uint8Array()), 'x.npy', /too many/],
    ['more pictures than anybody has', npy([2 ** 40, 1, 1, 3], new Uint8Array()), 'x.npy', /at most 10000000/],
    ['cut off', npy([2, 2, 2, 3], new Uint8Array(23)), 'x.npy', /cut off: 23 bytes for an array of \(2, 2, 2, 3\)/],
    ['no array', strToU8('words and more words'), 'x.npy', /the magic bytes are missing/],
    [
      'an archive of statistics',
      zipSync({ 'mu.npy': array, 'sigma.npy': array }),
      'x.npz',
      /it holds mu, sigma; expected/,
    ],
    ['no archive', array, 'x.npz', /not a readable zip archive/],
    ['an archive cut off', npz(0).subarray(0, 900_000), 'x.npz', /not a readable zip archive/],
    ['floats in an archive', of(npy([1, 1, 1, 3], new Uint8Array(12), '<f4')), 'x.npz', /type <f4/],
    ['an archive of less than it says', claiming(90), 'x.npz', /cut off/],
    ['a bomb', claiming(2 ** 32 - 2), 'x.npz', /unpack to 4294967294/],
  ])('%s: refused', async (_, bytes, name, message) => {
    const path = written(bytes, name);
    await expect(openArray(path)).rejects.toThrow(UserError);
    await expect(openArray(path)).rejects.toThrow(message);
  });

  /** The compressed archive with some bytes of its middle changed. */
  async function damaged(byte: number, length: number) {
    const zip = Buffer.from(npz(6));
    zip.fill(byte, 700_000, 700_000 + length);
    return openArray(written(zip, 'a.npz'));
  }

  test('that unpacks to something else: its checksum says so at the last picture', async () => {
    const set = await damaged(0x55, 3);
    for (const place of [3, 390]) expect(((await set.read(place)) as Picture).data.length).toBe(SIZE);
    await expect(set.read(399)).rejects.toThrow(UserError);
    await expect(set.read(399)).rejects.toThrow(/the checksum of arr_0 is wrong/);
    await set.close();
  });

  test('that cannot be unpacked half way: a corrupt image from there on, those before are read', async () => {
    // Its first part, and then no more of what deflate writes.
    const whole = deflateSync(array.subarray(0, 600_000), { level: 6 });
    const broken = Buffer.concat([whole.subarray(0, -4), Buffer.alloc(64, 0xff)]);
    const member = Buffer.from(zipSync({ 'arr_0.npy': [broken, { level: 0 }] }));
    const central = member.readUInt32LE(member.length - 6);
    for (const at of [8, central + 10]) member.writeUInt16LE(8, at);
    for (const at of [22, central + 24]) member.writeUInt32LE(array.length, at);
    const set = await openArray(written(member, 'a.npz'));
    await expect(set.read(399)).rejects.toThrow(CorruptImage);
    await expect(set.read(398)).rejects.toMatchObject({
      id: '398',
      message: expect.stringMatching(/cannot be unpacked/),
    });
    expect(((await set.read(3)) as Picture).data).toEqual(Buffer.from(noise.subarray(3 * SIZE, 4 * SIZE)));
    await set.close();
  });
});

test('an archive tells its arrays without reading them', () => {
  const damaged = Buffer.from(npz(0)).fill(0, 100, 1000);
  expect(npzKeys(written(damaged, 'a.npz'))).toEqual(['arr_0', 'mu']);
  expect(npzKeys(written(zipSync({ 'notes.txt': strToU8('x') }), 'b.npz'))).toEqual([]);
  expect(() => npzKeys(written(array, 'c.npz'))).toThrow(UserError);
});
