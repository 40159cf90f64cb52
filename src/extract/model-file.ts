import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, UserError } from '../core/errors.js';
import { cacheFolder, PACKAGE_ROOT } from '../core/paths.js';
import type { ExtractorEntry } from './registry.js';

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
    const data = readFileSync(file);
    const damage = damageOf(entry, data);
    return { file, data, ...(damage && { damage }) };
  } catch (error) {
    return { file, data: new Uint8Array(), damage: messageOf(error) };
  }
}

/** The extractor's files: the first good one if there is one, and the damaged ones before it. Builds nothing. */
export function findModel(entry: ExtractorEntry, folders = MODEL_FOLDERS): { good?: ModelFile; damaged: ModelFile[] } {
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
export function locateModel(entry: ExtractorEntry, folders = MODEL_FOLDERS): ModelFile {
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
