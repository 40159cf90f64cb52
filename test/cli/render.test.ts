import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { draws, STREAM } from '../../src/core/random.js';
import type { TrainingManifest } from '../../src/store/training-found.js';
import { until } from '../processes.js';
import { refusedHere } from './in-process.js';
import { refuse, remove, run, scratch, start, succeed, writePrograms } from './run.js';
import { Place, SWEEP } from './slim.js';

let home = '';
const at = (...parts: string[]) => join(home, ...parts);
const SMALL = ['--mix', 'mixup:3', '--resolution', '16'];
const RENDER = ['render', 'programs:my programs', ...SMALL];

beforeAll(() => {
  home = scratch();
  writePrograms(at('my programs'));
});
afterAll(() => remove(home));

const manifestOf = (folder: string): TrainingManifest => JSON.parse(readFileSync(at(folder, 'manifest.json'), 'utf8'));

/** Hashes of every file below a folder, by its path. */
function contentsOf(folder: string): Record<string, string> {
  const entries = readdirSync(at(folder), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    entries
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(at(folder).length), createHash('sha256').update(readFileSync(path)).digest('hex')]),
  );
}

test('a folder has the images that a sheet of samples shows, a thousand to a folder', async () => {
  const said = await succeed(home, [...RENDER, '--images', '1001', '--encoding', 'png', '-o', 'plain']);
  expect(said).toMatch(
    /^plain: 1001 images of mixup:3 from programs:my programs, seed 0, 16 × 16 pixels, in 2 folders/,
  );
  expect(readdirSync(at('plain')).sort()).toEqual(['00000', '00001', 'manifest.json']);
  expect(readdirSync(at('plain', '00000')).length).toBe(1000);
  expect(readdirSync(at('plain', '00001'))).toEqual(['img00001000.png']);
  await succeed(home, ['samples', 'programs:my programs', ...SMALL, '--count', '4', '--tile', '16', '-o', 'sheet.png']);
  for (const i of [0, 3]) {
    const tile = sharp(at('sheet.png')).extract({ left: 2 + 18 * i, top: 2, width: 16, height: 16 });
    const own = sharp(at('plain', '00000', `img0000000${i}.png`));
    expect(await own.raw().toBuffer()).toEqual(await tile.removeAlpha().raw().toBuffer());
  }
});

describe('formats', () => {
  test.each(['webdataset', 'zip'])('%s holds the same images as a folder', async (format) => {
    if (!existsSync(at('jpeg'))) await succeed(home, [...RENDER, '--images', '50', '-o', 'jpeg']);
    const flags = ['--images', '50', '--format', format, '--shard-images', '40', '-o', format];
    await succeed(home, [...RENDER, ...flags]);
    const ending = format === 'zip' ? 'zip' : 'tar';
    const { shards, bytes } = manifestOf(format);
    expect(shards.map(({ name, images }) => [name, images])).toEqual([
      [`shard-000000.${ending}`, 40],
      [`shard-000001.${ending}`, 10],
    ]);
    for (const { name, sha256 } of shards)
      expect(execFileSync('sha256sum', [at(format, name)], { encoding: 'utf8' }).replace(/^\\/, '')).toContain(sha256);
    expect(bytes).toBe(shards.reduce((sum, shard) => sum + shard.bytes, 0));
    mkdirSync(at(`${format} out`));
    for (const { name } of shards) {
      const [tool, ...args] = format === 'zip' ? ['unzip', '-q'] : ['tar', 'xf'];
      execFileSync(tool!, [...args, at(format, name)], { cwd: at(`${format} out`) });
    }
    const picture = (i: number, folder: string) =>
      readFileSync(
        format === 'zip' || folder === 'jpeg'
          ? at(folder, '00000', `img${String(i).padStart(8, '0')}.jpg`)
          : at(folder, `${String(i).padStart(8, '0')}.jpg`),
      );
    for (let i = 0; i < 50; i++) expect(picture(i, `${format} out`)).toEqual(picture(i, 'jpeg'));
    if (format === 'zip') return;
    expect(JSON.parse(readFileSync(at(`${format} out`, '00000049.json'), 'utf8'))).toEqual({
      index: 49,
      setting: 'mixup:3',
      bases: [0, 1, 2].map(() => expect.stringMatching(/^(rings|stripes|waves)/)),
    });
  });
});

