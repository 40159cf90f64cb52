import { colourOf, rampOf } from './grammar-colour.js';
import { fieldOf } from './grammar-fields.js';
import { MOTIFS, tileOf } from './grammar-tiles.js';
import { writeView } from './grammar-warps.js';
import type { Part, Writer } from './grammar-writer.js';

/** Writes a function `vec3 NAME(vec2 p)`: the colour of a surface where p spans about −1…1; its name. */
type Surface = (w: Writer) => string;

const surface = (w: Writer, body: () => string): string => w.define('vec3', 'skin', 'vec2 p', body);
const bends = (w: Writer): number => w.pick([0, 1, 1, 2]);

/** A height function of the plane: `float NAME(vec2 p)`. */
const heightOf = (w: Writer, plain = false): string =>
  w.define('float', 'height', 'vec2 p', () => {
    const q = writeView(w, 'p', [1.5, 6], bends(w));
    return fieldOf(w, q, plain);
  });

const RELIEF = 'vec3 h = vec3(0.0);';

const SIMPLE: readonly Part<Surface>[] = [
  {
    name: 'painted flat',
    weight: 1.4,
    write(w) {
      const ink = rampOf(w);
      return surface(w, () => {
        const q = writeView(w, 'p', [1.5, 6], bends(w));
        return `${ink}(${fieldOf(w, q)})`;
      });
    },
  },
  {
    name: 'lit as a relief',
    weight: 2.6,
    write(w) {
      const ink = rampOf(w);
      const height = heightOf(w, w.chance(0.5));
      w.include('relief');
      return surface(w, () => {
        w.line(RELIEF);
        w.line(
          `for (int i = 0; i < 3; i++) h[i] = ${height}(p + 0.012 * vec2(i == 1 ? 1.0 : 0.0, i == 2 ? 1.0 : 0.0));`,
        );
        const depth = w.number(0.03, 0.14);
        const angle = w.gene(0, 6.28);
        const light = `reliefLight(h.x, h.y, h.z, ${depth}, ${angle})`;
        const colour = w.chance(0.3) ? `${ink}(${w.gene(0.3, 0.9)})` : `${ink}(h.x)`;
        if (w.chance(0.35)) {
          w.line(`vec3 color = ${colour} * ${light};`);
          return `color + ${w.number(0.2, 0.7)} * reliefShine(h.x, h.y, h.z, ${depth}, ${angle})`;
        }
        return `${colour} * ${light}`;
      });
    },
  },
  {
    name: 'two inks by two fields',
    weight: 1.4,
    write(w) {
      const a = rampOf(w);
      const b = rampOf(w);
      return surface(w, () => {
        const q = writeView(w, 'p', [1, 4], bends(w));
        w.line(`float mask = ${fieldOf(w, q)};`);
        const r = writeView(w, 'p', [3, 12], 1);
        w.line(`float fine = ${fieldOf(w, r, true)};`);
        const edge = w.number(0.35, 0.6);
        return `mix(${a}(fine), ${b}(${w.pick(['1.0 - fine', 'fine', '0.5 * fine + 0.5 * mask', 'mask'])}), ease(${edge}, ${edge} + ${w.number(0.03, 0.2)}, mask))`;
      });
    },
  },
  {
    name: 'shaded by a second field',
    weight: 1.2,
    write(w) {
      const ink = rampOf(w);
      return surface(w, () => {
        const q = writeView(w, 'p', [1.5, 5], bends(w));
        w.line(`vec3 color = ${ink}(${fieldOf(w, q)});`);
        return `color * (${w.number(0.45, 0.65)} + ${w.number(0.6, 0.85)} * ${fieldOf(w, `(p * ${w.number(1, 9)})`, true)})`;
      });
    },
  },
  {
    name: 'drawn in lines',
    weight: 0.9,
    write(w) {
      const ink = rampOf(w);
      return surface(w, () => {
        const q = writeView(w, 'p', [1, 3.5], bends(w));
        w.line(`float t = ${fieldOf(w, q, true)};`);
        w.line(`float line = ease(0.0, ${w.number(0.15, 0.5)}, abs(fract(${w.whole(3, 9)}.0 * t) - 0.5));`);
        return `mix(${colourOf(w, [0.1, 0.6], [0.02, 0.9])}, ${ink}(t), line)`;
      });
    },
  },
  {
    name: 'cut from paper in layers',
    weight: 1.1,
    write(w) {
      const ink = rampOf(w);
      const height = heightOf(w, true);
      return surface(w, () => {
        const layers = w.whole(3, 6);
        w.line(`vec3 color = ${ink}(0.0);`);
        w.line(`for (int i = 1; i < ${layers}; i++) {`);
        w.line(`  float level = float(i) / ${layers}.0, here = ${height}(p + level * ${w.number(0.2, 2)});`);
        w.line(`  color *= 1.0 - ${w.number(0.3, 0.7)} * ease(level - ${w.number(0.08, 0.2)}, level, here);`);
        w.line(`  color = mix(color, ${ink}(level), ease(level - 0.01, level + 0.01, here));`);
        w.line('}');
        return 'color';
      });
    },
  },
];

