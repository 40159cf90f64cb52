import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { decodeNpy } from '../../src/core/npy.js';
import { decodeImage } from '../../src/dataset/decode.js';
import { type FeaturesResult, features } from '../../src/index.js';
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
    readonly method?: string;
    readonly interval?: readonly [number, number];
    readonly unbiased?: {
      readonly value: number;
      readonly slope: number;
      readonly trusted: boolean;
      readonly interval: readonly [number, number];
    };
  };
  readonly at?: readonly { readonly n: number; readonly value: number }[];
  readonly kid?: KernelDistance;
  readonly prdc?: readonly PrecisionRecall[];
  readonly sampled: 'a' | 'b' | null;
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

async function statistics(source: string, ...args: string[]): Promise<Statistics> {
  const out = join(home, `statistics of ${source.replaceAll('/', ' ')}.npz`);
  await succeed(home, ['stats', source, '-o', out, ...args], env);
  return decodeStatistics(readFileSync(out), source);
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
    const out = join(home, `${mode}.npz`);
    await succeed(home, ['stats', join(FIXTURES, 'images'), '--extractor', 'slim', '--mode', mode, '-o', out], env);
    const ours = await decodeStatistics(readFileSync(out), out);
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
    for (const form of FORMS) all.set(form, await statistics(form, '--extractor', 'slim'));
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

  test('is the same with one thread', async () => {
    const { mean, covariance } = await statistics('folder', '--extractor', 'slim', '--threads', '1');
    expect(worst(mean, all.get('folder')!.mean)).toBeLessThan(1e-6);
    expect(worst(covariance, all.get('folder')!.covariance)).toBeLessThan(1e-6);
  });

  test('has the same estimates in another order: error, halves, KID, precision and recall', async () => {
    const of = (source: string, ...args: string[]) =>
      fid(source, 'b', ...SLIM, '--metrics', 'fid,kid,prdc,fidinf', '--at', '100', ...args);
    const first = await of('folder');
    for (const other of [await of('list.txt'), await of('folder', '--threads', '1')]) {
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
    const { value, n, standardError, method, interval } = all.fid;
    expect(value).toBeCloseTo(await distance(() => true), 9);
    expect(n).toBe(40);
    expect(method).toBe('infinitesimal jackknife');
    expect(standardError).toBeGreaterThan(0);
    expect(interval![0]).toBeCloseTo(value - 1.959964 * standardError!, 6);
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
    expect(unbiased!.value).toBeCloseTo(value - slope / 40, 8);
    expect(unbiased!.trusted).toBe(Math.min(n, m) >= 8);
    expect(all.at).toEqual([
      { n: 5000, value: expect.closeTo(unbiased!.value + slope / 5000, 8) as number },
      { n: 50000, value: expect.closeTo(unbiased!.value + slope / 50000, 8) as number },
    ]);
  });

  test('KID, precision, recall, density and coverage are those of the features', async () => {
    const kid = await kernelDistance(rowsOf(a), rowsOf(b));
    expect(all.kid!.value).toBeCloseTo(kid.value, 9);
    expect(all.kid!.uncertainty!.standardError).toBeCloseTo(kid.uncertainty!.standardError, 9);
    expect(all.kid!.subsets).toMatchObject({ count: 100, size: 30 });
    expect(all.kid!.subsets!.mean).toBeCloseTo(kid.subsets!.mean, 9);
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
      /^FID \d+\.\d\d ± \d+\.\d\d {3}a against b$/m,
      /standard error, of 40 images in "a" \(infinitesimal jackknife\); "b" is taken as it is/,
      /95% interval \S+ … \S+: what 40 images score/,
      /^FID∞ \S+ {3}95% interval/m,
      /^FID at 50,000 {3}\d/m,
      /^KID \S+ ± \S+/m,
      /mean of 100 subsets of 30: .*no standard error/,
      /^k = 5\n {4}precision .*\n {4}recall .*\n {4}density .*\n {4}coverage .*\nk = 3\n/m,
      /^slim \(max-pool-1, pytorch-fid: [^)]*\): comparable only with/m,
    ]) {
      expect(text).toMatch(line);
    }
  });

  test('that cannot be told of so few images are not made up, and that is said', async () => {
    const few = await fid('a', 'b', '--extractor', 'slim', '--metrics', 'fidinf', '--at', '5000');
    expect(few.fid).toMatchObject({ n: 40, method: 'delete-a-group jackknife' });
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
    await refused(['fid', others, 'stats-compressed.npz', '--metrics', 'fidinf'], 'fidinf', 'statistics files');
    await refused(['fid', others, 'stats-compressed.npz', '--at', '5000'], 'fidinf', 'statistics files');
    for (const at of ['1', '0', '5e3', 'many', '5000,'])
      await refused(['fid', 'absent', 'absent too', '--at', at], '--at', /whole numbers|texts/);
  });
});

