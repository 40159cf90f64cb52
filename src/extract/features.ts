/**
 * Features of a picture set, n×d, row-major float32: held, or read back from where they were put. A consumer asks for
 * contiguous rows and never for all of them at once.
 */
export interface Features {
  readonly count: number;
  readonly dims: number;
  /** Rows `from` … `to` − 1 as (to − from)×d values, which the caller must not change. */
  rows(from: number, to: number): Float32Array;
}

/** Features that are all in memory. Throws when the length is no multiple of `dims`. */
export function featuresOf(data: Float32Array, dims: number): Features {
  if (data.length % dims) throw new Error(`${data.length} values are no rows of ${dims}`);
  return { count: data.length / dims, dims, rows: (from, to) => data.subarray(from * dims, to * dims) };
}
