import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { isZip, openZip } from '../../src/extract/zip-archive.js';
import { FIXTURES } from './fixtures.js';
import { bytesOf, little } from './torch-writer.mjs';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const FILES = { 'a.txt': text('alpha'), 'b/c.txt': text('gamma '.repeat(100)) };

const made = (level: 0 | 9, files: Record<string, Uint8Array> = FILES): Buffer =>
  Buffer.from(zipSync(files, { level, mtime: new Date('1980-01-01T00:00:00') }));

/**
 * An archive of one entry, `a`, by Python 3.11 after zipfile.ZIP64_LIMIT = zipfile.ZIP_FILECOUNT_LIMIT = 0, so that
 * every field that can be is 64-bit: zipfile.ZipFile(f, 'w').open(ZipInfo('a'), 'w', force_zip64=True).write(b'hi').
 */
const PYTHON_64 =
  '504b03042d000000000000002100ac2a93d8ffffffffffffffff010014006101001000020000000000000002000000000000006869504b' +
  '01022d032d000000000000002100ac2a93d8ffffffffffffffff0100140000000000000000008001000000006101001000020000000000' +
  '00000200000000000000504b06062c000000000000002d002d000000000000000000010000000000000001000000000000004300000000' +
  '0000003500000000000000504b060700000000780000000000000001000000504b0506000000000100010043000000350000000000';

const CENTRAL = Buffer.from('PK\x01\x02', 'latin1');
const LOCAL = Buffer.from('PK\x03\x04', 'latin1');
const END = Buffer.from('PK\x05\x06', 'latin1');

/** A deflated archive with one 16-bit or 32-bit field written over, counted from the signature of its record. */
function edited(
  signature: Buffer,
  at: number,
  size: 2 | 4,
  value: number,
  { nth = 0, level = 9 as 0 | 9 } = {},
): Buffer {
  const file = made(level);
  let start = -1;
  for (let i = 0; i <= nth; i++) start = file.indexOf(signature, start + 1);
  file.set(little(value, size), start + at);
  return file;
}

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message;
  }
  throw new Error('it was read without an error');
}

describe('archives', () => {
  test.each([
    ['stored', made(0)],
    ['deflated', made(9)],
    ['inside a larger buffer', bytesOf(1, made(9), 1).subarray(1, -1)],
  ])('%s', (_, file) => {
    expect(isZip(file)).toBe(true);
    const archive = openZip(file, 'x.zip');
    expect(archive.names).toEqual(['a.txt', 'b/c.txt']);
    for (const [name, bytes] of Object.entries(FILES)) {
      expect(Buffer.from(archive.read(name)).equals(bytes)).toBe(true);
      expect(archive.read(name)).toBe(archive.read(name));
    }
  });

  test('of no entries, and with a comment', () => {
    expect(openZip(made(9, {}), 'x.zip').names).toEqual([]);
    const file = made(9);
    file.set(little(5, 2), file.length - 2);
    expect(openZip(bytesOf(file, text('hello')), 'x.zip').names).toHaveLength(2);
  });

  test('with 64-bit sizes', () => {
    const archive = openZip(new Uint8Array(Buffer.from(PYTHON_64, 'hex')), 'x.zip');
    expect(archive.names).toEqual(['a']);
    expect(Buffer.from(archive.read('a')).toString()).toBe('hi');
  });

  test('as torch.save writes them, with 64-bit records', () => {
    const archive = openZip(readFileSync(join(FIXTURES, 'inception-slim-zip.pth')), 'x.zip');
    expect(archive.names).toHaveLength(572);
    expect(Buffer.from(archive.read('inception-slim-zip/byteorder')).toString()).toBe('little');
  });
});

