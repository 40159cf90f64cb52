import { createHash } from 'node:crypto';
import { UserError } from '../core/errors.js';
import { type Convention, conventionOf, programSource } from './convention.js';
import { conventionOfMode } from './convention-twigl.js';
import type { Failure } from './dataset.js';
import { openProgramFiles, type ProgramFiles, textOf } from './program-files.js';
import { isProgramList, readProgramList } from './program-list.js';
import type { ProgramSet } from './program-set.js';

export { writeProgramList } from './program-list.js';

const ENDING = /\.[^./]+$/;
const KNOWN_ENDING = /\.(?:frag|fragment|fs|glsl|shader|json|txt)$/i;

/** Without its ending, or both of `x.frag.glsl`. A name that is an ending alone stays. */
function withoutEnding(path: string): string {
  let name = path.replace(ENDING, '');
  while (KNOWN_ENDING.test(name)) name = name.replace(ENDING, '');
  return !name || name.endsWith('/') ? path : name;
}

/** Ids of files: their paths without endings, with them where two would be equal. */
function idsOf(paths: readonly string[]): Map<string, string> {
  const ids = new Map(paths.map((path) => [path, withoutEnding(path)] as const));
  for (let clash = true; clash; ) {
    clash = false;
    const counts = new Map<string, number>();
    for (const id of ids.values()) counts.set(id, (counts.get(id) ?? 0) + 1);
    for (const [path, id] of ids) {
      if (counts.get(id) === 1 || id === path) continue;
      ids.set(path, path);
      clash = true;
    }
  }
  return ids;
}

/** Mode files of `fragments/X` by that path: `modes/X` beside it. */
function modesOf(paths: readonly string[]): Map<string, string> {
  const all = new Set(paths);
  const modes = new Map<string, string>();
  for (const path of paths) {
    const mode = path.replace(/(^|\/)fragments\/([^/]+)$/, '$1modes/$2');
    if (mode !== path && all.has(mode)) modes.set(path, mode);
  }
  return modes;
}

/** A program of a folder: enough to make its text again. */
interface Entry {
  readonly id: string;
  readonly path: string;
  readonly convention: Convention;
  readonly sha256: string;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64');

function conventionOfModeFile(files: ProgramFiles, path: string): Convention {
  try {
    return conventionOfMode(textOf(files.read(path)));
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`its mode file ${path}: ${error.message}`);
    throw error;
  }
}

/** `shadertoy 3, twigl-geekest 2`; nothing where all are of our own. */
function mixtureOf(entries: readonly Entry[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { convention } of entries) counts.set(convention, (counts.get(convention) ?? 0) + 1);
  if (!counts.size || (counts.size === 1 && counts.has('fidsweep'))) return undefined;
  const sorted = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([convention, count]) => `${convention} ${count}`).join(', ');
}

/** The ids that are asked for, all of which must be there. */
function checkListed(path: string, listed: readonly string[], ids: Iterable<string>): void {
  const there = new Set(ids);
  const missing = listed.find((id) => !there.has(id));
  if (missing !== undefined)
    throw new UserError(
      `List "${path}": it names "${missing}", which is not there. Run "fidsweep programs check" again for a new list.`,
    );
}

export interface ProgramFolderOptions {
  /** What all programs are taken for; by default each is recognised by its content. */
  readonly convention?: Convention | undefined;
}

/**
 * Programs that people have, in any convention. Texts are read when they are asked for, and must then be what they were at
 * opening, which the identity is of. A set may be empty, and says of every file why it cannot be used.
 *
 * @param path a folder, whose sub-folders are walked; a .zip of one; a list of some of its programs
 * @throws UserError when it is missing, or there is nothing in it
 */
export async function readProgramFolder(path: string, options: ProgramFolderOptions = {}): Promise<ProgramSet> {
  const list = isProgramList(path) ? readProgramList(path) : undefined;
  const files = openProgramFiles(list?.folder ?? path);
  const forced = options.convention ?? list?.convention;
  const modes = modesOf(files.paths);
  const modeFiles = new Set(modes.values());
  const ids = idsOf(files.paths.filter((file) => !modeFiles.has(file)));
  if (!ids.size && !files.failures.length) throw new UserError(`Programs of "${path}": there are no files in it.`);
  if (list) checkListed(path, list.ids, ids.values());
  const wanted = list && new Set(list.ids);

  const entries = new Map<string, Entry>();
  const failures: Failure[] = list ? [] : [...files.failures];
  const hash = createHash('sha256');
  for (const [file, id] of ids) {
    if (wanted && !wanted.has(id)) continue;
    try {
      if (/\p{Cc}/u.test(id)) throw new UserError('a name with control characters');
      const bytes = files.read(file);
      const text = textOf(bytes);
      const mode = modes.get(file);
      const convention = forced ?? (mode === undefined ? conventionOf(text) : conventionOfModeFile(files, mode));
      const { source, fallback } = programSource(id, text, convention);
      hash.update(`${id}\0${source}\0`);
      if (fallback !== undefined) hash.update(`${fallback}\0`);
      entries.set(id, { id, path: file, convention, sha256: sha256(bytes) });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failures.push({ id, why: error.message });
    }
  }
  const textAtOpening = (id: string) => {
    const entry = entries.get(id);
    if (!entry) throw new Error(`no program "${id}"`);
    let bytes: Buffer | undefined;
    try {
      bytes = files.read(entry.path);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
    if (!bytes || sha256(bytes) !== entry.sha256)
      throw new UserError(
        `Programs of "${path}": ${entry.path} ${bytes ? 'has changed' : 'is gone'} since they were opened. Start again, or put it back.`,
      );
    return { text: textOf(bytes), convention: entry.convention };
  };
  const conventions = mixtureOf([...entries.values()]);
  return {
    ids: [...entries.keys()],
    identity: {
      kind: 'programs',
      programs: entries.size,
      ...(conventions !== undefined && { conventions }),
      sha256: hash.digest('hex'),
    },
    failures,
    read(id) {
      const { text, convention } = textAtOpening(id);
      return programSource(id, text, convention);
    },
    text: (id) => textAtOpening(id).text,
  };
}
