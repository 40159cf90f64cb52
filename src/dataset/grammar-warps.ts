import type { Part, Writer } from './grammar-writer.js';

/** Changes the variable `v` (vec2, the picture spans −1…1 or a few units) by one line. */
type Warp = (w: Writer, v: string) => void;

/** `wild` maps go before the scale is chosen and occur once; the others may follow each other. */
export const WILD_WARPS: readonly Part<Warp>[] = [
  {
    name: 'a kaleidoscope',
    weight: 0.6,
    write: (w, v) => w.line(`${v} = kaleido(${v}, ${w.whole(3, 9)}.0) - vec2(${w.gene(0, 1)}, ${w.gene(0, 0.6)});`),
  },
  {
    name: 'turned sectors',
    weight: 0.6,
    write: (w, v) => w.line(`${v} = sectors(${v}, ${w.whole(3, 9)}.0) - vec2(${w.gene(0.2, 0.9)}, 0.0);`),
  },
  {
    name: 'logarithmic rings',
    weight: 0.8,
    write: (w, v) => w.line(`${v} = logPolar(turn(${w.gene(0, 6.28)}) * ${v}) - vec2(${w.gene(0, 2)}, 0.0);`),
  },
  {
    name: 'an inversion',
    weight: 1,
    write: (w, v) =>
      w.line(`${v} = invert(${v}, vec2(${w.gene(-1.2, 1.2)}, ${w.gene(-1.2, 1.2)}), ${w.number(0.7, 1.3)});`),
  },
  { name: 'a complex power', weight: 0.7, write: (w, v) => w.line(`${v} = power(${v}, ${w.whole(2, 4)}.0);`) },
  {
    name: 'a complex exponential',
    weight: 0.5,
    write: (w, v) => w.line(`${v} = 0.5 * exponential(${w.number(1.4, 2.4)} * ${v} + vec2(0.0, ${w.gene(0, 6)}));`),
  },
  { name: 'a complex sine', weight: 0.6, write: (w, v) => w.line(`${v} = sine(${w.number(1.2, 2.6)} * ${v});`) },
  {
    name: 'a Möbius map',
    weight: 0.8,
    write: (w, v) =>
      w.line(
        `${v} = moebius(${v}, vec2(${w.gene(-1, 0)}, ${w.gene(-0.5, 0.5)}), vec2(${w.gene(0.3, 1.3)}, ${w.gene(-1, 1)}));`,
      ),
  },
  {
    name: 'a flow round a disc',
    weight: 0.6,
    write: (w, v) => w.line(`${v} = joukowski(${w.number(1.2, 2.2)} * (${v} - vec2(${w.gene(-0.5, 0.5)}, 0.0)));`),
  },
  {
    name: 'folded reflections',
    weight: 0.7,
    write: (w, v) => w.line(`${v} = foldMore(${v}, ${w.gene(0.2, 1.4)}, ${w.gene(0.2, 0.6)});`),
  },
  { name: 'nested circles', weight: 0.4, write: (w, v) => w.line(`${v} = circleFold(${v}, ${w.gene(0.9, 1.4)});`) },
  {
    name: 'a floor in perspective',
    weight: 1,
    write: (w, v) => w.line(`${v} = floorBelow(${v}, ${w.gene(0.7, 1.8)}) * ${w.number(1, 2)} + vec2(0.0, time);`),
  },
];

export const WARPS: readonly Part<Warp>[] = [
  {
    name: 'a swirl',
    weight: 1,
    write: (w, v) => w.line(`${v} = swirl(${v}, vec2(${w.gene(-0.6, 0.6)}, ${w.gene(-0.6, 0.6)}), ${w.gene(1, 4)});`),
  },
  { name: 'a twist', weight: 0.7, write: (w, v) => w.line(`${v} = twist(${v}, ${w.gene(0.3, 2)});`) },
  {
    name: 'a ripple',
    weight: 0.6,
    write: (w, v) =>
      w.line(
        `${v} = ripple(${v}, vec2(${w.gene(-1, 1)}, ${w.gene(-1, 1)}), ${w.number(6, 16)}, ${w.number(0.03, 0.09)});`,
      ),
  },
  {
    name: 'a lens',
    weight: 0.8,
    write: (w, v) =>
      w.line(`${v} = bulge(${v}, vec2(${w.gene(-0.7, 0.7)}, ${w.gene(-0.7, 0.7)}), ${w.number(0.4, 0.85)});`),
  },
  {
    name: 'wobbling',
    weight: 1,
    write: (w, v) => w.line(`${v} = wobble(${v}, ${w.number(2, 6)}, ${w.number(0.06, 0.25)}, ${w.phase()});`),
  },
  {
    name: 'noise displacement',
    weight: 2.4,
    write(w, v) {
      w.include('quick');
      w.line(`${v} += ${w.number(0.08, 0.4)} * drift(${w.number(1, 3)} * ${v} + ${w.phase()});`);
    },
  },
  {
    name: 'free displacement',
    weight: 1,
    write(w, v) {
      w.include('noise');
      w.line(`${v} += ${w.number(0.2, 0.7)} * (noise3(${w.number(1, 2.5)} * ${v} + ${w.phase()}).xy - 0.5);`);
    },
  },
  { name: 'mirrored tiles', weight: 0.4, write: (w, v) => w.line(`${v} = mirrored(${v}, ${w.number(0.5, 0.9)});`) },
  {
    name: 'a fold',
    weight: 0.5,
    write: (w, v) => w.line(`${v} = folded(${v} + ${w.gene(-0.3, 0.3)}, ${w.gene(0, 6.28)});`),
  },
  {
    name: 'slipped rows',
    weight: 0.5,
    write(w, v) {
      w.include('quick');
      w.line(`${v}.x += ${w.number(0.2, 0.8)} * quickHash(vec2(floor(${v}.y * ${w.number(2, 8)}), 3.0));`);
    },
  },
  {
    name: 'a column',
    weight: 0.4,
    write: (w, v) => w.line(`${v} = aroundColumn(${v} - vec2(${w.gene(-0.3, 0.3)}, 0.0), ${w.number(1, 1.5)});`),
  },
  { name: 'a shear', weight: 0.4, write: (w, v) => w.line(`${v}.x += ${w.gene(-0.9, 0.9)} * ${v}.y;`) },
];

/** A view of the plane: shifted, turned, perhaps bent; the new variable's name. `units` wide spans the picture. */
export function writeView(w: Writer, from: string, units: readonly [number, number], bends: number): string {
  w.include('warp');
  const v = w.fresh('q');
  const shift = `vec2(${w.gene(-1, 1)}, ${w.chance(0.5) ? `0.2 * time` : w.gene(-1, 1)})`;
  const turned = w.chance(0.6) ? `turn(${w.chance(0.5) ? w.gene(-0.6, 0.6) : w.gene(0, 6.28)}) * ` : '';
  if (bends > 0 && w.chance(0.3)) {
    w.line(`vec2 ${v} = ${from};`);
    w.choose(WILD_WARPS)(w, v);
  } else w.line(`vec2 ${v} = ${turned}(${from} + ${w.pick(['0.3 * ', '', '0.6 * '])}${shift});`);
  for (let i = 0; i < bends; i++) if (w.chance(0.55)) w.choose(WARPS)(w, v);
  w.line(`${v} *= ${w.gene(units[0], units[1])};`);
  if (w.chance(0.3)) w.line(`${v} += vec2(${w.phase()}, ${w.gene(0, 9)});`);
  return v;
}
