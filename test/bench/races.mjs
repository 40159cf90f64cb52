// npm run bench -- races [COUNT] [RUN]: does a race keep its promises, and what does it save? COUNT (400) simulated races
// of each kind, on features of known laws whose true FIDs are in closed form; then, where RUN is given, 100 races each
// over shuffled blocks of that run's features.
import { join, resolve } from 'node:path';
import { median } from './common.mjs';

const DIST = process.env.FIDSWEEP_DIST ?? join(resolve(import.meta.dirname, '..', '..'), 'dist');
const from = (...path) => import(join(DIST, ...path));
const { raceOf } = await from('race.js');
const { Estimates } = await from('estimates.js');
const { differenceResult } = await from('difference-result.js');
const { frechetDistance } = await from('metrics', 'frechet.js');
const { dense, symmetricEigen } = await from('core', 'linear.js');
const { looks } = await from('search', 'looks.js');
const { testsOf } = await from('search', 'race.js');
const { featuresOf } = await from('extract', 'features.js');

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
const normals = (seed) => {
  const u = uniform(seed);
  return () => Math.sqrt(-2 * Math.log(u())) * Math.cos(2 * Math.PI * u());
};

const matrix = (d, value) => Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_, j) => value(i, j)));
const times = (a, b) => matrix(a.length, (i, j) => a[i].reduce((sum, value, k) => sum + value * b[k][j], 0));
const transposed = (a) => matrix(a.length, (i, j) => a[j][i]);
const squares = (a) => a.flat().reduce((sum, value) => sum + value * value, 0);
const flat = (a) => dense(a.length, a.length, Float64Array.from(a.flat()));

/** The reference N(0, LLᵀ): an L with spread-out scales, so that the covariance is far from the identity. */
function root(d) {
  const normal = normals(1);
  return matrix(d, (i, j) => (normal() * Math.exp((-1.5 * j) / d)) / Math.sqrt(d) + (i === j ? 0.5 : 0));
}

/**
 * A law whose FID to N(0, LLᵀ) is `fid`, the `share` of it in the mean: x = δ + T·L·w with w white and T symmetric positive
 * definite. T is then the optimal transport of the reference's Gaussian to that of x (Olkin and Pukelsheim 1982), so that
 * the FID is ‖δ‖² + ‖(T − 1)L‖², whatever T is: no square root of a matrix is needed to know it.
 */
function lawOf(l, fid, share, seed) {
  const d = l.length;
  const normal = normals(seed);
  const half = matrix(d, normal);
  const symmetric = matrix(d, (i, j) => half[i][j] + half[j][i]);
  const scale = Math.sqrt((fid * (1 - share)) / squares(times(symmetric, l)));
  const transport = matrix(d, (i, j) => scale * symmetric[i][j] + (i === j ? 1 : 0));
  if (!(symmetricEigen(flat(transport)).values[0] > 0)) throw new Error('no transport: not positive definite');
  const direction = Array.from({ length: d }, normal);
  const length = Math.sqrt((fid * share) / direction.reduce((sum, x) => sum + x * x, 0));
  return { fid, mean: direction.map((x) => x * length), mix: times(transport, l) };
}

/** What a setting's law is to have: its FID, the share of it in the mean, and which of many directions it lies in. */
const KINDS = {
  'equal, of one law': (s) => ({ fid: 1, share: 0.5, seed: 7 }),
  'equal, of other laws': (s) => ({ fid: 1, share: [0.9, 0.1, 0.5, 0.3][s % 4], seed: 7 + s }),
  'two equal, six spread': (s) => ({ fid: 1 + 0.08 * Math.max(0, s - 1), share: [0.5, 0.4][s % 2], seed: 7 + s }),
  'spread': (s) => ({ fid: 1 + 0.15 * s, share: [0.5, 0.4][s % 2], seed: 7 + s }),
};

/** Student's t with 6 degrees of freedom, of variance 1: heavy tails that all dimensions of an output have in common. */
const TAILS = {
  Gaussian: () => 1,
  't(6)': (normal) => {
    let chi = 0;
    for (let k = 0; k < 6; k++) chi += normal() ** 2;
    return Math.sqrt(4 / chi);
  },
};

/** Share of an output's random numbers, by variance, that all settings have in common. */
const COMMON = 0.8;

/** Features of all settings: output i of each is made of the same draws, and of a few of its own. */
function drawn(laws, images, tail, seed) {
  const d = laws[0].mean.length;
  const normal = normals(seed);
  const own = laws.map((_, s) => normals(seed + 1000003 * (s + 1)));
  const out = laws.map(() => new Float32Array(images * d));
  for (let i = 0; i < images; i++) {
    const scale = tail(normal);
    const common = Float64Array.from({ length: d }, normal);
    for (const [s, { mean, mix }] of laws.entries()) {
      const w = common.map((x) => scale * (Math.sqrt(COMMON) * x + Math.sqrt(1 - COMMON) * own[s]()));
      for (let j = 0; j < d; j++) {
        let sum = mean[j];
        for (let k = 0; k < d; k++) sum += mix[j][k] * w[k];
        out[s][i * d + j] = sum;
      }
    }
  }
  return out.map((data) => featuresOf(data, d));
}