test('what is finished says so, and another command in its place is refused', async () => {
  const args = [...RENDER, '--images', '5', '-o', 'done'];
  await succeed(home, args);
  const before = contentsOf('done');
  expect(await succeed(home, args)).toMatch(/^Finished before: done: 5 images/);
  const refused: [string, string[]][] = [
    ['--seed: got 1, the images there have 0', [...args, '--seed', '1']],
    ['--images: got 6', [...RENDER, '--images', '6', '-o', 'done']],
    ['--encoding: got "webp"', [...args, '--encoding', 'webp']],
    ['--quality: got 30', [...args, '--quality', '30']],
    ['--format', [...args, '--format', 'zip']],
    ['--mix: got "none"', ['render', 'programs:my programs', '--resolution', '16', '--images', '5', '-o', 'done']],
    ['--quality', [...args, '--encoding', 'png', '--quality', '3']],
    ['--shard-images', [...args, '--shard-images', '3']],
    ['--dataset', [...args, '--dataset', 'x']],
    ['--from', [...RENDER, '--from', 'x', '--images', '5', '-o', 'other']],
    ['SPEC', ['render', '--images', '5', '-o', 'other']],
    ['--images', [...RENDER, '--images', '0', '-o', 'other']],
  ];
  await refuse(home, refused[0]![1], refused[0]![0]);
  for (const [words, command] of refused) expect(await refusedHere(home, command)).toContain(words);
  cpSync(at('my programs'), at('changed programs'), { recursive: true });
  writeFileSync(at('changed programs', 'more.frag'), 'vec3 draw(vec2 p) {\n  return vec3(p, 0.5);\n}\n');
  expect(await refusedHere(home, ['render', 'programs:changed programs', ...args.slice(2)])).toMatch(
    /of the data set: got/,
  );
  mkdirSync(at('a thesis'));
  writeFileSync(at('a thesis', 'thesis.tex'), '');
  expect(await refusedHere(home, [...RENDER, '--images', '5', '-o', 'a thesis'])).toContain('holds "thesis.tex"');
  expect(contentsOf('done')).toEqual(before);
  rmSync(at('done', '00000', 'img00000002.jpg'));
  expect(await refusedHere(home, args)).toContain('it has 4 images, expected 5');
  for (const folder of ['other', 'a thesis']) expect(existsSync(at(folder, 'manifest.json'))).toBe(false);
});

test('a program that cannot be drawn is set aside, and the manifest names it', async () => {
  writePrograms(at('with a broken one'), { broken: true });
  const args = ['render', 'programs:with a broken one', ...SMALL, '--images', '12', '-o', 'aside'];
  const { stderr } = await run(home, args);
  expect(stderr).toMatch(/Set aside: broken/);
  expect(manifestOf('aside').setAside).toEqual([{ id: expect.stringMatching(/^broken/), why: expect.any(String) }]);
});

/** A command long enough to be ended in its midst, in files enough. */
const long = (format: string, folder: string): string[] => [
  ...[...RENDER, '--images', '500', '--format', format, '-o', folder],
  ...(format === 'folder' ? [] : ['--shard-images', '60']),
];

/** What it comes to where nobody ends it; made once. */
async function whole(format: string): Promise<string> {
  const folder = `whole ${format}`;
  if (!existsSync(at(folder))) await succeed(home, long(format, folder));
  return folder;
}

test('Ctrl-C keeps what is there, a second process is refused, and the same command goes on to the same bytes', async () => {
  const cut = long('webdataset', 'cut');
  const { child, outcome } = start(home, cut);
  onTestFinished(() => void child.kill('SIGKILL'));
  await until(() => existsSync(at('cut', 'shard-000001.tar')) || undefined, 'the second shard');
  // Held, so that it is in the midst however long the other takes.
  child.kill('SIGSTOP');
  expect(await refusedHere(home, cut)).toMatch(/^fidsweep: .*is in use: process/);
  child.kill('SIGINT');
  child.kill('SIGCONT');
  const { code, stdout, stderr } = await outcome;
  expect({ code, stdout }, stderr).toEqual({ code: 130, stdout: '' });
  expect(stderr).toMatch(/Interrupted after \d+ of 500 images: the same command goes on from there\./);
  const after = Number(/after (\d+) of/.exec(stderr)![1]);
  expect(await refusedHere(home, [...cut, '--seed', '5'])).toContain('--seed: got 5');
  const again = await run(home, cut);
  expect(again.stderr).toContain(`Going on with cut after ${after} of 500 images`);
  expect(contentsOf('cut')).toEqual(contentsOf(await whole('webdataset')));
});

