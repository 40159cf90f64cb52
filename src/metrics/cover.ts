import type { Neighbours } from './neighbours.js';

/** How many shells are remembered of a point, which in any natural set is in a few: a bound on memory. */
const SHELLS = 64;

/** Which points of one set lie in which balls of the other: a ball about every row, out to its k-th neighbour. */
export interface Cover {
  readonly k: number;
  readonly balls: Neighbours;
  /** By point: the balls it is in, and the last of them. */
  readonly inside: Uint32Array;
  readonly owner: Int32Array;
  /** By point, while it is in one ball or none: those whose shell it is in, between the k-th neighbour and the next. */
  readonly shells: (number[] | undefined)[];
  /** By ball: the points in it, the last of them, and the points in its shell. */
  readonly held: Uint32Array;
  readonly sole: Int32Array;
  readonly grown: Uint32Array;
}

export function coverOf(k: number, balls: Neighbours, points: number): Cover {
  const centres = balls.index.length / balls.depth;
  return {
    k,
    balls,
    inside: new Uint32Array(points),
    owner: new Int32Array(points),
    shells: Array.from({ length: points }),
    held: new Uint32Array(centres),
    sole: new Int32Array(centres),
    grown: new Uint32Array(centres),
  };
}

/** Counts one pair. On the sphere is outside, as in prdc. */
export function countPair(cover: Cover, ball: number, point: number, squared: number): void {
  const { k, balls, inside, shells } = cover;
  const last = (ball + 1) * balls.depth - 1;
  const radius = ball * balls.depth + k - 1;
  if (squared < balls.squared[radius]!) {
    cover.owner[point] = ball;
    cover.held[ball]!++;
    cover.sole[ball] = point;
    if (++inside[point]! === 2) shells[point] = undefined;
  } else if (squared < balls.squared[Math.min(radius + 1, last)]!) {
    cover.grown[ball]!++;
    if (inside[point]! > 1) return;
    shells[point] ??= [];
    if (shells[point].length < SHELLS) shells[point].push(ball);
  }
}

/** The first k neighbours of a ball's centre: when one of them goes, the ball grows over its shell. */
export function eachNeighbour({ k, balls }: Cover, ball: number, visit: (neighbour: number) => void): void {
  for (let at = ball * balls.depth; at < ball * balls.depth + k; at++) visit(balls.index[at]!);
}
