import { cholesky } from '../core/cholesky.js';
import { dense } from '../core/linear.js';
import { normalQuantile, studentQuantile } from '../core/quantile.js';
import { draws, STREAM } from '../core/random.js';
import type { Scatter } from './frechet-difference.js';

/** Draws that the quantile is taken from: it then has an error of about 0.02. */
const DRAWS = 20_000;

/** With more settings than this their pairs share the error by Bonferroni, which is a little wider. */
const MOST = 100;

/** Rows as they vary, so that their products are covariances of the FIDs: ψ/√(n(n−1)), or replicates about their mean. */
function rowsOf(scatter: Scatter): Float64Array {
  if (scatter.kind === 'images') {
    const n = scatter.influences.length;
    return scatter.influences.map((value) => value / Math.sqrt(n * (n - 1)));
  }
  const { replicates } = scatter;
  const groups = replicates.length;
  const mean = replicates.reduce((sum, value) => sum + value, 0) / groups;
  return replicates.map((value) => (value - mean) * Math.sqrt((groups - 1) / groups));
}

const degreesOf = (scatter: Scatter): number =>
  scatter.kind === 'images' ? Number.POSITIVE_INFINITY : scatter.replicates.length - 1;

/**
 * How many standard errors all differences between some FIDs reach at once: with probability `level` none of them is
 * further from the truth, so that the differences to the best hold together whichever it is. It is the quantile of the
 * largest |t| over all pairs (Tukey's way, for errors that hang together: Hothorn, Bretz and Westfall, "Simultaneous
 * Inference in General Parametric Models", 2008), from draws of the FIDs' normal distribution, or of Student's t where
 * the errors are by groups.
 *
 * @param scatters of the same outputs, all by images or all by groups
 */
export async function simultaneousCritical(scatters: readonly Scatter[], level = 0.95): Promise<number> {
  const count = scatters.length;
  const degrees = scatters.length ? degreesOf(scatters[0]!) : Number.POSITIVE_INFINITY;
  const pairs = (count * (count - 1)) / 2;
  if (pairs <= 1) return studentQuantile((1 + level) / 2, degrees);
  if (count > MOST) return -studentQuantile((1 - level) / 2 / pairs, degrees);
  const rows = scatters.map(rowsOf);
  const covariance = dense(count, count);
  for (const [i, a] of rows.entries()) {
    for (const [j, b] of rows.entries())
      covariance.data[i * count + j] = a.reduce((sum, value, k) => sum + value * b[k]!, 0);
  }
  const { lower } = await cholesky(covariance);
  const at = (i: number, j: number) => covariance.data[i * count + j]!;
  const error = (i: number, j: number) => Math.sqrt(Math.max(0, at(i, i) + at(j, j) - 2 * at(i, j)));
  const errors = rows.map((_, i) => rows.map((__, j) => error(i, j)));
  const largest = new Float64Array(DRAWS);
  const values = new Float64Array(count);
  for (let draw = 0; draw < DRAWS; draw++) {
    const uniform = draws(0, STREAM.intervals, draw);
    const normals = rows.map(() => normalQuantile(uniform()));
    for (let i = 0; i < count; i++) {
      let sum = 0;
      for (let k = 0; k <= i; k++) sum += lower.data[i * count + k]! * normals[k]!;
      values[i] = sum;
    }
    let most = 0;
    for (let i = 1; i < count; i++) {
      for (let j = 0; j < i; j++)
        if (errors[i]![j]! > 0) most = Math.max(most, Math.abs(values[i]! - values[j]!) / errors[i]![j]!);
    }
    largest[draw] = most / spread(degrees, uniform);
  }
  return largest.sort()[Math.ceil(level * DRAWS) - 1]!;
}

/** √(χ²/degrees), which a standard error of so many degrees is off by; 1 of infinitely many. */
function spread(degrees: number, uniform: () => number): number {
  if (degrees === Number.POSITIVE_INFINITY) return 1;
  let sum = 0;
  for (let k = 0; k < degrees; k++) sum += normalQuantile(uniform()) ** 2;
  return Math.sqrt(sum / degrees);
}
