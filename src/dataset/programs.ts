import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { invalid, oneOf } from '../core/errors.js';
import { PACKAGE_ROOT } from '../core/paths.js';
import { parseConvention } from './convention.js';
import type { Dataset } from './dataset.js';
import { GRAMMAR_VERSION, grammarProgram } from './grammar.js';
import { readProgramFolder } from './program-folder.js';
import { programLibrary } from './program-library.js';
import { datasetOfPrograms, type ProgramSet } from './program-set.js';
import { assembleProgram } from './program-text.js';
import { checkUnambiguous } from './unambiguous.js';

/** The folder of the programs that ship. */
export const SHIPPED_PROGRAMS = join(PACKAGE_ROOT, 'shaders');

/** Sets of the grammar's programs that ship: which candidates were judged good stands in a file each. */
const JUDGED = ['s1k', 's21k'] as const;

const MOST_GRAMMAR = 1_000_000;

/** Which candidates of the grammar make a set, as `shaders/grammar/NAME.json` has it. */
interface Judged {
  readonly grammar: number;
  readonly seed: number;
  /** The first this many candidates that are not left out. */
  readonly count: number;
  /** Why → candidates, in order. */
  readonly leftOut: Readonly<Record<string, readonly number[]>>;
}

/** A candidate's name: the same candidate has it in every set. */
export const grammarId = (seed: number, index: number): string => `g${seed}-${index}`;

/** The text of a program of the grammar by its name; nothing for what is no such name. */
export function grammarText(id: string): string | undefined {
  const [, seed, index] = /^g(\d{1,15})-(\d{1,9})$/.exec(id) ?? [];
  return seed === undefined ? undefined : grammarProgram(Number(seed), Number(index));
}

/** Candidates of a grammar as a set. */
function grammarSet(seed: number, candidates: readonly number[]): ProgramSet {
  const library = programLibrary();
  const ids = candidates.map((index) => grammarId(seed, index));
  const hash = createHash('sha256');
  // What stands around every text, what it may include, and the texts.
  hash.update(assembleProgram('', '', library));
  for (const [name, text] of library) hash.update(`${name}\0${text}\0`);
  for (const index of candidates) hash.update(`${index}\0${grammarProgram(seed, index)}\0`);
  return {
    ids,
    identity: {
      kind: 'programs',
      programs: ids.length,
      grammar: GRAMMAR_VERSION,
      grammarSeed: seed,
      sha256: hash.digest('hex'),
    },
    failures: [],
    read: (id) => ({ id, source: assembleProgram(id, grammarText(id)!, library) }),
  };
}

function judgedSet(name: (typeof JUDGED)[number]): ProgramSet {
  const file = join(PACKAGE_ROOT, 'shaders', 'grammar', `${name}.json`);
  const { grammar, seed, count, leftOut } = JSON.parse(readFileSync(file, 'utf8')) as Judged;
  if (grammar !== GRAMMAR_VERSION)
    throw new Error(`${file}: judged for version ${grammar} of the grammar, this is ${GRAMMAR_VERSION}`);
  const out = new Set(Object.values(leftOut).flat());
  const candidates: number[] = [];
  for (let index = 0; candidates.length < count; index++) if (!out.has(index)) candidates.push(index);
  return grammarSet(seed, candidates);
}

/** A set of the grammar's own candidates, as they come: not judged. */
function rawSet(query: string): ProgramSet {
  const given = new URLSearchParams(query);
  const number = (key: string, usual: number, least: number, most: number): number => {
    const text = given.get(key);
    if (text === null) return usual;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most))
      throw invalid(`${key} of programs:grammar`, text, `a whole number from ${least} to ${most}`);
    return value;
  };
  const keys = [...given.keys()];
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice !== undefined) throw invalid('option of programs:grammar', twice, 'each option once');
  for (const key of keys)
    if (!['seed', 'count', 'first'].includes(key))
      throw invalid('option of programs:grammar', key, oneOf(['seed', 'count', 'first']));
  const first = number('first', 0, 0, MOST_GRAMMAR);
  const count = number('count', 1000, 1, MOST_GRAMMAR);
  return grammarSet(
    number('seed', 0, 0, 10 ** 15 - 1),
    Array.from({ length: count }, (_, i) => first + i),
  );
}

/**
 * The programs of a spec without its `programs:`: nothing (those written by hand that ship), `s1k`, `s21k`,
 * `grammar?seed=7&count=5000&first=0`, or a path, with `?convention=NAME` where every program is to be taken for one of it.
 *
 * @throws UserError for what is none of these
 */
export async function readProgramSet(what: string): Promise<ProgramSet> {
  const judged = JUDGED.find((name) => name === what);
  if (judged) checkUnambiguous(judged, 'programs', 'programs:');
  if (judged) return judgedSet(judged);
  const grammar = /^grammar(?:\?(?<query>.*))?$/s.exec(what);
  if (grammar) return rawSet(grammar.groups!.query ?? '');
  const [, path, convention] = /^(.*?)(?:\?convention=([^?]*))?$/s.exec(what)!;
  return readProgramFolder(
    path || SHIPPED_PROGRAMS,
    convention === undefined ? {} : { convention: parseConvention(convention) },
  );
}

/** Programs as a data set; `spec` is `programs` or `programs:WHAT`. */
export async function openPrograms(name: string, spec: string): Promise<Dataset> {
  const what = spec === 'programs' ? '' : spec.slice('programs:'.length);
  if (!what && spec !== 'programs') throw invalid('programs', spec, 's1k, s21k, grammar?… or a path after the colon');
  return datasetOfPrograms(name, spec, await readProgramSet(what));
}
