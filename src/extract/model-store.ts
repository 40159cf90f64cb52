import { createHash } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { invalid, oneOf, UserError } from '../core/errors.js';
import { readRegularFile } from '../core/regular-file.js';
import { type DownloadOptions, download } from './download.js';
import { inceptionFromStateDict, MODES } from './inception-torch.js';
import { mirrorFault } from './mirror.js';
import { findModel } from './model-file.js';
import { keepFiles, modelsFolder, removeFolder } from './model-folder.js';
import { json, modelSpec } from './model-spec.js';
import { inspectOnnxModel } from './onnx-trial.js';
import { ENTRY_FILE, encodeEntry, OWN_ID, ownModel, ownWeights } from './own-extractors.js';
import {
  type ExtractorEntry,
  extractors,
  findExtractor,
  isOwn,
  manifest,
  reservedNames,
  unreadableExtractors,
  type WeightsExtractor,
} from './registry.js';
import { readStateDict } from './torch-file.js';

/** An extractor whose file is in its place now. */
export interface Kept {
  readonly entry: ExtractorEntry;
  readonly file: string;
  /** Whether the same file was there before, so that nothing was done. */
  readonly already: boolean;
}

const LAYOUTS: readonly WeightsExtractor['layout'][] = ['inception-2015-12-05'];
const MOST_SPEC_BYTES = 65_536;

/** Other files of the same network that people have, by their SHA-256 (as other tools pin them). */
const OTHER_FILES: Readonly<Record<string, string>> = {
  f58cb9b6ec323ed63459aa4fb441fe750cfe39fafad6da5cb504a16f19e958f4:
    "It is the TorchScript program of NVIDIA's metrics, of the same network.",
  '009d6814d1bc560d4e7b236e170e9b2d5ca6f4b57bd8037f6db05776204415c6': 'It is the TensorFlow graph of the same network.',
};

const fileOf = (entry: ExtractorEntry): string => join(modelsFolder(), entry.id, entry.file);

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Builds the network once and throws it away, so that what is wrong with the weights shows now and not at their use. */
function checkWeights(bytes: Uint8Array, name: string): void {
  inceptionFromStateDict(readStateDict(bytes, name), 2048, MODES['pytorch-fid'], name);
}

/** The weights that `models fetch` can get, and where from. */
function fetchable(id: string, mirrors: readonly string[]): { entry: WeightsExtractor; urls: readonly string[] } {
  const entry = findExtractor(id);
  if (entry.kind === 'package') {
    throw new UserError(`extractor ${id} is not fetched: it is made from an npm package. Run: fidsweep models build`);
  }
  for (const url of mirrors) {
    const fault = mirrorFault(url);
    // A password in it is not repeated.
    if (fault) throw invalid('--mirror', url.replace(/\/\/[^/]*@/, '//…@'), 'an http or https URL', `But ${fault}.`);
  }
  const urls = mirrors.length > 0 || entry.kind === 'onnx' ? mirrors : entry.mirrors;
  if (entry.kind === 'onnx' || urls.length === 0) {
    throw new UserError(
      `extractor ${id} is of your own, and no place to fetch it from is known. If its file is damaged or gone: ` +
        `fidsweep models remove ${id}, then ${entry.kind === 'onnx' ? 'add' : 'import'} it again.`,
    );
  }
  return { entry, urls };
}

/**
 * Downloads weights whose SHA-256 is known into the models folder, verifies them, and builds the network from them once.
 *
 * @param mirrors instead of the entry's own
 */
export async function fetchModel(
  id: string,
  mirrors: readonly string[] = [],
  options: DownloadOptions = {},
): Promise<Kept> {
  const { entry, urls } = fetchable(id, mirrors);
  const { sha256, bytes } = entry;
  const to = fileOf(entry);
  if (findModel(entry).good) return { entry, file: to, already: true };
  try {
    await download({ urls, sha256, bytes, to }, options);
  } catch (error) {
    if (!(error instanceof UserError) || isOwn(entry)) throw error;
    const proxy = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].find((name) => process.env[name]);
    throw new UserError(
      `${error.message}\n${proxy ? `${proxy} is set, but the download does not use it. ` : ''}` +
        `A file that came in another way serves too (${entry.mirrors[0]}, ${bytes} bytes, SHA-256 ${sha256}): ` +
        'fidsweep models import FILE',
    );
  }
  checkWeights(readRegularFile(to), to);
  return { entry, file: to, already: false };
}

