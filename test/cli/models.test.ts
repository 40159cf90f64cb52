import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createGraph } from '../../src/core/graph.js';
import { refuse, remove, run, scratch, start, succeed } from './run.js';

const SLIM = join(import.meta.dirname, '..', 'fixtures', 'inception-slim-legacy.pth');
const CANONICAL = 'inception-2015-12-05';

let home: string;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  home = scratch();
  env = { ...process.env, XDG_DATA_HOME: join(home, 'data') };
});
afterEach(() => remove(home));

interface Listed {
  readonly id: string;
  readonly kind: string;
  readonly present: boolean;
  readonly [key: string]: unknown;
}
const models = (...args: string[]) => succeed(home, ['models', ...args], env);
const list = async () => JSON.parse(await models('list', '--json')) as Listed[];
const importSlim = () => models('import', SLIM, '--allow-hash', '--as', 'slim');

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/weights.pth`;
}

describe('fidsweep models', () => {
  test('lists what there is, with and without "list", and what is not here', async () => {
    const text = await models();
    expect(await models('list')).toBe(text);
    expect(text).toMatch(/^nsfwjs-inception-v3-mixed7, bundled: /);
    expect(text).toMatch(
      /inception-2015-12-05, inception: .*\n {2}weights, 95\.6 MB, Apache-2\.0; not here: fidsweep models fetch inception-2015-12-05\n {2}comparable with published FIDs.*\n {2}dims 64, 192, 768, 2048; modes pytorch-fid, clean, tf1\n/,
    );
    expect(await list()).toMatchObject([
      { id: 'nsfwjs-inception-v3-mixed7', kind: 'package', own: false, present: true, dims: 768 },
      { id: CANONICAL, kind: 'weights', own: false, present: false, modes: ['pytorch-fid', 'clean', 'tf1'] },
    ]);
  });

  test('imports, verifies, mends and removes weights of one’s own', async () => {
    const said = await importSlim();
    expect(said).toMatch(/^slim: .*weights\.pth\nIts numbers are comparable only with numbers of these same weights/);
    expect((await list()).at(-1)).toMatchObject({ id: 'slim', kind: 'weights', own: true, present: true });
    expect(await models('verify', 'slim')).toMatch(/^good {4}slim: /);
    expect(await models('verify')).toMatch(/missing inception-2015-12-05: .*\ngood {4}slim: /);

    const file = join(home, 'data', 'fidsweep', 'models', 'slim', 'weights.pth');
    writeFileSync(file, readFileSync(file).fill(0, 5000, 5001));
    const damaged = await run(home, ['models', 'verify'], env);
    expect(damaged.code).toBe(2);
    expect(damaged.stdout).toMatch(/DAMAGED slim: .*SHA-256 [0-9a-f]{64}, expected/);
    expect(damaged.stderr).toMatch(/^fidsweep: damaged: slim\. /);
    const verdicts = await run(home, ['models', 'verify', 'slim', '--json'], env);
    expect(verdicts.code).toBe(2);
    expect(JSON.parse(verdicts.stdout)).toMatchObject([{ id: 'slim', state: 'damaged', file }]);

    const url = await serve((_request, response) => response.end(readFileSync(SLIM)));
    const bad = url.replace('weights', 'absent');
    expect(await models('fetch', 'slim', '--mirror', bad, '--mirror', url)).toContain('(fetched, SHA-256 as pinned)');
    expect(await models('fetch', 'slim', '--mirror', url)).toContain('(was here, SHA-256 as pinned)');
    expect(await models('remove', 'slim')).toMatch(/^slim: removed /);
    expect((await list()).map(({ id }) => id)).not.toContain('slim');
  });

  test('adds an ONNX model with a sidecar', async () => {
    const g = createGraph('means');
    const x = g.input('x', 'float32', ['N', 3, 8, 8]);
    g.output(g.node('Flatten', [g.node('GlobalAveragePool', [x])], {}, 'y'), 'float32', ['N', 3]);
    writeFileSync(join(home, 'my.onnx'), g.encode());
    const input = { size: 8, layout: 'NCHW', range: [0, 1], resize: 'bilinear' };
    const spec = { input, output: 'y', pooling: 'none', licence: 'CC0-1.0' };
    writeFileSync(join(home, 'my.json'), JSON.stringify(spec));
    const args = ['add', 'my.onnx', '--spec', 'my.json', '--as', 'means'];
    expect(await models(...args)).toMatch(/^means: .*, 3 numbers a feature\nIts numbers are comparable only/);
    expect((await list()).at(-1)).toMatchObject({ id: 'means', kind: 'onnx', dims: 3, licence: 'CC0-1.0' });
    expect(await models('list')).toMatch(/means: an ONNX model of your own\n {2}ONNX model, .*CC0-1\.0; present/);
    writeFileSync(join(home, 'my.json'), JSON.stringify({ ...spec, size: 8 }));
    await refuse(home, ['models', ...args], { env }, 'a key of my.json: got "size"');
  });

  test('lists an entry that cannot be read, without control characters, and goes on', async () => {
    await importSlim();
    const entry = join(home, 'data', 'fidsweep', 'models', 'slim', 'entry.json');
    writeFileSync(entry, '{"\\u001b[2J": 1}');
    const text = await models();
    expect(text).toContain('slim: cannot be read: ');
    expect(text).not.toContain('\u001b');
    expect((await list()).at(-1)).toMatchObject({ id: 'slim', present: false, unreadable: expect.any(String) });
    await refuse(home, ['models', 'verify', 'slim'], { env }, 'extractor slim cannot be read');
  });

  test('refuses what it cannot do, and leaves nothing', async () => {
    const hash = createHash('sha256').update(readFileSync(SLIM)).digest('hex');
    await refuse(home, ['models', 'import', SLIM], { env }, hash, '--allow-hash --as NAME');
    await refuse(
      home,
      ['models', 'import', SLIM, '--allow-hash', '--as', 'inception'],
      { env },
      '--as: got "inception"',
    );
    await refuse(home, ['models', 'import', 'absent.pth'], { env }, 'absent.pth', 'ENOENT');
    await refuse(home, ['models', 'import', '.'], { env }, 'a folder, expected a file');
    await refuse(home, ['models', 'remove', 'bundled'], { env }, 'ships with this tool');
    await refuse(home, ['models', 'remove', '../..'], { env }, '"../.."');
    await refuse(home, ['models', 'fetch', 'absent'], { env }, 'extractor: got "absent"');
    await refuse(home, ['models', 'fetch', CANONICAL, '--time-limit', '0'], { env }, '--time-limit: got "0"');
    await refuse(home, ['models', 'fetch', CANONICAL, '--mirror', 'file:///x'], { env }, '--mirror: got "file:///x"');
    await refuse(home, ['models', 'list', '--mirror', 'x'], { env }, 'Unknown argument: mirror');
    await refuse(home, ['models', 'lst'], { env }, 'Unknown argument: lst');
    await refuse(home, ['models', 'fetch'], { env }, '--help');
  });
});

describe('fidsweep models fetch of the canonical weights', () => {
  const fetch = (url: string, ...more: string[]) => ['models', 'fetch', CANONICAL, '--mirror', url, ...more];
  const kept = () => readdirSync(join(home, 'data', 'fidsweep', 'models', CANONICAL));

  test('says why a mirror did not give them, and how a file that came otherwise is taken', async () => {
    const url = await serve((_request, response) => response.writeHead(404).end());
    await refuse(
      home,
      fetch(url),
      { env, leaves: 'data' },
      `${url}: HTTP 404 Not Found`,
      '6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2',
      'fidsweep models import FILE',
    );
    expect(kept()).toEqual([]);
    const slim = await serve((_request, response) => {
      const content = readFileSync(SLIM);
      response.writeHead(200, { 'Content-Length': content.length }).end(content);
    });
    await refuse(home, fetch(slim), { env }, /its file has \d+ bytes, expected 95628359/);
    expect(kept()).toEqual([]);
  });

  test('keeps what came when Ctrl-C ends it, and continues there', async () => {
    const ranges: (string | undefined)[] = [];
    let asked = () => {};
    const sent = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const url = await serve((request, response) => {
      ranges.push(request.headers.range);
      if (request.headers.range) return void response.writeHead(503).end();
      response.writeHead(200, { 'Content-Length': 95_628_359 });
      response.write(Buffer.alloc(1000), () => asked());
    });
    const { child, outcome } = start(home, fetch(url), env);
    await sent;
    // Until the bytes are in the part, there is nothing to keep.
    await expect
      .poll(() => kept().some((name) => name.includes('.part-') && readFileSync(partOf(name)).length === 1000))
      .toBe(true);
    child.kill('SIGINT');
    const { code, stderr, stdout } = await outcome;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toContain('Interrupted: what came is kept');
    expect(kept()).toEqual(['pt_inception-2015-12-05-6726825d.pth.part']);
    await refuse(home, fetch(url), { env }, 'HTTP 503', 'The first 1,000 bytes are kept');
    expect(ranges).toEqual([undefined, 'bytes=1000-']);
  });

  const partOf = (name: string) => join(home, 'data', 'fidsweep', 'models', CANONICAL, name);
});

test('fidsweep doctor says what is not fetched, damaged or cannot be read', async () => {
  await importSlim();
  const folder = join(home, 'data', 'fidsweep', 'models', 'slim');
  writeFileSync(join(folder, 'weights.pth'), 'damaged');
  const doctor = async () => (await run(home, ['doctor'], env)).stdout;
  const text = await doctor();
  expect(text).toMatch(/note Model inception-2015-12-05 +not fetched\n +fidsweep models fetch inception-2015-12-05/);
  expect(text).toMatch(/note Model slim +.*is damaged: 7 bytes.*\n +fidsweep models remove slim, then import it again/);
  writeFileSync(join(folder, 'entry.json'), 'damaged');
  expect(await doctor()).toMatch(/note Model slim +cannot be read: entry\.json: no JSON/);
});
