import { canonical } from './canonical.js';
import { type RunRecord, SCHEMA } from './record.js';
import { isSetAside } from './set-aside.js';

type Test = (value: unknown) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText: Test = (value) => typeof value === 'string';
const isNumber: Test = (value) => Number.isFinite(value);
const isBoolean: Test = (value) => typeof value === 'boolean';
const isAbsent: Test = (value) => value === undefined;

const whole =
  (least: number, most: number): Test =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
const above =
  (least: number): Test =>
  (value) =>
    isNumber(value) && (value as number) > least;
const oneOf =
  (...words: readonly unknown[]): Test =>
  (value) =>
    words.includes(value);
const maybe =
  (test: Test): Test =>
  (value) =>
    value === undefined || test(value);
const either =
  (...tests: readonly Test[]): Test =>
  (value) =>
    tests.some((test) => test(value));
const listOf =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(test);
const mapOf =
  (test: Test): Test =>
  (value) =>
    isObject(value) && Object.values(value).every(test);
const fields =
  (tests: Readonly<Record<string, Test>>): Test =>
  (value) =>
    isObject(value) && Object.entries(tests).every(([name, test]) => test(value[name]));
/** A list with something in it, and nothing twice. */
const distinct =
  (test: Test, keyOf: (item: never) => unknown): Test =>
  (value) =>
    listOf(test)(value) && (value as []).length > 0 && new Set((value as []).map(keyOf)).size === (value as []).length;

const isReference = fields({
  source: isText,
  count: maybe(whole(0, Number.MAX_SAFE_INTEGER)),
  fit: maybe(isText),
  sha256: isText,
  warnings: listOf(isText),
  note: maybe(isText),
});

/** What a reader relies on in every field. Bounds are far beyond what a run can have: they keep loops and arrays finite. */
const FIELDS: Readonly<Record<keyof RunRecord, Test>> = {
  schema: oneOf(SCHEMA),
  tool: isText,
  datasets: distinct(
    fields({ name: isText, spec: isText, identity: mapOf(either(isText, isNumber, isBoolean)), fit: isText }),
    ({ name }: { readonly name: string }) => name,
  ),
  settings: distinct(isText, (key) => key),
  images: whole(1, 1e9),
  resolution: whole(1, 65_535),
  seed: whole(0, Number.MAX_SAFE_INTEGER),
  recipeVersion: whole(1, 1e9),
  extractor: fields({ id: isText, sha256: isText, tap: isText, dims: whole(1, 1e9), preprocessing: isText }),
  comparable: isText,
  reference: isReference,
  selection: maybe(isReference),
  block: whole(1, 1e9),
  strategy: fields({
    kind: oneOf('grid', 'random', 'race'),
    trials: maybe(whole(1, 1e9)),
    alpha: (value) => above(0)(value) && (value as number) < 1,
    tolerance: (value) => isNumber(value) && (value as number) >= 0 && (value as number) < 1,
    complete: isBoolean,
    budget: maybe(above(0)),
    seconds: maybe(above(0)),
  }),
  keep: oneOf('features', 'moments'),
  versions: mapOf(isText),
  device: fields({ backend: isText, renderer: isText, version: isText }),
  flags: isObject,
};

const isTime = maybe((value) => isNumber(value) && (value as number) >= 0);

/** Of schema 1 (fidsweep 0.1 and 0.2). */
const OLD_FIELDS: Readonly<Record<string, Test>> = {
  ...FIELDS,
  schema: oneOf(1),
  ...{ selection: isAbsent, strategy: isAbsent, keep: isAbsent, flags: isAbsent },
  started: maybe(isText),
  setAside: maybe(listOf(isSetAside)),
  seconds: isTime,
  baseRenders: isTime,
};

function faultIn(value: unknown, tests: Readonly<Record<string, Test>>): string | undefined {
  if (!isObject(value)) return 'it is no object';
  const bad = Object.entries(tests).find(([name, test]) => !test(value[name]));
  return bad && `its field "${bad[0]}" is missing, or not what it must be`;
}

/** What is wrong with a value as a run's record; nothing when it is one. A hash says that nothing has changed, not who wrote it. */
export function faultOfRecord(value: unknown): string | undefined {
  const fault = faultIn(value, FIELDS);
  if (fault !== undefined) return fault;
  try {
    // Flags can hold anything: also what is nested deeper than the stack.
    canonical(value);
    return undefined;
  } catch {
    return 'it has no JSON';
  }
}

/** The same of a record of schema 1. */
export const faultOfOldRecord = (value: unknown): string | undefined => faultIn(value, OLD_FIELDS);
