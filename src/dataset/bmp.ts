import { rgbOfIndices } from './colour.js';
import type { Begun, Picture } from './decode.js';
import { checkSize } from './picture-format.js';

const HEADERS = [12, 40, 52, 56, 64, 108, 124];
const RAW = 0;
const RLE8 = 1;
const RLE4 = 2;
const BITFIELDS = 3;

/**
 * Byte places of red, green and blue in a 32-bit pixel for the masks (red, green, blue, alpha) that PIL reads; it
 * refuses all others, and so do we.
 */
const MASKS_32: Readonly<Record<string, readonly [number, number, number]>> = {
  'ff0000 ff00 ff 0': [2, 1, 0],
  'ff000000 ff0000 ff00 0': [3, 2, 1],
  'ff000000 ff00 ff 0': [3, 1, 0],
  'ff000000 ff0000 ff00 ff': [3, 2, 1],
  'ff ff00 ff0000 ff000000': [0, 1, 2],
  'ff0000 ff00 ff ff000000': [2, 1, 0],
  'ff000000 ff00 ff ff0000': [3, 1, 0],
  '0 0 0 0': [2, 1, 0],
};

interface Header {
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bits: number;
  readonly compression: number;
  /** Entries of the palette, as the file says. */
  readonly colours: number;
  /** Bytes of such an entry. */
  readonly entry: number;
  /** Where the header ends: the palette begins there. */
  readonly end: number;
  /** Hexadecimal masks of the bit fields, red, green, blue and alpha. */
  readonly masks: readonly string[];
}

function readHeader(bytes: Uint8Array, view: DataView): Header {
  if (bytes.length < 30) throw new Error('its header is cut off');
  const size = view.getUint32(14, true);
  if (!HEADERS.includes(size)) throw new Error(`a BMP header of ${size} bytes is not read`);
  const old = size === 12;
  const end = 14 + size;
  if (bytes.length < end) throw new Error('its header is cut off');
  const signed = old ? 0 : view.getInt32(22, true);
  const width = old ? view.getUint16(18, true) : view.getUint32(18, true);
  const height = old ? view.getUint16(20, true) : Math.abs(signed);
  checkSize(width, height);
  const bits = view.getUint16(old ? 24 : 28, true);
  const compression = old ? RAW : view.getUint32(30, true);
  const masks: string[] = [];
  if (compression === BITFIELDS) {
    // The first three lie behind a header of 40 bytes, and in larger ones at the same place; only these have a fourth.
    if (bytes.length < 66) throw new Error('its bit masks are cut off');
    for (let i = 0; i < 4; i++) masks.push(i < 3 || size >= 56 ? view.getUint32(54 + 4 * i, true).toString(16) : '0');
  }
  const colours = (old ? 0 : view.getUint32(46, true)) || 2 ** Math.min(bits, 32);
  return { width, height, topDown: signed < 0, bits, compression, colours, entry: old ? 3 : 4, end, masks };
}

/** Where red, green and blue lie in a pixel of 24 or 32 bits. */
function bytePlaces({ bits, compression, masks }: Header): readonly [number, number, number] {
  if (compression === RAW) return [2, 1, 0];
  const known = bits === 32 ? MASKS_32[masks.join(' ')] : undefined;
  if (known) return known;
  if (bits === 24 && masks.slice(0, 3).join(' ') === 'ff0000 ff00 ff') return [2, 1, 0];
  throw new Error(`bit fields of ${masks.join(', ')} are not read`);
}

/** Bits of green in a 16-bit pixel; red and blue have five. */
function greenBits({ compression, masks }: Header): 5 | 6 {
  const fields = masks.slice(0, 3).join(' ');
  if (compression === RAW || fields === '7c00 3e0 1f') return 5;
  if (fields === 'f800 7e0 1f') return 6;
  throw new Error(`bit fields of ${fields} are not read`);
}

/** Palette indices of packed rows, in the order of the file. */
function unpack(data: Uint8Array, stride: number, { width, height, bits }: Header): Uint8Array {
  const indices = new Uint8Array(width * height);
  const mask = 2 ** bits - 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * bits;
      // The leftmost pixel lies in the highest bits.
      indices[y * width + x] = (data[y * stride + (bit >> 3)]! >> (8 - bits - (bit & 7))) & mask;
    }
  }
  return indices;
}

/**
 * Palette indices of run-length encoded rows, as PIL reads them: an absolute run of n half bytes is ⌊n/2⌋ bytes, and
 * what is left when the data end early is an error rather than background.
 *
 * @param from where the runs begin: they are aligned to even places of the file
 */
