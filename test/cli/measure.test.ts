import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeStatistics } from '../../src/statistics/npz.js';
import { refuse, remove, run, scratch, succeed, writePictures, writePrograms } from './run.js';

let home: string;
beforeAll(async () => {
  home = scratch();
  await writePictures(join(home, 'a é'), 10);
  await writePictures(join(home, 'b'), 5, 2);
});
afterAll(() => remove(home));

interface FidOutput {
  readonly fid: { readonly value: number };
  readonly a: { readonly name: string; readonly count: number };
  readonly b: { readonly name: string; readonly count: number };
  readonly warnings: readonly string[];
}

const fid = async (...args: string[]): Promise<FidOutput> =>
  JSON.parse(await succeed(home, ['fid', ...args, '--json'])) as FidOutput;

describe('fid', () => {
  let direct: FidOutput;
  beforeAll(async () => {
    direct = await fid('a é', 'b');
  });

  test('of two folders is one JSON object with its value and what the sides were', () => {
    expect(direct.fid.value).toBeGreaterThan(0.01);
    expect(direct.a).toMatchObject({ name: 'a é', count: 10, fit: 'native' });
    expect(direct.b).toMatchObject({ name: 'b', count: 5 });
    expect(direct.warnings.join()).toMatch(/10 images are few/);
  });

  test('of a folder and itself is 0', async () => {
    expect(Math.abs((await fid('b', 'b')).fid.value)).toBeLessThan(1e-6);
  });

  test('is the same from the statistics that "stats" wrote', async () => {
    await succeed(home, ['stats', 'b', '-o', 'b ö.npz', '--note', 'five of them']);
    const { provenance } = await decodeStatistics(readFileSync(join(home, 'b ö.npz')), 'b ö.npz');
    expect(provenance).toMatchObject({ count: 5, source: 'b', fit: 'native', note: 'five of them' });
    const kept = await fid('b ö.npz', 'a é');
    expect(Math.abs(kept.fid.value / direct.fid.value - 1)).toBeLessThan(1e-6);
    expect(kept.warnings).toContain('b ö.npz: five of them');
  });

  test('takes a data set that is rendered, and prints two decimals without --json', async () => {
    writePrograms(join(home, 'programs ß'));
    const args = ['fid', 'programs:programs ß', 'b ö.npz', '--images', '4', '--resolution', '32'];
    expect(await succeed(home, args)).toMatch(/^FID \d+\.\d\d ± \d+\.\d\d {3}programs:programs ß against b ö\.npz\n/);
  });
});

test('stats takes the images of listed classes, as many as are asked for', async () => {
  writeFileSync(join(home, 'list.txt'), 'class one\nabsent\n');
  const args = ['stats', 'a é', '--classes', 'list.txt', '--images', '3', '--seed', '5', '-o', 'some.npz'];
  const { code, stderr } = await run(home, args);
  expect(code, stderr).toBe(0);
  expect(stderr).toContain('Note: 1 of 2 classes of list.txt have no images in "a é": absent.\n');
  const { provenance } = await decodeStatistics(readFileSync(join(home, 'some.npz')), 'some.npz');
  expect(provenance).toMatchObject({ count: 3, selection: '1 of 2 classes of list.txt; 3 of 4 images, seed 5' });
});

const provenanceOf = async (file: string) => (await decodeStatistics(readFileSync(join(home, file)), file)).provenance;

test('stats names five of many absent classes, and counts the rest', async () => {
  writeFileSync(join(home, 'long.txt'), `class one\n${Array.from({ length: 8 }, (_, i) => `n0${i}`).join('\n')}\n`);
  const { code, stderr } = await run(home, ['stats', 'a é', '--classes', 'long.txt', '-o', 'long.npz']);
  expect(code, stderr).toBe(0);
  expect(stderr).toContain(
    'Note: 8 of 9 classes of long.txt have no images in "a é": n00, n01, n02, n03, n04 and 3 more.\n',
  );
  expect(await provenanceOf('long.npz')).toMatchObject({ count: 4, selection: '1 of 9 classes of long.txt' });
});

test('stats records how many unreadable images were left out, and says when there are not as many as asked for', async () => {
  await writePictures(join(home, 'one bad'), 5);
  writeFileSync(join(home, 'one bad', 'bad.png'), 'no image');
  const args = ['stats', 'one bad', '--skip-corrupt', '--images', '50', '-o', 'new folder/in it/bad.npz'];
  const { code, stderr } = await run(home, args);
  expect(code, stderr).toBe(0);
  expect(stderr).toContain('Note: "one bad" holds 6 images, not the 50 asked for (--images): all are taken.\n');
  expect(await provenanceOf('new folder/in it/bad.npz')).toMatchObject({
    count: 5,
    selection: '1 unreadable left out',
  });
});

