import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { decodeImage } from '../src/dataset/decode.js';
import { type FeaturesResult, features, fid, type Picture, stats, UserError } from '../src/index.js';
import { decodeStatistics } from '../src/statistics/npz.js';
import { remove, scratch, succeed, writePictures } from './cli/run.js';
import { expected, FIXTURES, largestDifference, readNpy } from './extract/fixtures.js';

const PACKAGE = join(import.meta.dirname, '..');
const IMAGES = join(FIXTURES, 'images');

/** The first tap of the slim network: 4 dimensions, so that few pictures are more than enough. */
const SLIM = { extractor: 'slim', dims: 64 } as const;

let home: string;
let a: string;
let b: string;
beforeAll(async () => {
  home = scratch();
  vi.stubEnv('XDG_DATA_HOME', join(home, 'data'));
  for (const [name, file] of [
    ['slim', 'inception-slim-legacy.pth'],
    ['slim-zip', 'inception-slim-zip.pth'],
  ] as const) {
    await succeed(home, ['models', 'import', join(FIXTURES, file), '--as', name, '--allow-hash']);
  }
  [a, b] = [join(home, 'a'), join(home, 'b')];
  await writePictures(a, 24);
  await writePictures(b, 20, 2);
});
afterAll(() => {
  vi.unstubAllEnvs();
  remove(home);
});
afterEach(() => void vi.restoreAllMocks());

/** Pictures of a folder, decoded, in the order of these names. */
async function* decoded(folder: string, names: readonly string[]): AsyncGenerator<Picture> {
  for (const name of names) yield await decodeImage(join(folder, name), name);
}

/** All reference pictures at once. */
const decodedAll = (): Promise<Picture[]> =>
  Promise.all(expected.order.map((name) => decodeImage(join(IMAGES, name), name)));

/** Pictures of 8 × 8 pixels, each of another colour. */
const coloured = (i: number): Picture => ({
  width: 8,
  height: 8,
  data: Uint8Array.from({ length: 192 }, (_, at) => (at * (i + 3) + 40 * i) % 256),
});

describe('features of the reference pictures are those of PyTorch', () => {
  const modes = ['pytorch-fid', 'clean', 'tf1'] as const;
  test.each(modes.flatMap((mode) => ['slim', 'slim-zip'].map((extractor) => [mode, extractor] as const)))(
    '%s, %s',
    async (mode, extractor) => {
      const reference = readNpy(`features-${mode}.npy`);
      const { data, count, dims, ids, extractor: identity } = await features(IMAGES, { extractor, mode });
      expect({ count, dims }).toEqual({ count: reference.rows, dims: reference.columns });
      expect(ids).toEqual(expected.order);
      expect(identity).toMatchObject({ id: extractor, tap: 'mixed-7c', dims: 128 });
      expect(identity.preprocessing.startsWith(`${mode}: `)).toBe(true);
      expect(largestDifference(data, reference.data)).toBeLessThan(1e-5);
      for (let channel = 0; channel < dims; channel++) {
        const of = (values: Float32Array) => values.filter((_, i) => i % dims === channel);
        const column = of(reference.data);
        const scale = column.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        // A channel that is silent but for some 1e-6 has float32 rounding of its larger inputs, in PyTorch as here.
        expect(largestDifference(of(data), column)).toBeLessThanOrEqual(Math.max(1e-4 * scale, 1e-8));
      }
    },
  );

  test('the references tell the modes apart, so that one could not pass for another', () => {
    const [first, ...others] = modes.map((mode) => readNpy(`features-${mode}.npy`).data);
    for (const other of others) expect(largestDifference(first!, other)).toBeGreaterThan(1e-3);
  });
});

