import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TrainingManifest } from '../../src/store/training-found.js';
import { CLI } from '../built.js';
import { until } from '../processes.js';
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
  for (const [words, command] of refused) await refuse(home, command, words);
  cpSync(at('my programs'), at('changed programs'), { recursive: true });
  writeFileSync(at('changed programs', 'more.frag'), 'vec3 draw(vec2 p) {\n  return vec3(p, 0.5);\n}\n');
  await refuse(home, ['render', 'programs:changed programs', ...args.slice(2)], /of the data set: got/);
  mkdirSync(at('a thesis'));
  writeFileSync(at('a thesis', 'thesis.tex'), '');
  await refuse(home, [...RENDER, '--images', '5', '-o', 'a thesis'], 'holds "thesis.tex"');
  expect(contentsOf('done')).toEqual(before);
});

test('a program that cannot be drawn is set aside, and the manifest names it', async () => {
  writePrograms(at('with a broken one'), { broken: true });
  const args = ['render', 'programs:with a broken one', ...SMALL, '--images', '12', '-o', 'aside'];
  const { stderr } = await run(home, args);
  expect(stderr).toMatch(/Set aside: broken/);
  expect(manifestOf('aside').setAside).toEqual([{ id: expect.stringMatching(/^broken/), why: expect.any(String) }]);
});

test('Ctrl-C keeps what is there, a second process is refused, and the same command goes on to the same bytes', async () => {
  const render = (folder: string, ...more: string[]) => [
    ...[...RENDER, '--images', '4000', '--format', 'webdataset', '--shard-images', '400', '-o', folder],
    ...more,
  ];
  const { child, outcome } = start(home, render('cut'));
  await until(() => existsSync(at('cut', 'shard-000000.tar')) || undefined, 'the first shard');
  expect(await run(home, render('cut'))).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^fidsweep: .*is in use: process/),
  });
  child.kill('SIGINT');
  const { code, stdout, stderr } = await outcome;
  expect({ code, stdout }, stderr).toEqual({ code: 130, stdout: '' });
  expect(stderr).toMatch(/Interrupted after \d+ of 4000 images: the same command goes on from there\./);
  const after = Number(/after (\d+) of/.exec(stderr)![1]);
  await refuse(home, render('cut', '--seed', '5'), '--seed: got 5');
  const again = await run(home, render('cut'));
  expect(again.stderr).toContain(`Going on with cut after ${after} of 4000 images`);
  await succeed(home, render('whole'));
  expect(contentsOf('cut')).toEqual(contentsOf('whole'));
});

test('a full disk is told, and with room again it goes on to the same bytes', async (context) => {
  mkdirSync(at('disk'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=300k', 'tmpfs', at('disk')], { stdio: 'ignore' });
  } catch {
    return context.skip('mounting needs root');
  }
  try {
    const render = (folder: string) => [...RENDER, '--images', '400', '--format', 'zip', '-o', folder];
    writeFileSync(at('disk', 'ballast'), new Uint8Array(100 * 1024));
    const { code, stderr } = await run(home, render('disk/out'));
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^fidsweep: .*the disk is full/m) });
    rmSync(at('disk', 'ballast'));
    execFileSync('mount', ['-o', 'remount,size=8m', at('disk')]);
    await succeed(home, render('disk/out'));
    await succeed(home, render('enough'));
    expect(contentsOf('disk/out')).toEqual(contentsOf('enough'));
  } finally {
    execFileSync('umount', [at('disk')]);
  }
});

/** A short version of test/kills-render.mjs, which says more. */
test('killed at random moments and begun again, the files are those of an uninterrupted run', async () => {
  const script = join(import.meta.dirname, '..', 'kills-render.mjs');
  const spec = ['--spec', `programs:${at('my programs')}`, '--mix', 'mixup:2', '--resolution', '32'];
  const child = spawn(process.execPath, [script, '2', '400', ...spec, '--cli', CLI], { stdio: 'pipe' });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      said += data.toString();
    });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, said }).toEqual({
    code: 0,
    said: expect.stringMatching(
      /^folder: 2 kills .*byte for byte\.\nwebdataset: .*\nzip: 2 kills .*byte for byte\.\n$/,
    ),
  });
});

describe('--from', () => {
  const place = Place.ofTests();
  const grid = ['--methods', 'none,mixup', '--n', '2', '--images', '32', '--seed', '7'];

  test("takes a run's data set, resolution, seed and recommended setting", async () => {
    await place.succeed(...SWEEP, '--dataset', 'more=programs:my programs', ...grid, '--out', 'two');
    await place.succeed(...SWEEP, ...grid, '--out', 'one');
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

    const said = await place.refused('render', '--from', 'two', '--images', '9', '-o', 'no');
    expect(said).toContain('--dataset: got nothing, expected "drawn" or "more"');
    expect(await place.refused('render', '--from', 'two', '--dataset', 'mroe', '--images', '9', '-o', 'no')).toContain(
      '--dataset: got "mroe"',
    );
    writeFileSync(place.at('my programs', 'new.frag'), 'vec3 draw(vec2 p) {\n  return vec3(p, 0.5);\n}\n');
    expect(await place.refused('render', '--from', 'one', '--images', '9', '-o', 'no')).toMatch(
      /"drawn" .* is not what the run measured: (programs|sha256) is/,
    );
  });
});
