/** How a TIFF is brought to RGB: by libvips, or from its inks or 16-bit greys as they are. */
export type TiffReading = 'plain' | 'cmyk' | 'grey16';

const TAG = {
  bits: 258,
  compression: 259,
  photometric: 262,
  samples: 277,
  planar: 284,
  colours: 320,
  extra: 338,
  format: 339,
} as const;

/** Values of a tag whose type is SHORT or LONG. */
function valuesOf(view: DataView, entry: number, little: boolean): number[] {
  const size = { 3: 2, 4: 4 }[view.getUint16(entry + 2, little)];
  const count = view.getUint32(entry + 4, little);
  // The longest of interest is a palette of 256 colours.
  if (!size || count > 768) return [];
  const from = count * size <= 4 ? entry + 8 : view.getUint32(entry + 8, little);
  if (from + count * size > view.byteLength) throw new Error('its header is cut off');
  return Array.from({ length: count }, (_, i) =>
    size === 2 ? view.getUint16(from + 2 * i, little) : view.getUint32(from + 4 * i, little),
  );
}

/**
 * How a TIFF's first page is read so that it is what PIL reads. What libvips would read differently is refused.
 *
 * @throws Error saying what it is
 */
export function tiffReading(bytes: Uint8Array): TiffReading {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8) throw new Error('its header is cut off');
  const little = bytes[0] === 0x49;
  if (view.getUint16(2, little) !== 42) throw new Error('a BigTIFF is not read');
  const directory = view.getUint32(4, little);
  if (directory + 2 > bytes.length) throw new Error('its header is cut off');
  const tags = new Map<number, number[]>();
  for (let i = 0; i < view.getUint16(directory, little); i++) {
    const entry = directory + 2 + 12 * i;
    if (entry + 12 > bytes.length) throw new Error('its header is cut off');
    tags.set(view.getUint16(entry, little), valuesOf(view, entry, little));
  }
  const one = (tag: number, otherwise: number) => tags.get(tag)?.[0] ?? otherwise;
  const [photometric, bits] = [one(TAG.photometric, -1), one(TAG.bits, 1)];
  const refuse = (what: string) => new Error(`a TIFF of ${what} is not read`);
  if (tags.get(TAG.bits)?.some((other) => other !== bits)) throw refuse('unequal samples');
  if (one(TAG.format, 1) !== 1) throw refuse('signed or floating-point numbers');
  if (one(TAG.planar, 1) !== 1 && bits > 8) throw refuse(`planes of ${bits} bits`);
  if (tags.get(TAG.extra)?.includes(1)) throw refuse('colours multiplied by their alpha');
  const jpeg = one(TAG.compression, 1) === 7;
  if (photometric <= 1 && photometric >= 0) {
    if (bits <= 8) return 'plain';
    if (bits === 16 && photometric === 1 && one(TAG.samples, 1) === 1) return 'grey16';
    throw refuse(`greys of ${bits} bits${photometric ? '' : ' with white at 0'}`);
  }
  if (photometric === 2 && (bits === 8 || bits === 16)) return 'plain';
  if (photometric === 3 && bits <= 8) {
    // libvips takes such a palette for one of 8 bits, PIL for an all but black one of 16.
    if (tags.get(TAG.colours)?.every((value) => value < 256)) throw refuse('a palette of 8 bits');
    return 'plain';
  }
  if (photometric === 5 && bits === 8 && one(TAG.samples, 1) === 4) return 'cmyk';
  if (photometric === 6 && jpeg && bits === 8) return 'plain';
  throw refuse(`photometric interpretation ${photometric} with ${bits} bits`);
}
