import type { Part, Writer } from './grammar-writer.js';

/** An expression of a number 0…1 at the vec2 expression `v`, in which one unit is a feature. */
type Field = (w: Writer, v: string) => string;

const pattern =
  (call: (w: Writer, v: string) => string): Field =>
  (w, v) => {
    w.include('pattern');
    return call(w, v);
  };

const octaves = (w: Writer) => w.whole(2, 4);
const scaled = (w: Writer, v: string, low: number, high: number) => `${w.number(low, high)} * ${v}`;

export const FIELDS: readonly Part<Field>[] = [
  { name: 'clouds of noise', weight: 3, write: pattern((w, v) => `clouds(${v}, ${octaves(w)})`) },
  { name: 'ridged noise', weight: 2, write: pattern((w, v) => `crests(${v}, ${octaves(w)})`) },
  { name: 'billows', weight: 2, write: pattern((w, v) => `puffs(${v}, ${octaves(w)})`) },
  {
    name: 'stretched noise',
    weight: 1.5,
    write: pattern((w, v) => `clouds(${v} * vec2(${w.number(0.3, 0.8)}, ${w.number(3, 9)}), 3)`),
  },
  { name: 'drawn strands', weight: 1.2, write: pattern((w, v) => `strands(${v}, ${w.number(6, 16)})`) },
  { name: 'smooth noise', weight: 1, write: pattern((_, v) => `quickNoise(${v})`) },
  { name: 'cracks', weight: 1, write: pattern((_, v) => `cracks(${v})`) },
  { name: 'pebbles', weight: 1.2, write: pattern((_, v) => `pebbles(${v})`) },
  { name: 'bubbles', weight: 0.8, write: pattern((_, v) => `bubbles(${v})`) },
  { name: 'flakes', weight: 0.8, write: pattern((_, v) => `flakes(${v})`) },
  { name: 'craters', weight: 0.8, write: pattern((_, v) => `craters(${v})`) },
  { name: 'a quasicrystal', weight: 0.7, write: pattern((w, v) => `crystal(${scaled(w, v, 3, 6)}, ${w.whole(3, 7)})`) },
  { name: 'waves in a maze', weight: 1.2, write: pattern((w, v) => `mazeWaves(${scaled(w, v, 4, 7)})`) },
  { name: 'patches', weight: 1, write: pattern((w, v) => `patches(${scaled(w, v, 1, 3)})`) },
  { name: 'threads', weight: 0.7, write: pattern((w, v) => `threads(${scaled(w, v, 2, 4)})`) },
  { name: 'joined arcs', weight: 0.8, write: pattern((w, v) => `arcs(${scaled(w, v, 1, 2)})`) },
  { name: 'chance diagonals', weight: 0.6, write: pattern((w, v) => `slashes(${scaled(w, v, 1, 2)})`) },
  { name: 'caustics', weight: 0.8, write: pattern((w, v) => `caustics(${scaled(w, v, 1.2, 2.5)}, ${w.phase()})`) },
  {
    name: 'folded light',
    weight: 0.7,
    write: pattern((w, v) => `lightFold(0.4 * ${v}, vec2(${w.gene(0.5, 0.9)}, ${w.gene(0.4, 0.8)}))`),
  },
  {
    name: 'a Julia set',
    weight: 0.6,
    write: pattern((w, v) => `julia(0.35 * ${v}, vec2(${w.gene(-0.8, 0)}, ${w.gene(0.5, 0.75)}))`),
  },
  { name: 'frames in frames', weight: 0.5, write: pattern((w, v) => `carpet(0.6 * ${v}, ${w.number(1.4, 2.2)})`) },
  { name: 'glyphs', weight: 0.5, write: pattern((w, v) => `glyphs(${scaled(w, v, 1, 2)}, ${w.pick(['0.0', '1.0'])})`) },
  { name: 'a circuit', weight: 0.5, write: pattern((w, v) => `circuit(${scaled(w, v, 1.5, 3)})`) },
  { name: 'year rings', weight: 1, write: pattern((w, v) => `rings(${scaled(w, v, 1, 2.5)}, ${w.number(0.5, 2)})`) },
  { name: 'crossing ripples', weight: 0.7, write: pattern((w, v) => `drops(${v}, ${w.number(4, 9)})`) },
  { name: 'plasma', weight: 0.6, write: pattern((w, v) => `plasma(${scaled(w, v, 1, 2)}, ${w.phase()})`) },
  {
    name: 'bent stripes',
    weight: 1,
    write: pattern((w, v) => `wave(${w.number(4, 9)} * ${v}.x + ${w.number(3, 8)} * quickNoise(${v}))`),
  },
  {
    name: 'noise over stripes',
    weight: 0.8,
    write: pattern((w, v) => `saw(${v}.y * ${w.number(0.6, 1.5)} + clouds(${v}, 3))`),
  },
  {
    name: 'waves',
    weight: 0.6,
    write: pattern((w, v) => `wave(${w.number(2, 5)} * ${v}.y + sin(${w.number(1, 3)} * ${v}.x))`),
  },
  {
    name: 'a spiral',
    weight: 0.5,
    write: pattern(
      (w, v) => `wave(${w.whole(1, 6)}.0 * atan(${v}.y, ${v}.x) + ${w.number(3, 8)} * log(length(${v}) + 0.1))`,
    ),
  },
  {
    name: 'rings',
    weight: 0.6,
    write: pattern((w, v) => `wave(${w.number(3, 7)} * length(${v} - vec2(${w.gene(-2, 2)}, ${w.gene(-2, 2)})))`),
  },
  {
    name: 'contours of noise',
    weight: 1,
    write: pattern((w, v) => `saw(${w.number(2, 5)} * clouds(${scaled(w, v, 0.4, 0.8)}, ${octaves(w)}))`),
  },
  {
    name: 'crossed gratings',
    weight: 0.7,
    write: pattern(
      (w, v) =>
        `wave(${w.number(6, 14)} * ${v}.x) * wave(${w.number(6, 14)} * dot(${v}, cis(${w.gene(0, 0.6)})) + ${w.phase()})`,
    ),
  },
  {
    name: 'woven noise',
    weight: 0.7,
    write: pattern(
      (w, v) =>
        `mix(clouds(${v} * vec2(0.6, ${w.number(4, 8)}), 2), clouds(${v} * vec2(${w.number(4, 8)}, 0.6), 2), step(0.5, quickNoise(${w.number(1, 3)} * ${v})))`,
    ),
  },
  { name: 'a checker', weight: 0.5, write: pattern((_, v) => `mod(floor(${v}.x) + floor(${v}.y), 2.0)`) },
  {
    name: 'noise warped by noise',
    weight: 1.6,
    write: pattern((w, v) => `clouds(${v} + ${w.number(1, 2.5)} * drift(${scaled(w, v, 0.4, 0.9)} + ${w.phase()}), 3)`),
  },
];

