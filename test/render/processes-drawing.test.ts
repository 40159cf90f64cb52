import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import type { BaseImage } from '../../src/dataset/dataset.js';
import { recipe } from '../../src/mix/recipe.js';
import { parseSetting } from '../../src/mix/setting.js';
import type { Device } from '../../src/render/protocol.js';
import type { Renderer as RendererType } from '../../src/render/renderer.js';
import { checkSameDevice } from '../../src/render/worker.js';
import { Renderer } from '../built.js';
import { renderChildren, until } from '../processes.js';
import { pictureOf, program, unmixed } from './programs.js';

/** Several processes that draw: not a byte may tell how many there were. */

const SIDE = 16;
const BYTES = SIDE * SIDE * 3;
const LAYERS = 100;

const TEXTS = Array.from({ length: 7 }, (_, i) =>
  program(
    `p${i}`,
    `return 0.5 + 0.5 * sin(vec3(${i + 2}.0, 5.0, 9.0) * (p.x * gene(${i}, 1.0, 9.0) + p.y * p.y) + time + float(seed % 97));`,
  ),
);

/** A program whose text the driver refuses, with a newer one. */
const renewed = (id: string, index: number): BaseImage => {
  const base = pictureOf(id, 'uniform float time; void main() { refused }', index);
  if (base.kind !== 'program') throw new Error('no program');
  const fallback = program(id, 'return vec3(fract(p * gene(3, 1.0, 5.0)), 0.25);');
  return { ...base, program: { ...base.program, fallback } };
};

const picture = (index: number): BaseImage => ({
  kind: 'pixels',
  pixels: Uint8Array.from({ length: BYTES }, (_, i) => (i * 7 + index * 31) % 256),
});

/**
 * Base image `index`: programs in turn, the first of them most often, with pictures and a renewed one among them. Image 0
 * is not of the first, so that another process than that which mixes has most to draw.
 */
