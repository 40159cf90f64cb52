import type { Part, Writer } from './grammar-writer.js';
import { glsl } from './grammar-writer.js';

/** Writes a function `vec3 NAME(float t)`, t in 0…1, from dark or one end to the other; its name. */
type Ramp = (w: Writer) => string;

/** Pairs of colours as photographs have them, red, green and blue: shade, light. */
const MATTER: readonly (readonly [string, string, string])[] = [
  ['earth', '0.16, 0.11, 0.08', '0.72, 0.58, 0.42'],
  ['sand', '0.42, 0.33, 0.24', '0.9, 0.82, 0.68'],
  ['foliage', '0.05, 0.1, 0.04', '0.5, 0.6, 0.26'],
  ['stone', '0.16, 0.16, 0.17', '0.75, 0.73, 0.7'],
  ['rust', '0.13, 0.08, 0.07', '0.74, 0.4, 0.2'],
  ['sea', '0.03, 0.1, 0.16', '0.55, 0.76, 0.8'],
  ['sky', '0.22, 0.36, 0.58', '0.88, 0.91, 0.94'],
  ['skin', '0.3, 0.15, 0.1', '0.93, 0.74, 0.62'],
  ['wood', '0.2, 0.11, 0.05', '0.78, 0.58, 0.36'],
  ['night', '0.02, 0.03, 0.07', '0.45, 0.5, 0.62'],
  ['blossom', '0.3, 0.06, 0.14', '0.95, 0.72, 0.76'],
  ['snow', '0.34, 0.4, 0.5', '0.97, 0.97, 0.98'],
  ['moss', '0.09, 0.11, 0.05', '0.62, 0.62, 0.3'],
  ['flame', '0.25, 0.03, 0.01', '1.0, 0.78, 0.3'],
  ['ink', '0.06, 0.06, 0.1', '0.93, 0.9, 0.83'],
  ['copper', '0.1, 0.16, 0.15', '0.82, 0.52, 0.38'],
];

const define = (w: Writer, body: () => string): string => {
  w.include('color');
  return w.define('vec3', 'ink', 'float t', body);
};

/** A colour of fixed hue that each picture turns a little. */
export function colourOf(w: Writer, saturation: readonly [number, number], value: readonly [number, number]): string {
  w.include('color');
  return `hsv(${w.hue()}, ${w.number(...saturation)}, ${w.number(...value)})`;
}

const matter: Ramp = (w) =>
  define(w, () => {
    const [, dark, light] = w.pick(MATTER);
    const [, , other] = w.pick(MATTER);
    const warm = `vec3(${w.gene(0.9, 1.1)}, 1.0, ${w.gene(0.85, 1.1)})`;
    if (w.chance(0.5)) return `mix(vec3(${dark}), vec3(${light}), t) * ${warm}`;
    return `mix(mix(vec3(${dark}), vec3(${light}), t), vec3(${other}), ${w.number(0.4, 0.8)} * ease(${w.gene(0.4, 0.6)}, 0.95, t))`;
  });

export const RAMPS: readonly Part<Ramp>[] = [
  { name: 'colours of matter', weight: 3.2, write: matter },
  { name: 'three stops', weight: 2, write: (w) => define(w, () => `stops(t, ${w.genes(6)})`) },
  {
    name: 'a cosine palette',
    weight: 0.7,
    write: (w) => define(w, () => `palette(${w.number(0.4, 0.9)} * t, ${w.genes(6)})`),
  },
  {
    name: 'two colours',
    weight: 1.2,
    write: (w) =>
      define(w, () => `mix(${colourOf(w, [0.2, 0.9], [0.05, 0.4])}, ${colourOf(w, [0.1, 0.6], [0.7, 1])}, t)`),
  },
  {
    name: 'tinted greys',
    weight: 0.8,
    write: (w) => define(w, () => `mix(vec3(${w.number(0, 0.15)}), ${colourOf(w, [0.02, 0.2], [0.8, 1])}, t)`),
  },
  {
    name: 'neon on black',
    weight: 0.5,
    write: (w) => define(w, () => `hsv(${w.hue()} + ${w.number(-0.3, 0.3)} * t, 1.0 - 0.7 * t * t * t, t * t)`),
  },
  {
    name: 'pastels',
    weight: 0.7,
    write: (w) =>
      define(w, () => `hsv(${w.hue()} + ${w.number(0.1, 0.5)} * t, ${w.number(0.12, 0.35)}, 0.7 + 0.28 * t)`),
  },
  {
    name: 'four flat inks',
    weight: 0.8,
    write: (w) =>
      define(w, () => {
        w.line(`vec3 c = t < 0.5 ? ${colourOf(w, [0.2, 0.7], [0.1, 0.4])} : ${colourOf(w, [0.05, 0.4], [0.7, 0.95])};`);
        return `abs(t - 0.5) > ${w.number(0.15, 0.3)} ? c : c.${w.pick(['brg', 'gbr', 'grb', 'rbg'])}`;
      }),
  },
  {
    name: 'glowing embers',
    weight: 0.5,
    write: (w) =>
      define(
        w,
        () =>
          `vec3(1.5, 1.2, 1.0) * pow(clamp(t, 0.0, 1.0) * vec3(1.0), vec3(${w.number(0.8, 1.1)}, ${glsl(2)}, ${w.number(3.4, 5)}))`,
      ),
  },
  {
    name: 'a dark and a light matter',
    weight: 1,
    write(w) {
      const a = matter(w);
      const b = matter(w);
      return define(w, () => `mix(${a}(t), ${b}(t), ease(${w.number(0.3, 0.45)}, ${w.number(0.55, 0.7)}, t))`);
    },
  },
];

/** A ramp of the picture; the name of `vec3 NAME(float t)`. */
export const rampOf = (w: Writer): string => w.choose(RAMPS)(w);
