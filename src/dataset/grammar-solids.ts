import type { Part, Writer } from './grammar-writer.js';

/** An expression of a distance at the vec3 expression `q`: a solid of radius about `r` (text). */
type Solid = (w: Writer, q: string, r: string) => string;
export const SOLIDS: readonly Part<Solid>[] = [
  { name: 'balls', weight: 1.5, write: (_, q, r) => `sphere(${q}, ${r})` },
  {
    name: 'blocks',
    weight: 1.3,
    write: (w, q, r) =>
      `block(${q}, ${r} * vec3(${w.number(0.4, 0.8)}, ${w.number(0.5, 0.9)}, ${w.number(0.4, 0.8)})) - 0.03`,
  },
  { name: 'rings', weight: 1, write: (w, q, r) => `torus(${q}, 0.8 * ${r}, ${w.number(0.15, 0.35)} * ${r})` },
  { name: 'columns', weight: 1, write: (w, q, r) => `cylinder(${q}, ${w.number(0.3, 0.6)} * ${r}, ${r}) - 0.02` },
  { name: 'octahedra', weight: 0.8, write: (_, q, r) => `octahedron(${q}, 1.1 * ${r})` },
  {
    name: 'hollowed blocks',
    weight: 0.9,
    write: (_, q, r) => `max(block(${q}, vec3(0.7 * ${r})), 0.9 * ${r} - length(${q}))`,
  },
  {
    name: 'drilled balls',
    weight: 0.8,
    write: (w, q, r) =>
      `max(sphere(${q}, ${r}), ${w.number(0.35, 0.6)} * ${r} - length((${q}).${w.pick(['xy', 'xz', 'yz'])}))`,
  },
  { name: 'shells', weight: 0.6, write: (_, q, r) => `max(abs(sphere(${q}, ${r})) - 0.04, (${q}).y - 0.3 * ${r})` },
  {
    name: 'wavy balls',
    weight: 1,
    write: (w, q, r) =>
      `0.7 * (sphere(${q}, ${r}) + ${w.number(0.04, 0.1)} * sin(${w.number(5, 11)} * (${q}).x) * sin(${w.number(5, 11)} * (${q}).y) * sin(${w.number(5, 11)} * (${q}).z))`,
  },
];

