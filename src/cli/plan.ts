import { join } from 'node:path';
import { blockSize } from '../blocks.js';
import { invalid, UserError } from '../core/errors.js';
import { plain } from '../core/plain.js';
import type { Dataset } from '../dataset/dataset.js';
import { hasClasses } from '../dataset/folder.js';
import { isMade, openDataset, parseNamed, SPECS } from '../dataset/spec.js';
import { FOLDED } from '../keep-moments.js';
import { type Setting, settingKey } from '../mix/setting.js';
import { parseBudget } from '../search/budget.js';
import { type ChoiceRule, parseChoice } from '../search/choice.js';
import { MOST_SETTINGS } from '../search/space.js';
import type { StrategyRecord } from '../store/record.js';
import { readSettings } from './axes.js';
import { note } from './listener.js';
import { classesOf, referenceOf, resolutionOf } from './open.js';
import { flag, integer, share, text, type Values, word } from './values.js';

/** What a run that is replayed has decided, so that a replay cannot. */
const DECIDED = [
  'dataset',
  'reference',
  'classes',
  'methods',
  'n',
  'psi',
  'weights',
  'cutmix-alpha',
  'space',
  'trials',
  'resolution',
  'extractor',
  'mode',
  'complete',
  'budget',
  'keep',
  'cache',
  'select-on',
  'confirm',
  'confirm-reference',
] as const;

/** What only a replay is told. */
const REPLAYED = ['from', 'shuffles'] as const;

export const SWEEP_KEYS = [
  ...DECIDED,
  ...REPLAYED,
  'strategy',
  'images',
  'seed',
  'dims',
  'alpha',
  'tolerance',
  'choose',
  'cost-factor',
  'out',
  'overwrite',
  'backend',
  'render-processes',
  'threads',
  'program-timeout',
  'skip-corrupt',
  'samples',
] as const;

/** What the flags of a sweep ask for. */
export interface Plan {
  readonly datasets: readonly Dataset[];
  readonly settings: readonly Setting[];
  /** Images a setting at most, as asked for: what a budget makes of it is `withinBudget`'s. */
  readonly images: number;
  readonly resolution: number;
  readonly seed: number;
  readonly block: number;
  /** Path of statistics or of a folder. */
  readonly reference: string;
  readonly out: string;
  readonly overwrite: boolean;
  readonly strategy: StrategyRecord;
  readonly keep: 'features' | 'moments';
  /** Folder of cells that runs share. */
  readonly cache?: string;
  /** Whether settings are chosen on half of the reference and reported on the other. */
  readonly selectOn: 'all' | 'split';
  /** Extractor by which the finalists are measured again. */
  readonly confirm?: string;
  /** Path of its reference, where that is not the sweep's own. */
  readonly confirmReference?: string;
  readonly choice: ChoiceRule;
}

const STRATEGIES = ['grid', 'race', 'random', 'replay'] as const;

/**
 * Whether the decisions of a race are to be taken again from the features of `--from`: `readPlan` has no part in it.
 *
 * @throws UserError for flags that the run has decided, and for those of a replay without one
 */
export function replays(values: Values): boolean {
  const from = text(values, 'from');
  if (word(values, 'strategy', STRATEGIES) !== 'replay') {
    const stray = REPLAYED.find((key) => values[key] !== undefined);
    if (stray) throw invalid(`--${stray}`, values[stray], 'nothing without --strategy replay');
    return false;
  }
  if (from === undefined) throw invalid('--from', undefined, 'the folder of a run whose features are kept');
  const decided = DECIDED.find((key) => values[key] !== undefined);
  if (decided)
    throw invalid(
      `--${decided}`,
      values[decided],
      'nothing with --strategy replay',
      `The run "${from}" has decided it.`,
    );
  return true;
}

/** Shared by all the tests of a run, less than this is beyond what errors estimated from images can tell. */
const LEAST_ALPHA = 1e-6;

/** Probability that a run drops a setting, or calls two apart, wrongly. */
export const alphaOf = (values: Values, usual = 0.05): number =>
  share(
    values,
    'alpha',
    (alpha) => alpha >= LEAST_ALPHA && alpha < 0.5,
    'a probability from 0.000001 to below 0.5, such as 5% or 0.05',
  ) ?? usual;

/** Share of the best FID within which a race ends. */
export const toleranceOf = (values: Values, usual = 0.01): number =>
  share(values, 'tolerance', (part) => part >= 0 && part < 1, 'a share from 0 to below 1, such as 1% or 0.01') ?? usual;

/**
 * How one setting is recommended: by ties and a factor of cost, or by weights.
 *
 * @param before flags of the run, which count where none of these is given anew
 */
export function choiceOf(values: Values, before: Values = {}): ChoiceRule {
  const own = values.choose !== undefined || values['cost-factor'] !== undefined ? values : before;
  const choose = text(own, 'choose');
  const factor = share(own, 'cost-factor', (times) => times >= 1 && times <= 1000, 'a number from 1 to 1000');
  if (choose === undefined) return { factor: factor ?? 2 };
  if (factor !== undefined) throw invalid('--cost-factor', factor, 'nothing with --choose', 'Weigh the cost there.');
  return { weights: parseChoice(choose) };
}