type Join = (w: Writer, a: string, b: string) => string;
const JOINS: readonly Part<Join>[] = [
  { name: '', weight: 1, write: (_, a, b) => `${a} * (0.4 + 0.6 * ${b})` },
  { name: '', weight: 1, write: (_, a, b) => `max(${a}, ${b})` },
  { name: '', weight: 1, write: (_, a, b) => `min(${a}, ${b})` },
  { name: '', weight: 1, write: (_, a, b) => `abs(${a} - ${b})` },
  { name: '', weight: 1.5, write: (w, a, b) => `mix(${a}, ${b}, ${w.number(0.25, 0.6)})` },
  { name: '', weight: 1, write: (w, a, b) => `mix(${a}, 1.0 - ${a}, step(${w.number(0.4, 0.6)}, ${b}))` },
];

const CURVES: readonly ((w: Writer, t: string) => string)[] = [
  (_, t) => `1.0 - ${t}`,
  (w, t) => `ease(${w.number(0.15, 0.35)}, ${w.number(0.6, 0.85)}, ${t})`,
  (w, t) => `floor(${t} * ${w.whole(3, 7)}.0) / ${w.whole(4, 7)}.0`,
  (w, t) => `fract(${w.number(1.5, 3)} * ${t})`,
  (_, t) => `${t} * ${t}`,
  (_, t) => `sqrt(clamp(${t}, 0.0, 1.0))`,
];

/** A field, perhaps of two, perhaps bent by a curve. `plain` keeps it to one. */
export function fieldOf(w: Writer, v: string, plain = false): string {
  let t = w.choose(FIELDS)(w, v);
  if (plain) return t;
  if (w.chance(0.3)) t = w.choose(JOINS)(w, t, w.choose(FIELDS)(w, `(${v} * ${w.number(0.5, 3)})`));
  if (w.chance(0.3)) {
    const name = w.fresh('t');
    w.line(`float ${name} = ${t};`);
    t = w.pick(CURVES)(w, name);
  }
  return t;
}
