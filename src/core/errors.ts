import { nearest } from './nearest.js';

/**
 * A mistake of the user's (arguments, files, configuration) or a lack of the machine's (no GL, disk full): the CLI
 * prints the message alone and exits with 2. Everything else that is thrown is a bug and keeps its stack.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return `"${value}"`;
  // JSON has no NaN and no infinity.
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

/** The words that a text of `oneOf` lists, also as `names among a, b or c, separated by commas`; none of another text. */
function listed(expected: string): string[] {
  const words = expected.replace(/^[a-z ]+(?:among|here:) |, separated by commas$/g, '').split(/, | or /);
  return words.every((word) => /^[^\s,]+$/.test(word)) ? words.map((word) => word.replace(/^"(.*)"$/, '$1')) : [];
}

/**
 * "Did you mean", where one of these words is near to what was given; else an empty text.
 *
 * @param before what the user writes before such a word, as `--` before a flag's name
 */
export function didYouMean(given: unknown, known: readonly string[], before = ''): string {
  const near = typeof given === 'string' ? nearest(given, known) : undefined;
  return near === undefined ? '' : ` Did you mean "${before}${near}"?`;
}

/**
 * The one voice of every parameter error: what was given, what was expected, what to do.
 *
 * @param what the parameter, as the user knows it (`--n`, `images in config.yaml`)
 * @param given the offending value
 * @param expected what would have been right, as a noun phrase; of a list by `oneOf`, the word that is near to the given
 *   one is suggested
 * @param remedy what to do, when it is not obvious from `expected`
 */
export function invalid(what: string, given: unknown, expected: string, remedy?: string): UserError {
  const shown = show(given);
  const short = shown.length > 200 ? `${shown.slice(0, 200)}…` : shown;
  return new UserError(
    `${what}: got ${short}, expected ${expected}.${didYouMean(given, listed(expected))}${remedy ? ` ${remedy}` : ''}`,
  );
}

/** Nouns in a list of allowed values: `a, b or c`. */
export function oneOf(values: readonly string[]): string {
  return values.length < 2 ? values.join('') : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
