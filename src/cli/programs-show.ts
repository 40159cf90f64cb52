import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { invalid, UserError } from '../core/errors.js';
import { openProgramFiles, textOf } from '../dataset/program-files.js';
import { programLibrary } from '../dataset/program-library.js';
import { isProgramList, readProgramList } from '../dataset/program-list.js';
import { assembleProgram } from '../dataset/program-text.js';
import { grammarText, readProgramSet, SHIPPED_PROGRAMS } from '../dataset/programs.js';
import { programsOf } from './programs.js';
import { flag, text, type Values } from './values.js';

/** Control characters never reach a terminal; line ends and tabs are part of a text. */
const printable = (program: string): string => program.replace(/\r\n?/g, '\n').replace(/[^\P{Cc}\n\t]/gu, '\u{fffd}');

/** The text of a program that ships, as it was written. */
function shippedText(id: string): string {
  const grammar = grammarText(id);
  if (grammar !== undefined) return grammar;
  try {
    if (/^[a-z0-9-]+$/.test(id)) return readFileSync(join(SHIPPED_PROGRAMS, `${id}.frag`), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  throw invalid(
    'program',
    id,
    'the name of a candidate of the grammar (g21-123) or of a program in shaders (marble)',
    'Others are shown with --spec, which says where they are.',
  );
}

/** Prints a program: its own text, or with `--full` the whole shader that a driver is given. */
export async function runShow(values: Values): Promise<void> {
  const id = text(values, 'id')!;
  const spec = text(values, 'spec');
  const full = flag(values, 'full');
  const out = spec === undefined ? shippedText(id) : await textAt(id, spec, full);
  const shown = full && spec === undefined ? assembleProgram(id, out, programLibrary()) : out;
  process.stdout.write(`${printable(shown).replace(/\n*$/, '')}\n`);
}

/** A program of a spec: as it stands in its file, or with `full` as a driver is given it. */
async function textAt(id: string, spec: string, full: boolean): Promise<string> {
  const what = programsOf(spec);
  const set = await readProgramSet(what);
  const failure = set.failures.find((one) => one.id === id);
  if (failure) throw new UserError(`Program ${id} of "${spec}": ${failure.why}.`);
  if (!set.ids.includes(id)) {
    const some = set.ids.slice(0, 3).join(', ');
    throw invalid('program', id, `one of the ${set.ids.length} of "${spec}", such as ${some}`);
  }
  if (full) return set.read(id).source;
  return grammarText(id) ?? fileOf(id, what);
}

/** The file of a program, which is there: its id is its path, without endings where that is clear. */
function fileOf(id: string, what: string): string {
  const place = what.replace(/\?convention=[^?]*$/, '') || SHIPPED_PROGRAMS;
  const files = openProgramFiles(isProgramList(place) ? readProgramList(place).folder : place);
  const endings = (path: string) => path.startsWith(`${id}.`) && !path.slice(id.length).includes('/');
  const path = files.paths.find((one) => one === id) ?? files.paths.find(endings);
  if (path === undefined) throw new Error(`no file of program "${id}"`);
  return textOf(files.read(path));
}
