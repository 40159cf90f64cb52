import { colourOf } from './grammar-colour.js';
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