function expandRuns(bytes: Uint8Array, from: number, { width, height, compression }: Header): Uint8Array {
  const four = compression === RLE4;
  const indices = new Uint8Array(width * height);
  let written = 0;
  let x = 0;
  const put = (value: number) => {
    if (written < indices.length) indices[written] = value;
    written++;
  };
  let at = from;
  while (written < indices.length) {
    if (at + 2 > bytes.length) throw new Error('its pixels are cut off');
    const [count, value] = [bytes[at]!, bytes[at + 1]!];
    at += 2;
    if (count) {
      const fits = Math.max(0, Math.min(count, width - x));
      for (let i = 0; i < fits; i++) put(four ? (i % 2 ? value & 15 : value >> 4) : value);
      x += fits;
    } else if (value === 0) {
      written = Math.ceil(written / width) * width;
      x = 0;
    } else if (value === 1) {
      throw new Error('its pixels are cut off');
    } else if (value === 2) {
      if (at + 2 > bytes.length) throw new Error('its pixels are cut off');
      written += bytes[at]! + bytes[at + 1]! * width;
      x = written % width;
      at += 2;
    } else {
      const size = four ? value >> 1 : value;
      if (at + size > bytes.length) throw new Error('its pixels are cut off');
      for (const byte of bytes.subarray(at, at + size)) {
        if (four) put(byte >> 4);
        put(four ? byte & 15 : byte);
      }
      x += value;
      at += size + ((at + size) % 2);
    }
  }
  return indices;
}

/** The rows of a picture in reverse order. */
function upright(rgb: Uint8Array, width: number, height: number): Uint8Array {
  const turned = new Uint8Array(rgb.length);
  const row = width * 3;
  for (let y = 0; y < height; y++) turned.set(rgb.subarray(y * row, (y + 1) * row), (height - 1 - y) * row);
  return turned;
}

/** Pixels of 16, 24 or 32 bits to RGB, rows in the order of the file. */
function unpackColours(data: Uint8Array, stride: number, header: Header): Uint8Array {
  const { width, height, bits } = header;
  const rgb = new Uint8Array(width * height * 3);
  let out = 0;
  if (bits === 16) {
    const green = greenBits(header);
    const greens = 2 ** green - 1;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const pixel = data[y * stride + 2 * x]! | (data[y * stride + 2 * x + 1]! << 8);
        rgb[out++] = (((pixel >> (5 + green)) & 31) * 255) / 31;
        rgb[out++] = (((pixel >> 5) & greens) * 255) / greens;
        rgb[out++] = ((pixel & 31) * 255) / 31;
      }
    }
    return rgb;
  }
  const [red, green, blue] = bytePlaces(header);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * stride + (x * bits) / 8;
      rgb[out++] = data[at + red]!;
      rgb[out++] = data[at + green]!;
      rgb[out++] = data[at + blue]!;
    }
  }
  return rgb;
}

/** The palette's RGB triples, of as many of its entries as the file holds. */
function readPalette(bytes: Uint8Array, { colours, entry, end }: Header): Uint8Array {
  if (colours > 65_536) throw new Error(`a palette of ${colours} colours is not read`);
  const count = Math.min(colours, 256, Math.floor((bytes.length - end) / entry));
  const palette = new Uint8Array(count * 3);
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) palette[3 * i + c] = bytes[end + i * entry + 2 - c]!;
  }
  return palette;
}

function decode(bytes: Uint8Array, view: DataView, header: Header): Picture {
  const { width, height, topDown, bits, compression, colours, entry, end } = header;
  const indexed = bits === 1 || bits === 4 || bits === 8;
  if (!indexed && bits !== 16 && bits !== 24 && bits !== 32) throw new Error(`pixels of ${bits} bits are not read`);
  const runs = (compression === RLE8 && bits === 8) || (compression === RLE4 && bits === 4);
  if (!runs && compression !== RAW && (compression !== BITFIELDS || indexed))
    throw new Error(`BMP compression ${compression} of ${bits} bits is not read`);
  let from = view.getUint32(10, true);
  // Some writers let the pixels begin where the palette does.
  if (from === 0 || (indexed && from === end)) from = end + (indexed ? entry * colours : header.masks.length && 12);
  const stride = Math.floor((width * bits + 31) / 32) * 4;
  // The last row's padding may lack.
  if (!runs && from + stride * (height - 1) + Math.ceil((width * bits) / 8) > bytes.length)
    throw new Error('its pixels are cut off');
  const data = bytes.subarray(from);
  const rgb = indexed
    ? rgbOfIndices(runs ? expandRuns(bytes, from, header) : unpack(data, stride, header), readPalette(bytes, header))
    : unpackColours(data, stride, header);
  return { width, height, data: topDown ? rgb : upright(rgb, width, height) };
}

/**
 * A Windows or OS/2 bitmap to RGB, as PIL reads it: 1, 4 and 8 bits with a palette, plain or run-length encoded, 16, 24
 * and 32 bits plain or with the usual bit fields. Alpha is dropped.
 *
 * @throws Error saying why it cannot be read
 */
export function beginBmp(bytes: Uint8Array): Begun {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = readHeader(bytes, view);
  const { width, height } = header;
  return { width, height, decode: async () => decode(bytes, view, header) };
}