describe('pictures that are given one by one', () => {
  let whole: FeaturesResult;
  beforeAll(async () => {
    whole = await features(IMAGES, { extractor: 'slim' });
  });

  test.each<[string, () => Promise<Parameters<typeof features>[0]>]>([
    ['an async generator', async () => decoded(IMAGES, expected.order)],
    ['an array', decodedAll],
    ['a set', async () => new Set(await decodedAll())],
  ])('by %s have the features of the files, and no names', async (_, make) => {
    const { data, count, dims, ids } = await features(await make(), { extractor: 'slim' });
    expect({ count, dims, ids }).toEqual({ count: whole.count, dims: whole.dims, ids: undefined });
    expect(largestDifference(data, whole.data)).toBeLessThan(1e-6);
  });

  test('have an FID and statistics as the folder has, and the same again', async () => {
    const [names, others] = [namesOf(a), namesOf(b)];
    const files = await fid(a, b, SLIM);
    const streams = await fid(decoded(a, names), decoded(b, others), SLIM);
    expect(streams.fid.value).toBeCloseTo(files.fid.value, 6);
    expect(streams).toMatchObject({
      sampled: 'both',
      a: { name: 'pictures', provenance: { count: 24, fit: 'native' } },
    });
    const [own, other] = [await stats(decoded(a, names), SLIM), await stats(a, SLIM)];
    expect(worst(own.mean, other.mean)).toBeLessThan(1e-6);
    expect(worst(own.covariance, other.covariance)).toBeLessThan(1e-6);
  });

  test('end with `images`, and the generator is told', async () => {
    let closed = false;
    function* endless() {
      try {
        for (let i = 0; ; i++) yield coloured(i);
      } finally {
        closed = true;
      }
    }
    expect((await features(endless(), { ...SLIM, images: 5 })).count).toBe(5);
    expect(closed).toBe(true);
  });

  test('that come twice are said', async () => {
    const notes: string[] = [];
    const pictures = [coloured(1), coloured(2), coloured(3), coloured(2)];
    await features(pictures, { ...SLIM, onNote: (text) => void notes.push(text) });
    expect(notes).toEqual([expect.stringMatching(/1 picture is there more than once \(picture 3 is picture 1\)/)]);
  });

  test('may share one buffer, filled anew for each', async () => {
    const apart = [0, 1, 2, 3].map(coloured);
    function* shared() {
      const data = new Uint8Array(192);
      for (const picture of apart) {
        data.set(picture.data);
        yield { width: 8, height: 8, data };
      }
    }
    const [one, other] = [await features(shared(), SLIM), await features(apart, SLIM)];
    expect(largestDifference(one.data, other.data)).toBeLessThan(1e-6);
  });

  const { data } = coloured(1);
  test.each<[what: string, pictures: unknown[], naming: RegExp]>([
    ['four channels', [coloured(1), { width: 8, height: 8, data: new Uint8Array(256) }], /^picture 1: got 256 values/],
    ['no whole width', [{ width: 8.5, height: 8, data: new Uint8Array(204) }], /^picture 0: .*8\.5 × 8/],
    ['a width of nothing', [{ width: 0, height: 8, data: new Uint8Array() }], /^picture 0: .*0 × 8/],
    ['a negative width and height', [{ width: -8, height: -8, data }], /^picture 0: .*-8 × -8/],
    ['no size', [{ data }], /^picture 0: .*undefined × undefined/],
    ['no data', [{ width: 8, height: 8 }], /^picture 0: .*expected .*Uint8Array/],
    ['floats', [{ width: 8, height: 8, data: new Float32Array(192) }], /^picture 0: .*expected .*Uint8Array/],
    ['paths', ['a.png'], /^picture 0: .*expected .*Uint8Array/],
    ['one alone', [coloured(1)], /at least two/],
    ['none', [], /at least two/],
  ])('are refused: %s', async (_, pictures, naming) => {
    const failure = await features(pictures as Picture[], SLIM).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect((failure as UserError).message).toMatch(naming);
  });

  test('are measured at their own size alone', async () => {
    await expect(features([coloured(1), coloured(2)], { ...SLIM, resolution: 64 })).rejects.toThrow(UserError);
  });

  test('whose generator throws give that very error', async () => {
    const bug = new RangeError('of the generator');
    async function* failing() {
      yield coloured(1);
      throw bug;
    }
    await expect(stats(failing(), SLIM)).rejects.toBe(bug);
  });
});

const namesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(png|jpg)$/.test(name))
    .sort();

const worst = (x: Float64Array, y: Float64Array): number => {
  expect(x.length).toBe(y.length);
  return x.reduce((most, value, i) => Math.max(most, Math.abs(value - y[i]!)), 0);
};

