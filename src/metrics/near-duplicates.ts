import type { Thumbnail } from './picture-statistics.js';

/** Two programs are near-duplicates when their signatures differ by less, root mean square in levels. */
export const NEAR = 6;

/** Cells a side in which a signature has mean colours, and in which it has texture. */
const CELLS = { colour: 8, texture: 4 } as const;

/** Bytes of a picture's signature. */
export const SIGNATURE = 3 * CELLS.colour ** 2 + 3 * CELLS.texture ** 2;

/** Differences of neighbours are small numbers beside colours: texture counts for this many times its levels. */
const TEXTURE = 2;

const level = (value: number): number => Math.min(255, Math.round(value));

/**
 * What a picture looks like from afar, in 240 bytes: mean colours of 8 × 8 cells; of 4 × 4 cells the standard deviation of
 * the green channel and its mean differences, sideways and downwards, twice as large as they are.
 */
export function signature({ side, data }: Thumbnail): Uint8Array {
  const out: number[] = [];
  const eachCell = (cells: number, visit: (x0: number, x1: number, y0: number, y1: number) => void) => {
    const border = (i: number) => Math.floor((i * side) / cells);
    for (let y = 0; y < cells; y++)
      for (let x = 0; x < cells; x++) visit(border(x), border(x + 1), border(y), border(y + 1));
  };
  eachCell(CELLS.colour, (x0, x1, y0, y1) => {
    for (let c = 0; c < 3; c++) {
      let sum = 0;
      for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) sum += data[(y * side + x) * 3 + c]!;
      out.push(level(sum / ((x1 - x0) * (y1 - y0))));
    }
  });
  const green = (x: number, y: number) => data[(Math.min(y, side - 1) * side + Math.min(x, side - 1)) * 3 + 1]!;
  eachCell(CELLS.texture, (x0, x1, y0, y1) => {
    let [sum, squares, across, down] = [0, 0, 0, 0];
    for (let y = y0; y < y1; y++) {
      for (let x = x0; x < x1; x++) {
        const value = green(x, y);
        sum += value;
        squares += value * value;
        across += Math.abs(green(x + 1, y) - value);
        down += Math.abs(green(x, y + 1) - value);
      }
    }
    const pixels = (x1 - x0) * (y1 - y0);
    const deviation = Math.sqrt(Math.max(0, squares / pixels - (sum / pixels) ** 2));
    out.push(...[deviation, across / pixels, down / pixels].map((value) => level(TEXTURE * value)));
  });
  return Uint8Array.from(out);
}

interface Kept {
  readonly id: string;
  readonly bytes: Uint8Array;
}

/**
 * Signatures of what is kept, among which the nearest is found: exactly, by looking only at those whose mean differs by no
 * more than the limit (the mean of differences is at most their root mean square), and by leaving each pair as soon as the
 * sum of its squares is too large: bytes far apart are compared one after another, as near ones say the same.
 */
export class Neighbourhood {
  readonly #limit: number;
  readonly #byMean = new Map<number, Kept[]>();
  #order = new Int32Array(0);

  /** @param limit root mean square difference in levels, above 0 */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(id: string, bytes: Uint8Array): void {
    const bucket = this.#bucket(bytes);
    const kept = this.#byMean.get(bucket) ?? [];
    this.#byMean.set(bucket, kept);
    kept.push({ id, bytes: this.#scattered(bytes) });
  }

  /** The nearest of those added, nearer than the limit. Only equally long ones are compared. */
  nearest(bytes: Uint8Array): { readonly id: string; readonly distance: number } | undefined {
    const bucket = this.#bucket(bytes);
    const own = this.#scattered(bytes);
    let bound = this.#limit ** 2 * bytes.length;
    let found: string | undefined;
    for (const near of [bucket, bucket - 1, bucket + 1]) {
      for (const { id, bytes: other } of this.#byMean.get(near) ?? []) {
        if (other.length !== own.length) continue;
        let sum = 0;
        for (let i = 0; i < own.length && sum < bound; i++) {
          const difference = own[i]! - other[i]!;
          sum += difference * difference;
        }
        if (sum >= bound) continue;
        bound = sum;
        found = id;
      }
    }
    return found === undefined ? undefined : { id: found, distance: Math.sqrt(bound / bytes.length) };
  }

  /** The bytes in another order, the same for all of one length. */
  #scattered(bytes: Uint8Array): Uint8Array {
    const { length } = bytes;
    if (this.#order.length !== length) {
      // The golden ratio spreads the first bytes over all of a signature, and the next between them.
      const turn = (i: number) => (i * 0.6180339887498949) % 1;
      this.#order = Int32Array.from({ length }, (_, i) => i).sort((a, b) => turn(a) - turn(b));
    }
    return Uint8Array.from(this.#order, (place) => bytes[place]!);
  }

  /** Means in buckets as wide as the limit: what is nearer lies in the same or the next. */
  #bucket(bytes: Uint8Array): number {
    let sum = 0;
    for (const value of bytes) sum += value;
    return Math.floor(sum / bytes.length / this.#limit);
  }
}
