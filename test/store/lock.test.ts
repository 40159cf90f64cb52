import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { FolderLock } from '../../src/store/lock.js';
import { openRun, Run } from '../../src/store/run.js';
import { until } from '../processes.js';
import { temporaryFolder } from '../temporary.js';
import { RECORD, REFERENCE } from './records.js';
import { closing, expectTrue, filled, started, writeBlock } from './runs.js';

const SQLITE = createRequire(import.meta.url).resolve('better-sqlite3');

/** Another process that holds a folder as a Run does, until it is ended. */
async function holder(folder: string): Promise<ChildProcess> {
  const script = `
    const { writeFileSync } = require('node:fs');
    const database = new (require(${JSON.stringify(SQLITE)}))(process.argv[1] + '/lock.sqlite');
    database.exec('BEGIN EXCLUSIVE');
    const about = { pid: process.pid, host: require('node:os').hostname(), started: '2026-01-02T03:04:05.000Z' };
    writeFileSync(process.argv[1] + '/lock.json', JSON.stringify(about));
    writeFileSync(process.argv[1] + '/held', '');
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['-e', script, folder], { stdio: 'ignore' });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await until(() => existsSync(join(folder, 'held')) || undefined, 'another process holds the folder');
  return child;
}

const ended = (child: ChildProcess) => new Promise((resolve) => child.once('exit', resolve));

describe('a second process on one folder', () => {
  test('is refused at once, naming the first, and may come when that was killed', async () => {
    const run = filled();
    const { folder } = run;
    run.close();
    const child = await holder(folder);
    const before = readdirSync(folder).sort();
    const expected = `in use: process ${child.pid} on ${hostname()}, since 2026-01-02T03:04:05.000Z`;
    for (const attempt of [
      () => Run.open(folder),
      () => Run.create(folder, RECORD, { reference: REFERENCE }, { overwrite: true }),
    ]) {
      expect(attempt).toThrow(UserError);
      expect(attempt).toThrow(expected);
    }
    expect(readdirSync(folder).sort()).toEqual(before);
    // Readers need no lock.
    expect(expectTrue(openRun(folder))).toBe(60);

    const gone = ended(child);
    child.kill('SIGKILL');
    await gone;
    // What the dead process left says nothing to anybody.
    expect(existsSync(join(folder, 'lock.json'))).toBe(true);
    const again = closing(Run.open(folder));
    expect(JSON.parse(readFileSync(join(folder, 'lock.json'), 'utf8')).pid).toBe(process.pid);
    again.close();
    expect(existsSync(join(folder, 'lock.json'))).toBe(false);
  });

  test('nor in this process', () => {
    const run = started();
    expect(() => Run.open(run.folder)).toThrow(UserError);
    expect(() => Run.open(run.folder)).toThrow(`is in use: this process (${process.pid})`);
    expect(() => Run.create(run.folder, RECORD, { reference: REFERENCE })).toThrow(/is in use/);
    writeBlock(run, 0, 0);
    run.close();
    const next = closing(Run.open(run.folder));
    run.close();
    expect(() => Run.open(run.folder)).toThrow(/is in use/);
    expect(next.images(0, 'none')).toBe(4);
  });

  test('nor where nobody says who it is', () => {
    const folder = temporaryFolder();
    const held = FolderLock.take(folder);
    for (const text of ['', 'null', '{"pid": "\\u001b[31m", "host": "h"}']) {
      writeFileSync(join(folder, 'lock.json'), text);
      expect(() => FolderLock.take(folder)).toThrow(/is in use: [\P{Cc}]*$/u);
    }
    held.release();
    FolderLock.take(folder).release();
  });

  test('a lock file that is none is named', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'lock.sqlite'), 'something else'.repeat(100));
    expect(() => FolderLock.take(folder)).toThrow(UserError);
    expect(() => FolderLock.take(folder)).toThrow(/lock\.sqlite: file is not a database\. Remove this file/);
  });
});

test('the clock says nothing: set back by decades, with files of the future, all is as before', async () => {
  vi.useFakeTimers({ now: Date.parse('2040-01-01'), toFake: ['Date'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const run = filled();
  const { folder } = run;
  run.close();
  vi.setSystemTime('1980-01-01');
  const future = new Date('2050-01-01');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    utimesSync(join(folder, name), future, future);
  const again = closing(Run.open(folder));
  expect(again.notes).toEqual([]);
  expect(await again.verify()).toBe(0);
  expect(expectTrue(again)).toBe(60);
  expect(again.timing()?.started).toBe('2040-01-01T00:00:00.000Z');
  writeBlock(again, 0, 0);
  again.close();
  expect(expectTrue(openRun(folder))).toBe(60);
});
