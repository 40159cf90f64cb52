import { expect, test } from 'vitest';
import { ticks } from '../../src/report/ticks.js';

test.each([
  [
    [3.1, 3.9],
    ['3.2', '3.4', '3.6', '3.8'],
  ],
  [
    [0, 100],
    ['0', '20', '40', '60', '80', '100'],
  ],
  [
    [-0.02, 0.03],
    ['-0.02', '-0.01', '0.00', '0.01', '0.02', '0.03'],
  ],
  [
    [1000, 1900],
    ['1000', '1200', '1400', '1600', '1800'],
  ],
])('%j is marked at %j', (values, texts) => {
  expect(ticks(values).marks.map(({ text }) => text)).toEqual(texts);
});

test('holds all values, and marks 2 to 7 multiples of 1, 2 or 5 times a power of ten, at any size', () => {
  for (let i = 0; i < 400; i++) {
    const size = 10 ** (((i * 7) % 13) - 6);
    const from = ((i * 0.618) % 1) * 40 * size;
    const values = [from, from + size * (0.3 + ((i * 0.382) % 1) * 9)];
    const { low, high, marks } = ticks(values);
    expect(low).toBeLessThan(values[0]!);
    expect(high).toBeGreaterThan(values[1]!);
    expect(marks.length).toBeGreaterThanOrEqual(2);
    expect(marks.length).toBeLessThanOrEqual(7);
    const step = marks[1]!.value - marks[0]!.value;
    expect(step.toExponential(6)).toMatch(/^[125]\.000000e/);
    for (const { value, text } of marks) expect(Math.abs(Number(text) - value)).toBeLessThan(step * 1e-6);
  }
});

test.each([[[5]], [[5, 5, 5]], [[]], [[1e6, 1e6 + 1e-6]]])('%j, without extent, gets an axis of width 1', (values) => {
  const { low, high, marks } = ticks(values);
  expect(high - low).toBeCloseTo(1, 5);
  expect(marks.length).toBeGreaterThan(1);
});
