import { existsSync, statfsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { blockSize, widest } from '../blocks.js';
import { invalid, UserError } from '../core/errors.js';
import type { Dataset } from '../dataset/dataset.js';
import { imagesOf } from '../dataset/folder.js';
import { openDataset, parseNamed } from '../dataset/spec.js';
import type { Extractor } from '../extract/session.js';
import { RECIPE_VERSION } from '../mix/recipe.js';
import { MAX_N, parseMethod, parseWeights, type Setting, setting, settingKey } from '../mix/setting.js';
import { checkComparable, referenceRecord } from '../reference.js';
import { Renderer } from '../render/renderer.js';
import { plain } from '../report/terminal.js';
import { grid } from '../search/grid.js';
import { decodeStatistics } from '../statistics/npz.js';
import { type ReferenceRecord, Run, type RunRecord } from '../store/run.js';
import { sweep } from '../sweep.js';
import { withConfig } from './config.js';
import {
  backendOf,
  isStatistics,
  openExtractor,
  programTimeout,
  readBytes,
  referencePath,
  resolutionOf,
  TOOL,
} from './open.js';
import { duration, startProgress } from './progress.js';
import { finishReport } from './report.js';
import { measureFolder } from './stats.js';
import { flag, integer, integers, list, text, type Values } from './values.js';

export const SWEEP_KEYS = [
  'dataset',
  'reference',
  'methods',
  'n',
  'images',
  'resolution',
  'extractor',
  'seed',
  'out',
  'weights',
  'cutmix-alpha',
  'backend',
  'threads',
  'program-timeout',
  'skip-corrupt',
  'overwrite',
] as const;

interface Plan {
  readonly datasets: readonly Dataset[];
  readonly settings: readonly Setting[];
  readonly images: number;
  readonly resolution: number;
  readonly seed: number;
  readonly block: number;
  readonly reference: string;
  readonly out: string;
  readonly overwrite: boolean;
}

function readSettings(values: Values): Setting[] {
  const methods = (list(values, 'methods') ?? ['none', 'mixup', 'cutmix']).map(parseMethod);
  const n = integers(values, 'n', 2, MAX_N) ?? [2, 3, 4, 5, 6, 7, 8, 9];
  const weights = text(values, 'weights');
  const alpha = text(values, 'cutmix-alpha');
  if (alpha !== undefined && !(Number(alpha) > 0 && Number(alpha) <= 1e6)) {
    throw invalid('--cutmix-alpha', alpha, 'a number above 0');
  }
  const options = {
    ...(weights !== undefined && { weights: parseWeights(weights) }),
    ...(alpha !== undefined && { alpha: Number(alpha) }),
  };
  return grid({ methods, n }).map((point) => setting(point.method, point.n, options));
}

function readDatasets(values: Values): Dataset[] {
  const given = values.dataset;
  const texts = given === undefined ? [] : Array.isArray(given) ? given : [given];
  if (!texts.length)
    throw invalid(
      '--dataset',
      undefined,
      'at least one NAME=SPEC',
      'SPEC is "programs", "programs:FOLDER" or a folder of images.',
    );
  const named = texts.map((item: unknown) => {
    if (typeof item !== 'string') throw invalid('--dataset', item, 'NAME=SPEC');
    return parseNamed(item);
  });
  for (const [i, { name }] of named.entries()) {
    if (named.findIndex((other) => other.name === name) !== i)
      throw invalid('--dataset', name, 'a name that no other data set has');
  }
  return named.map(({ name, spec }) => openDataset(name, spec));
}

/** A folder for a run that named none: by the clock, so that runs never meet. */
const timestamped = (): string =>
  join('runs', new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-'));

function readPlan(values: Values): Plan {
  const settings = readSettings(values);
  const resolution = resolutionOf(values);
  return {
    settings,
    resolution,
    images: integer(values, 'images', 2, 100_000_000) ?? 50_000,
    seed: integer(values, 'seed', 0, Number.MAX_SAFE_INTEGER) ?? 0,
    block: blockSize(settings, resolution),
    reference: text(values, 'reference') ?? 'photos',
    out: text(values, 'out') ?? timestamped(),
    overwrite: flag(values, 'overwrite'),
    datasets: readDatasets(values),
  };
}

/** Reads the statistics file, or measures the folder as the sweep's own pictures are. */
async function openReference(
  values: Values,
  plan: Plan,
  extractor: Extractor,
): Promise<{ bytes: Uint8Array; record: ReferenceRecord }> {
  const path = referencePath(plan.reference);
  const bytes = isStatistics(path)
    ? readBytes(path)
    : await measureFolder(
        path,
        { resolution: plan.resolution, seed: plan.seed, skipCorrupt: flag(values, 'skip-corrupt') },
        extractor,
      );
  const name = basename(path);
  const statistics = decodeStatistics(bytes, name);
  const warnings = checkComparable(name, statistics, extractor.identity, `cover ${plan.resolution}`);
  return { bytes, record: referenceRecord(bytes, name, statistics, warnings) };
}

/** Bytes of features that the run folder will hold. */
const featureBytes = (plan: Plan, dims: number): number =>
  plan.datasets.length * plan.settings.length * plan.images * dims * 4;

const megabytes = (bytes: number): string =>
  bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;

/** What a sweep would do. The time is this machine's inference on blank pictures, timed for two batches. */
async function dryRun(plan: Plan, values: Values): Promise<void> {
  const { datasets, settings, images, resolution, seed, out } = plan;
  const extractor = await openExtractor(values);
  const path = referencePath(plan.reference);
  if (isStatistics(path))
    checkComparable(basename(path), decodeStatistics(readBytes(path), basename(path)), extractor.identity);
  else imagesOf(path);
  const blank = new Uint8Array(16 * resolution * resolution * 3);
  await extractor.features(blank, 16, resolution, resolution);
  const began = performance.now();
  await extractor.features(blank, 16, resolution, resolution);
  const rate = 16 / ((performance.now() - began) / 1000);
  await extractor.dispose();
  const outputs = datasets.length * settings.length * images;
  const baseRenders = datasets.length * images * widest(settings);
  const bytes = featureBytes(plan, extractor.identity.dims);
  const seconds = outputs / rate;
  if (flag(values, 'json')) {
    const summary = {
      datasets: datasets.map(({ name }) => name),
      settings: settings.map(settingKey),
      images,
      resolution,
      seed,
      outputs,
      baseRenders,
      bytes,
      seconds,
      out,
    };
    process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
    return;
  }
  process.stdout.write(
    [
      `Data sets      ${datasets.map(({ name, spec }) => `${plain(name)} (${plain(spec)})`).join(', ')}`,
      `Settings       ${settings.length}: ${settings.map(settingKey).join(' ')}`,
      `Images         ${images} a setting and data set at ${resolution} × ${resolution}, ${outputs} in all`,
      `Base images    ${baseRenders} (${widest(settings)} an output, shared by all settings)`,
      `Extractor      ${extractor.identity.id}: ${extractor.comparable}`,
      `Reference      ${plain(plan.reference)}`,
      `Disk           ${megabytes(bytes)} of features in ${plain(out)}`,
      `Time           at least ${duration(seconds)}: inference at ${rate.toFixed(1)} images/s, timed just now on blank pictures`,
      'Nothing was rendered or written.',
      '',
    ].join('\n'),
  );
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
  if (flag(values, 'dry-run')) return dryRun(plan, values);

  const extractor = await openExtractor(values);
  checkDisk(plan, extractor.identity.dims);
  const { bytes, record: reference } = await openReference(values, plan, extractor);
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
  if (stop.signal.aborted) process.exitCode = 130;
  if (!run.images(0)) progress.say('Interrupted before the first block was complete: there is nothing to score.');
  else finishReport(run, { json: flag(values, 'json') });
  process.off('SIGINT', onInterrupt);
  process.off('SIGTERM', onInterrupt);
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
    device: { backend, renderer: device, version },
    setAside: [],
  };
}