/** Writes the lines of `float scene(vec3 p)` and returns its value, without the floor. */
type Arrangement = (w: Writer) => string;
export const ARRANGEMENTS: readonly Part<Arrangement>[] = [
  {
    name: 'one great thing',
    weight: 1,
    write(w) {
      w.line(`vec3 q = p;`);
      w.line(`q.xz *= turn(${w.gene(0, 6.28)} + ${w.number(0, 1.5)} * p.y);`);
      w.line(`q.xy *= turn(${w.gene(-0.5, 0.5)});`);
      return w.choose(SOLIDS)(w, 'q', w.number(0.8, 1.1));
    },
  },
  {
    name: 'a field in rows',
    weight: 1.2,
    write(w) {
      w.include('noise');
      const pitch = w.number(1.3, 2.4);
      w.line(`vec2 lot = floor(p.xz / ${pitch} + 0.5);`);
      w.line('vec3 h = hash32(lot);');
      w.line(`vec3 q = vec3(p.x - ${pitch} * lot.x, p.y + 0.7 - ${w.number(0.2, 0.9)} * h.y, p.z - ${pitch} * lot.y);`);
      if (w.chance(0.5)) w.line('q.xz *= turn(6.28 * h.z);');
      return `0.8 * (${w.choose(SOLIDS)(w, 'q', `(${w.number(0.2, 0.3)} + ${w.number(0.15, 0.35)} * h.x)`)})`;
    },
  },
  {
    name: 'towers of chance height',
    weight: 0.8,
    write(w) {
      w.include('noise');
      const pitch = w.number(0.8, 1.4);
      w.line(`vec2 lot = floor(p.xz / ${pitch});`);
      w.line(`vec2 q = p.xz - ${pitch} * (lot + 0.5);`);
      w.line(`float tall = ${w.number(0.6, 1.5)} * hash21(lot);`);
      const plan = w.pick([`length(q) - 0.3 * ${pitch}`, `max(abs(q.x), abs(q.y)) - 0.36 * ${pitch}`]);
      return `0.7 * max(${plan}, p.y + 1.0 - tall)`;
    },
  },
  {
    name: 'a ring of things',
    weight: 1,
    write(w) {
      const count = w.whole(4, 11);
      w.line(`float wedge = 6.28318 / ${count}.0, a = atan(p.z, p.x) + ${w.gene(0, 6.28)};`);
      w.line('a -= wedge * floor(a / wedge + 0.5);');
      w.line(`vec3 q = vec3(length(p.xz) * cos(a) - ${w.number(1.1, 1.5)}, p.y + 0.3, length(p.xz) * sin(a));`);
      const middle = w.chance(0.6) ? w.choose(SOLIDS)(w, 'p', w.number(0.4, 0.6)) : '9.0';
      return `min(${w.choose(SOLIDS)(w, 'q', w.number(0.3, 0.5))}, ${middle})`;
    },
  },
  {
    name: 'things that melt together',
    weight: 1.2,
    write(w) {
      w.include('hash');
      w.line('float d = 9.0;');
      w.line(`for (int i = 0; i < ${w.whole(3, 5)}; i++) {`);
      w.line('  vec3 h = hash33(vec3(float(i), 3.0, 5.0));');
      w.line(`  vec3 q = p - vec3(1.8, 1.1, 1.8) * (h - 0.5);`);
      const r = `(${w.number(0.25, 0.4)} + 0.3 * h.z)`;
      w.line(`  d = smoothUnion(d, ${w.choose(SOLIDS)(w, 'q', r)}, ${w.number(0.05, 0.35)});`);
      w.line('}');
      return 'd';
    },
  },
  {
    name: 'a pile',
    weight: 1,
    write(w) {
      w.include('hash');
      w.line('float d = 9.0;');
      w.line(`for (int i = 0; i < ${w.whole(3, 5)}; i++) {`);
      w.line('  vec3 h = hash33(vec3(float(i), 7.0, 2.0));');
      w.line(`  vec3 q = p - vec3(2.4 * h.x - 1.2, -0.65 + 0.3 * h.y, 2.4 * h.z - 1.2);`);
      w.line('  q.xz *= turn(6.28 * h.x);');
      w.line(`  d = min(d, ${w.choose(SOLIDS)(w, 'q', `(0.3 + 0.25 * h.y)`)});`);
      w.line('}');
      return 'd';
    },
  },
  {
    name: 'a folded sculpture',
    weight: 0.9,
    write(w) {
      w.line('vec3 q = p;');
      w.line(`float size = 1.0;`);
      w.line(`for (int i = 0; i < ${w.whole(3, 4)}; i++) {`);
      w.line(`  q = abs(q) - vec3(${w.number(0.3, 0.6)}, ${w.number(0.2, 0.6)}, ${w.number(0.3, 0.6)});`);
      w.line(`  q.${w.pick(['xy', 'xz', 'yz'])} *= turn(${w.gene(0.2, 1.2)});`);
      w.line('  q *= 1.35; size *= 1.35;');
      w.line('}');
      return `(${w.choose(SOLIDS)(w, 'q', w.number(0.6, 0.9))}) / size`;
    },
  },
  {
    name: 'rough hills',
    weight: 0.9,
    write(w) {
      w.include('quick');
      w.line(`vec2 q = ${w.number(0.7, 1.3)} * p.xz;`);
      const fine = w.chance(0.5) ? `abs(quickNoise(2.9 * q) - 0.5)` : 'quickNoise(2.7 * q)';
      w.line(`float h = quickNoise(q) + ${w.number(0.2, 0.45)} * ${fine};`);
      if (w.chance(0.3)) w.line(`h = 0.2 * (floor(5.0 * h) + ease(0.6, 1.0, fract(5.0 * h)));`);
      return `0.55 * (p.y + ${w.number(1.2, 1.5)} - ${w.number(0.9, 1.5)} * h)`;
    },
  },
  {
    name: 'a tower of slabs',
    weight: 0.8,
    write(w) {
      w.line(`float layer = clamp(floor(p.y / ${w.number(0.3, 0.5)} + 0.5), -2.0, 3.0);`);
      w.line('vec3 q = vec3(p.x, p.y - 0.4 * layer, p.z);');
      w.line(`q.xz *= turn(${w.gene(0.2, 1)} * layer);`);
      return `0.7 * (block(q, vec3(${w.number(0.5, 0.9)} - 0.1 * layer, 0.15, ${w.number(0.4, 0.8)})) - 0.04)`;
    },
  },
];
