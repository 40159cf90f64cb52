import { colourOf, rampOf } from './grammar-colour.js';
import { fieldOf } from './grammar-fields.js';
import { writeView } from './grammar-warps.js';
import type { Part, Writer } from './grammar-writer.js';

/** Writes a function `vec3 NAME(vec2 p)`: the colour of a surface where p spans about −1…1; its name. */
export type Surface = (w: Writer) => string;

/** The function around a surface's lines. */
export const surface = (w: Writer, body: () => string): string => w.define('vec3', 'skin', 'vec2 p', body);
/** How many warps a view may have. */
export const bends = (w: Writer): number => w.pick([0, 1, 1, 2]);

/** A height function of the plane: `float NAME(vec2 p)`. */
const heightOf = (w: Writer, plain = false): string =>
  w.define('float', 'height', 'vec2 p', () => {
    const q = writeView(w, 'p', [1.5, 6], bends(w));
    return fieldOf(w, q, plain);
  });

/** The heights here, to the right and above, filled by a loop so that the height is compiled once. */
export const RELIEF = 'vec3 h = vec3(0.0);';

/** Surfaces of one field or two. */
export const SIMPLE: readonly Part<Surface>[] = [
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

/** A surface of one field or two. */
export const simpleSurface = (w: Writer): string => w.choose(SIMPLE)(w);