/** A name for an extractor of the user's own, which nothing has yet. */
function newId(name: string, sha256: string): { id: string; already?: ExtractorEntry } {
  if (!OWN_ID.test(name)) {
    throw invalid(
      '--as',
      name,
      'a name of letters, digits, dots, dashes and underscores, at most 64',
      'It begins with a letter or a digit.',
    );
  }
  if (reservedNames().has(name.toLowerCase())) {
    throw invalid('--as', name, 'another name than those of the extractors that ship', 'Choose one of your own.');
  }
  const others = [...extractors().filter(isOwn), ...unreadableExtractors()];
  const taken = others.find(({ id }) => id.toLowerCase() === name.toLowerCase());
  if (taken && 'sha256' in taken && taken.id === name && taken.sha256 === sha256 && findModel(taken).good) {
    return { id: name, already: taken };
  }
  if (taken) {
    throw invalid('--as', name, 'a name that nothing has yet', `To use it anew: fidsweep models remove ${taken.id}`);
  }
  return { id: name };
}

export interface ImportOptions {
  /** The name of weights of one's own. */
  readonly as?: string;
  /** The layout of weights of one's own; there is one so far. */
  readonly layout?: string;
  /** Takes weights that are no known ones; they need a name of their own. */
  readonly allowHash?: boolean;
}

/**
 * Keeps weights from a file: the canonical ones, known by their SHA-256, or, where that is allowed, weights of the user's
 * own in the same layout under another name. The network is built from them once before they are kept.
 */
export function importModel(file: string, { as, layout, allowHash = false }: ImportOptions = {}): Kept {
  const shape = LAYOUTS.find((known) => known === (layout ?? LAYOUTS[0]));
  if (!shape) throw invalid('--layout', layout, oneOf(LAYOUTS));
  const bytes = readRegularFile(file);
  const sha256 = sha256Of(bytes);
  const weights = manifest().filter((entry): entry is WeightsExtractor => entry.kind === 'weights');
  const known = weights.find((entry) => entry.sha256 === sha256);
  if (known) {
    if (as !== undefined && ![known.id, ...known.aliases].includes(as)) {
      throw invalid('--as', as, known.id, `"${file}" is the very file of that extractor; import it without --as.`);
    }
    const kept = { entry: known, file: fileOf(known), already: findModel(known).good !== undefined };
    if (kept.already) return kept;
    checkWeights(bytes, file);
    keepFiles(known.id, { [known.file]: bytes });
    // What a download of it left is of no use now.
    rmSync(`${kept.file}.part`, { force: true });
    return kept;
  }
  if (!allowHash) {
    const pins = weights.map((entry) => `that of ${entry.id} is ${entry.sha256} (${entry.bytes} bytes)`).join(', ');
    throw new UserError(
      `"${file}" is not a file that is known: its SHA-256 is ${sha256} (${bytes.length} bytes), ${pins}. ` +
        `${OTHER_FILES[sha256] ? `${OTHER_FILES[sha256]} Fetch the state dict: fidsweep models fetch ${LAYOUTS[0]}. ` : ''}` +
        `Weights of your own in the layout ${shape} are taken under a name of their own: add --allow-hash --as NAME.`,
    );
  }
  if (as === undefined) throw invalid('--as', as, 'a name for these weights', 'Those that are not known need one.');
  const { id, already } = newId(as, sha256);
  if (already) return { entry: already, file: fileOf(already), already: true };
  checkWeights(bytes, file);
  const pin = { sha256, bytes: bytes.length };
  // A file's name may hold what no line of text may.
  const from = basename(file)
    .replace(/\p{Cc}/gu, '�')
    .slice(0, 200);
  const entry = ownWeights(id, pin, shape, from);
  keepFiles(id, { [entry.file]: bytes, [ENTRY_FILE]: encodeEntry(pin, { layout: shape, from }) });
  return { entry, file: fileOf(entry), already: false };
}

