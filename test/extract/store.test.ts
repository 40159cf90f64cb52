import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { createGraph } from '../../src/core/graph.js';
import { readModelFile } from '../../src/extract/model-file.js';
import { modelsFolder } from '../../src/extract/model-folder.js';
import { addModel, fetchModel, importModel, removeModel, verifyModels } from '../../src/extract/model-store.js';
import {
  extractors,
  findExtractor,
  type OnnxExtractor,
  unreadableExtractors,
  type WeightsExtractor,
} from '../../src/extract/registry.js';
import { temporaryFolder } from '../temporary.js';
import { FIXTURES } from './fixtures.js';

const CANONICAL = 'inception-2015-12-05';
const SLIM = join(FIXTURES, 'inception-slim-legacy.pth');
const SLIM_ZIP = join(FIXTURES, 'inception-slim-zip.pth');
const slimHash = createHash('sha256').update(readFileSync(SLIM)).digest('hex');

let home: string;
beforeEach(() => {
  home = temporaryFolder();
  vi.stubEnv('XDG_DATA_HOME', home);
});

/** A file of this content, by its path. */
function file(name: string, content: Uint8Array | string): string {
  writeFileSync(join(home, name), content);
  return join(home, name);
}
const kept = (): string[] =>
  (existsSync(modelsFolder()) ? readdirSync(modelsFolder(), { recursive: true }) : []) as string[];
const importSlim = (as = 'slim') => importModel(SLIM, { as, allowHash: true });
const weights = (id: string) => findExtractor(id) as WeightsExtractor;

