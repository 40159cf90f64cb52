import { describe, expect, test } from 'vitest';
import {
  counted,
  decimalsOf,
  formatChosen,
  formatCount,
  formatDifference,
  formatFid,
  formatInterval,
  formatRate,
  formatShare,
} from '../../src/report/numbers.js';

test.each([
  [0, '0.00'],
  [-1e-13, '0.00'],
  [-0.004, '0.00'],
  [-5.44, '-5.44'],
  [33.915, '33.91'],
  [100, '100.00'],
])('%d prints as %s', (value, text) => {
  expect(formatFid(value)).toBe(text);
});

test.each([
  [0.314, 2, '+0.31'],
  [-0.314, 2, '-0.31'],
  [0.001, 2, '0.00'],
  [-0.001, 2, '0.00'],
  [0.001, 3, '+0.001'],
])('a difference of %d in %d decimals prints as %s', (value, decimals, text) => {
  expect(formatDifference(value, decimals)).toBe(text);
});

test('intervals', () => {
  expect(formatInterval([-1e-13, 1e-13], 4)).toBe('0.0000 … 0.0000');
  expect(formatInterval([-0.5, 1.25])).toBe('-0.50 … 1.25');
  expect(formatInterval([-0.5, 1.25], 3, formatDifference)).toBe('-0.500 … +1.250');
});

test.each([
  [[], 2],
  [[undefined, 0], 2],
  [[3.4], 2],
  [[0.52], 2],
  [[0.052], 3],
  [[undefined, 0.52, 0.0052], 4],
  [[1e-5], 4],
  [[1e-9], 2],
  [[0.52, 1e-9, 0.052], 3],
])('errors %j are shown in %d decimals', (errors, decimals) => {
  expect(decimalsOf(errors)).toBe(decimals);
});

describe('counts, shares and rates', () => {
  test.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [4352, '4,352'],
    [12_345_678, '12,345,678'],
  ])('%d is %s', (n, text) => {
    expect(formatCount(n)).toBe(text);
  });

  test('of one thing it is one', () => {
    expect([1, 0, 2048].map((n) => counted(n, 'image'))).toEqual(['1 image', '0 images', '2,048 images']);
  });

  test('shares are whole percentages, what was chosen is as given', () => {
    expect(formatShare(2912 / 4352)).toBe('67%');
    expect([0.05, 0.01, 0.005, 0.07].map(formatChosen)).toEqual(['5%', '1%', '0.5%', '7%']);
  });

  test('rates have three figures', () => {
    expect([0.123, 4.567, 12.34, 123.4, 12_345].map(formatRate)).toEqual(['0.12', '4.57', '12.3', '123', '12,345']);
  });
});
