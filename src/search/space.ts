import { UserError } from '../core/errors.js';
import { draws, STREAM } from '../core/random.js';
import { type Choices, draw } from './choices.js';

/** More settings than this are a mistake: a grid of 17 is a long night. */
export const MOST_SETTINGS = 10_000;

/** Draws in a row that bring nothing new, after which a space counts as drawn out. */
const MOST_REPEATS = 2000;

/**
 * One way in which settings differ. `Draft` is a setting in the making: each axis that it has gives it a value, in the
 * order of the space.
 */
export interface Axis<Draft, T = unknown> {
  readonly name: string;
  /** Its own random numbers; never reused or renumbered, as the draws of a seed hang on it. */
  readonly slot: number;
  /** Whether a draft has this axis, by what the axes before it gave. */
  readonly applies: (draft: Draft) => boolean;
  readonly put: (draft: Draft, value: T) => Draft;
}

/** An axis with what it takes. */
export interface Dimension<Draft> {
  readonly axis: Axis<Draft>;
  readonly choices: Choices<unknown>;
}

export interface Space<Draft> {
  readonly start: Draft;
  /** The first varies slowest. */
  readonly dimensions: readonly Dimension<Draft>[];
  /** Drafts of one key are one setting. */
  readonly keyOf: (draft: Draft) => string;
}

/** Every draft, settings that are one too. @throws UserError on the way, at a distribution */
function* walk<Draft>(dimensions: readonly Dimension<Draft>[], draft: Draft, at = 0): Generator<Draft> {
  const dimension = dimensions[at];
  if (!dimension) yield draft;
  else if (!dimension.axis.applies(draft)) yield* walk(dimensions, draft, at + 1);
  else if (dimension.choices.kind === 'list') {
    for (const value of dimension.choices.values) yield* walk(dimensions, dimension.axis.put(draft, value), at + 1);
  } else {
    throw new UserError(
      `Space: "${dimension.axis.name}" is a distribution, so the space has no grid. Give --trials, how many settings to draw, with --strategy random or race.`,
    );
  }
}

/**
 * Every setting of a space once, the first axis varying slowest.
 *
 * @throws UserError for a space with a distribution, and for one of more than 10,000 settings
 */
export function enumerate<Draft>({ start, dimensions, keyOf }: Space<Draft>): Draft[] {
  const found = new Map<string, Draft>();
  for (const draft of walk(dimensions, start)) {
    const key = keyOf(draft);
    if (!found.has(key)) found.set(key, draft);
    if (found.size > MOST_SETTINGS)
      throw new UserError(
        `Space: it has more than ${MOST_SETTINGS} settings. Take fewer values, or draw some with --strategy random --trials K.`,
      );
  }
  return [...found.values()];
}

/** A draft whose every axis is drawn on its own; the axes of `fixed` have these values. */
function drawDraft<Draft>(
  { start, dimensions }: Space<Draft>,
  seed: number,
  index: number,
  fixed?: ReadonlyMap<string, unknown>,
): Draft {
  return dimensions.reduce((draft, { axis, choices }) => {
    if (!axis.applies(draft)) return draft;
    const uniform = draws(seed, STREAM.trials, index, axis.slot);
    return axis.put(draft, fixed?.has(axis.name) ? fixed.get(axis.name) : draw(choices, uniform));
  }, start);
}

/**
 * Settings drawn from a space, each once; setting i is the same whatever `trials` is, so more trials extend a run. Each
 * axis is drawn on its own (of a list every value equally likely), so a method of many settings is drawn as often as one
 * of few. A space of fewer settings gives all of them; one with a distribution, what thousands of draws find.
 *
 * @param first values of the axes of the first setting; the others of its axes are drawn
 */
export function sample<Draft>(
  space: Space<Draft>,
  trials: number,
  seed: number,
  first?: ReadonlyMap<string, unknown>,
): Draft[] {
  const found = new Map<string, Draft>();
  const add = (draft: Draft): boolean => {
    const key = space.keyOf(draft);
    const fresh = !found.has(key);
    if (fresh) found.set(key, draft);
    return fresh;
  };
  for (let index = 0, repeats = 0; found.size < trials && repeats < MOST_REPEATS; index++)
    repeats = add(drawDraft(space, seed, index, index === 0 ? first : undefined)) ? 0 : repeats + 1;
  // What is left of a finite space is rarely drawn: it follows in the grid's order.
  if (found.size < trials && space.dimensions.every(({ choices }) => choices.kind === 'list')) {
    for (const draft of walk(space.dimensions, space.start)) if (add(draft) && found.size === trials) break;
  }
  return [...found.values()];
}
