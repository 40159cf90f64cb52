import { UserError } from '../core/errors.js';
import type { Picture } from './decode.js';
import type { GeneratorSpec } from './generator-spec.js';

/** What an image's output is. */
export interface Output {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/**
 * A generator's output as RGB bytes: the range of the sidecar to 0 … 255, cut off at its ends, rounded half up; one channel
 * is grey.
 *
 * @param name how messages call the image
 * @throws UserError for a shape that is no picture, and for a number that is not finite
 */
export function pictureOf({ data, dims }: Output, { layout, range, image }: GeneratorSpec, name: string): Picture {
  const [batch, ...sides] = dims;
  const [channels = 0, height = 0, width = 0] =
    layout === 'NCHW' ? sides : [sides[2] ?? 0, sides[0] ?? 0, sides[1] ?? 0];
  if (dims.length !== 4 || batch !== 1 || (channels !== 1 && channels !== 3) || !(height > 0 && width > 0))
    throw new UserError(
      `${name}: the output "${image}" is [${dims.join(', ')}], expected ${layout === 'NCHW' ? '[1, 3 or 1, height, width]' : '[1, height, width, 3 or 1]'} (${layout}).`,
    );
  const [low, high] = range;
  const scale = 255 / (high - low);
  const pixels = height * width;
  const [acrossChannels, acrossPixels] = layout === 'NCHW' ? [pixels, 1] : [1, channels];
  const bytes = new Uint8Array(3 * pixels);
  for (let i = 0; i < pixels; i++)
    for (let c = 0; c < 3; c++) {
      const value = data[i * acrossPixels + (channels === 1 ? 0 : c) * acrossChannels]!;
      if (!Number.isFinite(value))
        throw new UserError(`${name}: the output "${image}" has the value ${value}, expected finite numbers.`);
      bytes[3 * i + c] = Math.min(255, Math.max(0, Math.floor((value - low) * scale + 0.5)));
    }
  return { width, height, data: bytes };
}
