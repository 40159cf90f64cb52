import { isWord, significant, type Tokens } from './convention-tokens.js';

const STORAGE = ['uniform', 'varying', 'in', 'out'] as const;
type Storage = (typeof STORAGE)[number];

const QUALIFIERS = new Set(['highp', 'mediump', 'lowp', 'flat', 'smooth', 'centroid', 'invariant', 'noperspective']);

/** A global of a program that is set from outside, or read there. */
export interface Global {
  readonly storage: Storage;
  readonly type: string;
  readonly name: string;
  /** `[3]`, or nothing. */
  readonly size: string;
  /** Of an output: its place among them, where the text says it. */
  readonly location: number | undefined;
}

/** A declaration of such globals: tokens `first` … `last`, the semicolon with them. */
export interface Declaration {
  readonly first: number;
  readonly last: number;
  readonly globals: readonly Global[];
}

/** No declaration is longer, in tokens: what is built to be scanned again from every word is not. */
const LONGEST = 1000;

/** Where a bracket that is opened at `k` closes, brackets inside it not counted. */
function closing(tokens: Tokens, code: readonly number[], k: number, bracket: string): number | undefined {
  const last = Math.min(code.length, k + LONGEST);
  for (let i = k + 1; i < last; i++) if (tokens[code[i]!] === bracket) return i;
  return undefined;
}

/** Names and sizes from a place on, up to a semicolon; undefined where there is none. */
function declarators(tokens: Tokens, code: readonly number[], from: number) {
  const found: { name: string; size: string }[] = [];
  let depth = 0;
  let expectName = true;
  const last = Math.min(code.length, from + LONGEST);
  for (let k = from; k < last; k++) {
    const token = tokens[code[k]!]!;
    if (token === ';' && depth === 0) return { found, end: k };
    if (token === '{' || token === '}') return undefined;
    if (token === '(' || token === '[') {
      if (token === '[' && depth === 0 && found.length && !expectName) {
        const close = closing(tokens, code, k, ']');
        if (close === undefined) return undefined;
        found.at(-1)!.size = tokens.slice(code[k]!, code[close]! + 1).join('');
        k = close;
        continue;
      }
      depth++;
    } else if (token === ')' || token === ']') depth--;
    else if (token === ',' && depth === 0) expectName = true;
    else if (expectName && isWord(token)) {
      found.push({ name: token, size: '' });
      expectName = false;
    }
  }
  return undefined;
}

function declarationAt(tokens: Tokens, code: readonly number[], start: number) {
  let k = start;
  let location: number | undefined;
  const token = () => tokens[code[k]!];
  if (token() === 'layout' && tokens[code[k + 1]!] === '(') {
    const close = closing(tokens, code, k, ')');
    if (close === undefined) return undefined;
    const [, given] =
      /location\s*=\s*(\d{1,9})/.exec(tokens.slice(code[k]!, code[close]!).join('').slice(0, 200)) ?? [];
    if (given !== undefined) location = Number(given);
    k = close + 1;
  }
  while (QUALIFIERS.has(token() ?? '')) k++;
  const storage = STORAGE.find((word) => word === token());
  if (!storage) return undefined;
  do k++;
  while (QUALIFIERS.has(token() ?? ''));
  const type = token();
  if (type === undefined || !isWord(type)) return undefined;
  // `vec2[3] a` is `vec2 a[3]`.
  const close = tokens[code[k + 1]!] === '[' ? closing(tokens, code, k + 1, ']') : k;
  if (close === undefined) return undefined;
  const all = tokens.slice(code[k]! + 1, code[close]! + 1).join('');
  const list = declarators(tokens, code, close + 1);
  if (!list?.found.length) return undefined;
  const globals = list.found.map(
    ({ name, size }): Global => ({ storage, type, location, name, size: `${all}${size}` }),
  );
  return { end: list.end, declaration: { first: code[start]!, last: code[list.end]!, globals } };
}

/**
 * Declarations of uniforms, varyings, inputs and outputs. Those begin a statement, which parameters that are `in` or `out`
 * do not; braces are not counted, as branches of the preprocessor need not balance them.
 */
export function declarationsOf(tokens: Tokens): Declaration[] {
  const code = significant(tokens);
  const found: Declaration[] = [];
  for (let k = 0; k < code.length; k++) {
    const before = k ? tokens[code[k - 1]!]! : ';';
    if (before !== ';' && before !== '}') continue;
    const made = declarationAt(tokens, code, k);
    if (!made) continue;
    found.push(made.declaration);
    k = made.end;
  }
  return found;
}
