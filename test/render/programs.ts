import { draws, STREAM } from '../../src/core/random.js';
import type { BaseImage } from '../../src/dataset/dataset.js';
import { assembleProgram } from '../../src/dataset/program-text.js';
import type { Mix } from '../../src/render/protocol.js';

/** Small programs written in the tests, and pictures of them. */

/** Picture `index` of a program: its time, seed and genes are those of the index. */
export function pictureOf(id: string, source: string, index: number): BaseImage {
  const uniform = draws(1, STREAM.genes, index);
  return {
    kind: 'program',
    program: { id, source },
    time: 0.1 + 9.9 * uniform(),
    seed: Math.floor(uniform() * 2 ** 31),
    genes: Array.from({ length: 32 }, uniform),
  };
}

/** The fragment shader of a `draw` function's body. */
export const program = (id: string, body: string): string =>
  assembleProgram(id, `vec3 draw(vec2 p) {\n${body}\n}`, new Map());

/** The pool's layers as they are: output i is layer i. */
export const unmixed = (layers: number, side: number): Mix[] =>
  Array.from({ length: layers }, (_, firstLayer) => ({
    firstLayer,
    blend: false,
    weights: [1],
    boxes: [[0, 0, side, side]],
  }));
