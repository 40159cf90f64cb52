import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { draws, STREAM } from '../../src/core/random.js';
import { draw, type NumberKind, readNumbers, readPairs, readTexts } from '../../src/search/choices.js';
import { chiSquare, chiSquareBound, KS_BOUND, kolmogorovSmirnov } from '../core/goodness.js';

const ANY: NumberKind = { least: 0, open: true, most: 1e6, expected: 'numbers above 0' };
const WHOLE: NumberKind = { least: 2, most: 16, step: 1, expected: 'whole numbers from 2 to 16' };
const FOURS: NumberKind = { least: 16, most: 2048, step: 4, expected: 'multiples of 4 from 16 to 2048' };

const values = (value: unknown, kind = ANY): unknown => {
  const read = readNumbers(value, 'x', kind);
  return read.kind === 'list' ? read.values : read.kind;
};

const sampled = (value: unknown, count: number, kind = ANY): number[] => {
  const read = readNumbers(value, 'x', kind);
  return Array.from({ length: count }, (_, i) => draw(read, draws(3, STREAM.sample, i)));
};

describe('numbers', () => {
  test.each<[unknown, readonly number[]]>([
    [0.5, [0.5]],
    ['0.5', [0.5]],
    [
      [2, 0.5, '1', 2.0],
      [0.5, 1, 2],
    ],
    [{ from: 0.25, to: 4, steps: 5, scale: 'log' }, [0.25, 0.5, 1, 2, 4]],
    [{ from: 1, to: 2, steps: 5 }, [1, 1.25, 1.5, 1.75, 2]],
    [{ from: 1, to: 10, steps: 4, scale: 'log' }, [1, 2.15, 4.64, 10]],
    [{ from: 0.12345, to: 2.34567, steps: 2, scale: 'linear' }, [0.12345, 2.34567]],
  ])('%j', (value, expected) => {
    expect(values(value)).toEqual(expected);
  });

  test.each<[unknown, readonly number[]]>([
    [{ from: 1, to: 1.01, steps: 5 }, [1, 1.002, 1.005, 1.008, 1.01]],
    [{ from: 0.12345, to: 0.12346, steps: 3 }, [0.12345, 0.123455, 0.12346]],
    [{ from: 1000, to: 1004, steps: 5 }, [1000, 1001, 1002, 1003, 1004]],
    // The first digits would make it an end.
    [{ from: 1.004, to: 2, steps: 2 }, [1.004, 2]],
  ])('%j, with as many digits as tell them apart', (value, expected) => {
    expect(values(value)).toEqual(expected);
  });

  test('of any range are as many as its steps', () => {
    for (const scale of ['linear', 'log'])
      for (const steps of [2, 7, 1000, 10_000])
        for (const [from, to] of [
          [1, 1.0001],
          [0.001, 1e6],
          [999, 1001],
        ]) {
          const found = values({ from, to, steps, scale }) as number[];
          expect(found).toHaveLength(steps);
          expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
        }
  });

  test('that are whole, or multiples of 4', () => {
    expect(values([9, 2], WHOLE)).toEqual([2, 9]);
    expect(values({ from: 2, to: 9 }, WHOLE)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
    expect(values({ from: 2, to: 16, steps: 4 }, WHOLE)).toEqual([2, 7, 11, 16]);
    expect(values({ from: 128, to: 512, steps: 3, scale: 'log' }, FOURS)).toEqual([128, 256, 512]);
    expect(values({ from: 16, to: 32 }, FOURS)).toEqual([16, 20, 24, 28, 32]);
  });

  test.each<[unknown, NumberKind, RegExp]>([
    [0, ANY, /^x: got 0, expected numbers above 0\.$/],
    ['a', ANY, /^x: got "a"/],
    ['', ANY, /^x: got ""/],
    [null, ANY, /^x: got null/],
    [true, ANY, /^x: got true/],
    [Number.NaN, ANY, /^x: got NaN/],
    [[1, [2]], ANY, /^x: got \[2\]/],
    [[], ANY, /^x: got \[\], expected at least one value/],
    [2.5, WHOLE, /^x: got 2\.5, expected whole numbers from 2 to 16/],
    [130, FOURS, /^x: got 130, expected multiples of 4/],
    [{}, ANY, /^x: got \{\}, expected a list, \{from, to, steps\} or a distribution/],
    [{ normal: [1, 2] }, ANY, /^x: got .*expected a list/],
    [{ constructor: [1, 2] }, ANY, /^x: got .*expected a list/],
    [{ from: 1, to: 2, step: 3 }, ANY, /^key of x: got "step", expected from, to, steps or scale/],
    [{ from: 1, to: 2 }, ANY, /^steps of x: got nothing/],
    [{ from: 1, to: 2, steps: 1 }, ANY, /^steps of x: got 1/],
    [{ from: 1, to: 2, steps: 1e9 }, ANY, /^steps of x: got 1000000000/],
    [{ from: 1, to: 2, steps: 3, scale: 'cubic' }, ANY, /^scale of x: got "cubic", expected linear or log/],
    [{ from: 2, to: 1, steps: 3 }, ANY, /^x: got \[2,1\], expected a first number below the second/],
    [{ to: 1, steps: 3 }, ANY, /^x: got nothing/],
    [{ from: 1, to: 1 + 1e-12, steps: 90 }, ANY, /^steps of x: got 90, expected steps that 12 digits tell apart/],
    [{ uniform: [1] }, ANY, /^uniform of x: got \[1\], expected a list \[low, high\]/],
    [{ uniform: 3 }, ANY, /^uniform of x: got 3/],
    [{ 'log-uniform': [2, 1] }, ANY, /^x: got \[2,1\]/],
    [{ 'log-uniform': [0, 1] }, { ...ANY, open: false }, /^x: got 0, expected a number above 0, as the scale/],
    [{ uniform: [1, 2], 'log-uniform': [1, 2] }, ANY, /^x: got .*expected uniform alone/],
    [{ uniform: [1, 2], steps: 3 }, ANY, /^x: got .*expected uniform alone/],
  ])('%j is refused', (value, kind, message) => {
    expect(() => readNumbers(value, 'x', kind)).toThrow(UserError);
    expect(() => readNumbers(value, 'x', kind)).toThrow(message);
  });
});

describe('distributions', () => {
  test('are what they say, within their ends, to three digits', () => {
    const uniform = sampled({ uniform: [0.1, 2] }, 3000);
    const log = sampled({ 'log-uniform': [0.1, 10] }, 3000);
    expect(kolmogorovSmirnov(uniform, (x) => (x - 0.1) / 1.9)).toBeLessThan(KS_BOUND);
    expect(kolmogorovSmirnov(log, (x) => Math.log(x / 0.1) / Math.log(100))).toBeLessThan(KS_BOUND);
    expect([...uniform, ...log].every((x) => x >= 0.1 && x <= 10 && Number(x.toPrecision(3)) === x)).toBe(true);
  });

  test('give each whole number as often, the ends too', () => {
    const counts = new Map<number, number>();
    for (const n of sampled({ uniform: [2, 9] }, 4000, WHOLE)) counts.set(n, (counts.get(n) ?? 0) + 1);
    expect([...counts.keys()].sort()).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
    expect(chiSquare([...counts.values()], Array(8).fill(500) as number[])).toBeLessThan(chiSquareBound(7));
    for (const side of sampled({ 'log-uniform': [64, 512] }, 300, FOURS)) {
      expect(side % 4).toBe(0);
      expect(side >= 64 && side <= 512).toBe(true);
    }
  });
});

test('texts, in the order given, each once', () => {
  const upper = (text: string) => text.toUpperCase();
  expect(readTexts(['b', 'a', 'B'], 'x', upper)).toEqual({ kind: 'list', values: ['B', 'A'] });
  expect(readTexts('a', 'x', upper)).toEqual({ kind: 'list', values: ['A'] });
  expect(() => readTexts([], 'x', upper)).toThrow(/^x: got \[\], expected at least one value/);
  for (const wrong of [3, null, [['a']], { a: 1 }])
    expect(() => readTexts(wrong, 'x', upper)).toThrow(/^x: got .* expected a text or a list of texts/);
});

describe('pairs', () => {
  const parse = (text: string) => text.split('-').map(Number) as [number, number];
  const read = (value: unknown) => readPairs(value, 'x', ANY, parse);

  test('by texts, or by what each of the two takes', () => {
    expect(read(['1-2', '1-3'])).toEqual({
      kind: 'list',
      values: [
        [1, 2],
        [1, 3],
      ],
    });
    expect(read({ from: [1, 2], to: [3, 4] })).toEqual({
      kind: 'list',
      values: [
        [1, 3],
        [1, 4],
        [2, 3],
        [2, 4],
      ],
    });
    const drawn = read({ from: 1, to: { uniform: [2, 10] } });
    for (let i = 0; i < 50; i++) {
      const [from, to] = draw(drawn, draws(0, STREAM.sample, i));
      expect(from).toBe(1);
      expect(to >= 2 && to <= 10).toBe(true);
    }
  });

  test('whose first can reach the second are refused', () => {
    expect(() => read({ from: [1, 3], to: [3, 4] })).toThrow(/^x: got .*expected every number of "from" below/);
    expect(() => read({ from: { uniform: [1, 5] }, to: 4 })).toThrow(/below every number of "to"/);
    expect(() => read({ from: 1 })).toThrow(/^to of x: got nothing/);
    expect(() => read({ from: 1, to: 2, steps: 3 })).toThrow(/^key of x: got "steps"/);
  });
});
