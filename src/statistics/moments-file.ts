import { unzipSync, zipSync } from 'fflate';
import { UserError } from '../core/errors.js';
import { decodeNpy, encodeNpy } from '../core/npy.js';
import type { Moments } from './moments.js';

/** Moments of the two halves of a set. */
export interface Halves {
  readonly low: Moments;
  readonly high: Moments;
}

const NAMES = ['low', 'high'] as const;

/** An `.npz` with count, mean (d) and scatter (d×d), float64, of each half. */
export function encodeHalves(halves: Halves): Uint8Array {
  const entries = NAMES.flatMap((name): [string, Uint8Array][] => {
    const { count, mean, scatter, dims } = halves[name];
    return [
      [`${name}_count.npy`, encodeNpy(Float64Array.of(count), [1])],
      [`${name}_mean.npy`, encodeNpy(mean, [dims])],
      [`${name}_scatter.npy`, encodeNpy(scatter, [dims, dims])],
    ];
  });
  // A fixed date, so that the same moments are the same bytes.
  return zipSync(Object.fromEntries(entries), { level: 0, mtime: new Date('1980-01-01T00:00:00') });
}

/** Reads what `encodeHalves` wrote; its bytes are trusted to be whole (they are kept with their hash). */
export function decodeHalves(bytes: Uint8Array, name: string): Halves {
  const entries = unzipSync(bytes);
  const array = (entry: string): Float64Array => {
    const data = entries[`${entry}.npy`];
    if (!data) throw new UserError(`Moments of ${name}: ${entry} is missing.`);
    return Float64Array.from(decodeNpy(data, `Moments of ${name}: ${entry}`).data);
  };
  const half = (of: (typeof NAMES)[number]): Moments => {
    const mean = array(`${of}_mean`);
    return { count: array(`${of}_count`)[0]!, dims: mean.length, mean, scatter: array(`${of}_scatter`) };
  };
  return { low: half('low'), high: half('high') };
}
