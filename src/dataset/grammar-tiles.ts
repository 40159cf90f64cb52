import type { Part, Writer } from './grammar-writer.js';

/** An expression of a Tile at the vec2 expression `v`. */
type Tiling = (w: Writer, v: string) => string;

export const TILINGS: readonly Part<Tiling>[] = [
  { name: 'squares', weight: 0.8, write: (_, v) => `squareTile(${v})` },
  {
    name: 'bricks',
    weight: 1.2,
    write: (w, v) => `brickTile(${v} * ${w.number(1.2, 2)}, ${w.number(1.5, 3)}, ${w.number(0.2, 0.5)})`,
  },
  { name: 'hexagons', weight: 0.9, write: (_, v) => `hexagonTile(${v})` },
  { name: 'cubes', weight: 0.8, write: (_, v) => `cubeTile(${v})` },
  { name: 'triangles', weight: 0.8, write: (_, v) => `triangleTile(${v})` },
  { name: 'random cells', weight: 2, write: (w, v) => `voronoiTile(${v}, ${w.number(0.5, 1)})` },
  { name: 'rings of stones', weight: 0.8, write: (w, v) => `ringTile(${v}, ${w.number(0.5, 1)})` },
  {
    name: 'a spiral of stones',
    weight: 0.7,
    write: (w, v) => `spiralTile(${v}, ${2 * w.whole(4, 9)}.0, ${w.whole(1, 9)}.0)`,
  },
  { name: 'a herringbone', weight: 0.8, write: (w, v) => `herringTile(${v} * ${w.number(1.2, 2)})` },
  { name: 'basket weave', weight: 0.7, write: (_, v) => `basketTile(${v})` },
  { name: 'split squares', weight: 1.2, write: (w, v) => `splitTile(${v} * 0.6, ${w.number(0.4, 0.8)})` },
  { name: 'scales', weight: 1, write: (w, v) => `scaleTile(${v} * ${w.number(1, 1.6)})` },
];

export function tileOf(w: Writer, v: string): string {
  w.include('tile');
  return w.choose(TILINGS)(w, v);
}

/** An expression of a signed distance at `v`, for a figure of radius 0.4. */
type Motif = (w: Writer, v: string) => string;

const figures = [
  'disc',
  'plate',
  'bar',
  'pill',
  'hoop',
  'moon',
  'leaf',
  'drop',
  'heart',
  'plus',
  'triangle',
  'diamond',
  'pentagon',
  'star',
  'blossom',
  'cog',
  'sprig',
  'fish',
  'key',
  'bolt',
] as const;

export const MOTIFS: readonly Part<Motif>[] = figures.map((figure) => ({
  name: `figures (${figure})`,
  weight: figure === 'disc' || figure === 'leaf' ? 2.5 : 1,
  write(w, v) {
    w.include('motif');
    const rim = w.uniform();
    if (rim < 0.12) return `abs(${figure}(${v})) - ${w.number(0.02, 0.06)}`;
    return `${figure}(${v})`;
  },
}));
