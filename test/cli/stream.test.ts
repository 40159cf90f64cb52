import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseShare, shareOf, sizeOfShare, stretchFrom } from '../../src/cli/stream.js';
import { draws, STREAM } from '../../src/core/random.js';
import { CLI } from '../built.js';
import { renderChildren, until } from '../processes.js';
import { refusedHere } from './in-process.js';
import { remove, scratch, start, succeed, writePrograms } from './run.js';

let home = '';
const at = (...parts: string[]) => join(home, ...parts);
const SMALL = ['programs:my programs', '--mix', 'mixup:2', '--resolution', '16'];

beforeAll(() => {
  home = scratch();
  writePrograms(at('my programs'));
});
afterAll(() => remove(home));

test('the shares of all workers are all outputs, each once', () => {
  for (const images of [1, 31, 32, 33, 64, 100, 257]) {
    for (const count of [1, 2, 3, 7]) {
      const shares = Array.from({ length: count }, (_, index) =>
        [...shareOf(1000, images, { index, count })].flatMap((stretch) =>
          Array.from({ length: stretch.count }, (_, i) => stretch.first + i),
        ),
      );
      expect(shares.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: images }, (_, i) => 1000 + i));
      expect(shares.map(({ length }) => length)).toEqual(
        shares.map((_, index) => sizeOfShare(images, { index, count })),
      );
      // Nobody has much more to do than another.
      const most = Math.max(...shares.map(({ length }) => length));
      expect(most - Math.min(...shares.map(({ length }) => length))).toBeLessThanOrEqual(32);
    }
  }
  const long = shareOf(5, 2 ** 32 - 5, { index: 1, count: 3 });
  expect([long.next().value, long.next().value]).toEqual([
    { first: 5 + 32, count: 32 },
    { first: 5 + 4 * 32, count: 32 },
  ]);
});

test('it ends with the images of a seed, which come again behind 2^32', () => {
  // Why it has an end: the count of a draw has 32 bits.
  expect(draws(1, STREAM.weight, 2 ** 32 + 5)()).toBe(draws(1, STREAM.weight, 5)());
  const most = 2 ** 32;
  expect(stretchFrom({})).toEqual({ start: 0, images: most, ends: false });
  expect(stretchFrom({ start: most - 3 })).toEqual({ start: most - 3, images: 3, ends: false });
  expect(stretchFrom({ start: most - 3, images: 3 })).toEqual({ start: most - 3, images: 3, ends: true });
  expect(() => stretchFrom({ start: most - 3, images: 4 })).toThrow(/--images: got 4, expected at most 3 with --start/);
  expect(() => stretchFrom({ start: most })).toThrow('--start: got 4294967296');
  const last = [...shareOf(most - 3, 3, { index: 0, count: 2 })];
  expect(last).toEqual([{ first: most - 3, count: 3 }]);
});

test('a share is i/n with i below n', () => {
  expect([parseShare(), parseShare('3/8')]).toEqual([
    { index: 0, count: 1 },
    { index: 3, count: 8 },
  ]);
  for (const text of ['1/1', '2', '-1/2', '1/0', 'a/b', '1/2/3', '0.5/2'])
    expect(() => parseShare(text), text).toThrow('--shard: got');
});

const streamed = async (...flags: string[]): Promise<Buffer> => {
  const child = spawn(process.execPath, [CLI, 'stream', ...SMALL, ...flags], { cwd: home });
  const parts: Buffer[] = [];
  let said = '';
  child.stdout.on('data', (data: Buffer) => parts.push(data));
  child.stderr.on('data', (data: Buffer) => {
    said += data.toString();
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, said }).toEqual({ code: 0, said: '' });
  return Buffer.concat(parts);
};

test('a stream is the shard that render writes, byte for byte, wherever it begins and whoever makes it', async () => {
  const flags = ['--images', '70', '--format', 'webdataset', '-o', 'out'];
  const [whole] = await Promise.all([streamed('--images', '70'), succeed(home, ['render', ...SMALL, ...flags])]);
  const shard = readFileSync(at('out', 'shard-000000.tar'));
  expect(whole.equals(shard)).toBe(true);
  mkdirSync(at('parts'));
  const extract = (tar: Buffer) => execFileSync('tar', ['xf', '-', '-C', at('parts')], { input: tar });
  // The last of them has nothing to make.
  for (const part of ['0/3', '1/3', '2/3']) extract(await streamed('--start', '6', '--images', '64', '--shard', part));
  const names = (tar: Buffer) => execFileSync('tar', ['tf', '-'], { input: tar, encoding: 'utf8' }).trim().split('\n');
  expect(readdirSync(at('parts')).sort()).toEqual(names(shard).slice(12).sort());
  mkdirSync(at('whole'));
  execFileSync('tar', ['xf', at('out', 'shard-000000.tar'), '-C', at('whole')]);
  for (const name of readdirSync(at('parts')))
    expect(readFileSync(at('parts', name)).equals(readFileSync(at('whole', name))), name).toBe(true);
});

