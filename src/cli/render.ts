import { resolve } from 'node:path';
import type { Unusable } from '../blocks.js';
import { invalid } from '../core/errors.js';
import { plain } from '../core/plain.js';
import { PACKAGE_VERSIONS, TOOL } from '../core/version.js';
import { shortSpec } from '../dataset/spec.js';
import { RECIPE_VERSION } from '../mix/recipe.js';
import { settingKey } from '../mix/setting.js';
import { ENCODINGS, type Encoding, encodersOf, encodingOf } from '../store/encode-picture.js';
import { FolderLock } from '../store/lock.js';
import { shardImagesOf, TrainingFolder } from '../store/training-folder.js';
import { checkWhole, findTraining, type TrainingManifest, tidyTraining } from '../store/training-found.js';
import { checkSameTraining, FORMATS, type TrainingFormat, type TrainingRecord } from '../store/training-record.js';
import { trainingSamples } from '../training-samples.js';
import { type ChosenSetting, chooseSetting, openSettingRenderer } from './chosen-setting.js';
import { note } from './listener.js';
import { detail, say } from './loudness.js';
import { type Progress, startProgress } from './progress.js';
import { integer, text, type Values, word } from './values.js';

/** Names of images have eight digits. */
const MOST_IMAGES = 100_000_000;

/**
 * Milliseconds after which what was written is brought to the disk and noted down: at most so much is lost. It is done so
 * often that it takes a twentieth of the time, within these bounds.
 */
const COMMIT_AFTER = { least: 250, most: 10_000, share: 1 / 20 } as const;

/** Batches drawn, and batches encoded, before their turn. */
const AHEAD = 2;

/** How pictures are encoded, from the flags. */
export function encodingFrom(values: Values): Encoding {
  const format = word(values, 'encoding', ENCODINGS) ?? 'jpeg';
  if (format === 'png' && values.quality !== undefined)
    throw invalid('--quality', values.quality, 'nothing with --encoding png', 'PNG keeps every pixel as it is.');
  return encodingOf(format, integer(values, 'quality', 1, 100));
}

function shardsFrom(values: Values): Pick<TrainingRecord, 'format' | 'shardImages'> {
  const format: TrainingFormat = word(values, 'format', FORMATS) ?? 'folder';
  const asked = integer(values, 'shard-images', 1, 1_000_000);
  if (format === 'folder' && asked !== undefined)
    throw invalid('--shard-images', asked, 'nothing with --format folder', 'Its folders have a thousand images each.');
  return { format, shardImages: shardImagesOf(format, asked) };
}

/** Writes the images of one setting for training, or goes on with them. */
export async function runRender(values: Values): Promise<void> {
  const shown = text(values, 'output')!;
  // Before a run's folder becomes the working folder.
  const out = resolve(shown);
  const images = integer(values, 'images', 1, MOST_IMAGES)!;
  const encoding = encodingFrom(values);
  const shards = shardsFrom(values);
  // What cannot be gone on with is told before anything is opened.
  if (findTraining(out).kind !== 'whole') FolderLock.check(out);
  const scoring = startProgress('scoring', 'settings');
  const chosen = await chooseSetting(values, {
    output: out,
    say: (remark) => note(`recommended for ${remark}`),
    onScoring: scoring.update,
  });
  scoring.end();
  try {
    const wanted = { ...recordOf(chosen, encoding), images, ...shards };
    const found = findTraining(out);
    if (found.kind !== 'new') checkSameTraining(shown, found.record, wanted);
    if (found.kind === 'whole') {
      checkWhole(out, found.manifest);
      tidyTraining(out);
      process.stdout.write(`Finished before: ${summary(shown, found.manifest)}\n`);
      return;
    }
    const manifest = await write(values, chosen, wanted, out, shown);
    if (manifest) process.stdout.write(`${summary(shown, manifest)}\n`);
  } finally {
    await chosen.source.dataset.dispose?.();
  }
}

type Wanted = Omit<TrainingRecord, 'device'>;

