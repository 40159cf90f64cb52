import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BaseImage } from '../../src/dataset/dataset.js';
import type { RenderWorker as WorkerType } from '../../src/render/worker.js';
import { RenderWorker } from '../built.js';

/** Programs in GLSL ES 1.00, with the same in 3.00 for a driver that refuses them. */

const SIDE = 16;

const old = (body: string): string => `precision mediump float;\nuniform float time;\nvoid main() {\n${body}\n}`;
const renewed = (body: string): string =>
  `#version 300 es\nprecision highp float;\nuniform float time;\nout vec4 color;\nvoid main() {\n${body}\n}`;

const drawing = (id: string, source: string, fallback?: string, time = 2): BaseImage => ({
  kind: 'program',
  program: { id, source, ...(fallback !== undefined && { fallback }) },
  time,
  seed: 0,
  genes: [],
});

let renderer: WorkerType;
beforeAll(async () => {
  renderer = await RenderWorker.open({ resolution: SIDE, layers: 4 });
});
afterAll(() => renderer?.dispose());

const RED = old('  gl_FragColor = vec4(1.0, 0.0, time / 10.0, 1.0);');
const GREEN = renewed('  color = vec4(0.0, 1.0, time / 10.0, 1.0);');
/** Whole numbers of no sign came with 3.00. */
const REFUSED = old('  gl_FragColor = vec4(float(uint(1)));');

/** The first pixel of each. */
async function firstPixels(...bases: readonly BaseImage[]): Promise<number[][]> {
  expect(await renderer.load(bases)).toEqual([]);
  const pixels = await renderer.read(bases.length);
  return bases.map((_, i) => [...pixels.subarray(i * SIDE * SIDE * 4, i * SIDE * SIDE * 4 + 4)]);
}

test('the older text is drawn where the driver takes it', async () => {
  expect(await firstPixels(drawing('red', RED, GREEN), drawing('alone', RED))).toEqual([
    [255, 0, 51, 255],
    [255, 0, 51, 255],
  ]);
  expect(renderer.newer.has('red')).toBe(false);
});

test('the newer one where it does not, in this and every later picture, and the program is named', async () => {
  const base = (time: number) => drawing('refused', REFUSED, GREEN, time);
  expect(await firstPixels(base(2), base(4))).toEqual([
    [0, 255, 51, 255],
    [0, 255, 102, 255],
  ]);
  expect(renderer.newer.has('refused')).toBe(true);
  expect(await firstPixels(base(6))).toEqual([[0, 255, 153, 255]]);
  process.kill(renderer.pid!, 'SIGKILL');
  expect(await firstPixels(base(8))).toEqual([[0, 255, 204, 255]]);
  expect(renderer.newer.has('refused')).toBe(true);
});

test('both logs tell why neither compiles', async () => {
  const failures = await renderer.load([
    drawing('both', old('  gl_FragColor = first;'), renewed('  color = second;')),
    drawing('one', old('  gl_FragColor = third;')),
  ]);
  expect(failures).toMatchObject([
    {
      program: 'both',
      why: 'does not compile',
      log: expect.stringMatching(/first[\s\S]*\nRewritten to .*: [\s\S]*second/),
    },
    { program: 'one', why: 'does not compile', log: expect.stringContaining("'third'") },
  ]);
  expect(failures[1]!.log).not.toMatch(/Rewritten/);
  expect([...renderer.newer]).not.toContain('both');
});
