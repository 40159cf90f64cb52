import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../core/errors.js';
import { readRegularFile } from '../core/regular-file.js';
import { canonical, sha256 } from './canonical.js';
import { writeDurably } from './durable.js';
import { type RunRecord, SCHEMA } from './record.js';
import { faultOfOldRecord, faultOfRecord } from './record-fault.js';

/** What `run.json` of a folder turned out to be. */
export type RunJson =
  | { readonly kind: 'missing' }
  | { readonly kind: 'record'; readonly record: RunRecord }
  /** Of fidsweep 0.1 or 0.2: its content. */
  | { readonly kind: 'old'; readonly content: Readonly<Record<string, unknown>> }
  | { readonly kind: 'later'; readonly schema: unknown }
  /** Nothing that fidsweep wrote, as far as can be seen. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'damaged'; readonly why: string };

/** What may change while a run goes on; all else of its record identifies it. */
const EXTENSIBLE = ['images', 'settings', 'strategy', 'flags'] as const;

export type Extension = Partial<Pick<RunRecord, (typeof EXTENSIBLE)[number]>>;

/** Hash of all that a run cannot change: a shard that carries another is not of this run. */
export function runIdentity(record: RunRecord): string {
  const fixed = Object.entries(record).filter(([key]) => !(EXTENSIBLE as readonly string[]).includes(key));
  return sha256(canonical(Object.fromEntries(fixed)));
}

export const runJsonPath = (folder: string): string => join(folder, 'run.json');

/** Writes the record, with the SHA-256 of its canonical JSON as the last field. */
export function writeRunJson(folder: string, record: RunRecord): void {
  const content = { ...record, sha256: sha256(canonical(record)) };
  writeDurably(runJsonPath(folder), `${JSON.stringify(content, null, 2)}\n`);
}

/** A run of 100,000 settings has a record of some megabytes. */
const MOST_BYTES = 2 ** 26;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** SHA-256 of a value's canonical JSON; undefined for one that is nested deeper than the stack. */
function hashOf(value: unknown): string | undefined {
  try {
    return sha256(canonical(value));
  } catch {
    return undefined;
  }
}

/** Reads `run.json`. Throws a UserError where it may not be read, not for what stands in it. */
export function readRunJson(folder: string): RunJson {
  const path = runJsonPath(folder);
  if (!existsSync(path)) return { kind: 'missing' };
  const text = readRegularFile(path, { most: MOST_BYTES, name: path }).toString();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not the parser's own words, which quote the file.
    return { kind: 'damaged', why: 'it is not JSON: it is damaged, or cut off' };
  }
  if (!isObject(value)) return { kind: 'foreign' };
  const { sha256: hash, ...content } = value;
  if (hash === undefined) {
    // Records had no hash then.
    if (content.schema === undefined) return { kind: 'foreign' };
    const fault = content.schema === 1 ? faultOfOldRecord(content) : 'its SHA-256 is missing';
    return fault === undefined ? { kind: 'old', content } : { kind: 'damaged', why: `${fault}: it was edited` };
  }
  if (hash !== hashOf(content))
    return { kind: 'damaged', why: 'its content does not match its SHA-256: it is damaged, or was edited' };
  if (content.schema !== SCHEMA) return { kind: 'later', schema: content.schema };
  const fault = faultOfRecord(content);
  return fault === undefined
    ? { kind: 'record', record: content as unknown as RunRecord }
    : { kind: 'damaged', why: fault };
}

/** What is wrong with a `run.json` that has a copy. */
export const faultOf = (found: RunJson): string =>
  found.kind === 'damaged'
    ? `run.json: ${found.why}`
    : `run.json was ${found.kind === 'missing' ? 'missing' : 'of another kind'}`;

/** Why the record of a folder cannot be had, where no copy of it is left. */
export function noRecord(folder: string, found: RunJson): UserError {
  const path = runJsonPath(folder);
  switch (found.kind) {
    case 'later':
      return new UserError(
        `${path}: schema ${String(found.schema)}, this fidsweep reads ${SCHEMA} and 1. A later version made it: use that one.`,
      );
    case 'damaged':
      return new UserError(
        `${path}: ${found.why}. run.sqlite holds no copy of it either: take it from a backup, or choose another --out.`,
      );
    default:
      return new UserError(
        `"${folder}" is no run folder: ${found.kind === 'missing' ? `there is no ${path}` : `${path} is not fidsweep's`}. ` +
          'Expected what "fidsweep sweep --out" wrote.',
      );
  }
}
