import { formatFid, formatInterval } from './numbers.js';
import type { Cell, Column, Interval } from './results.js';
import { nameOf } from './setting-name.js';
import { clean } from './svg.js';
import { fullImages } from './table.js';

/** A setting's place on the axis of FID. */
export interface Estimate {
  readonly value: number;
  readonly interval?: Interval | undefined;
}

/** What is drawn of a cell: FID∞ where ties were judged by it, else FIDₙ; nothing where its FID∞ cannot be trusted. */
export function estimateOf(
  { fid, interval, unbiased }: Pick<Cell, 'fid' | 'interval' | 'unbiased'>,
  by: Column['by'],
): Estimate | undefined {
  if (by === 'fid') return { value: fid, interval };
  return unbiased?.trusted ? { value: unbiased.value, interval: unbiased.interval } : undefined;
}

/** Where an estimate lies outside its interval, which may be cut off at 0: the end that is nearer to it. */
export function nearerEnd({ value, interval }: Estimate): number | undefined {
  if (!interval) return undefined;
  const [low, high] = interval;
  return value < low ? low : value > high ? high : undefined;
}

/** Values and ends of intervals, for the extent of an axis. */
export const extentOf = (estimates: readonly (Estimate | undefined)[]): number[] =>
  estimates.flatMap((one) => (one ? [one.value, ...(one.interval ?? [])] : []));

/** What is said of a dot when it is pointed at. */
export const hoverOf = (setting: string, { value, interval }: Estimate, decimals: number, more = ''): string =>
  clean(
    `${nameOf(setting)}: ${formatFid(value, decimals)}${interval ? ` (95%: ${formatInterval(interval, decimals)})` : ''}${more}`,
  );

/** Whether a cell cannot be compared with its data set's others: dropped by a race, or of fewer images. */
export const isAside = ({ status, images }: Cell, full: number): boolean => status === 'dropped' || images !== full;

/** A column's cells that are compared with each other are of so many images. */
export const fullOf = (cells: readonly Cell[]): number => fullImages(cells) ?? 0;
