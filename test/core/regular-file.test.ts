import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { readRegularFile } from '../../src/core/regular-file.js';
import { temporaryFolder } from '../temporary.js';

function refused(path: string, message: string | RegExp, options?: Parameters<typeof readRegularFile>[1]): void {
  expect(() => readRegularFile(path, options)).toThrow(UserError);
  expect(() => readRegularFile(path, options)).toThrow(message);
}

describe('a regular file', () => {
  test('is read whole, through links, up to as many bytes as it may have', () => {
    const folder = temporaryFolder();
    const path = join(folder, 'a');
    const bytes = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => i % 251));
    writeFileSync(path, bytes);
    symlinkSync(path, join(folder, 'link'));
    expect(readRegularFile(join(folder, 'link')).equals(bytes)).toBe(true);
    expect(readRegularFile(path, { most: bytes.length }).equals(bytes)).toBe(true);
    refused(path, `"${path}" has 3000000 bytes, expected at most 2999999.`, { most: 2_999_999 });
    truncateSync(path);
    expect(readRegularFile(path)).toHaveLength(0);
  });

  test('is what is asked for: a folder, a FIFO, a device and nothing are refused under the name it is given', () => {
    const folder = temporaryFolder();
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    refused(fifo, `"${fifo}" is no regular file.`);
    refused(fifo, /^List "x" is no regular file\.$/, { name: 'List "x"' });
    refused('/dev/zero', /^"\/dev\/zero" is no regular file/);
    refused(folder, /^List is a folder, expected a file\.$/, { name: 'List' });
    refused(join(folder, 'absent'), /^List: ENOENT/, { name: 'List' });
  });

  test.skipIf(process.platform !== 'linux')('that says it has no bytes is read as far as it may go', () => {
    const version = readFileSync('/proc/version');
    expect(version.length).toBeGreaterThan(0);
    expect(readRegularFile('/proc/version').equals(version)).toBe(true);
    expect(readRegularFile('/proc/version', { most: version.length })).toHaveLength(version.length);
    refused('/proc/version', /has more than the \d+ bytes that it may have/, { most: version.length - 1 });
    // Half a terabyte by address space, more than one step of reading here.
    refused('/proc/self/pagemap', 'has more than the 3000000 bytes that it may have', { most: 3_000_000 });
  });
});
