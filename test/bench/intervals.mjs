// npm run bench -- intervals: do the 95% intervals of the FID cover? Draws features from a known distribution, again
// and again, and counts how often the interval holds the true value. The distributions, their samplers and the true FID
// are made here, with nothing of the tool's own.
import { join, resolve } from 'node:path';

const DIST = join(resolve(import.meta.dirname, '..', '..'), 'dist');
const { estimateFid } = await import(join(DIST, 'fid.js'));
const { dense, symmetricEigen } = await import(join(DIST, 'core', 'linear.js'));

/** Mulberry32: uniform numbers in (0, 1) from a seed. */
function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 4294967296;
  };
}
const normals = (u) => () => Math.sqrt(-2 * Math.log(u())) * Math.cos(2 * Math.PI * u());

/** A mixing matrix with spread-out scales, so that Σ = AAᵀ is full and far from the identity. */
function mixing(d, seed) {
  const normal = normals(uniform(seed));
  return Array.from({ length: d }, (_, i) =>
    Array.from({ length: d }, (_, j) => (normal() * Math.exp((-1.5 * j) / d)) / Math.sqrt(d) + (i === j ? 0.5 : 0)),
  );
}
const covariance = (a) => a.map((x) => a.map((y) => x.reduce((sum, value, k) => sum + value * y[k], 0)));
const flat = (rows) => dense(rows.length, rows.length, Float64Array.from(rows.flat()));

/** tr(Σ₁Σ₂)^½ by eigenvectors: Σ₁^½ first, then the eigenvalues of Σ₁^½Σ₂Σ₁^½. */
function traceRoot(s1, s2) {
  const d = s1.length;
  const { values, vectors } = symmetricEigen(flat(s1));
  const root = s1.map((_, i) =>
    s1.map((_, j) => {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += Math.sqrt(values[k]) * vectors.data[k * d + i] * vectors.data[k * d + j];
      return sum;
    }),
  );
  const times = (a, b) => a.map((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)));
  return symmetricEigen(flat(times(times(root, s2), root))).values.reduce(
    (sum, v) => sum + Math.sqrt(Math.max(v, 0)),
    0,
  );
}

/** Student's t with 5 degrees of freedom, scaled to variance 1: heavy tails shared by all dimensions of a draw. */
const CASES = [
  { title: 'Gaussian', scale: () => 1 },
  {
    title: 'Student-t, 5 degrees of freedom',
    scale: (normal) => {
      let chi = 0;
      for (let k = 0; k < 5; k++) chi += normal() ** 2;
      return Math.sqrt(3 / chi);
    },
  },
];

export async function intervals(_photos, draws = 400) {
  const [d, n] = [32, 500];
  const [a, b] = [mixing(d, 1), mixing(d, 2)];
  const [sa, sb] = [covariance(a), covariance(b)];
  const shift = Array.from({ length: d }, (_, j) => 0.3 * Math.sin(j));
  const traceOf = (s) => s.reduce((sum, row, i) => sum + row[i], 0);
  const truth = shift.reduce((sum, x) => sum + x * x, 0) + traceOf(sa) + traceOf(sb) - 2 * traceRoot(sa, sb);
  const reference = { mean: new Float64Array(d), covariance: flat(sb) };

  process.stdout.write(`d = ${d}, n = ${n}, ${draws} draws each; true FID ${truth.toFixed(4)}\n`);
  for (const { title, scale } of CASES) {
    const values = [];
    const errors = [];
    let covered = 0;
    let coveredRaw = 0;
    for (let draw = 0; draw < draws; draw++) {
      const u = uniform(1000 + draw);
      const normal = normals(u);
      const data = new Float32Array(n * d);
      for (let i = 0; i < n; i++) {
        const s = scale(normal);
        const z = Array.from({ length: d }, normal);
        for (let j = 0; j < d; j++)
          data[i * d + j] = shift[j] + s * a[j].reduce((sum, value, k) => sum + value * z[k], 0);
      }
      const features = { count: n, dims: d, rows: (from, to) => data.subarray(from * d, to * d) };
      const marks = Float64Array.from({ length: n }, u);
      const { value, standardError, interval, unbiased } = await estimateFid({ ...features, marks }, reference);
      const holds = ([low, high]) => low <= truth && truth <= high;
      if (holds(unbiased.interval)) covered++;
      if (holds(interval)) coveredRaw++;
      values.push(value);
      errors.push(standardError);
    }
    const mean = (x) => x.reduce((sum, value) => sum + value, 0) / x.length;
    const centre = mean(values);
    const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (draws - 1));
    const percent = (count) => `${((100 * count) / draws).toFixed(1)}%`;
    process.stdout.write(
      `${title}: the interval about F* covers ${percent(covered)} (target 93–97%), that about FIDₙ ${percent(coveredRaw)}; ` +
        `standard error ÷ Monte Carlo ${(mean(errors) / sd).toFixed(3)}; FIDₙ ${centre.toFixed(4)} on average\n`,
    );
  }
}
