import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { deadLeaves } from '../../src/dataset/dead-leaves.js';
import { fractal } from '../../src/dataset/fractal.js';
import { Painters, type Task } from '../../src/dataset/painters.js';
import { CLI } from '../built.js';
import { temporaryFolder } from '../temporary.js';

const task = (output: number): Task => ({
  subject: { kind: 'leaves', shape: 'circle' },
  seed: 1,
  output,
  slot: 2,
  resolution: 16,
});

/** A thread's program that answers each task by some statements. */
function entryOf(body: string): string {
  const path = join(temporaryFolder(), 'entry.mjs');
  const lines = [
    "import { parentPort, threadId } from 'node:worker_threads';",
    'let served = 0;',
    `parentPort.on('message', async ({ output }) => { served++; ${body} });`,
  ];
  writeFileSync(path, lines.join('\n'));
  return path;
}

const later = '(ms) => new Promise((resolve) => setTimeout(resolve, ms))';

describe('painters', () => {
  test('paint here where the sources are not compiled', async () => {
    const painters = new Painters('Leaves');
    expect(await painters.paint(task(4))).toEqual(deadLeaves('circle')(1, 4, 2, 16));
    const subject = { kind: 'fractal', category: 5 } as const;
    expect(await painters.paint({ ...task(4), subject })).toEqual(fractal(5)(1, 4, 2, 16));
    await painters.dispose();
    await expect(painters.paint(task(0))).rejects.toThrow('data set "Leaves" is disposed of');
  });

  test('give each task its own answer, in as few threads as there is work for and at most as many as allowed', async () => {
    const entry = entryOf(
      `await (${later})(20 - 2 * output); parentPort.postMessage(Uint8Array.of(output, threadId % 256));`,
    );
    const painters = new Painters('Leaves', { entry, most: 3 });
    const outputs = Array.from({ length: 10 }, (_, i) => i);
    const answers = await Promise.all(outputs.map((output) => painters.paint(task(output))));
    expect(answers.map(([output]) => output)).toEqual(outputs);
    expect(new Set(answers.map(([, thread]) => thread)).size).toBe(3);
    await painters.dispose();

    const alone = new Painters('Leaves', { entry, most: 3 });
    const threads = new Set<number>();
    for (const output of outputs) threads.add((await alone.paint(task(output)))[1]!);
    expect(threads.size).toBe(1);
    await alone.dispose();
  });

  test('whose thread dies say which picture it was; the others are painted', async () => {
    const entry = entryOf(
      "if (output === 1) throw new RangeError('too many leaves'); if (output === 2) process.exit(7); parentPort.postMessage(Uint8Array.of(output));",
    );
    const painters = new Painters('Leaves', { entry, most: 2 });
    const settled = await Promise.allSettled([0, 1, 2, 3, 4].map((output) => painters.paint(task(output))));
    expect(settled.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    const [, thrown, ended] = settled as PromiseRejectedResult[];
    expect(thrown!.reason.message).toBe(
      'the thread that painted image 2 of output 1 of data set "Leaves" died: too many leaves (exit code 1)',
    );
    expect(thrown!.reason.cause).toMatchObject({ name: 'RangeError', message: 'too many leaves' });
    expect(ended!.reason.message).toMatch(/image 2 of output 2 .* died: it ended by itself \(exit code 7\)/);
    await painters.dispose();
  });

  test('whose program is missing say so', async () => {
    const painters = new Painters('Leaves', { entry: join(temporaryFolder(), 'gone.mjs') });
    await expect(painters.paint(task(0))).rejects.toThrow(/died: Cannot find module/);
  });

  test('that are disposed of leave nothing waiting', async () => {
    const painters = new Painters('Leaves', { entry: entryOf(`await (${later})(60_000);`), most: 1 });
    const waiting = [0, 1].map((output) => painters.paint(task(output)));
    const settled = Promise.allSettled(waiting);
    await painters.dispose();
    for (const one of await settled)
      expect(one).toMatchObject({
        status: 'rejected',
        reason: new Error('data set "Leaves" was disposed of before its pictures were painted'),
      });
  });
});

describe('the built tool', () => {
  const built = (file: string) => join(dirname(CLI), '..', 'dataset', file);

  test('paints the same pixels in threads', async () => {
    const { Painters } = (await import(
      pathToFileURL(built('painters.js')).href
    )) as typeof import('../../src/dataset/painters.js');
    const painters = new Painters('Leaves');
    const outputs = [0, 1, 2, 3, 4, 5];
    const leaves = await Promise.all(outputs.map((output) => painters.paint(task(output))));
    const subject = { kind: 'fractal', category: 7 } as const;
    const fractals = await Promise.all(outputs.map((output) => painters.paint({ ...task(output), subject })));
    await painters.dispose();
    expect(leaves).toEqual(outputs.map((output) => deadLeaves('circle')(1, output, 2, 16)));
    expect(fractals).toEqual(outputs.map((output) => fractal(7)(1, output, 2, 16)));
  });

  test('ends by itself with idle threads, and not before a picture is there', async () => {
    const script = `
      import { openDeadLeaves } from ${JSON.stringify(pathToFileURL(built('painted.js')).href)};
      const dataset = openDeadLeaves('Leaves', 'deadleaves:mixed');
      const [choice] = dataset.choose(3, 1, 0, new Set());
      const { pixels } = await dataset.load(choice, 0, 32);
      console.log(pixels.join());`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    expect(stdout.trim()).toBe(deadLeaves('mixed')(0, 3, 0, 32).join());
  });
});
