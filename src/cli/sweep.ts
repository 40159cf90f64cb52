import { existsSync, statfsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { UserError } from '../core/errors.js';
import { plain } from '../core/plain.js';
import { PACKAGE_VERSIONS, TOOL } from '../core/version.js';
import type { Extractor } from '../extract/session.js';
import { RECIPE_VERSION } from '../mix/recipe.js';
import { parseSetting, settingKey } from '../mix/setting.js';
import { checkComparable, referenceRecord } from '../reference.js';
import { openReferences } from '../score.js';
import { affordable } from '../search/budget.js';
import { isStatistics } from '../side.js';
import { decodeStatistics, type Statistics } from '../statistics/npz.js';
import type { ReferenceFiles } from '../stats.js';
import { Cache } from '../store/cache.js';
import type { ReferenceRecord, RunRecord } from '../store/record.js';
import { Run } from '../store/run.js';
import { sweep } from '../sweep.js';
import { withConfig } from './config.js';
import { confirm, openConfirming } from './confirm.js';
import { continueRun } from './continue.js';
import { inferenceRate, openExtractor, readBytes } from './open.js';
import { featureBytes, megabytes, type Plan, readPlan, replays, SWEEP_KEYS } from './plan.js';
import { duration, startProgress } from './progress.js';
import { Renderers } from './renderers.js';
import { finishReport } from './report.js';
import { measureReference } from './stats.js';
import { flag, type Values } from './values.js';

/** Refuses a sweep whose features would not fit on the disk, before anything is written. */
function checkDisk(plan: Plan, dims: number): void {
  let folder = resolve(plan.out);
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const needed = featureBytes(plan, dims);
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
  const options = { resolution, seed, skipCorrupt: flag(values, 'skip-corrupt') };
  return measureReference(plan.reference, options, extractor, plan.selectOn === 'split');
}

export async function runSweep(flags: Values): Promise<void> {
  const values = withConfig(flags, SWEEP_KEYS);
  if (replays(values)) return (await import('./replay.js')).runReplay(values);
  let plan = readPlan(values);
  const there = plan.overwrite ? 'new' : Run.check(plan.out);
  if (flag(values, 'dry-run')) return (await import('./dry-run.js')).dryRun(plan, values);
  const cache = plan.cache === undefined ? undefined : Cache.open(plan.cache);
  const statistics = isStatistics(plan.reference) ? readBytes(plan.reference) : undefined;
  const read = statistics && (await decodeStatistics(statistics, basename(plan.reference)));
  const made = read?.provenance;
  const extractor = await openExtractor(values, made && { name: basename(plan.reference), extractor: made.extractor });
  const renderers = new Renderers(values);
  const progress = startProgress('sweep', 'images');
  const scoring = startProgress('scoring', 'settings');
  const stop = new AbortController();
  const onInterrupt = () => {
    progress.say('Interrupted: scoring the blocks that are complete. Press Ctrl-C again to quit at once.');
    stop.abort();
  };
  let run: Run | undefined;
  let confirming: Extractor | undefined;
  try {
    if (plan.confirm !== undefined) confirming = await openConfirming(plan, values, extractor);
    // A run that is continued keeps what its time came to.
    if (there === 'new') plan = await withinTime(plan, extractor);
    if (there === 'run') {
      run = continueRun(plan, recordOf(plan, values, extractor), statistics);
    } else {
      checkDisk(plan, extractor.identity.dims);
      const files = await referenceFiles(values, plan, extractor, statistics);
      const record = recordOf(plan, values, extractor);
      const [reference, selection] = await recordsOf(plan, extractor, files);
      renderers.plan(record.settings.map(parseSetting), record.block, record.resolution);
      const { backend, renderer, version } = (await renderers.first()).device;
      run = Run.create(
        plan.out,
        { ...record, reference, ...(selection && { selection }), device: { backend, renderer, version } },
        files,
        { overwrite: plan.overwrite },
      );
    }
    const { record } = run;
    renderers.plan(record.settings.map(parseSetting), record.block, record.resolution, record.device);
    process.once('SIGINT', onInterrupt);
    process.once('SIGTERM', onInterrupt);
    for (const note of run.notes) progress.say(plain(note));
    if (there === 'run') verify(run, progress.say);
    const at = run.setAside.length;
    progress.say(
      `${record.settings.length} settings × ${record.images} images${record.strategy.kind === 'race' ? ' at most' : ''} on ${plain(record.device.renderer)}`,
    );
    for (const warning of record.reference.warnings) progress.say(`Note: ${plain(warning)}`);
    for (const { dataset, id, why } of run.setAside.slice(0, at))
      progress.say(plain(`Set aside in ${dataset}: ${id}: ${why}`));
    const references = await openReferences(run, {
      signal: stop.signal,
      onEstimate: (done, total) => scoring.update(done, total),
    });
    await sweep(run, plan.datasets, { rendererOf: renderers.of, extractor }, references, {
      skipCorrupt: flag(values, 'skip-corrupt'),
      signal: stop.signal,
      cache,
      onProgress: ({ done, total, images, alive, settings }) =>
        progress.update(
          done,
          total,
          alive < settings ? `to ${images} a setting, ${alive} of ${settings} settings left` : `to ${images} a setting`,
        ),
      onSetAside: ({ dataset, id, why }) => progress.say(plain(`Set aside in ${dataset}: ${id}: ${why}`)),
      onNote: (note) => progress.say(plain(note)),
    });
    if (cache?.warning) progress.say(plain(`Note: ${cache.warning}`));
    progress.end();
    scoring.end();
    const finish = { json: flag(values, 'json'), choice: plan.choice, references };
    if (confirming && !stop.signal.aborted)
      await confirm(run, plan, values, confirming, renderers, references, stop.signal);
    await renderers.dispose();
    // From here on Ctrl-C ends the process: scoring can be done again from the run folder.
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
    if (stop.signal.aborted) process.exitCode = 130;
    const kept = Math.min(...record.datasets.flatMap((_, d) => record.settings.map((key) => run!.images(d, key))));
    if (kept < 2) progress.say('Interrupted before the first block was complete: there is nothing to score.');
    else await finishReport(run, { ...finish, references: stop.signal.aborted ? undefined : references });
  } catch (error) {
    if (!stop.signal.aborted || error !== stop.signal.reason) throw error;
    process.exitCode = 130;
  } finally {
    progress.end();
    scoring.end();
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
    await renderers.dispose();
    await extractor.dispose();
    await confirming?.dispose();
    run?.close();
  }
}

/** Of a budget of time, what goes into images; the rest is for starting and for the scores. */
const MAKING = 0.9;

/** A plan whose budget of time has become one of images, by this machine's inference on blank pictures. */
async function withinTime(plan: Plan, extractor: Extractor): Promise<Plan> {
  const { strategy, settings, datasets, block, images, resolution } = plan;
  if (strategy.seconds === undefined) return plan;
  const budget = Math.floor((await inferenceRate(extractor, resolution)) * strategy.seconds * MAKING);
  const { kind, complete } = strategy;
  const work = { strategy: kind, settings: settings.length, datasets: datasets.length, block, images, complete };
  const bought = affordable(work, budget);
  if ('images' in bought) return { ...plan, images: bought.images, strategy: { ...strategy, budget } };
  throw new UserError(
    `--budget: ${duration(strategy.seconds)} are about ${budget} images here, and ${bought.needed} are the least for ${settings.length} settings. Take fewer settings, or more time.`,
  );
}

/** Reads every shard once and forgets the broken ones, so that they are made again. */
function verify(run: Run, say: (message: string) => void): void {
  const progress = startProgress('checking', 'shards');
  const forgotten = run.verify((done, total) => progress.update(done, total));
  progress.end();
  const { seconds } = run.timing() ?? { seconds: 0 };
  say(`Continuing ${plain(run.folder)}, ${duration(seconds)} of work so far.`);
  if (forgotten) say(`${forgotten} parts of blocks were damaged or missing: they are made again.`);
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

type Planned = Omit<RunRecord, 'schema' | 'reference' | 'selection' | 'device'>;

function recordOf(plan: Plan, values: Values, extractor: Extractor): Planned {
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

export type { Planned };