describe.concurrent('an output that cannot be written is refused before any work', () => {
  test.each<[command: string[], ending: string]>([
    // That the source is not there is found out later.
    [['stats', 'absent'], 'npz'],
    [['samples', 'programs:one of them'], 'png'],
  ])('%j', async (command, ending) => {
    const place = scratch();
    try {
      writePrograms(join(place, 'one of them'));
      mkdirSync(join(place, `taken.${ending}`));
      for (const [out, why] of [
        [`taken.${ending}`, 'It is a folder'],
        [`one of them/rings.frag/x.${ending}`, /EEXIST|ENOTDIR/],
        [`${'x'.repeat(300)}.${ending}`, 'ENAMETOOLONG'],
      ] as const) {
        await refuse(place, [...command, '-o', out], '--output: got', 'a file that can be written', why);
      }
    } finally {
      remove(place);
    }
  });
});

test('the name of what ships is refused where a folder has it too', async () => {
  const place = scratch();
  try {
    for (const name of ['photos', 'programs']) mkdirSync(join(place, name));
    await refuse(place, ['samples', 'programs', '-o', 'x.png'], '"programs" could be', 'Write "./programs"');
    await refuse(place, ['fid', 'photos', 'photos'], '"photos" could be', 'Write "./photos"', 'run in another folder');
  } finally {
    remove(place);
  }
});

test('samples refuses a sheet that its format cannot hold', async () => {
  const args = ['samples', 'programs', '--tile', '1000', '--columns'];
  await refuse(home, [...args, '66', '-o', 'x.jpg'], '66,134 × 2,006 pixels', 'jpeg takes at most 65,500 a side');
  await refuse(home, [...args, '17', '-o', 'x.webp'], '17,036 × 6,014', 'webp takes at most 16,383 a side');
  await refuse(
    home,
    [...args, '300', '--count', '900', '-o', 'x.png'],
    '300,602 × 3,008',
    'at most 268,402,689 in all',
  );
});

test('samples names a program that is none, and draws the others', async () => {
  const folder = join(home, 'dangling');
  writePrograms(folder);
  symlinkSync('nowhere', join(folder, 'gone.frag'));
  const args = ['samples', 'programs:dangling', '--count', '20', '--tile', '8', '--resolution', '16', '-o', 'd.png'];
  const { code, stderr } = await run(home, args);
  expect(code, stderr).toBe(0);
  expect(stderr.match(/Set aside: gone: a link that leads nowhere/g)).toHaveLength(1);
});

test('samples writes a sheet of the right size, the same every time', async () => {
  const args = [
    'samples',
    'a é',
    '--mix',
    'cutmixup:3',
    '--count',
    '5',
    '--columns',
    '3',
    '--tile',
    '20',
    '--resolution',
    '32',
  ];
  await succeed(home, [...args, '-o', 'sheet ä.png']);
  await succeed(home, [...args, '-o', 'again.png']);
  const { width, height, format } = await sharp(join(home, 'sheet ä.png')).metadata();
  expect({ width, height, format }).toEqual({ width: 2 + 3 * 22, height: 2 + 2 * 22, format: 'png' });
  const { channels } = await sharp(join(home, 'sheet ä.png')).stats();
  expect(channels[0]!.stdev).toBeGreaterThan(6);
  expect(readFileSync(join(home, 'again.png')).equals(readFileSync(join(home, 'sheet ä.png')))).toBe(true);
});

test('doctor says what is here, and exits with 1 when a sweep could not run', async () => {
  const report = JSON.parse(await succeed(home, ['doctor', '--json'])) as {
    ready: boolean;
    checks: { what: string }[];
  };
  expect(report.ready).toBe(true);
  const checked = report.checks.map(({ what }) => what);
  expect(checked).toEqual(expect.arrayContaining(['GL backend', 'GL device', 'WebGL2', 'ONNX Runtime', 'Threads']));
  const { DISPLAY: _, ...env } = process.env;
  const lacking = await run(home, ['doctor', '--backend', 'display'], env);
  expect(lacking.code).toBe(1);
  expect(lacking.stdout).toMatch(/LACK GL.*[\s\S]*DISPLAY is not set[\s\S]*A sweep cannot run here/);
});

test('models, --version and --help', async () => {
  const models = JSON.parse(await succeed(home, ['models', '--json'])) as {
    id: string;
    dims: number;
    present: boolean;
  }[];
  expect(models[0]).toMatchObject({ id: 'nsfwjs-inception-v3-mixed7', dims: 768, present: true });
  const packageFile = join(import.meta.dirname, '..', '..', 'package.json');
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
  expect(await succeed(home, ['--version'])).toBe(`${version}\n`);
  const help = await succeed(home, ['--help']);
  for (const command of ['sweep', 'report', 'fid', 'stats', 'samples', 'models', 'doctor']) {
    expect(help).toMatch(new RegExp(`fidsweep ${command}\\b`));
  }
  expect(await succeed(home, ['sweep', '--help'])).toMatch(/--methods/);
});