function refused(act: () => unknown, ...words: (string | RegExp)[]): void {
  let thrown: unknown;
  try {
    act();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(UserError);
  for (const word of words) expect((thrown as Error).message).toMatch(word);
}

describe('the models folder', () => {
  test('is data under XDG_DATA_HOME, else in the home folder; a relative one is ignored', () => {
    expect(modelsFolder()).toBe(join(home, 'fidsweep', 'models'));
    vi.stubEnv('HOME', '/home/of/nobody');
    for (const data of ['relative', '']) {
      vi.stubEnv('XDG_DATA_HOME', data);
      expect(modelsFolder()).toBe('/home/of/nobody/.local/share/fidsweep/models');
    }
  });

  test('is not made by looking', () => {
    extractors();
    verifyModels();
    refused(() => readModelFile(weights(CANONICAL)), /not here/);
    expect(readdirSync(home)).toEqual([]);
  });

  test('that cannot be made is a user error that says what to set', () => {
    file('blocked', '');
    vi.stubEnv('XDG_DATA_HOME', join(home, 'blocked'));
    refused(() => importSlim(), /blocked.*cannot be kept there.*XDG_DATA_HOME/);
    expect(extractors().map(({ id }) => id)).not.toContain('slim');
  });

  test.skipIf(process.platform !== 'linux')('where none can be made is given up, not tried without end', () => {
    vi.stubEnv('XDG_DATA_HOME', '/proc/zzz');
    refused(() => importSlim(), /^\/proc\/zzz\/fidsweep\/models\/slim: ENOENT.*mkdir '\/proc\/zzz'/);
  });
});

describe('weights of a user’s own', () => {
  test('are kept under their name, byte for byte, and found again', () => {
    const { entry, already } = importSlim();
    expect(already).toBe(false);
    expect(kept().sort()).toEqual(['slim', join('slim', 'entry.json'), join('slim', 'weights.pth')]);
    expect(findExtractor('slim')).toEqual(entry);
    expect(extractors().at(-1)).toEqual(entry);
    expect(Buffer.compare(readModelFile(weights('slim')), readFileSync(SLIM))).toBe(0);
    expect(entry).toMatchObject({ kind: 'weights', sha256: slimHash, mirrors: [], layout: CANONICAL });
    expect(entry.comparable).toBe(
      `comparable only with numbers of these same weights (SHA-256 ${slimHash.slice(0, 16)}…)`,
    );
  });

  test('are taken in both formats of torch, and through a link', () => {
    symlinkSync(SLIM_ZIP, join(home, 'link'));
    importModel(join(home, 'link'), { as: 'zipped', allowHash: true });
    expect(Buffer.compare(readModelFile(weights('zipped')), readFileSync(SLIM_ZIP))).toBe(0);
  });

  test('are refused without leave, saying their hash and how to take them', () => {
    refused(() => importModel(SLIM), slimHash, /6726825d[0-9a-f]{56} \(95628359 bytes\)/, '--allow-hash --as NAME');
    refused(() => importModel(SLIM, { as: 'slim' }), '--allow-hash');
    refused(() => importModel(SLIM, { allowHash: true }), /--as: got nothing/);
    expect(kept()).toEqual([]);
  });

  test('never pass for the canonical ones', () => {
    for (const as of [CANONICAL, 'inception', 'Inception', 'INCEPTION-2015-12-05', 'bundled']) {
      refused(() => importSlim(as), '--as', as, 'those of the extractors that ship');
    }
    expect(kept()).toEqual([]);
  });

  test.each(['', '.', '..', '../x', 'a/b', '.new-x', '-x', 'a b', 'ä', 'a\n', 'x'.repeat(65), '/etc'])(
    'do not get the name %j',
    (as) => {
      refused(() => importSlim(as), /--as: got/);
      expect(kept()).toEqual([]);
    },
  );

  test('keep their name: another file does not get it, the same file is no mistake', () => {
    importSlim();
    expect(importSlim().already).toBe(true);
    refused(() => importModel(SLIM_ZIP, { as: 'slim', allowHash: true }), 'fidsweep models remove slim');
    refused(() => importSlim('SLIM'), 'fidsweep models remove slim');
    expect(weights('slim').sha256).toBe(slimHash);
  });

  test('that are no state dict of the layout are refused before anything is kept', () => {
    const own = { as: 'own', allowHash: true };
    const cut = file('cut.pth', readFileSync(SLIM).subarray(0, 50_000));
    refused(() => importModel(cut, own), 'cut.pth');
    refused(() => importModel(file('text.pth', 'no weights'), own), 'text.pth');
    refused(() => importModel(file('empty.pth', ''), own), 'empty.pth');
    refused(
      () => importModel(SLIM, { ...own, layout: 'resnet' }),
      /--layout: got "resnet", expected inception-2015-12-05/,
    );
    expect(kept()).toEqual([]);
  });

  test('that are no regular file are refused, not waited for', () => {
    const own = { as: 'own', allowHash: true };
    execFileSync('mkfifo', [join(home, 'fifo')]);
    refused(() => importModel(join(home, 'fifo'), own), /fifo" is no regular file/);
    refused(() => importModel('/dev/zero', own), /"\/dev\/zero" is no regular file/);
    refused(() => importModel(home, own), /is a folder, expected a file/);
    refused(() => importModel(join(home, 'absent'), own), /absent": ENOENT/);
    truncateSync(file('huge', ''), 2 ** 32);
    refused(() => importModel(join(home, 'huge'), own), /huge" has 4294967296 bytes, expected at most 2147483647/);
  });
});

describe('a kept file', () => {
  test('is verified whenever it is read', () => {
    const { file: path, entry } = importSlim();
    const data = readFileSync(path);
    data[data.length >> 1]! ^= 1;
    writeFileSync(path, data);
    refused(() => readModelFile(entry as WeightsExtractor), path, /damaged: SHA-256/, 'fidsweep models remove slim');
    writeFileSync(path, data.subarray(1));
    refused(() => readModelFile(entry as WeightsExtractor), `${data.length - 1} bytes, expected ${data.length}`);
    rmSync(path);
    refused(() => readModelFile(entry as WeightsExtractor), /not here.*models remove slim, then import it again/s);
    rmSync(path, { force: true });
    execFileSync('mkfifo', [path]);
    refused(() => readModelFile(entry as WeightsExtractor), /damaged/);
  });

  test('that was never fetched is a user error that says both ways to get it', () => {
    refused(() => readModelFile(weights(CANONICAL)), `models fetch ${CANONICAL}`, 'models import FILE');
  });

  test('is rehashed by verify', () => {
    const states = () => Object.fromEntries(verifyModels().map(({ id, state }) => [id, state]));
    const { file: path } = importSlim();
    expect(states()).toMatchObject({ slim: 'good', [CANONICAL]: 'missing' });
    expect(verifyModels('slim')).toEqual([{ id: 'slim', state: 'good', file: path }]);
    const data = readFileSync(path);
    data[9]! ^= 1;
    writeFileSync(path, data);
    expect(verifyModels('slim')[0]).toMatchObject({ state: 'damaged', file: path, why: expect.stringMatching(/SHA/) });
    rmSync(path);
    expect(states().slim).toBe('damaged');
    refused(() => verifyModels('absent'), 'absent');
  });
});

describe('removing', () => {
  test('takes the file and the entry, and frees the name', () => {
    importSlim();
    expect(removeModel('slim')).toBe(join(modelsFolder(), 'slim'));
    expect(kept()).toEqual([]);
    refused(() => findExtractor('slim'), 'slim');
    refused(() => removeModel('slim'), 'slim');
    importModel(SLIM_ZIP, { as: 'slim', allowHash: true });
  });

  test('takes the canonical file by its id or alias, and never the extractor', () => {
    for (const name of [CANONICAL, 'inception']) {
      mkdirSync(join(modelsFolder(), CANONICAL), { recursive: true });
      writeFileSync(join(modelsFolder(), CANONICAL, weights(CANONICAL).file), 'damaged');
      expect(verifyModels(CANONICAL)[0]?.state).toBe('damaged');
      removeModel(name);
      expect(kept()).toEqual([]);
    }
    expect(findExtractor(CANONICAL).id).toBe(CANONICAL);
    refused(() => removeModel(CANONICAL), 'nothing to remove');
  });

  test('refuses what ships, what is unknown, and paths', () => {
    for (const id of ['bundled', 'nsfwjs-inception-v3-mixed7']) refused(() => removeModel(id), 'ships with this tool');
    const precious = file('precious', 'precious');
    mkdirSync(modelsFolder(), { recursive: true });
    for (const id of ['../../precious', '..', '.', '', '/etc', precious, 'absent']) refused(() => removeModel(id));
    expect(readFileSync(precious, 'utf8')).toBe('precious');
  });

  test('removes a link and not what it leads to', () => {
    importSlim();
    const elsewhere = join(home, 'elsewhere');
    renameSync(join(modelsFolder(), 'slim'), elsewhere);
    symlinkSync(elsewhere, join(modelsFolder(), 'slim'));
    expect(readModelFile(weights('slim')).length).toBe(readFileSync(SLIM).length);
    removeModel('slim');
    expect(kept()).toEqual([]);
    expect(readdirSync(elsewhere)).toHaveLength(2);
  });
});

describe('an entry that cannot be read', () => {
  const good = () => JSON.parse(readFileSync(join(modelsFolder(), 'slim', 'entry.json'), 'utf8')) as object;

  test.each<[what: string, entry: (good: object) => unknown, why: RegExp]>([
    ['is no JSON', () => '{', /no JSON/],
    ['is no object', () => [1], /expected an object/],
    ['is null', () => null, /expected an object/],
    ['is of another schema', (entry) => ({ ...entry, schema: 2 }), /"schema": got 2/],
    [
      'has an unknown key',
      (entry) => ({ ...entry, comparable: 'with published FIDs' }),
      /a key of entry\.json: got "comparable"/,
    ],
    ['has a __proto__', (entry) => JSON.stringify(entry).replace('{', '{"__proto__":{"a":1},'), /got "__proto__"/],
    ['is of an unknown kind', (entry) => ({ ...entry, kind: 'package' }), /"kind": got "package"/],
    ['lacks its hash', (entry) => ({ ...entry, sha256: undefined }), /"sha256"/],
    ['has a hash that is none', (entry) => ({ ...entry, sha256: '../../etc/passwd' }), /no SHA-256/],
    ['has no size', (entry) => ({ ...entry, bytes: -1 }), /"bytes": got -1/],
    ['has control characters', (entry) => ({ ...entry, from: 'a\u001b[2Jb' }), /"from"/],
    ['is endless', (entry) => ({ ...entry, from: 'x'.repeat(1e5) }), /bytes, expected at most/],
  ])('because it %s is listed with the reason, and nothing else suffers', (_what, change, why) => {
    importSlim();
    importSlim('other');
    const changed = change(good());
    const text = typeof changed === 'string' ? changed : JSON.stringify(changed);
    writeFileSync(join(modelsFolder(), 'slim', 'entry.json'), text);
    expect(unreadableExtractors()).toEqual([
      { id: 'slim', folder: join(modelsFolder(), 'slim'), why: expect.stringMatching(why) },
    ]);
    expect(extractors().map(({ id }) => id)).toContain('other');
    expect(extractors().map(({ id }) => id)).not.toContain('slim');
    refused(() => findExtractor('slim'), 'extractor slim cannot be read', why);
    expect(verifyModels().find(({ id }) => id === 'slim')?.state).toBe('damaged');
    refused(() => importSlim(), 'fidsweep models remove slim');
    removeModel('slim');
    expect(unreadableExtractors()).toEqual([]);
  });

  test('is a folder of a wrong name, one without an entry, a FIFO, or a name of what ships', () => {
    importSlim();
    const entry = readFileSync(join(modelsFolder(), 'slim', 'entry.json'));
    for (const id of ['a b', 'Bundled', 'empty', 'fifo', '.new-left', CANONICAL]) {
      mkdirSync(join(modelsFolder(), id));
      if (id !== 'empty' && id !== 'fifo') writeFileSync(join(modelsFolder(), id, 'entry.json'), entry);
    }
    execFileSync('mkfifo', [join(modelsFolder(), 'fifo', 'entry.json')]);
    writeFileSync(join(modelsFolder(), 'a file'), '');
    expect(unreadableExtractors().map(({ id, why }) => [id, why])).toEqual([
      ['Bundled', expect.stringContaining('an extractor which ships')],
      ['a b', expect.stringContaining('its name')],
      ['empty', expect.stringContaining('no entry.json')],
      ['fifo', expect.stringContaining('no regular file')],
    ]);
    // The manifest says what the canonical weights are, whatever lies in their folder.
    expect(findExtractor(CANONICAL)).toBe(extractors()[1]);
    expect(weights(CANONICAL).bytes).toBe(95_628_359);
  });

  test.skipIf(process.getuid?.() === 0)('is one that may not be read', () => {
    importSlim();
    chmodSync(join(modelsFolder(), 'slim', 'entry.json'), 0);
    expect(unreadableExtractors()[0]?.why).toMatch(/EACCES/);
  });
});

describe('fetching', () => {
  /** A server that gives this, and its address. */
  async function serve(content: Uint8Array): Promise<string> {
    const server = createServer((_request, response) => response.end(content));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/weights.pth`;
  }

  test('puts the pinned file in place of a damaged one, and a good one stays', async () => {
    const { file: path } = importSlim();
    const url = await serve(readFileSync(SLIM));
    expect(await fetchModel('slim', ['http://127.0.0.1:1/'])).toMatchObject({ already: true });
    writeFileSync(path, 'damaged');
    expect(await fetchModel('slim', [url])).toMatchObject({ already: false, file: path });
    expect(Buffer.compare(readModelFile(weights('slim')), readFileSync(SLIM))).toBe(0);
    expect(readdirSync(join(modelsFolder(), 'slim')).sort()).toEqual(['entry.json', 'weights.pth']);
  });

  test('does not weaken the hash for a mirror of the user’s', async () => {
    const url = await serve(readFileSync(SLIM));
    const failure = await fetchModel(CANONICAL, [url]).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect(String(failure)).toContain(`${url}: `);
    expect(String(failure)).toContain(weights(CANONICAL).sha256);
    expect(String(failure)).toContain('fidsweep models import FILE');
    expect(kept().filter((path) => path.endsWith('.pth'))).toEqual([]);
    refused(() => readModelFile(weights(CANONICAL)), 'not here');
  });

  test('says that a proxy in the environment is not used', async () => {
    vi.stubEnv('HTTPS_PROXY', 'http://proxy.example:3128');
    const url = await serve(new Uint8Array(3));
    await expect(fetchModel(CANONICAL, [url])).rejects.toThrow(/HTTPS_PROXY is set, but the download does not use it/);
  });

  test('refuses what has no place to be fetched from, and mirrors that are none', async () => {
    importSlim();
    rmSync(join(modelsFolder(), 'slim', 'weights.pth'));
    await expect(fetchModel('slim')).rejects.toThrow(/no place to fetch it from is known/);
    await expect(fetchModel('bundled')).rejects.toThrow(/models build/);
    await expect(fetchModel('absent')).rejects.toThrow(UserError);
    for (const url of ['weights.pth', 'file:///etc/passwd', 'ftp://host/file']) {
      await expect(fetchModel(CANONICAL, [url])).rejects.toThrow(`--mirror: got "${url}"`);
    }
    const secret = await fetchModel(CANONICAL, ['https://me:secret@host/file']).catch((error: unknown) => error);
    expect(String(secret)).toContain('a password');
    expect(String(secret)).not.toContain('secret');
  });
});

describe('a user’s own ONNX model', () => {
  /** The mean over space of the input, twice. */
  function onnx(): Uint8Array {
    const g = createGraph('means');
    const x = g.input('x', 'float32', ['N', 3, 8, 8]);
    const mean = g.node('GlobalAveragePool', [x]);
    g.output(g.node('Flatten', [g.node('Concat', [mean, mean], { axis: 1 })], {}, 'y'), 'float32', ['N', 6]);
    return g.encode();
  }
  const input = { size: 8, layout: 'NCHW', range: [0, 1], resize: 'bilinear' };
  const spec = { name: 'means', input, output: 'y', pooling: 'none', licence: 'CC0-1.0' };
  const sidecar = (content: unknown) =>
    file('spec.json', typeof content === 'string' ? content : JSON.stringify(content));

  test('is kept with all that its sidecar says, and the numbers that it gives', async () => {
    const full = {
      ...spec,
      description: 'means of colours',
      comparable: 'comparable with nothing',
      input: { ...input, mean: [0.5, 0.5, 0.5], std: [0.2, 0.2, 0.2], fit: 'cover' },
    };
    const model = onnx();
    const { entry } = await addModel(file('my.onnx', model), sidecar(full));
    const { name, ...rest } = full;
    expect(entry).toMatchObject({ ...rest, id: name, kind: 'onnx', dims: 6, bytes: model.length });
    expect(findExtractor('means')).toEqual(entry);
    expect(Buffer.compare(readModelFile(entry as OnnxExtractor), model)).toBe(0);
    expect(kept().sort()).toEqual(['means', join('means', 'entry.json'), join('means', 'model.onnx')]);
  });

  test('is comparable with itself alone unless its sidecar says otherwise', async () => {
    const model = onnx();
    const { entry } = await addModel(file('my.onnx', model), sidecar(spec), { as: 'other' });
    const hash = createHash('sha256').update(model).digest('hex').slice(0, 16);
    expect(entry.id).toBe('other');
    expect(entry.comparable).toBe(`comparable only with numbers of this same model (SHA-256 ${hash}…)`);
  });

  test('with another sidecar is another extractor', async () => {
    const path = file('my.onnx', onnx());
    await addModel(path, sidecar(spec));
    expect((await addModel(path, sidecar(spec))).already).toBe(true);
    const changed = sidecar({ ...spec, input: { ...input, range: [-1, 1] } });
    await expect(addModel(path, changed)).rejects.toThrow('fidsweep models remove means');
    await addModel(path, changed, { as: 'means-2' });
    expect((findExtractor('means') as OnnxExtractor).input.range).toEqual([0, 1]);
    expect((findExtractor('means-2') as OnnxExtractor).input.range).toEqual([-1, 1]);
  });

  test.each<[what: string, content: unknown, why: RegExp]>([
    ['no JSON', '{"name": ', /spec\.json: no JSON/],
    ['no object', '"text"', /spec\.json: got "text", expected an object/],
    ['an unknown key', { ...spec, inputs: 1 }, /a key of .*spec\.json: got "inputs", expected input, output/],
    ['an unknown key of its input', { ...spec, input: { ...input, scale: 1 } }, /"input" in .*: got "scale"/],
    ['no licence', { ...spec, licence: undefined }, /"licence" in .*spec\.json: got nothing/],
    ['no input', { ...spec, input: undefined }, /"input" in .*spec\.json: got nothing/],
    ['a size that is none', { ...spec, input: { ...input, size: 1e9 } }, /"size" in .*: got 1000000000/],
    ['an unknown layout', { ...spec, input: { ...input, layout: 'CHW' } }, /"layout" .*expected "NCHW" or "NHWC"/],
    ['an unknown resize', { ...spec, input: { ...input, resize: 'nearest' } }, /"resize" .*bicubic-antialiased/],
    ['an empty range', { ...spec, input: { ...input, range: [1, 1] } }, /two different numbers/],
    ['a range that is none', { ...spec, input: { ...input, range: [0, '1'] } }, /"range" .*expected 2 numbers/],
    ['a mean of one channel', { ...spec, input: { ...input, mean: [0.5] } }, /"mean" .*expected 3 numbers/],
    ['a deviation of 0', { ...spec, input: { ...input, std: [1, 0, 1] } }, /"std" .*expected 3 numbers above 0/],
    ['an unknown fit', { ...spec, input: { ...input, fit: 'contain' } }, /"fit" .*"stretch" or "cover"/],
    ['an unknown pooling', { ...spec, pooling: 'max' }, /"pooling" .*"none", "mean" or "first-token"/],
    ['a name that ships', { ...spec, name: 'inception' }, /--as: got "inception"/],
    ['a name that is a path', { ...spec, name: '../x' }, /--as: got/],
    ['no name', { ...spec, name: undefined }, /--as: got nothing/],
    ['a text with control characters', { ...spec, description: 'a\u001b[2J' }, /"description" in/],
    ['an output that is not there', { ...spec, output: 'z' }, /my\.onnx: .*no output "z"/],
    ['a size that the model does not take', { ...spec, input: { ...input, size: 9 } }, /my\.onnx: /],
  ])('is refused with a sidecar of %s', async (_what, content, why) => {
    const path = file('my.onnx', onnx());
    const failure = await addModel(path, sidecar(content)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect(String(failure)).toMatch(why);
    expect(kept()).toEqual([]);
  });

  test('is refused when it is no model', async () => {
    for (const content of ['no model', '']) {
      await expect(addModel(file('my.onnx', content), sidecar(spec))).rejects.toThrow(UserError);
    }
    expect(kept()).toEqual([]);
  });
});
