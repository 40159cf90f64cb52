import { colourOf, rampOf } from './grammar-colour.js';
import { FIELDS } from './grammar-fields.js';
import { simpleSurface } from './grammar-surfaces.js';
import type { Part, Writer } from './grammar-writer.js';

/** Writes `vec3 NAME(vec3 d)`, the colour of the air in direction d; its name. */
export const SKIES: readonly Part<(w: Writer) => string>[] = [
  {
    name: 'a clear sky',
    weight: 1.4,
    write: (w) =>
      w.define('vec3', 'air', 'vec3 d', () => {
        const low = colourOf(w, [0.05, 0.35], [0.65, 0.98]);
        return `mix(${low}, ${colourOf(w, [0.3, 0.75], [0.25, 0.8])}, sqrt(clamp(d.y, 0.0, 1.0)))`;
      }),
  },
  {
    name: 'a cloudy sky',
    weight: 1.2,
    write(w) {
      w.include('quick');
      return w.define('vec3', 'air', 'vec3 d', () => {
        w.line(`float cover = clouds(d.xz / (abs(d.y) + 0.15) * ${w.number(0.5, 1.5)} + time, 3);`);
        return `mix(mix(vec3(${w.number(0.6, 0.9)}), ${colourOf(w, [0.3, 0.7], [0.4, 0.8])}, clamp(2.0 * d.y, 0.0, 1.0)), vec3(${w.number(0.8, 1)}), ease(${w.number(0.3, 0.5)}, 0.9, cover))`;
      });
    },
  },
  {
    name: 'a studio',
    weight: 1.2,
    write: (w) =>
      w.define('vec3', 'air', 'vec3 d', () => {
        return `${colourOf(w, [0.02, 0.5], [0.3, 0.95])} * (${w.number(0.5, 0.8)} + 0.4 * d.y + ${w.number(0, 0.5)} * ease(0.3, 0.9, d.x))`;
      }),
  },
  {
    name: 'a starry night',
    weight: 0.5,
    write(w) {
      w.include('pattern');
      return w.define('vec3', 'air', 'vec3 d', () => {
        const glow = colourOf(w, [0.3, 0.8], [0.15, 0.4]);
        return `${glow} * (1.0 - 0.7 * d.y) + stars(${w.number(9, 20)} * d.xy / (1.2 + abs(d.z)))`;
      });
    },
  },
  {
    name: 'dusk',
    weight: 0.9,
    write: (w) =>
      w.define('vec3', 'air', 'vec3 d', () => {
        const glow = `vec3(${w.number(0.8, 1)}, ${w.gene(0.4, 0.7)}, ${w.number(0.2, 0.4)})`;
        return `mix(vec3(${w.gene(0.05, 0.2)}, 0.08, ${w.gene(0.15, 0.35)}), ${glow}, exp(-${w.number(2, 5)} * abs(d.y)))`;
      }),
  },
];

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

/** Writes a raymarched scene; the name of `vec3 NAME(vec2 p)`. */
export function sceneOf(w: Writer): string {
  w.include('solid', 'stage', 'color');
  const floor = w.chance(0.75);
  w.define('float', 'scene', 'vec3 p', () => {
    const things = w.choose(ARRANGEMENTS)(w);
    if (!floor) return things;
    const rolling = `${w.number(0.1, 0.24)} * sin(${w.number(0.8, 2)} * p.x) * sin(${w.number(0.8, 2)} * p.z)`;
    return `min(${things}, ${w.chance(0.3) ? `0.8 * (p.y + 1.0 + ${rolling})` : 'p.y + 1.0'})`;
  });
  const air = w.choose(SKIES)(w);
  const ink = rampOf(w);
  const ground = floor ? (w.chance(0.5) ? simpleSurface(w) : rampOf(w)) : '';
  return w.define('vec3', 'look', 'vec2 p', () => {
    w.line(`vec3 eye = vec3(${w.number(3.2, 4.6)} * cis(${w.gene(0, 6.28)} + 0.2 * time), ${w.gene(0.3, 2.6)}).xzy;`);
    w.line(`vec3 d = ray(p, eye, vec3(0.0, ${w.gene(-0.5, 0.1)}, 0.0), ${w.gene(1.4, 2.4)});`);
    w.line(`vec3 haze = ${air}(d);`);
    w.line(`float t = travel(eye, d, 16.0, ${w.whole(26, 36)});`);
    w.line('if (t > 16.0) return haze;');
    w.line('vec3 q = eye + t * d, n = normalOf(q);');
    w.line(`vec3 sun = normalize(vec3(cis(${w.gene(0, 6.28)}), ${w.gene(0.5, 1.4)}).xzy);`);
    w.include('pattern');
    const at = w.pick([
      'q.xz + q.y',
      'q.xy + 0.5 * q.z',
      'vec2(atan(q.z, q.x), 1.5 * q.y)',
      '(abs(n.y) > 0.5 ? q.xz : q.xy + q.z)',
    ]);
    w.line(`vec2 at = ${w.number(1.2, 4)} * ${at.startsWith('vec2') || at.startsWith('(') ? at : `(${at})`};`);
    const tone = w.pick([
      () => w.choose(FIELDS)(w, 'at'),
      () => w.choose(FIELDS)(w, 'at'),
      () => `0.5 + 0.5 * n.y`,
      () => w.gene(0.3, 0.9),
    ])();
    w.line(`vec3 color = ${ink}(${tone});`);
    if (floor) {
      const paved = ground.startsWith('ink')
        ? `${ground}(${w.pick(['0.6', 'mod(floor(q.x * 1.5) + floor(q.z * 1.5), 2.0)', 'clouds(q.xz, 3)', 'saw(length(q.xz))'])})`
        : `${ground}(${w.number(0.3, 0.7)} * q.xz)`;
      w.line(`if (q.y < -0.97) color = ${paved};`);
    }
    w.line(`color = lightUp(color, q, n, d, sun, haze, ${w.number(0, 0.6)});`);
    return `mix(color, haze, 1.0 - exp(-${w.number(0.002, 0.012)} * t * t))`;
  });
}

