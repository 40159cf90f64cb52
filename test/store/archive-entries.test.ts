import { execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TAR_END, tarEntry } from '../../src/store/tar-entries.js';
import { ZipEntries } from '../../src/store/zip-entries.js';
import { temporaryFolder } from '../temporary.js';

/** Archives are read by programs that others wrote: Python, GNU tar, Info-ZIP. */

const python = (script: string, ...args: string[]): string =>
  execFileSync('python3', ['-c', script, ...args], { encoding: 'utf8' });

const READ_ZIP = `
import json, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
print(json.dumps({i.filename: [i.file_size, i.compress_type, i.external_attr >> 16, i.date_time[0]] for i in z.infolist()}))`;

const READ_TAR = `
import json, sys, tarfile
t = tarfile.open(sys.argv[1], 'r|')
print(json.dumps([[m.name, m.size, m.mode, m.uid, m.mtime, m.uname, list(t.extractfile(m).read())] for m in t]))`;

test('a ZIP of ours is what Python and unzip read', () => {
  const path = join(temporaryFolder(), 'a.zip');
  const entries = new ZipEntries();
  const bytes = [
    ...entries.add('00000/a.bin', Uint8Array.of(1, 2, 3)),
    ...entries.add('00000/empty', new Uint8Array()),
  ];
  writeFileSync(path, Buffer.concat([...bytes, ...entries.end()]));
  expect(JSON.parse(python(READ_ZIP, path))).toEqual({
    '00000/a.bin': [3, 0, 0o100644, 1980],
    '00000/empty': [0, 0, 0o100644, 1980],
  });
  expect(execFileSync('unzip', ['-t', path], { encoding: 'utf8' })).toContain('No errors detected');
});

test('a ZIP has more entries than 65,535', () => {
  const path = join(temporaryFolder(), 'many.zip');
  const entries = new ZipEntries();
  const bytes = Array.from({ length: 65_600 }, (_, i) => entries.add(`e${i}`, Uint8Array.of(i & 255))).flat();
  writeFileSync(path, Buffer.concat([...bytes, ...entries.end()]));
  const count =
    "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nprint(len(z.namelist()), list(z.read('e65599')))";
  expect(python(count, path)).toBe(`65600 [${65_599 & 255}]\n`);
  expect(execFileSync('unzip', ['-l', path, 'e65599'], { encoding: 'utf8' })).toContain('1 file');
});

test('a ZIP has entries behind 4 GiB', () => {
  const path = join(temporaryFolder(), 'far.zip');
  const file = openSync(path, 'w');
  try {
    // Two entries of 3 GiB each that take no room on the disk: taken up as if a process that was killed had written them.
    const found = new ZipEntries();
    for (const name of ['a', 'b']) {
      const header = Buffer.concat(new ZipEntries().add(name, new Uint8Array()));
      header.writeUInt32LE(3 * 2 ** 30, 18);
      header.writeUInt32LE(3 * 2 ** 30, 22);
      writeSync(file, header, 0, header.length, found.offset);
      expect(found.resume(header)).toBe(true);
    }
    const far = found.offset;
    const last = Buffer.concat(found.add('c', Uint8Array.of(7, 8, 9)));
    writeSync(file, last, 0, last.length, far);
    const end = Buffer.concat(found.end());
    ftruncateSync(file, found.offset);
    writeSync(file, end, 0, end.length, found.offset);
    expect(far).toBeGreaterThan(2 ** 32);
    const read = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nprint(z.namelist(), list(z.read('c')))";
    expect(python(read, path)).toBe("['a', 'b', 'c'] [7, 8, 9]\n");
    expect(execFileSync('unzip', ['-p', path, 'c'])).toEqual(Buffer.from([7, 8, 9]));
  } finally {
    closeSync(file);
  }
});

test('what is no entry of ours is not taken up', () => {
  expect(new ZipEntries().resume(Buffer.from('PK\u0001\u0002 something else, and long enough'))).toBe(false);
  expect(new ZipEntries().resume(new Uint8Array(4))).toBe(false);
});

test('a tar of ours is what Python reads as a stream, and GNU tar without a word', () => {
  const path = join(temporaryFolder(), 'a.tar');
  const files: [string, Uint8Array][] = [
    ['00000000.jpg', Uint8Array.from({ length: 512 }, (_, i) => i & 255)],
    ['00000000.json', Uint8Array.of(123, 125)],
    ['00000001.jpg', new Uint8Array()],
  ];
  writeFileSync(path, Buffer.concat([...files.flatMap(([name, data]) => tarEntry(name, data)), TAR_END]));
  const when = Date.UTC(1980, 0, 1) / 1000;
  expect(JSON.parse(python(READ_TAR, path))).toEqual(
    files.map(([name, data]) => [name, data.length, 0o644, 0, when, '', [...data]]),
  );
  expect(execFileSync('bash', ['-c', `tar tf "$0" 2>&1`, path], { encoding: 'utf8' })).toBe(
    `${files.map(([name]) => name).join('\n')}\n`,
  );
});
