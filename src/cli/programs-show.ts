import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { invalid, UserError } from '../core/errors.js';
import { programLibrary } from '../dataset/program-library.js';
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
  const set = await readProgramSet(programsOf(spec));
  const failure = set.failures.find((one) => one.id === id);
  if (failure) throw new UserError(`Program ${id} of "${spec}": ${failure.why}.`);
  if (!set.ids.length) throw new UserError(`Programs of "${spec}": none of them can be used.`);
  if (!set.ids.includes(id)) {
    const some = set.ids.slice(0, 3).join(', ');
    throw invalid('program', id, `one of the ${set.ids.length} of "${spec}", such as ${some}`);
  }
  if (full) return set.read(id).source;
  // What comes from no file is a candidate of the grammar; a file may be called like one.
  return set.text ? set.text(id) : grammarText(id)!;
}
