import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, test } from 'vitest';
import { writePicture, writePictureIndex } from '../../src/store/pictures.js';
import { refusedHere, succeedHere } from './in-process.js';
import { entriesOf } from './run.js';
import { Place, SWEEP } from './slim.js';

const place = Place.ofTests();

const REPORTS = ['report.csv', 'report.html', 'report.json', 'report.md', 'report.tex'];
/** Of one data set; there is no race. */
const PLOTS = ['fid-1.svg', 'n-1.svg'];
const STRIP = '0-0123456789abcdef-first.webp';
const STRIP_BYTES = Buffer.from('RIFF....WEBP a strip');

const here = (...args: string[]) => succeedHere(place.home, args);
const refused = (...args: string[]) => refusedHere(place.home, args);

beforeAll(async () => {
  const printed = await place.succeed(
    ...SWEEP,
    '--methods',
    'none,mixup',
    '--n',
    '2,3',
    '--images',
    '48',
    '--out',
    'run',
  );
  expect(printed.trimEnd().split('\n').at(-1)).toBe('Report: run/report.html');
  // A strip of its own, so that what follows does not depend on which ones a sweep draws.
  rmSync(place.at('run', 'pictures'), { recursive: true, force: true });
  const strip = { dataset: 'drawn', setting: 'none', kind: 'first', file: STRIP, outputs: [0, 1] } as const;
  writePicture(place.at('run'), STRIP, STRIP_BYTES);
  writePictureIndex(place.at('run'), { schema: 1, tile: 16, strips: [strip] });
});

const filesOf = (folder: string): string[] => readdirSync(place.at(folder)).sort();
const bytesOf = (folder: string) =>
  new Map(
    entriesOf(place.at(folder))
      .filter((path) => /\.\w+$/.test(path))
      .map((path) => [path, readFileSync(place.at(folder, path)).toString('base64')]),
  );

