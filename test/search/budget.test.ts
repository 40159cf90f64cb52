import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { affordable, expectedImages, parseBudget, type Work } from '../../src/search/budget.js';

describe('a budget', () => {
  test.each([
    ['30m', { seconds: 1800 }],
    ['2h', { seconds: 7200 }],
    ['1.5h', { seconds: 5400 }],
    ['90s', { seconds: 90 }],
    ['200k-images', { images: 200_000 }],
    ['200000-images', { images: 200_000 }],
    [' 0.5M-images ', { images: 500_000 }],
  ])('%j', (text, expected) => {
    expect(parseBudget(text)).toEqual(expected);
  });

  test.each([
    '',
    '30',
    '30 m',
    '-1h',
    '1e3s',
    '0s',
    '0-images',
    '0.5-images',
    '200k',
    'k-images',
    '30min',
    '99999999999999999999-images',
  ])('%j is refused', (text) => {
    expect(() => parseBudget(text)).toThrow(UserError);
    expect(() => parseBudget(text)).toThrow(/^--budget: got ".*", expected a time such as 30m/);
  });
});

const work = (strategy: Work['strategy'], others: Partial<Work> = {}): Work => ({
  strategy,
  settings: 17,
  datasets: 1,
  block: 32,
  images: 50_000,
  least: 0,
  ...others,
});

describe('what is expected', () => {
  test('of a grid: every image of every setting', () => {
    expect(expectedImages(work('grid'))).toBe(850_000);
    expect(expectedImages(work('random', { settings: 5, datasets: 3, images: 100 }))).toBe(1500);
  });

  test('of a race: half of those behind the leader less after every look', () => {
    // 17, 9, 5, 3, 2, 2, 2, 2 settings at looks of 10, 15, 20, 30, 40, 60, 80, 100%.
    const expected = 17 * 10 + 9 * 5 + 5 * 5 + 3 * 10 + 2 * 70;
    expect(expectedImages(work('race', { block: 1, images: 1000 }))).toBe(10 * expected);
    expect(expectedImages(work('race', { block: 1, images: 1000, datasets: 6 }))).toBe(60 * expected);
    expect(expectedImages(work('race', { block: 1, images: 1000, settings: 1 }))).toBe(1000);
    expect(expectedImages(work('race', { block: 1, images: 1000, complete: true }))).toBe(17_000);
  });

  test('of a race that decides nothing at first: all settings up to there', () => {
    // 17, 9, 5, 3 settings at looks of 350 (for 10, 15, 20 and 30%), 400, 600, 800, 1000.
    expect(expectedImages(work('race', { block: 1, images: 1000, least: 350 }))).toBe(
      17 * 350 + 9 * 50 + 5 * 200 + 3 * 200 + 2 * 200,
    );
    // Never: it is a grid.
    expect(expectedImages(work('race', { images: 1000, least: 1000 }))).toBe(17_000);
    expect(expectedImages(work('grid', { images: 1000, least: 400 }))).toBe(17_000);
  });
});

describe('what a budget buys', () => {
  test('of a grid: an equal share in whole blocks', () => {
    expect(affordable(work('grid'), 100_000)).toEqual({ images: 5856 });
    expect(affordable(work('grid', { datasets: 2 }), 100_000)).toEqual({ images: 2912 });
  });

  test('never more than was asked for, nor fewer than two blocks', () => {
    for (const strategy of ['grid', 'race'] as const) {
      expect(affordable(work(strategy), 1e9)).toEqual({ images: 50_000 });
      expect(affordable(work(strategy), 17 * 64)).toEqual({ images: 64 });
      expect(affordable(work(strategy), 17 * 64 - 1)).toEqual({ needed: 17 * 64 });
      expect(affordable(work(strategy, { images: 40 }), 17 * 40)).toEqual({ images: 40 });
      expect(affordable(work(strategy, { images: 40 }), 17 * 40 - 1)).toEqual({ needed: 17 * 40 });
    }
  });

  test('of a race: the most that is expected to be within it, several times as many images', () => {
    for (const budget of [2000, 10_000, 33_333, 200_000]) {
      const bought = affordable(work('race'), budget);
      const images = 'images' in bought ? bought.images : Number.NaN;
      const total = expectedImages(work('race', { images }));
      expect(total).toBeLessThanOrEqual(budget);
      expect(expectedImages(work('race', { images: images + 32 }))).toBeGreaterThan(budget);
      expect(images % 32).toBe(0);
    }
    const [race, grid] = [affordable(work('race'), 200_000), affordable(work('grid'), 200_000)];
    expect('images' in race && 'images' in grid && race.images / grid.images).toBeGreaterThan(3);
  });

  test('of a race: at least its first decision, in whole blocks of every setting and data set', () => {
    const race = (others: Partial<Work> = {}) => work('race', { least: 203, datasets: 2, ...others });
    const needed = 2 * 17 * 224;
    expect(affordable(race(), needed - 1)).toEqual({ needed });
    expect(affordable(race(), needed)).toEqual({ images: 224 });
    expect(affordable(race({ complete: true }), needed - 1)).toEqual({ needed });
    expect(affordable(race({ images: 100 }), 2 * 17 * 100 - 1)).toEqual({ needed: 2 * 17 * 100 });
    // A grid tells something of fewer.
    expect(affordable(work('grid', { least: 203 }), 17 * 64)).toEqual({ images: 64 });
  });

  test('a later first look leaves less for the rest', () => {
    for (const budget of [20_000, 200_000]) {
      const images = [0, 500, 1000].map((least) => {
        const bought = affordable(work('race', { least }), budget);
        expect(bought).toHaveProperty('images');
        const most = (bought as { images: number }).images;
        expect(expectedImages(work('race', { least, images: most }))).toBeLessThanOrEqual(budget);
        expect(most).toBeGreaterThanOrEqual(least);
        return most;
      });
      expect(images).toEqual([...images].sort((a, b) => b - a));
    }
  });
});
