/**
 * A square picture that is painted from front to back: what comes later lies behind, so each pixel is written once. A
 * pixel belongs to a shape when its centre does; nothing is antialiased. Coordinates are in pixels, y downward.
 */
export interface Canvas {
  readonly resolution: number;
  /** RGB bytes, rows from the top. */
  readonly pixels: Uint8Array;
  /** resolution × (resolution + 1): at each pixel, one at or after it in its row before which none is uncovered. */
  readonly next: Uint16Array;
  /** The same of rows: resolution + 1. */
  readonly nextRow: Uint16Array;
  /** Uncovered pixels of each row. */
  readonly left: Uint16Array;
}

/** @param resolution at most 65,534 */
export function emptyCanvas(resolution: number): Canvas {
  const row = Uint16Array.from({ length: resolution + 1 }, (_, x) => x);
  const next = new Uint16Array(resolution * (resolution + 1));
  for (let y = 0; y < resolution; y++) next.set(row, y * (resolution + 1));
  return {
    resolution,
    pixels: new Uint8Array(resolution * resolution * 3),
    next,
    nextRow: row,
    left: new Uint16Array(resolution).fill(resolution),
  };
}

/** The first uncovered place at or after one, by halving the paths of union-find (Tarjan and van Leeuwen, 1984). */
function find(next: Uint16Array, base: number, place: number): number {
  for (;;) {
    const after = next[base + place]!;
    if (after === place) return place;
    const further = next[base + after]!;
    next[base + place] = further;
    place = further;
  }
}

/** The first row at or after one that is not covered; `resolution` when there is none. */
export const uncoveredRow = ({ nextRow }: Canvas, row: number): number => find(nextRow, 0, row);

export const isCovered = (canvas: Canvas): boolean => uncoveredRow(canvas, 0) === canvas.resolution;

/** Colours the uncovered pixels of a row whose centres lie from `lower` to `upper`. */
function coverSpan(canvas: Canvas, y: number, lower: number, upper: number, colour: number): void {
  const { resolution, pixels, next, nextRow, left } = canvas;
  const from = lower <= 0.5 ? 0 : Math.ceil(lower - 0.5);
  const end = upper >= resolution - 0.5 ? resolution : Math.floor(upper - 0.5) + 1;
  if (from >= end) return;
  const base = y * (resolution + 1);
  let covered = 0;
  for (let x = find(next, base, from); x < end; x = find(next, base, x + 1)) {
    const at = (y * resolution + x) * 3;
    pixels[at] = colour >>> 16;
    pixels[at + 1] = colour >>> 8;
    pixels[at + 2] = colour;
    next[base + x] = end;
    covered++;
  }
  left[y]! -= covered;
  if (!left[y]) nextRow[y] = y + 1;
}

/** Rows whose centres lie from `lower` to `upper`: the first, and the one after the last. */
const rowsOf = (resolution: number, lower: number, upper: number): [number, number] => [
  Math.max(0, Math.ceil(lower - 0.5)),
  Math.min(resolution, Math.floor(upper - 0.5) + 1),
];

/** Whether a leaf within `radius` of a height has a row to cover. */
export function mayCover(canvas: Canvas, y: number, radius: number): boolean {
  const [from, end] = rowsOf(canvas.resolution, y - radius, y + radius);
  return from < end && uncoveredRow(canvas, from) < end;
}

/** @param colour 0xrrggbb */
export function coverDisc(canvas: Canvas, x: number, y: number, radius: number, colour: number): void {
  const [from, end] = rowsOf(canvas.resolution, y - radius, y + radius);
  for (let row = from < end ? uncoveredRow(canvas, from) : end; row < end; row = uncoveredRow(canvas, row + 1)) {
    const half = Math.sqrt(Math.max(0, radius * radius - (row + 0.5 - y) ** 2));
    coverSpan(canvas, row, x - half, x + half, colour);
  }
}

/**
 * A convex polygon.
 *
 * @param xs corners in one order or the other about it
 * @param colour 0xrrggbb
 */
export function coverConvex(canvas: Canvas, xs: readonly number[], ys: readonly number[], colour: number): void {
  const [from, end] = rowsOf(canvas.resolution, Math.min(...ys), Math.max(...ys));
  const corners = xs.length;
  for (let row = from < end ? uncoveredRow(canvas, from) : end; row < end; row = uncoveredRow(canvas, row + 1)) {
    const y = row + 0.5;
    // The row meets a convex outline at two places: the least and the greatest of those where an edge crosses it.
    let lower = Number.POSITIVE_INFINITY;
    let upper = Number.NEGATIVE_INFINITY;
    for (let i = 0, j = corners - 1; i < corners; j = i++) {
      const [yi, yj] = [ys[i]!, ys[j]!];
      if (yi <= y === yj <= y) continue;
      const x = xs[i]! + ((y - yi) / (yj - yi)) * (xs[j]! - xs[i]!);
      if (x < lower) lower = x;
      if (x > upper) upper = x;
    }
    coverSpan(canvas, row, lower, upper, colour);
  }
}
