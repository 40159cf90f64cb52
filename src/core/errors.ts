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

/**
 * The one voice of every parameter error: what was given, what was expected, what to do.
 *
 * @param what the parameter, as the user knows it (`--n`, `images in config.yaml`)
 * @param given the offending value
 * @param expected what would have been right, as a noun phrase
 * @param remedy what to do, when it is not obvious from `expected`
 */
export function invalid(what: string, given: unknown, expected: string, remedy?: string): UserError {
  const shown = show(given);
  const short = shown.length > 200 ? `${shown.slice(0, 200)}…` : shown;
  return new UserError(`${what}: got ${short}, expected ${expected}.${remedy ? ` ${remedy}` : ''}`);
}

/** Nouns in a list of allowed values: `a, b or c`. */
export function oneOf(values: readonly string[]): string {
  return values.length < 2 ? values.join('') : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