/** Hills behind hills to the horizon; the name of `vec3 NAME(vec2 p)`. */
export function landscapeOf(w: Writer): string {
  w.include('pattern', 'color');
  const air = w.choose(SKIES)(w);
  const ink = rampOf(w);
  return w.define('vec3', 'look', 'vec2 p', () => {
    const layers = w.whole(3, 7);
    w.line(`float horizon = ${w.gene(-0.1, 0.5)};`);
    w.line(`vec3 color = ${air}(normalize(vec3(p.x, p.y - horizon, 1.2))), haze = color;`);
    if (w.chance(0.5)) {
      w.line(`float sun = length(p - vec2(${w.gene(-0.7, 0.7)}, horizon + ${w.gene(0.1, 0.6)}));`);
      w.line(
        `color += vec3(1.0, 0.85, 0.6) * (ease(${w.number(0.1, 0.25)}, ${w.number(0.05, 0.09)}, sun) + 0.3 * exp(-3.0 * sun));`,
      );
    }
    w.line(`for (int i = 1; i <= ${layers}; i++) {`);
    w.line(
      `  float near = float(i) / ${layers}.0, x = p.x * (${w.number(2, 3.5)} - near) + 17.0 * float(i) + ${w.number(0.2, 1)} * time;`,
    );
    const crest = w.pick([
      `crests(vec2(x, 3.0 * near), ${w.whole(2, 4)})`,
      `clouds(vec2(x, 5.0), ${w.whole(2, 4)})`,
      `(0.5 + 0.3 * sin(x) + 0.2 * sin(2.7 * x))`,
      `floor(5.0 * quickHash(vec2(floor(x * ${w.number(2, 5)}), 2.0))) / 5.0`,
      `puffs(vec2(x, 2.0), ${w.whole(2, 3)})`,
    ]);
    w.line(
      `  float rise = horizon - ${w.number(0.9, 1.4)} * near + ${w.number(0.3, 0.6)} * (1.0 - 0.4 * near) * ${crest};`,
    );
    w.line(`  vec2 at = vec2(p.x, p.y - rise) * (${w.number(3, 7)} - ${w.number(1, 2.5)} * near) + 9.0 * float(i);`);
    w.line(`  float grain = ${w.choose(FIELDS)(w, 'at')};`);
    w.line(
      `  vec3 soil = ${ink}(${w.pick(['0.8 - 0.6 * near', '0.3 + 0.4 * near', 'grain'])}) * (${w.number(0.5, 0.8)} + ${w.number(0.3, 0.5)} * grain);`,
    );
    w.line(`  soil = mix(haze, soil, ${w.number(0.3, 0.6)} + ${w.number(0.3, 0.4)} * near);`);
    w.line(`  color = mix(color, soil, ease(0.006, -0.006, p.y - rise));`);
    w.line('}');
    return 'color';
  });
}

/** A surface on the walls of a tunnel, or on floor and ceiling; the name of `vec3 NAME(vec2 p)`. */
export function depthOf(w: Writer): string {
  const wall = simpleSurface(w);
  w.include('space', 'color');
  return w.define('vec3', 'look', 'vec2 p', () => {
    w.line(`vec2 c = p - vec2(${w.gene(-0.5, 0.5)}, ${w.gene(-0.4, 0.4)});`);
    const shape = w.pick([
      () => 'length(c)',
      () => 'max(abs(c.x), abs(c.y))',
      () => 'abs(c.y)',
      () => 'pow(dot(c * c, c * c), 0.25)',
      () => `(length(c) + ${w.number(0.03, 0.1)} * sin(${w.whole(3, 7)}.0 * atan(c.y, c.x)))`,
    ])();
    w.line(`float r = max(${shape}, 0.02), far = ${w.number(0.3, 0.7)} / r;`);
    const round = shape === 'abs(c.y)' ? 'c.x / r * 0.5' : `abs(atan(c.y, c.x)) * ${w.number(0.5, 1.2)}`;
    w.line(`vec3 color = ${wall}(vec2(${round}, far + ${w.number(0.3, 1)} * time));`);
    w.line(`vec3 fog = ${colourOf(w, [0.1, 0.6], [0.02, 0.95])};`);
    return `mix(fog, color * (${w.number(0.7, 0.9)} + ${w.number(0.2, 0.5)} * c.y), ease(0.02, ${w.number(0.4, 0.8)}, r))`;
  });
}
