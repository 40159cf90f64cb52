import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { invalid, messageOf, UserError } from '../core/errors.js';
import { writeAtomically } from '../core/files.js';
import { readRegularFile } from '../core/regular-file.js';
import { type Convention, parseConvention } from './convention.js';

const HEADER = '# fidsweep programs of ';

/** Lists beyond this are not read: a hundred thousand names. */
const LARGEST_LIST = 16 * 1024 ** 2;

/** Some programs of a folder or archive. */
export interface ProgramList {
  /** Where they are: a folder, or a .zip. */
  readonly folder: string;
  readonly convention: Convention | undefined;
  readonly ids: readonly string[];
}

/** The beginning of a regular file; nothing of what is none, or not there. */
function beginning(path: string): string | undefined {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return undefined;
  const file = openSync(path, 'r');
  try {
    const begin = Buffer.alloc(Buffer.byteLength(HEADER) + 3);
    readSync(file, begin);
    return begin.toString('utf8').replace(/^\ufeff/, '');
  } finally {
    closeSync(file);
  }
}

/**
 * Whether a path is such a list, by its first bytes.
 *
 * @throws UserError for a file that cannot be opened
 */
export function isProgramList(path: string): boolean {
  try {
    return beginning(path)?.startsWith(HEADER) === true;
  } catch (error) {
    throw new UserError(`Programs of "${path}": ${messageOf(error)}.`);
  }
}

/** `FOLDER`, or `FOLDER?convention=NAME`. */
function placeOf(text: string): Pick<ProgramList, 'folder' | 'convention'> {
  const [, folder = text, convention] = /^(.*)\?convention=([^?]*)$/s.exec(text) ?? [];
  return { folder, convention: convention === undefined ? undefined : parseConvention(convention) };
}

/**
 * Reads a list: `# fidsweep programs of FOLDER`, FOLDER relative to the list's own, then an id a line.
 *
 * @throws UserError for what is none, or names nothing
 */
export function readProgramList(path: string): ProgramList {
  const text = readRegularFile(path, { most: LARGEST_LIST, name: `List "${path}"` }).toString('utf8');
  const [first = '', ...lines] = text.replace(/^\ufeff/, '').split(/\r?\n/);
  if (!first.startsWith(HEADER) || first === HEADER)
    throw invalid(`first line of "${path}"`, first, `"${HEADER}FOLDER"`);
  const { folder, convention } = placeOf(first.slice(HEADER.length));
  const ids = [...new Set(lines.filter((line) => line))];
  if (!ids.length) throw new UserError(`List "${path}": it names no programs, expected an id a line.`);
  return { folder: resolve(dirname(path), folder), convention, ids };
}

/**
 * Writes a list of some programs of a folder, archive or other list, for a sweep to take.
 *
 * @param folder as the user named it, with `?convention=NAME` where that was given
 * @throws UserError for a folder that a line cannot name
 */
export function writeProgramList(file: string, folder: string, ids: readonly string[]): void {
  const named = placeOf(folder);
  const from = isProgramList(named.folder) ? readProgramList(named.folder) : named;
  const convention = named.convention ?? from.convention;
  const place = relative(dirname(resolve(file)), resolve(from.folder)) || '.';
  if (/[\r\n]/.test(place))
    throw invalid('folder of a list', place, 'a path without line ends', 'Rename the folder, or move it.');
  const query = convention === undefined ? '' : `?convention=${convention}`;
  writeAtomically(file, `${HEADER}${place}${query}\n${ids.map((id) => `${id}\n`).join('')}`);
}
