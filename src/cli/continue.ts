import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { UserError } from '../core/errors.js';
import { canonical } from '../store/canonical.js';
import type { RunRecord, StrategyRecord } from '../store/record.js';
import { Run } from '../store/run.js';
import type { Planned } from './begin.js';
import type { Plan } from './plan.js';

/** A difference between what a run is and what is asked for. */
interface Change {
  readonly what: string;
  readonly has: unknown;
  readonly got: unknown;
}

export const same = (a: unknown, b: unknown): boolean => canonical([a]) === canonical([b]);

/** What differs and decides numbers. */
function changes(record: RunRecord, wanted: Planned, plan: Plan, given: GivenReference): Change[] {
  const found: Change[] = [];
  const check = (what: string, has: unknown, got: unknown) => {
    if (!same(has, got)) found.push({ what, has, got });
  };
  // First: what pictures are fitted to hangs on it, and would be named instead.
  check('--resolution', record.resolution, wanted.resolution);
  check(
    'data sets',
    record.datasets.map(({ name }) => name),
    wanted.datasets.map(({ name }) => name),
  );
  for (const [i, { name, identity, fit }] of record.datasets.entries()) {
    const own = wanted.datasets[i];
    if (own?.name !== name) continue;
    const [has, got]: Readonly<Record<string, unknown>>[] = [
      { ...identity, fit },
      { ...own.identity, fit: own.fit },
    ];
    for (const key of new Set([...Object.keys(has!), ...Object.keys(got!)]))
      check(`${key} of data set "${name}"`, has![key], got![key]);
  }
  check('--seed', record.seed, wanted.seed);
  check('recipe version', record.recipeVersion, wanted.recipeVersion);
  check('--extractor', record.extractor, wanted.extractor);
  check('packages', record.versions, wanted.versions);
  check('--keep', record.keep, wanted.keep);
  check('--select-on', record.selection ? 'split' : 'all', plan.selectOn);
  if (given !== 'its own') {
    const { reference } = record;
    if (given && !record.selection)
      check('--reference', reference.sha256, createHash('sha256').update(given).digest('hex'));
    else check('--reference', placeOf(record.flags), placeOf(wanted.flags));
  }
  // What a budget came to was found when the run was begun.
  check('--budget', record.flags.budget, wanted.flags.budget);
  if (wanted.flags.budget !== undefined) check('--images', record.flags.images, wanted.flags.images);
  const rule = ({ kind, alpha, tolerance }: StrategyRecord) => ({ kind, alpha, tolerance });
  check('--strategy, --alpha, --tolerance', rule(record.strategy), rule(wanted.strategy));
  return found;
}

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
};

/** The bytes of a reference that is a file of statistics; the run's own where it is resumed; nothing for images. */
export type GivenReference = Uint8Array | 'its own' | undefined;

/** Where a reference of images lies. */
const placeOf = ({ cwd, reference }: RunRecord['flags']): unknown =>
  typeof cwd === 'string' && typeof reference === 'string' ? resolve(cwd, reference) : reference;

/**
 * Opens a run to go on with, extended by more images or more settings where these are asked for.
 *
 * @throws UserError that names whatever else differs
 */
export function continueRun(plan: Plan, wanted: Planned, given: GivenReference): Run {
  const run = Run.open(plan.out);
  try {
    const { record } = run;
    const refuse = (why: string) =>
      new UserError(
        `Run folder "${plan.out}": ${why} Give what it was begun with ("fidsweep resume" does), choose another --out, or replace it with --overwrite.`,
      );
    const [change] = changes(record, wanted, plan, given);
    if (change) throw refuse(`${change.what}: got ${shown(change.got)}, the run has ${shown(change.has)}.`);
    const asked = wanted.flags.budget === undefined ? wanted : { ...wanted, ...spent(record, wanted) };
    if (asked.images < record.images)
      throw refuse(`--images: got ${asked.images}, the run has ${record.images}, and is only ever extended.`);
    const gone = record.settings.filter((setting) => !asked.settings.includes(setting));
    if (gone.length) throw refuse(`settings: the run has ${gone.join(', ')}, which are not asked for.`);
    if (wanted.block < record.block)
      throw refuse(
        `settings: they need blocks of at most ${wanted.block} outputs, so that their base images fit on the device, and the run has blocks of ${record.block}.`,
      );
    const { images, settings, strategy, flags } = asked;
    const before = { images: record.images, settings: record.settings, strategy: record.strategy, flags: record.flags };
    if (!same(before, { images, settings, strategy, flags })) run.extend({ images, settings, strategy, flags });
    return run;
  } catch (error) {
    run.close();
    throw error;
  }
}

/** Images and strategy as a run's budget fixed them. */
function spent({ images, strategy }: RunRecord, wanted: Planned): Pick<Planned, 'images' | 'strategy'> {
  const { budget, seconds } = strategy;
  return {
    images,
    strategy: {
      ...wanted.strategy,
      ...(budget !== undefined && { budget }),
      ...(seconds !== undefined && { seconds }),
    },
  };
}