describe('a report', () => {
  test('is written in every format into the folder of the run, and again with the same bytes', async () => {
    const first = await place.succeed('report', 'run');
    expect(filesOf('run')).toEqual(expect.arrayContaining([...REPORTS, ...PLOTS, 'timing.json']));
    expect(first.trimEnd().split('\n').slice(-2)).toEqual([
      'Written beside it: report.md, report.tex, report.csv, report.json',
      'Report: run/report.html',
    ]);
    const before = bytesOf('run');
    expect(await here('report', 'run')).toBe(first);
    expect(bytesOf('run')).toEqual(before);
    expect(filesOf('run').filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('goes to another folder, which is made, and leaves that of the run as it is', async () => {
    const before = bytesOf('run');
    const printed = await here('report', 'run', '-o', 'a new/folder é');
    expect(printed.trimEnd().split('\n').at(-1)).toBe('Report: a new/folder é/report.html');
    expect(bytesOf('run')).toEqual(before);
    const there = filesOf('a new/folder é');
    expect(there).toEqual(expect.arrayContaining([...REPORTS, ...PLOTS, 'pictures', 'timing.json']));
    for (const name of REPORTS)
      expect(readFileSync(place.at('a new/folder é', name), 'utf8')).toBe(readFileSync(place.at('run', name), 'utf8'));
  });

  test('links in markdown what stands beside it: every plot and every strip', async () => {
    const text = readFileSync(place.at('a new/folder é', 'report.md'), 'utf8');
    const links = [...text.matchAll(/!\[[^\n]*?\]\(([^)]+)\)/g)].map(([, link]) => link!);
    expect(links).toEqual(expect.arrayContaining([...PLOTS, `pictures/${STRIP}`]));
    for (const link of links) expect(existsSync(place.at('a new/folder é', link))).toBe(true);
    expect(readFileSync(place.at('a new/folder é', 'pictures', STRIP), 'utf8')).toBe(STRIP_BYTES.toString());
  });

  test('has the strips in HTML as part of the file', () => {
    const html = readFileSync(place.at('a new/folder é', 'report.html'), 'utf8');
    expect(html).toContain(`data:image/webp;base64,${STRIP_BYTES.toString('base64')}`);
    expect(html).not.toContain('pictures/');
  });

  test('has the same numbers in CSV as in JSON', () => {
    const rows: Record<string, string>[] = parse(readFileSync(place.at('run', 'report.csv'), 'utf8'), {
      columns: true,
    });
    const { cells } = JSON.parse(place.report('run'));
    expect(rows.map(({ setting, fid }) => [setting, Number(fid)])).toEqual(
      cells.map(({ setting, fid }: { setting: string; fid: number }) => [setting, fid]),
    );
  });

  test.each<[string, readonly string[], string]>([
    ['csv', ['report.csv'], 'report.csv'],
    ['tex, csv', ['report.csv', 'report.tex'], 'report.tex'],
    ['json', ['report.json', 'timing.json'], 'report.json'],
    ['svg', PLOTS, 'fid-1.svg'],
    ['md', [...PLOTS, 'pictures', 'report.md'], 'report.md'],
    ['html', ['report.html'], 'report.html'],
  ])('in %s alone is these files, and the last line names the first to open', async (formats, files, named) => {
    const out = `only ${formats}`;
    const printed = await here('report', 'run', '--format', formats, '-o', out);
    expect(filesOf(out)).toEqual(expect.arrayContaining([...files]));
    const others = filesOf(out).filter((name) => !files.includes(name) && !/^(pareto|n)-\d+\.svg$/.test(name));
    expect(others).toEqual([]);
    if (named.startsWith('report')) expect(printed.trimEnd().split('\n').at(-1)).toBe(`Report: ${out}/${named}`);
  });

  test('has intervals in its tables with --ci', async () => {
    await here('report', 'run', '--ci', '--format', 'md,tex', '-o', 'with intervals');
    expect(readFileSync(place.at('with intervals', 'report.md'), 'utf8')).toMatch(
      /^\| None \| 1 \| .* \[[\d.]+ … [\d.]+\] \|$/m,
    );
    expect(readFileSync(place.at('with intervals', 'report.tex'), 'utf8')).toMatch(
      /\{\\scriptsize \[[\d.]+, [\d.]+\]\}/,
    );
    expect(readFileSync(place.at('run', 'report.md'), 'utf8')).not.toContain('In brackets');
  });

  test('with --json prints what report.json holds, and is written all the same', async () => {
    expect(await here('report', 'run', '--json', '--format', 'csv', '-o', 'printed')).toBe(place.report('run'));
    expect(filesOf('printed')).toEqual(['report.csv']);
  });

  test('takes the place of what stood there whole, and leaves other files alone', async () => {
    mkdirSync(place.at('used'));
    writeFileSync(place.at('used', 'report.csv'), 'x'.repeat(100_000));
    writeFileSync(place.at('used', 'mine.txt'), 'mine');
    await here('report', 'run', '--format', 'csv', '-o', 'used');
    expect(filesOf('used')).toEqual(['mine.txt', 'report.csv']);
    expect(readFileSync(place.at('used', 'report.csv'), 'utf8')).toBe(
      readFileSync(place.at('run', 'report.csv'), 'utf8'),
    );
  });

  test('is of the strips whose files are there', async () => {
    const folder = place.copy('run', 'without a strip');
    rmSync(join(place.at(folder), 'pictures', STRIP));
    await here('report', folder);
    expect(readFileSync(place.at(folder, 'report.md'), 'utf8')).not.toContain('pictures/');
  });
});

test('a folder of a run that is not for writing is reported on standard output, and with -o in full', async ({
  skip,
}) => {
  place.makeFolder('disk');
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', place.at('disk')], { stdio: 'ignore' });
  } catch {
    skip('a file system in memory cannot be mounted here: it takes root, and the right to mount');
  }
  try {
    place.copy('run', 'disk/run');
    execFileSync('mount', ['-o', 'remount,ro', place.at('disk')]);
    const before = bytesOf('disk/run');
    const said = await here('report', 'disk/run');
    expect(said).toMatch(/│ MixUp[\s\S]*The reports were not written: .*not writable/);
    expect(said).not.toContain('Report:');
    expect(await refused('report', 'disk/run', '-o', 'disk/other')).toContain('a folder that can be written to');
    await here('report', 'disk/run', '-o', 'from a disk');
    expect(readFileSync(place.at('from a disk', 'report.csv'), 'utf8')).toBe(
      readFileSync(place.at('run', 'report.csv'), 'utf8'),
    );
    expect(bytesOf('disk/run')).toEqual(before);
  } finally {
    execFileSync('umount', ['--lazy', place.at('disk')]);
  }
});

describe('refused is', () => {
  test.each(['pdf', 'md,pdf', 'MD', 'md,,tex', ''])(
    '--format %j, before anything is scored or written',
    async (formats) => {
      const said = await refused('report', 'run', '--format', formats, '-o', 'never');
      expect(said).toMatch(/^fidsweep: --format: got ".*", expected /m);
      if (formats.includes('pdf')) expect(said).toContain('got "pdf", expected md, html, tex, csv, json or svg');
      expect(existsSync(place.at('never'))).toBe(false);
    },
  );

  test('an output that is a file, or in one', async () => {
    writeFileSync(place.at('a file'), 'x');
    for (const out of ['a file', 'a file/below']) {
      expect(await refused('report', 'run', '-o', out)).toMatch(
        /--output: got "a file.*, expected a folder that can be written to/,
      );
    }
    expect(readFileSync(place.at('a file'), 'utf8')).toBe('x');
  });

  test.skipIf(process.getuid?.() === 0)('an output that is not for writing', async () => {
    mkdirSync(place.at('read only'));
    chmodSync(place.at('read only'), 0o555);
    expect(await refused('report', 'run', '-o', 'read only')).toContain('a folder that can be written to');
  });

  test('what is no run, without a folder made for it', async () => {
    await refused('report', 'a file', '-o', 'never');
    expect(existsSync(place.at('never'))).toBe(false);
  });
});
