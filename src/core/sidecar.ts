import { invalid, oneOf } from './errors.js';

/** What reads the parts of a JSON sidecar: each is what is expected there, or a UserError that says where it is not. */

const LONGEST_TEXT = 300;

export type Fields = Readonly<Record<string, unknown>>;

/** The object at `where`, which has all keys of `required` and none but them and those of `optional`. */
export function fields(
  value: unknown,
  where: string,
  required: readonly string[],
  optional: readonly string[] = [],
): Fields {
  const keys = [...required, ...optional];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(where, value, `an object with the keys ${required.join(', ')}`);
  }
  for (const key of Object.keys(value)) {
    if (!keys.includes(key)) throw invalid(`a key of ${where}`, key, oneOf(keys));
  }
  for (const key of required) {
    if (!Object.hasOwn(value, key)) throw invalid(`"${key}" in ${where}`, undefined, 'a value: it is needed');
  }
  return value as Fields;
}

/** A text of one line. */
export function line(value: unknown, where: string): string {
  const good = typeof value === 'string' && value !== '' && value.length <= LONGEST_TEXT && !/\p{Cc}/u.test(value);
  if (!good) throw invalid(where, value, `a text of one line, at most ${LONGEST_TEXT} characters long`);
  return value;
}

export function whole(value: unknown, where: string, least: number, most: number): number {
  const good = typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
  if (!good) throw invalid(where, value, `a whole number from ${least} to ${most}`);
  return value;
}

export function choice<T extends string>(value: unknown, where: string, among: readonly T[]): T {
  const found = among.find((one) => one === value);
  if (found === undefined) throw invalid(where, value, oneOf(among.map((one) => `"${one}"`)));
  return found;
}
