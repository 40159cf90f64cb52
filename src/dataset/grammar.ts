import { draws, STREAM } from '../core/random.js';
import { surfaceOf } from './grammar-cells.js';
import { FINISHES } from './grammar-finish.js';
import { LAYERS } from './grammar-layers.js';
import { depthOf, landscapeOf, sceneOf } from './grammar-scenes.js';
import { openWriter, type Part, type Writer } from './grammar-writer.js';

/** Part of every published result that names a grammar: another grammar, another number. */
export const GRAMMAR_VERSION = 1;

/** Writes the picture's ground; the name of `vec3 NAME(vec2 p)`. `layers`: how many more things fit over it. */
interface Plan {
  readonly layers: number;
  readonly write: (w: Writer) => string;
}

export const PLANS: readonly Part<Plan>[] = [
  { name: '', weight: 5, write: { layers: 1, write: surfaceOf } },
  { name: 'a lit scene', weight: 3.2, write: { layers: 0, write: sceneOf } },
  { name: 'hills behind hills', weight: 1.3, write: { layers: 1, write: landscapeOf } },
  { name: 'walls that run into the distance', weight: 0.8, write: { layers: 1, write: depthOf } },
];

/** Longer texts are drawn again, from further choices of the same candidate. */
const LONGEST = 60;

/** The text of a candidate, and the names of the parts it is made of. */
export function writeProgram(
  seed: number,
  index: number,
): { readonly text: string; readonly parts: readonly string[] } {
  const uniform = draws(seed, STREAM.grammar, index);
  for (;;) {
    const w = openWriter(uniform);
    const { layers, write } = w.choose(PLANS);
    const ground = write(w);
    const over = Array.from({ length: layers }, () => w.chance(0.45)).filter(Boolean);
    const lay = over.map(() => w.choose(LAYERS)(w));
    w.define('vec3', 'draw', 'vec2 p', () => {
      w.line(`vec3 color = ${ground}(p);`);
      for (const write of lay) write();
      const touches = w.pick([0, 1, 1, 2, 2, 3]);
      for (let i = 0; i < touches; i++) w.choose(FINISHES)(w);
      return 'color';
    });
    const program = w.finish();
    if (program.text.split('\n').length <= LONGEST + 1) return program;
  }
}

/** The text of candidate `index` under `seed`: a program in the native convention (shaders/README.md). Pure, no files. */
export const grammarProgram = (seed: number, index: number): string => writeProgram(seed, index).text;
