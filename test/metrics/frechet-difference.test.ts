import { describe, expect, test } from 'vitest';
import { difference, intervalOf, type Scattered } from '../../src/metrics/frechet-difference.js';

const byImages = (value: number, ...influences: number[]): Scattered => ({
  value,
  scatter: { kind: 'images', influences: Float64Array.from(influences) },
});
const byGroups = (value: number, ...replicates: number[]): Scattered => ({
  value,
  scatter: { kind: 'groups', replicates: Float64Array.from(replicates) },
});

describe('a difference', () => {
  test('by images: sd(ψ_A − ψ_B)/√n', () => {
    const { value, standardError, degrees } = difference(byImages(3, 1, 2, -3), byImages(1, 2, 0, -2));
    // −1, 2, −1: squares 6, over n − 1 = 2 and n = 3.
    expect([value, degrees]).toEqual([2, Number.POSITIVE_INFINITY]);
    expect(standardError).toBeCloseTo(1, 14);
  });

  test('by groups: √((G − 1)/G · Σ(d − d̄)²), G − 1 degrees', () => {
    const { value, standardError, degrees } = difference(byGroups(3, 5, 6, 7, 9), byGroups(1, 4, 4, 4, 4));
    // 1, 2, 3, 5: about 2.75, squares 8.75.
    expect([value, degrees]).toEqual([2, 3]);
    expect(standardError).toBeCloseTo(Math.sqrt((3 / 4) * 8.75), 14);
  });

  test('of a set and itself is 0, without error', () => {
    for (const set of [byImages(3, 1, 2, -3), byGroups(3, 5, 6, 9)])
      expect(difference(set, set)).toMatchObject({ value: 0, standardError: 0 });
  });

  test('turned round has the other sign and the same error', () => {
    const [a, b] = [byGroups(3, 5, 6, 9), byGroups(1, 4, 7, 5)];
    const [one, other] = [difference(a, b), difference(b, a)];
    expect(other.value).toBe(-one.value);
    expect(other.standardError).toBeCloseTo(one.standardError, 14);
  });

  test('of what is not paired is refused', () => {
    expect(() => difference(byImages(1, 1, -1), byGroups(1, 1, 2))).toThrow('by images and by groups is not paired');
    expect(() => difference(byImages(1, 1, -1), byImages(1, 1, -2, 1))).toThrow('of 2 and of 3 is not paired');
    expect(() => difference(byGroups(1, 1, 2, 3), byGroups(1, 1, 2))).toThrow('of 3 and of 2 is not paired');
    expect(() => difference(byGroups(1, 1), byGroups(1, 1))).toThrow('the scatter of 1');
  });
});

describe('its interval', () => {
  test.each([
    // Tables of the normal distribution and of Student's t.
    [Number.POSITIVE_INFINITY, 0.95, 1.959964],
    [Number.POSITIVE_INFINITY, 0.99, 2.575829],
    [9, 0.95, 2.262157],
    [9, 0.99, 3.249836],
    [19, 0.95, 2.093024],
  ])('of %d degrees and level %d reaches %d errors', (degrees, level, reach) => {
    const [low, high] = intervalOf({ value: 10, standardError: 2, degrees }, level);
    expect((high - 10) / 2).toBeCloseTo(reach, 6);
    expect((10 - low) / 2).toBeCloseTo(reach, 6);
  });

  test('of 95% unless another is asked for; not of 0 or 1', () => {
    const some = { value: 1, standardError: 1, degrees: 5 };
    expect(intervalOf(some)).toEqual(intervalOf(some, 0.95));
    expect(() => intervalOf(some, 1)).toThrow('between 0 and 1');
  });
});
