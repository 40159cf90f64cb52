import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BaseImage } from '../../src/dataset/dataset.js';
import { explainLog } from '../../src/dataset/program-text.js';
import { recipe } from '../../src/mix/recipe.js';
import { parseSetting } from '../../src/mix/setting.js';
import type { Renderer as RendererType } from '../../src/render/renderer.js';
import type { RenderWorker as WorkerType } from '../../src/render/worker.js';
import { Renderer, RenderWorker } from '../built.js';
import { renderChildren, until } from '../processes.js';
import { pictureOf, program, unmixed } from './programs.js';

const SIDE = 32;
const BYTES = SIDE * SIDE * 3;
const LAYERS = 12;

const RIPPLES = program(
  'ripples',
  'return 0.5 + 0.5 * sin(vec3(5.0, 9.0, 13.0) * length(p) * gene(0, 1.0, 4.0) + time);',
);
const STRIPES = program('stripes', 'return vec3(fract(p.x * gene(1, 2.0, 9.0)), fract(p.y + gene(2)), gene(3));');
const HALVES = program('halves', 'return p.y > 0.0 ? vec3(1.0, p.x < 0.0 ? 1.0 : 0.0, 0.0) : vec3(0.0, 0.0, 1.0);');
const NOT_A_NUMBER = program('nan', 'return vec3(1.0, sqrt(p.y > 0.0 ? -1.0 - gene(0) : 1.0), 1.0);');

/**
 * Far past the time it is given, and yet it ends by itself. Mesa's software devices stop it after 65,535 loop iterations
 * in all (25 s, one tile has one thread); the outer loop keeps a GPU busy.
 */
const ENDLESS = program(
  'endless',
  `vec3 v = vec3(p, gene(0));
  for (int j = 0; j < 64; j++) for (int i = 0; i < 65000; i++) {
${'    v = fract(sin(v * 12.9898) * 43758.5453 + cos(v.yzx * 78.233));\n'.repeat(50)}  }
  return v;`,
);

const pixels: BaseImage = { kind: 'pixels', pixels: Uint8Array.from({ length: BYTES }, (_, i) => (i * 7) % 256) };

/** Ten base images of two programs, in turn, then an uploaded one, then a program again. */
const BASES: readonly BaseImage[] = [
  ...Array.from({ length: 10 }, (_, i) =>
    i % 2 ? pictureOf('ripples', RIPPLES, i) : pictureOf('stripes', STRIPES, i),
  ),
  pixels,
  pictureOf('halves', HALVES, 11),
];

const MIXES = ['none', 'mixup:4', 'cutmix:3', 'cutmixup:5'].flatMap((text) =>
  Array.from({ length: 3 }, (_, j) => ({ firstLayer: j, ...recipe(parseSetting(text), 3, j, SIDE) })),
);

async function withRenderer<T>(
  use: (renderer: RendererType) => Promise<T>,
  options: { layers?: number; programTimeout?: number } = {},
): Promise<T> {
  const renderer = await Renderer.open({ resolution: SIDE, layers: LAYERS, ...options });
  try {
    return await use(renderer);
  } finally {
    await renderer.dispose();
  }
}

/** Every base image alone, in order, then the mixes. */
const drawAll = async (renderer: RendererType): Promise<Buffer> =>
  Buffer.concat([await renderer.mix(unmixed(LAYERS, SIDE)), await renderer.mix(MIXES)]);

const layer = (all: Uint8Array, index: number) => Buffer.from(all.subarray(index * BYTES, (index + 1) * BYTES));

let undisturbed: Buffer;
beforeAll(async () => {
  undisturbed = await withRenderer(async (renderer) => {
    expect(await renderer.load(BASES)).toEqual([]);
    return drawAll(renderer);
  });
});

