import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { entriesOf, reportOf, writePrograms } from './run.js';
import { Place, PROGRAMS, SMALL, SWEEP, TAP } from './slim.js';

/** `--cache`: what a run gives to others, and what it never does. What of it can be seen without a device is in test/sweep.test.ts. */

const place = Place.ofTests();
const ONE = ['--methods', 'none', '--images', '32', '--cache', 'cache'];
const BOTH = ['--methods', 'none,mixup', '--n', '2', '--images', '64'];

let wanted: string;
beforeAll(async () => {
  await place.succeed(...SWEEP, ...BOTH, '--cache', 'cache', '--out', 'first');
  wanted = place.report('first');
});

const files = (): string[] => entriesOf(place.at('cache')).filter((name) => name.endsWith('.npy'));

test('another run takes all its features from it, infers nothing, and has the same report', async () => {
  expect(files()).toHaveLength(4);
  await place.succeed(...SWEEP, ...BOTH, '--cache', 'cache', '--out', 'second');
  expect(place.report('second')).toBe(wanted);
  expect([place.inferred('first'), place.inferred('second')]).toEqual([128, 0]);
});

test('what is damaged or cut in it is made again, there too', async () => {
  const [one, two] = files().map((name) => place.at('cache', name)) as [string, string];
  const bytes = readFileSync(one);
  bytes[200] = bytes[200]! ^ 1;
  writeFileSync(one, bytes);
  truncateSync(two, 10);
  await place.succeed(...SWEEP, ...BOTH, '--cache', 'cache', '--out', 'mended');
  expect(place.report('mended')).toBe(wanted);
  expect(place.inferred('mended')).toBe(64);
  expect(readFileSync(one)[200]).not.toBe(bytes[200]);
});

test.each<[string, readonly string[]]>([
  ['resolution', [...TAP, '--resolution', '32', ...PROGRAMS, '--reference', 'real é']],
  ['extractor', ['--extractor', 'other', '--dims', '64', '--resolution', '16', ...PROGRAMS, '--reference', 'real é']],
  ['program', [...SMALL, '--dataset', 'drawn=programs:edited', '--reference', 'real.npz']],
])('it gives nothing to a run of another %s', async (name, flags) => {
  writePrograms(place.at('edited'));
  writeFileSync(place.at('edited', 'rings.frag'), 'vec3 draw(vec2 p) {\n  return vec3(gene(0));\n}\n');
  await place.succeed('sweep', ...flags, ...ONE, '--out', name);
  expect(place.inferred(name)).toBe(32);
  expect(reportOf(place.at(name)).cells[0]!.fid).not.toBe(reportOf(place.at('first')).cells[0]!.fid);
});

test('one that cannot be written is a warning, once, and changes nothing', async ({ skip }) => {
  place.makeFolder('read only');
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,ro', 'tmpfs', place.at('read only')], { stdio: 'ignore' });
  } catch {
    skip('a file system in memory cannot be mounted here: it takes root, and the right to mount');
  }
  try {
    const { code, stderr } = await place.run(...SWEEP, ...BOTH, '--cache', 'read only', '--out', 'warned');
    expect(code, stderr).toBe(0);
    expect(stderr.match(/^Note: Cache read only: .*$/gm)).toHaveLength(1);
    expect(stderr.match(/EROFS/g)).toHaveLength(1);
    expect(place.report('warned')).toBe(wanted);
  } finally {
    execFileSync('umount', ['--lazy', place.at('read only')]);
  }
});

test('a file in its place is refused before anything is made', async () => {
  expect(await place.refused(...SWEEP, ...BOTH, '--cache', 'real.npz', '--out', 'refused')).toMatch(
    /--cache: got "real\.npz", expected a folder/,
  );
  expect(existsSync(place.at('refused'))).toBe(false);
});
