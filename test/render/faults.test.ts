import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import type { BaseImage } from '../../src/dataset/dataset.js';
import type { Renderer as RendererType } from '../../src/render/renderer.js';
import { Renderer } from '../built.js';
import { until } from '../processes.js';
import { temporaryFolder } from '../temporary.js';
import { pictureOf, program, unmixed } from './programs.js';

/** What goes wrong in every child that is started from now on. */
interface Fault {
  /** The GL call after which it does. */
  readonly call?: 'drawArrays' | 'texSubImage3D' | 'readPixels' | 'getShaderParameter';
  /** Only for programs that hold this text. */
  readonly source?: string;
  readonly error?: number;
  /** What the call gives instead. */
  readonly result?: boolean;
  /** Milliseconds it takes. */
  readonly sleep?: number;
  /** Only once, as this file then says. */
  readonly once?: string;
  /** The device's name. */
  readonly renderer?: string;
}

const preload = `--require ${JSON.stringify(join(import.meta.dirname, 'fault.cjs'))}`;
const environment = (fault: Fault) => ({ NODE_OPTIONS: preload, FIDSWEEP_FAULT: JSON.stringify(fault) });
const ours = { NODE_OPTIONS: process.env.NODE_OPTIONS, FIDSWEEP_FAULT: process.env.FIDSWEEP_FAULT };

function suffer(fault: Fault): void {
  Object.assign(process.env, environment(fault));
}

