import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { openRun, Run } from '../../src/store/run.js';
import { temporaryFolder } from '../temporary.js';
import { RECORD, REFERENCE, sha256 } from './records.js';
import { copied, expectTrue, MIXUP, started, writeBlock } from './runs.js';

/** A closed run with one below it that measured finalists again, and another run beside it, for links to lead to. */
function runs(): { readonly folder: string; readonly victim: string } {
  const above = temporaryFolder();
  const [folder, victim] = [join(above, 'run'), join(above, 'victim')];
  for (const path of [folder, victim, join(folder, 'confirm', '0'), join(victim, 'confirm', '0')]) copied(path);
  return { folder, victim };
}

/** SHA-256 of every file of a folder, by name. */
const contents = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => lstatSync(join(folder, name)).isFile())
    .sort()
    .map((name) => [name, sha256(readFileSync(join(folder, name)))]);

const MOMENTS = join('moments', '1', `${sha256(MIXUP).slice(0, 16)}-00002.npz`);

describe('a link in a place of a run of its own', () => {
  test.each([
    'features',
    'moments',
    'confirm',
    'run.sqlite',
    'lock.sqlite',
    join('features', '0'),
    join('moments', '1'),
    join('confirm', '0'),
    join('features', '0', 'block-00001.npy'),
    MOMENTS,
    join('confirm', '0', 'features'),
    join('confirm', '0', 'features', '1'),
    join('confirm', '0', 'features', '1', 'block-00000.npy'),
  ])('%s: nothing is written or removed, here or where it leads', (name) => {
    const { folder, victim } = runs();
    const path = join(folder, name);
    renameSync(path, `${folder} moved`);
    symlinkSync(join(victim, name), path);
    const [own, other] = [contents(folder), contents(victim)];
    for (const attempt of [
      () => Run.open(folder),
      () => Run.check(folder),
      () => Run.check(folder, { overwrite: true }),
      () => Run.create(folder, RECORD, { reference: REFERENCE }, { overwrite: true }),
    ]) {
      expect(attempt).toThrow(UserError);
      expect(attempt).toThrow(`${path} is a link`);
    }
    expect(contents(folder)).toEqual(own);
    expect(contents(victim)).toEqual(other);
    // Reading does no harm.
    expect(expectTrue(openRun(folder))).toBe(60);
  });

  test('that leads nowhere, and one to the run below a run', () => {
    const { folder, victim } = runs();
    renameSync(join(folder, 'confirm'), `${folder} moved`);
    symlinkSync(join(folder, 'nowhere'), join(folder, 'confirm'));
    expect(() => Run.open(folder)).toThrow(/confirm is a link/);
    const nested = temporaryFolder();
    mkdirSync(join(nested, 'confirm'));
    symlinkSync(victim, join(nested, 'confirm', '0'));
    for (const path of [join(nested, 'confirm', '0'), `${join(nested, 'confirm', '0')}/`])
      expect(() => Run.open(path)).toThrow(/0 is a link/);
  });

  test('that came while the run was open: neither written through nor verified', async () => {
    const { victim } = runs();
    const run = started();
    writeBlock(run, 0, 0);
    const features = join(run.folder, 'features');
    renameSync(join(features, '0'), join(features, 'moved'));
    symlinkSync(join(victim, 'features', '0'), join(features, '0'));
    const before = contents(victim);
    expect(() => writeBlock(run, 0, 1)).toThrow(/0 is a link/);
    await expect(run.verify()).rejects.toThrow(/0 is a link/);
    expect(contents(victim)).toEqual(before);
  });
});

test("links that are the user's own, and a link to the run itself, are left alone", () => {
  const { folder, victim } = runs();
  for (const name of ['mine', join('features', '0', 'mine.npy'), join('features', 'mine')])
    symlinkSync(victim, join(folder, name));
  const link = `${folder} link`;
  symlinkSync(folder, link);
  const before = contents(victim);
  expect(Run.check(link)).toBe('run');
  Run.open(link).close();
  Run.create(link, RECORD, { reference: REFERENCE }, { overwrite: true }).close();
  expect(contents(victim)).toEqual(before);
  expect([existsSync(join(folder, 'mine')), existsSync(join(folder, 'features', '0', 'mine.npy'))]).toEqual([
    true,
    true,
  ]);
  expect(existsSync(join(folder, 'confirm'))).toBe(false);
});

test('a broken file of finalists measured again: the run above them is named', () => {
  const { folder } = runs();
  const nested = join(folder, 'confirm', '0');
  const gone = (path: string) => {
    renameSync(join(path, 'features', '0', 'block-00001.npy'), join(path, 'moved.npy'));
    return () => openRun(path).features(0, 'none').rows(0, 10);
  };
  expect(gone(nested)).toThrow(`"fidsweep resume ${folder}" makes it again`);
  // With no run above it, it is one like any other.
  const alone = join(temporaryFolder(), 'confirm', '0');
  cpSync(nested, alone, { recursive: true });
  expect(() => openRun(alone).features(0, 'none').rows(0, 10)).toThrow(`"fidsweep resume ${alone}" makes`);
});
