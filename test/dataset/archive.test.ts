import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strToU8, type Zippable, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { openTar, openZip } from '../../src/dataset/archive.js';
import { CorruptImage } from '../../src/dataset/dataset.js';
import type { PictureSet } from '../../src/dataset/picture-set.js';
import { temporaryFolder } from '../temporary.js';
import { pax, type TarEntry, tar } from './tar-writer.js';

function written(bytes: Uint8Array, name: string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, bytes);
  return path;
}

const zipOf = (bytes: Uint8Array) => openZip(written(bytes, 'x.zip'));
const tarOf = (entries: readonly TarEntry[] | Uint8Array) =>
  openTar(written(entries instanceof Uint8Array ? entries : tar(entries), 'x.tar'));

/** What each picture of a set holds, as text. */
async function texts(set: PictureSet): Promise<Record<string, string>> {
  const read = await Promise.all(set.ids.map(async (_, i) => Buffer.from((await set.read(i)) as Uint8Array)));
  await set.close();
  return Object.fromEntries(set.ids.map((id, i) => [id, read[i]!.toString()]));
}

const FILES: Zippable = {
  'b/10.png': strToU8('ten'),
  'a.JPG': strToU8('a'.repeat(5000)),
  'é ü.webp': [strToU8('stored'), { level: 0 }],
  '../outside.gif': strToU8('dots'),
  'notes.txt': strToU8('no picture'),
  'folder.png/': new Uint8Array(),
  '__MACOSX/._a.JPG': strToU8('resource fork'),
  'b/._10.png': strToU8('resource fork'),
};

