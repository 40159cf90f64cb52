import type { Sharp as Pipeline, default as Sharp, SharpOptions } from 'sharp';
import { messageOf } from '../core/errors.js';
import { decodeNpy, npyHeader } from '../core/npy.js';
import { beginBmp } from './bmp.js';
import { rgbOfCmyk, rgbOfGrey } from './colour.js';
import { CorruptImage } from './dataset.js';
import { beginGif } from './gif.js';
import { readPictureBytes } from './picture-bytes.js';
import { checkSides, checkSize, formatOf, MOST_PIXELS } from './picture-format.js';
import { tiffReading } from './tiff.js';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** uint8 RGB, height × width × 3, rows from the top. */
  readonly data: Uint8Array;
}

/** A picture whose header is read, and no more. */
export interface Begun {
  readonly width: number;
  readonly height: number;
  readonly decode: () => Promise<Picture>;
  /** What sharp can scale while it decodes. */
  readonly pipeline?: Pipeline;
}

/** A picture that is ready to be decoded. */
export interface Undecoded {
  /** Pixels that it takes at most until it is decoded; its bytes count too, three a pixel. */
  readonly pixels: number;
  /** @throws CorruptImage */
  decode(): Promise<Picture>;
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
function beginNpy(bytes: Uint8Array): Begun {
  const { descr, shape } = npyHeader(bytes, 'the array');
  const [height = 0, width = 0, channels = 1] = shape;
  if (!/^[|<>=]?u1$/.test(descr) || shape.length < 2 || shape.length > 3 || (channels !== 3 && channels !== 1))
    throw new Error(`an array of ${descr} (${shape.join(', ')}), expected uint8 (|u1) of height, width, 3`);
  const decode = async () => {
    const data = decodeNpy(bytes, 'the array').data as Uint8Array;
    return { width, height, data: channels === 3 ? data : rgbOfGrey(data) };
  };
  return { width, height, decode };
}

async function begin(bytes: Uint8Array): Promise<Begun> {
  const kind = formatOf(bytes);
  const { format } = kind;
  if (format === 'gif') return beginGif(bytes);
  if (format === 'bmp') return beginBmp(bytes);
  if (format === 'npy') return beginNpy(bytes);
  // PIL turns a TIFF by its orientation, and no other picture.
  const autoOrient = format === 'tiff';
  const image = await open(bytes, { ignoreIcc: true, failOn: 'error', autoOrient, limitInputPixels: MOST_PIXELS });
  const tiff = format === 'tiff' ? tiffReading(bytes) : undefined;
  const { width, height, hasAlpha } = await image.metadata();
  const begun = (decode: (image: Pipeline) => Promise<Picture>) => ({ width, height, decode: () => decode(image) });
  if (tiff === 'cmyk' || (format === 'jpeg' && kind.channels === 4)) return begun(fromCmyk);
  if (tiff === 'grey16' || (format === 'png' && kind.grey16)) return begun(fromGrey16);
  // sharp weighs colours by alpha when it scales: alpha goes before.
  return { ...begun(toRgb), ...(!hasAlpha && { pipeline: image }) };
}

const rawPipeline = ({ data, width, height }: Picture): Promise<Pipeline> =>
  open(data, { raw: { width, height, channels: 3 }, limitInputPixels: MOST_PIXELS });

/** The picture, scaled and cut to a square of `resolution` where it is not one already. */
async function decode({ width, height, decode, pipeline }: Begun, resolution: number | undefined): Promise<Picture> {
  if (resolution === undefined || (width === resolution && height === resolution)) return decode();
  const image = pipeline ?? (await rawPipeline(await decode()));
  const cover = { fit: 'cover', position: 'centre', kernel: 'lanczos3', fastShrinkOnLoad: false } as const;
  return await toRgb(image.resize(resolution, resolution, cover));
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

const corrupt = (id: string) => (error: unknown) => {
  throw new CorruptImage(id, oneLine(messageOf(error)));
};

/**
 * Reads a picture's header. {@link decodePicture} does what remains; here is what it takes, before it takes it.
 *
 * @throws CorruptImage naming `id`: for what is no picture, or larger than what is decoded
 */
export async function beginPicture(source: Uint8Array | Picture, id: string, resolution?: number): Promise<Undecoded> {
  const isFile = source instanceof Uint8Array;
  const begun = isFile ? await begin(source).catch(corrupt(id)) : { ...source, decode: async () => source };
  const { width, height } = begun;
  try {
    checkSize(width, height);
    if (resolution === undefined) checkSides(width, height);
  } catch (error) {
    corrupt(id)(error);
  }
  return {
    pixels: Math.max(width * height, (resolution ?? 0) ** 2) + (isFile ? source.length / 3 : 0),
    decode: () => decode(begun, resolution).catch(corrupt(id)),
  };
}

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
  return (await beginPicture(source, id, resolution)).decode();
}

/** {@link decodePicture} of a file. @throws CorruptImage naming `id`, also where the file cannot be read */
export async function decodeImage(file: string, id: string, resolution?: number): Promise<Picture> {
  return decodePicture(await readPictureBytes(file, id), id, resolution);
}
