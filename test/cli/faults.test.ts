import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { until } from '../processes.js';
import { entriesOf, run } from './run.js';
import { Place, SWEEP } from './slim.js';

/** What can happen to a run folder, and that a run that is gone on with comes to the same bytes after all of it. */

const place = Place.ofTests();
const WHOLE = [...SWEEP, '--methods', 'none,mixup', '--n', '2', '--images', '160'];

let wanted: string;
beforeAll(async () => {
  await place.succeed(...WHOLE, '--out', 'whole');
  wanted = place.report('whole');
});

const shard = (folder: string, block: number): string =>
  place.at(folder, 'features', '0', `block-${String(block).padStart(5, '0')}.npy`);

/** Turns every bit of a byte of a file; of one `from` a text in it. */
function flip(file: string, at: number, from = ''): void {
  const bytes = readFileSync(file);
  const place = bytes.indexOf(from) + at;
  bytes[place] = bytes[place]! ^ 0xff;
  writeFileSync(file, bytes);
}

/** Resumes a run to the report of one that nothing happened to; gives what it said. */
async function resumed(folder: string, env = place.env): Promise<string> {
  rmSync(place.at(folder, 'report.json'), { force: true });
  const { code, stderr } = await run(place.home, ['resume', folder], env);
  expect(code, stderr).toBe(0);
  expect(place.report(folder)).toBe(wanted);
  return stderr;
}

test('shards that are deleted, cut off or changed in a byte are named by a report, and made again', async () => {
  place.copy('whole', 'shards');
  // Another choice than the one whose result is remembered, so that the features are read.
  rmSync(shard('shards', 0));
  expect(await place.refused('report', 'shards', '--cost-factor', '3')).toMatch(
    /block-00000\.npy is missing\. "fidsweep resume shards" makes it again\./,
  );
  truncateSync(shard('shards', 1), 500);
  flip(shard('shards', 3), 200);
  // Both settings of two blocks, one of the third.
  expect(await resumed('shards')).toMatch(/^5 parts of blocks were damaged or missing: they are made again\.$/m);
  expect(place.inferred('shards')).toBe(320 + 5 * 32);
  expect(await resumed('shards')).not.toMatch(/damaged/);
});

describe('run.sqlite', () => {
  test.each<[string, (file: string) => void]>([
    ['that is deleted', (file) => rmSync(file)],
    ['with a byte of a page changed', (file) => flip(file, 4096)],
    ['with a digit of a result changed', (file) => flip(file, 10, '"fid":0.')],
  ])('%s is made again from the shards, which is said', async (name, damage) => {
    const folder = place.copy('whole', name);
    damage(place.at(folder, 'run.sqlite'));
    const naming = /run\.sqlite (was (damaged|missing)|cannot be relied on).*/;
    const report = await place.run('report', folder);
    expect(report).toMatchObject({ code: 0, stderr: expect.stringMatching(naming) });
    expect(place.report(folder)).toBe(wanted);
    expect(await resumed(folder)).toMatch(naming);
  });
});

test.each<[string, (file: string) => void]>([
  ['that is deleted', (file) => rmSync(file)],
  ['with a byte changed', (file) => flip(file, 9, '"seed": ')],
])('run.json %s is written again from the database, which is said', async (name, damage) => {
  const folder = place.copy('whole', `json ${name}`);
  damage(place.at(folder, 'run.json'));
  expect(await resumed(folder)).toMatch(/^run\.json.*written again from its copy in run\.sqlite/m);
  expect(place.record(folder)).toEqual(place.record('whole'));
});

test('a reference that is changed is refused by its name, as nothing holds a copy of it', async () => {
  place.copy('whole', 'reference');
  flip(place.at('reference', 'reference.npz'), 100);
  rmSync(place.at('reference', 'features', '0', 'block-00001.npy'));
  const { code, stderr } = await place.run('resume', 'reference');
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/reference\.npz is damaged/) });
});

