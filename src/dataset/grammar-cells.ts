import { colourOf, rampOf } from './grammar-colour.js';
import { fieldOf } from './grammar-fields.js';
import { bends, RELIEF, SIMPLE, type Surface, surface } from './grammar-surfaces.js';
import { MOTIFS, tileOf } from './grammar-tiles.js';
import { writeView } from './grammar-warps.js';
import type { Part, Writer } from './grammar-writer.js';

/** Surfaces that repeat a thing: tiles, strewn figures, strokes. */
const CELLED: readonly Part<Surface>[] = [
  {
    name: 'stones in relief',
    weight: 1.1,
    write(w) {
      const ink = rampOf(w);
      w.include('quick', 'relief');
      const view = w.define('vec2', 'bent', 'vec2 p', () => writeView(w, 'p', [1.3, 3], w.pick([0, 0, 1])));
      let tiling = '';
      const height = w.define('float', 'height', 'vec2 q', () => {
        tiling = tileOf(w, 'q');
        w.line(`Tile t = ${tiling};`);
        return `ease(0.0, ${w.number(0.1, 0.3)}, t.edge) * (0.7 + 0.3 * hash21(t.id)) + ${w.number(0.05, 0.35)} * clouds(${w.number(2, 7)} * q, 2)`;
      });
      return surface(w, () => {
        w.line(`vec2 q = ${view}(p);`);
        w.line(RELIEF);
        w.line(
          `for (int i = 0; i < 3; i++) h[i] = ${height}(q + 0.03 * vec2(i == 1 ? 1.0 : 0.0, i == 2 ? 1.0 : 0.0));`,
        );
        w.line(`Tile t = ${tiling};`);
        w.line(
          `vec3 color = ${ink}(${w.number(0.2, 0.4)} + ${w.number(0.3, 0.6)} * hash21(t.id + 40.0)) * (0.6 + 0.5 * h.x);`,
        );
        return `color * reliefLight(h.x, h.y, h.z, ${w.number(0.1, 0.3)}, ${w.gene(0, 6.28)})`;
      });
    },
  },
  {
    name: 'a soft gradient',
    weight: 0.6,
    write(w) {
      const ink = rampOf(w);
      w.include('quick');
      return surface(w, () => {
        const way = `vec2(${w.gene(-0.5, 0.5)}, ${w.gene(0.3, 0.6)})`;
        return `${ink}(clamp(0.5 + 0.6 * dot(p, ${way}) + ${w.number(0.2, 0.5)} * (quickNoise(${w.number(0.8, 2)} * p + ${w.phase()}) - 0.5), 0.0, 1.0))`;
      });
    },
  },
  {
    name: 'laid in tiles',
    weight: 2,
    write(w) {
      const ink = rampOf(w);
      return surface(w, () => {
        const q = writeView(w, 'p', [1.3, 4], bends(w));
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
    weight: 0.7,
    write(w) {
      const picture = w.choose(SIMPLE)(w);
      return surface(w, () => {
        const scale = w.number(4, 9);
        w.line(`vec2 q = p * ${scale};`);
        w.line(`Tile t = ${tileOf(w, 'q')};`);
        w.line(`vec3 color = ${picture}((q - t.at) / ${scale});`);
        if (w.chance(0.5)) w.line('color *= 0.8 + 0.4 * hash21(t.id);');
        return `color * (${w.number(0.2, 0.6)} + ${w.number(0.45, 0.7)} * ease(0.0, ${w.number(0.05, 0.3)}, t.edge))`;
      });
    },
  },
];

/** All surfaces. */
export const SURFACES: readonly Part<Surface>[] = [...SIMPLE, ...CELLED];

export const surfaceOf = (w: Writer): string => w.choose(SURFACES)(w);