describe('hostile archives', () => {
  const wide = Buffer.from(PYTHON_64, 'hex');

  test.each<[string, () => Uint8Array, RegExp]>([
    ['cut off', () => made(9).subarray(0, -1), /x\.zip: not a readable zip archive: it has no directory, as if/],
    ['only a beginning', () => made(9).subarray(0, 4), /it has no directory/],
    ['a volume', () => edited(END, 4, 2, 1), /one volume of several/],
    ['a directory past the end', () => edited(END, 16, 4, 0x7fffffff), /cut off, or points past its end/],
    ['a directory elsewhere', () => edited(END, 16, 4, 1), /directory is damaged at byte 1/],
    ['fewer entries', () => edited(END, 10, 2, 1), /its directory is not as long as it says/],
    ['more entries', () => edited(END, 10, 2, 3), /its directory is damaged/],
    ['a directory of another size', () => edited(END, 12, 4, 1), /its directory is not as long as it says/],
    ['a name past the end', () => edited(CENTRAL, 28, 2, 0xffff), /cut off, or points past its end/],
    ['a 64-bit size that is missing', () => edited(CENTRAL, 24, 4, 0xffffffff), /an entry lacks its 64-bit size/],
    [
      'two entries of one name',
      () =>
        Buffer.from(
          made(0, { aa: text('1'), ab: text('2') })
            .toString('latin1')
            .replaceAll('ab', 'aa'),
          'latin1',
        ),
      /two entries named "aa"/,
    ],
    [
      'two directories',
      () => {
        const file = Buffer.from(wide);
        file.set(little(2, 2), file.length - 12);
        return file;
      },
      /two directory records contradict/,
    ],
    [
      'a 64-bit record elsewhere',
      () => {
        const file = Buffer.from(wide);
        file.set(little(1, 8), file.length - 22 - 12);
        return file;
      },
      /64-bit directory record is missing/,
    ],
    [
      'a 64-bit record past 2^53',
      () => {
        const file = Buffer.from(wide);
        file.set(little(-1, 8), file.length - 22 - 12);
        return file;
      },
      /points past its end/,
    ],
    [
      'a million entries',
      () => {
        const file = Buffer.from(wide);
        const record = file.indexOf('PK\x06\x06', 0, 'latin1');
        file.set(little(1_000_000, 8), record + 32);
        file.set(little(0xffff, 2), file.length - 12);
        return file;
      },
      /claims 1000000 entries/,
    ],
  ])('%s', (_, file, message) => {
    expect(messageOf(() => openZip(file(), 'x.zip'))).toMatch(message);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['encrypted', edited(CENTRAL, 8, 2, 1), /^x\.zip: the entry "a\.txt": encrypted\.$/],
    ['another method', edited(CENTRAL, 10, 2, 14), /compression method 14, expected stored or deflated/],
    ['a wrong checksum', edited(CENTRAL, 16, 4, 1), /its checksum is wrong/],
    ['packed past the end', edited(CENTRAL, 20, 4, 0x7fffffff), /cut off, or points past its end/],
    ['stored in another size', edited(CENTRAL, 24, 4, 4, { level: 0 }), /stored in another size than its own/],
    ['unpacked to more', edited(CENTRAL, 24, 4, 4), /does not unpack to 4 bytes/],
    ['unpacked to less', edited(CENTRAL, 24, 4, 400), /unpacks to 5 bytes, not 400/],
    ['no DEFLATE', edited(CENTRAL, 10, 2, 8, { level: 0 }), /does not unpack to 5 bytes/],
    ['at no entry', edited(CENTRAL, 42, 4, 1), /the directory points at no entry/],
    ['at another entry', edited(CENTRAL, 42, 4, made(9).lastIndexOf(LOCAL)), /give two names/],
    ['a bomb', edited(CENTRAL, 24, 4, 0xfffffffe), /unpacking it makes 4294967294 bytes out of an archive of \d+/],
  ])('an entry: %s', (_, file, message) => {
    const archive = openZip(file, 'x.zip');
    expect(messageOf(() => archive.read('a.txt'))).toMatch(message);
  });

  test.each(['a.TXT', './a.txt', '/a.txt', 'b/../a.txt', 'b', 'b/', 'constructor', ''])(
    'no entry is called "%s"',
    (name) => {
      expect(messageOf(() => openZip(made(9), 'x.zip').read(name))).toMatch(/: not in the archive\.$/);
    },
  );

  test('a true bomb of a thousand to one unpacks to nothing', () => {
    const file = made(9, { zeros: new Uint8Array(2 ** 25) });
    expect(file.length).toBeLessThan(2 ** 16);
    expect(messageOf(() => openZip(file, 'x.zip').read('zeros'))).toMatch(/unpacking it makes 33554432 bytes/);
  });

  test('many small ones add up', () => {
    const file = made(9, Object.fromEntries([1, 2, 3].map((i) => [`${i}`, new Uint8Array(2 ** 23)])));
    const archive = openZip(file, 'x.zip');
    expect(archive.read('1')).toHaveLength(2 ** 23);
    expect(archive.read('2')).toHaveLength(2 ** 23);
    expect(messageOf(() => archive.read('3'))).toMatch(/unpacking it makes 25165824 bytes/);
  });

  test('entries that lie in one another', () => {
    // Every entry holds the local headers and the bytes of all that follow it, as in Fifield's bomb, but stored.
    const inner = made(0, { c: new Uint8Array(200) });
    const middle = made(0, { b: inner });
    const file = made(0, { a: middle });
    const directory = (name: string): Buffer => {
      const of = { a: file, b: middle, c: inner }[name]!;
      const entry = Buffer.from(of.subarray(of.lastIndexOf(CENTRAL), of.lastIndexOf(END)));
      entry.set(little(file.indexOf(Buffer.concat([LOCAL, of.subarray(4, 31)])), 4), 42);
      return entry;
    };
    const body = file.subarray(0, file.lastIndexOf(CENTRAL));
    const entries = Buffer.concat(['a', 'b', 'c'].map(directory));
    const end = Buffer.from(file.subarray(file.lastIndexOf(END)));
    end.set(bytesOf(little(3, 2), little(3, 2), little(entries.length, 4), little(body.length, 4)), 8);
    const archive = openZip(Buffer.concat([body, entries, end]), 'x.zip');
    expect(archive.read('c')).toEqual(Buffer.alloc(200));
    expect(archive.read('b')).toHaveLength(inner.length);
    expect(messageOf(() => archive.read('a'))).toMatch(/it overlaps with others/);
  });
});
