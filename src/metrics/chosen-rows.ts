import type { Features } from '../extract/features.js';

/** Rows that are read at a time at most. */
const ROWS = 2048;

/** Some rows of features, in this order, as features of their own. Those that lie near one another are read at once. */
export function chosenRows(features: Features, chosen: readonly number[]): Features {
  const { dims } = features;
  return {
    count: chosen.length,
    dims,
    rows(from, to) {
      const out = new Float32Array((to - from) * dims);
      for (let at = from; at < to; ) {
        const first = chosen[at]!;
        let end = at + 1;
        while (end < to && chosen[end]! > chosen[end - 1]! && chosen[end]! < first + ROWS) end++;
        const read = features.rows(first, chosen[end - 1]! + 1);
        for (; at < end; at++) {
          const row = (chosen[at]! - first) * dims;
          out.set(read.subarray(row, row + dims), (at - from) * dims);
        }
      }
      return out;
    },
  };
}
