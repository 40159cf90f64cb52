import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { draws, STREAM } from '../../src/core/random.js';
import type { BaseImage } from '../../src/dataset/dataset.js';
import { type Recipe, recipe } from '../../src/mix/recipe.js';
import { parseSetting } from '../../src/mix/setting.js';
import type { Renderer as RendererType } from '../../src/render/renderer.js';
import { Renderer } from '../built.js';

const LAYERS = 20;
const SEED = 7;

/** A picture of independent random levels: any wrong pixel, row, channel or image shows. */
function randomPicture(side: number, index: number): Uint8Array {
  const uniform = draws(SEED, STREAM.sample, index, side);
  return Uint8Array.from({ length: side * side * 3 }, () => Math.floor(uniform() * 256));
}

/** What a recipe means, in float64, halves rounded up: the definition in src/mix/recipe.ts, pixel by pixel. */
function mixOnCpu({ blend, weights, boxes }: Recipe, images: readonly Uint8Array[], side: number): Uint8Array {
  const sum = new Float64Array(side * side * 3);
  for (const [k, [x0, y0, x1, y1]] of boxes.entries()) {
    for (let y = y0; y < y1; y++) {
      for (let i = (y * side + x0) * 3; i < (y * side + x1) * 3; i++) {
        sum[i] = blend ? sum[i]! + weights[k]! * images[k]![i]! : images[k]![i]!;
      }
    }
  }
  return Uint8Array.from(sum, (value) => Math.floor(value + 0.5));
}

/** The largest difference in levels, and the share of values that differ at all. */
function difference(a: Uint8Array, b: Uint8Array): { most: number; share: number } {
  let most = a.length === b.length ? 0 : Number.POSITIVE_INFINITY;
  let differing = 0;
  for (const [i, value] of a.entries()) {
    const off = Math.abs(value - b[i]!);
    if (off) differing++;
    most = Math.max(most, off);
  }
  return { most, share: differing / a.length };
}

describe.each([64, 68, 128])('the device mixes as a CPU does, at side %i', (side) => {
  const pictures = Array.from({ length: LAYERS }, (_, i) => randomPicture(side, i));
  let renderer: RendererType;
  beforeAll(async () => {
    renderer = await Renderer.open({ resolution: side, layers: LAYERS });
    await renderer.load(pictures.map((pixels): BaseImage => ({ kind: 'pixels', pixels })));
  });
  afterAll(() => renderer?.dispose());

  /** Outputs of one setting on the device and on the CPU, from layers that do not start at 0. */
  async function both(text: string, outputs: number): Promise<[device: Uint8Array, cpu: Uint8Array]> {
    const setting = parseSetting(text);
    const recipes = Array.from({ length: outputs }, (_, j) => recipe(setting, SEED, j, side));
    const first = (j: number) => j % (LAYERS - setting.n + 1);
    const device = await renderer.mix(recipes.map((one, j) => ({ firstLayer: first(j), ...one })));
    const cpu = recipes.map((one, j) => mixOnCpu(one, pictures.slice(first(j)), side));
    return [device, Buffer.concat(cpu)];
  }

  // Every N where a picture is cheap; the borders and one between at the other sizes.
  const counts = side === 64 ? Array.from({ length: 15 }, (_, i) => i + 2) : [2, 5, 16];
  const every = (method: string, options: readonly string[]) =>
    counts.flatMap((n) => options.map((option) => `${method}:${n}${option}`));

  test.each(['none', ...every('cutmix', ['', '?alpha=0.3'])])('%s, exactly', async (text) => {
    const [device, cpu] = await both(text, 4);
    expect(difference(device, cpu)).toEqual({ most: 0, share: 0 });
  });

  const laws = ['', '?weights=dirichlet(0.3)', '?weights=normalized-uniform', '?weights=equal'];
  test.each([...every('mixup', laws), ...every('cutmixup', laws)])('%s, exactly', async (text) => {
    const [device, cpu] = await both(text, 2);
    expect(difference(device, cpu)).toEqual({ most: 0, share: 0 });
  });

  test('more outputs than a strip holds, each where it belongs', async () => {
    const [device, cpu] = await both('none', 70);
    expect(difference(device, cpu)).toEqual({ most: 0, share: 0 });
  });
});

test('a picture comes back as it was uploaded, the first row first', async () => {
  const side = 16;
  const pixels = Uint8Array.from({ length: side * side * 3 }, (_, i) => {
    const [x, y, channel] = [Math.floor(i / 3) % side, Math.floor(i / 3 / side), i % 3];
    return channel === 0 ? 16 * y : channel === 1 ? 16 * x : 255 * Number(x < 3 && y < 5);
  });
  const renderer = await Renderer.open({ resolution: side, layers: 1 });
  try {
    expect(await renderer.load([{ kind: 'pixels', pixels }])).toEqual([]);
    const whole = { firstLayer: 0, ...recipe(parseSetting('none'), SEED, 0, side) };
    expect([...(await renderer.mix([whole]))]).toEqual([...pixels]);
  } finally {
    await renderer.dispose();
  }
});