function baseOf(index: number): BaseImage {
  if (index % 13 === 5) return picture(index);
  if (index % 11 === 3) return renewed('renewed', index);
  const which = index % 2 ? 0 : 1 + ((index / 2) % (TEXTS.length - 1));
  return pictureOf(`p${which}`, TEXTS[which]!, index);
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
/** A process has more pictures to draw than it hands over at a time; the second block meets old programs again. */
const BLOCKS = [range(0, LAYERS), range(40, 60).reverse(), range(70, 70 + LAYERS)].map((block) => block.map(baseOf));

const MIXES = ['mixup:4', 'cutmix:3'].flatMap((text) =>
  range(0, 5).map((j) => ({ firstLayer: 3 * j, ...recipe(parseSetting(text), 3, j, SIDE) })),
);

const drawAll = async (renderer: RendererType, layers: number): Promise<Buffer> =>
  Buffer.concat([await renderer.mix(unmixed(layers, SIDE)), await renderer.mix(MIXES)]);

async function withRenderer<T>(processes: number, use: (renderer: RendererType) => Promise<T>): Promise<T> {
  const renderer = await Renderer.open({ resolution: SIDE, layers: LAYERS, processes });
  try {
    return await use(renderer);
  } finally {
    await renderer.dispose();
  }
}

/** What one process draws of each block, and what it counts after each. */
const alone: { readonly pixels: Buffer; readonly rendered: number; readonly bases: number }[] = [];
let aloneNewer: readonly string[];

beforeAll(() =>
  withRenderer(1, async (renderer) => {
    for (const block of BLOCKS) {
      expect(await renderer.load(block)).toEqual([]);
      const pixels = await drawAll(renderer, block.length);
      alone.push({ pixels, rendered: renderer.rendered, bases: renderer.time.bases });
    }
    aloneNewer = [...renderer.newer];
  }),
);

describe.each([2, 3])('%i processes', (processes) => {
  test('draw what one does, and count what one does', async () => {
    await withRenderer(processes, async (renderer) => {
      expect(new Set(renderer.pids).size).toBe(processes);
      expect(renderer.pids[0]).toBe(renderer.pid);
      for (const [i, block] of BLOCKS.entries()) {
        expect(await renderer.load(block)).toEqual([]);
        const { pixels, rendered, bases } = alone[i]!;
        expect((await drawAll(renderer, block.length)).equals(pixels)).toBe(true);
        expect([renderer.rendered, renderer.time.bases]).toEqual([rendered, bases]);
      }
      expect([...renderer.newer]).toEqual(aloneNewer);
      expect(aloneNewer).toEqual(['renewed']);
    });
  });
});

test('blocks of one program, of pictures alone, of fewer images than processes', async () => {
  const blocks = [
    range(0, 80).map((i) => pictureOf(i ? 'p0' : 'p1', TEXTS[i ? 0 : 1]!, i)),
    range(0, 5).map(picture),
    [pictureOf('p1', TEXTS[1]!, 0)],
    [pictureOf('p1', TEXTS[1]!, 1), pictureOf('p0', TEXTS[0]!, 1)],
  ];
  const draw = (processes: number) =>
    withRenderer(processes, async (renderer) => {
      const all: Buffer[] = [];
      for (const block of blocks) {
        expect(await renderer.load(block)).toEqual([]);
        all.push(Buffer.from(await renderer.mix(unmixed(block.length, SIDE))));
      }
      return Buffer.concat(all);
    });
  expect((await draw(3)).equals(await draw(1))).toBe(true);
});

test('programs that fail are reported once each, whichever process has them, and the others are drawn', async () => {
  const failing = range(0, 6).map((i) => `broken${i}`);
  const broken = failing.map((id) => program(id, `return missing_${id};`));
  const block = range(0, 80).map((index) => {
    const which = (index / 5) % 6;
    return index % 5 ? baseOf(index) : pictureOf(failing[which] ?? '', broken[which] ?? '', index);
  });
  const good = block.filter((base) => base.kind === 'pixels' || !failing.includes(base.program.id));
  const [one, three] = await Promise.all(
    [1, 3].map((processes) =>
      withRenderer(processes, async (renderer) => {
        const failures = await renderer.load(block);
        expect(renderer.rendered).toBe(0);
        expect(await renderer.load(block)).toEqual(failures);
        expect(await renderer.load(good)).toEqual([]);
        expect(renderer.rendered).toBe(good.length);
        return { failures, pixels: Buffer.from(await renderer.mix(unmixed(good.length, SIDE))) };
      }),
    ),
  );
  const sorted = ({ failures }: typeof one & {}) => [...failures].sort((a, b) => (a.program < b.program ? -1 : 1));
  expect(sorted(three!).map(({ program }) => program)).toEqual(failing);
  expect(sorted(three!)).toEqual(sorted(one!));
  expect(three!.failures[0]).toMatchObject({ why: 'does not compile', log: expect.stringContaining('missing_') });
  expect(three!.pixels.equals(one!.pixels)).toBe(true);
});

test('more base images than layers are refused, whoever would draw the last', async () => {
  const renderer = await Renderer.open({ resolution: SIDE, layers: 4, processes: 3 });
  try {
    const bases = range(0, 5).map((i) => pictureOf(`p${i}`, TEXTS[i]!, i));
    await expect(renderer.load(bases)).rejects.toThrow(/5 base images for 4 layers/);
  } finally {
    await renderer.dispose();
  }
});

describe('devices whose pixels can differ', () => {
  const LAVAPIPE: Device = {
    backend: 'vulkan',
    renderer: 'ANGLE (Mesa, Vulkan 1.4 (llvmpipe), llvmpipe-25.1)',
    version: 'OpenGL ES 3.0.0 (ANGLE 2.1.1)',
    maxTextureSize: 16_384,
    maxLayers: 2048,
  };

  test.each<[string, Partial<Device>, string]>([
    ['another driver', { renderer: 'llvmpipe' }, '"llvmpipe" (OpenGL ES 3.0.0 (ANGLE 2.1.1))'],
    ['another version of it', { version: 'OpenGL ES 3.1' }, `"${LAVAPIPE.renderer}" (OpenGL ES 3.1)`],
  ])('%s is refused, both named', (_, change, got) => {
    const check = () => checkSameDevice(LAVAPIPE, { ...LAVAPIPE, ...change }, 'A second process');
    expect(check).toThrow(UserError);
    expect(check).toThrow(
      `A second process: got ${got}, expected "${LAVAPIPE.renderer}" (${LAVAPIPE.version}). Their pixels can differ`,
    );
  });

  test('the same one is let pass, however large its textures may be', () => {
    expect(() => checkSameDevice(LAVAPIPE, { ...LAVAPIPE }, 'x')).not.toThrow();
    expect(() => checkSameDevice(LAVAPIPE, { ...LAVAPIPE, maxLayers: 256 }, 'x')).not.toThrow();
  });
});

describe('a child that is killed', () => {
  let renderer: RendererType;
  beforeAll(async () => {
    renderer = await Renderer.open({ resolution: SIDE, layers: LAYERS, processes: 3 });
  });
  afterAll(() => renderer?.dispose());
  const [first, , third] = BLOCKS as [BaseImage[], BaseImage[], BaseImage[]];

  test.each([[0], [1, 2], [0, 1, 2]])('between load and mix (%j %j %j)', async (...which) => {
    const struck = which.filter((place) => place !== undefined);
    expect(await renderer.load(first)).toEqual([]);
    const rendered = renderer.rendered;
    const before = renderer.pids;
    for (const place of struck) process.kill(before[place]!, 'SIGKILL');
    expect((await drawAll(renderer, LAYERS)).equals(alone[0]!.pixels)).toBe(true);
    expect(renderer.rendered).toBe(rendered);
    // One that does not mix is replaced when it is to draw again.
    expect(await renderer.load(third)).toEqual([]);
    expect((await drawAll(renderer, LAYERS)).equals(alone[2]!.pixels)).toBe(true);
    for (const place of struck) expect(renderer.pids).not.toContain(before[place]);
    expect(renderer.rendered).toBe(rendered + LAYERS);
  });

  test.each([
    [0, 5],
    [1, 0],
    [2, 20],
  ])('the one in place %i, %i ms into a load', async (place, delay) => {
    const pid = renderer.pids[place]!;
    const loading = renderer.load(first);
    if (delay) await new Promise((resolve) => setTimeout(resolve, delay));
    process.kill(pid, 'SIGKILL');
    expect(await loading).toEqual([]);
    expect((await drawAll(renderer, LAYERS)).equals(alone[0]!.pixels)).toBe(true);
    // Where its part was done before the blow, it is replaced with the next.
    expect(await renderer.load(third)).toEqual([]);
    expect((await drawAll(renderer, LAYERS)).equals(alone[2]!.pixels)).toBe(true);
    expect(renderer.pids).not.toContain(pid);
  });
});

/** The render children that there are besides `others`, once there is none. */
const gone = (others: readonly number[]) =>
  until(() => renderChildren(process.pid).every((pid) => others.includes(pid)) || undefined, 'the end of the children');

test('where one cannot be opened none is left', async () => {
  const before = renderChildren(process.pid);
  const opening = Renderer.open({ resolution: SIDE, layers: 1_000_000, processes: 3 });
  await expect(opening).rejects.toThrow(/texture layers, 1000000 are needed/);
  await gone(before);
});

describe('disposing', () => {
  test('ends all children, those that replaced others too', async () => {
    const before = renderChildren(process.pid);
    await withRenderer(3, async (renderer) => {
      expect(renderChildren(process.pid)).toHaveLength(before.length + 3);
      await renderer.load(BLOCKS[0]!);
      for (const pid of renderer.pids) process.kill(pid, 'SIGKILL');
      await renderer.load(BLOCKS[1]!);
      expect(renderer.pids.every((pid) => renderChildren(process.pid).includes(pid))).toBe(true);
    });
    await gone(before);
  });

  test('while others still draw, after one has failed: no child takes the place of one that was ended', async () => {
    const before = renderChildren(process.pid);
    const renderer = await Renderer.open({ resolution: SIDE, layers: LAYERS, processes: 3 });
    // The first process is asked for something impossible while the others compile.
    const impossible: BaseImage = { kind: 'pixels', pixels: new Uint8Array(5) };
    const slow = range(0, 40).map((i) =>
      pictureOf(
        `slow${i}`,
        program(`slow${i}`, `vec3 v = vec3(p, ${i}.0);\n${'  v = sin(v.yzx * 1.7 + v);\n'.repeat(40)}  return v;`),
        i,
      ),
    );
    await expect(renderer.load([impossible, ...slow])).rejects.toThrow(/5 bytes/);
    await renderer.dispose();
    // A child is started within a few milliseconds of another's end.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const left = renderChildren(process.pid).filter((pid) => !before.includes(pid));
    // Those that there are all the same are ended, until none takes the place of another.
    await until(() => {
      const others = renderChildren(process.pid).filter((pid) => !before.includes(pid));
      for (const pid of others) process.kill(pid, 'SIGKILL');
      return others.length === 0 || undefined;
    }, 'the end of the children');
    expect(left).toEqual([]);
  });
});
