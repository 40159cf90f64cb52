import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { unitStatistics } from './reference.js';
import { refuse, remove, scratch, writePictures, writePrograms } from './run.js';

let home: string;
beforeAll(async () => {
  home = scratch();
  await writePictures(join(home, 'pictures é'), 4);
  writePrograms(join(home, 'good programs'));
  writePrograms(join(home, 'broken programs'), { good: false, broken: true });
  for (const folder of ['empty', 'texts', 'a run', 'other files']) mkdirSync(join(home, folder));
  writeFileSync(join(home, 'texts', 'notes.txt'), 'no image');
  writeFileSync(join(home, 'other files', 'thesis.tex'), '');
  writeFileSync(join(home, 'a run', 'run.json'), '{"schema": 1}');
  mkdirSync(join(home, 'a run', 'features'));
  writeFileSync(join(home, 'a run', 'features', 'block-00000.npy'), '');
  writeFileSync(join(home, 'not yaml.yaml'), 'images: [4');
  writeFileSync(join(home, 'unknown key.yaml'), 'dataset: pictures é\nimagse: 4\n');
  writeFileSync(join(home, 'garbage.npz'), Buffer.from('PK\x03\x04 this is no archive'));
  writeFileSync(join(home, 'other network.npz'), unitStatistics({ id: 'another-net', sha256: 'ab'.repeat(32) }));
  writeFileSync(join(home, 'other preprocessing.npz'), unitStatistics({ preprocessing: 'bicubic-299 [-1,1]' }));
});
afterAll(() => remove(home));

const PICTURES = ['--dataset', 'p=pictures é', '--images', '4', '--resolution', '32', '--methods', 'none'];
const sweep = (...args: string[]): string[] => ['sweep', ...PICTURES, '--out', 'out', ...args];
const without = (flag: string): string[] => sweep().toSpliced(sweep().indexOf(flag), 2);

describe.concurrent('a sweep refuses', () => {
  test.each<[what: string, args: string[], naming: (string | RegExp)[]]>([
    [
      'an unknown method',
      [...without('--methods'), '--methods', 'none,mixdown'],
      ['"mixdown"', 'none, mixup, cutmix, cutmixup or truncation'],
    ],
    ['an N above 16', sweep('--n', '2-17'), ['--n', '"2-17"', 'from 2 to 16']],
    ['an N of 1', sweep('--n', '1'), ['--n', '"1"', 'from 2 to 16']],
    ['unknown weights', sweep('--weights', 'gaussian'), ['weights', '"gaussian"', 'normalized-uniform']],
    ['no data set', without('--dataset'), ['--dataset', 'NAME=SPEC']],
    ['two data sets of one name', sweep('--dataset', 'p=good programs'), ['--dataset', '"p"']],
    ['an empty folder', [...without('--dataset'), '--dataset', 'empty'], ['"empty"', 'no images']],
    ['a missing folder', [...without('--dataset'), '--dataset', 'x=not there'], ['"not there"', 'ENOENT']],
    ['a folder whose files are no images', [...without('--dataset'), '--dataset', 'texts'], ['"texts"', 'no images']],
    [
      'a folder without programs',
      [...without('--dataset'), '--dataset', 'programs:texts'],
      ['"texts"', 'defines neither main, mainImage nor draw'],
    ],
    ['fewer than two images', [...without('--images'), '--images', '1'], ['--images', 'got "1"']],
    [
      'a resolution that cannot be packed',
      [...without('--resolution'), '--resolution', '30'],
      ['--resolution', '30', 'multiple of 4'],
    ],
    ['an unknown extractor', sweep('--extractor', 'vgg'), ['extractor', '"vgg"', 'bundled']],
    ['an unknown backend', sweep('--backend', 'metal'), ['--backend', '"metal"', 'vulkan, display or xvfb']],
    ['a missing reference', sweep('--reference', 'absent.npz'), ['"absent.npz"', 'ENOENT']],
    [
      'a reference that is no archive',
      sweep('--reference', 'garbage.npz'),
      ['garbage.npz', 'not a readable zip archive'],
    ],
    [
      'a folder that seems to hold a run',
      sweep('--out', 'a run').toSpliced(-4, 2),
      ['a run/run.json', 'another --out'],
    ],
    [
      'a folder that holds other files',
      sweep('--out', 'other files').toSpliced(-4, 2),
      ['"other files"', 'another --out'],
    ],
    ['an unknown flag', sweep('--imagse', '4'), ['imagse', '--help']],
    [
      'an unknown key in a config',
      ['sweep', '--config', 'unknown key.yaml'],
      ['unknown key.yaml', '"imagse"', 'images'],
    ],
    ['a config that is no YAML', ['sweep', '--config', 'not yaml.yaml'], ['not yaml.yaml']],
    ['a config that is not there', ['sweep', '--config', 'absent.yaml'], ['absent.yaml', 'ENOENT']],
  ])('%s', async (_what, args, naming) => {
    await refuse(home, args, ...naming);
  });

  test('a reference made by another extractor or preprocessing, naming both', async () => {
    const ours = /nsfwjs-inception-v3-mixed7/;
    await refuse(
      home,
      sweep('--reference', 'other network.npz'),
      'other network.npz',
      /another-net .*SHA-256 abab/,
      ours,
    );
    await refuse(home, sweep('--reference', 'other preprocessing.npz'), 'bicubic-299 [-1,1]', ours);
    await refuse(home, [...sweep('--reference', 'other network.npz'), '--dry-run'], /another-net/, ours);
  });

  test('the Xvfb backend where there is no Xvfb, naming the packages', async () => {
    // A path without Xvfb, whatever is installed.
    const env = { ...process.env, PATH: '/nonexistent' };
    await refuse(home, sweep('--backend', 'xvfb'), { env }, 'Xvfb is not installed', /apt-get install xvfb/);
  });
});

test('a sweep refuses programs none of which compiles, naming the first error and its line', async () => {
  const args = [...without('--dataset'), '--dataset', 'p=programs:broken programs'];
  await refuse(home, args, { leaves: 'out' }, /broken:3: .*missing/, 'none of its 1 programs can be used');
});

test('a command that is unknown or missing, and a folder that is no run, are refused', async () => {
  await refuse(home, [], 'Give a command');
  await refuse(home, ['swep'], /sweep/);
  await refuse(home, ['report', 'empty'], '"empty" is no run folder');
});

test('fid, stats and samples refuse what they cannot read or write', async () => {
  await refuse(home, ['fid', 'pictures é', 'garbage.npz'], 'garbage.npz', 'not a readable zip archive');
  await refuse(home, ['fid', 'texts', 'pictures é'], '"texts"', 'no images');
  await refuse(home, ['fid', 'other network.npz', 'garbage.npz'], 'garbage.npz', 'not a readable zip archive');
  await refuse(home, ['stats', 'pictures é', '-o', 'out.txt'], '--output', '"out.txt"', '.npz');
  await refuse(home, ['stats', 'programs:good programs', '-o', 'out.npz'], '--images');
  await refuse(home, ['samples', 'pictures é', '--mix', 'mixup', '-o', 'out.png'], '"mixup"', 'mixup:N');
  await refuse(
    home,
    ['samples', 'pictures é', '--mix', 'cutmix:2?weights=equal', '-o', 'out.png'],
    '"weights"',
    'alpha',
  );
});