describe('a zip archive', () => {
  test('gives its pictures in the order of their names, stored or deflated', async () => {
    const set = zipOf(zipSync(FILES));
    expect(set.name).toBe('x.zip');
    expect(set.ids).toEqual(['../outside.gif', 'a.JPG', 'b/10.png', 'é ü.webp']);
    expect(await texts(set)).toEqual({
      '../outside.gif': 'dots',
      'a.JPG': 'a'.repeat(5000),
      'b/10.png': 'ten',
      'é ü.webp': 'stored',
    });
  });

  test('whose names begin with "./": without it, and in the order that they then have', async () => {
    const set = zipOf(zipSync({ './b.png': strToU8('b'), 'a.png': strToU8('a'), './-.png': strToU8('-') }));
    expect(set.ids).toEqual(['-.png', 'a.png', 'b.png']);
    expect(await texts(set)).toEqual({ '-.png': '-', 'a.png': 'a', 'b.png': 'b' });
  });

  /** Fields of the one member of an archive: its central header and its local one. */
  function one(change: (zip: Buffer, central: number) => void, method: 0 | 6 = 6): Buffer {
    const zip = Buffer.from(zipSync({ 'a.png': [strToU8('a'.repeat(1000)), { level: method }] }));
    change(zip, zip.readUInt32LE(zip.length - 6));
    return zip;
  }

  test('with a comment at its end, or a program before it', async () => {
    const plain = one(() => {});
    const commented = Buffer.concat([plain, Buffer.from('PK\x05\x06 a comment')]);
    commented.writeUInt16LE(14, plain.length - 2);
    for (const bytes of [commented, Buffer.concat([Buffer.from('#!/bin/sh\n'), plain])])
      expect(await texts(zipOf(bytes))).toEqual({ 'a.png': 'a'.repeat(1000) });
  });

  test('whose sizes follow the bytes, as a stream writes them', async () => {
    const streamed = one((zip, central) => {
      for (const at of [6, central + 8]) zip.writeUInt16LE(zip.readUInt16LE(at) | 8, at);
      zip.fill(0, 14, 26);
    });
    expect(await texts(zipOf(streamed))).toEqual({ 'a.png': 'a'.repeat(1000) });
  });

  test('with 64-bit sizes and places', async () => {
    const plain = one(() => {});
    const central = plain.readUInt32LE(plain.length - 6);
    const entry = Buffer.from(plain.subarray(central, plain.length - 22));
    const numbers = [24, 20, 42].map((at) => BigInt(entry.readUInt32LE(at)));
    for (const at of [24, 20, 42]) entry.writeUInt32LE(0xffffffff, at);
    const extra = Buffer.alloc(28);
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(24, 2);
    for (const [i, value] of numbers.entries()) extra.writeBigUInt64LE(value, 4 + 8 * i);
    entry.writeUInt16LE(28, 30);
    const end64 = Buffer.alloc(76);
    end64.writeUInt32LE(0x06064b50, 0);
    end64.writeBigUInt64LE(1n, 32);
    end64.writeBigUInt64LE(BigInt(entry.length + 28), 40);
    end64.writeBigUInt64LE(BigInt(central), 48);
    end64.writeUInt32LE(0x07064b50, 56);
    end64.writeBigUInt64LE(BigInt(central + entry.length + 28), 64);
    const end = Buffer.from(plain.subarray(plain.length - 22));
    end.fill(0xff, 8, 20);
    const wide = Buffer.concat([plain.subarray(0, central), entry, extra, end64, end]);
    expect(await texts(zipOf(wide))).toEqual({ 'a.png': 'a'.repeat(1000) });
  });

  const two = (): Buffer => Buffer.from(zipSync({ 'a.png': strToU8('first'), 'b.png': strToU8('second') }));
  /** Where the second entry of the directory of `two` begins. */
  const second = (zip: Buffer) => zip.readUInt32LE(zip.length - 6) + 46 + 5;

  test.each<[string, () => Uint8Array, RegExp]>([
    ['empty', () => new Uint8Array(), /not a zip archive, or its end is missing/],
    ['words', () => strToU8('these are words, and many of them'), /not a zip archive/],
    ['cut off', () => one(() => {}).subarray(0, -30), /its end is missing/],
    ['without its first half', () => one(() => {}, 0).subarray(600), /directory is cut off|reaches beyond/],
    [
      'a directory that begins elsewhere',
      () => one((zip) => zip.writeUInt32LE(7, zip.length - 10)),
      /directory is (damaged|cut off)/,
    ],
    ['a directory larger than the file', () => one((zip) => zip.writeUInt32LE(0x7fffffff, zip.length - 10)), /cut off/],
    ['more members than it has', () => one((zip) => zip.writeUInt16LE(9, zip.length - 12)), /lists 1 of 9/],
    ['a member beyond the end', () => one((zip, at) => zip.writeUInt32LE(9_999_999, at + 42)), /reaches beyond/],
    ['a name longer than the directory', () => one((zip, at) => zip.writeUInt16LE(60_000, at + 28)), /damaged/],
    ['encrypted', () => one((zip, at) => zip.writeUInt16LE(1, at + 8)), /"a\.png" is encrypted\. Unpack/],
    ['packed in an unknown way', () => one((zip, at) => zip.writeUInt16LE(14, at + 10)), /method 14, expected stored/],
    [
      'a stored member of another size',
      () => one((zip, at) => zip.writeUInt32LE(7, at + 24), 0),
      /1000 bytes unpack to 7/,
    ],
    ['a bomb by its size', () => one((zip, at) => zip.writeUInt32LE(0xfffffffe, at + 24)), /unpack to 4294967294/],
    [
      'members that overlap',
      () => {
        const zip = two();
        zip.writeUInt32LE(0, second(zip) + 42);
        return zip;
      },
      /"a\.png" and "b\.png" overlap/,
    ],
    [
      'one name twice',
      () => {
        const zip = two();
        zip.write('a.png', second(zip) + 46);
        return zip;
      },
      /it holds "a\.png" twice/,
    ],
    ['no pictures', () => zipSync({ 'a.txt': strToU8('words') }), /it holds no images, expected \.png/],
  ])('%s: refused', (_, make, message) => {
    expect(() => zipOf(make())).toThrow(UserError);
    expect(() => zipOf(make())).toThrow(message);
  });

  test.each<[string, (zip: Buffer, central: number) => void, RegExp]>([
    ['unpacks to more than it says', (zip, at) => zip.writeUInt32LE(500, at + 24), /larger than 500/],
    ['unpacks to less than it says', (zip, at) => zip.writeUInt32LE(1001, at + 24), /to 1000 bytes, not 1001/],
    ['has another checksum', (zip, at) => zip.writeUInt32LE(1, at + 16), /checksum is wrong/],
    ['is damaged', (zip) => zip.fill(0xff, 35, 45), /invalid/],
    ['has no header of its own', (zip) => zip.fill(0, 0, 4), /its header in the archive is missing/],
  ])('a member that %s is a corrupt image', async (_, change, message) => {
    const set = zipOf(one(change));
    await expect(set.read(0)).rejects.toThrow(CorruptImage);
    await expect(set.read(0)).rejects.toThrow(message);
    await expect(set.read(0)).rejects.toMatchObject({ id: 'a.png' });
    await set.close();
  });

  test('a member of more than 256 MB is not unpacked', async () => {
    const packed = Buffer.alloc(300_000);
    const set = zipOf(
      (() => {
        const zip = Buffer.from(zipSync({ 'a.png': [packed, { level: 0 }] }));
        const central = zip.readUInt32LE(zip.length - 6);
        zip.writeUInt16LE(8, central + 10);
        zip.writeUInt32LE(300_000_000, central + 24);
        return zip;
      })(),
    );
    await expect(set.read(0)).rejects.toThrow('a.png: 300000000 bytes are too many, at most 268435456 are read');
    await set.close();
  });

  test('that is missing, or a folder: refused', () => {
    const folder = temporaryFolder();
    expect(() => openZip(join(folder, 'no.zip'))).toThrow(/Archive ".*no\.zip": ENOENT/);
    expect(() => openZip(folder)).toThrow(/not a file/);
  });
});

