import type { SetAsideRow } from './contents.js';
import type { SetAside } from './record.js';

export const isSetAside = (value: unknown): value is SetAside =>
  [(value as SetAside)?.dataset, (value as SetAside)?.id, (value as SetAside)?.why].every(
    (item) => typeof item === 'string',
  );

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

export function isSetAsideRow(value: unknown): value is SetAsideRow {
  const { dataset, block, part, position, entry } = (value ?? {}) as SetAsideRow;
  return [dataset, block, part, position].every(isCount) && isSetAside(entry);
}

/** Whether this is a list of rows of one data set. */
export const areRowsOf = (dataset: number, value: unknown): value is readonly SetAsideRow[] =>
  Array.isArray(value) && value.every((row) => isSetAsideRow(row) && row.dataset === dataset);

/** Each program or file once: what stands first for it. */
export function onlyFirst<T>(items: readonly T[], entryOf: (item: T) => SetAside): T[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const { dataset, id } = entryOf(item);
    const key = JSON.stringify([dataset, id]);
    return !seen.has(key) && seen.add(key);
  });
}
