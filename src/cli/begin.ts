import { existsSync, statfsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { UserError } from '../core/errors.js';
import { PACKAGE_VERSIONS, TOOL } from '../core/version.js';
import { leastImages } from '../estimates.js';
import type { Extractor } from '../extract/session.js';
import { RECIPE_VERSION } from '../mix/recipe.js';
import { parseSetting, settingKey } from '../mix/setting.js';
import { checkComparable, referenceRecord } from '../reference.js';
import { gaussianOf } from '../score.js';
import { decodeStatistics, type Statistics } from '../statistics/npz.js';
import type { ReferenceFiles } from '../stats.js';
import type { ReferenceRecord, RunRecord } from '../store/record.js';
import { Run } from '../store/run.js';
import { withinBudget } from './budget.js';
import { classesOf, inferenceRate } from './open.js';
import { featureBytes, largestResolution, megabytes, type Plan } from './plan.js';
import type { Renderers } from './renderers.js';
import { measureReference } from './stats.js';
import { flag, type Values } from './values.js';

/** Refuses a sweep whose features would not fit on the disk, before anything is written. */
export function checkDisk(plan: Plan, dims: number, run?: Run): void {
  let folder = resolve(plan.out);
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const { datasets, settings } = plan;
  const kept = run
    ? datasets.flatMap((_, d) => settings.map((setting) => run.images(d, settingKey(setting)) * dims * 4))
    : [];
  const needed = featureBytes(plan, dims) - kept.reduce((sum, bytes) => sum + bytes, 0);
  if (bavail * bsize < needed) {
    throw new UserError(
      `Output folder "${plan.out}": ${megabytes(needed)} of features are to be kept and ${megabytes(bavail * bsize)} are free. ` +
        'Choose another --out, or fewer --images.',
    );
  }
}

async function referenceFiles(
  values: Values,
  plan: Plan,
  extractor: Extractor,
  read: Uint8Array | undefined,
): Promise<ReferenceFiles> {
  if (read && plan.selectOn === 'all') return { reference: read };
  if (read) {
    throw new UserError(
      `--select-on split: "${plan.reference}" is a file of statistics, which cannot be divided. Give the real images themselves (--reference FOLDER).`,
    );
  }
  const { resolution, seed } = plan;
  // The classes are the data sets'; of a reference that has them, too.
  const classes = { classes: classesOf(values), classesElsewhere: true };
  const options = { resolution, seed, skipCorrupt: flag(values, 'skip-corrupt'), ...classes };
  return measureReference(plan.reference, options, extractor, plan.selectOn === 'split');
}

/** Images below which a race by these statistics decides nothing. */
const leastOf = async (statistics: Uint8Array): Promise<number> =>
  leastImages(gaussianOf(await decodeStatistics(statistics, 'reference')));

/** Makes the folder of a new run, once all that it needs is known to be there. */
export async function begin(
  asked: Plan,
  values: Values,
  extractor: Extractor,
  renderers: Renderers,
  statistics: Uint8Array | undefined,
): Promise<Run> {
  const { dims } = extractor.identity;
  const { seconds, budget } = asked.strategy;
  const budgeted = seconds !== undefined || budget !== undefined;
  if (!budgeted) checkDisk(asked, dims);
  const files = await referenceFiles(values, asked, extractor, statistics);
  const least = budgeted ? await leastOf(files.selection ?? files.reference) : 0;
  const plan = withinBudget(asked, {
    least: asked.strategy.kind === 'race' ? least : 0,
    ...(seconds !== undefined && { rate: await inferenceRate(extractor, largestResolution(asked)) }),
  });
  checkDisk(plan, dims);
  const record = recordOf(plan, values, extractor);
  const [reference, selection] = await recordsOf(plan, extractor, files);
  renderers.plan(record.settings.map(parseSetting), record.block, record.resolution);
  const { backend, renderer, version } = (await renderers.first()).device;
  const device = { backend, renderer, version };
  const { overwrite } = plan;
  return Run.create(plan.out, { ...record, reference, ...(selection && { selection }), device }, files, { overwrite });
}

/** Records of the reference's statistics and of those of the half that chooses. */
async function recordsOf(
  plan: Plan,
  extractor: Extractor,
  { reference, selection }: ReferenceFiles,
): Promise<[ReferenceRecord, ReferenceRecord | undefined]> {
  const name = basename(plan.reference);
  const record = async (bytes: Uint8Array): Promise<ReferenceRecord> => {
    const statistics: Statistics = await decodeStatistics(bytes, name);
    const warnings = checkComparable(name, statistics, extractor.identity, `cover ${plan.resolution}`);
    return referenceRecord(bytes, name, statistics, warnings);
  };
  return [await record(reference), selection && (await record(selection))];
}

/** Flags that say how a command is run, not what it makes. */
const NOT_KEPT = ['out', 'overwrite', 'config', 'dry-run', 'json', '_', '$0', 'help', 'h', 'version'];

export type Planned = Omit<RunRecord, 'schema' | 'reference' | 'selection' | 'device'>;

export function recordOf(plan: Plan, values: Values, extractor: Extractor): Planned {
  const kept = Object.entries(values).filter(([key, value]) => value !== undefined && !NOT_KEPT.includes(key));
  return {
    tool: TOOL,
    datasets: plan.datasets.map((dataset) => ({
      name: dataset.name,
      spec: dataset.spec,
      identity: dataset.identity,
      fit: dataset.fit(plan.resolution),
    })),
    settings: plan.settings.map(settingKey),
    images: plan.images,
    resolution: plan.resolution,
    seed: plan.seed,
    recipeVersion: RECIPE_VERSION,
    extractor: extractor.identity,
    comparable: extractor.comparable,
    block: plan.block,
    strategy: plan.strategy,
    keep: plan.keep,
    versions: PACKAGE_VERSIONS,
    flags: { ...Object.fromEntries(kept), cwd: process.cwd() },
  };
}
