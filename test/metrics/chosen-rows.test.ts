import { expect, test } from 'vitest';
import { featuresOf } from '../../src/extract/features.js';
import { chosenRows } from '../../src/metrics/chosen-rows.js';

const features = featuresOf(
  Float32Array.from({ length: 10_000 }, (_, i) => i),
  2,
);
const row = (i: number) => [2 * i, 2 * i + 1];

test.each([
  ['rising', [1, 2, 5, 4000, 4001]],
  ['falling, and the same twice', [9, 3, 3, 2, 4999, 0]],
  ['every other', Array.from({ length: 2500 }, (_, i) => 2 * i)],
])('the rows in their order: %s', (_, chosen) => {
  const some = chosenRows(features, chosen);
  expect([some.count, some.dims]).toEqual([chosen.length, 2]);
  expect([...some.rows(0, chosen.length)]).toEqual(chosen.flatMap(row));
  expect([...some.rows(2, 4)]).toEqual(chosen.slice(2, 4).flatMap(row));
  expect(some.rows(1, 1)).toHaveLength(0);
});

test('near rows are read at once, and no more than 2048 at a time', () => {
  const reads: [number, number][] = [];
  const rows = (from: number, to: number) => {
    reads.push([from, to]);
    return features.rows(from, to);
  };
  chosenRows({ ...features, rows }, [0, 3, 2047, 2048, 4000]).rows(0, 5);
  expect(reads).toEqual([
    [0, 2048],
    [2048, 4001],
  ]);
});
