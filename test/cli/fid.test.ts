import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { decodeNpy } from '../../src/core/npy.js';
import { decodeImage } from '../../src/dataset/decode.js';
import { type FeaturesResult, type FidEstimate, features, fid as fidOf, stats } from '../../src/index.js';
import { frechetDistance } from '../../src/metrics/frechet.js';
import { type KernelDistance, kernelDistance } from '../../src/metrics/kernel.js';
import { type PrecisionRecall, precisionRecall } from '../../src/metrics/precision-recall.js';
import { gaussianOf } from '../../src/score.js';
import { Accumulator } from '../../src/statistics/gaussian.js';
import { decodeStatistics, type Provenance, type Statistics } from '../../src/statistics/npz.js';
import { tar } from '../dataset/tar-writer.js';
import { expected, FIXTURES, readNpy } from '../extract/fixtures.js';
import { unitStatistics } from './reference.js';
import { entriesOf, refuse, remove, run, scratch, succeed, writePictures } from './run.js';

/** `fidsweep fid` and `stats` with every input and every metric, by a slim network of the canonical layout. */

const PICTURES = 24;
/** The first tap has 4 dimensions: few pictures are more than enough. */
const SLIM = ['--extractor', 'slim', '--dims', '64'];

let home: string;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  home = scratch();
  env = { ...process.env, XDG_DATA_HOME: join(home, 'data') };
  vi.stubEnv('XDG_DATA_HOME', env.XDG_DATA_HOME);
  const weights = join(FIXTURES, 'inception-slim-legacy.pth');
  await succeed(home, ['models', 'import', weights, '--as', 'slim', '--allow-hash'], env);
  await writePictures(join(home, 'a'), 40);
  await writePictures(join(home, 'b'), 30, 2);
  for (const name of ['stats-pytorch-fid.npz', 'stats-compressed.npz'])
    copyFileSync(join(FIXTURES, name), join(home, name));
});
afterAll(() => {
  vi.unstubAllEnvs();
  remove(home);
});

interface FidOutput {
  readonly fid: {
    readonly value: number;
    readonly n?: number;
    readonly standardError?: number;
    readonly errors?: readonly { readonly n: number; readonly method: string; readonly standardError: number }[];
    readonly interval?: readonly [number, number];
    readonly unbiased?: {
      readonly value: number;
      readonly first: number;
      readonly slope: number;
      readonly trusted: boolean;
      readonly corrected: 'both' | 'first';
      readonly interval?: readonly [number, number];
    };
  };
  readonly at?: readonly { readonly n: number; readonly value: number }[];
  readonly kid?: KernelDistance;
  readonly prdc?: readonly PrecisionRecall[];
  readonly sampled: 'a' | 'b' | 'both' | null;
  readonly a: Partial<Provenance> & { readonly name: string };
  readonly b: Partial<Provenance> & { readonly name: string };
  readonly extractor: { readonly id: string; readonly tap: string; readonly preprocessing: string } | null;
  readonly comparable: string;
  readonly warnings: readonly string[];
}

/** Runs `fid … --json`; what it said beside the object is `said`. */
async function fid(...args: string[]): Promise<FidOutput & { readonly said: string }> {
  const { code, stdout, stderr } = await run(home, ['fid', ...args, '--json'], env);
  expect(code, stderr).toBe(0);
  return { ...(JSON.parse(stdout) as FidOutput), said: stderr };
}

/** Runs it to a refusal; the folder must be as it was. */
const refused = (args: readonly string[], ...naming: (string | RegExp)[]) => refuse(home, args, { env }, ...naming);