afterEach(() => {
  for (const [name, value] of Object.entries(ours)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

const SIDE = 16;
const OUT_OF_MEMORY = 0x505;
const CONTEXT_LOST = 0x507;
const struck = () => join(temporaryFolder(), 'struck');

const RED = program('red', 'return vec3(1.0, 0.0, 0.0);');
const GREEN = program('green', 'return vec3(0.0, 1.0, 0.0);');
const pixels: BaseImage = { kind: 'pixels', pixels: new Uint8Array(SIDE * SIDE * 3).fill(40) };
const BASES = [pictureOf('red', RED, 0), pictureOf('green', GREEN, 1), pixels];

async function withRenderer(
  use: (renderer: RendererType) => Promise<void>,
  { layers = BASES.length, programTimeout = 20_000 } = {},
): Promise<void> {
  const renderer = await Renderer.open({ resolution: SIDE, layers, programTimeout });
  try {
    await use(renderer);
  } finally {
    await renderer.dispose();
  }
}

/** The first pixel of every layer. */
async function firstPixels(renderer: RendererType): Promise<number[][]> {
  const drawn = await renderer.mix(unmixed(BASES.length, SIDE));
  return BASES.map((_, i) => [...drawn.subarray(i * SIDE * SIDE * 3, i * SIDE * SIDE * 3 + 3)]);
}

const ALL = [
  [255, 0, 0],
  [0, 255, 0],
  [40, 40, 40],
];

describe('a GL error', () => {
  test.each([OUT_OF_MEMORY, CONTEXT_LOST])('(%i) whenever a program is drawn sets it aside alone', async (error) => {
    suffer({ call: 'drawArrays', source: 'vec3(1.0, 0.0, 0.0)', error });
    await withRenderer(async (renderer) => {
      const log = `GL error 0x${error.toString(16)} in draw`;
      expect(await renderer.load(BASES)).toEqual([{ program: 'red', why: 'crashes the driver', log }]);
      expect((await firstPixels(renderer)).slice(1)).toEqual(ALL.slice(1));
    });
  });

  const moments = ['drawArrays', 'texSubImage3D', 'readPixels'] as const;
  test.each(moments)('once in %s costs a child, and nothing else', async (call) => {
    suffer({ call, error: CONTEXT_LOST, once: struck() });
    await withRenderer(async (renderer) => {
      const { pid } = renderer;
      expect(await renderer.load(BASES)).toEqual([]);
      expect(await firstPixels(renderer)).toEqual(ALL);
      expect(renderer.pid).not.toBe(pid);
    });
  });

  test('that makes a compilation fail is not the program’s mistake', async () => {
    suffer({
      call: 'getShaderParameter',
      source: 'vec3(0.0, 1.0, 0.0)',
      result: false,
      error: CONTEXT_LOST,
      once: struck(),
    });
    await withRenderer(async (renderer) => {
      expect(await renderer.load(BASES)).toEqual([]);
      expect(await firstPixels(renderer)).toEqual(ALL);
    });
  });

  test('that a compilation leaves is not blamed on the next request', async () => {
    const broken = program('broken', 'return missing;');
    suffer({ call: 'getShaderParameter', source: 'missing', error: 0x501 });
    await withRenderer(
      async (renderer) => {
        const { pid } = renderer;
        const failures = await renderer.load([...BASES, pictureOf('broken', broken, 0)]);
        expect(failures).toMatchObject([{ program: 'broken', why: 'does not compile' }]);
        expect(await firstPixels(renderer)).toEqual(ALL);
        expect(renderer.pid).toBe(pid);
      },
      { layers: 4 },
    );
  });

  test('in every upload ends the work with a message', async () => {
    suffer({ call: 'texSubImage3D', error: OUT_OF_MEMORY });
    await withRenderer(async (renderer) => {
      await expect(renderer.load(BASES)).rejects.toMatchObject({
        name: 'UserError',
        message: 'The graphics driver crashes (GL error 0x505 in upload) during upload, twice. See "fidsweep doctor".',
      });
    });
  });

  test('in every mix ends the work with a message', async () => {
    suffer({ call: 'readPixels', error: OUT_OF_MEMORY });
    await withRenderer(async (renderer) => {
      expect(await renderer.load(BASES)).toEqual([]);
      await expect(firstPixels(renderer)).rejects.toMatchObject({
        name: 'UserError',
        message: expect.stringMatching(/crashes \(GL error 0x505 in mix\) while mixing, three times over/),
      });
    });
  });
});

test('another device in the place of a lost one is refused, both named', async () => {
  suffer({ renderer: 'Fast GPU 9000' });
  await withRenderer(async (renderer) => {
    expect(await renderer.load(BASES)).toEqual([]);
    suffer({ renderer: 'software' });
    process.kill(renderer.pid!, 'SIGKILL');
    await expect(firstPixels(renderer)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(/got "software" .*expected "Fast GPU 9000" /),
    });
  });
});

test('the time limit is for a few pictures, however many a load needs', async () => {
  // 4 s for all, 0.8 s for eight.
  suffer({ call: 'drawArrays', source: 'vec3(1.0, 0.0, 0.0)', sleep: 100 });
  const layers = 40;
  await withRenderer(
    async (renderer) => {
      expect(await renderer.load(Array.from({ length: layers }, (_, i) => pictureOf('red', RED, i)))).toEqual([]);
    },
    { layers, programTimeout: 3000 },
  );
});

const RENDERER = pathToFileURL(join(import.meta.dirname, '..', '..', 'dist', 'render', 'renderer.js')).href;

test.each([
  ['the first', ''],
  ['one that replaced another', 'process.kill(renderer.pid, "SIGKILL"); await renderer.load(bases);'],
])('a child stuck in native code, %s, ends when its parent exits', async (_, before) => {
  const stuck = `
    const { Renderer } = await import(${JSON.stringify(RENDERER)});
    const renderer = await Renderer.open({ resolution: ${SIDE}, layers: 1 });
    const [bases, last] = ${JSON.stringify([[pictureOf('green', GREEN, 0)], [pictureOf('red', RED, 0)]])};
    ${before}
    void renderer.load(last);
    process.stdout.write(String(renderer.pid));
    setTimeout(() => process.exit(0), 1000);`;
  const fault: Fault = { call: 'drawArrays', source: 'vec3(1.0, 0.0, 0.0)', sleep: 100_000 };
  const parent = spawn(process.execPath, ['--input-type=module', '-e', stuck], {
    env: { ...process.env, ...environment(fault) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  parent.stdout.on('data', (data: Buffer) => {
    said += data.toString();
  });
  expect(await once(parent, 'close')).toEqual([0, null]);
  const pid = Number(said);
  expect(pid).toBeGreaterThan(1);
  const alive = () => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  try {
    await until(() => !alive() || undefined, 'the end of the render child');
  } finally {
    if (alive()) process.kill(pid, 'SIGKILL');
  }
});

test('nothing waits for the exit of a process whose renderers are disposed of', async () => {
  const before = process.listenerCount('exit');
  await withRenderer(async () => {
    expect(process.listenerCount('exit')).toBe(before + 1);
    await withRenderer(async () => {});
    expect(process.listenerCount('exit')).toBe(before + 1);
  });
  expect(process.listenerCount('exit')).toBe(before);
});
