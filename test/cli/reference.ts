import { preprocessingId } from '../../src/extract/preprocessing.js';
import { bundled } from '../../src/extract/registry.js';
import type { ExtractorIdentity } from '../../src/extract/session.js';
import { encodeStatistics } from '../../src/statistics/npz.js';

/** A statistics file as if made by the bundled extractor, or by one that differs from it: zero mean, unit covariance. */
export function unitStatistics(change: Partial<ExtractorIdentity> = {}): Uint8Array {
  const entry = bundled();
  const { id, sha256, tap, dims } = entry;
  const covariance = new Float64Array(dims * dims);
  for (let i = 0; i < dims; i++) covariance[i * dims + i] = 1;
  const extractor = { id, sha256, tap, dims, preprocessing: preprocessingId(entry.input), ...change };
  return encodeStatistics({
    mean: new Float64Array(dims),
    covariance,
    provenance: { count: 10 * dims, extractor, source: 'unit', fit: 'cover 64', tool: 'test' },
  });
}
