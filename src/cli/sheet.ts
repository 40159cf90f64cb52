import sharp, { type OverlayOptions } from 'sharp';
import { invalid, UserError } from '../core/errors.js';
import type { Picture } from '../dataset/decode.js';

const GAP = 2;

/** The longest side that a format's encoder takes; PNG's is beyond the pixels below. */
const LONGEST = { png: Number.POSITIVE_INFINITY, webp: 16_383, jpeg: 65_500 } as const;

/** sharp makes no larger picture. */
const MOST_PIXELS = 16_383 ** 2;

export type Format = keyof typeof LONGEST;

export function formatOf(out: string): Format {
  const ending = /\.(png|jpe?g|webp)$/i.exec(out)?.[1]?.toLowerCase();
  if (ending === undefined) throw invalid('--output', out, 'a file name that ends in .png, .jpg or .webp');
  return ending === 'png' || ending === 'webp' ? ending : 'jpeg';
}

/** Refuses a sheet that could not be written in the end. */
export function checkSheet(width: number, height: number, format: Format): void {
  const count = (value: number) => value.toLocaleString('en');
  const limit =
    Math.max(width, height) > LONGEST[format]
      ? `${format} takes at most ${count(LONGEST[format])} a side`
      : width * height > MOST_PIXELS
        ? `at most ${count(MOST_PIXELS)} in all can be written`
        : undefined;
  if (limit === undefined) return;
  throw new UserError(
    `The sheet would have ${count(width)} × ${count(height)} pixels, ${limit}. Choose a smaller --count or --tile, or other --columns.`,
  );
}

/** Pictures side by side, row by row, each scaled into a square tile. */
export class Sheet {
  readonly width: number;
  readonly height: number;
  readonly #tile: number;
  readonly #columns: number;
  readonly #format: Format;
  readonly #tiles: OverlayOptions[] = [];

  /** Throws a UserError for a sheet too large to be written. */
  constructor({ count, tile, columns, format }: { count: number; tile: number; columns: number; format: Format }) {
    this.width = GAP + columns * (tile + GAP);
    this.height = GAP + Math.ceil(count / columns) * (tile + GAP);
    checkSheet(this.width, this.height, format);
    this.#tile = tile;
    this.#columns = columns;
    this.#format = format;
  }

  /** Puts a picture at a place: 0 is the first of the first row. With `frame`, a border of that colour. */
  async put(place: number, { data, width, height }: Picture, frame?: string): Promise<void> {
    const border = frame ? 3 : 0;
    const side = this.#tile - 2 * border;
    const raw = { width, height, channels: 3 as const };
    let image = sharp(data, { raw }).resize(side, side);
    if (frame) image = image.extend({ top: border, bottom: border, left: border, right: border, background: frame });
    this.#tiles.push({
      input: await image.png().toBuffer(),
      left: GAP + (place % this.#columns) * (this.#tile + GAP),
      top: GAP + Math.floor(place / this.#columns) * (this.#tile + GAP),
    });
  }

  async encode(): Promise<Uint8Array> {
    const { width, height } = this;
    const sheet = sharp({ create: { width, height, channels: 3, background: '#ffffff' } }).composite(this.#tiles);
    return sheet.toFormat(this.#format, this.#format === 'jpeg' ? { quality: 88 } : {}).toBuffer();
  }
}
