import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseShare, shareOf, sizeOfShare } from '../../src/cli/stream.js';
import { CLI } from '../built.js';
import { renderChildren, until } from '../processes.js';
import { refuse, remove, scratch, start, succeed, writePrograms } from './run.js';

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
  const endless = shareOf(5, Number.POSITIVE_INFINITY, { index: 1, count: 3 });
  expect([endless.next().value, endless.next().value]).toEqual([
    { first: 5 + 32, count: 32 },
    { first: 5 + 4 * 32, count: 32 },
  ]);
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
  await succeed(home, ['render', ...SMALL, ...flags]);
  const shard = readFileSync(at('out', 'shard-000000.tar'));
  expect((await streamed('--images', '70')).equals(shard)).toBe(true);
  mkdirSync(at('parts'));
  const extract = (tar: Buffer) => execFileSync('tar', ['xf', '-', '-C', at('parts')], { input: tar });
  for (const part of ['0/3', '1/3', '2/3', '3/4'])
    extract(await streamed('--start', '6', '--images', '64', '--shard', part));
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
  await refuse(home, ['stream', ...SMALL, '--shard', '2/2'], '--shard: got "2/2"');
  await refuse(home, ['stream', ...SMALL, '--images', '0'], '--images: got "0"');
  await refuse(home, ['stream'], 'SPEC');
  const command = `'${process.execPath}' '${CLI}' stream ${SMALL.map((word) => `'${word}'`).join(' ')}`;
  writeFileSync(at('typescript'), '');
  const said = execFileSync('script', ['-qec', `${command} || echo "code $?"`, at('typescript')], {
    cwd: home,
    encoding: 'utf8',
  });
  expect(said).toMatch(/Standard output is a terminal.*code 2/s);
});

const PYTHON = '/usr/bin/python3';

function hasTorch(): boolean {
  try {
    execFileSync(PYTHON, ['-c', 'import torch, PIL, numpy'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test('the examples of the docs read a folder and a stream into PyTorch', async (context) => {
  if (!hasTorch()) return context.skip('no python3 with torch, PIL and numpy');
  const example = (name: string) => join(import.meta.dirname, '..', '..', 'docs', 'examples', name);
  await succeed(home, ['render', ...SMALL, '--images', '70', '-o', 'pictures']);
  const folder = execFileSync(PYTHON, [example('torch_folder.py'), 'pictures'], { cwd: home, encoding: 'utf8' });
  expect(folder).toBe('epoch 0: 70 images of (3, 16, 16)\nepoch 1: 70 images of (3, 16, 16)\n');
  const env = { ...process.env, FIDSWEEP: `'${process.execPath}' '${CLI}'`, IMAGES: '70' };
  const stream = execFileSync(PYTHON, [example('torch_stream.py'), ...SMALL], { cwd: home, encoding: 'utf8', env });
  const means = [...stream.matchAll(/^epoch \d: 70 images of \(3, 16, 16\), mean (-?\d\.\d+)$/gm)].map(
    ([, mean]) => mean,
  );
  expect(means.length).toBe(2);
  // Another epoch, other images.
  expect(means[0]).not.toBe(means[1]);
});
