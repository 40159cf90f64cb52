import { distance } from 'fastest-levenshtein';

/** Shorter beginnings of a word are as likely anything else. */
const LEAST_PREFIX = 3;
const MOST_EDITS = 3;

/** Edits that a slip of the fingers takes, by the length of the word that was meant. */
const slip = (word: string): number => Math.min(MOST_EDITS, Math.max(1, Math.floor(0.4 * word.length)));

const letters = (word: string): string => [...word].sort().join('');

/** Two letters that changed places count as two edits, and are one slip. */
const isSlip = (typed: string, word: string, edits: number): boolean =>
  edits <= slip(word) || (edits === 2 && letters(typed) === letters(word.toLowerCase()));

/**
 * What was probably meant: the known word that takes the fewest edits (Levenshtein; upper and lower case are alike), if
 * no more than two in five of its letters or two letters in each other's places; else the only one that begins so.
 *
 * @returns `undefined` where nothing is near, and for a word that is known
 */
export function nearest(given: string, known: readonly string[]): string | undefined {
  const typed = given.toLowerCase();
  if (!typed || known.includes(given)) return undefined;
  const ranked = known
    .map((word) => ({ word, edits: distance(typed, word.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  const [best] = ranked;
  // As many edits as letters make any word of any other.
  if (best && isSlip(typed, best.word, best.edits) && best.edits < typed.length) return best.word;
  const begun = known.filter((word) => typed.length >= LEAST_PREFIX && word.toLowerCase().startsWith(typed));
  return begun.length === 1 ? begun[0] : undefined;
}
