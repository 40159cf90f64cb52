// npm run bench -- races [COUNT] [RUN]: does a race keep its promises, and what does it save? COUNT (400) simulated races
// of each kind, on features of known laws whose true FIDs are in closed form; then, where RUN is given, 100 races each
// over shuffled blocks of that run's features.
import { join, resolve } from 'node:path';
import { median, print } from './common.mjs';

const DIST = join(resolve(import.meta.dirname, '..', '..'), 'dist');
const from = (...path) => import(join(DIST, ...path));
const { raceOf } = await from('race.js');
const { Estimates, leastImages } = await from('estimates.js');
const { differenceResult } = await from('difference-result.js');
const { frechetDistance } = await from('metrics', 'frechet.js');
const { dense, symmetricEigen } = await from('core', 'linear.js');
const { looks } = await from('search', 'looks.js');
const { testsOf } = await from('search', 'race.js');
const { featuresOf } = await from('extract', 'features.js');
const { intervalOf } = await from('metrics', 'frechet-difference.js');
const { projected, replay } = await from('replay.js');
const { gaussianOf } = await from('score.js');
const { decodeStatistics } = await from('statistics', 'npz.js');
const { openRun } = await from('store', 'run.js');

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
  'equal, of one law': () => ({ fid: 1, share: 0.5, seed: 7 }),
  'equal, of other laws': (s) => ({ fid: 1, share: [0.9, 0.1, 0.5, 0.3][s % 4], seed: 7 + s }),
  'two equal, six spread': (s) => ({ fid: 1 + 0.08 * Math.max(0, s - 1), share: [0.5, 0.4][s % 2], seed: 7 + s }),
  spread: (s) => ({ fid: 1 + 0.15 * s, share: [0.5, 0.4][s % 2], seed: 7 + s }),
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

const LEVEL = 0.05;
const [IMAGES, BLOCK, SETTINGS, DIMS] = [1500, 25, 8, 16];
const percent = (part, of) => (of ? `${((100 * part) / of).toFixed(1)}%` : '–');
/** The 95% interval of a share that was counted (Wilson 1927): also of none. */
function between(part, of) {
  const [share, z2] = [part / of, 1.96 ** 2];
  const centre = (share + z2 / 2 / of) / (1 + z2 / of);
  const reach = Math.sqrt((z2 * (share * (1 - share) + z2 / 4 / of)) / of) / (1 + z2 / of);
  return [centre - reach, centre + reach].map((x) => (100 * x).toFixed(1)).join(' … ');
}

/** What a race and the whole grid say of the same features, each difference with the true one. */
async function raced(laws, reference, features) {
  const settings = laws.map((_, s) => String(s));
  const plan = looks(IMAGES, BLOCK, { least: await leastImages(reference) });
  const rule = { alpha: LEVEL, tolerance: 0.01, tests: testsOf(laws.length, plan.length) };
  const cells = { images: () => IMAGES, features: (_, s, count = IMAGES) => ({ ...features[s], count }) };
  const estimates = new Estimates(cells, reference);
  const state = await raceOf({ dataset: 0, settings, looks: plan, rule, block: BLOCK }, estimates);

  const known = (setting, difference) => ({ ...difference, truth: laws[setting].fid - laws[difference.to].fid });
  const told = async (alive, images) => {
    const contenders = await estimates.contenders(0, alive, images);
    const leader = contenders.find(({ difference }) => !difference).setting;
    const critical = await estimates.critical(0, alive, images);
    return contenders
      .filter(({ setting }) => setting !== leader)
      .map((contender) => known(contender.setting, differenceResult(leader, contender, images, critical)));
  };
  const dropped = state.looks.flatMap((look) => look.dropped.map((drop) => known(drop.setting, drop.difference)));
  const left = await told(state.alive, state.looks.at(-1).images);
  const critical = await estimates.critical(0, settings, IMAGES);
  const pairs = [];
  for (const a of settings) {
    for (const b of settings.slice(0, a)) {
      const [one, other] = [await estimates.of(0, a, IMAGES), await estimates.of(0, b, IMAGES)];
      const { unbiasedDifference: of } = await estimates.differences(0, one, other);
      const reach = critical * of.standardError;
      const joint = [of.value - reach, of.value + reach];
      pairs.push({ alone: intervalOf(of), interval: joint, truth: laws[a].fid - laws[b].fid, fixed: b === '0' });
    }
  }
  return { dropped, left, pairs, share: state.spent / (laws.length * IMAGES) };
}

