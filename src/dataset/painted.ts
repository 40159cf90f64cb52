import { invalid, oneOf, UserError } from '../core/errors.js';
import { draws, STREAM } from '../core/random.js';
import type { Choice, Dataset } from './dataset.js';
import { LEAF_SHAPES, type LeafShape, RADII } from './dead-leaves.js';
import { CATEGORY_SEED, FILLING } from './fractal-category.js';
import type { Subject } from './painted-picture.js';
import { Painters } from './painters.js';

/** Pixels of one base image: RGB bytes, rows from the top, resolution² × 3. Pure: a function of its arguments. */
export type Paint = (seed: number, output: number, slot: number, resolution: number) => Uint8Array;

/** One more whenever any picture changes. */
const LEAVES_VERSION = 1;
const FRACTALS_VERSION = 1;

/** What two kinds of painted pictures differ in. */
interface Kind extends Pick<Dataset, 'identity' | 'choose'> {
  subjectOf(choice: Choice): Subject;
}

function painted(name: string, spec: string, { subjectOf, ...kind }: Kind): Dataset {
  const painters = new Painters(name);
  return {
    name,
    spec,
    ...kind,
    takes: [],
    fit: (resolution) => `painted at ${resolution}`,
    async load(choice, seed, resolution, options = {}) {
      const given = Object.entries(options).find(([, value]) => value !== undefined);
      if (given) throw invalid(given[0], given[1], 'no such option', `Pictures of data set "${name}" have none.`);
      const { output, slot } = choice;
      const pixels = await painters.paint({ subject: subjectOf(choice), seed, output, slot, resolution });
      return { kind: 'pixels', pixels };
    },
    dispose: () => painters.dispose(),
  };
}

/**
 * Dead leaves: `deadleaves:SHAPE`, SHAPE one of LEAF_SHAPES.
 *
 * @throws UserError for any other
 */
export function openDeadLeaves(name: string, spec: string): Dataset {
  const given = spec.slice(spec.indexOf(':') + 1);
  const shape = LEAF_SHAPES.find((known) => known === given) as LeafShape | undefined;
  if (!shape) throw invalid('data set', spec, `deadleaves:SHAPE, where SHAPE is ${oneOf(LEAF_SHAPES)}`);
  const { least, greatest } = RADII;
  return painted(name, spec, {
    identity: { kind: 'deadleaves', shape, radii: `r^-3 in ${least}...${greatest}`, version: LEAVES_VERSION },
    choose(output, n, _seed, unusable) {
      if (unusable.has('leaves'))
        throw new UserError(`Data set "${name}": dead leaves are set aside, and it has no others.`);
      return Array.from({ length: n }, (_, slot) => ({ id: 'leaves', output, slot }));
    },
    subjectOf: () => ({ kind: 'leaves', shape }),
  });
}

/** As many categories as FractalDB's largest set has, ten times. */
const MOST_CATEGORIES = 100_000;

/** `1k`, `250`: a number of categories; nothing for any other text. */
function countOf(text: string): number | undefined {
  const match = /^([1-9]\d{0,5})(k?)$/.exec(text);
  const count = match ? Number(match[1]) * (match[2] ? 1000 : 1) : 0;
  return count >= 2 && count <= MOST_CATEGORIES ? count : undefined;
}

const PREFIX = 'ifs-';

/**
 * Fractals of iterated function systems: `fractals:1k`, `fractals:N`. Category c is the same whatever N is.
 *
 * @throws UserError for what is no number of categories from 2 to 100,000
 */
export function openFractals(name: string, spec: string): Dataset {
  const count = countOf(spec.slice(spec.indexOf(':') + 1));
  if (!count)
    throw invalid(
      'data set',
      spec,
      `fractals:1k, or fractals:N, where N is a whole number from 2 to ${MOST_CATEGORIES}`,
    );
  const idOf = (category: number) => `${PREFIX}${String(category).padStart(5, '0')}`;
  return painted(name, spec, {
    identity: {
      kind: 'fractals',
      categories: count,
      categorySeed: CATEGORY_SEED,
      filling: FILLING,
      version: FRACTALS_VERSION,
    },
    choose(output, n, seed, unusable) {
      // Names of other data sets may be set aside too: only all of ours leave nothing.
      if (unusable.size >= count && Array.from({ length: count }, (_, c) => idOf(c)).every((id) => unusable.has(id)))
        throw new UserError(`Data set "${name}": none of its ${count} categories can be used.`);
      return Array.from({ length: n }, (_, slot): Choice => {
        const uniform = draws(seed, STREAM.choice, output, slot);
        for (;;) {
          const id = idOf(Math.floor(uniform() * count));
          if (!unusable.has(id)) return { id, output, slot };
        }
      });
    },
    subjectOf: ({ id }) => ({ kind: 'fractal', category: Number(id.slice(PREFIX.length)) }),
  });
}
