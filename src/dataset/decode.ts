import type { Sharp as Pipeline, default as Sharp } from 'sharp';
import { messageOf } from '../core/errors.js';
import { CorruptImage } from './dataset.js';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** uint8 RGB, height × width × 3, rows from the top. */
  readonly data: Uint8Array;
}

let sharp: typeof Sharp | undefined;

async function toRgb(image: Pipeline): Promise<Picture> {
  const { data, info } = await image
    .removeAlpha()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`decoded to ${info.channels} channels`);
  return { width: info.width, height: info.height, data };
}

/**
 * Decodes a file to RGB as PIL's `convert('RGB')` does: no rotation by EXIF, no colour management, alpha dropped; the
 * first frame of an animation. With `resolution`, the short side is scaled to it (Lanczos, antialiased) and the centre
 * cut out; a picture that has this size already keeps its pixels.
 *
 * @throws CorruptImage naming `id`
 */
export async function decodeImage(file: string, id: string, resolution?: number): Promise<Picture> {
  sharp ??= (await import('sharp')).default;
  try {
    let image = sharp(file, { ignoreIcc: true, failOn: 'error', autoOrient: false });
    if (resolution !== undefined) {
      const { width, height, hasAlpha } = await image.metadata();
      if (width !== resolution || height !== resolution) {
        if (hasAlpha) {
          // sharp weighs colours by alpha when it scales: alpha goes before.
          const { data, ...size } = await toRgb(image);
          image = sharp(data, { raw: { ...size, channels: 3 } });
        }
        image = image.resize(resolution, resolution, {
          fit: 'cover',
          position: 'centre',
          kernel: 'lanczos3',
          fastShrinkOnLoad: false,
        });
      }
    }
    return await toRgb(image);
  } catch (error) {
    throw new CorruptImage(id, messageOf(error));
  }
}
