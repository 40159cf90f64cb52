import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { createGraph } from '../../src/core/graph.js';
import { draws, STREAM } from '../../src/core/random.js';
import { fid } from '../../src/index.js';
import type { ReportDocument } from '../../src/report/document.js';
import { openSource } from '../../src/source.js';
import { decodeStatistics } from '../../src/statistics/npz.js';
import { renderChildren, until } from '../processes.js';
import { entriesOf, reportOf, writePrograms } from './run.js';
import { Place, SMALL, TAP } from './slim.js';

/** Every kind of data set that is made, through the commands that take one. */

const place = Place.ofTests();
const LATENT = 6;
const PICTURE = [1, 3, 8, 8];
const IMAGES = 4;

/** z → a picture of 8 × 8 whose every value is tanh of a mixture of z. */
function generatorModel(): Uint8Array {
  const g = createGraph('generator');
  const size = PICTURE.reduce((a, b) => a * b);
  const uniform = draws(1, STREAM.sample, 0);
  const mixture = Float32Array.from({ length: LATENT * size }, () => 2 * uniform() - 1);
  const z = g.input('z', 'float32', [1, LATENT]);
  const values = g.node('Tanh', [g.node('MatMul', [z, g.constant('mixture', mixture, [LATENT, size])])]);
  const shape = g.constant('shape', BigInt64Array.from(PICTURE, BigInt), [PICTURE.length]);
  g.output(g.node('Reshape', [values, shape], {}, 'image'), 'float32', PICTURE);
  return g.encode();
}

/** A column for each, by what statistics of it are called. */
const COLUMNS: readonly (readonly [name: string, spec: string, source: string])[] = [
  ['s1k', 'programs:s1k', 'programs:s1k'],
  ['grammar', 'programs:grammar?seed=3&count=20', 'programs:grammar?seed=3&count=20'],
  ['folder of programs', 'programs:some/people/programs/', 'programs:programs'],
  ['zip of programs', 'programs:some/programs.zip', 'programs:programs.zip'],
  ['dead leaves', 'deadleaves:mixed', 'deadleaves:mixed'],
  ['fractals', 'fractals:1k', 'fractals:1k'],
  ['stylegan', 'stylegan:oriented', 'stylegan:oriented'],
  ['generator', 'generator:nets/g.onnx', 'generator:g.onnx'],
  ['truncated', 'generator:nets/g.onnx?spec=nets/g.json&psi=0.5', 'generator:g.onnx?spec=g.json&psi=0.5'],
];
const PROGRAMS = COLUMNS.slice(0, 4).map(([name]) => name);

beforeAll(() => {
  const folder = place.at('some', 'people', 'programs');
  cpSync(join(import.meta.dirname, '..', 'fixtures', 'programs'), folder, { recursive: true });
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const named = files.map(({ parentPath, name }) => join(parentPath, name));
  const zipped = Object.fromEntries(named.map((path) => [path.slice(folder.length + 1), readFileSync(path)]));
  writeFileSync(place.at('some', 'programs.zip'), zipSync(zipped));
  place.makeFolder('nets');
  writeFileSync(place.at('nets', 'g.onnx'), generatorModel());
  writeFileSync(place.at('nets', 'g.json'), JSON.stringify({ latent: LATENT, image: 'image', range: [-1, 1] }));
});

const report = (out: string): ReportDocument => reportOf(place.at(out));
const cellsOf = (out: string, name: string) => report(out).cells.filter(({ dataset }) => dataset === name);
const fidOf = (out: string, name: string, setting: string): number =>
  cellsOf(out, name).find((cell) => cell.setting === setting)!.fid;

/** A column of every kind, unmixed and mixed of two. */
const sweepAll = (images: number, out: string, ...more: readonly string[]) =>
  place.succeed(
    ...['sweep', '--reference', 'real.npz', ...SMALL, '--methods', 'none,mixup', '--n', '2'],
    ...COLUMNS.flatMap(([name, spec]) => ['--dataset', `${name}=${spec}`]),
    ...['--images', String(images), '--out', out, ...more],
  );
let printed: string;
beforeAll(async () => {
  printed = await sweepAll(IMAGES, 'all');
});

