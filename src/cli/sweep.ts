import { existsSync, statfsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { widest } from '../blocks.js';
import { UserError } from '../core/errors.js';
import { plain } from '../core/plain.js';
import { PACKAGE_VERSIONS, TOOL } from '../core/version.js';
import type { Extractor } from '../extract/session.js';
import { RECIPE_VERSION } from '../mix/recipe.js';
import { settingKey } from '../mix/setting.js';
import { checkComparable, referenceRecord } from '../reference.js';
import { Renderer } from '../render/renderer.js';
import { isStatistics } from '../side.js';
import { decodeStatistics, type Statistics } from '../statistics/npz.js';
import { type ReferenceRecord, Run, type RunRecord } from '../store/run.js';
import { sweep } from '../sweep.js';
import { withConfig } from './config.js';
import { backendOf, openExtractor, programTimeout, readBytes } from './open.js';
import { featureBytes, megabytes, type Plan, readPlan, SWEEP_KEYS } from './plan.js';
import { startProgress } from './progress.js';
import { finishReport } from './report.js';
import { measureStatistics } from './stats.js';
import { flag, type Values } from './values.js';

/** The reference's bytes and statistics, where it is a file of statistics. */
async function readReference(plan: Plan): Promise<{ bytes: Uint8Array; statistics: Statistics } | undefined> {
  if (!isStatistics(plan.reference)) return undefined;
  const bytes = readBytes(plan.reference);
  return { bytes, statistics: await decodeStatistics(bytes, basename(plan.reference)) };
}

/** The bytes of a reference that is measured as the sweep's own pictures are. */
async function measureReference(values: Values, plan: Plan, extractor: Extractor): Promise<Uint8Array> {
  const { reference, resolution, seed } = plan;
  const options = { resolution, seed, skipCorrupt: flag(values, 'skip-corrupt') };
  return (await measureStatistics(reference, options, extractor)).bytes;
}

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

export async function runSweep(flags: Values): Promise<void> {
  const values = withConfig(flags, SWEEP_KEYS);
  const plan = readPlan(values);
  Run.check(plan.out, plan);
  if (flag(values, 'dry-run')) return (await import('./dry-run.js')).dryRun(plan, values);

  const read = await readReference(plan);
  const name = basename(plan.reference);
  const made = read?.statistics.provenance;
  const extractor = await openExtractor(values, made && { name, extractor: made.extractor });
  checkDisk(plan, extractor.identity.dims);
  const bytes = read?.bytes ?? (await measureReference(values, plan, extractor));
  const statistics = read?.statistics ?? (await decodeStatistics(bytes, name));
  const warnings = checkComparable(name, statistics, extractor.identity, `cover ${plan.resolution}`);
  const reference = referenceRecord(bytes, name, statistics, warnings);
  const renderer = await Renderer.open({
    resolution: plan.resolution,
    layers: plan.block * widest(plan.settings),
    backend: backendOf(values),
    programTimeout: programTimeout(values),
  });
  const progress = startProgress('sweep', 'images');
  const stop = new AbortController();
  const onInterrupt = () => {
    progress.say('Interrupted: scoring the blocks that are complete. Press Ctrl-C again to quit at once.');
    stop.abort();
  };
  process.once('SIGINT', onInterrupt);
  process.once('SIGTERM', onInterrupt);
  let run: Run;
  try {
    run = Run.create(plan.out, runRecord(plan, extractor, reference, renderer), bytes, plan);
    progress.say(`${plan.settings.length} settings × ${plan.images} images on ${plain(renderer.device.renderer)}`);
    for (const warning of reference.warnings) progress.say(`Note: ${plain(warning)}`);
    await sweep(run, plan.datasets, plan.settings, renderer, extractor, {
      skipCorrupt: flag(values, 'skip-corrupt'),
      signal: stop.signal,
      onProgress: ({ done, total, block, blocks }) => progress.update(done, total, `block ${block} of ${blocks}`),
      onSetAside: ({ dataset, id, why }) => progress.say(plain(`Set aside in ${dataset}: ${id}: ${why}`)),
    });
  } finally {
    progress.end();
    await renderer.dispose();
    await extractor.dispose();
  }
  // From here on Ctrl-C ends the process: scoring can be done again from the run folder.
  process.off('SIGINT', onInterrupt);
  process.off('SIGTERM', onInterrupt);
  if (stop.signal.aborted) process.exitCode = 130;
  if (run.images() < 2) progress.say('Interrupted before the first block was complete: there is nothing to score.');
  else await finishReport(run, { json: flag(values, 'json') });
}

function runRecord(
  plan: Plan,
  extractor: Extractor,
  reference: ReferenceRecord,
  renderer: Renderer,
): Omit<RunRecord, 'schema'> {
  const { backend, renderer: device, version } = renderer.device;
  return {
    tool: TOOL,
    started: new Date().toISOString(),
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
    reference,
    block: plan.block,
    versions: { node: process.version, ...PACKAGE_VERSIONS },
    device: { backend, renderer: device, version },
    setAside: [],
  };
}