describe('an AbortSignal', () => {
  const reason = new Error('enough');

  test.each<[string, (options: Parameters<typeof fid>[2]) => Promise<unknown>]>([
    ['features', (options) => features(a, options)],
    ['stats', (options) => stats(a, { ...options, output: join(home, 'aborted.npz') })],
    ['fid', (options) => fid(a, b, options)],
    ['features of a stream', (options) => features([coloured(1), coloured(2)], options)],
  ])('that is aborted already ends %s with its reason, and nothing is measured', async (_, call) => {
    const onProgress = vi.fn();
    await expect(call({ ...SLIM, signal: AbortSignal.abort(reason), onProgress })).rejects.toBe(reason);
    expect(onProgress).not.toHaveBeenCalled();
    expect(existsSync(join(home, 'aborted.npz'))).toBe(false);
  });

  test('ends a fid of two statistics files too', async () => {
    const file = join(home, 'one.npz');
    await stats(a, { ...SLIM, output: file });
    await expect(fid(file, file, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test('ends the walk through endless pictures, closes the generator and writes nothing', async () => {
    const stop = new AbortController();
    let [given, closed, measured] = [0, false, 0];
    async function* endless() {
      try {
        for (; ; given++) {
          if (given === 60) stop.abort(reason);
          yield coloured(given);
        }
      } finally {
        closed = true;
      }
    }
    const output = join(home, 'endless.npz');
    const onProgress = (done: number) => {
      measured = done;
    };
    await expect(stats(endless(), { ...SLIM, signal: stop.signal, output, onProgress })).rejects.toBe(reason);
    expect(closed).toBe(true);
    // What was decoded ahead, and no more.
    expect(given).toBeLessThan(100);
    expect(measured).toBeLessThanOrEqual(60);
    expect(existsSync(output)).toBe(false);
  });

  // A source may wait for a network or a camera: what it waits for may never come.
  test('ends the wait for a picture that does not come', { timeout: 10_000 }, async () => {
    const stop = new AbortController();
    async function* stuck() {
      for (let i = 0; i < 5; i++) yield coloured(i);
      setTimeout(() => stop.abort(reason), 50);
      await new Promise(() => {});
    }
    const ended = features(stuck(), { ...SLIM, signal: stop.signal }).catch((error: unknown) => error);
    const late = new Promise((resolve) => setTimeout(resolve, 1000, 'still waiting'));
    expect(await Promise.race([ended, late])).toBe(reason);
  });

  test('ends a fid between its sides: the second is not begun', async () => {
    const stop = new AbortController();
    let begun = 0;
    function* second() {
      for (; begun < 50; begun++) yield coloured(begun);
    }
    const onProgress = (done: number) => {
      if (done === 24) stop.abort(reason);
    };
    await expect(fid(a, second(), { ...SLIM, signal: stop.signal, onProgress })).rejects.toBe(reason);
    expect(begun).toBeLessThan(50);
  });
});

describe('the library', () => {
  test('gives the numbers of the command', async () => {
    const args = [
      'fid',
      'a',
      'b',
      '--extractor',
      'slim',
      '--dims',
      '64',
      '--metrics',
      'fid,kid,prdc,fidinf',
      '--at',
      '500',
    ];
    const command = JSON.parse(await succeed(home, [...args, '--json'])) as Record<string, unknown>;
    const result = await fid(a, b, { ...SLIM, metrics: ['fid', 'kid', 'prdc', 'fidinf'], at: [500] });
    for (const key of ['fid', 'kid', 'at', 'prdc'] as const) {
      expect(result[key]).toBeDefined();
      near(result[key], command[key]);
    }
    expect(result.comparable).toBe(command.comparable);
    expect(result.warnings).toEqual(command.warnings);
    expect(result.extractor).toEqual(command.extractor);
  });

  test('writes statistics where `output` says, those that it returns', async () => {
    const output = join(home, 'written.npz');
    const { mean, covariance, provenance } = await stats(a, { ...SLIM, mode: 'clean', output });
    const read = await decodeStatistics(readFileSync(output), 'written.npz');
    expect(read).toEqual({ mean, covariance, provenance, features: expect.objectContaining({ count: 24 }) });
    expect(provenance).toMatchObject({ count: 24, source: 'a', fit: 'native', extractor: { id: 'slim', dims: 4 } });
    const against = await fid(b, output);
    expect(against.b).toEqual({ name: 'written.npz', provenance });
    expect(against.extractor?.preprocessing).toMatch(/^clean: /);
    expect(readdirSync(home).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('takes the network that made the statistics by what it is, not by a name that another one has too', async () => {
    const output = join(home, 'by slim.npz');
    const { provenance } = await stats(b, { ...SLIM, output });
    vi.stubEnv('XDG_DATA_HOME', join(home, 'data of another'));
    try {
      for (const [name, file] of [
        ['slim', 'inception-slim-zip.pth'],
        ['the-same', 'inception-slim-legacy.pth'],
      ] as const) {
        await succeed(home, ['models', 'import', join(FIXTURES, file), '--as', name, '--allow-hash']);
      }
      expect((await fid(a, output)).extractor?.sha256).toBe(provenance.extractor.sha256);
    } finally {
      vi.stubEnv('XDG_DATA_HOME', join(home, 'data'));
    }
  });

  test('leaves out what cannot be decoded where it may, and the rows keep their names', async () => {
    const folder = join(home, 'one bad');
    mkdirSync(folder);
    await writePictures(folder, 6);
    const all = await features(folder, SLIM);
    // Between the others by name.
    writeFileSync(join(folder, 'picture 2b.png'), 'no picture');
    await expect(features(folder, SLIM)).rejects.toThrow(/picture 2b\.png.*not a picture/);
    const aside: string[] = [];
    const some = await features(folder, { ...SLIM, skipCorrupt: true, onSetAside: (id) => void aside.push(id) });
    expect(aside).toEqual(['picture 2b.png']);
    expect(some.ids).toEqual(all.ids);
    expect(largestDifference(some.data, all.data)).toBeLessThan(1e-6);
  });

  test.each<[what: string, call: () => Promise<unknown>, naming: RegExp]>([
    ['no such path', () => features('absent', SLIM), /"absent".*ENOENT/],
    ['an unknown extractor', () => features(a, { extractor: 'vgg' }), /"vgg".*slim/],
    ['an unknown tap', () => features(a, { extractor: 'slim', dims: 65 }), /65.*64, 192, 768 or 2048/],
    ['an unknown mode', () => features(a, { extractor: 'slim', mode: 'keras' }), /"keras".*pytorch-fid, clean or tf1/],
    ['a tap of a network with one', () => features(a, { extractor: 'bundled', dims: 64 }), /64.*one tap/],
    ['statistics where pictures are needed', () => features(join(FIXTURES, 'stats-pytorch-fid.npz'), SLIM), /arr_0/],
    [
      'statistics and a metric of images',
      () => fid(join(FIXTURES, 'stats-pytorch-fid.npz'), 'absent', { ...SLIM, metrics: ['kid'] }),
      /stats-pytorch-fid\.npz holds statistics/,
    ],
  ])('refuses as the user’s mistake: %s', async (_, call, naming) => {
    const failure = await call().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect((failure as UserError).message).toMatch(naming);
  });

  test('says by `onNote` alone that the bundled network is taken, and prints nothing itself', async () => {
    const spies = (['stdout', 'stderr'] as const).map((stream) => vi.spyOn(process[stream], 'write'));
    const said = (['log', 'info', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name));
    const notes: string[] = [];
    const { extractor } = await features([coloured(1), coloured(2)], { onNote: (text) => void notes.push(text) });
    await fid(a, b, { ...SLIM, metrics: ['fid', 'kid', 'prdc', 'fidinf'], onProgress: () => {} });
    for (const spy of [...spies, ...said]) expect(spy).not.toHaveBeenCalled();
    expect(extractor.id).toBe('nsfwjs-inception-v3-mixed7');
    expect(notes).toEqual([expect.stringMatching(/inception-2015-12-05 are not here.*bundled network/)]);
  });
});

/** The same to 1e-9, however deep: another thread count or machine may round another way. */
function near(value: unknown, other: unknown): void {
  if (typeof value === 'number' && typeof other === 'number') {
    expect(Math.abs(value - other)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)));
  } else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    for (const [key, part] of Object.entries(value)) {
      // The command leaves the ψ of every image out.
      if (key !== 'influences') near(part, (other as Record<string, unknown>)[key]);
    }
  } else expect(value).toEqual(other);
}

describe('the package', () => {
  const child = (script: string) =>
    promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], { cwd: PACKAGE });

  test('is entered by its name, with types beside it', async () => {
    const { exports, types } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as {
      exports: { '.': { types: string; default: string } };
      types: string;
    };
    expect(exports['.']).toEqual({ types: './dist/index.d.ts', default: './dist/index.js' });
    expect(types).toBe('./dist/index.d.ts');
    const declared = readFileSync(join(PACKAGE, types), 'utf8');
    for (const name of ['fid', 'stats', 'features']) {
      expect(declared).toMatch(new RegExp(`export declare function ${name}\\(`));
    }
  });

  test('does nothing when it is imported: it prints nothing, loads no runtime and keeps no process alive', async () => {
    const { stdout, stderr } = await child(`
      const library = await import('fidsweep');
      const loaded = process.report.getReport().sharedObjects.filter((path) => /onnxruntime|webgl/.test(path));
      process.stdout.write(JSON.stringify({ names: Object.keys(library).sort(), loaded }));
    `);
    expect(JSON.parse(stdout)).toEqual({ names: ['UserError', 'features', 'fid', 'stats'], loaded: [] });
    expect(stderr).toBe('');
  });

  test('prints nothing and ends by itself after work, native code included', async () => {
    const { stdout, stderr } = await child(`
      import { features, fid, UserError } from 'fidsweep';
      const options = ${JSON.stringify(SLIM)};
      await fid(${JSON.stringify(a)}, ${JSON.stringify(b)}, options);
      const failure = await features('absent', options).catch((error) => error);
      process.stdout.write(String(failure instanceof UserError && process.exitCode === undefined));
    `);
    expect({ stdout, stderr }).toEqual({ stdout: 'true', stderr: '' });
  });
});