const CELLED: readonly Part<Surface>[] = [
  {
    name: 'laid in tiles',
    weight: 3,
    write(w) {
      const ink = rampOf(w);
      return surface(w, () => {
        const q = writeView(w, 'p', [2, 6], bends(w));
        w.line(`Tile t = ${tileOf(w, q)};`);
        w.line('vec3 h = hash32(t.id);');
        const tone = w.pick(['h.x', 'h.x', '0.3 + 0.4 * h.x', 'fract(h.x + h.y)']);
        w.line(`vec3 color = ${ink}(${tone}) * (${w.number(0.7, 0.9)} + ${w.number(0.2, 0.5)} * h.z);`);
        if (w.chance(0.55)) {
          w.include('pattern');
          w.line(
            `color *= ${w.number(0.55, 0.75)} + ${w.number(0.5, 0.7)} * ${fieldOf(w, `(${w.number(2, 6)} * ${q}${w.pick(['', ' + 9.0 * h.xy'])})`, true)};`,
          );
        }
        if (w.chance(0.5)) {
          const motif = w.choose(MOTIFS)(w, `turn(floor(4.0 * h.y) * 1.57) * t.at * ${w.number(1, 1.5)}`);
          w.line(
            `color = mix(color, ${ink}(1.0 - h.x), ease(0.02, -0.02, ${motif}) * step(h.z, ${w.number(0.4, 1)}));`,
          );
        }
        if (w.chance(0.45))
          w.line(`color *= 0.8 + ${w.number(0.5, 1.2)} * dot(t.at, vec2(${w.gene(-0.7, 0.7)}, ${w.gene(0.2, 0.8)}));`);
        if (w.chance(0.75))
          return `mix(${colourOf(w, [0.02, 0.4], [0.03, 0.8])}, color, ease(0.0, ${w.number(0.04, 0.25)}, t.edge))`;
        return 'color';
      });
    },
  },
  {
    name: 'things strewn in layers',
    weight: 2.2,
    write(w) {
      const ink = rampOf(w);
      const ground = w.chance(0.5) ? w.choose(SIMPLE)(w) : '';
      w.include('noise', 'space');
      return surface(w, () => {
        const q = writeView(w, 'p', [1.2, 3.5], w.chance(0.3) ? 1 : 0);
        w.line(`vec3 color = ${ground ? `0.8 * ${ground}(p)` : `${ink}(${w.number(0, 0.3)})`};`);
        w.line(`for (int i = 0; i < ${w.whole(3, 8)}; i++) {`);
        w.line(
          `  vec2 r = turn(${w.number(1, 2.4)} * float(i)) * ${q} * ${w.pick(['1.0', `(${w.number(1.2, 1.8)} - 0.1 * float(i))`, `exp(0.15 * float(i))`])} + 17.0 * float(i);`,
        );
        w.line('  vec3 h = hash32(r), g = h.yzx;');
        w.line(
          `  vec2 d = turn(${w.pick(['6.28 * h.z', `0.8 * h.z + ${w.number(0, 3)}`])}) * (fract(r) - 0.5 - ${w.number(0.1, 0.3)} * (h.xy - 0.5)) * (1.1 + ${w.number(0.3, 1.5)} * g.x);`,
        );
        const motif = w.choose(MOTIFS)(w, 'd');
        w.line(`  float s = ${motif};`);
        w.line(`  color *= 1.0 - ${w.number(0.2, 0.6)} * ease(${w.number(0.08, 0.2)}, 0.0, s);`);
        const shade = w.pick([
          `(0.75 + 0.35 * h.y)`,
          `(0.8 + ${w.number(0.6, 1.4)} * d.${w.pick(['x', 'y'])})`,
          `(1.0 - ${w.number(0.5, 0.9)} * ease(-0.25, 0.02, s))`,
          `(0.7 + 0.5 * ease(0.0, -0.1, s))`,
        ]);
        w.line(
          `  color = mix(color, ${ink}(${w.pick(['h.x', '0.25 + 0.7 * h.x', '0.5 + 0.5 * g.z', 'float(i) / 8.0'])}) * ${shade}, ease(0.015, -0.015, s));`,
        );
        w.line('}');
        return 'color';
      });
    },
  },
  {
    name: 'painted in strokes',
    weight: 1.8,
    write(w) {
      const picture = w.choose(SIMPLE)(w);
      w.include('pattern');
      return surface(w, () => {
        const scale = w.number(3, 6);
        w.line(`vec3 color = vec3(${w.number(0.2, 0.8)});`);
        w.line(`for (int i = 0; i < ${w.whole(4, 7)}; i++) {`);
        w.line(`  float size = ${scale} + ${w.number(0.5, 2)} * float(i);`);
        w.line('  vec2 r = turn(float(i) * 1.9) * p * size + 31.0 * float(i), id = floor(r), h = hash22(id);');
        w.line('  vec2 centre = (id + 0.3 + 0.4 * h - 31.0 * float(i)) * turn(float(i) * 1.9) / size;');
        w.line(
          `  float angle = ${w.pick([`${w.number(3, 6)} * quickNoise(centre * ${w.number(1, 2.5)})`, `atan(centre.y, centre.x) + ${w.number(0, 1.5)}`, `${w.gene(0, 3.1)} + 0.5 * h.x`])};`,
        );
        w.line('  vec2 d = turn(-angle) * (p - centre) * size;');
        w.line(`  float bristle = 0.8 + 0.4 * quickNoise(vec2(d.x * 2.0, d.y * ${w.number(14, 26)}) + 9.0 * h);`);
        w.line(
          `  float cover = ease(0.0, 0.12, ${w.number(0.4, 0.55)} - length(d * vec2(${w.number(0.6, 0.9)}, ${w.number(1.5, 3)})));`,
        );
        w.line(`  color = mix(color, ${picture}(centre) * bristle * (0.85 + 0.3 * h.y), cover);`);
        w.line('}');
        return 'color';
      });
    },
  },
  {
    name: 'a picture seen in tiles',
    weight: 1,
    write(w) {
      const picture = w.choose(SIMPLE)(w);
      return surface(w, () => {
        const scale = w.number(5, 16);
        w.line(`vec2 q = p * ${scale};`);
        w.line(`Tile t = ${tileOf(w, 'q')};`);
        w.line(`vec3 color = ${picture}((q - t.at) / ${scale});`);
        if (w.chance(0.5)) w.line('color *= 0.8 + 0.4 * hash21(t.id);');
        return `color * (${w.number(0.2, 0.6)} + ${w.number(0.45, 0.7)} * ease(0.0, ${w.number(0.05, 0.3)}, t.edge))`;
      });
    },
  },
];

/** A surface of one field or two. */
export const simpleSurface = (w: Writer): string => w.choose(SIMPLE)(w);

/** Any surface. */
export const surfaceOf = (w: Writer): string => w.choose([...SIMPLE, ...CELLED])(w);
export const SURFACES: readonly Part<Surface>[] = [...SIMPLE, ...CELLED];
