import { unzipSync, zipSync } from 'fflate';
import { isPositiveSemidefinite } from '../core/cholesky.js';
import { messageOf, UserError } from '../core/errors.js';
import { dense } from '../core/linear.js';
import { decodeNpy, decodeNpyText, encodeNpy, encodeNpyText } from '../core/npy.js';
import type { Features } from '../extract/features.js';
import type { ExtractorIdentity } from '../extract/session.js';

/** What a statistics file of ours says of itself, beside `mu` and `sigma`. */
export interface Provenance {
  readonly count: number;
  readonly extractor: ExtractorIdentity;
  /** What the pictures were: a folder's name or a data-set spec. */
  readonly source: string;
  /** How pictures were fitted before the extractor: `native`, or `cover 256` (short side to 256, centre crop). */
  readonly fit: string;
  readonly tool: string;
  /** How the images were picked out of the source, when not all were taken. */
  readonly selection?: string;
  /** What a reader must be told wherever these statistics are used. */
  readonly note?: string;
}

/** Mean (d) and covariance (d×d, ddof = 1) of a feature distribution; `provenance` only in files of ours. */
export interface Statistics {
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
  /** Of some of the images, float32, where the file has them: what coverage is measured against. */
  readonly features?: Features;
  readonly provenance?: Provenance;
}

/**
 * `.npz` with `mu` and `sigma` as pytorch-fid and clean-fid read them, `fidsweep`, a JSON text of the provenance, and
 * `features` (m×d) where there are some.
 */
export function encodeStatistics({
  mean,
  covariance,
  features,
  provenance,
}: Statistics & { provenance: Provenance }): Uint8Array {
  const d = mean.length;
  return zipSync(
    {
      'mu.npy': encodeNpy(mean, [d]),
      'sigma.npy': encodeNpy(covariance, [d, d]),
      'fidsweep.npy': encodeNpyText(JSON.stringify(provenance)),
      ...(features && { 'features.npy': encodeNpy(features.rows(0, features.count), [features.count, d]) }),
    },
    // A fixed date, so that the same statistics are the same bytes.
    { level: 6, mtime: new Date('1980-01-01T00:00:00') },
  );
}

/** Entries larger than this when unpacked are refused: a covariance of 11,000 dimensions. */
const LARGEST = 1024 ** 3;

const ENTRIES = ['mu.npy', 'sigma.npy', 'fidsweep.npy', 'features.npy'];

/** Reads a statistics file, of ours or of pytorch-fid, clean-fid, EDM or ADM (`mu`, `sigma`). Throws a UserError that names it. */
export async function decodeStatistics(bytes: Uint8Array, name: string): Promise<Statistics> {
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(bytes, {
      filter: ({ name: entry, originalSize }) => {
        if (!ENTRIES.includes(entry)) return false;
        if (originalSize > LARGEST) throw new Error(`${entry} would unpack to ${originalSize} bytes`);
        return true;
      },
    });
  } catch (error) {
    throw new UserError(`${name}: not a readable .npz archive (${messageOf(error)}).`);
  }
  const [mu, sigma] = [entries['mu.npy'], entries['sigma.npy']];
  if (!mu || !sigma)
    throw new UserError(`${name}: expected the arrays "mu" and "sigma", as "fidsweep stats" writes them.`);
  const mean = decodeNpy(mu, `${name}: mu`);
  const covariance = decodeNpy(sigma, `${name}: sigma`);
  const d = mean.shape[0];
  if (mean.shape.length !== 1 || covariance.shape.length !== 2 || covariance.shape.some((n) => n !== d)) {
    throw new UserError(
      `${name}: mu has shape (${mean.shape}) and sigma (${covariance.shape}), expected (d) and (d, d).`,
    );
  }
  const text = entries['fidsweep.npy'];
  const statistics = { mean: Float64Array.from(mean.data), covariance: Float64Array.from(covariance.data) };
  if (!statistics.mean.every(Number.isFinite) || !statistics.covariance.every(Number.isFinite)) {
    throw new UserError(`${name}: mu or sigma holds values that are not finite.`);
  }
  await checkCovariance(statistics.covariance, d!, name);
  if (!text) return statistics;
  // Only files of ours have features under this name; another tool's may be anything.
  const features = entries['features.npy'] && readFeatures(entries['features.npy'], d!, name);
  return { ...statistics, ...(features && { features }), provenance: readProvenance(text, name) };
}

function readFeatures(bytes: Uint8Array, d: number, name: string): Features {
  const { shape, data } = decodeNpy(bytes, `${name}: features`);
  if (shape.length !== 2 || shape[1] !== d)
    throw new UserError(`${name}: features has shape (${shape}), expected (m, ${d}).`);
  const values = Float32Array.from(data);
  if (!values.every(Number.isFinite)) throw new UserError(`${name}: features holds values that are not finite.`);
  return { count: shape[0]!, dims: d, rows: (from, to) => values.subarray(from * d, to * d) };
}

/** Refuses what is no covariance: then a distance to it could come out negative, or be no number at all. */
async function checkCovariance(values: Float64Array, d: number, name: string): Promise<void> {
  let largest = 0;
  let asymmetry = 0;
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      const [a, b] = [values[i * d + j]!, values[j * d + i]!];
      largest = Math.max(largest, Math.abs(a), Math.abs(b));
      asymmetry = Math.max(asymmetry, Math.abs(a - b));
    }
  }
  for (let i = 0; i < d; i++) {
    // The rounding of the two halves must not decide which of two sets comes first.
    for (let j = 0; j < i; j++) values[i * d + j] = values[j * d + i] = (values[i * d + j]! + values[j * d + i]!) / 2;
  }
  if (asymmetry > 1e-6 * largest) throw new UserError(`${name}: sigma is not symmetric, so it is no covariance.`);
  if (!(await isPositiveSemidefinite(dense(d, d, values)))) {
    throw new UserError(`${name}: sigma has a negative eigenvalue, so it is no covariance.`);
  }
}

function readProvenance(bytes: Uint8Array, name: string): Provenance {
  try {
    const value = JSON.parse(decodeNpyText(bytes, name)) as Provenance;
    const { count, extractor } = value;
    if (
      !Number.isSafeInteger(count) ||
      typeof extractor?.sha256 !== 'string' ||
      typeof extractor.preprocessing !== 'string'
    ) {
      throw new Error('it lacks count or extractor');
    }
    return value;
  } catch (error) {
    throw new UserError(`${name}: its "fidsweep" entry is not readable (${messageOf(error)}).`);
  }
}
