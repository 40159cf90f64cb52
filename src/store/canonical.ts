import { createHash } from 'node:crypto';

export const sha256 = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** JSON that gives every number back as it was (but −0 as 0). Throws for one that JSON has no text for: it would come back as null. */
export function exactJson(value: unknown): string {
  return JSON.stringify(value, (key, item: unknown) => {
    if (typeof item === 'number' && !Number.isFinite(item)) throw new Error(`${key || 'value'}: ${item} has no JSON`);
    return item;
  });
}

/** Exact JSON of a value with the keys of every object in order, so that equal values have equal text. */
export function canonical(value: unknown): string {
  return JSON.stringify(JSON.parse(exactJson(value)), (_, item: unknown) =>
    // Not by assignment, which would lose a key "__proto__".
    isPlain(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item,
  );
}
