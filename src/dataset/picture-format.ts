/** What a file holds, by its content; endings are not asked, as real data sets hold PNG files named .jpg. */
export type PictureFormat =
  | { readonly format: 'webp' | 'gif' | 'tiff' | 'bmp' | 'npy' }
  | { readonly format: 'jpeg'; readonly channels: number | undefined }
  | { readonly format: 'png'; readonly grey16: boolean };

const begins = (bytes: Uint8Array, text: string, at = 0): boolean =>
  bytes.length >= at + text.length && [...text].every((letter, i) => bytes[at + i] === letter.charCodeAt(0));

/** Components of a JPEG by its frame header (ITU-T T.81, B.2.2); nothing when the file ends before there is one. */
function jpegChannels(bytes: Uint8Array): number | undefined {
  let at = 2;
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) {
      at++;
      continue;
    }
    const marker = bytes[at + 1]!;
    // SOF0 … SOF15 without DHT, JPG and DAC, whose numbers lie between them.
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) return bytes[at + 9];
    // A fill byte, or a marker that has no length.
    if (marker === 0xff) at++;
    else if (marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else at += 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
  }
  return undefined;
}

/** @throws Error for what is none of the formats that are read */
export function formatOf(bytes: Uint8Array): PictureFormat {
  if (begins(bytes, '\xff\xd8\xff')) return { format: 'jpeg', channels: jpegChannels(bytes) };
  // Bit depth 16 and colour type 0 of its IHDR.
  if (begins(bytes, '\x89PNG\r\n\x1a\n')) return { format: 'png', grey16: bytes[24] === 16 && bytes[25] === 0 };
  if (begins(bytes, 'RIFF') && begins(bytes, 'WEBP', 8)) return { format: 'webp' };
  if (begins(bytes, 'GIF87a') || begins(bytes, 'GIF89a')) return { format: 'gif' };
  if (['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].some((magic) => begins(bytes, magic))) return { format: 'tiff' };
  if (begins(bytes, 'BM')) return { format: 'bmp' };
  if (begins(bytes, '\x93NUMPY')) return { format: 'npy' };
  throw new Error(
    bytes.length ? 'not a picture: expected PNG, JPEG, WebP, GIF, TIFF, BMP or a NumPy array' : 'the file is empty',
  );
}

/** PIL's limit against decompression bombs (`2 * Image.MAX_IMAGE_PIXELS`). */
export const MOST_PIXELS = 178_956_970;

/** @throws Error for a size that is none, or beyond PIL's limit: before anything of that size is made */
export function checkSize(width: number, height: number): void {
  if (!(width > 0 && height > 0)) throw new Error(`a picture of ${width} × ${height} pixels`);
  if (width * height > MOST_PIXELS)
    throw new Error(`${width} × ${height} pixels are too many, at most ${MOST_PIXELS} are decoded`);
}

/** Of a picture that is not scaled: the most that JPEG allows. What scales it for a network takes no more. */
const LONGEST_SIDE = 65_535;

/** @throws Error for a side that is too long to be measured as it is */
export function checkSides(width: number, height: number): void {
  if (Math.max(width, height) > LONGEST_SIDE)
    throw new Error(`${width} × ${height} pixels: a side is longer than ${LONGEST_SIDE}`);
}