const covers = ({ interval: [low, high], truth }) => low <= truth && truth <= high;
/** Races of settings of known FIDs: wrong drops, coverage, and images spent. */
async function simulated(kind, tail, count) {
  const l = root(DIMS);
  const scale = 0.1 * squares(l);
  const laws = Array.from({ length: SETTINGS }, (_, s) => {
    const { fid, share, seed } = KINDS[kind](s);
    return lawOf(l, fid * scale, share, seed);
  });
  const covarianceOf = (a) => flat(times(a, transposed(a)));
  const reference = { mean: new Float64Array(DIMS), covariance: covarianceOf(l) };
  for (const { fid, mean, mix } of laws) {
    const { value } = await frechetDistance(
      { mean: Float64Array.from(mean), covariance: covarianceOf(mix) },
      reference,
    );
    if (!(Math.abs(value / fid - 1) < 1e-6)) throw new Error(`the closed form gives ${fid}, frechetDistance ${value}`);
  }
  const races = [];
  for (let race = 0; race < count; race++)
    races.push(await raced(laws, reference, drawn(laws, IMAGES, TAILS[tail], 1000 + race)));

  // No worse than the leader it was dropped for; rounding apart. That is so of every best setting that was dropped.
  const wrong = races.filter(({ dropped }) => dropped.some(({ truth }) => truth <= 1e-9 * scale)).length;
  const fixed = races.flatMap(({ pairs }) => pairs.filter((pair) => pair.fixed));
  const alone = fixed.filter(({ alone, truth }) => covers({ interval: alone, truth })).length;
  const together = (of) => percent(races.filter((race) => of(race).every(covers)).length, count);
  const shares = races.map(({ share }) => share);
  process.stdout.write(
    `${kind}; ${tail}\n` +
      `    races with a wrong drop ${percent(wrong, count)} (${between(wrong, count)}; target ≤ 5%); ` +
      `images ÷ grid's: median ${median(shares).toFixed(2)}, ${Math.min(...shares).toFixed(2)} … ${Math.max(...shares).toFixed(2)}\n` +
      `    all differences at all images hold together in ${together(({ pairs }) => pairs)} of the races (target 93–97%), ` +
      `of those left in ${together(({ left }) => left)}, with those of the dropped in ${together(({ left, dropped }) => [...left, ...dropped])}; ` +
      `one fixed beforehand in ${percent(alone, fixed.length)} by itself\n`,
  );
}

/** Races over shuffled blocks of a run's features, in the reference's first 128 axes, at two levels of difficulty. */
async function replayed(folder, shuffles) {
  const run = openRun(folder);
  const { settings, images, block } = run.record;
  const reference = gaussianOf(await decodeStatistics(run.reference(), 'reference.npz'));
  const whole = { cells: run, dataset: 0, settings, datasets: 1, reference, images, block };
  const source = await projected(whole, Math.min(128, reference.mean.length));
  run.close();
  const levels = { 'all settings': settings, 'MixUp 3 … 9': settings.filter((key) => /^mixup:[3-9]$/.test(key)) };
  for (const [level, some] of Object.entries(levels)) {
    if (some.length < 2) continue;
    const rule = { alpha: LEVEL, tolerance: 0.01, shuffles, seed: 1 };
    const { races, grid } = await replay({ ...source, settings: some }, rule);
    const shares = races.map(({ spent }) => spent / (some.length * images));
    print(
      `${level}: races that find the grid's winner or one tied with it`,
      percent(races.filter(({ found }) => found).length, shuffles),
      '≥ 95%',
      `images ÷ grid's: median ${median(shares).toFixed(2)}, ${Math.min(...shares).toFixed(2)} … ${Math.max(...shares).toFixed(2)}; ` +
        `${grid.winner} itself in ${percent(races.filter(({ winner }) => winner === grid.winner).length, shuffles)}; tied: ${grid.tied.join(', ')}`,
    );
  }
}

export async function races() {
  const given = process.argv.slice(3);
  const count = Number(given.find((text) => /^[1-9]\d*$/.test(text)) ?? 400);
  const folder = given.find((text) => !/^\d+$/.test(text));
  process.stdout.write(
    `${count} races of each kind: ${SETTINGS} settings × ${IMAGES} images, d = ${DIMS}, alpha ${LEVEL}\n`,
  );
  for (const kind of Object.keys(KINDS)) for (const tail of Object.keys(TAILS)) await simulated(kind, tail, count);
  if (folder !== undefined) await replayed(folder, Math.min(count, 100));
}
