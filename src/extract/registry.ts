import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { invalid, oneOf } from '../core/errors.js';
import { PACKAGE_ROOT } from '../core/paths.js';
import type { ResizeMode } from './resize.js';

/** An extractor as `models/manifest.json` describes it. */
export interface ExtractorEntry {
  readonly id: string;
  /** Shorter names that mean the same. */
  readonly aliases: readonly string[];
  readonly description: string;
  /** The npm package that holds the weights: its files, in `folder`, and the SHA-256 of each. */
  readonly source: {
    readonly package: string;
    readonly version: string;
    readonly folder: string;
    readonly files: Readonly<Record<string, string>>;
  };
  /** The name of the ONNX file, its SHA-256 and its size. */
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Numbers in a feature. */
  readonly dims: number;
  /** The layer whose mean over space is the feature. */
  readonly tap: string;
  /** The network's input: height and width in pixels, how pictures get that size, what black and white become. */
  readonly input: {
    readonly size: number;
    readonly resize: ResizeMode['kind'];
    readonly range: readonly [number, number];
  };
  readonly licence: string;
  /** What its numbers may be compared with. Every output made with it says this sentence. */
  readonly comparable: string;
}

let manifest: readonly ExtractorEntry[] | undefined;

/** Every extractor of the manifest, in its order; the first is the default. */
export function extractors(): readonly ExtractorEntry[] {
  manifest ??= (
    JSON.parse(readFileSync(join(PACKAGE_ROOT, 'models', 'manifest.json'), 'utf8')) as { extractors: ExtractorEntry[] }
  ).extractors;
  return manifest;
}

/** The extractor of this id or alias. */
export function findExtractor(id: string): ExtractorEntry {
  const found = extractors().find((entry) => entry.id === id || entry.aliases.includes(id));
  if (!found) throw invalid('extractor', id, oneOf(extractors().flatMap((entry) => [entry.id, ...entry.aliases])));
  return found;
}

/** What happens to a picture before the network, as one comparable text: `bilinear-299 [0,1]`. */
export function preprocessingId({ input: { size, resize, range } }: ExtractorEntry): string {
  return `${resize}-${size} [${range.join(',')}]`;
}