/** A file of the archive that these tests write: NumPy's version 1. */
function npy(shape: readonly number[], body: Uint8Array): Uint8Array {
  const text = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape.join(', ')}), }\n`;
  const head = Buffer.from(`\x93NUMPY\x01\x00\x00\x00${text}`, 'latin1');
  head.writeUInt16LE(text.length, 8);
  return Buffer.concat([head, body]);
}

const worst = (x: Float64Array, y: Float64Array): number => {
  expect(x.length).toBe(y.length);
  return x.reduce((most, value, i) => Math.max(most, Math.abs(value - y[i]!)), 0);
};

describe('the statistics of the reference pictures are those of PyTorch’s features', () => {
  test.each(['pytorch-fid', 'clean', 'tf1'])('%s', async (mode) => {
    const { data, rows, columns } = readNpy(`features-${mode}.npy`);
    const mean = Float64Array.from({ length: columns }, (_, i) => {
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += data[row * columns + i]!;
      return sum / rows;
    });
    const covariance = Float64Array.from({ length: columns ** 2 }, (_, at) => {
      const [i, j] = [Math.floor(at / columns), at % columns];
      let sum = 0;
      for (let row = 0; row < rows; row++)
        sum += (data[row * columns + i]! - mean[i]!) * (data[row * columns + j]! - mean[j]!);
      return sum / (rows - 1);
    });
    const ours = await stats(join(FIXTURES, 'images'), { extractor: 'slim', mode });
    expect(ours.provenance).toMatchObject({ count: expected.order.length, source: 'images' });
    expect(worst(ours.mean, mean)).toBeLessThan(1e-5);
    expect(worst(ours.covariance, covariance)).toBeLessThan(1e-5);
  });
});

describe('the same pictures in any wrapping', () => {
  const FORMS = [
    'folder',
    'archive.zip',
    'archive.tar',
    'list.txt',
    'part-{000..001}.tar',
    'part-*.tar',
    'array.npz',
    'packed.npz',
    'array.npy',
  ];
  const all = new Map<string, Statistics>();

  beforeAll(async () => {
    const names: string[] = [];
    const files = new Map<string, Uint8Array>();
    // All of one size, for the arrays, and in PNG, which loses nothing.
    await writePictures(join(home, 'made'), PICTURES, 3);
    mkdirSync(join(home, 'folder', 'below'), { recursive: true });
    for (const [i, name] of entriesOf(join(home, 'made'))
      .filter((entry) => /\.(png|jpg)$/.test(entry))
      .entries()) {
      const file = join(i % 2 ? 'below' : '.', `${i}.png`);
      await sharp(join(home, 'made', name))
        .resize(40, 40, { fit: 'fill' })
        .png()
        .toFile(join(home, 'folder', file));
      names.push(file);
      files.set(file, readFileSync(join(home, 'folder', file)));
    }
    const entries = [...files].map(([name, bytes]) => ({ name, bytes }));
    writeFileSync(join(home, 'archive.zip'), zipSync(Object.fromEntries(files)));
    writeFileSync(join(home, 'archive.tar'), tar(entries));
    writeFileSync(join(home, 'part-000.tar'), tar(entries.slice(0, 7)));
    writeFileSync(join(home, 'part-001.tar'), tar(entries.slice(7)));
    // Another order: that of a walk in steps of seven.
    const order = names.map((_, i) => names[(i * 7) % names.length]!);
    expect(new Set(order).size).toBe(PICTURES);
    writeFileSync(join(home, 'list.txt'), order.map((name) => `folder/${name}\n`).join(''));
    const pixels = await Promise.all(names.map((name) => decodeImage(join(home, 'folder', name), name)));
    const array = npy([PICTURES, 40, 40, 3], Buffer.concat(pixels.map(({ data }) => data)));
    writeFileSync(join(home, 'array.npy'), array);
    writeFileSync(join(home, 'array.npz'), zipSync({ 'arr_0.npy': array }, { level: 0 }));
    writeFileSync(join(home, 'packed.npz'), zipSync({ 'arr_0.npy': array }, { level: 6 }));
    for (const form of FORMS) all.set(form, await stats(join(home, form), { extractor: 'slim' }));
  });

  test('has the same statistics, at a distance of nothing', async () => {
    for (const [form, { mean, covariance, provenance }] of all) {
      expect(provenance, form).toMatchObject({ count: PICTURES, fit: 'native', source: form });
      for (const other of all.values()) {
        expect(worst(mean, other.mean), form).toBeLessThan(1e-6);
        expect(worst(covariance, other.covariance), form).toBeLessThan(1e-6);
        const distance = await frechetDistance(gaussianOf({ mean, covariance }), gaussianOf(other));
        expect(Math.abs(distance.value), form).toBeLessThan(1e-6);
      }
    }
  });

  test.each([
    ['folder', 'list.txt'],
    ['archive.zip', 'part-{000..001}.tar'],
    ['archive.tar', 'packed.npz'],
  ])('is an FID of 0 for the command: %s against %s', async (x, y) => {
    const { fid: estimate, a, b } = await fid(x, y, '--extractor', 'slim');
    expect(Math.abs(estimate.value)).toBeLessThan(1e-6);
    expect([a.name, b.name]).toEqual([x, y]);
  });

  test('is the same for the command with one thread', async () => {
    await succeed(home, ['stats', 'list.txt', '-o', 'one thread.npz', '--extractor', 'slim', '--threads', '1'], env);
    const { mean, covariance } = await decodeStatistics(readFileSync(join(home, 'one thread.npz')), 'one thread.npz');
    expect(worst(mean, all.get('folder')!.mean)).toBeLessThan(1e-6);
    expect(worst(covariance, all.get('folder')!.covariance)).toBeLessThan(1e-6);
  });

  test('has the same estimates in another order: error, halves, KID, precision and recall', async () => {
    const of = async (source: string, threads?: number) => {
      const options = {
        extractor: 'slim',
        dims: 64,
        metrics: ['fid', 'kid', 'prdc', 'fidinf'],
        at: [100],
        threads,
      } as const;
      const result = await fidOf(join(home, source), join(home, 'b'), options);
      return { ...result, fid: result.fid as FidEstimate };
    };
    const first = await of('folder');
    for (const other of [await of('list.txt'), await of('folder', 1)]) {
      expect(Math.abs(other.fid.value - first.fid.value)).toBeLessThan(1e-6);
      expect(Math.abs(other.fid.standardError! - first.fid.standardError!)).toBeLessThan(1e-6);
      expect(Math.abs(other.fid.unbiased!.value - first.fid.unbiased!.value)).toBeLessThan(1e-6);
      expect(Math.abs(other.at![0]!.value - first.at![0]!.value)).toBeLessThan(1e-6);
      expect(Math.abs(other.kid!.value - first.kid!.value)).toBeLessThan(1e-6);
      for (const [i, result] of other.prdc!.entries()) {
        for (const name of ['precision', 'recall', 'density', 'coverage'] as const)
          expect(result[name].value).toBeCloseTo(first.prdc![i]![name].value, 6);
      }
    }
  });
});

describe('metrics', () => {
  let a: FeaturesResult;
  let b: FeaturesResult;
  let all: FidOutput;
  beforeAll(async () => {
    const options = { extractor: 'slim', dims: 64 };
    [a, b] = [await features(join(home, 'a'), options), await features(join(home, 'b'), options)];
    all = await fid('a', 'b', ...SLIM, '--metrics', 'fid,kid,prdc,fidinf', '--at', '5000,50000');
  });

  /** Rows of a result as a metric takes them. */
  const rowsOf = ({ data, count, dims }: FeaturesResult) => ({
    count,
    dims,
    rows: (from: number, to: number) => data.subarray(from * dims, to * dims),
  });

  /** FID of some rows of `a` to all of `b`. */
  async function distance(own: (row: number) => boolean): Promise<number> {
    const of = async ({ data, count, dims }: FeaturesResult, keep: (row: number) => boolean) => {
      const accumulator = new Accumulator(dims);
      for (let i = 0; i < count; i++) if (keep(i)) await accumulator.add(data.slice(i * dims, (i + 1) * dims));
      return accumulator.gaussian();
    };
    return (await frechetDistance(await of(a, own), await of(b, () => true))).value;
  }

  test('in one object: nothing but what is documented', () => {
    expect(Object.keys(all).sort()).toEqual(
      ['a', 'at', 'b', 'comparable', 'extractor', 'fid', 'kid', 'prdc', 'said', 'sampled', 'warnings'].sort(),
    );
    expect(all.a).toMatchObject({ name: 'a', count: 40, fit: 'native', extractor: { id: 'slim', dims: 4 } });
    expect(all.b).toMatchObject({ name: 'b', count: 30 });
    expect(all.extractor).toMatchObject({ id: 'slim', tap: 'max-pool-1' });
    expect(all.comparable).toMatch(
      /only with numbers of these same weights.*not comparable with the usual FID of 2048/,
    );
    // ψ of every image is for --influence.
    expect(Object.keys(all.fid)).not.toContain('influences');
  });

  test('FID is that of the features, with an error and an interval about it', async () => {
    const { value, n, standardError, errors, interval } = all.fid;
    expect(value).toBeCloseTo(await distance(() => true), 9);
    expect(n).toBe(40);
    expect(errors).toMatchObject([
      { n: 40, method: 'infinitesimal jackknife' },
      { n: 30, method: 'infinitesimal jackknife' },
    ]);
    // Both sets are samples.
    expect(all.sampled).toBe('both');
    expect(standardError).toBeCloseTo(Math.hypot(errors![0]!.standardError, errors![1]!.standardError), 12);
    expect(Math.min(...errors!.map((error) => error.standardError))).toBeGreaterThan(0);
    // No FID is below 0.
    expect(interval![0]).toBeCloseTo(Math.max(0, value - 1.959964 * standardError!), 6);
    expect(interval![1]).toBeCloseTo(value + 1.959964 * standardError!, 6);
  });

  test('FID∞ comes from halves that the SHA-256 of the files decides, and FID at n from its slope', async () => {
    const lower = a.ids!.map(
      (id) =>
        createHash('sha256')
          .update(readFileSync(join(home, 'a', id)))
          .digest()[0]! < 128,
    );
    const [n, m] = [lower.filter(Boolean).length, lower.filter((half) => !half).length];
    expect(Math.min(n, m)).toBeGreaterThan(4);
    const halves = [await distance((row) => lower[row]!), await distance((row) => !lower[row]!)] as const;
    const { value, unbiased } = all.fid;
    // FIDₙ = F* + b/n through the mean of the halves and the whole.
    const slope = ((halves[0] + halves[1]) / 2 - value) / ((1 / n + 1 / m) / 2 - 1 / 40);
    expect(unbiased!.slope).toBeCloseTo(slope, 6);
    // Against the second set as it is; FID∞ has the second set's own bias taken out too.
    expect(unbiased!.first).toBeCloseTo(value - slope / 40, 8);
    expect(unbiased!.corrected).toBe('both');
    expect(unbiased!.value).toBeLessThan(unbiased!.first);
    expect(all.at).toEqual([
      { n: 5000, value: expect.closeTo(unbiased!.first + slope / 5000, 8) as number },
      { n: 50000, value: expect.closeTo(unbiased!.first + slope / 50000, 8) as number },
    ]);
  });

  test('KID, precision, recall, density and coverage are those of the features', async () => {
    const kid = await kernelDistance(rowsOf(a), rowsOf(b));
    expect(all.kid!.value).toBeCloseTo(kid.value, 9);
    expect(all.kid!.uncertainty!.standardError).toBeCloseTo(kid.uncertainty!.standardError, 9);
    // Of sets of no more than 1,000 images a subset of as many is none.
    expect(all.kid!.subsets).toBeUndefined();
    const prdc = await precisionRecall(rowsOf(a), rowsOf(b), { ks: [5, 3] });
    expect(all.prdc!.map(({ k }) => k)).toEqual([5, 3]);
    for (const [i, result] of all.prdc!.entries()) {
      expect(result).toMatchObject({ generated: 40, real: 30 });
      for (const name of ['precision', 'recall', 'density', 'coverage'] as const) {
        expect(result[name].value).toBeCloseTo(prdc[i]![name].value, 9);
        expect(result[name].standardError).toBeCloseTo(prdc[i]![name].standardError, 9);
      }
    }
  });

  test('FID is all without --metrics, and --at alone asks for FID∞', async () => {
    const plain = await fid('a', 'b', ...SLIM);
    expect(Object.keys(plain)).not.toEqual(expect.arrayContaining(['kid']));
    expect(plain.at).toBeUndefined();
    expect(plain.fid).toEqual(all.fid);
    expect((await fid('a', 'b', ...SLIM, '--at', '5000')).at).toEqual(all.at!.slice(0, 1));
  });

  test('as a text say all of it', async () => {
    const text = await succeed(
      home,
      ['fid', 'a', 'b', ...SLIM, '--metrics', 'fid,kid,prdc,fidinf', '--at', '50000'],
      env,
    );
    for (const line of [
      // Two figures of the error.
      /^FID 0\.00\d\d ± 0\.00[1-9]\d {3}a against b$/m,
      /standard error, of 40 images in "a" \(infinitesimal jackknife\) and 30 images in "b" \(infinitesimal jackknife\)$/m,
      /95% interval \S+ … \S+: what as many images score/,
      /^FID∞ \S+ {3}95% interval/m,
      /^FID at 50,000 {3}\d/m,
      /^KID \S+ ± \S+/m,
      /no subsets of 1,000, which other tools print: the sets are too small/,
      /^k = 5\n {4}precision .*\n {4}recall .*\n {4}density .*\n {4}coverage .*\nk = 3\n/m,
      /^slim \(max-pool-1, pytorch-fid: [^)]*\): comparable only with/m,
    ]) {
      expect(text).toMatch(line);
    }
  });

  test('that cannot be told of so few images are not made up, and that is said', async () => {
    const few = await fid('a', 'b', '--extractor', 'slim', '--metrics', 'fidinf', '--at', '5000');
    expect(few.fid).toMatchObject({
      n: 40,
      errors: [{ method: 'delete-a-group jackknife' }, { method: 'delete-a-group jackknife' }],
    });
    expect(few.fid.unbiased).toBeUndefined();
    expect(few.at).toBeUndefined();
    expect(few.warnings.join('\n')).toMatch(/40 images are too few to tell FID∞/);
    expect(few.warnings.join('\n')).toMatch(/a: 40 images are few/);
    expect(few.warnings.join('\n')).toMatch(/b: 30 images are few/);
    for (const warning of few.warnings) expect(few.said).toContain(`Note: ${warning}\n`);
  });

  // What is named as a source is not there: a refusal that names something else came before it was looked at.
  test('that nobody knows, or that statistics cannot have, are refused before a picture is read', async () => {
    const others = 'stats-pytorch-fid.npz';
    await refused(['fid', 'absent', 'absent too', '--metrics', 'fid,lpips'], '--metrics', '"lpips"', 'prdc or fidinf');
    await refused(['fid', 'absent', others, '--metrics', 'kid'], others, 'need the images of both sets');
    await refused(['fid', others, 'absent', '--metrics', 'fid,prdc'], others, 'need the images of both sets');
    await refused(['fid', others, 'stats-compressed.npz', '--at', '5000'], 'fidinf', 'statistics files');
    await refused(['fid', 'absent', 'absent too', '--at', '1,5000'], '--at', '"1"', 'a whole number from 2');
  });
});

test('a file that is there twice is said, with how many and one of them', async () => {
  await writePictures(join(home, 'twice'), 6, 4);
  mkdirSync(join(home, 'twice', 'again'));
  for (const i of [1, 5])
    copyFileSync(join(home, 'twice', `picture ${i}.png`), join(home, 'twice', 'again', `${i}.png`));
  const { said, a } = await fid('twice', 'b', ...SLIM);
  expect(said).toContain(
    'Note: "twice": 2 pictures are there more than once (picture 1.png is again/1.png); every one counts, and errors take them for independent.\n',
  );
  expect(a.count).toBe(8);
  expect(said).toContain('Note: twice: 8 images are few');
});

describe('without --extractor', () => {
  beforeAll(async () => {
    const args = ['--extractor', 'slim', '--mode', 'clean', '--dims', '768', '-o', 'slim clean.npz'];
    await succeed(home, ['stats', 'b', ...args], env);
    const covered = { extractor: 'slim', mode: 'clean', dims: 64, resolution: 64 };
    await stats(join(home, 'b'), { ...covered, output: join(home, 'slim clean 64.npz') });
  });

  test('and with nothing here it is the bundled network, and that is said', async () => {
    const { said, extractor, comparable } = await fid('a', 'b', '--images', '4');
    expect(said).toMatch(
      /^Note: the weights of inception-2015-12-05 are not here, so this is the bundled network.*models fetch inception-2015-12-05$/m,
    );
    expect(extractor?.id).toBe('nsfwjs-inception-v3-mixed7');
    expect(comparable).toContain('with nothing published');
  });

  test.each<[a: string, b: string, sampled: string]>([
    ['a', 'slim clean.npz', 'a'],
    ['slim clean.npz', 'a', 'b'],
  ])('it is what made the statistics on the other side, of the same tap and mode: %s, %s', async (x, y, sampled) => {
    const result = await fid(x, y);
    expect(result.extractor).toMatchObject({ id: 'slim', tap: 'mixed-6e', dims: 48 });
    expect(result.extractor?.preprocessing).toMatch(/^clean: /);
    expect(result.said).not.toMatch(/bundled|not here|could not be checked/);
    expect(result.warnings.filter((warning) => !/ images/.test(warning))).toEqual([]);
    // The error is about the side that has images, whichever it is.
    expect(result.sampled).toBe(sampled);
    expect(result.fid.n).toBe(40);
    expect(result.fid.standardError).toBeGreaterThan(0);
  });

  test('the error of a folder to statistics is its part of the error to the other folder', async () => {
    // Of 4 dimensions, so that each of two folders has an error of its own.
    const options = { extractor: 'slim', mode: 'clean', dims: 64 };
    await stats(join(home, 'b'), { ...options, output: join(home, 'b of 4.npz') });
    const files = (await fidOf(join(home, 'b of 4.npz'), join(home, 'a'))).fid as FidEstimate;
    const folders = (await fidOf(join(home, 'a'), join(home, 'b'), options)).fid as FidEstimate;
    expect(files.value).toBeCloseTo(folders.value, 6);
    expect(files.errors).toHaveLength(1);
    expect(files.standardError).toBeCloseTo(folders.errors[0]!.standardError!, 6);
    expect(folders.standardError).toBeGreaterThan(files.standardError!);
    const text = await succeed(home, ['fid', 'slim clean.npz', 'a'], env);
    expect(text).toContain('of 40 images in "a"');
    expect(text).toContain('"slim clean.npz" is taken as it is');
  });

  test('another tap or mode than that of the statistics is refused with both named', async () => {
    const [clean, tf1] = [/clean: bicubic-antialiased-299/, /tf1: tf1-299/];
    await refused(['fid', 'slim clean.npz', 'a', '--mode', 'tf1'], 'slim clean.npz', clean, tf1);
    await refused(['fid', 'a', 'slim clean.npz', '--dims', '64'], 'slim clean.npz', '48', '4');
  });

  // Hours of measuring may lie between; the sources are not there, so a refusal that names them looked at them first.
  test('another mode than that of the statistics is refused before a picture is read', async () => {
    await refused(['fid', 'absent', 'slim clean.npz', '--mode', 'tf1'], 'slim clean.npz', /clean: /, /tf1: /);
  });

  test('a second set that is not there is told before the first is read', async () => {
    mkdirSync(join(home, 'unreadable'), { recursive: true });
    writeFileSync(join(home, 'unreadable', 'x.png'), 'no picture');
    writeFileSync(join(home, 'unreadable', 'y.png'), 'no picture either');
    await refused(['fid', 'unreadable', 'absent', ...SLIM], '"absent"');
  });

  test('other sizes of the pictures are said', async () => {
    const { warnings } = await fid('a', 'slim clean 64.npz');
    expect(warnings.join('\n')).toContain('a is at "native", slim clean 64.npz at "cover 64".');
  });

  test('statistics by a network that is not here are refused by its name', async () => {
    writeFileSync(join(home, 'another.npz'), unitStatistics({ id: 'another-net', sha256: 'ab'.repeat(32) }));
    await refused(['fid', 'absent', 'another.npz'], 'another.npz was made by another-net', 'is not here', 'slim');
    rmSync(join(home, 'another.npz'));
  });

  test('a tap or a mode asks for the canonical network, and says how to get it', async () => {
    await refused(['fid', 'a', 'b', '--mode', 'clean'], 'inception-2015-12-05', 'models fetch', 'models import');
  });
});

test('the bundled network has no other tap and no other mode', async () => {
  await refused(['fid', 'a', 'b', '--extractor', 'bundled', '--mode', 'clean'], 'mode', '"clean"', 'slim');
  await refused(['stats', 'a', '--extractor', 'bundled', '--dims', '64', '-o', 'x.npz'], 'dims', '64', 'slim');
});

describe('statistics files', () => {
  test('of others are taken with a word on what could not be checked', async () => {
    // No tap of the slim network has the 24 dimensions of the file of pytorch-fid: ours, without what others do not write.
    await stats(join(home, 'b'), { extractor: 'slim', dims: 64, output: join(home, 'by others.npz') });
    const { 'fidsweep.npy': _, ...arrays } = unzipSync(readFileSync(join(home, 'by others.npz')));
    writeFileSync(join(home, 'by others.npz'), zipSync(arrays));
    const { warnings, a, extractor } = await fid('by others.npz', 'a', ...SLIM);
    expect(warnings).toContainEqual(
      expect.stringMatching(/^by others\.npz does not say which extractor, preprocessing or images made it/),
    );
    expect(a).toEqual({ name: 'by others.npz' });
    expect(extractor?.id).toBe('slim');
    await refused(['fid', 'a', 'stats-pytorch-fid.npz', ...SLIM], 'stats-pytorch-fid.npz', '24', '4');
  });

  test('of ours have mu and sigma for every tool, and say what made them', async () => {
    await succeed(home, ['stats', 'a', '-o', 'ours.npz', ...SLIM], env);
    const arrays = unzipSync(readFileSync(join(home, 'ours.npz')));
    expect(Object.keys(arrays).sort()).toEqual(['features.npy', 'fidsweep.npy', 'mu.npy', 'sigma.npy']);
    expect(decodeNpy(arrays['mu.npy']!, 'mu').shape).toEqual([4]);
    expect(decodeNpy(arrays['sigma.npy']!, 'sigma').shape).toEqual([4, 4]);
    for (const key of ['mu.npy', 'sigma.npy']) {
      const bytes = Buffer.from(arrays[key]!);
      // NumPy's format 1.0, float64, C order; the header is padded to a multiple of 64.
      expect(bytes.subarray(0, 8)).toEqual(Buffer.from('\x93NUMPY\x01\x00', 'latin1'));
      expect(bytes.toString('latin1', 10)).toMatch(/^\{'descr': '<f8', 'fortran_order': False, 'shape': \(4,/);
      expect((10 + bytes.readUInt16LE(8)) % 64).toBe(0);
    }
    const { provenance } = await decodeStatistics(readFileSync(join(home, 'ours.npz')), 'ours.npz');
    const weights = readFileSync(join(FIXTURES, 'inception-slim-legacy.pth'));
    expect(provenance).toMatchObject({
      count: 40,
      source: 'a',
      fit: 'native',
      tool: expect.stringMatching(/^fidsweep \d+\.\d+\.\d+/) as string,
      extractor: {
        id: 'slim',
        sha256: createHash('sha256').update(weights).digest('hex'),
        tap: 'max-pool-1',
        dims: 4,
        preprocessing: expect.stringMatching(/^pytorch-fid: bilinear-299/) as string,
      },
    });
  });

  test('are the same bytes when they are made again', async () => {
    await succeed(home, ['stats', 'a', '-o', 'again.npz', ...SLIM], env);
    expect(readFileSync(join(home, 'again.npz')).equals(readFileSync(join(home, 'ours.npz')))).toBe(true);
  });

  test('two of them have a distance and no error', async () => {
    const text = await succeed(home, ['fid', 'stats-pytorch-fid.npz', 'stats-compressed.npz'], env);
    expect(text).toContain('no error bar: both are statistics');
  });
});

describe('--influence', () => {
  test('writes the pictures that raise and those that lower the FID most, a planted one first', async () => {
    await writePictures(join(home, 'with an odd one'), 40);
    // Stripes of full contrast among soft blocks.
    const stripes = Uint8Array.from({ length: 80 * 80 * 3 }, (_, i) => (Math.floor(i / 3) % 2 ? 255 : 0));
    const raw = { width: 80, height: 80, channels: 3 as const };
    await sharp(stripes, { raw })
      .png()
      .toFile(join(home, 'with an odd one', 'class one', 'odd, "striped".png'));
    const args = ['with an odd one', 'b', ...SLIM, '--influence', '3', '-o', 'pulls/here'];
    const { said, fid: estimate } = await fid(...args);
    expect(said).toMatch(/pulls\/here\/influence\.jpg: the 3 pictures that raise the FID most/);
    expect(estimate.n).toBe(41);

    const [head, ...lines] = readFileSync(join(home, 'pulls', 'here', 'influence.csv'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(head).toBe('effect,rank,picture,psi,fid_change_without');
    expect(lines).toHaveLength(6);
    expect(lines[0]).toMatch(/^raises,1,"class one\/odd, ""striped""\.png",\d/);
    expect(lines.map((line) => line.split(',', 2).join())).toEqual(
      ['raises', 'lowers'].flatMap((effect) => [1, 2, 3].map((rank) => `${effect},${rank}`)),
    );
    const psi = lines.map((line) => Number(line.split(',').at(-2)));
    expect(psi).toEqual([...psi.slice(0, 3).sort((x, y) => y - x), ...psi.slice(3).sort((x, y) => x - y)]);
    expect(psi[2]).toBeGreaterThan(0);
    expect(psi[3]).toBeLessThan(0);
    // The last column is what is left after the next picture is gone, to first order.
    const change = lines.map((line) => Number(line.split(',').at(-1)));
    for (const [i, value] of change.entries()) expect(value).toBeCloseTo(-psi[i]! / 40, 12);
    // Without the planted one the pictures are those of "a".
    const without = await fidOf(join(home, 'a'), join(home, 'b'), { extractor: 'slim', dims: 64 });
    const ratio = (without.fid.value - estimate.value) / change[0]!;
    expect(ratio).toBeGreaterThan(0.7);
    expect(ratio).toBeLessThan(1.3);

    const sheet = readFileSync(join(home, 'pulls', 'here', 'influence.jpg'));
    // Two rows of three tiles of 128, 2 apart.
    expect(await sharp(sheet).metadata()).toMatchObject({ format: 'jpeg', width: 2 + 3 * 130, height: 2 + 2 * 130 });
    // The left edges of the frames: orange above, blue below.
    const edge = async (top: number) => {
      const { data } = await sharp(sheet)
        .extract({ left: 2, top: top + 20, width: 3, height: 88 })
        .resize(1, 1)
        .raw()
        .toBuffer({ resolveWithObject: true });
      return data;
    };
    const [above, below] = [await edge(2), await edge(132)];
    expect(above[0]! - above[2]!).toBeGreaterThan(80);
    expect(below[2]! - below[0]!).toBeGreaterThan(80);
    expect(readdirSync(join(home, 'pulls', 'here')).sort()).toEqual(['influence.csv', 'influence.jpg']);
    rmSync(join(home, 'pulls'), { recursive: true });
  });

  test('with fewer images than dimensions names each picture once, on the side that it is on', async () => {
    await writePictures(join(home, 'five'), 5, 9);
    await fid('five', 'b', '--extractor', 'slim', '--influence', '10', '-o', 'few');
    const lines = readFileSync(join(home, 'few', 'influence.csv'), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1);
    const names = lines.map((line) => line.split(',')[2]);
    expect(names.toSorted()).toEqual(entriesOf(join(home, 'five')).filter((name) => /\.(png|jpg)$/.test(name)));
    for (const line of lines) {
      const [effect, , , psi] = line.split(',');
      expect(Math.sign(Number(psi))).toBe(effect === 'raises' ? 1 : -1);
    }
    rmSync(join(home, 'few'), { recursive: true });
  });

  test('is about the side that has images', async () => {
    await stats(join(home, 'b'), { extractor: 'slim', dims: 64, output: join(home, 'reference.npz') });
    await fid('reference.npz', 'a', '--influence', '1', '-o', 'of a');
    const lines = readFileSync(join(home, 'of a', 'influence.csv'), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1);
    const names = entriesOf(join(home, 'a'));
    for (const line of lines) expect(names).toContain(line.split(',')[2]);
    rmSync(join(home, 'of a'), { recursive: true });
  });

  test('needs -o, and -o needs it; a number, and a folder that can be', async () => {
    await refused(['fid', 'absent', 'absent', '--influence', '3'], '--output', 'the folder that --influence writes to');
    await refused(['fid', 'absent', 'absent', '-o', 'x'], '--influence', 'how many pictures');
    await refused(['fid', 'absent', 'absent', '--influence', '0', '-o', 'x'], '--influence', 'from 1 to 1000');
    const file = 'stats-pytorch-fid.npz';
    await refused(['fid', 'absent', 'absent', '--influence', '3', '-o', join(file, 'x')], '--output', file);
  });

  test.each<[what: string, args: string[], name: string]>([
    ['a data set, which has no files', ['programs', 'b', '--images', '4', '--resolution', '32'], 'programs'],
    ['statistics alone', ['stats-pytorch-fid.npz', 'stats-compressed.npz'], 'statistics files'],
  ])('is refused for %s', async (_, args, name) => {
    await refuse(
      home,
      ['fid', ...args, '--influence', '2', '-o', 'none'],
      { env, leaves: 'none' },
      /--influence needs (a folder, an archive or a list of pictures|the pictures of one of the two sets)/,
      name,
    );
    expect(existsSync(join(home, 'none', 'influence.csv'))).toBe(false);
    rmSync(join(home, 'none'), { recursive: true, force: true });
  });
});

describe('a name with control characters', () => {
  const NAME = 'red \u001b[31m\nFID 0.00 \u009b2J\u0007.png';
  const control = (text: string) => text.replaceAll('\n', '').match(/\p{Cc}/u);

  beforeAll(async () => {
    await writePictures(join(home, 'named'), 6);
    writeFileSync(join(home, 'named', NAME), 'no picture');
    await writePictures(join(home, `folder \u001b[32m`), 6);
  });

  test('reaches no terminal where the picture is set aside', async () => {
    const { code, stdout, stderr } = await run(home, ['fid', 'named', 'b', ...SLIM, '--skip-corrupt'], env);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/^Set aside: red .*\[31m.*FID 0\.00/m);
    expect(control(stdout + stderr)).toBeNull();
    expect(stderr).not.toMatch(/^FID 0\.00/m);
  });

  test('reaches no terminal as the name of a set, in what is printed and in JSON', async () => {
    for (const form of [[], ['--json']]) {
      const { code, stdout, stderr } = await run(home, ['fid', 'folder \u001b[32m', 'b', ...SLIM, ...form], env);
      expect(code, stderr).toBe(0);
      expect(control(stdout + stderr)).toBeNull();
    }
  });

  test('reaches no terminal in a refusal', async () => {
    const { code, stdout, stderr } = await run(home, ['fid', 'named', 'b', ...SLIM], env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/a corrupt image: red /);
    expect(control(stderr)).toBeNull();
  });
});
