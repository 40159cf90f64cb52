import { type Dirent, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, UserError } from '../core/errors.js';
import { readRegularFile } from '../core/regular-file.js';
import { choice, fields, line, whole } from '../core/sidecar.js';
import { modelsFolder } from './model-folder.js';
import { json, type ModelSpec, modelSpec } from './model-spec.js';
import type { ExtractorEntry, OnnxExtractor, WeightsExtractor } from './registry.js';

/** Names that a user may give: they are folders too, so none has a separator or begins with a dot. */
export const OWN_ID = /^[a-z0-9][a-z0-9._-]{0,63}$/i;

/** What describes an extractor, in its folder. */
export const ENTRY_FILE = 'entry.json';
const SCHEMA = 1;
const MOST_ENTRY_BYTES = 65_536;

/** A folder of the models folder that is no extractor, and why. */
export interface Unreadable {
  readonly id: string;
  readonly folder: string;
  readonly why: string;
}

interface Pin {
  readonly sha256: string;
  readonly bytes: number;
}

/** Weights of a user's own. Their texts are made here and not read, so they can never pass for the canonical ones. */
export function ownWeights(
  id: string,
  { sha256, bytes }: Pin,
  layout: WeightsExtractor['layout'],
  from: string,
): WeightsExtractor {
  return {
    kind: 'weights',
    id,
    aliases: [],
    description: `weights of your own in the layout ${layout}, from ${from}`,
    licence: 'licence not stated',
    comparable: `comparable only with numbers of these same weights (SHA-256 ${sha256.slice(0, 16)}…)`,
    file: 'weights.pth',
    sha256,
    bytes,
    layout,
    mirrors: [],
  };
}

/** A user's own ONNX model, as its sidecar describes it. */
export function ownModel(id: string, { sha256, bytes }: Pin, dims: number, spec: ModelSpec): OnnxExtractor {
  const { input, output, pooling, licence } = spec;
  return {
    kind: 'onnx',
    id,
    aliases: [],
    description: spec.description ?? 'an ONNX model of your own',
    licence,
    comparable: spec.comparable ?? `comparable only with numbers of this same model (SHA-256 ${sha256.slice(0, 16)}…)`,
    file: 'model.onnx',
    sha256,
    bytes,
    input,
    output,
    pooling,
    dims,
  };
}

/** What `entry.json` says, the inverse of `readEntry`. */
export function encodeEntry(
  pin: Pin,
  content: { layout: string; from: string } | { dims: number; spec: ModelSpec },
): string {
  const kind = 'spec' in content ? 'onnx' : 'weights';
  return `${JSON.stringify({ schema: SCHEMA, kind, sha256: pin.sha256, bytes: pin.bytes, ...content }, null, 2)}\n`;
}

function readEntry(id: string, file: string): ExtractorEntry {
  const value = json(readRegularFile(file, { most: MOST_ENTRY_BYTES }), ENTRY_FILE);
  const every = ['schema', 'kind', 'sha256', 'bytes'];
  const kind = (value as { kind?: unknown } | null)?.kind;
  const given = fields(value, ENTRY_FILE, [...every, ...(kind === 'onnx' ? ['dims', 'spec'] : ['layout', 'from'])]);
  whole(given.schema, '"schema"', SCHEMA, SCHEMA);
  const pin = { sha256: line(given.sha256, '"sha256"'), bytes: whole(given.bytes, '"bytes"', 1, 2 ** 31 - 1) };
  if (!/^[0-9a-f]{64}$/.test(pin.sha256)) throw new UserError('"sha256" is no SHA-256.');
  if (choice(kind, '"kind"', ['weights', 'onnx']) === 'onnx') {
    return ownModel(id, pin, whole(given.dims, '"dims"', 1, 1 << 20), modelSpec(given.spec, '"spec"'));
  }
  return ownWeights(id, pin, choice(given.layout, '"layout"', ['inception-2015-12-05']), line(given.from, '"from"'));
}

function foldersIn(models: string): string[] {
  let found: Dirent[];
  try {
    found = readdirSync(models, { withFileTypes: true });
  } catch {
    // Nothing was ever fetched or imported, or nothing there can be read: then there is nothing of the user's own.
    return [];
  }
  return found
    .filter((one) => !one.name.startsWith('.') && (one.isDirectory() || one.isSymbolicLink()))
    .map(({ name }) => name)
    .sort();
}

/**
 * The user's own extractors, and the folders that hold none that can be read: whatever lies in them, this gives an answer.
 *
 * @param manifest ids of the manifest, whose folders hold a file and no entry
 * @param reserved names that no extractor of a user's may have, in lower case
 */
export function ownExtractors(
  manifest: readonly string[],
  reserved: ReadonlySet<string>,
): { entries: ExtractorEntry[]; unreadable: Unreadable[] } {
  const models = modelsFolder();
  const entries: ExtractorEntry[] = [];
  const unreadable: Unreadable[] = [];
  for (const id of foldersIn(models)) {
    if (manifest.includes(id)) continue;
    const folder = join(models, id);
    try {
      if (!OWN_ID.test(id)) throw new UserError('its name is none that an extractor can have.');
      if (reserved.has(id.toLowerCase())) throw new UserError('its name is that of an extractor which ships.');
      if (!existsSync(join(folder, ENTRY_FILE))) throw new UserError(`it has no ${ENTRY_FILE}.`);
      entries.push(readEntry(id, join(folder, ENTRY_FILE)));
    } catch (error) {
      unreadable.push({ id, folder, why: messageOf(error) });
    }
  }
  return { entries, unreadable };
}