/** Keeps a user's own ONNX model with what its sidecar says of it, after it was checked and has run once. */
export async function addModel(file: string, specFile: string, { as }: { readonly as?: string } = {}): Promise<Kept> {
  const spec = modelSpec(json(readRegularFile(specFile, { most: MOST_SPEC_BYTES }), specFile), specFile);
  const name = as ?? spec.name;
  if (name === undefined) throw invalid('--as', as, `a name for the model: ${specFile} has no "name"`);
  const bytes = readRegularFile(file);
  const pin = { sha256: sha256Of(bytes), bytes: bytes.length };
  const { id, already } = newId(name, pin.sha256);
  const { dims } = await inspectOnnxModel(bytes, file, spec);
  const text = encodeEntry(pin, { dims, spec });
  const entry = ownModel(id, pin, dims, spec);
  // The same model with another sidecar gives other numbers: it needs another name.
  if (already) {
    if (JSON.stringify(already) === JSON.stringify(entry)) return { entry, file: fileOf(entry), already: true };
    throw invalid('--as', name, 'a name that nothing has yet', `To use it anew: fidsweep models remove ${id}`);
  }
  keepFiles(id, { [entry.file]: bytes, [ENTRY_FILE]: text });
  return { entry, file: fileOf(entry), already: false };
}

/** Removes what was fetched, imported or added under an id, entry and file; gives the folder that it was in. */
export function removeModel(id: string): string {
  const known = manifest().find((entry) => entry.id === id || entry.aliases.includes(id));
  if (known?.kind === 'package') throw new UserError(`extractor ${id} ships with this tool and is not removed.`);
  const name = known?.id ?? id;
  if (!known && !OWN_ID.test(name)) throw invalid('extractor', id, 'the name of one that was imported or added');
  if (!removeFolder(name)) {
    if (known) throw new UserError(`extractor ${id}: its file is not here, so there is nothing to remove.`);
    const own = extractors()
      .filter(isOwn)
      .map((entry) => entry.id);
    throw invalid('extractor', id, own.length ? `one that is here: ${oneOf(own)}` : 'one that is here');
  }
  return join(modelsFolder(), name);
}

/** Whether an extractor's file is there, going by its size alone: `models verify` reads it. */
export function isPresent(entry: ExtractorEntry): boolean {
  if (entry.kind === 'package') return findModel(entry).good !== undefined;
  try {
    const stats = statSync(fileOf(entry));
    return stats.isFile() && stats.size === entry.bytes;
  } catch {
    return false;
  }
}

/** What rehashing an extractor's file showed. */
export interface Verdict {
  readonly id: string;
  readonly state: 'good' | 'missing' | 'damaged';
  /** Where the file is, or should be. */
  readonly file: string;
  readonly why?: string;
}

function verdict(entry: ExtractorEntry): Verdict {
  const { id } = entry;
  const { good, damaged } = findModel(entry);
  if (good) return { id, state: 'good', file: good.file };
  if (damaged[0]) return { id, state: 'damaged', file: damaged[0].file, why: damaged[0].damage! };
  // One that can be fetched or built may be missing; what a user kept may not.
  const file = entry.kind === 'package' ? entry.file : fileOf(entry);
  return isOwn(entry) ? { id, state: 'damaged', file, why: 'it is gone' } : { id, state: 'missing', file };
}

/** Reads and rehashes the file of one extractor, or those of all; entries that cannot be read count as damaged. */
export function verifyModels(id?: string): Verdict[] {
  if (id !== undefined) return [verdict(findExtractor(id))];
  const broken = unreadableExtractors().map(
    ({ id, folder, why }): Verdict => ({ id, state: 'damaged', file: folder, why }),
  );
  return [...extractors().map(verdict), ...broken];
}
