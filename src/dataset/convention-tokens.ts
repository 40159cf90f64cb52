import { UserError } from '../core/errors.js';
import { scopesOf } from './convention-scope.js';

/**
 * GLSL as a list of tokens that joined are the text again: words, numbers, spaces, whole preprocessor lines, and single
 * characters of everything else. Every scan here takes time linear in the text, whatever stands in it.
 */
export type Tokens = readonly string[];

const TOKEN = /#[^\n]*|[A-Za-z_]\w*|\.?\d(?:[eE][+-]|[\w.])*|\s+|[\s\S]/g;

/** A number, which may look like a word behind its digits, or a word. */
const WORD = /\.?\d(?:[eE][+-]|[\w.])*|[A-Za-z_]\w*/g;

export const isWord = (token: string): boolean => /^[A-Za-z_]/.test(token);
export const isDirective = (token: string): boolean => token.startsWith('#');
const isSignificant = (token: string): boolean => /^[^\s#]/.test(token);

/** Continued lines as one, followed by as many line ends as were taken out, so that all other lines keep their numbers. */
function joinedLines(text: string): string {
  const out: string[] = [];
  let line = '';
  let owed = 0;
  for (const part of text.split('\n')) {
    if (part.endsWith('\\')) {
      line += part.slice(0, -1);
      owed++;
    } else {
      out.push(line + part + '\n'.repeat(owed));
      line = '';
      owed = 0;
    }
  }
  if (owed) out.push(line);
  return out.join('\n');
}

/**
 * A program's text without byte-order mark, carriage returns, continued lines and comments. A comment's line ends follow
 * the line it closes in: it may stand in a preprocessor line, which they would end.
 *
 * @throws UserError for a comment that nothing closes
 */
export function withoutComments(raw: string): string {
  const text = joinedLines(raw.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n'));
  const out: string[] = [];
  const next = /\/[/*]|\n/g;
  let owed = 0;
  let at = 0;
  for (let found = next.exec(text); found; found = next.exec(text)) {
    out.push(text.slice(at, found.index));
    if (found[0] === '\n') {
      out.push('\n'.repeat(1 + owed));
      owed = 0;
      at = next.lastIndex;
      continue;
    }
    out.push(' ');
    const block = found[0] === '/*';
    const end = text.indexOf(block ? '*/' : '\n', next.lastIndex);
    if (block && end < 0) throw new UserError('a comment that begins with /* is never closed');
    at = end < 0 ? text.length : block ? end + 2 : end;
    if (block) owed += text.slice(found.index, at).split('\n').length - 1;
    next.lastIndex = at;
  }
  out.push(text.slice(at));
  return out.join('');
}

export const tokensOf = (text: string): Tokens => text.match(TOKEN) ?? [];

/** Replaces words, those of preprocessor lines too. */
export function mapWords(tokens: Tokens, change: (word: string) => string): string[] {
  const inDirective = (word: string): string => (isWord(word) ? change(word) : word);
  return tokens.map((token) =>
    isDirective(token) ? token.replace(WORD, inDirective) : isWord(token) ? change(token) : token,
  );
}

/** How often each word stands in the text. */
export function wordCounts(tokens: Tokens): Map<string, number> {
  const counts = new Map<string, number>();
  const count = (word: string) => {
    if (isWord(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
  };
  for (const token of tokens) {
    if (isDirective(token)) for (const [word] of token.slice(1).matchAll(WORD)) count(word);
    else count(token);
  }
  return counts;
}

/** Words that name something: not fields and swizzles, as the `r` of `c.r`, nor a macro's own parameters. */
export function freeWords(tokens: Tokens): Set<string> {
  const free = new Set<string>();
  const collect = (code: Tokens, bound: ReadonlySet<string>) => {
    let before = '';
    for (const token of code) {
      if (!isSignificant(token)) continue;
      if (isWord(token) && before !== '.' && !bound.has(token)) free.add(token);
      before = token;
    }
  };
  collect(tokens, new Set());
  for (const token of tokens.filter(isDirective)) {
    const [, parameters = ''] = /^#[ \t]*define[ \t]+\w+\(([^)]*)\)/.exec(token) ?? [];
    collect(tokensOf(token.slice(1)), new Set(parameters.split(',').map((name) => name.trim())));
  }
  return free;
}

/** Places of the tokens that mean something to the compiler itself: no spaces, no preprocessor lines. */
export function significant(tokens: Tokens): number[] {
  const places: number[] = [];
  for (let i = 0; i < tokens.length; i++) if (isSignificant(tokens[i]!)) places.push(i);
  return places;
}

/** Only the line ends of some tokens. */
export const lineEnds = (tokens: Tokens): string => tokens.join('').replace(/[^\n]+/g, '');

const TYPE = /^(?:void|float|int|uint|bool|[biu]?vec[234]|mat[234](?:x[234])?|[iu]?sampler\w+)$/;

/** Whether a word is a type, given the text's own structures. */
export const isType = (word: string, structures: ReadonlySet<string>): boolean =>
  TYPE.test(word) || structures.has(word);

export function structuresOf(tokens: Tokens): Set<string> {
  const code = significant(tokens).map((i) => tokens[i]!);
  return new Set(code.filter((_, i) => code[i - 1] === 'struct'));
}

/** What a text defines. */
export interface Definitions {
  readonly functions: ReadonlySet<string>;
  /** Functions, variables and parameters, macros. */
  readonly names: ReadonlySet<string>;
  /** Functions, and variables outside them. */
  readonly globals: ReadonlySet<string>;
}

/** What a text defines: functions by `TYPE NAME (`, anything else by `TYPE NAME, NAME`, macros. */
export function definitionsOf(tokens: Tokens): Definitions {
  const structures = structuresOf(tokens);
  const { depths } = scopesOf(tokens);
  const places = significant(tokens);
  const code = places.map((i) => tokens[i]!);
  const functions = new Set<string>();
  const names = new Set<string>();
  const globals = new Set<string>();
  /** Brackets around the declaration at hand, inside which a comma has another meaning. */
  let declaring = Number.NaN;
  for (const [i, word] of code.entries()) {
    const depth = depths[places[i]!]!;
    if (word === ';' || depth < declaring) declaring = Number.NaN;
    if (!isWord(word) || i === 0) continue;
    const begins = isType(code[i - 1]!, structures);
    const isFunction = begins && code[i + 1] === '(';
    const follows = code[i - 1] === ',' && depth === declaring && '=,;['.includes(code[i + 1] ?? ' ');
    if (!begins && !follows) continue;
    names.add(word);
    if (isFunction) functions.add(word);
    if (depth === 0) globals.add(word);
    declaring = isFunction ? Number.NaN : depth;
  }
  for (const token of tokens) {
    const [, macro] = isDirective(token) ? (/^#[ \t]*define[ \t]+(\w+)/.exec(token) ?? []) : [];
    if (macro !== undefined) names.add(macro);
  }
  return { functions, names, globals };
}
