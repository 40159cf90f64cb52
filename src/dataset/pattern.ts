import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { invalid } from '../core/errors.js';

/** A pattern that stands for more is a slip of the hand. */
const MOST = 100_000;

/** Where the brace that opens at `from` closes, and the commas right inside of it; nothing when it stays open. */
function braces(text: string, from: number): { end: number; commas: number[] } | undefined {
  const commas: number[] = [];
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    if (text[i] === '{') depth++;
    if (text[i] === ',' && depth === 1) commas.push(i);
    if (text[i] === '}' && --depth === 0) return { end: i, commas };
  }
  return undefined;
}

/** `000..127`: its numbers, as wide as the wider end where one of them begins with a zero. */
function range(text: string): string[] | undefined {
  const match = /^(\d{1,9})\.\.(\d{1,9})$/.exec(text);
  if (!match) return undefined;
  const [from, to] = [match[1]!, match[2]!];
  const [first, last] = [Number(from), Number(to)];
  const count = Math.abs(last - first) + 1;
  if (count > MOST) throw invalid('pictures', `{${text}}`, `a range of at most ${MOST} numbers`);
  const padded = [from, to].some((end) => end.length > 1 && end.startsWith('0'));
  const width = padded ? Math.max(from.length, to.length) : 0;
  return Array.from({ length: count }, (_, i) => String(first + Math.sign(last - first) * i).padStart(width, '0'));
}

/** Expands `{000..127}` and `{a,b}`, also inside of each other, as a shell does; other braces stay as they are. */
export function expandBraces(text: string): string[] {
  for (let open = text.indexOf('{'); open >= 0; open = text.indexOf('{', open + 1)) {
    const pair = braces(text, open);
    if (!pair) continue;
    const { end, commas } = pair;
    const inner = text.slice(open + 1, end);
    const places = [open, ...commas, end];
    const choices = commas.length
      ? places.slice(1).flatMap((place, i) => expandBraces(text.slice(places[i]! + 1, place)))
      : range(inner);
    if (!choices) continue;
    const rests = expandBraces(text.slice(end + 1));
    if (choices.length * rests.length > MOST) throw invalid('pictures', text, `a pattern of at most ${MOST} names`);
    return choices.flatMap((choice) => rests.map((rest) => text.slice(0, open) + choice + rest));
  }
  return [text];
}

const isWild = (text: string): boolean => /[*?]/.test(text);

/** Whether a text stands for several paths. */
export const isPattern = (text: string): boolean => isWild(text) || expandBraces(text).length > 1;

/** Whether a name matches a part of a pattern: `*` is anything, `?` one letter; hidden names are only found by a dot. */
function matches(name: string, pattern: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false;
  const letters = [...name];
  const wanted = [...pattern];
  // Greedy with one place to go back to: linear in memory, never exponential in time.
  let [i, j, star, mark] = [0, 0, -1, 0];
  while (i < letters.length) {
    if (wanted[j] === '*') {
      star = j++;
      mark = i;
    } else if (j < wanted.length && (wanted[j] === '?' || wanted[j] === letters[i])) {
      i++;
      j++;
    } else if (star >= 0) {
      j = star + 1;
      i = ++mark;
    } else return false;
  }
  while (wanted[j] === '*') j++;
  return j === wanted.length;
}

/** The paths that a pattern of `*` and `?` matches, in code-unit order. */
function glob(pattern: string): string[] {
  let found = [pattern.startsWith('/') ? '/' : ''];
  for (const part of pattern.split('/').filter(Boolean)) {
    found = found.flatMap((folder) => {
      if (!isWild(part)) return existsSync(join(folder, part)) ? [join(folder, part)] : [];
      let names: string[];
      try {
        names = readdirSync(folder || '.');
      } catch {
        // A file, or a folder that is not to be read: nothing in it matches.
        return [];
      }
      return names
        .filter((name) => matches(name, part))
        .sort()
        .map((name) => join(folder, name));
    });
  }
  return found;
}

/**
 * The paths that a pattern of braces, `*` and `?` stands for, in its order: those of braces as they are written, those
 * of `*` and `?` in code-unit order.
 *
 * @throws UserError where nothing matches, or a path comes twice; that a path without `*` and `?` exists is not checked
 */
export function expandPattern(pattern: string): string[] {
  const paths = expandBraces(pattern).flatMap((path) => {
    const found = isWild(path) ? glob(path) : [path];
    if (!found.length) throw invalid('pictures', path, 'a pattern that matches a file');
    return found;
  });
  const seen = new Set<string>();
  for (const path of paths) {
    if (seen.has(path)) throw invalid('pictures', pattern, `a pattern that names each file once, not ${path} twice`);
    seen.add(path);
  }
  return paths;
}
