import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, UserError } from '../core/errors.js';
import { cacheFolder, PACKAGE_ROOT } from '../core/paths.js';
import { readRegularFile } from '../core/regular-file.js';
import { modelsFolder } from './model-folder.js';
import { type ExtractorEntry, isOwn, type OnnxExtractor, type WeightsExtractor } from './registry.js';

let cache: string | undefined;

/**
 * Where ONNX files may lie, the first choice first: the package's own folder, then (it may be read-only) the cache.
 * Walked lazily, because asking for the cache folder makes it.
 */
export const MODEL_FOLDERS: Iterable<string> = {
  *[Symbol.iterator]() {
    yield join(PACKAGE_ROOT, 'models');
    cache ??= cacheFolder('models');
    yield cache;
  },
};

/** Where the file of an extractor may lie: one that is built in `MODEL_FOLDERS`, one that was kept in its own folder. */
const foldersOf = ({ kind, id }: ExtractorEntry): Iterable<string> =>
  kind === 'package' ? MODEL_FOLDERS : [join(modelsFolder(), id)];

/** A model file and what is in it. `damage` says, where it is not the file of the manifest, how it differs. */
export interface ModelFile {
  readonly file: string;
  readonly data: Uint8Array;
  readonly damage?: string;
}

/** How `data` differs from what the manifest pins; nothing when it does not. */
export function damageOf(entry: ExtractorEntry, data: Uint8Array): string | undefined {
  if (data.length !== entry.bytes) return `${data.length} bytes, expected ${entry.bytes}`;
  const hash = createHash('sha256').update(data).digest('hex');
  return hash === entry.sha256 ? undefined : `SHA-256 ${hash}, expected ${entry.sha256}`;
}

function read(entry: ExtractorEntry, file: string): ModelFile {
  try {
    // A size that differs needs no reading.
    const { size } = statSync(file);
    if (size !== entry.bytes) return { file, data: new Uint8Array(), damage: `${size} bytes, expected ${entry.bytes}` };
    const data = readRegularFile(file);
    const damage = damageOf(entry, data);
    return { file, data, ...(damage && { damage }) };
  } catch (error) {
    return { file, data: new Uint8Array(), damage: messageOf(error) };
  }
}

/** The extractor's files: the first good one if there is one, and the damaged ones before it. Builds nothing. */
export function findModel(
  entry: ExtractorEntry,
  folders = foldersOf(entry),
): { good?: ModelFile; damaged: ModelFile[] } {
  const damaged: ModelFile[] = [];
  for (const folder of folders) {
    const file = join(folder, entry.file);
    if (!existsSync(file)) continue;
    const model = read(entry, file);
    if (model.damage === undefined) return { good: model, damaged };
    damaged.push(model);
  }
  return { damaged };
}

/**
 * The extractor's ONNX file, its size and SHA-256 verified, with its bytes: what is opened is what was verified.
 * A missing file and a damaged one, by name, are user errors that say what to do.
 */
export function locateModel(entry: ExtractorEntry, folders = foldersOf(entry)): ModelFile {
  const { good, damaged } = findModel(entry, folders);
  if (good) return good;
  if (damaged[0]) {
    const { file, damage } = damaged[0];
    throw new UserError(`${file} is damaged: ${damage}. Delete it; the next run builds it again.`);
  }
  throw new UserError(
    `The model of extractor ${entry.id} is not there: no ${entry.file} in ${[...folders].join(' or ')}. ` +
      'The next run that needs it builds it.',
  );
}

/** How the file of an extractor that is not built is got, as the end of a sentence. */
function remedy(entry: WeightsExtractor | OnnxExtractor): string {
  if (!isOwn(entry)) {
    return `fidsweep models fetch ${entry.id}, or, with a file that is here already: fidsweep models import FILE`;
  }
  const how = entry.kind === 'onnx' ? 'add it again (models add)' : 'import it again (models import)';
  return `fidsweep models remove ${entry.id}, then ${how}`;
}

/**
 * The bytes of fetched or imported weights, or of a user's own model, their size and SHA-256 verified at every call. A
 * missing file and a damaged one are user errors that say what to do.
 */
export function readModelFile(entry: WeightsExtractor | OnnxExtractor): Uint8Array {
  const { good, damaged } = findModel(entry);
  if (good) return good.data;
  if (damaged[0]) {
    const { file, damage } = damaged[0];
    throw new UserError(
      `extractor ${entry.id}: ${file} is damaged: ${damage}. ` +
        `"fidsweep models verify" checks all files. To replace it: ${remedy(entry)}`,
    );
  }
  const file = join(modelsFolder(), entry.id, entry.file);
  throw new UserError(`extractor ${entry.id}: its file is not here (${file}). To get it: ${remedy(entry)}`);
}