test('a clock that is set back changes nothing', async () => {
  place.copy('whole', 'clock');
  rmSync(shard('clock', 2));
  const shift = place.at('shift.mjs');
  writeFileSync(
    shift,
    `const Real = Date;
globalThis.Date = class extends Real {
  constructor(...given) { given.length ? super(...given) : super(Real.now() - 400 * 864e5); }
  static now() { return Real.now() - 400 * 864e5; }
};
`,
  );
  await resumed('clock', { ...place.env, NODE_OPTIONS: `--import=${pathToFileURL(shift).href}` });
  expect(JSON.parse(readFileSync(place.at('clock', 'timing.json'), 'utf8')).seconds).toBeGreaterThan(0);
});

test('two at once: the second is refused and names the first, also to replace it; after kill -9 of the first it works', async () => {
  const { child, outcome } = place.start(...WHOLE, '--out', 'twice');
  await until(() => place.block('twice', 0), 'the first block');
  // It holds the folder for as long as this takes.
  process.kill(child.pid!, 'SIGSTOP');
  const naming = new RegExp(`in use: process ${child.pid} on .*Wait until it has ended`);
  expect(await place.refused(...WHOLE, '--out', 'twice', '--overwrite')).toMatch(naming);
  expect(await place.refused('resume', 'twice')).toMatch(naming);
  process.kill(child.pid!, 'SIGKILL');
  expect((await outcome).code).toBe('SIGKILL');
  await resumed('twice');
});

/** A file system of so many bytes in memory, for as long as a test takes; skips it where mounting is not allowed. */
async function onDisk(size: string, { skip }: TestContext, use: (disk: string) => Promise<void>): Promise<void> {
  const disk = `disk of ${size}`;
  place.makeFolder(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', place.at(disk)], { stdio: 'ignore' });
  } catch {
    skip('a file system in memory cannot be mounted here: it takes root, and the right to mount');
  }
  try {
    await use(disk);
  } finally {
    execFileSync('umount', ['--lazy', place.at(disk)]);
  }
}

test('a full disk ends a sweep; with room again it is reported, and resumed to the same bytes', (context) =>
  onDisk('1m', context, async (disk) => {
    const folder = join(disk, 'run');
    const { outcome } = place.start(...WHOLE, '--out', folder);
    const ballast = place.at(disk, 'ballast');
    await until(() => place.block(folder, 0), 'the first block');
    const fill = () => {
      for (const bytes of [65536, 4096]) for (;;) appendFileSync(ballast, new Uint8Array(bytes));
    };
    expect(fill).toThrow(/ENOSPC/);
    const { code, stdout, stderr } = await outcome;
    expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^fidsweep: .*the disk is full/m);
    expect(entriesOf(place.at(disk)).filter((path) => path.endsWith('.tmp'))).toEqual([]);
    expect(await place.run('report', folder)).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/The reports were not written: .*disk is full/),
    });
    rmSync(ballast);
    await place.succeed('report', folder);
    expect(JSON.parse(place.report(folder)).cells[0].images).toBeLessThan(160);
    await resumed(folder);
  }));

test('a folder that is not for writing is refused by "sweep" and "resume", and reported', (context) =>
  onDisk('2m', context, async (disk) => {
    const folder = place.copy('whole', join(disk, 'run'));
    rmSync(shard(folder, 2));
    rmSync(place.at(folder, 'report.md'));
    execFileSync('mount', ['-o', 'remount,ro', place.at(disk)]);
    for (const args of [
      [...WHOLE, '--out', folder],
      [...WHOLE, '--out', join(disk, 'new')],
      ['resume', folder],
    ])
      expect(await place.refused(...args)).toMatch(/not writable \(EROFS\)/);
    expect(await place.succeed('report', folder)).toMatch(/│ MixUp[\s\S]*The reports were not written: .*not writable/);
    expect(existsSync(place.at(folder, 'report.md'))).toBe(false);
  }));
