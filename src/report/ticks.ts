/** An axis: its ends, and marks at round numbers between them. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly marks: readonly { readonly value: number; readonly text: string }[];
}

/**
 * An axis over all values with a margin of 4% at each end, marked at multiples of 1, 2 or 5 times a power of ten: `most` marks
 * at most. Equal values, or none, get an axis of width 1 about them.
 */
export function ticks(values: readonly number[], most = 7): Axis {
  const from = values.length ? Math.min(...values) : 0;
  const to = values.length ? Math.max(...values) : 0;
  // Below this width neighbouring marks would be the same number in floating point.
  const flat = to - from <= 1e-9 * Math.max(1, Math.abs(from), Math.abs(to));
  const margin = flat ? 0.5 : 0.04 * (to - from);
  const [low, high] = [from - margin, to + margin];
  const power = 10 ** Math.floor(Math.log10((high - low) / most));
  const step = [1, 2, 5, 10, 20].map((factor) => factor * power).find((size) => (high - low) / size <= most - 1)!;
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const marks = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++) {
    const value = k * step;
    marks.push({ value, text: value.toFixed(decimals).replace(/^-(?=0\.?0*$)/, '') });
  }
  return { low, high, marks };
}