function readStrategy(values: Values): StrategyRecord {
  const kind = word(values, 'strategy', STRATEGIES) ?? 'grid';
  if (kind === 'replay') throw new Error('a replay has no plan');
  const trials = integer(values, 'trials', 1, MOST_SETTINGS);
  if (kind === 'random' && trials === undefined)
    throw invalid('--trials', undefined, 'how many settings --strategy random draws from the space');
  if (kind === 'grid' && trials !== undefined)
    throw invalid('--trials', trials, 'nothing with --strategy grid', 'Use --strategy random, or race.');
  const budget = text(values, 'budget');
  const spent = budget === undefined ? undefined : parseBudget(budget);
  return {
    kind,
    ...(trials !== undefined && { trials }),
    alpha: alphaOf(values),
    tolerance: toleranceOf(values),
    // Every other strategy measures all of its settings to the end anyway.
    complete: flag(values, 'complete') && kind === 'race',
    ...(spent && 'images' in spent && { budget: spent.images }),
    ...(spent && 'seconds' in spent && { seconds: spent.seconds }),
  };
}

async function readDatasets(values: Values): Promise<Dataset[]> {
  const given = values.dataset;
  const texts = given === undefined ? [] : Array.isArray(given) ? given : [given];
  if (!texts.length) throw invalid('--dataset', undefined, 'at least one NAME=SPEC', `SPEC is ${SPECS}.`);
  const named = texts.map((item: unknown) => {
    if (typeof item !== 'string') throw invalid('--dataset', item, 'NAME=SPEC');
    return parseNamed(item);
  });
  for (const [i, { name }] of named.entries()) {
    if (named.findIndex((other) => other.name === name) !== i)
      throw invalid('--dataset', name, 'a name that no other data set has');
  }
  const classes = classesOf(values)?.classes;
  const classed = named.filter(({ spec }) => classes && !isMade(spec) && hasClasses(spec, classes));
  if (classes && !classed.length)
    throw invalid(
      '--classes',
      values.classes,
      'a list of class folders that a data set has',
      'None of the data sets is a folder with one of them.',
    );
  if (classes)
    for (const { name, spec } of named.filter((one) => !isMade(one.spec) && !classed.includes(one)))
      note(plain(`"${name}" (${spec}) has no folders of these classes (--classes): all its pictures are taken.`));
  const datasets: Dataset[] = [];
  for (const one of named)
    datasets.push(await openDataset(one.name, one.spec, { ...(classes && classed.includes(one) && { classes }) }));
  return datasets;
}

/** What an option of base images is called, and whose it is. */
const OPTIONS = {
  time: 'a time range is an option of programs',
  psi: 'truncation is of generators (generator:FILE.onnx, stylegan:oriented)',
} as const;

/** Refuses a setting with an option that the base images of a data set do not have. */
export function checkTakes(one: Setting, datasets: readonly Dataset[]): void {
  for (const option of ['time', 'psi'] as const) {
    const lacking = one[option] !== undefined && datasets.find(({ takes }) => !takes.includes(option));
    if (lacking)
      throw new UserError(
        `Setting ${settingKey(one)}: ${OPTIONS[option]}, and data set "${lacking.name}" (${lacking.spec}) has none. Sweep it in a run of its own.`,
      );
  }
}

/** A folder for a run that named none. */
const timestamped = (): string =>
  join('runs', new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-'));

/** Side of the largest pictures of a sweep: settings may have resolutions of their own. */
export const largestResolution = ({ settings, resolution }: Pick<Plan, 'settings' | 'resolution'>): number =>
  Math.max(...settings.map((setting) => setting.resolution ?? resolution));

/** What a sweep of any strategy but replay is to do. @throws UserError for what is wrong with its flags */
export async function readPlan(values: Values): Promise<Plan> {
  replays(values);
  const strategy = readStrategy(values);
  const resolution = resolutionOf(values);
  const seed = integer(values, 'seed', 0, Number.MAX_SAFE_INTEGER) ?? 0;
  const settings = readSettings(values, { resolution, seed, trials: strategy.trials });
  const block = blockSize(settings, largestResolution({ settings, resolution }));
  const images = integer(values, 'images', 2, 100_000_000) ?? 50_000;
  const keep = word(values, 'keep', ['features', 'moments']) ?? 'features';
  if (keep === 'moments' && strategy.kind === 'race')
    throw invalid('--keep', keep, 'features with --strategy race', 'A race compares settings image by image.');
  const cache = text(values, 'cache');
  const confirm = text(values, 'confirm');
  const confirmReference = text(values, 'confirm-reference');
  if (confirmReference !== undefined && confirm === undefined)
    throw invalid('--confirm-reference', confirmReference, 'nothing without --confirm');
  const [selectOn, choice] = [word(values, 'select-on', ['all', 'split']) ?? 'all', choiceOf(values)];
  const datasets = await readDatasets(values);
  for (const one of settings) checkTakes(one, datasets);
  return {
    settings,
    resolution,
    seed,
    block,
    images,
    reference: referenceOf(values),
    out: text(values, 'out') ?? timestamped(),
    overwrite: flag(values, 'overwrite'),
    strategy,
    keep,
    ...(cache !== undefined && { cache }),
    selectOn,
    ...(confirm !== undefined && { confirm }),
    ...(confirmReference !== undefined && { confirmReference }),
    choice,
    datasets,
  };
}

/** Bytes of features, or of moments and of those features that are not folded yet, that the run folder will hold at most. */
export function featureBytes({ datasets, settings, images, keep, block }: Plan, dims: number): number {
  const rows = keep === 'moments' ? Math.min(images, FOLDED * block) : images;
  const moments = keep === 'moments' ? 2 * dims * (dims + 1) * 8 : 0;
  return datasets.length * settings.length * (rows * dims * 4 + moments);
}

export const megabytes = (bytes: number): string =>
  bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
