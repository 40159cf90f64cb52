import { UserError } from '../core/errors.js';
import { philox } from '../core/random.js';
import { loadRuntime } from '../core/runtime.js';
import type { OnnxSpec } from './onnx-check.js';
import { openOnnxModel } from './onnx-model.js';
import { resizeMatrix } from './resize.js';

/** A user's own ONNX model is tried out before it is kept: a feature must depend on its picture alone. */

/**
 * How far a value may be off between two runs, as a part of its channel's scale. Batches of another size change the order
 * of float32 sums and so the last digits; chance and the mean of a batch change the first ones.
 */
const TOLERANCE = 1e-4;

/**
 * The least scale of a channel, as a part of the largest one's: a value that cancels to almost nothing keeps the
 * rounding errors of what it is made of.
 */
const LEAST_SCALE = 0.01;

/** Cells across the trial pictures. */
const CELLS = 4;

/**
 * Two pictures, uint8 [2, size, size, 3], the same each time: coarse cells of colours under fine noise. The cells differ
 * between the pictures, so that means over space do.
 */
function trialPictures(size: number): Uint8Array {
  const pixels = new Uint8Array(2 * size * size * 3);
  const cell = Math.ceil(size / CELLS);
  for (let i = 0; i < pixels.length / 3; i++) {
    const picture = Math.floor(i / (size * size));
    const [row, column] = [Math.floor(i / size) % size, i % size];
    const place = Math.floor(row / cell) * CELLS + Math.floor(column / cell);
    const colour = philox([place, picture, 0, 0], [0, 0]);
    const noise = philox([i, picture, 1, 0], [0, 0]);
    for (let c = 0; c < 3; c++) pixels[3 * i + c] = ((colour[c]! >>> 24) + (noise[c]! >>> 24)) >>> 1;
  }
  return pixels;
}

/** What differs by more than rounding between two runs of the trial pictures, in words; nothing when nothing does. */
function difference(expected: Float32Array, got: Float32Array): string | undefined {
  const dims = expected.length / 2;
  if (got.length !== expected.length) return `${dims} values are ${got.length / 2}`;
  const scales = Float64Array.from({ length: dims }, (_, c) =>
    [expected[c]!, expected[dims + c]!, got[c]!, got[dims + c]!].reduce((most, v) => Math.max(most, Math.abs(v)), 0),
  );
  const least = LEAST_SCALE * scales.reduce((most, scale) => Math.max(most, scale), 0);
  const off = expected.findIndex((v, i) => Math.abs(v - got[i]!) > TOLERANCE * Math.max(scales[i % dims]!, least));
  if (off < 0) return undefined;
  const [before, after] = [expected[off]!, got[off]!].map((value) => Number(value.toPrecision(6)));
  return `value ${(off % dims) + 1} of ${dims} is ${before}, then ${after}`;
}

/**
 * Checks a model and runs it on two pictures: together, each alone, and together again.
 *
 * @param name how messages call the file
 * @returns `dims`: numbers in a feature
 * @throws UserError when it is refused, fails, gives what is no vector of finite numbers a picture, or gives a picture
 *   another vector beside another picture or another time
 */
export async function inspectOnnxModel(
  bytes: Uint8Array,
  name: string,
  spec: OnnxSpec,
): Promise<{ readonly dims: number }> {
  const network = await openOnnxModel(bytes, name, spec, { executionProviders: ['cpu'] });
  try {
    const { Tensor } = await loadRuntime();
    const { size } = spec.input;
    const pictures = trialPictures(size);
    const matrix = new Tensor('float32', resizeMatrix(spec.input, size, size), [size, size]);
    /** Features of the pictures from `first` on, up to `end`. */
    const features = async (first: number, end: number): Promise<Float32Array> => {
      const pixels = pictures.subarray((first * pictures.length) / 2, (end * pictures.length) / 2);
      const images = new Tensor('uint8', pixels, [end - first, size, size, 3]);
      const values = await network.run({ images, rows: matrix, columns: matrix });
      const odd = values.find((value) => !Number.isFinite(value));
      if (odd !== undefined)
        throw new UserError(`${name}: a trial picture gives ${odd} among the features, expected finite numbers.`);
      return values;
    };
    const refuse = (why: string) => new UserError(`${name}: this model is not used: ${why}`);

    const together = await features(0, 2);
    const alone = [await features(0, 1), await features(1, 2)];
    const again = difference(together, await features(0, 2));
    if (again)
      throw refuse(
        `the same pictures give other features each time: ${again}. Export it for inference (model.eval()).`,
      );
    const batch = difference(together, Float32Array.from(alone.flatMap((values) => [...values])));
    if (batch)
      throw refuse(
        `a picture gives other features alone than beside another: ${batch}. ` +
          'Export it for inference (model.eval()), or for a batch of 1.',
      );
    return { dims: together.length / 2 };
  } finally {
    await network.release();
  }
}
