import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { invalid, oneOf, UserError } from '../core/errors.js';
import { PACKAGE_ROOT } from '../core/paths.js';
import { ownExtractors, type Unreadable } from './own-extractors.js';
import type { Preprocessing } from './preprocessing.js';

interface Described {
  readonly id: string;
  /** Shorter names that mean the same. */
  readonly aliases: readonly string[];
  readonly description: string;
  readonly licence: string;
  /** What its numbers may be compared with. Every output made with it says this sentence. */
  readonly comparable: string;
  /** The file the network is read from: its name, SHA-256 and size. */
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** A network that is built, as an ONNX file, from weights in an npm package. */
export interface PackagedExtractor extends Described {
  readonly kind: 'package';
  /** The npm package that holds the weights: its files, in `folder`, and the SHA-256 of each. */
  readonly source: {
    readonly package: string;
    readonly version: string;
    readonly folder: string;
    readonly files: Readonly<Record<string, string>>;
  };
  /** Numbers in a feature. */
  readonly dims: number;
  /** The layer whose mean over space is the feature. */
  readonly tap: string;
  readonly input: Preprocessing;
}

/** A network of a known layout whose weights are a torch state dict, fetched or imported; its graph is made when it is opened. */
export interface WeightsExtractor extends Described {
  readonly kind: 'weights';
  /** Taps, modes and what they mean: `inception-torch.ts`. */
  readonly layout: 'inception-2015-12-05';
  /** Where `models fetch` looks, in this order; empty for weights of a user's own. */
  readonly mirrors: readonly string[];
}

/** A user's own ONNX model, described by the sidecar that it was added with. */
export interface OnnxExtractor extends Described {
  readonly kind: 'onnx';
  readonly input: Preprocessing & { readonly layout: 'NCHW' | 'NHWC' };
  /** The output that is read, and how it becomes one vector a picture. */
  readonly output: string;
  readonly pooling: 'none' | 'mean' | 'first-token';
  readonly dims: number;
}

export type ExtractorEntry = PackagedExtractor | WeightsExtractor | OnnxExtractor;

let entries: readonly ExtractorEntry[] | undefined;

/** The extractors that this version knows, in the manifest's order; the first is the default. */
export function manifest(): readonly ExtractorEntry[] {
  entries ??= (
    JSON.parse(readFileSync(join(PACKAGE_ROOT, 'models', 'manifest.json'), 'utf8')) as { extractors: ExtractorEntry[] }
  ).extractors;
  return entries;
}

const namesOf = (some: readonly ExtractorEntry[]): string[] => some.flatMap(({ id, aliases }) => [id, ...aliases]);

/** Names that an extractor of a user's own cannot have, in lower case: "Inception" must not pass for "inception". */
export const reservedNames = (): ReadonlySet<string> => new Set(namesOf(manifest()).map((name) => name.toLowerCase()));

function own(): ReturnType<typeof ownExtractors> {
  return ownExtractors(
    manifest().map(({ id }) => id),
    reservedNames(),
  );
}

/** Every extractor: those of the manifest, in its order, then the user's own by their ids. */
export const extractors = (): readonly ExtractorEntry[] => [...manifest(), ...own().entries];

/** What lies where the user's own extractors are and cannot be read. */
export const unreadableExtractors = (): readonly Unreadable[] => own().unreadable;

/** The network that ships. */
export const bundled = (): PackagedExtractor => manifest()[0] as PackagedExtractor;

/** Whether it was imported or added by the user. */
export const isOwn = ({ id }: ExtractorEntry): boolean => manifest().every((entry) => entry.id !== id);

/** The extractor of this id or alias. An unknown one, and one whose entry cannot be read, are user errors. */
export function findExtractor(id: string): ExtractorEntry {
  const known = manifest().find((entry) => entry.id === id || entry.aliases.includes(id));
  if (known) return known;
  const { entries, unreadable } = own();
  const found = entries.find((entry) => entry.id === id);
  if (found) return found;
  const broken = unreadable.find((folder) => folder.id === id);
  if (broken) throw new UserError(`extractor ${id} cannot be read: ${broken.folder}: ${broken.why}`);
  throw invalid('extractor', id, oneOf(namesOf([...manifest(), ...entries])));
}
