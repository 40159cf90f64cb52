import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { messageOf, UserError } from '../core/errors.js';
import type { Failure } from './dataset.js';
import { programLibrary } from './program-library.js';
import type { ProgramSet } from './program-set.js';
import { assembleProgram } from './program-text.js';

/** Files beyond this are no programs: real ones stay under 100 kB. */
const LARGEST = 1024 ** 2;

function readProgram(path: string): string {
  const target = statSync(path, { throwIfNoEntry: false });
  if (!target) throw new UserError('a link that leads nowhere');
  if (!target.isFile()) throw new UserError('not a file');
  if (target.size > LARGEST)
    throw new UserError(`${target.size} bytes is too large for a program, at most ${LARGEST} are read`);
  return readFileSync(path, 'utf8');
}

/**
 * Assembled fragment shaders of a folder's `.frag` files by id (file name without ending), sorted.
 *
 * @param onFailure hears of each file that cannot be read or assembled
 * @throws UserError when none can
 */
export function readPrograms(folder: string, onFailure: (failure: Failure) => void = () => {}): Map<string, string> {
  let files: string[];
  try {
    files = readdirSync(folder)
      .filter((file) => file.endsWith('.frag'))
      .sort();
  } catch (error) {
    throw new UserError(`Programs of "${folder}": ${messageOf(error)}. Expected a folder of .frag files.`);
  }
  if (!files.length) throw new UserError(`Programs of "${folder}": the folder holds no .frag file.`);
  const library = programLibrary();
  const programs = new Map<string, string>();
  const failures: Failure[] = [];
  for (const file of files) {
    const id = basename(file, '.frag');
    try {
      programs.set(id, assembleProgram(id, readProgram(join(folder, file)), library));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (error instanceof UserError) failures.push({ id, why: error.message });
      // Without the system's own text: it holds the path, and this is recorded with the run.
      else if (code !== undefined) failures.push({ id, why: `cannot be read (${code})` });
      else throw error;
    }
  }
  if (!programs.size) {
    const [{ id, why }] = failures as [Failure];
    throw new UserError(
      `Programs of "${folder}": none of its ${files.length} .frag files can be used; the first is ${id}: ${why}`,
    );
  }
  failures.forEach(onFailure);
  return programs;
}

/**
 * Programs that people have: a folder of them.
 *
 * @param path a folder
 * @throws UserError when it is missing, or none of its programs can be used
 */
export async function readProgramFolder(path: string): Promise<ProgramSet> {
  const failures: Failure[] = [];
  const sources = readPrograms(path, (failure) => failures.push(failure));
  const hash = createHash('sha256');
  for (const [id, source] of sources) hash.update(`${id}\0${source}\0`);
  const ids = [...sources.keys()];
  return {
    ids,
    identity: { kind: 'programs', programs: ids.length, sha256: hash.digest('hex') },
    failures,
    read: (id) => ({ id, source: sources.get(id)! }),
  };
}
