import { widthOf } from './plot-text.js';

/**
 * Moves places as little as can be (least squares) until neighbours are `gap` apart within [low, high], their order kept: by
 * pooling neighbours that violate it (Ayer et al., 1955). More than fit overlap evenly.
 */
export function spread(places: readonly number[], gap: number, [low, high]: readonly [number, number]): number[] {
  const step = places.length > 1 ? Math.min(gap, (high - low) / (places.length - 1)) : gap;
  const order = places.map((_, i) => i).sort((a, b) => places[a]! - places[b]! || a - b);
  const pools: { sum: number; count: number }[] = [];
  for (const [k, i] of order.entries()) {
    pools.push({ sum: places[i]! - k * step, count: 1 });
    for (let [last, before] = [pools.at(-1)!, pools.at(-2)]; before; [last, before] = [pools.at(-1)!, pools.at(-2)]) {
      if (before.sum / before.count <= last.sum / last.count) break;
      pools.splice(-2, 2, { sum: before.sum + last.sum, count: before.count + last.count });
    }
  }
  const most = high - (places.length - 1) * step;
  const pooled = pools.flatMap(({ sum, count }) => Array(count).fill(Math.min(Math.max(sum / count, low), most)));
  const out = Array<number>(places.length);
  for (const [k, i] of order.entries()) out[i] = pooled[k]! + k * step;
  return out;
}

/** A dot in pixels, and its label. */
export interface Dot {
  readonly x: number;
  readonly y: number;
  readonly r: number;
  readonly text: string;
}

export interface Placed {
  readonly dx: number;
  readonly dy: number;
  readonly anchor: 'start' | 'middle' | 'end';
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
const inside = (a: Box, b: Box): boolean =>
  a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom;

/** Beside, above and below a dot, nearer places first. */
function candidates(r: number): Placed[] {
  return [3, 9].flatMap((more): Placed[] => {
    const [away, up] = [r + more, r + 6 + more];
    const slant = 0.7 * r + more;
    return [
      { dx: away, dy: 0, anchor: 'start' },
      { dx: -away, dy: 0, anchor: 'end' },
      { dx: 0, dy: -up, anchor: 'middle' },
      { dx: 0, dy: up, anchor: 'middle' },
      { dx: slant, dy: -slant - 4, anchor: 'start' },
      { dx: slant, dy: slant + 4, anchor: 'start' },
      { dx: -slant, dy: -slant - 4, anchor: 'end' },
      { dx: -slant, dy: slant + 4, anchor: 'end' },
    ];
  });
}

function boxOf({ x, y, text }: Dot, { dx, dy, anchor }: Placed, size: number): Box {
  const width = widthOf(text, size);
  const left = x + dx - (anchor === 'start' ? 0 : anchor === 'end' ? width : width / 2);
  return { left, right: left + width, top: y + dy - 0.55 * size, bottom: y + dy + 0.55 * size };
}

/** What a line covers, in pieces of a few pixels. */
function along(path: readonly { readonly x: number; readonly y: number }[]): Box[] {
  return path.slice(1).flatMap((to, i) => {
    const from = path[i]!;
    const pieces = Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / 4);
    return Array.from({ length: pieces }, (_, k): Box => {
      const [x, y] = [from.x + (k / pieces) * (to.x - from.x), from.y + (k / pieces) * (to.y - from.y)];
      return { left: x, right: x, top: y, bottom: y };
    });
  });
}

/**
 * A place for each dot's label where it covers no dot, no other label and, where that can be had, nothing of the paths; the first dots
 * are served first. Undefined where there is none, or no text.
 */
export function placeLabels(
  dots: readonly Dot[],
  frame: Box,
  paths: readonly (readonly { readonly x: number; readonly y: number }[])[] = [],
  size = 12,
): (Placed | undefined)[] {
  const line = paths.flatMap(along);
  const circles = dots.map(({ x, y, r }): Box => ({ left: x - r, right: x + r, top: y - r, bottom: y + r }));
  const taken: Box[] = [];
  return dots.map((dot, i) => {
    if (!dot.text) return undefined;
    const open = candidates(dot.r).filter((place) => {
      const box = boxOf(dot, place, size);
      return (
        inside(box, frame) &&
        !taken.some((other) => overlap(box, other)) &&
        !circles.some((circle, j) => j !== i && overlap(box, circle))
      );
    });
    const free = open.find((place) => !line.some((piece) => overlap(boxOf(dot, place, size), piece))) ?? open[0];
    if (free) taken.push(boxOf(dot, free, size));
    return free;
  });
}
