import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { encodeNpy, encodeNpyText } from '../../src/core/npy.js';
import { decodeStatistics, encodeStatistics, type Provenance } from '../../src/statistics/npz.js';
import { temporaryFolder } from '../temporary.js';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures');

const PROVENANCE: Provenance = {
  count: 2389,
  extractor: { id: 'bundled', sha256: 'ab'.repeat(32), tap: 'mixed7', dims: 3, preprocessing: 'bilinear 299, 0…1' },
  source: 'photos «été»',
  fit: 'native',
  tool: 'fidsweep 0.1.0',
  selection: '100 of 2389 images, seed 0',
  note: 'a stand-in 🖼',
};
const MEAN = Float64Array.of(0.1, -2e-300, 3);
const COVARIANCE = Float64Array.of(2, 0.5, 0, 0.5, 1 / 3, -0.25, 0, -0.25, 4);
const ours = encodeStatistics({ mean: MEAN, covariance: COVARIANCE, provenance: PROVENANCE });

test('a round trip keeps every bit and the provenance, and the same statistics are the same bytes', async () => {
  expect(await decodeStatistics(ours, 'x')).toEqual({ mean: MEAN, covariance: COVARIANCE, provenance: PROVENANCE });
  expect(encodeStatistics({ mean: MEAN, covariance: COVARIANCE, provenance: PROVENANCE })).toEqual(ours);
});

test.each(['stats-pytorch-fid.npz', 'stats-compressed.npz'])('%s is read as NumPy reads it', async (name) => {
  const { mean, covariance, provenance } = await decodeStatistics(readFileSync(join(FIXTURES, name)), name);
  expect([mean.length, covariance.length]).toEqual([24, 24 * 24]);
  expect([...mean.subarray(0, 2)]).toEqual([-0.43434821369659526, 1.4869929355926668]);
  expect([covariance[3 * 24 + 5], covariance[23 * 25]]).toEqual([-0.02627358931019808, 1.0259068321458165]);
  expect(provenance).toBeUndefined();
});

const python = spawnSync('python3', ['-c', 'import numpy'], { encoding: 'utf8' });

test('NumPy reads ours, without pickle', async (context) => {
  context.skip(python.status !== 0, 'python3 with NumPy is not on this machine');
  const file = join(temporaryFolder(), 'ours.npz');
  writeFileSync(file, ours);
  const script = `
import json, sys, numpy
z = numpy.load(sys.argv[1], allow_pickle=False)
print(json.dumps([sorted(z.files), str(z['mu'].dtype), z['mu'].tolist(), z['sigma'].tolist(), json.loads(str(z['fidsweep']))]))`;
  const { stdout, stderr } = spawnSync('python3', ['-c', script, file], { encoding: 'utf8' });
  expect(stderr).toBe('');
  const rows = [0, 1, 2].map((i) => [...COVARIANCE.subarray(3 * i, 3 * i + 3)]);
  expect(JSON.parse(stdout)).toEqual([['fidsweep', 'mu', 'sigma'], 'float64', [...MEAN], rows, PROVENANCE]);
});

