import { colourOf, rampOf } from './grammar-colour.js';
import { fieldOf } from './grammar-fields.js';
import { simpleSurface } from './grammar-surfaces.js';
import { MOTIFS } from './grammar-tiles.js';
import { writeView } from './grammar-warps.js';
import type { Part, Writer } from './grammar-writer.js';

/** Lays something over the variable `color` at `p`. `before` writes functions that the lines call. */
type Layer = (w: Writer) => () => void;

export const LAYERS: readonly Part<Layer>[] = [
  {
    name: 'a figure before it',
    weight: 2.4,
    write(w) {
      const skin = simpleSurface(w);
      return () => {
        w.include('motif');
        const size = w.gene(0.5, 0.95);
        w.line(`vec2 d = turn(${w.gene(0, 6.28)}) * (p - vec2(${w.gene(-0.6, 0.6)}, ${w.gene(-0.6, 0.6)})) * ${size};`);
        const motif = w.choose(MOTIFS)(w, 'd');
        w.line(`float s = ${motif};`);
        w.line(`color *= 1.0 - ${w.number(0.3, 0.7)} * ease(${w.number(0.1, 0.3)}, 0.0, s);`);
        const light = w.pick([
          `(0.55 + 0.6 * ease(0.0, -${w.number(0.08, 0.3)}, s))`,
          `(0.9 + ${w.number(0.6, 1.2)} * dot(d, vec2(${w.gene(-0.8, 0.8)}, 0.7)))`,
        ]);
        w.line(`color = mix(color, ${skin}(d * ${w.number(1, 3)}) * ${light}, ease(0.012, -0.012, s));`);
      };
    },
  },
  {
    name: 'several figures before it',
    weight: 1.4,
    write(w) {
      const ink = rampOf(w);
      return () => {
        w.include('motif', 'hash');
        w.line(`for (int i = 0; i < ${w.whole(3, 7)}; i++) {`);
        w.line('  vec3 h = hash33(vec3(float(i), 11.0, 4.0));');
        w.line(`  vec2 d = turn(6.28 * h.z) * (p - 2.2 * (h.xy - 0.5)) * (0.7 + ${w.number(0.6, 2)} * h.z);`);
        const motif = w.choose(MOTIFS)(w, 'd');
        w.line(`  float s = ${motif};`);
        w.line(`  color *= 1.0 - ${w.number(0.2, 0.6)} * ease(${w.number(0.06, 0.2)}, 0.0, s);`);
        w.line(`  color = mix(color, ${ink}(h.x) * (0.85 + ${w.number(0.3, 1.2)} * d.y), ease(0.012, -0.012, s));`);
        w.line('}');
      };
    },
  },
  {
    name: 'another surface through a mask',
    weight: 1.6,
    write(w) {
      const skin = simpleSurface(w);
      return () => {
        const q = writeView(w, 'p', [0.8, 2.2], 1);
        w.line(`float mask = ${fieldOf(w, q, true)};`);
        const edge = w.number(0.35, 0.6);
        w.line(`color *= 1.0 - ${w.number(0, 0.6)} * ease(${edge} - 0.15, ${edge}, mask);`);
        w.line(`color = mix(color, ${skin}(p), ease(${edge}, ${edge} + 0.03, mask));`);
      };
    },
  },
  {
    name: 'shadows on it',
    weight: 1,
    write: (w) => () => {
      const q = writeView(w, 'p', [0.8, 3], 1);
      w.line(
        `color *= ${w.number(0.4, 0.65)} + ${w.number(0.4, 0.6)} * ease(${w.number(0.2, 0.4)}, ${w.number(0.5, 0.8)}, ${fieldOf(w, q, true)});`,
      );
    },
  },
  {
    name: 'curved lines across it',
    weight: 0.9,
    write: (w) => () => {
      w.include('quick', 'hash');
      w.line(`vec3 thread = ${colourOf(w, [0.1, 0.8], [0.05, 1])};`);
      w.line(`for (int i = 0; i < ${w.whole(3, 7)}; i++) {`);
      w.line(
        `  float x = p.${w.pick(['x', 'y'])}, k = float(i), y = 1.6 * hash11(k) - 0.8 + ${w.number(0.3, 0.7)} * (quickNoise(vec2(${w.number(0.8, 2.5)} * x, 7.0 * k + time)) - 0.5);`,
      );
      w.line(
        `  color = mix(color, thread * (0.6 + 0.5 * hash11(k + 20.0)), ease(${w.number(0.02, 0.05)}, 0.01, abs(p.${w.pick(['x', 'y'])} * 0.4 + x * 0.6 - y)));`,
      );
      w.line('}');
    },
  },
  {
    name: 'lights out of focus',
    weight: 0.7,
    write(w) {
      const ink = rampOf(w);
      return () => {
        w.include('hash');
        w.line(`for (int i = 0; i < ${w.whole(5, 10)}; i++) {`);
        w.line('  vec3 h = hash33(vec3(float(i), 5.0, 9.0));');
        w.line(`  float r = length(p - 2.2 * (h.xy - 0.5)) / (0.1 + ${w.number(0.15, 0.4)} * h.z);`);
        w.line(`  color += ${w.number(0.2, 0.5)} * ${ink}(0.4 + 0.6 * h.x) * ease(1.0, ${w.number(0.5, 0.9)}, r);`);
        w.line('}');
      };
    },
  },
  {
    name: 'a lattice before it',
    weight: 0.6,
    write: (w) => () => {
      w.include('space');
      w.line(`vec2 grid = abs(fract(turn(${w.gene(0, 3.1)}) * p * ${w.number(1, 3)}) - 0.5);`);
      w.line(
        `float wire = ${w.pick(['min(grid.x, grid.y)', 'abs(grid.x - grid.y)', 'grid.x', 'abs(length(grid) - 0.4)'])} - ${w.number(0.02, 0.08)};`,
      );
      w.line(`color *= 1.0 - ${w.number(0.3, 0.6)} * ease(0.1, 0.0, wire);`);
      w.line(
        `color = mix(color, ${colourOf(w, [0.05, 0.6], [0.05, 0.9])} * (1.0 - 6.0 * wire), ease(0.01, -0.01, wire));`,
      );
    },
  },
  {
    name: 'rain and scratches',
    weight: 0.5,
    write: (w) => () => {
      w.include('quick');
      w.line(
        `vec2 fall = vec2(p.x + ${w.gene(-0.4, 0.4)} * p.y, p.y) * vec2(${w.number(30, 70)}, ${w.number(1.5, 4)});`,
      );
      w.line(`float drop_ = ease(${w.number(0.75, 0.9)}, 1.0, quickNoise(fall + vec2(0.0, 9.0 * time)));`);
      w.line(`color = mix(color, vec3(${w.number(0.7, 1)}), ${w.number(0.4, 0.8)} * drop_);`);
    },
  },
  {
    name: 'a glowing trace',
    weight: 0.6,
    write: (w) => () => {
      const q = writeView(w, 'p', [1, 2.5], 1);
      w.line(`float glow = abs(${fieldOf(w, q, true)} - ${w.number(0.35, 0.6)});`);
      w.line(
        `color = ${w.number(0.35, 0.8)} * color + ${colourOf(w, [0.3, 0.8], [0.7, 1])} * exp(-${w.number(8, 25)} * glow);`,
      );
    },
  },
];
