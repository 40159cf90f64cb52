import { readFile } from 'node:fs/promises';
import type { Sharp as Pipeline, default as Sharp, SharpOptions } from 'sharp';
import { messageOf } from '../core/errors.js';
import { decodeNpy } from '../core/npy.js';
import { decodeBmp } from './bmp.js';
import { rgbOfCmyk, rgbOfGrey } from './colour.js';
import { CorruptImage } from './dataset.js';
import { decodeGif } from './gif.js';
import { checkSize, formatOf, MOST_PIXELS } from './picture-format.js';
import { tiffReading } from './tiff.js';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** uint8 RGB, height × width × 3, rows from the top. */
  readonly data: Uint8Array;
}

let sharp: typeof Sharp | undefined;

async function open(bytes: Uint8Array, options: SharpOptions): Promise<Pipeline> {
  sharp ??= (await import('sharp')).default;
  return sharp(bytes, options);
}

async function toRgb(image: Pipeline): Promise<Picture> {
  const { data, info } = await image
    .removeAlpha()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`decoded to ${info.channels} channels`);
  return { width: info.width, height: info.height, data };
}

/** Inks as they are stored, to RGB as PIL does: without a profile. */
async function fromCmyk(image: Pipeline): Promise<Picture> {
  const { data, info } = await image
    .pipelineColourspace('cmyk')
    .toColourspace('cmyk')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 4) throw new Error(`decoded to ${info.channels} inks`);
  return { width: info.width, height: info.height, data: rgbOfCmyk(data) };
}

async function fromGrey16(image: Pipeline): Promise<Picture> {
  const { data, info } = await image
    .removeAlpha()
    .toColourspace('grey16')
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 1) throw new Error(`decoded to ${info.channels} channels`);
  const values = new Uint16Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength));
  return { width: info.width, height: info.height, data: rgbOfGrey(values) };
}

/** A uint8 array of H × W × 3, H × W × 1 or H × W. */
function fromNpy(bytes: Uint8Array): Picture {
  const { shape, data } = decodeNpy(bytes, 'the array');
  const [height = 0, width = 0, channels = 1] = shape;
  if (!(data instanceof Uint8Array) || shape.length < 2 || shape.length > 3 || (channels !== 3 && channels !== 1)) {
    const type = data.constructor.name.replace('Array', '').toLowerCase();
    throw new Error(`an array of ${type} (${shape.join(', ')}), expected uint8 of height, width, 3`);
  }
  checkSize(width, height);
  return { width, height, data: channels === 3 ? data : rgbOfGrey(data) };
}

/** A decoded picture, or what sharp is to decode. */
async function begin(bytes: Uint8Array): Promise<Picture | Pipeline> {
  const kind = formatOf(bytes);
  const { format } = kind;
  if (format === 'gif') return decodeGif(bytes);
  if (format === 'bmp') return decodeBmp(bytes);
  if (format === 'npy') return fromNpy(bytes);
  // PIL turns a TIFF by its orientation, and no other picture.
  const autoOrient = format === 'tiff';
  const image = await open(bytes, { ignoreIcc: true, failOn: 'error', autoOrient, limitInputPixels: MOST_PIXELS });
  const tiff = format === 'tiff' ? tiffReading(bytes) : undefined;
  if (tiff === 'cmyk' || (format === 'jpeg' && kind.channels === 4)) return fromCmyk(image);
  if (tiff === 'grey16' || (format === 'png' && kind.grey16)) return fromGrey16(image);
  return image;
}

const rawPipeline = ({ data, width, height }: Picture): Promise<Pipeline> =>
  open(data, { raw: { width, height, channels: 3 }, limitInputPixels: MOST_PIXELS });

async function decode(source: Uint8Array | Picture, resolution: number | undefined): Promise<Picture> {
  let image = source instanceof Uint8Array ? await begin(source) : source;
  if (resolution === undefined) return 'data' in image ? image : await toRgb(image);
  const { width, height, hasAlpha } = 'data' in image ? { ...image, hasAlpha: false } : await image.metadata();
  if (width === resolution && height === resolution) return 'data' in image ? image : await toRgb(image);
  // sharp weighs colours by alpha when it scales: alpha goes before.
  if (!('data' in image) && hasAlpha) image = await toRgb(image);
  const pipeline = 'data' in image ? await rawPipeline(image) : image;
  const cover = { fit: 'cover', position: 'centre', kernel: 'lanczos3', fastShrinkOnLoad: false } as const;
  return await toRgb(pipeline.resize(resolution, resolution, cover));
}

/** libvips says what it has to say on several lines, the same again and again, and sometimes nothing. */
const oneLine = (message: string): string =>
  [
    ...new Set(
      message
        .replace(/^Unknown error$/, 'it is damaged')
        .split('\n')
        .map((line) => line.trim()),
    ),
  ]
    .filter(Boolean)
    .join('; ');

/**
 * Decodes a picture to RGB as PIL's `convert('RGB')` does (checked against Pillow 12.3): no colour management, CMYK by
 * plain arithmetic, greys of 16 bits clipped at 255 and colours of 16 bits cut to their high byte, alpha dropped, no
 * rotation by EXIF except of TIFF; the first frame of an animation. Its content says what it is: PNG, JPEG, WebP, GIF,
 * TIFF, BMP, or a NumPy array of height × width × 3 uint8. With `resolution`, the short side is scaled to it (Lanczos,
 * antialiased) and the centre cut out; a picture that has this size already keeps its pixels.
 *
 * @param source a file's bytes, or what is decoded and only to be fitted
 * @throws CorruptImage naming `id`
 */
export async function decodePicture(source: Uint8Array | Picture, id: string, resolution?: number): Promise<Picture> {
  try {
    return await decode(source, resolution);
  } catch (error) {
    throw new CorruptImage(id, oneLine(messageOf(error)));
  }
}

/** {@link decodePicture} of a file. @throws CorruptImage naming `id`, also where the file cannot be read */
export async function decodeImage(file: string, id: string, resolution?: number): Promise<Picture> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new CorruptImage(id, messageOf(error));
  }
  return decodePicture(bytes, id, resolution);
}