function recordOf(
  { source, setting }: ChosenSetting,
  encoding: Encoding,
): Omit<Wanted, 'images' | 'format' | 'shardImages'> {
  const { dataset, resolution, seed } = source;
  const { name, spec, identity } = dataset;
  return {
    tool: TOOL,
    dataset: { name, spec: shortSpec(spec), identity, fit: dataset.fit(resolution) },
    setting: settingKey(setting),
    seed,
    resolution,
    recipeVersion: RECIPE_VERSION,
    versions: { ...PACKAGE_VERSIONS, ...encodersOf(encoding) },
    encoding,
  };
}

/** @returns the manifest, when all of the images are there */
async function write(
  values: Values,
  chosen: ChosenSetting,
  wanted: Wanted,
  out: string,
  shown: string,
): Promise<TrainingManifest | undefined> {
  const { source, setting, setAside } = chosen;
  const { encoding, images } = wanted;
  const progress = startProgress('render', 'images');
  const stop = new AbortController();
  const onInterrupt = () => stop.abort();
  const renderer = await openSettingRenderer(values, chosen);
  let folder: TrainingFolder | undefined;
  try {
    const { backend, renderer: name, version } = renderer.device;
    const record: TrainingRecord = { ...wanted, device: { backend, renderer: name, version } };
    const checking = startProgress('checking what is there', 'images');
    folder = await TrainingFolder.open(out, record, { setAside, onChecked: checking.update }).finally(checking.end);
    for (const { id } of folder.setAside) source.unusable.add(id);
    const begun = folder.images;
    say(plain(begun ? `Going on with ${shown} after ${begun} of ${images} images.` : `${images} images on ${name}`));
    process.once('SIGINT', onInterrupt);
    process.once('SIGTERM', onInterrupt);
    const onUnusable = ({ id, why }: Unusable) => say(plain(`Set aside: ${id}: ${why}`));
    const rest = [{ first: begun, count: images - begun }];
    const samples = trainingSamples(source, setting, rest, renderer, encoding, {
      ahead: AHEAD,
      onUnusable,
      signal: stop.signal,
    });
    await writeAll(folder, samples, stop.signal, progress);
    progress.end();
    if (stop.signal.aborted && folder.images < images) {
      process.exitCode = 130;
      say(plain(`Interrupted after ${folder.images} of ${images} images: the same command goes on from there.`));
      return undefined;
    }
    return await folder.finish();
  } finally {
    progress.end();
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
    await folder?.close();
    await renderer.dispose();
  }
}

/** Writes what comes, until it ends or is interrupted; then all that was written is on the disk and noted down. */
async function writeAll(
  folder: TrainingFolder,
  samples: ReturnType<typeof trainingSamples>,
  signal: AbortSignal,
  progress: Progress,
): Promise<void> {
  const { images } = folder.record;
  progress.update(folder.images, images);
  let committed = performance.now();
  let after: number = COMMIT_AFTER.least;
  try {
    for await (const { samples: batch, unusable } of samples) {
      await folder.add(batch, unusable);
      progress.update(folder.images, images);
      if (signal.aborted) break;
      const began = performance.now();
      if (began - committed < after) continue;
      await folder.commit();
      committed = performance.now();
      detail(`${folder.images} images on the disk, in ${((committed - began) / 1000).toFixed(2)} s`);
      after = Math.min(COMMIT_AFTER.most, Math.max(COMMIT_AFTER.least, (committed - began) / COMMIT_AFTER.share));
    }
  } catch (error) {
    // An interrupt while base images are made.
    if (!signal.aborted || error !== signal.reason) throw error;
  }
  await folder.commit();
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

function summary(shown: string, manifest: TrainingManifest): string {
  const { setting, dataset, images, seed, resolution, shards, bytes, format } = manifest;
  const parts = `${shards.length} ${format === 'folder' ? 'folder' : 'shard'}${shards.length === 1 ? '' : 's'}`;
  return plain(
    `${shown}: ${images} images of ${setting} from ${dataset.name}, seed ${seed}, ${resolution} × ${resolution} pixels, in ${parts}, ${megabytes(bytes)}; manifest.json says how they were made`,
  );
}