describe('what a program draws', () => {
  test('is a picture that differs from gene to gene, y up', () => {
    expect(layer(undisturbed, 1).equals(layer(undisturbed, 3))).toBe(false);
    expect([...layer(undisturbed, 10)]).toEqual([...pixels.pixels]);
    const halves = layer(undisturbed, 11);
    expect([...halves.subarray(0, 3)]).toEqual([255, 255, 0]);
    expect([...halves.subarray((SIDE - 1) * 3, SIDE * 3)]).toEqual([255, 0, 0]);
    expect([...halves.subarray(BYTES - 3)]).toEqual([0, 0, 255]);
  });

  test('does not depend on the order, the pool or what was drawn before', async () => {
    const reversed = BASES.toReversed();
    const layers = 2 * LAYERS;
    const first = reversed.slice(0, 5);
    const all = await withRenderer(
      async (renderer) => {
        await renderer.load(first);
        await renderer.load([...first, ...reversed]);
        return renderer.mix(unmixed(first.length + reversed.length, SIDE));
      },
      { layers },
    );
    for (const i of BASES.keys()) {
      expect(layer(all, first.length + LAYERS - 1 - i).equals(layer(undisturbed, i))).toBe(true);
    }
  });

  test('is black where any channel is not a number, and nothing of the layer before', async () => {
    const drawn = await withRenderer(async (renderer) => {
      await renderer.load(BASES);
      expect(await renderer.load([pictureOf('nan', NOT_A_NUMBER, 0)])).toEqual([]);
      return renderer.mix(unmixed(1, SIDE));
    });
    expect([...drawn]).toEqual([...new Array(BYTES / 2).fill(0), ...new Array(BYTES / 2).fill(255)]);
  });
});

async function withWorker<T>(use: (worker: WorkerType) => Promise<T>): Promise<T> {
  const worker = await RenderWorker.open({ resolution: SIDE, layers: LAYERS });
  try {
    return await use(worker);
  } finally {
    await worker.dispose();
  }
}

test('layers are read as RGBA, rows from the top, uploaded and drawn ones alike', async () => {
  await withWorker(async (renderer) => {
    await renderer.load(BASES);
    const rgba = await renderer.read(LAYERS);
    expect(rgba).toHaveLength(LAYERS * SIDE * SIDE * 4);
    expect(Buffer.from(rgba.filter((_, i) => i % 4 < 3)).equals(undisturbed.subarray(0, LAYERS * BYTES))).toBe(true);
    expect(rgba.every((level, i) => i % 4 < 3 || level === 255)).toBe(true);
    // A few of them only, and after a child that died.
    process.kill(renderer.pid!, 'SIGKILL');
    const few = await renderer.read(2);
    expect(Buffer.from(few).equals(Buffer.from(rgba.subarray(0, 2 * SIDE * SIDE * 4)))).toBe(true);
  });
});

test('what a program leaves undrawn does not hang on what its layer held', async () => {
  const half = `#version 300 es
precision highp float;
out vec4 color;
void main() {
  if (gl_FragCoord.x > ${SIDE / 2}.0) discard;
  color = vec4(1.0);
}`;
  const base = pictureOf('half', half, 0);
  const drawn = (before: readonly BaseImage[]) =>
    withWorker(async (renderer) => {
      await renderer.load(before);
      await renderer.load([base]);
      return Buffer.from(await renderer.read(1));
    });
  expect((await drawn([pixels])).equals(await drawn([]))).toBe(true);
});

test('a program that does not compile is reported with its line, and the others are drawn', async () => {
  const broken = program('broken', '  float a = 1.0;\n  return vec3(a, missing, a);');
  await withRenderer(async (renderer) => {
    const failures = await renderer.load([
      ...BASES.slice(0, 4),
      pictureOf('broken', broken, 0),
      pictureOf('broken', broken, 1),
    ]);
    expect(failures).toEqual([{ program: 'broken', why: 'does not compile', log: expect.stringContaining('missing') }]);
    expect(explainLog('broken', failures[0]!.log)).toMatch(/^broken:3: .*'missing'/);
    const drawn = await renderer.mix(unmixed(4, SIDE));
    expect(Buffer.from(drawn).equals(undisturbed.subarray(0, 4 * BYTES))).toBe(true);
    // The same mistake is the same report, also when it is met again.
    expect(await renderer.load([pictureOf('broken', broken, 2)])).toEqual(failures);
  });
});