describe('a sweep with a column of every kind', () => {
  test.each(COLUMNS)('has %s, measured', (name, spec) => {
    const cells = cellsOf('all', name);
    expect(cells.map(({ setting, images, status }) => [setting, images, status])).toEqual([
      ['none', IMAGES, 'measured'],
      ['mixup:2', IMAGES, 'measured'],
    ]);
    for (const { fid } of cells) expect(fid).toBeGreaterThan(0);
    expect(cells[0]!.fid).not.toBe(cells[1]!.fid);
    expect(place.record('all').datasets.find((one) => one.name === name)).toMatchObject({ spec });
    expect(printed).toContain(name);
  });

  test('has different pictures in each, those of the zip being those of the folder', () => {
    const { columns } = report('all');
    expect(columns.map(({ dataset }) => dataset)).toEqual(COLUMNS.map(([name]) => name));
    const fids = (name: string) => cellsOf('all', name).map(({ fid }) => fid);
    expect(fids('zip of programs')).toEqual(fids('folder of programs'));
    expect(new Set(COLUMNS.map(([name]) => JSON.stringify(fids(name)))).size).toBe(COLUMNS.length - 1);
  });

  test('has images/s of programs alone', () => {
    const timing = JSON.parse(readFileSync(place.at('all', 'timing.json'), 'utf8'));
    const cells: { dataset: string; imagesPerSecond?: number }[] = timing.cells;
    for (const cell of cells) expect('imagesPerSecond' in cell, cell.dataset).toBe(PROGRAMS.includes(cell.dataset));
    // A program's first picture is compiled for and not counted: where each has one alone there is no cell.
    const names = cells.map(({ dataset }) => dataset);
    expect(names).toEqual(expect.arrayContaining(['folder of programs', 'dead leaves', 'stylegan', 'generator']));
  });

  test('is the same bytes by two processes that draw', async () => {
    await sweepAll(IMAGES, 'two', '--render-processes', '2');
    expect(place.report('two')).toBe(place.report('all'));
  });

  test('is the same bytes gone on with after fewer images', async () => {
    await sweepAll(2, 'grown', '--render-processes', '1');
    expect(cellsOf('grown', 'fractals').map(({ images }) => images)).toEqual([2, 2]);
    await sweepAll(IMAGES, 'grown');
    expect(place.report('grown')).toBe(place.report('all'));
  });
});

describe('truncation', () => {
  const sweep = (out: string, ...datasets: readonly string[]) =>
    place.succeed(
      ...['sweep', '--reference', 'real.npz', ...SMALL, '--methods', 'none,truncation', '--psi', '0.5,1'],
      ...datasets.flatMap((text) => ['--dataset', text]),
      ...['--images', '6', '--out', out],
    );

  test('has a row for each ψ: that of 1 is None to the last digit, and a usual ψ is what None is made by', async () => {
    const names = ['generator', 'truncated', 'stylegan'];
    const chosen = COLUMNS.filter(([name]) => names.includes(name)).map(([name, spec]) => `${name}=${spec}`);
    const printed = await sweep('psi', ...chosen);
    for (const name of ['None', 'Truncation ψ = 0.5', 'Truncation ψ = 1']) {
      expect(printed).toContain(name);
      expect(readFileSync(place.at('psi', 'report.md'), 'utf8')).toContain(name);
    }
    expect(cellsOf('psi', 'generator').map(({ method, n, bases }) => [method, n, bases])).toEqual([
      ['none', 1, 1],
      ['truncation', 1, 1],
      ['truncation', 1, 1],
    ]);
    for (const name of ['generator', 'stylegan']) {
      expect(fidOf('psi', name, 'truncation?psi=1')).toBe(fidOf('psi', name, 'none'));
      expect(fidOf('psi', name, 'truncation?psi=0.5')).not.toBe(fidOf('psi', name, 'none'));
    }
    expect(fidOf('psi', 'truncated', 'none')).toBe(fidOf('psi', 'generator', 'truncation?psi=0.5'));
    for (const psi of ['0.5', '1'])
      expect(fidOf('psi', 'truncated', `truncation?psi=${psi}`)).toBe(
        fidOf('psi', 'generator', `truncation?psi=${psi}`),
      );
  });

  test.each(['programs:s1k', 'fractals:1k', 'real é'])('of %s is refused', async (spec) => {
    const before = entriesOf(place.home);
    const said = await place.refused(
      ...['sweep', '--dataset', `it=${spec}`, '--reference', 'real.npz', ...SMALL, '--out', 'never'],
      ...['--methods', 'none,truncation', '--psi', '0.5'],
    );
    expect(said).toContain('Setting truncation?psi=0.5: truncation is of generators');
    expect(said).toContain(`data set "it" (${spec}) has none`);
    expect(entriesOf(place.home)).toEqual(before);
  });
});