/** Clock ticks that a process has used (proc(5), fields 14 and 15). */
const ticksOf = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
  return Number(fields[11]) + Number(fields[12]);
};

test('it waits for a reader that does not read, and ends quietly, children and all, when the reader goes', async () => {
  const child = spawn(process.execPath, [CLI, 'stream', ...SMALL, '--encoding', 'png'], { cwd: home });
  let said = '';
  child.stderr.on('data', (data: Buffer) => {
    said += data.toString();
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  const [drawing] = await until(() => {
    const found = renderChildren(child.pid!);
    return found.length ? found : undefined;
  }, 'a child that draws');
  // Without an end to it, a stream that waited for nobody would draw for ever: no second would be idle.
  let [before, since] = [-1, Date.now()];
  await until(() => {
    const ticks = ticksOf(drawing!);
    if (ticks !== before) [before, since] = [ticks, Date.now()];
    return ticks > 0 && Date.now() - since > 1500 ? true : undefined;
  }, 'a second without drawing');
  child.stdout.once('data', () => child.stdout.destroy());
  expect({ code: await ended, said }).toEqual({ code: 0, said: '' });
  await until(() => (existsSync(`/proc/${drawing}`) ? undefined : true), 'the end of the child that draws');
});

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)('%s ends it and its children', async (signal, wanted) => {
  const { child, outcome } = start(home, ['stream', ...SMALL]);
  child.stdout!.pause();
  const [drawing] = await until(() => {
    const found = renderChildren(child.pid!);
    return found.length && child.stdout!.readableLength ? found : undefined;
  }, 'a picture');
  child.kill(signal);
  child.stdout!.resume();
  expect((await outcome).code).toBe(wanted);
  await until(() => (existsSync(`/proc/${drawing}`) ? undefined : true), 'the end of the child that draws');
});

test('a terminal, a wrong share and a wrong end are refused', async () => {
  expect(await refusedHere(home, ['stream', ...SMALL, '--shard', '2/2'])).toContain('--shard: got "2/2"');
  expect(await refusedHere(home, ['stream', ...SMALL, '--images', '0'])).toContain('--images: got "0"');
  expect(await refusedHere(home, ['stream'])).toContain('SPEC');
  const command = `'${process.execPath}' '${CLI}' stream ${SMALL.map((word) => `'${word}'`).join(' ')}`;
  writeFileSync(at('typescript'), '');
  const said = execFileSync('script', ['-qec', `${command} || echo "code $?"`, at('typescript')], {
    cwd: home,
    encoding: 'utf8',
  });
  expect(said).toMatch(/Standard output is a terminal.*code 2/s);
});

const PYTHON = '/usr/bin/python3';

/** Looks for the packages without reading them, which takes seconds. */
const FIND =
  'import sys; from importlib.util import find_spec as f; sys.exit(not all(map(f, ["torch", "PIL", "numpy"])))';

/** Runs scripts, each with its arguments, in one process: PyTorch is read once. */
const RUN =
  'import json, runpy, sys\nfor line in json.loads(sys.argv[1]):\n  sys.argv = line\n  runpy.run_path(line[0], run_name="__main__")';

function hasTorch(): boolean {
  try {
    execFileSync(PYTHON, ['-c', FIND], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test('the examples of the docs read a folder and a stream into PyTorch', async (context) => {
  if (!hasTorch()) return context.skip('no python3 with torch, PIL and numpy');
  const example = (name: string) => join(import.meta.dirname, '..', '..', 'docs', 'examples', name);
  await succeed(home, ['render', ...SMALL, '--images', '70', '-o', 'pictures']);
  const env = { ...process.env, FIDSWEEP: `'${process.execPath}' '${CLI}'`, IMAGES: '70' };
  const lines = [
    [example('torch_folder.py'), 'pictures'],
    [example('torch_stream.py'), ...SMALL],
  ];
  const said = execFileSync(PYTHON, ['-c', RUN, JSON.stringify(lines)], { cwd: home, encoding: 'utf8', env });
  const [folder, stream] = [said.split('\n').slice(0, 2), said.split('\n').slice(2)];
  expect(folder).toEqual(['epoch 0: 70 images of (3, 16, 16)', 'epoch 1: 70 images of (3, 16, 16)']);
  const means = [...stream.join('\n').matchAll(/^epoch \d: 70 images of \(3, 16, 16\), mean (-?\d\.\d+)$/gm)].map(
    ([, mean]) => mean,
  );
  expect(means.length).toBe(2);
  // Another epoch, other images.
  expect(means[0]).not.toBe(means[1]);
});
