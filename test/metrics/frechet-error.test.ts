import { beforeAll, describe, expect, test } from 'vitest';
import { dense } from '../../src/core/linear.js';
import type { Features } from '../../src/extract/features.js';
import { featuresOf } from '../../src/extract/features.js';
import { withFactor } from '../../src/metrics/frechet.js';
import { groupJackknife, influences, standardErrorOf } from '../../src/metrics/frechet-error.js';
import type { Gaussian } from '../../src/statistics/gaussian.js';
import { correlation, mean, variance } from '../core/goodness.js';
import { diagonal, largest, orthogonal } from '../core/matrices.js';
import { byCovariance, byFactor, fidOf, fitted, sample, taken, without } from './samples.js';

/** Normal features of standard deviations 1 to 2, about a mean beside that of the reference. */
const near = (seed: number, count: number, dims: number) =>
  sample(seed, count, dims, (normal, j) => 0.3 + (1 + j / dims) * normal());

/** Normal, of unit covariance, by it. */
const unit = (dims: number): Gaussian => ({
  mean: new Float64Array(dims),
  covariance: diagonal(new Array<number>(dims).fill(1)),
});

async function influencesOf(features: Features, reference: Gaussian): Promise<number[]> {
  return [...(await influences(features, await fitted(features), reference))];
}

/** (n − 1)·(FID − FID without image i), which ψᵢ stands for. */
async function leftOut(features: Features, reference: Gaussian): Promise<number[]> {
  const all = await fidOf(features, reference);
  const out: number[] = [];
  for (let i = 0; i < features.count; i++)
    out.push((features.count - 1) * (all - (await fidOf(taken(features, without(features, i)), reference))));
  return out;
}

function slope(x: readonly number[], y: readonly number[]): number {
  return correlation(x, y) * Math.sqrt(variance(y) / variance(x));
}

const centred = (values: readonly number[]) => values.map((value) => value - mean(values));

describe.each([
  ['more images than dimensions', 400, 8],
  ['blocks of rows and a ragged rest', 2048 + 100, 2],
  ['two more images than dimensions', 26, 24],
])('%s: n = %i, d = %i', (_, n, d) => {
  const features = near(1, n, d);
  const reference = unit(d);
  let psi: number[];
  let truth: number[];
  beforeAll(async () => {
    psi = await influencesOf(features, reference);
    truth = await leftOut(features, reference);
    console.log(n, d, correlation(psi, truth), slope(psi, truth), mean(psi));
  });
  test('x', () => {});
});

describe.each([
  [25, 30],
  [30, 30],
  [12, 64],
])('no more images than dimensions: n = %i, d = %i', (n, d) => {
  test.each(['covariance', 'factor of low rank'])('reference by %s', async (kind) => {
    const reference = kind === 'covariance' ? await byCovariance(sample(3, 500, d)) : byFactor(sample(3, 20, d));
    const features = near(2, n, d);
    const psi = await influencesOf(features, reference);
    const truth = await leftOut(features, reference);
    console.log(n, d, kind, correlation(psi, truth), slope(psi, truth));
  });
});

test('mc', async () => {
  for (const [name, draw] of [['normal', near], ['heavy', (seed: number, n: number, d: number) => sample(seed, n, d, (normal, j) => 0.3 + (1 + j/d) * normal() * Math.exp(0.4*normal()))]] as const) {
    const reference = unit(8);
    const fids: number[] = [], errors: number[] = [];
    for (let draw_ = 0; draw_ < 150; draw_++) {
      const f = draw(100 + draw_, 200, 8);
      fids.push(await fidOf(f, reference));
      errors.push(standardErrorOf(Float64Array.from(await influencesOf(f, reference))));
    }
    console.log(name, Math.sqrt(variance(fids)), mean(errors));
  }
});
void [centred, largest, orthogonal, withFactor, groupJackknife, dense, featuresOf];
