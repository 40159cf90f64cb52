import sharp from 'sharp';

export const ENCODINGS = ['jpeg', 'png', 'webp'] as const;

/** How a picture becomes a file, with everything that decides its bytes beside the pixels and the packages. */
export type Encoding =
  | { readonly format: 'jpeg'; readonly quality: number; readonly chroma: '4:2:0' }
  | { readonly format: 'webp'; readonly quality: number; readonly effort: number }
  | { readonly format: 'png'; readonly compression: number };

/** Of JPEG and WebP, 1 … 100. */
export const QUALITY = 92;

/**
 * @param quality of what loses something; PNG has none. JPEG halves the chroma, as libjpeg, Pillow and OpenCV do where
 *   nothing else is said, so as most photographs that networks are trained on have it.
 */
export function encodingOf(format: (typeof ENCODINGS)[number], quality = QUALITY): Encoding {
  if (format === 'png') return { format, compression: 6 };
  return format === 'jpeg' ? { format, quality, chroma: '4:2:0' } : { format, quality, effort: 4 };
}

export const endingOf = ({ format }: Encoding): string => (format === 'jpeg' ? 'jpg' : format);

/** The libraries within sharp that write a format: a build of its own can have others. */
export function encodersOf({ format }: Encoding): Readonly<Record<string, string>> {
  const names = { jpeg: ['mozjpeg', 'jpeg'], png: ['png', 'zlib-ng'], webp: ['webp'] }[format];
  const versions: Readonly<Record<string, string | undefined>> = { ...sharp.versions };
  return Object.fromEntries(['vips', ...names].flatMap((name) => (versions[name] ? [[name, versions[name]]] : [])));
}

/** @param pixels uint8 RGB, side × side × 3, rows from the top */
export async function encodePicture(pixels: Uint8Array, side: number, encoding: Encoding): Promise<Uint8Array> {
  const picture = sharp(pixels, { raw: { width: side, height: side, channels: 3 } });
  switch (encoding.format) {
    case 'jpeg':
      return picture.jpeg({ quality: encoding.quality, chromaSubsampling: encoding.chroma }).toBuffer();
    case 'webp':
      return picture.webp({ quality: encoding.quality, effort: encoding.effort }).toBuffer();
    case 'png':
      return picture.png({ compressionLevel: encoding.compression }).toBuffer();
  }
}