describe('what is no statistics file is refused by name', async () => {
  const mu = encodeNpy(MEAN, [3]);
  const sigma = encodeNpy(COVARIANCE, [3, 3]);
  const zip = (entries: Record<string, Uint8Array>) => zipSync(entries);

  /** An archive whose directory claims that its first entry unpacks to `size` bytes. */
  function claiming(size: number, entries: Record<string, Uint8Array>): Uint8Array {
    const bytes = Buffer.from(zip(entries));
    const directory = bytes.indexOf(Buffer.from('PK\x01\x02', 'latin1'));
    bytes.writeUInt32LE(size, directory + 24);
    return bytes;
  }

  const provenance = (value: unknown) =>
    zip({ 'mu.npy': mu, 'sigma.npy': sigma, 'fidsweep.npy': encodeNpyText(JSON.stringify(value)) });

  test.each([
    ['nothing', new Uint8Array(), /not a readable \.npz archive/],
    ['a picture', readFileSync(join(FIXTURES, 'images', 'rgba.png')), /not a readable \.npz archive/],
    ['half a file', ours.subarray(0, ours.length >> 1), /not a readable \.npz archive/],
    ['a file without its start', ours.subarray(100), /\.npz/],
    [
      'an entry of 4 GB',
      claiming(0xfffffff0, { 'mu.npy': mu, 'sigma.npy': sigma }),
      /mu\.npy would unpack to 4294967280 bytes/,
    ],
    ['an entry larger than it says', claiming(16, { 'mu.npy': mu, 'sigma.npy': sigma }), /bad\.npz/],
    ['no arrays', zip({ 'readme.txt': new Uint8Array(4) }), /expected the arrays "mu" and "sigma"/],
    ['no sigma', zip({ 'mu.npy': mu }), /expected the arrays "mu" and "sigma"/],
    ['arrays in a folder', zip({ 'x/mu.npy': mu, 'x/sigma.npy': sigma }), /expected the arrays "mu" and "sigma"/],
    [
      'a flat sigma',
      zip({ 'mu.npy': mu, 'sigma.npy': encodeNpy(COVARIANCE, [9]) }),
      /mu has shape \(3\) and sigma \(9\)/,
    ],
    [
      'another d',
      zip({ 'mu.npy': encodeNpy(MEAN.subarray(1), [2]), 'sigma.npy': sigma }),
      /mu has shape \(2\) and sigma \(3,3\)/,
    ],
    ['a mu of two dimensions', zip({ 'mu.npy': encodeNpy(MEAN, [1, 3]), 'sigma.npy': sigma }), /mu has shape \(1,3\)/],
    ['cut-off mu', zip({ 'mu.npy': mu.subarray(0, mu.length - 8), 'sigma.npy': sigma }), /bad\.npz: mu: cut off/],
    ['text for mu', zip({ 'mu.npy': encodeNpyText('mu'), 'sigma.npy': sigma }), /bad\.npz: mu: arrays of type <U2/],
    ['NaN', zip({ 'mu.npy': encodeNpy(Float64Array.of(1, Number.NaN, 1), [3]), 'sigma.npy': sigma }), /not finite/],
    [
      'infinity',
      zip({
        'mu.npy': mu,
        'sigma.npy': encodeNpy(
          COVARIANCE.map((v) => v * 1e308 * 10),
          [3, 3],
        ),
      }),
      /not finite/,
    ],
    ['provenance that is a number', provenance(5), /its "fidsweep" entry is not readable/],
    ['provenance of nothing', provenance(null), /its "fidsweep" entry is not readable/],
    ['provenance without a count', provenance({ ...PROVENANCE, count: 'many' }), /it lacks count or extractor/],
    ['provenance without an extractor', provenance({ count: 5 }), /it lacks count or extractor/],
    [
      'provenance as an array',
      zip({ 'mu.npy': mu, 'sigma.npy': sigma, 'fidsweep.npy': mu }),
      /not readable \(bad\.npz: expected one text/,
    ],
  ])('%s', async (_, bytes, message) => {
    await expect(decodeStatistics(bytes, 'bad.npz')).rejects.toThrow(UserError);
    await expect(decodeStatistics(bytes, 'bad.npz')).rejects.toThrow(/^bad\.npz: /);
    await expect(decodeStatistics(bytes, 'bad.npz')).rejects.toThrow(message);
  });

  test('images beside the statistics, as ADM ships them, are not unpacked', async () => {
    const adm = claiming(0xfffffff0, { 'arr_0.npy': new Uint8Array(5), ...unzipSync(ours) });
    expect((await decodeStatistics(adm, 'adm.npz')).mean).toEqual(MEAN);
  });
});

test.each([
  ['not symmetric', [2, 1, 0, 2], /x\.npz: sigma is not symmetric/],
  ['not positive semidefinite', [1, 2, 2, 1], /x\.npz: sigma has a negative eigenvalue/],
  ['with a negative variance', [1, 0, 0, -1], /x\.npz: sigma has a negative eigenvalue/],
])('a sigma that is %s is refused', async (_, values, message) => {
  const bytes = zipSync({
    'mu.npy': encodeNpy(new Float64Array(2), [2]),
    'sigma.npy': encodeNpy(Float64Array.from(values), [2, 2]),
  });
  await expect(decodeStatistics(bytes, 'x.npz')).rejects.toThrow(message);
  await expect(decodeStatistics(bytes, 'x.npz')).rejects.toThrow(UserError);
});

test('a sigma of low rank, as few images give, is a covariance', async () => {
  const bytes = zipSync({
    'mu.npy': encodeNpy(new Float64Array(3), [3]),
    'sigma.npy': encodeNpy(Float64Array.of(1, 2, 3, 2, 4, 6, 3, 6, 9), [3, 3]),
  });
  expect((await decodeStatistics(bytes, 'x.npz')).covariance).toHaveLength(9);
});
