import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeStatistics } from '../../src/statistics/npz.js';
import { entriesOf, writePictures } from './run.js';
import { Place, SMALL } from './slim.js';

/** `sweep --classes`: of folders that have class folders, only these classes. */

const place = Place.ofTests();
const DATASETS = ['classed=by class', 'plain=real é', 'drawn=programs:my programs'].flatMap((text) => [
  '--dataset',
  text,
]);
const SWEEP = ['sweep', '--reference', 'real.npz', ...SMALL, '--methods', 'none,mixup', '--n', '2'];

beforeAll(async () => {
  // Twelve pictures in each of three class folders, all different, and some beside them.
  for (const [i, name] of ['cat', 'dog', 'bird'].entries()) {
    await writePictures(place.at('drawn', name), 12, 10 + i);
    cpSync(place.at('drawn', name), place.at('by class', name), { recursive: true });
  }
  cpSync(place.at('drawn', 'bird'), place.at('by class'), { recursive: true });
  mkdirSync(place.at('cats alone'));
  cpSync(place.at('drawn', 'cat'), place.at('cats alone', 'cat'), { recursive: true });
  writeFileSync(place.at('some.txt'), 'cat # and no dog\nhorse\n');
});

const imagesOf = (out: string) =>
  place.record(out).datasets.map(({ name, identity }) => `${name}: ${identity.images ?? identity.programs}`);

describe('a sweep of some classes', () => {
  const some = (images: number, out: string) =>
    place.succeed(...SWEEP, ...DATASETS, '--classes', 'some.txt', '--images', String(images), '--out', out);
  beforeAll(() => some(12, 'some'));

  test('takes them of the folder that has them, and all of others, to the features of them alone', async () => {
    expect(imagesOf('some')).toEqual(['classed: 12', 'plain: 40', 'drawn: 3']);
    await place.succeed(...SWEEP, ...DATASETS, '--images', '12', '--out', 'all');
    expect(imagesOf('all')).toEqual(['classed: 48', 'plain: 40', 'drawn: 3']);
    await place.succeed(...SWEEP, '--dataset', 'classed=cats alone', '--images', '12', '--out', 'alone');
    const fids = (out: string, name: string): number[] =>
      (JSON.parse(place.report(out)).cells as { dataset: string; fid: number }[])
        .filter(({ dataset }) => dataset === name)
        .map(({ fid }) => fid);
    expect(fids('some', 'classed')).toHaveLength(2);
    expect(fids('some', 'classed')).toEqual(fids('alone', 'classed'));
    expect(fids('some', 'classed')).not.toEqual(fids('all', 'classed'));
    for (const name of ['plain', 'drawn']) expect(fids('some', name)).toEqual(fids('all', name));
  });

  test('is gone on with by the same classes', async () => {
    await some(6, 'half');
    expect(place.record('half').flags).toMatchObject({ classes: 'some.txt' });
    await some(12, 'half');
    expect(place.report('half')).toBe(place.report('some'));
    expect(imagesOf('half')).toEqual(imagesOf('some'));
  });

  test('is resumed by its list, as long as that names the same pictures', async () => {
    const run = [...SWEEP, '--dataset', 'classed=by class', '--images', '12', '--out', 'kept'];
    writeFileSync(place.at('list.txt'), 'cat\n');
    await place.succeed(...run, '--classes', 'list.txt');
    const report = place.report('kept');
    expect(await place.refused(...run)).toMatch(/kept/);
    appendFileSync(place.at('list.txt'), 'dog\n');
    expect(await place.refused('resume', 'kept')).toMatch(/classed/);
    // A name that the folder does not have changes nothing.
    writeFileSync(place.at('list.txt'), 'cat\nhorse\n');
    rmSync(place.at('kept', 'report.json'));
    await place.succeed('resume', 'kept', '--render-processes', '2');
    expect(place.report('kept')).toBe(report);
  });
});