test('a program that hangs is reported, its child replaced, and the others are drawn', async () => {
  await withRenderer(
    async (renderer) => {
      const { pid } = renderer;
      const failures = await renderer.load([...BASES.slice(0, 11), pictureOf('endless', ENDLESS, 0)]);
      expect(failures).toEqual([{ program: 'endless', why: 'hangs', log: '' }]);
      expect(renderer.pid).not.toBe(pid);
      expect(await renderer.load(BASES)).toEqual([]);
      expect((await drawAll(renderer)).equals(undisturbed)).toBe(true);
    },
    { programTimeout: 1500 },
  );
});

describe.each(['SIGKILL', 'SIGSEGV'] as const)('a child that dies of %s', (signal) => {
  let renderer: RendererType;
  beforeAll(async () => {
    renderer = await Renderer.open({ resolution: SIDE, layers: LAYERS });
  });
  afterAll(() => renderer?.dispose());

  /** Ends the child now, and says who it was. */
  const strike = (): number => {
    const pid = renderer.pid!;
    process.kill(pid, signal);
    return pid;
  };

  test('before anything is loaded', async () => {
    const pid = strike();
    expect(await renderer.load(BASES)).toEqual([]);
    expect(renderer.pid).not.toBe(pid);
    expect((await drawAll(renderer)).equals(undisturbed)).toBe(true);
  });

  test.each([0, 4])('%i ms into a load', async (delay) => {
    const loading = renderer.load(BASES);
    if (delay) await new Promise((resolve) => setTimeout(resolve, delay));
    const pid = strike();
    expect(await loading).toEqual([]);
    expect((await drawAll(renderer)).equals(undisturbed)).toBe(true);
    expect(renderer.pid).not.toBe(pid);
  });

  test.each([0, 1])('%i ms into a mix', async (delay) => {
    const mixing = renderer.mix(MIXES);
    if (delay) await new Promise((resolve) => setTimeout(resolve, delay));
    const pid = strike();
    expect(Buffer.from(await mixing).equals(undisturbed.subarray(LAYERS * BYTES))).toBe(true);
    expect((await drawAll(renderer)).equals(undisturbed)).toBe(true);
    expect(renderer.pid).not.toBe(pid);
  });

  test('between two mixes', async () => {
    const pid = strike();
    expect((await drawAll(renderer)).equals(undisturbed)).toBe(true);
    expect(renderer.pid).not.toBe(pid);
  });
});

test('a child that dies while it takes the place of another is replaced as well', async () => {
  await withRenderer(async (renderer) => {
    await renderer.load(BASES);
    const before = renderChildren(process.pid);
    const mixing = renderer.mix(MIXES);
    process.kill(renderer.pid!, 'SIGKILL');
    const [next] = await until(() => {
      const fresh = renderChildren(process.pid).filter((pid) => !before.includes(pid));
      return fresh.length ? fresh : undefined;
    }, 'another render child');
    process.kill(next!, 'SIGKILL');
    expect(Buffer.from(await mixing).equals(undisturbed.subarray(LAYERS * BYTES))).toBe(true);
    expect(renderer.pid).not.toBe(next);
  });
});

test('rendered counts base images once, not what is drawn again after a crash', async () => {
  await withRenderer(async (renderer) => {
    await renderer.load(BASES);
    expect(renderer.rendered).toBe(LAYERS);
    process.kill(renderer.pid!, 'SIGKILL');
    await renderer.mix(MIXES);
    expect(renderer.rendered).toBe(LAYERS);
    await renderer.load(BASES.slice(0, 2));
    expect(renderer.rendered).toBe(LAYERS + 2);
  });
});

test('more base images than layers are refused', async () => {
  await withRenderer(async (renderer) => {
    await expect(renderer.load([...BASES, ...BASES])).rejects.toThrow(/24 base images for 12 layers/);
  });
});

test('a backend that is asked for opens, or its absence is the reason given, with the packages that lack', async () => {
  const withoutPath = process.env.PATH;
  // An empty path has no Xvfb, whatever is installed.
  process.env.PATH = '/nonexistent';
  try {
    const opening = Renderer.open({ resolution: SIDE, layers: 1, backend: 'xvfb' });
    await expect(opening).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(/xvfb: Xvfb is not installed[\s\S]*apt-get install .*\bxvfb\b/),
    });
  } finally {
    process.env.PATH = withoutPath;
  }
});
