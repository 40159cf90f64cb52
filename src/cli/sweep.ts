import { basename } from 'node:path';
import { UserError } from '../core/errors.js';
import { plain } from '../core/plain.js';
import type { Extractor } from '../extract/session.js';
import { parseSetting } from '../mix/setting.js';
import { openReferences } from '../score.js';
import { isStatistics } from '../side.js';
import { decodeStatistics, type Provenance } from '../statistics/npz.js';
import { Cache } from '../store/cache.js';
import { unask } from '../store/control.js';
import type { RunRecord, SetAside } from '../store/record.js';
import { openRun, Run } from '../store/run.js';
import { type StripMakers, Strips } from '../strips.js';
import { type SweepOptions, sweep } from '../sweep.js';
import { begin, checkDisk, recordOf } from './begin.js';
import { withConfig } from './config.js';
import { confirm, openConfirming } from './confirm.js';
import { continueRun } from './continue.js';
import { gateOf } from './gate.js';
import { detail, warn } from './loudness.js';
import { openExtractor, programTimeout, readBytes } from './open.js';
import { type Plan, readPlan, replays, SWEEP_KEYS } from './plan.js';
import { duration, type Progress, startProgress } from './progress.js';
import { processesFor, Renderers } from './renderers.js';
import { finishReport } from './report.js';
import { flag, integer, type Values } from './values.js';

/** A run that is gone on with: its reference says which network made it. */
async function storedIn(
  folder: string,
): Promise<{ readonly record: RunRecord; readonly made: Provenance | undefined }> {
  const run = openRun(folder);
  try {
    const { provenance } = await decodeStatistics(run.reference(), 'reference.npz');
    return { record: run.record, made: provenance };
  } finally {
    run.close();
  }
}

interface SweepMode {
  /** Whether a run is gone on with by its own flags, and its own reference. */
  readonly resumed?: boolean;
}

export async function runSweep(flags: Values, { resumed = false }: SweepMode = {}): Promise<void> {
  const asked = withConfig(flags, SWEEP_KEYS);
  if (replays(asked)) return (await import('./replay.js')).runReplay(asked);
  const plan = await readPlan(asked);
  for (const { name, spec } of plan.datasets) detail(plain(`data set ${name}: ${spec}`));
  detail(plain(`reference: ${plan.reference}; run folder: ${plan.out}`));
  const there = Run.check(plan.out, plan);
  if (flag(asked, 'dry-run')) return (await import('./dry-run.js')).dryRun(plan, asked);
  const cache = plan.cache === undefined ? undefined : Cache.open(plan.cache);
  const stored = there === 'run' ? await storedIn(plan.out) : undefined;
  // A run without any block is begun anew, by its flags.
  const given = stored && resumed ? 'its own' : isStatistics(plan.reference) ? readBytes(plan.reference) : undefined;
  const name = basename(plan.reference);
  const made = stored ? stored.made : given && (await decodeStatistics(given as Uint8Array, name)).provenance;
  // Statistics by another tool do not say which network a run was begun with; its record does.
  const named = stored && !made ? { extractor: stored.record.extractor.id } : {};
  const values = { ...named, ...asked };
  const extractor = await openExtractor(values, made && { name, extractor: made.extractor });
  const renderers = new Renderers(values, processesFor(values, plan.datasets));
  const progress = startProgress('sweep', 'images');
  // Begun with the first look, long after the sweep.
  let scoring: Progress | undefined;
  const stop = new AbortController();
  const shown = integer(values, 'samples', 0, MOST_SAMPLES) ?? 8;
  const onInterrupt = () => {
    progress.say('Interrupted: scoring the blocks that are complete. Press Ctrl-C again to quit at once.');
    stop.abort();
  };
  let run: Run | undefined;
  let confirming: Extractor | undefined;
  try {
    if (plan.confirm !== undefined) confirming = await openConfirming(plan, values, extractor);
    if (stored) {
      run = continueRun(plan, recordOf(plan, asked, extractor), given);
      checkDisk({ ...plan, images: run.record.images }, extractor.identity.dims, run);
    } else run = await begin(plan, asked, extractor, renderers, given as Uint8Array | undefined);
    // A pause asked for beforehand holds; a stop was for an earlier sweep.
    unask(run.folder, 'stop');
    const { record } = run;
    renderers.plan(record.settings.map(parseSetting), record.block, record.resolution, record.device);
    process.once('SIGINT', onInterrupt);
    process.once('SIGTERM', onInterrupt);
    const references = await openReferences(run, {
      signal: stop.signal,
      onEstimate(done, total) {
        scoring ??= startProgress('scoring', 'settings');
        scoring.update(done, total);
      },
    });
    const strips = new Strips(run, shown, (why) => progress.say(plain(`Note: no more samples are kept: ${why}`)));
    const gate = gateOf(run.folder, stop.signal, progress.say, () => {
      progress.say('Asked to stop: scoring the blocks that are complete.');
      stop.abort();
    });
    try {
      await introduce(run, Boolean(stored), progress.say, stop.signal);
      await sweep(run, plan.datasets, { rendererOf: renderers.of, extractor }, references, {
        skipCorrupt: flag(values, 'skip-corrupt'),
        programTimeout: programTimeout(values),
        signal: stop.signal,
        cache,
        ...listener(progress),
        ...(shown && { onFirst: (first) => strips.first(first) }),
        gate,
      });
      const { signal } = stop;
      if (confirming && !signal.aborted)
        await confirm(run, plan, values, confirming, renderers, references, { signal, gate });
      if (!signal.aborted) await drawStrips(strips, plan, values, renderers, { signal, gate });
    } catch (error) {
      // An interrupt while files are checked or settings compared: what is there is scored all the same.
      if (!stop.signal.aborted || error !== stop.signal.reason) throw error;
    }
    if (cache) detail(plain(`cache ${cache.folder}: ${cache.hits} parts of blocks taken from it`));
    if (cache?.warning) progress.say(plain(`Note: ${cache.warning}`));
    progress.end();
    scoring?.end();
    await renderers.dispose();
    // From here on Ctrl-C ends the process: scoring can be done again from the run folder.
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
    if (stop.signal.aborted) process.exitCode = 130;
    const most = Math.max(...record.datasets.flatMap((_, d) => record.settings.map((key) => run!.images(d, key))));
    if (most < 2) progress.say('Ended before the first block was complete: there is nothing to score.');
    else
      await finishReport(run, {
        json: flag(values, 'json'),
        choice: plan.choice,
        references: stop.signal.aborted ? undefined : references,
      });
  } finally {
    progress.end();
    scoring?.end();
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
    await renderers.dispose();
    await extractor.dispose();
    await confirming?.dispose();
    for (const dataset of plan.datasets) await dataset.dispose?.();
    run?.close();
  }
}

