import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from './paths.js';

const PACKAGE = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
};

export const VERSION = PACKAGE.version;

/** What a result says that it was made by. */
export const TOOL = `fidsweep ${VERSION}`;

/** The packages that decide numbers, at the exact versions that package.json pins. */
export const PACKAGE_VERSIONS: Readonly<Record<string, string>> = Object.fromEntries(
  ['gl', 'onnxruntime-node', 'sharp', 'ml-matrix'].map((name) => [name, PACKAGE.dependencies[name]!]),
);