test('a file that is there twice is said, with how many and one of them', async () => {
  await writePictures(join(home, 'twice'), 6, 4);
  mkdirSync(join(home, 'twice', 'again'));
  for (const i of [1, 5])
    copyFileSync(join(home, 'twice', `picture ${i}.png`), join(home, 'twice', 'again', `${i}.png`));
  const { said, a } = await fid('twice', 'b', ...SLIM);
  expect(said).toContain(
    'Note: "twice": 2 pictures are there more than once (picture 1.png is again/1.png); every one counts.\n',
  );
  expect(a.count).toBe(8);
  expect(said).toContain('Note: twice: 8 images are few');
});

describe('without --extractor', () => {
  beforeAll(async () => {
    const args = ['--extractor', 'slim', '--mode', 'clean', '--dims', '768', '-o', 'slim clean.npz'];
    await succeed(home, ['stats', 'b', ...args], env);
    const covered = ['--extractor', 'slim', '--mode', 'clean', '--dims', '64', '--resolution', '64'];
    await succeed(home, ['stats', 'b', ...covered, '-o', 'slim clean 64.npz'], env);
  });

  test('and with nothing here it is the bundled network, and that is said', async () => {
    const { said, extractor, comparable } = await fid('a', 'b');
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

  test('the error of a folder to statistics is that of the folder to the other folder', async () => {
    const args = ['--extractor', 'slim', '--mode', 'clean', '--dims', '768'];
    const [files, folders] = [await fid('slim clean.npz', 'a'), await fid('a', 'b', ...args)];
    expect(files.fid.value).toBeCloseTo(folders.fid.value, 6);
    expect(files.fid.standardError).toBeCloseTo(folders.fid.standardError!, 6);
    const text = await succeed(home, ['fid', 'slim clean.npz', 'a'], env);
    expect(text).toContain('of 40 images in "a"');
    expect(text).toContain('"slim clean.npz" is taken as it is');
  });

  test('another tap or mode than that of the statistics is refused with both named', async () => {
    const [clean, tf1] = [/clean: bicubic-antialiased-299/, /tf1: tf1-299/];
    await refused(['fid', 'a', 'slim clean.npz', '--mode', 'tf1'], 'slim clean.npz', clean, tf1);
    await refused(['fid', 'slim clean.npz', 'a', '--mode', 'tf1'], 'slim clean.npz', clean, tf1);
    await refused(['fid', 'a', 'slim clean.npz', '--dims', '64'], 'slim clean.npz', '48', '4');
    await refused(['fid', 'a', 'slim clean.npz', '--extractor', 'bundled'], 'slim clean.npz', '48', '768');
  });

  // Hours of measuring may lie between; the sources are not there, so a refusal that names them looked at them first.
  test.fails('another mode than that of the statistics is refused before a picture is read', async () => {
    await refused(['fid', 'absent', 'slim clean.npz', '--mode', 'tf1'], 'slim clean.npz', /clean: /, /tf1: /);
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
    for (const option of [
      ['--dims', '64'],
      ['--mode', 'clean'],
    ])
      await refused(['fid', 'a', 'b', ...option], 'inception-2015-12-05', 'models fetch', 'models import');
  });
});

test('the bundled network has no other tap and no other mode', async () => {
  await refused(['fid', 'a', 'b', '--extractor', 'bundled', '--mode', 'clean'], 'mode', '"clean"', 'slim');
  await refused(['stats', 'a', '--extractor', 'bundled', '--dims', '64', '-o', 'x.npz'], 'dims', '64', 'slim');
  await refused(['fid', 'a', 'b', '--extractor', 'slim', '--dims', '65'], '65', '64, 192, 768 or 2048');
  await refused(['fid', 'a', 'b', '--extractor', 'slim', '--mode', 'keras'], '"keras"', 'pytorch-fid, clean or tf1');
});

describe('statistics files', () => {
  test('of others are taken with a word on what could not be checked', async () => {
    const { mean } = await decodeStatistics(readFileSync(join(home, 'stats-pytorch-fid.npz')), 'x');
    expect(mean.length).toBe(24);
    // No tap of the network has 24 dimensions: made to fit by hand, as another tool would write it.
    const arrays = unzipSync(unitStatistics());
    const others = zipSync({ 'sigma.npy': arrays['sigma.npy']!, 'mu.npy': arrays['mu.npy']! });
    writeFileSync(join(home, 'by others.npz'), others);
    const { warnings, a, extractor } = await fid('by others.npz', 'a', '--extractor', 'bundled');
    expect(warnings).toContainEqual(
      expect.stringMatching(/^by others\.npz does not say which extractor, preprocessing or images made it/),
    );
    expect(a).toEqual({ name: 'by others.npz' });
    expect(extractor?.id).toBe('nsfwjs-inception-v3-mixed7');
    await refused(['fid', 'a', 'stats-pytorch-fid.npz', ...SLIM], 'stats-pytorch-fid.npz', '24', '4');
  });

  test('of ours have mu and sigma for every tool, and say what made them', async () => {
    await succeed(home, ['stats', 'a', '-o', 'ours.npz', ...SLIM], env);
    const arrays = unzipSync(readFileSync(join(home, 'ours.npz')));
    expect(Object.keys(arrays).sort()).toEqual(['fidsweep.npy', 'mu.npy', 'sigma.npy']);
    expect(decodeNpy(arrays['mu.npy']!, 'mu').shape).toEqual([4]);
    expect(decodeNpy(arrays['sigma.npy']!, 'sigma').shape).toEqual([4, 4]);
    for (const key of ['mu.npy', 'sigma.npy']) {
      const head = Buffer.from(arrays[key]!).toString('latin1', 0, 128);
      // NumPy's format 1.0, float64, C order; the header is padded to a multiple of 64.
      expect(head).toMatch(/^\x93NUMPY\x01\x00..\{'descr': '<f8', 'fortran_order': False, 'shape': \(4,/s);
      expect((10 + Buffer.from(arrays[key]!).readUInt16LE(8)) % 64).toBe(0);
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
    await succeed(home, ['stats', 'a', '-o', 'first.npz', ...SLIM], env);
    await succeed(home, ['stats', 'a', '-o', 'second.npz', ...SLIM], env);
    expect(readFileSync(join(home, 'first.npz')).equals(readFileSync(join(home, 'second.npz')))).toBe(true);
  });

  test('two of them have a distance and no error', async () => {
    const { fid: distance, sampled } = await fid('stats-pytorch-fid.npz', 'stats-compressed.npz');
    expect(distance.standardError).toBeUndefined();
    expect(sampled).toBeNull();
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
    expect(said).toMatch(/pulls\/here\/influence\.png: the 3 pictures that raise the FID most/);
    expect(estimate.n).toBe(41);

    const [head, ...lines] = readFileSync(join(home, 'pulls', 'here', 'influence.csv'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(head).toMatch(/^effect,rank,picture,psi,\w+$/);
    expect(lines).toHaveLength(6);
    expect(lines[0]).toMatch(/^raises,1,"class one\/odd, ""striped""\.png",\d/);
    expect(lines.map((line) => line.split(',', 2).join())).toEqual(
      ['raises', 'lowers'].flatMap((effect) => [1, 2, 3].map((rank) => `${effect},${rank}`)),
    );
    const psi = lines.map((line) => Number(line.split(',').at(-2)));
    expect(psi).toEqual([...psi.slice(0, 3).sort((x, y) => y - x), ...psi.slice(3).sort((x, y) => x - y)]);
    expect(psi[2]).toBeGreaterThan(0);
    expect(psi[3]).toBeLessThan(0);

    const sheet = sharp(join(home, 'pulls', 'here', 'influence.png'));
    // Two rows of three tiles of 128, 2 apart.
    expect(await sheet.metadata()).toMatchObject({ format: 'png', width: 2 + 3 * 130, height: 2 + 2 * 130 });
    const frames: Record<number, [number, number, number]> = { 2: [0xd5, 0x5e, 0x00], 132: [0x00, 0x72, 0xb2] };
    for (const [top, colour] of Object.entries(frames)) {
      const pixel = await sharp(join(home, 'pulls', 'here', 'influence.png'))
        .removeAlpha()
        .extract({ left: 3, top: Number(top) + 1, width: 1, height: 1 })
        .raw()
        .toBuffer();
      expect([...pixel]).toEqual(colour);
    }
    expect(readdirSync(join(home, 'pulls', 'here')).sort()).toEqual(['influence.csv', 'influence.png']);
    rmSync(join(home, 'pulls'), { recursive: true });
  });

  test('with fewer images than dimensions has no more lines than images, and no picture twice', async () => {
    await writePictures(join(home, 'five'), 5, 9);
    await fid('five', 'b', '--extractor', 'slim', '--influence', '10', '-o', 'few');
    const lines = readFileSync(join(home, 'few', 'influence.csv'), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1);
    expect(lines).toHaveLength(4);
    expect(new Set(lines.map((line) => line.split(',')[2])).size).toBe(4);
    rmSync(join(home, 'few'), { recursive: true });
  });

  test('is about the side that has images', async () => {
    await succeed(home, ['stats', 'b', '-o', 'reference.npz', ...SLIM], env);
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
    for (const count of ['0', '-1', '2.5', 'all', '1001'])
      await refused(['fid', 'absent', 'absent', `--influence=${count}`, '-o', 'x'], '--influence', 'from 1 to 1000');
    const file = 'stats-pytorch-fid.npz';
    await refused(['fid', 'absent', 'absent', '--influence', '3', '-o', join(file, 'x')], '--output', file);
  });

  test.each<[what: string, args: string[], name: string]>([
    ['a data set, which has no files', ['programs', 'b', '--images', '4', '--resolution', '32'], 'programs'],
    ['statistics alone', ['stats-pytorch-fid.npz', 'stats-compressed.npz'], 'stats-'],
  ])('is refused for %s', async (_, args, name) => {
    const refusal = refuse(
      home,
      ['fid', ...args, ...SLIM, '--influence', '2', '-o', 'none'],
      { env, leaves: 'none' },
      '--influence needs a folder, an archive or a list of pictures',
      name,
    );
    await refusal;
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

  test.fails('reaches no terminal in a refusal', async () => {
    const { code, stderr } = await run(home, ['fid', 'named', 'b', ...SLIM], env);
    expect(code).toBe(2);
    expect(stderr).toMatch(/a corrupt image: red /);
    expect(control(stderr)).toBeNull();
    expect(stderr).not.toMatch(/^FID 0\.00/m);
  });
});
