import { type Dirent, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { argumentsOf, COMMANDS, type Found, findCommand, wordOf } from './commands.js';
import { lastPiece, typedLine } from './completion-line.js';
import { completionScript, SHELLS } from './completion-scripts.js';
import { afterFlag, asArgument, MADE_SPECS, type Wanted } from './completion-values.js';
import { flagsOf, type KnownFlag } from './known-flags.js';
import { type Values, word as wordOfFlag } from './values.js';

/** Prints the script of a shell. */
export async function runCompletion(values: Values): Promise<void> {
  const shell = wordOfFlag(values, 'shell', SHELLS, 'SHELL') ?? 'bash';
  process.stdout.write(completionScript(shell, process.execPath, process.argv[1]!));
}

/** Flags that may be given again. */
const REPEATED = ['dataset', 'mirror'];

const isFolder = (entry: Dirent, path: string): boolean => {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
};

/** Paths that begin like this; folders end in a slash. Hidden ones when their dot is typed. */
function paths(begun: string, filesToo: boolean, endings?: readonly string[]): string[] {
  const cut = begun.lastIndexOf('/') + 1;
  const [folder, start] = [begun.slice(0, cut), begun.slice(cut)];
  let entries: Dirent[];
  const place = folder.replace(/^~(?=\/)/, homedir()) || '.';
  try {
    entries = readdirSync(place, { withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .filter(({ name }) => name.startsWith(start) && (start || !name.startsWith('.')))
    .flatMap((entry) => {
      const path = folder + entry.name;
      if (isFolder(entry, join(place, entry.name))) return [`${path}/`];
      const wanted = filesToo && (!endings?.length || endings.some((ending) => entry.name.endsWith(ending)));
      return wanted ? [path] : [];
    })
    .sort();
}

/** Data sets that are made and paths; behind `programs:` and `generator:` paths, too. */
function specs(begun: string): string[] {
  const [, kind, path] = /^(programs:|generator:)(.*)$/s.exec(begun) ?? [];
  const behind = kind === undefined ? [] : paths(path!, true, kind === 'generator:' ? ['.onnx'] : []);
  return [...MADE_SPECS, ...behind.map((found) => `${kind}${found}`), ...paths(begun, true)];
}

async function extractorNames(): Promise<string[]> {
  const { extractors } = await import('../extract/registry.js');
  return extractors().flatMap(({ id, aliases }) => [id, ...aliases]);
}

/** Whole words that a word may become. */
async function valuesOf(wanted: Wanted, begun: string): Promise<string[]> {
  switch (wanted.kind) {
    case 'words': {
      if (!wanted.list) return [...wanted.words];
      const before = begun.slice(0, begun.lastIndexOf(',') + 1);
      const given = before.split(',');
      return wanted.words.filter((one) => !given.includes(one)).map((one) => before + one);
    }
    case 'folder':
      return paths(begun, false);
    case 'file':
      return [...(wanted.words ?? []), ...paths(begun, true, wanted.endings)];
    case 'spec': {
      const [name = ''] = (wanted.named && /^[^=/:?]{1,80}=/u.exec(begun)) || [];
      return [...(wanted.words ?? []), ...specs(begun.slice(name.length))].map((spec) => name + spec);
    }
    case 'extractor':
      return extractorNames();
    case 'none':
      return [];
  }
}

const isCalled =
  (word: string) =>
  ({ name, aliases }: KnownFlag): boolean =>
    word === `--${name}` || aliases.some((alias) => word === `-${alias}`);

/** The arguments among words, without the flags and their values. */
function argumentsAmong(words: readonly string[], flags: readonly KnownFlag[]): string[] {
  return words.filter((word, i) => {
    const before = flags.find(isCalled(words[i - 1] ?? ''));
    return !word.startsWith('-') && !before?.valued;
  });
}

async function ofCommand({ command, path, rest, parent }: Found): Promise<string[]> {
  const flags = flagsOf(command);
  const begun = rest.at(-1)!;
  const before = flags.find(isCalled(rest.at(-2) ?? ''));
  if (before?.valued) return valuesOf(afterFlag(path, before.name), begun);
  const [, flag, value] = /^--([a-z-]+)=(.*)$/s.exec(begun) ?? [];
  if (flag !== undefined) {
    return (await valuesOf(afterFlag(path, flag), value!)).map((found) => `--${flag}=${found}`);
  }
  const given = rest.slice(0, -1);
  const left = flags.filter((one) => REPEATED.includes(one.name) || !given.some((word) => isCalled(word)(one)));
  const names = left.map(({ name }) => `--${name}`);
  if (begun.startsWith('-')) return names;
  const taken = argumentsAmong(given, flags).length;
  const wanted = argumentsOf(command);
  const several = String(command.usage).includes('..');
  const argument = wanted[taken] ?? (several ? wanted.at(-1) : undefined);
  const words = taken ? [] : ((parent ?? command).commands ?? []).map(wordOf).filter((word) => word !== '$0');
  const found = [...words, ...(argument === undefined ? [] : await valuesOf(asArgument(path, argument), begun))];
  return found.length || begun ? found : names;
}

/**
 * What the last of some words may become.
 *
 * @param words those after the tool's name, the last as far as it is typed (empty when it is not begun)
 */
export async function complete(words: readonly string[]): Promise<string[]> {
  const begun = words.at(-1) ?? '';
  const found = words.length > 1 ? findCommand(words) : undefined;
  const all = found
    ? // The word itself may be one of a command that is not finished.
      await ofCommand(found.rest.length ? found : { ...findCommand(words.slice(0, -1))!, rest: [begun] })
    : words.length > 1
      ? []
      : begun.startsWith('-')
        ? ['--help', '--version']
        : COMMANDS.map(wordOf);
  return [...new Set(all)].filter((word) => word.startsWith(begun));
}

/**
 * Answers a shell's script, one candidate a line: `words WORD…` with whole words, or `line BREAKS LINE` with what takes
 * the place of the line's last piece.
 */
export async function answerShell([form, ...args]: readonly string[]): Promise<void> {
  const print = (found: readonly string[]) =>
    // A name with a line break cannot be told from two.
    process.stdout.write(
      found
        .filter((one) => !/[\n\r]/.test(one))
        .map((one) => `${one}\n`)
        .join(''),
    );
  if (form === 'words') print(await complete(args));
  else if (form === 'line') {
    const [breaks = '', line = ''] = args;
    const typed = typedLine(line);
    const found = await complete(typed.words.slice(1));
    print(found.map((candidate) => lastPiece(candidate, typed, breaks)));
  }
}
