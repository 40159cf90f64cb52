import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { invalid, messageOf, oneOf, UserError } from '../core/errors.js';
import { PACKAGE_ROOT } from '../core/paths.js';
import { readClasses } from '../dataset/folder.js';
import type { Extractor } from '../extract/session.js';
import { BACKENDS, type Backend } from '../render/protocol.js';
import { integer, text, type Values } from './values.js';

const PACKAGE = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
};
export const VERSION = PACKAGE.version;
export const TOOL = `fidsweep ${VERSION}`;

/** The packages that decide numbers, at the exact versions that package.json pins. */
export const PACKAGE_VERSIONS: Readonly<Record<string, string>> = Object.fromEntries(
  ['gl', 'onnxruntime-node', 'sharp', 'ml-matrix'].map((name) => [name, PACKAGE.dependencies[name]!]),
);

/** Opens the extractor that `--extractor` names, the bundled one without it. */
export async function openExtractor(values: Values): Promise<Extractor> {
  const { findExtractor } = await import('../extract/registry.js');
  const entry = findExtractor(text(values, 'extractor') ?? 'bundled');
  const threads = integer(values, 'threads', 1, 1024);
  const { Extractor } = await import('../extract/session.js');
  return Extractor.open(entry, threads === undefined ? {} : { threads });
}

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

/** The reference that ships, by its name; any other text is a path. */
export const referencePath = (text: string): string =>
  text === 'photos' ? join(PACKAGE_ROOT, 'models', 'references', 'photos.npz') : text;

export const isStatistics = (path: string): boolean => /\.npz$/i.test(path);

export function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UserError(`"${path}": ${messageOf(error)}.`);
  }
}
