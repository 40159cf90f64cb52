import { invalid, oneOf } from '../core/errors.js';

/** Values as yargs or a YAML file give them; every reader refuses what is not of its kind, naming the flag. */
export type Values = Readonly<Record<string, unknown>>;

export function text(values: Values, key: string): string | undefined {
  const value = values[key];
  if (value === undefined) return undefined;
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string' || value === '') throw invalid(`--${key}`, value, 'one text');
  return value;
}

export function integer(values: Values, key: string, least: number, most: number): number | undefined {
  const value = values[key];
  if (value === undefined) return undefined;
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < least || number > most) {
    throw invalid(`--${key}`, value, `a whole number from ${least} to ${most}`);
  }
  return number;
}

export function flag(values: Values, key: string): boolean {
  const value = values[key];
  if (value === undefined) return false;
  if (typeof value !== 'boolean') throw invalid(`--${key}`, value, 'true or false');
  return value;
}

/** A comma-separated text, or a list of texts. */
export function list(values: Values, key: string): string[] | undefined {
  const value = values[key];
  if (value === undefined) return undefined;
  const parts = (Array.isArray(value) ? value : [value]).flatMap((part: unknown) => {
    if (typeof part === 'number') return [String(part)];
    if (typeof part !== 'string') throw invalid(`--${key}`, value, 'texts separated by commas');
    return part.split(',').map((item) => item.trim());
  });
  if (!parts.length || parts.some((part) => part === '')) throw invalid(`--${key}`, value, 'texts separated by commas');
  return parts;
}

/** One of some words. */
export function word<Word extends string>(
  values: Values,
  key: string,
  words: readonly Word[],
  name = `--${key}`,
): Word | undefined {
  const given = text(values, key);
  const found = words.find((one) => one === given);
  if (given !== undefined && !found) throw invalid(name, given, oneOf(words));
  return found;
}

/** A number within bounds, also as the percentage that it is: `0.01`, `1%`. */
export function share(
  values: Values,
  key: string,
  inside: (share: number) => boolean,
  expected: string,
): number | undefined {
  const value = values[key];
  if (value === undefined) return undefined;
  const [, number, percent] = (typeof value === 'string' && /^(\d+\.?\d*|\.\d+)(%?)$/.exec(value.trim())) || [];
  const given =
    typeof value === 'number' ? value : number === undefined ? Number.NaN : Number(number) / (percent ? 100 : 1);
  if (!inside(given)) throw invalid(`--${key}`, value, expected);
  return given;
}

/** A whole number, or a range of them: `7`, `2-9`. */
export function wholeNumbers(text: string, what: string, least: number, most: number): number[] {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (!match || first < least || last > most || last < first) {
    throw invalid(what, text, `whole numbers or ranges from ${least} to ${most}, such as 2-9 or 2,4,6`);
  }
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** Whole numbers and ranges: `2-9`, `2,4,6-8`. */
export function integers(values: Values, key: string, least: number, most: number): number[] | undefined {
  return list(values, key)?.flatMap((part) => wholeNumbers(part, `--${key}`, least, most));
}
