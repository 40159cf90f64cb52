import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { FolderLock } from '../../src/store/lock.js';
import { Run } from '../../src/store/run.js';
import { temporaryFolder } from '../temporary.js';
import { RECORD, REFERENCE } from './records.js';
import { copied, started } from './runs.js';

const FIXTURE = join(import.meta.dirname, '..', 'fixtures', 'run-0.2');
const all = (folder: string) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();

/** A folder with a run, an old one, one without blocks, an empty one, and one of a user's. */
function folders(): string {
  const above = temporaryFolder();
  copied(join(above, 'run'));
  started({}, join(above, 'begun')).close();
  cpSync(FIXTURE, join(above, 'old'), { recursive: true });
  for (const name of ['empty', 'mine']) mkdirSync(join(above, name));
  writeFileSync(join(above, 'mine', 'thesis.tex'), 'dear');
  return above;
}

describe('what a folder is, before anything is measured', () => {
  test('free, or a run; with overwrite all that would be taken is free', () => {
    const above = folders();
    const before = all(above);
    const kinds = (options = {}) =>
      ['run', 'begun', 'empty', 'missing', 'deep/er'].map((name) => Run.check(join(above, name), options));
    expect(kinds()).toEqual(['run', 'new', 'new', 'new', 'new']);
    expect(kinds({ overwrite: true })).toEqual(['new', 'new', 'new', 'new', 'new']);
    expect(() => Run.check(join(above, 'old'))).toThrow(/0\.2 or older/);
    expect(Run.check(join(above, 'old'), { overwrite: true })).toBe('new');
    for (const overwrite of [false, true])
      expect(() => Run.check(join(above, 'mine'), { overwrite })).toThrow(/holds no run/);
    expect(all(above)).toEqual(before);
  });

  test('what it takes, create takes', () => {
    const above = folders();
    for (const name of ['run', 'begun', 'empty', 'missing', 'old', 'deep/er']) {
      expect(Run.check(join(above, name), { overwrite: true })).toBe('new');
      Run.create(join(above, name), RECORD, { reference: REFERENCE }, { overwrite: true }).close();
    }
  });

  test('in use: refused at once, naming by whom, with overwrite too, also before its first block', () => {
    const above = folders();
    for (const name of ['run', 'begun', 'old']) {
      const held = FolderLock.take(join(above, name));
      const before = all(above);
      for (const overwrite of name === 'old' ? [true] : [false, true]) {
        expect(() => Run.check(join(above, name), { overwrite })).toThrow(UserError);
        expect(() => Run.check(join(above, name), { overwrite })).toThrow(`in use: this process (${process.pid})`);
      }
      expect(all(above)).toEqual(before);
      // Looking has not let go of it.
      expect(() => FolderLock.take(join(above, name))).toThrow(/is in use/);
      held.release();
      expect(Run.check(join(above, name), { overwrite: true })).toBe('new');
    }
  });

  test('below a file, a link that leads nowhere, where no folder can be made: refused', () => {
    const above = temporaryFolder();
    writeFileSync(join(above, 'file'), '');
    symlinkSync(join(above, 'nowhere'), join(above, 'link'));
    const before = all(above);
    const places = [join(above, 'file'), join(above, 'file', 'run'), join(above, 'link'), join(above, 'link', 'run')];
    for (const place of [...places, ...(process.platform === 'linux' ? ['/proc/zzz/run'] : [])]) {
      expect(() => Run.check(place), place).toThrow(UserError);
      expect(() => Run.check(place, { overwrite: true }), place).toThrow(UserError);
    }
    expect(() => Run.check(join(above, 'link'))).toThrow(/link is a link that leads nowhere/);
    expect(all(above)).toEqual(before);
  });

  test('that cannot be written: refused, itself or the one above it', ({ skip }) => {
    const above = folders();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', join(above, 'empty')], { stdio: 'ignore' });
    } catch {
      return skip('no file system can be mounted here');
    }
    const disk = join(above, 'empty');
    onTestFinished(() => {
      execFileSync('umount', ['-l', disk]);
    });
    for (const name of ['run', 'begun']) cpSync(join(above, name), join(disk, name), { recursive: true });
    rmSync(join(disk, 'begun', 'lock.sqlite'));
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const before = all(disk);
    for (const name of ['', 'run', 'begun', 'missing', 'deep/er']) {
      for (const overwrite of [false, true]) {
        // The one that holds all is no run, and not free.
        const message = name ? /not writable \(EROFS\)/ : /holds no run/;
        expect(() => Run.check(join(disk, name), { overwrite })).toThrow(UserError);
        expect(() => Run.check(join(disk, name), { overwrite })).toThrow(message);
      }
    }
    expect(all(disk)).toEqual(before);
  });
});
