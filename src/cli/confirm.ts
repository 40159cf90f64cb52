import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../core/errors.js';
import { plain } from '../core/plain.js';
import type { Dataset } from '../dataset/dataset.js';
import { openPictures } from '../dataset/open-pictures.js';
import type { Extractor } from '../extract/session.js';
import { parseSetting } from '../mix/setting.js';
import { checkComparable, referenceRecord, sameFeatures } from '../reference.js';
import type { Column, Confirmation, Results } from '../report/results.js';
import { openReferences, type References, score } from '../score.js';
import { isStatistics } from '../side.js';
import { decodeStatistics } from '../statistics/npz.js';
import { sha256 } from '../store/canonical.js';
import type { ReferenceRecord, RunRecord } from '../store/record.js';
import { openRun, Run, type RunReader } from '../store/run.js';
import { sweep } from '../sweep.js';
import { same } from './continue.js';
import { note } from './listener.js';
import { classesOf, openExtractor, readBytes } from './open.js';
import type { Plan } from './plan.js';
import { startProgress } from './progress.js';
import type { Renderers } from './renderers.js';
import { measureReference } from './stats.js';
import { flag, type Values } from './values.js';

/** Where the finalists of a data set are measured again. */
const folderOf = (run: RunReader, dataset: number): string => join(run.folder, 'confirm', String(dataset));

/** Path of the statistics or the folder that the second network's numbers are to. */
const referenceOf = (plan: Plan): string => plan.confirmReference ?? plan.reference;

/** Refuses a reference that the second network cannot take, before the sweep that is to be confirmed. */
async function checkReference(plan: Plan, extractor: Extractor): Promise<void> {
  const path = referenceOf(plan);
  const name = basename(path);
  if (!isStatistics(path)) return (await openPictures(path)).close();
  if (plan.confirmReference === undefined)
    throw new UserError(
      `--confirm: "${name}" is a file of statistics by another network. Give the reference's images, or statistics by ${extractor.identity.id}, with --confirm-reference.`,
    );
  checkComparable(name, await decodeStatistics(readBytes(path), name), extractor.identity, `cover ${plan.resolution}`);
}

/** The reference as the second network sees it. */
async function referenceFor(
  plan: Plan,
  values: Values,
  extractor: Extractor,
): Promise<{ bytes: Uint8Array; record: ReferenceRecord }> {
  const path = referenceOf(plan);
  const { resolution, seed } = plan;
  const name = basename(path);
  const classes = { classes: classesOf(values), classesElsewhere: true };
  const options = { resolution, seed, skipCorrupt: flag(values, 'skip-corrupt'), ...classes };
  const bytes = isStatistics(path)
    ? readBytes(path)
    : (await measureReference(path, options, extractor, false)).reference;
  const statistics = await decodeStatistics(bytes, name);
  const warnings = checkComparable(name, statistics, extractor.identity, `cover ${resolution}`);
  return { bytes, record: referenceRecord(bytes, name, statistics, warnings) };
}

/** Opens the second network; refuses one that gives the same features as the first, and a reference that is not its own. */
export async function openConfirming(plan: Plan, values: Values, first: Extractor): Promise<Extractor> {
  const extractor = await openExtractor({ threads: values.threads, extractor: plan.confirm });
  try {
    if (sameFeatures(extractor.identity, first.identity))
      throw new UserError(
        `--confirm ${plan.confirm}: it is the network of the sweep itself; name another ("fidsweep models").`,
      );
    await checkReference(plan, extractor);
    return extractor;
  } catch (error) {
    await extractor.dispose();
    throw error;
  }
}

/**
 * Measures the settings that a run could not separate from its best again, by another network: each data set's in a run
 * of its own below the run's folder, which is continued like any other.
 */