describe('a folder that is its own reference', () => {
  beforeAll(() => writeFileSync(place.at('pair.txt'), 'cat\ndog\n'));
  const own = (...more: readonly string[]) => [
    'sweep',
    ...['--dataset', 'classed=by class', '--reference', 'by class', ...SMALL, '--methods', 'none', '--images', '24'],
    ...more,
  ];
  const statistics = (out: string, name = 'reference.npz') => decodeStatistics(readFileSync(place.at(out, name)), name);
  const none = (out: string): { images: number; fid: number } => JSON.parse(place.report(out)).cells[0];

  test('is at 0.00 over all pictures of the classes: the reference has these classes alone, and says so', async () => {
    const printed = await place.succeed(...own('--classes', 'pair.txt', '--out', 'itself'));
    // Two classes of twelve each: each picture once.
    expect(imagesOf('itself')).toEqual(['classed: 24']);
    expect(none('itself')).toMatchObject({ images: 24, fid: expect.closeTo(0, 6) });
    expect(printed).toMatch(/None .*\b0\.00\b/);
    expect(place.record('itself').reference).toMatchObject({ source: 'by class', count: 24 });
    expect((await statistics('itself')).provenance).toMatchObject({
      count: 24,
      selection: '2 of 2 classes of pair.txt',
    });
  });

  test('is not, with classes left out of one of the two', async () => {
    await place.succeed(...own('--out', 'whole'));
    expect(place.record('whole').reference.count).toBe(48);
    expect((await statistics('whole')).provenance).not.toHaveProperty('selection');
    expect(none('whole').fid).toBeGreaterThan(1e-4);
  });

  test('in halves is of these classes too', async () => {
    await place.succeed(...own('--classes', 'pair.txt', '--select-on', 'split', '--out', 'halves'));
    const halves = await Promise.all(['reference.npz', 'selection.npz'].map((name) => statistics('halves', name)));
    const counts = halves.map(({ provenance }) => provenance!.count);
    expect(counts[0]! + counts[1]!).toBe(24);
    for (const { provenance } of halves) expect(provenance!.selection).toMatch(/^2 of 2 classes of pair\.txt/);
  });

  test('by which finalists are confirmed is of these classes too', async () => {
    await place.succeed(...own('--classes', 'pair.txt', '--confirm', 'other', '--out', 'confirmed'));
    const [{ confirmation }] = JSON.parse(place.report('confirmed')).columns;
    expect(confirmation).toMatchObject({ reference: 'by class', images: 24 });
    expect(confirmation.cells).toEqual([expect.objectContaining({ setting: 'none', fid: expect.closeTo(0, 4) })]);
  });

  test('without any of these classes is taken whole, and it is said', async () => {
    const { code, stderr } = await place.run(
      ...['sweep', '--dataset', 'classed=by class', '--reference', 'real é', ...SMALL, '--methods', 'none'],
      ...['--images', '24', '--classes', 'pair.txt', '--out', 'elsewhere'],
    );
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/Note: "real é" has no folders of the 2 classes of pair\.txt: all its images are taken\./);
    expect(place.record('elsewhere').reference.count).toBe(40);
  });
});

test('classes that no data set has are refused before anything is written', async () => {
  writeFileSync(place.at('none.txt'), 'horse\n');
  const before = entriesOf(place.home);
  const said = await place.refused(...SWEEP, ...DATASETS, '--classes', 'none.txt', '--out', 'never');
  expect(said).toContain('--classes: got "none.txt", expected a list of class folders that a data set has.');
  expect(entriesOf(place.home)).toEqual(before);
});

test('how many processes draw changes no byte of a report', async () => {
  const run = [...SWEEP, '--dataset', 'drawn=programs:my programs', '--images', '40'];
  await place.succeed(...run, '--out', 'one');
  await place.succeed(...run, '--render-processes', '3', '--out', 'three');
  expect(place.report('three')).toBe(place.report('one'));
  expect(await place.refused(...run, '--render-processes', '0', '--out', 'wrong')).toContain(
    '--render-processes: got "0", expected a whole number from 1 to 64',
  );
});