describe('each kind alone', () => {
  test.each(COLUMNS)('%s: a sheet of samples', async (name, spec) => {
    const said = await place.succeed(
      ...['samples', spec, '--count', '3', '--tile', '16', '--resolution', '16', '-o', `${name}.png`],
    );
    expect(said).toContain(`3 images of none from ${spec}, seed 0`);
    const { channels } = await sharp(place.at(`${name}.png`)).stats();
    expect(Math.max(...channels.map(({ stdev }) => stdev))).toBeGreaterThan(1);
  });

  test.each(COLUMNS)('%s: statistics, whose FID to real ones is that of the sweep', async (name, spec, source) => {
    const measured = [...SMALL, '--images', String(IMAGES)];
    await place.succeed('stats', spec, ...measured, '-o', `${name}.npz`);
    const file = `${name}.npz`;
    const { provenance } = await decodeStatistics(readFileSync(place.at(file)), file);
    expect(provenance).toMatchObject({
      source,
      count: IMAGES,
      fit: expect.stringMatching(/^(rendered at|painted at|made at 256, cover|cover) 16$/),
      selection: expect.stringMatching(/^seed 0; data set [0-9a-f]{12}(; \d+ set aside)?$/),
    });
    expect((await fid(place.at(file), place.at('real.npz'))).fid!.value).toBeCloseTo(fidOf('all', name, 'none'), 6);
  });

  test.each([
    ['programs:some/programs.zip', 'folder of programs'],
    ['stylegan:oriented', 'stylegan'],
    ['generator:nets/g.onnx?psi=0.5', 'truncated'],
  ])('%s: an FID to the statistics of the same pictures, which is 0', async (spec, name) => {
    const args = ['fid', spec, `${name}.npz`, ...SMALL, '--images', String(IMAGES), '--json'];
    expect(JSON.parse(await place.succeed(...args)).fid.value).toBeCloseTo(0, 6);
  });
});

test.each([
  ['mine', 'mine'],
  ['mine/', 'mine'],
  ['mine?convention=fidsweep', 'mine?convention=fidsweep'],
  ['R&D/secret/mine', 'mine'],
  ['why?x/secret/mine/?convention=fidsweep', 'mine?convention=fidsweep'],
  ['a=b/mine', 'mine'],
])('programs of %s are called %s in statistics: where they lie is nobody’s business', async (path, name) => {
  writePrograms(place.at(path.replace(/\?convention.*/, '')));
  const opened = await openSource(`programs:${place.at(path)}`, { images: 2 });
  await opened.close();
  expect(opened.name).toBe(`programs:${name}`);
});

test('an interrupt is heard while the base images of a block are made, and is no error', async () => {
  const { child, outcome } = place.start(
    ...['sweep', '--dataset', 'd=programs:my programs', '--dataset', 'g=stylegan:oriented'],
    ...['--reference', 'real.npz', ...SMALL],
    ...['--methods', 'mixup', '--n', '9', '--images', '32', '--out', 'interrupted'],
  );
  // The first column's only block is written while the second's 288 images are made by a network.
  await until(() => place.block('interrupted', 0), 'the first block');
  const children = renderChildren(child.pid!);
  process.kill(-child.pid!, 'SIGINT');
  const { code, stderr } = await outcome;
  expect(code, stderr).toBe(130);
  expect(stderr).toContain('Interrupted: scoring the blocks that are complete.');
  expect(stderr).not.toMatch(/^\s+at .*[:(]/m);
  expect(stderr).not.toMatch(/^fidsweep: /m);
  expect(place.block('interrupted', 0)).toBe(true);
  expect(children.length).toBeGreaterThan(0);
  await until(() => children.every((pid) => !existsSync(`/proc/${pid}`)) || undefined, 'the end of the children');
});

describe('what there is not is refused, and nothing is written', () => {
  const HERE = ['-o', 'never.png'];
  test.each<[string[], string]>([
    [['samples', 'deadleaves:hexagon', ...HERE], 'got "deadleaves:hexagon", expected deadleaves:SHAPE'],
    [['samples', 'fractals:1', ...HERE], 'got "fractals:1", expected fractals:1k, or fractals:N'],
    [['samples', 'stylegan:blurred', ...HERE], 'got "stylegan:blurred", expected stylegan:oriented'],
    [['samples', 'generator:nets/g.pt', ...HERE], 'got "generator:nets/g.pt", expected generator:FILE.onnx'],
    [['samples', 'generator:nets/g.onnx?psi=3', ...HERE], 'psi of a generator: got "3", expected a number from 0 to 2'],
    [['samples', 'programs:s2k', ...HERE], 'Programs of "s2k"'],
    [['samples', 'programs:s1k', '--mix', 'truncation?psi=0.5', ...HERE], 'truncation is of generators'],
    [['samples', 'fractals:1k', '--mix', 'none?time=0-1', ...HERE], 'a time range is an option of programs'],
    [
      ['stats', 'deadleaves:mixed', ...TAP, '-o', 'never.npz'],
      '--images: got nothing, expected how many images to render',
    ],
    [
      ['stats', 'fractals:1k', ...TAP, '--images', '3', '--classes', 'imagenet100', '-o', 'never.npz'],
      '"fractals:1k" has no class folders',
    ],
    [['fid', 'deadleaves:hexagon', 'real.npz', ...SMALL, '--images', '3'], 'got "deadleaves:hexagon"'],
    [
      ['sweep', '--dataset', 'x=programs:grammar?count=0', '--reference', 'real.npz', ...SMALL, '--out', 'never'],
      'count of programs:grammar: got "0"',
    ],
  ])('%j', async (args, message) => {
    const before = entriesOf(place.home);
    expect(await place.refused(...args)).toContain(message);
    expect(entriesOf(place.home)).toEqual(before);
  });
});