test('a full disk is told, and with room again it goes on to the same bytes', async (context) => {
  mkdirSync(at('disk'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=300k', 'tmpfs', at('disk')], { stdio: 'ignore' });
  } catch {
    return context.skip('mounting needs root');
  }
  try {
    writeFileSync(at('disk', 'ballast'), new Uint8Array(100 * 1024));
    const { code, stderr } = await run(home, long('zip', 'disk/out'));
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^fidsweep: .*the disk is full/m) });
    rmSync(at('disk', 'ballast'));
    execFileSync('mount', ['-o', 'remount,size=8m', at('disk')]);
    await succeed(home, long('zip', 'disk/out'));
    expect(contentsOf('disk/out')).toEqual(contentsOf(await whole('zip')));
  } finally {
    execFileSync('umount', [at('disk')]);
  }
});

/** Bytes of all files below a folder, as far as there are any. */
const bytesIn = (folder: string): number =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .map((path) => statSync(join(folder, path), { throwIfNoEntry: false }))
        .reduce((sum, stats) => sum + (stats?.isFile() ? stats.size : 0), 0)
    : 0;

/** A short version of test/kills-render.mjs, which says more: the moment is drawn as a share of what is to be written. */
test.each(['folder', 'webdataset', 'zip'])(
  'a %s killed at a random moment and begun again has the files of an uninterrupted run',
  async (format) => {
    const folder = `killed ${format}`;
    const all = bytesIn(at(await whole(format)));
    const uniform = draws(1, STREAM.sample, format.length);
    let ended: unknown;
    // One that was too quick to be killed is begun anew.
    for (let tries = 0; tries < 9 && ended !== 'SIGKILL'; tries++) {
      rmSync(at(folder), { recursive: true, force: true });
      const moment = all * 0.7 * uniform();
      const { child, outcome } = start(home, long(format, folder));
      await until(
        () => (child.exitCode === null && bytesIn(at(folder)) <= moment ? undefined : true),
        'the moment of the kill',
      );
      child.kill('SIGKILL');
      ended = (await outcome).code;
    }
    expect(ended).toBe('SIGKILL');
    expect(bytesIn(at(folder))).toBeGreaterThan(0);
    await succeed(home, long(format, folder));
    expect(contentsOf(folder)).toEqual(contentsOf(await whole(format)));
  },
);

describe('--from', () => {
  const place = Place.ofTests();
  const grid = ['--methods', 'none,mixup', '--n', '2', '--images', '32', '--seed', '7'];

  test("takes a run's data set, resolution, seed and recommended setting", async () => {
    await Promise.all([
      place.succeed(...SWEEP, '--dataset', 'more=programs:my programs', ...grid, '--out', 'two'),
      place.succeed(...SWEEP, ...grid, '--out', 'one'),
    ]);
    const report = JSON.parse(place.report('one')) as { columns: { recommended: { setting: string } }[] };
    const { setting } = report.columns[0]!.recommended;
    const { code, stderr } = await place.run('render', '--from', 'one', '--images', '9', '-o', 'from run');
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`Note: recommended for "drawn": ${setting}. `);
    const spec = ['programs:my programs', '--mix', setting, '--seed', '7', '--resolution', '16'];
    await place.succeed('render', ...spec, '--images', '9', '-o', 'by spec');
    const shards = (folder: string) => JSON.parse(readFileSync(place.at(folder, 'manifest.json'), 'utf8')).shards;
    expect(shards('from run')).toEqual(shards('by spec'));
    // From anywhere: the run's paths are its own.
    place.makeFolder('elsewhere');
    const cwd = place.at('elsewhere');
    const args = ['render', '--from', '../one', '--mix', 'none', '--seed', '8', '--images', '9', '-o', 'here'];
    await succeed(cwd, args, place.env);
    const made = JSON.parse(readFileSync(join(cwd, 'here', 'manifest.json'), 'utf8'));
    expect(made).toMatchObject({ setting: 'none', seed: 8, resolution: 16, dataset: { name: 'drawn' } });

    const refused = (...args: string[]) => refusedHere(place.home, ['render', ...args, '--images', '9', '-o', 'no']);
    expect(await refused('--from', 'two')).toContain('--dataset: got nothing, expected "drawn" or "more"');
    expect(await refused('--from', 'two', '--dataset', 'mroe')).toContain('--dataset: got "mroe"');
    writeFileSync(place.at('my programs', 'new.frag'), 'vec3 draw(vec2 p) {\n  return vec3(p, 0.5);\n}\n');
    expect(await refused('--from', 'one')).toMatch(/"drawn" .* is not what the run measured: (programs|sha256) is/);
  });
});