export async function confirm(
  run: Run,
  plan: Plan,
  values: Values,
  extractor: Extractor,
  renderers: Renderers,
  first: References,
  { signal, gate }: { readonly signal: AbortSignal; readonly gate: () => Promise<void> },
): Promise<void> {
  const results = await score(run, first, { choice: plan.choice });
  let reference: Awaited<ReturnType<typeof referenceFor>> | undefined;
  for (const column of results.columns) {
    const { record } = run;
    const { tied } = column;
    const d = placeOf(record, column);
    const images = imagesOf(results, column);
    const folder = folderOf(run, d);
    const dataset = plan.datasets[d] as Dataset;
    const wanted = {
      ...record,
      datasets: [record.datasets[d]!],
      settings: tied,
      images,
      extractor: extractor.identity,
      comparable: extractor.comparable,
      strategy: { kind: 'grid', alpha: record.strategy.alpha, tolerance: record.strategy.tolerance, complete: false },
      // What a folder of images was is known by its path, as in the sweep itself.
      flags: { reference: referenceOf(plan) },
    } as const;
    const there = existsSync(folder) && Run.check(folder) === 'run' ? openRun(folder) : undefined;
    const alike =
      there &&
      isOf(there.record, record, d) &&
      sameFeatures(there.record.extractor, extractor.identity) &&
      same(there.record.settings, tied) &&
      there.record.images === images &&
      isTo(there.record, referenceOf(plan));
    there?.close();
    reference = alike ? reference : (reference ?? (await referenceFor(plan, values, extractor)));
    const { selection: _, ...own } = wanted;
    const nested = alike
      ? Run.open(folder)
      : Run.create(
          folder,
          { ...own, reference: reference!.record },
          { reference: reference!.bytes },
          { overwrite: true },
        );
    try {
      if (alike) await nested.verify(undefined, signal);
      renderers.plan(tied.map(parseSetting), record.block, record.resolution, record.device);
      const progress = startProgress(`confirming ${plain(dataset.name)} by ${extractor.identity.id}`, 'images');
      const references = await openReferences(nested, { signal });
      await sweep(nested, [dataset], { rendererOf: renderers.of, extractor }, references, {
        skipCorrupt: flag(values, 'skip-corrupt'),
        signal,
        gate,
        onProgress: ({ done, total }) => progress.update(done, total),
      });
      progress.end();
      if (signal.aborted) return;
      await score(nested, references);
    } finally {
      nested.close();
    }
  }
}

const imagesOf = ({ cells }: Results, { dataset, leader }: Column): number =>
  cells.find((cell) => cell.dataset === dataset && cell.setting === leader)!.images;

/** A column's data set in the run: one without a block has no column. */
const placeOf = ({ datasets }: RunRecord, { dataset }: Column): number =>
  datasets.findIndex(({ name }) => name === dataset);

/** Whether a run's numbers are to the reference at a path. */
const isTo = ({ flags, reference }: RunRecord, path: string): boolean =>
  isStatistics(path) ? reference.sha256 === sha256(readBytes(path)) : flags.reference === path;

/** Whether a run measures the very images of a data set of another run. */
const isOf = (own: RunRecord, parent: RunRecord, d: number): boolean =>
  same(own.datasets, [parent.datasets[d]]) &&
  (['seed', 'resolution', 'recipeVersion', 'block', 'device', 'versions'] as const).every((key) =>
    same(own[key], parent[key]),
  );

/** Results with what the confirming runs came to, as far as they are of the same finalists and complete. */
export async function withConfirmations(run: RunReader, results: Results): Promise<Results> {
  const columns = [];
  for (const column of results.columns) {
    const d = placeOf(run.record, column);
    const folder = folderOf(run, d);
    let confirmation: Confirmation | undefined;
    try {
      if (existsSync(folder))
        confirmation = await confirmationOf(folder, run.record, d, column.tied, imagesOf(results, column));
    } catch (error) {
      // The run itself is whole: it is reported, and what is wrong with the rest is said.
      if (!(error instanceof UserError)) throw error;
      note(`the confirmation of ${column.dataset} is left out: ${error.message}`);
    }
    columns.push({ ...column, ...(confirmation && { confirmation }) });
  }
  return { ...results, columns };
}

async function confirmationOf(
  folder: string,
  parent: RunRecord,
  d: number,
  tied: readonly string[],
  images: number,
): Promise<Confirmation | undefined> {
  const run = openRun(folder);
  try {
    const { record } = run;
    const complete = record.settings.every((setting) => run.images(0, setting) >= images);
    if (!isOf(record, parent, d) || !same(record.settings, tied) || record.images !== images || !complete)
      return undefined;
    const { cells } = await score(run, await openReferences(run));
    return {
      extractor: record.extractor.id,
      comparable: record.comparable,
      reference: record.reference.source,
      images,
      cells: cells.map(({ setting, fid, standardError, rank }) => ({
        setting,
        fid,
        rank,
        ...(standardError !== undefined && { standardError }),
      })),
    };
  } finally {
    run.close();
  }
}
