import { invalid } from '../core/errors.js';
import { MAX_PSI } from '../mix/setting.js';
import { type Choices, type NumberKind, readNumbers } from '../search/choices.js';
import { MOST_SETTINGS } from '../search/space.js';

const PSI: NumberKind = {
  least: 0,
  most: MAX_PSI,
  expected: `numbers from 0 to ${MAX_PSI} or ranges with a step, such as 0.3-1.0:0.1`,
};

/** Digits behind the point of a number as it is written. */
const decimalsOf = (text: string): number => /\.(\d*)/.exec(text)?.[1]?.length ?? 0;

/**
 * `0.3-1.0:0.1` is from, to and the step between, both ends included where the step leads there; `0.5` is itself. Steps are
 * rounded to the digits that were written: no sum of tenths is 0.7999999999999999.
 */
function numbersOf(part: string, what: string): (number | string)[] {
  const number = String.raw`(\d+\.?\d*|\.\d+)`;
  const [, from, to, step] = new RegExp(`^${number}-${number}(?::${number})?$`).exec(part) ?? [];
  if (from === undefined || to === undefined) return [part];
  if (step === undefined || !(Number(step) > 0) || !(Number(from) < Number(to)))
    throw invalid(what, part, 'FROM-TO:STEP with FROM below TO and a step above 0, such as 0.3-1.0:0.1');
  const decimals = Math.max(...[from, to, step].map(decimalsOf));
  const unit = 10 ** decimals;
  const [first, last, by] = [from, to, step].map((text) => Math.round(Number(text) * unit)) as [number, number, number];
  if ((last - first) / by >= MOST_SETTINGS) throw invalid(what, part, `a range of at most ${MOST_SETTINGS} numbers`);
  const count = Math.floor((last - first) / by) + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i * by) / unit).toFixed(decimals)));
}

/**
 * ψ: `0.7`, `0.5,0.7` and `0.3-1.0:0.1` wherever they stand in a list, and whatever an axis of numbers takes.
 *
 * @param what the flag or axis, as messages call it
 * @throws UserError naming it
 */
export function readPsi(value: unknown, what: string): Choices<number> {
  if (typeof value === 'object' && !Array.isArray(value)) return readNumbers(value, what, PSI);
  const items: unknown[] = Array.isArray(value) ? value : [value];
  const read = (item: unknown) =>
    typeof item === 'string' ? item.split(',').flatMap((part) => numbersOf(part.trim(), what)) : [item];
  return readNumbers(items.flatMap(read), what, PSI);
}