/** First outputs that a strip of samples shows at most. */
const MOST_SAMPLES = 64;

/** Draws the pictures that the run lacks yet. They decide nothing: where they cannot be kept, that is said. */
async function drawStrips(
  strips: Strips,
  { datasets }: Plan,
  values: Values,
  renderers: Renderers,
  { signal, gate }: Pick<StripMakers, 'signal' | 'gate'>,
): Promise<void> {
  const progress = startProgress('samples', 'pictures');
  try {
    await strips.complete({
      datasets,
      rendererOf: renderers.of,
      skipCorrupt: flag(values, 'skip-corrupt'),
      signal,
      gate,
      onProgress: progress.update,
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    progress.say(plain(`Note: some samples were not kept: ${error.message}`));
  } finally {
    progress.end();
  }
}

/** Says what is about to be done, and what was found in a folder that is gone on with. */
async function introduce(
  run: Run,
  continued: boolean,
  say: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const note of run.notes) say(plain(note));
  if (continued) await verify(run, say, signal);
  const { settings, images, strategy, device, reference } = run.record;
  const most = strategy.kind === 'race' ? ' at most' : '';
  say(`${settings.length} settings × ${images} images${most} on ${plain(device.renderer)}`);
  for (const warning of reference.warnings) warn(`Note: ${plain(warning)}`);
  for (const setAside of run.setAside) say(told(setAside));
}

const told = ({ dataset, id, why }: SetAside): string => plain(`Set aside in ${dataset}: ${id}: ${why}`);

function listener(progress: Progress): Pick<SweepOptions, 'onProgress' | 'onSetAside' | 'onNote'> {
  return {
    onProgress({ done, total, images, alive, settings }) {
      const left = alive < settings ? `, ${alive} of ${settings} settings left` : '';
      progress.update(done, total, `to ${images} a setting${left}`);
    },
    onSetAside: (setAside) => progress.say(told(setAside)),
    onNote: (note) => progress.say(plain(note)),
  };
}

/** Reads every shard once and forgets the broken ones, so that they are made again. */
async function verify(run: Run, say: (message: string) => void, signal: AbortSignal): Promise<void> {
  const progress = startProgress('checking', 'shards');
  const forgotten = await run.verify((done, total) => progress.update(done, total), signal);
  progress.end();
  const { seconds } = run.timing() ?? { seconds: 0 };
  say(`Continuing ${plain(run.folder)}, ${duration(seconds)} of work so far.`);
  if (forgotten)
    say(
      forgotten === 1
        ? '1 part of a block was damaged or missing: it is made again.'
        : `${forgotten} parts of blocks were damaged or missing: they are made again.`,
    );
}
