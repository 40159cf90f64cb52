import { colourOf, rampOf } from './grammar-colour.js';
import { FIELDS } from './grammar-fields.js';
import { SKIES } from './grammar-skies.js';
import { ARRANGEMENTS } from './grammar-solids.js';
import { simpleSurface } from './grammar-surfaces.js';
import type { Writer } from './grammar-writer.js';

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