const bytes = (text: string) => Buffer.from(text);

describe('a tar archive', () => {
  test('gives its pictures in its order: plain files and their second names, whatever else it holds', async () => {
    const set = tarOf([
      { name: 'z.png', bytes: bytes('z'.repeat(600)) },
      { name: 'dir.png', type: '5' },
      { name: 'old/', type: '\0' },
      { name: 'z.cls', bytes: bytes('7') },
      { name: './a.jpeg', type: '\0', bytes: bytes('a') },
      { name: 'link.png', type: '2', link: 'z.png' },
      { name: 'second.png', type: '1', link: 'z.png' },
      { name: 'lost.png', type: '1', link: 'nowhere.png' },
      { name: 'pipe.png', type: '6' },
      { name: '._z.png', bytes: bytes('resource fork') },
      { name: 'name.tif', prefix: 'long/folder', bytes: bytes('prefixed') },
      { name: '../up.gif', bytes: bytes('dots') },
    ]);
    expect(set.ids).toEqual(['z.png', 'a.jpeg', 'second.png', 'long/folder/name.tif', '../up.gif']);
    expect(await texts(set)).toEqual({
      'z.png': 'z'.repeat(600),
      'a.jpeg': 'a',
      'second.png': 'z'.repeat(600),
      'long/folder/name.tif': 'prefixed',
      '../up.gif': 'dots',
    });
  });

  test('with long names and sizes of GNU and of pax', async () => {
    const [gnu, posix] = [`${'g/'.repeat(90)}é.png`, `${'p/'.repeat(90)}é.png`];
    const set = tarOf([
      { name: '././@LongLink', type: 'L', bytes: bytes(`${gnu}\0`) },
      { name: 'g/g/g', bytes: bytes('gnu') },
      { name: 'global', type: 'g', bytes: bytes('20 comment=anything\n') },
      pax({ path: posix, size: '5', mtime: '1.5' }),
      { name: 'p/p/p', bytes: bytes('posix'), size: '00000000000\0' },
      { name: 'binary.png', bytes: bytes('six'), size: Buffer.from('800000000000000000000003', 'hex') },
      { name: 'after.png', bytes: bytes('after') },
    ]);
    expect(await texts(set)).toEqual({ [gnu]: 'gnu', [posix]: 'posix', 'binary.png': 'six', 'after.png': 'after' });
  });

  test('made of a folder as ".": its names are those of the folder', async () => {
    const set = tarOf([
      { name: './', type: '5' },
      { name: './n01/b.png', bytes: bytes('b') },
      { name: './/./a.png', bytes: bytes('a') },
      { name: '.hidden.png', bytes: bytes('hidden') },
      { name: './n01/./c.png', bytes: bytes('c') },
    ]);
    expect(await texts(set)).toEqual({ 'n01/b.png': 'b', 'a.png': 'a', '.hidden.png': 'hidden', 'n01/./c.png': 'c' });
    expect(() => tarOf([{ name: 'a.png' }, { name: './a.png' }])).toThrow('it holds "a.png" twice');
  });

  test('without its end', async () => {
    const whole = tar([{ name: 'a.png', bytes: bytes('a') }]);
    expect(await texts(tarOf(whole.subarray(0, 1024)))).toEqual({ 'a.png': 'a' });
    expect(await texts(tarOf(whole.subarray(0, 513)))).toEqual({ 'a.png': 'a' });
  });

  const picture: TarEntry = { name: 'a.png', bytes: bytes('a'.repeat(2000)) };

  test.each<[string, () => readonly TarEntry[] | Uint8Array, RegExp]>([
    ['empty', () => new Uint8Array(), /it holds no images/],
    ['words', () => bytes('words '.repeat(200)), /no valid size|does not begin with a header/],
    ['cut off in a member', () => tar([picture]).subarray(0, 1500), /"a\.png" is cut off/],
    ['cut off in a header', () => tar([picture, picture]).subarray(0, 512 + 2048 + 100), /cut off in a header/],
    [
      'a damaged header',
      () => {
        const whole = tar([picture, { name: 'b.png' }]);
        whole[512 + 2048]! ^= 1;
        return whole;
      },
      /the header at byte 2560 is damaged/,
    ],
    ['a negative size', () => [{ ...picture, size: Buffer.alloc(12, 0xff) }], /no valid size/],
    ['a huge size', () => [{ ...picture, size: '77777777777\0' }], /its size is wrong/],
    [
      'a huge binary size',
      () => [{ ...picture, size: Buffer.from('80ffffffffffffffffffffff', 'hex') }],
      /no valid size/,
    ],
    ['a size that is none', () => [{ ...picture, size: 'many\0' }], /no valid size/],
    ['a pax size beyond all files', () => [pax({ size: '9'.repeat(30) }), picture], /of the size "9999/],
    ['a negative pax size', () => [pax({ size: '-5' }), picture], /of the size "-5"/],
    ['a pax size beyond the file', () => [pax({ size: '999999999' }), picture], /its size is wrong/],
    [
      'a damaged pax header',
      () => [{ name: 'x', type: 'x', bytes: bytes('99 path=a\n') }, picture],
      /header is damaged/,
    ],
    [
      'a pax header of length 0',
      () => [{ name: 'x', type: 'x', bytes: bytes('0 path=a\n') }, picture],
      /header is damaged/,
    ],
    [
      'a long name of gigabytes',
      () => [{ name: 'x', type: 'L', size: '10000000000\0' }, picture],
      /cut off or too large/,
    ],
    ['files with holes', () => [{ ...picture, type: 'S' }], /holes \(sparse\)/],
    ['files with holes, in pax', () => [pax({ 'GNU.sparse.major': '1' }), picture], /holes \(sparse\)/],
    ['one name twice', () => [picture, picture], /it holds "a\.png" twice/],
    ['only links', () => [{ name: 'a.png', type: '2', link: 'a.png' }], /it holds no images/],
    ['compressed', () => Buffer.from('1f8b080000000000', 'hex'), /it is compressed, unpack it first/],
  ])('%s: refused', (_, make, message) => {
    expect(() => tarOf(make())).toThrow(UserError);
    expect(() => tarOf(make())).toThrow(message);
  });
});
