import { describe, expect, test } from 'vitest';
import { draws, permuted, philox, STREAM, uniformOf } from '../../src/core/random.js';
import { chiSquare, chiSquareBound, correlation, KS_BOUND, kolmogorovSmirnov } from './goodness.js';

const ONES = 0xffffffff;
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('Philox4x32-10', () => {
  // kat_vectors of Random123 (Salmon et al.).
  test.each([
    [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [[ONES, ONES, ONES, ONES], [ONES, ONES], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], 'd16cfe09 94fdcceb 5001e420 24126ea1'],
  ] as const)('known answer of counter %j, key %j', (counter, key, answer) => {
    const words = philox(counter, key).map((word) => word.toString(16).padStart(8, '0'));
    expect(words.join(' ')).toBe(answer);
  });
});

describe('draws', () => {
  test('lie in the open interval at both ends', () => {
    expect(uniformOf(0, 0)).toBeGreaterThan(0);
    expect(uniformOf(ONES, ONES)).toBeLessThan(1);
    expect(uniformOf(0x80000000, 0)).toBeCloseTo(0.5, 15);
    expect(uniformOf(0, ONES)).toBeLessThan(2 ** -26);
  });

  test('are uniform within an index and across indices, slots, streams and seeds', () => {
    const one = draws(7, STREAM.genes, 3);
    const sequences = [
      range(10_000).map(() => one()),
      range(10_000).map((j) => draws(7, STREAM.weight, j)()),
      range(10_000).map((k) => draws(7, STREAM.weight, 0, k)()),
      range(10_000).map((seed) => draws(seed, STREAM.box, 0)()),
      range(10_000).map((high) => draws(high * 2 ** 32, STREAM.box, 0)()),
    ];
    for (const values of sequences) expect(kolmogorovSmirnov(values, (x) => x)).toBeLessThan(KS_BOUND);
  });

  test('are not correlated with those of the next seed, stream, index or slot, nor with the next draw', () => {
    const n = 10_000;
    const from = (seed: number, stream: 1 | 2, index: number, slot: number) => {
      const uniform = draws(seed, stream, index, slot);
      return range(n).map(() => uniform());
    };
    const base = from(5, 1, 9, 2);
    const others = [
      from(6, 1, 9, 2),
      from(5 + 2 ** 32, 1, 9, 2),
      from(5, 2, 9, 2),
      from(5, 1, 10, 2),
      from(5, 1, 9, 3),
    ];
    for (const other of [...others, [...base.slice(1), base[0]!]]) {
      expect(Math.abs(correlation(base, other))).toBeLessThan(4 / Math.sqrt(n));
    }
  });

  test('are a function of seed, stream, index and slot: the order of calls changes nothing', () => {
    const indices = range(50);
    const first = (j: number) => {
      const uniform = draws(1, STREAM.choice, j, 4);
      return [uniform(), uniform(), uniform()];
    };
    const forward = indices.map(first);
    const backward = [...indices].reverse().map(first).reverse();
    expect(backward).toEqual(forward);

    const [a, b] = [draws(1, STREAM.choice, 0, 4), draws(1, STREAM.choice, 1, 4)];
    const interleaved = range(3).map(() => [a(), b()]);
    expect(interleaved.map(([x]) => x)).toEqual(forward[0]);
    expect(interleaved.map(([, y]) => y)).toEqual(forward[1]);
    expect(new Set(forward.flat()).size).toBe(150);
  });

  test('take the largest seed, index and slot', () => {
    const uniform = draws(Number.MAX_SAFE_INTEGER, STREAM.order, ONES, ONES);
    expect(uniform()).not.toBe(draws(Number.MAX_SAFE_INTEGER - 1, STREAM.order, ONES, ONES)());
  });
});

describe('permuted', () => {
  test.each([1, 2, 3, 4, 5, 10, 16, 17, 63, 100, 1000, 4097])('is a bijection of 0 … %i − 1', (count) => {
    for (const [seed, epoch] of [
      [0, 0],
      [1, 0],
      [0, 1],
      [2 ** 40, 9],
    ] as const) {
      const places = range(count).map((i) => permuted(i, count, seed, epoch));
      expect([...places].sort((a, b) => a - b)).toEqual(range(count));
    }
  });

  test('another epoch or seed is another permutation, and none leaves things in order', () => {
    const order = (seed: number, epoch: number) => range(1000).map((i) => permuted(i, 1000, seed, epoch));
    const orders = [order(0, 0), order(0, 1), order(0, 2), order(1, 0), order(2 ** 32, 0), range(1000)];
    for (const [i, a] of orders.entries()) {
      for (const b of orders.slice(0, i)) {
        // Two random permutations agree in one place on average (Poisson).
        expect(a.filter((place, k) => place === b[k]).length).toBeLessThan(8);
      }
    }
  });

  test('another stream is another permutation, and the stream of a sweep’s order is the default', () => {
    const order = (...stream: [] | [5 | 6]) => range(1000).map((i) => permuted(i, 1000, 3, 0, ...stream));
    expect(order()).toEqual(order(STREAM.order));
    const sample = order(STREAM.sample);
    expect([...sample].sort((a, b) => a - b)).toEqual(range(1000));
    expect(order().filter((place, k) => place === sample[k]).length).toBeLessThan(8);
    // Part of every published result.
    expect(range(6).map((i) => permuted(i, 10, 0))).toEqual([3, 4, 8, 5, 7, 1]);
  });

  test.each([2, 3, 10, 13])('takes element 0 of %i everywhere equally often', (count) => {
    const epochs = 4000;
    const counts = range(count).map(() => 0);
    for (let epoch = 0; epoch < epochs; epoch++) counts[permuted(0, count, 3, epoch)]!++;
    const bound = count === 2 ? 10.83 : chiSquareBound(count - 1);
    expect(
      chiSquare(
        counts,
        counts.map(() => epochs / count),
      ),
    ).toBeLessThan(bound);
  });

  test('needs no table: one of a billion is found at once, and inside', () => {
    const count = 1_000_000_007;
    const places = range(200).map((i) => permuted(i, count, 11));
    expect(new Set(places).size).toBe(200);
    expect(places.every((place) => Number.isInteger(place) && place >= 0 && place < count)).toBe(true);
    expect(kolmogorovSmirnov(places, (x) => x / count)).toBeLessThan(KS_BOUND);
  });
});
