import { mkdtempSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ExtractorChoice, type Made, openChosen } from '../choose-extractor.js';
import { invalid, messageOf, oneOf, UserError } from '../core/errors.js';
import { makeFolder, prepareFile } from '../core/files.js';
import { PACKAGE_ROOT } from '../core/paths.js';
import { plain } from '../core/plain.js';
import { readClasses } from '../dataset/folder.js';
import { isMade } from '../dataset/spec.js';
import { checkUnambiguous } from '../dataset/unambiguous.js';
import type { Extractor } from '../extract/session.js';
import { BACKENDS, type Backend } from '../render/protocol.js';
import type { SourceOptions } from '../source.js';
import { note } from './listener.js';
import { detail } from './loudness.js';
import { flag, integer, text, type Values } from './values.js';

/** The network that `--extractor`, `--dims` and `--mode` name. */
export const extractorChoice = (values: Values): ExtractorChoice => ({
  extractor: text(values, 'extractor'),
  dims: integer(values, 'dims', 1, 1_000_000),
  mode: text(values, 'mode'),
  threads: integer(values, 'threads', 1, 1024),
});

/** @param made what made the statistics on the other side, which decides where no network is named */
export async function openExtractor(values: Values, made?: Made): Promise<Extractor> {
  const extractor = await openChosen(extractorChoice(values), made, note);
  const { id, sha256, tap, dims, preprocessing } = extractor.identity;
  const why =
    values.extractor === undefined ? (made ? `, as ${made.name} was made` : ', by default') : ', as asked for';
  detail(plain(`network ${id}${why}: ${tap}, ${dims} dimensions, ${preprocessing}, SHA-256 ${sha256.slice(0, 12)}…`));
  return extractor;
}

/** Images a second that a network takes here, timed on two batches of blank pictures; the first warms it up. */
export async function inferenceRate(extractor: Extractor, resolution: number): Promise<number> {
  const blank = new Uint8Array(16 * resolution * resolution * 3);
  await extractor.features(blank, 16, resolution, resolution);
  const began = performance.now();
  await extractor.features(blank, 16, resolution, resolution);
  return 16 / ((performance.now() - began) / 1000);
}

/** How a source is measured, from the flags. */
export function sourceOptions(values: Values): SourceOptions {
  return {
    skipCorrupt: flag(values, 'skip-corrupt'),
    images: integer(values, 'images', 2, 100_000_000),
    seed: integer(values, 'seed', 0, Number.MAX_SAFE_INTEGER),
    resolution: integer(values, 'resolution', 16, 2048),
    classes: classesOf(values),
    backend: backendOf(values),
    programTimeout: programTimeout(values),
    processes: integer(values, 'render-processes', 1, MOST_PROCESSES),
  };
}

/** Drawing processes beyond this help no driver. */
export const MOST_PROCESSES = 64;

export function backendOf(values: Values): Backend | 'auto' {
  const name = text(values, 'backend') ?? 'auto';
  const backend = (['auto', ...BACKENDS] as const).find((known) => known === name);
  if (!backend) throw invalid('--backend', name, oneOf(['auto', ...BACKENDS]));
  return backend;
}

/** Milliseconds a program may take, from `--program-timeout` in seconds. */
export const programTimeout = (values: Values): number => 1000 * (integer(values, 'program-timeout', 1, 3600) ?? 20);

/** Side of the pictures; a multiple of 4 because four bytes are packed into a texel. */
export function resolutionOf(values: Values): number {
  const resolution = integer(values, 'resolution', 16, 2048) ?? 256;
  if (resolution % 4) throw invalid('--resolution', resolution, 'a multiple of 4');
  return resolution;
}

/** The class list that `--classes` names: one that ships (`imagenet100`) or a file. */
export function classesOf(values: Values): { readonly name: string; readonly classes: Set<string> } | undefined {
  const name = text(values, 'classes');
  if (name === undefined) return undefined;
  return {
    name,
    classes: readClasses(name === 'imagenet100' ? join(PACKAGE_ROOT, 'models', 'classes', 'imagenet100.txt') : name),
  };
}

const SHIPPED_REFERENCE = join(PACKAGE_ROOT, 'models', 'references', 'photos.npz');

/** Where the reference is: what `--reference` says, the one that ships without it. */
export function referenceOf(values: Values): string {
  const given = text(values, 'reference');
  if (given !== undefined && isMade(given))
    throw invalid('--reference', given, 'statistics or real images', 'Made images are what is swept (--dataset).');
  return given === undefined ? SHIPPED_REFERENCE : referencePath(given);
}

/** The reference that ships, by its name; any other text is a path. Throws a UserError where the name is a folder too. */
export function referencePath(text: string): string {
  if (text !== 'photos') return text;
  checkUnambiguous(text, 'reference statistics');
  return SHIPPED_REFERENCE;
}

export function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UserError(`"${path}": ${messageOf(error)}.`);
  }
}

/** Makes the folder of `--output`, and refuses a place that cannot be written, before the work that is to end there. */
export const prepareOutput = (path: string): void => prepareFile('--output', path);

/** Makes the folder of `--output`, and refuses one that cannot be written to, before the work that is to end there. */
export function prepareFolder(folder: string): void {
  const refuse = (why: string) =>
    invalid('--output', folder, 'a folder that can be written to', `${why}. Choose another place.`);
  if (!folder) throw refuse('It is empty');
  try {
    makeFolder(folder);
  } catch (error) {
    throw refuse(messageOf(error));
  }
  try {
    // Asking for permission is not enough: root has it where nothing can be made.
    rmdirSync(mkdtempSync(join(folder, 'trial-')));
  } catch (error) {
    throw refuse(`Nothing can be made in it (${(error as NodeJS.ErrnoException).code})`);
  }
}
