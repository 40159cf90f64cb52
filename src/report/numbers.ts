import type { Interval } from './results.js';

/** Numbers as people read them. */

/** Two decimals, as the field prints FID, or `decimals`; a value that rounds to zero has no sign. */
export function formatFid(value: number, decimals = 2): string {
  return value.toFixed(decimals).replace(/^-(?=0\.?0*$)/, '');
}

/** With its sign, as a difference is read: +0.31. */
export function formatDifference(value: number, decimals = 2): string {
  const text = formatFid(value, decimals);
  return Number(text) > 0 ? `+${text}` : text;
}

export const formatInterval = ([low, high]: Interval, decimals = 2, format = formatFid): string =>
  `${format(low, decimals)} … ${format(high, decimals)}`;

/** Errors below this are of rounding: pictures that do not vary, or the same ones twice. */
const ROUNDING = 1e-6;

/** So many decimals, two to four, that the smallest error above rounding has two figures: one for all that stand in a column. */
export function decimalsOf(errors: readonly (number | undefined)[]): number {
  const smallest = Math.min(...errors.map((error) => (error !== undefined && error >= ROUNDING ? error : Infinity)));
  return smallest === Infinity ? 2 : Math.min(4, Math.max(2, 1 - Math.floor(Math.log10(smallest))));
}

/** Whole numbers with their thousands apart: 50,000. */
export const formatCount = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

/** `1 image`, `2,048 images`. */
export const counted = (n: number, noun: string): string => `${formatCount(n)} ${noun}${n === 1 ? '' : 's'}`;

/** A share as a whole percentage: 67%. */
export const formatShare = (share: number): string => `${Math.round(100 * share)}%`;

/** A probability or tolerance that somebody chose, as given: 0.5%. */
export const formatChosen = (share: number): string => `${Number((100 * share).toPrecision(6))}%`;

/** Three figures, never as a power of ten. */
export function formatRate(value: number): string {
  if (value >= 100) return formatCount(Math.round(value));
  return value.toFixed(value >= 10 ? 1 : 2);
}
