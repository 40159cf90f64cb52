import { isRamp, rgbOfIndices } from './colour.js';
import type { Begun, Picture } from './decode.js';
import { checkSize } from './picture-format.js';

const MOST_CODES = 4096;

/** First rows and steps of the four passes of an interlaced picture. */
const PASSES = [
  [0, 8],
  [4, 8],
  [2, 4],
  [1, 2],
] as const;

/** The data of consecutive sub-blocks, joined; what is missing at the end of the file is left out. */
function subBlocks(bytes: Uint8Array, at: number): { data: Uint8Array; end: number } {
  const parts: Uint8Array[] = [];
  while (at < bytes.length && bytes[at] !== 0) {
    parts.push(bytes.subarray(at + 1, at + 1 + bytes[at]!));
    at += 1 + bytes[at]!;
  }
  return { data: Buffer.concat(parts), end: at + 1 };
}

/** Undoes GIF's LZW: `count` palette indices. */
function unpackCodes(data: Uint8Array, size: number, count: number): Uint8Array {
  const clear = 2 ** size;
  const out = new Uint8Array(count);
  // A code stands for the text of `prefix`, then `last`; `length` long.
  const prefix = new Uint16Array(MOST_CODES);
  const last = new Uint8Array(MOST_CODES);
  const length = new Uint16Array(MOST_CODES).fill(1, 0, clear);
  for (let i = 0; i < clear; i++) last[i] = i;
  let next = clear + 2;
  let width = size + 1;
  let previous = -1;
  let [buffer, held, at, written] = [0, 0, 0, 0];
  while (written < count) {
    while (held < width) {
      if (at >= data.length) throw new Error('its pixels are cut off');
      buffer |= data[at++]! << held;
      held += 8;
    }
    const code = buffer & (2 ** width - 1);
    buffer >>>= width;
    held -= width;
    if (code === clear) {
      next = clear + 2;
      width = size + 1;
      previous = -1;
      continue;
    }
    if (code === clear + 1) throw new Error('its pixels are cut off');
    if (code > next || (code === next && previous < 0) || (previous < 0 && code >= clear) || code >= MOST_CODES)
      throw new Error('its compressed pixels are damaged');
    // The code about to be defined is the previous text and that text's first value again.
    const known = code < next ? code : previous;
    let place = written + length[known]! - 1;
    let walk = known;
    for (; walk >= clear; walk = prefix[walk]!) {
      if (place < count) out[place] = last[walk]!;
      place--;
    }
    out[place] = walk;
    const first = walk;
    written += length[known]!;
    if (code === next) {
      if (written < count) out[written] = first;
      written++;
    }
    if (previous >= 0 && next < MOST_CODES) {
      prefix[next] = previous;
      last[next] = first;
      length[next] = length[previous]! + 1;
      next++;
      if (next === 2 ** width && width < 12) width++;
    }
    previous = code;
  }
  return out;
}

/** Where a frame lies on the canvas. */
interface Place {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly interlaced: boolean;
}

/** Puts a frame's rows, in the order in which they are stored, to their places on the canvas. */
function place(
  canvas: Uint8Array,
  canvasWidth: number,
  frame: Uint8Array,
  { left, top, width, height, interlaced }: Place,
): void {
  let stored = 0;
  for (const [first, step] of interlaced ? PASSES : ([[0, 1]] as const)) {
    for (let y = first; y < height; y += step, stored++) {
      canvas.set(frame.subarray(stored * width, (stored + 1) * width), (top + y) * canvasWidth + left);
    }
  }
}

/** Where the first frame is, and what it needs. */
interface Frame extends Place {
  readonly canvasWidth: number;
  readonly canvasHeight: number;
  /** What the canvas is filled with. */
  readonly background: number;
  readonly palette: Uint8Array;
  /** Bits of the smallest codes, and where the sub-blocks with codes begin. */
  readonly size: number;
  readonly data: number;
}

function readFrame(bytes: Uint8Array): Frame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const need = (end: number) => {
    if (end > bytes.length) throw new Error('it ends before its first frame');
  };
  /** The colour table that begins at a place, by the flags that announce it. */
  const table = (flags: number, at: number): Uint8Array | undefined => {
    if (!(flags & 0x80)) return undefined;
    const size = 3 * 2 ** ((flags & 7) + 1);
    need(at + size);
    return bytes.subarray(at, at + size);
  };
  need(13);
  const common = table(bytes[10]!, 13);
  let at = 13 + (common?.length ?? 0);
  let transparent: number | undefined;
  for (;;) {
    need(at + 1);
    const kind = bytes[at++];
    if (kind === 0x2c) break;
    if (kind === 0x3b) throw new Error('it holds no frame');
    // Anything but an extension is skipped until something begins.
    if (kind !== 0x21) continue;
    need(at + 2);
    const { data, end } = subBlocks(bytes, at + 1);
    if (bytes[at] === 0xf9 && data.length >= 4 && data[0]! & 1) transparent = data[3]!;
    at = end;
  }
  need(at + 10);
  const [left, top] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
  const [width, height] = [view.getUint16(at + 4, true), view.getUint16(at + 6, true)];
  checkSize(width, height);
  const flags = bytes[at + 8]!;
  const own = table(flags, at + 9);
  at += 9 + (own?.length ?? 0);
  need(at + 1);
  const size = bytes[at]!;
  if (size < 1 || size > 8) throw new Error(`codes of ${size} bits are not read`);
  const canvasWidth = Math.max(view.getUint16(6, true), left + width);
  const canvasHeight = Math.max(view.getUint16(8, true), top + height);
  checkSize(canvasWidth, canvasHeight);
  return {
    ...{ left, top, width, height, canvasWidth, canvasHeight, size },
    interlaced: (flags & 0x40) !== 0,
    background: transparent ?? 0,
    // PIL again: a frame's own ramp gives way to the common palette.
    palette: (own && !isRamp(own) ? own : common) ?? new Uint8Array(),
    data: at + 1,
  };
}

function decode(bytes: Uint8Array, frame: Frame): Picture {
  const { canvasWidth, canvasHeight, background, palette, size, width, height, data } = frame;
  const indices = unpackCodes(subBlocks(bytes, data).data, size, width * height);
  const canvas = new Uint8Array(canvasWidth * canvasHeight).fill(background);
  place(canvas, canvasWidth, indices, frame);
  return { width: canvasWidth, height: canvasHeight, data: rgbOfIndices(canvas, palette) };
}

/**
 * The first frame of a GIF to RGB, as PIL's `convert('RGB')` gives it: a transparent pixel keeps the colour that the
 * palette has for it, where libvips makes it black. What the frame leaves uncovered is the transparent colour, or
 * colour 0. The canvas grows to hold the frame.
 *
 * @throws Error saying why it cannot be read
 */
export function beginGif(bytes: Uint8Array): Begun {
  const frame = readFrame(bytes);
  return { width: frame.canvasWidth, height: frame.canvasHeight, decode: async () => decode(bytes, frame) };
}
