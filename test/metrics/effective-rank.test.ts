import { expect, test } from 'vitest';
import { dense } from '../../src/core/linear.js';
import { effectiveRank } from '../../src/metrics/effective-rank.js';

const diagonal = (values: readonly number[]) => {
  const out = dense(values.length, values.length);
  for (const [i, value] of values.entries()) out.data[i * (values.length + 1)] = value;
  return { mean: new Float64Array(values.length), covariance: out };
};

test('of equal variances it is their number, whatever their size', async () => {
  expect(await effectiveRank(diagonal([3, 3, 3, 3, 3]))).toBeCloseTo(5, 10);
  expect(await effectiveRank(diagonal([0, 7, 7, 0]))).toBeCloseTo(2, 10);
  expect(await effectiveRank(diagonal([1e-9]))).toBeCloseTo(1, 10);
});

test('of shares ½, ¼, ¼ it is 2^1.5', async () => {
  expect(await effectiveRank(diagonal([2, 1, 1]))).toBeCloseTo(2 ** 1.5, 10);
});

test('a factor has the rank of its covariance', async () => {
  const factor = dense(2, 3, Float64Array.of(1, 2, 3, -1, 0, 2));
  const covariance = dense(3, 3);
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++)
      for (let k = 0; k < 2; k++) covariance.data[i * 3 + j]! += factor.data[k * 3 + i]! * factor.data[k * 3 + j]!;
  const mean = new Float64Array(3);
  expect(await effectiveRank({ mean, factor })).toBeCloseTo(await effectiveRank({ mean, covariance }), 10);
});

test('nothing that varies has one', async () => {
  expect(await effectiveRank(diagonal([0, 0]))).toBe(1);
});
