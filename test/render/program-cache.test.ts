import { expect, test } from 'vitest';
import type { BaseImage } from '../../src/dataset/dataset.js';
import { RenderWorker } from '../built.js';

const SIDE = 16;
const BYTES = SIDE * SIDE * 4;
/** More than a process keeps compiled. */
const PROGRAMS = 104;

/** A program of one colour that tells its number. */
const numbered = (index: number, time: number): BaseImage => ({
  kind: 'program',
  program: {
    id: `n${index}`,
    source: `#version 300 es\nprecision mediump float;\nuniform float time;\nout vec4 color;\nvoid main() { color = vec4(${index}.0, 20.0 * time, 7.0, 255.0) / 255.0; }`,
  },
  time,
  seed: 0,
  genes: [],
});

test('programs that a process has let go are compiled again, to the same pictures', async () => {
  const renderer = await RenderWorker.open({ resolution: SIDE, layers: PROGRAMS });
  try {
    const { pid } = renderer;
    const draw = async (indices: readonly number[], time: number) => {
      expect(await renderer.load(indices.map((index) => numbered(index, time)))).toEqual([]);
      const pixels = await renderer.read(indices.length);
      return indices.map((_, i) => [...pixels.subarray(i * BYTES, i * BYTES + 3)]);
    };
    const all = Array.from({ length: PROGRAMS }, (_, index) => index);
    expect(await draw(all, 1)).toEqual(all.map((index) => [index, 20, 7]));
    // Let go, kept, met twice in a block, let go.
    const again = [0, PROGRAMS - 1, 5, 5, 0, 50, 3];
    expect(await draw(again, 2)).toEqual(again.map((index) => [index, 40, 7]));
    expect(await draw(all, 3)).toEqual(all.map((index) => [index, 60, 7]));
    expect(renderer.pid).toBe(pid);
  } finally {
    await renderer.dispose();
  }
});
