import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { type ChoiceWeights, type Point, pareto, parseChoice, recommend } from '../../src/search/choice.js';

const point = (setting: string, fid: number, vendi: number | undefined, cost: number): Point => ({
  setting,
  fid,
  cost,
  ...(vendi !== undefined && { vendi }),
});

describe('the Pareto set', () => {
  test('is what nothing beats in FID, diversity and cost at once', () => {
    const points = [
      point('none', 50, 10, 1),
      point('mixup:2', 40, 12, 2),
      point('mixup:4', 35, 11, 4),
      point('mixup:6', 35, 14, 6),
      point('mixup:9', 36, 13, 9),
      point('cutmix:2', 41, 12, 2),
    ];
    expect(pareto(points)).toEqual(['none', 'mixup:2', 'mixup:4', 'mixup:6']);
  });

  test('keeps equals, compares by the rest where there is no Vendi score', () => {
    expect(pareto([point('a', 1, 5, 1), point('b', 1, 5, 1)])).toEqual(['a', 'b']);
    expect(pareto([point('a', 1, undefined, 1), point('b', 2, 99, 1)])).toEqual(['a']);
    expect(pareto([point('a', 1, undefined, 2), point('b', 2, 99, 1)])).toEqual(['a', 'b']);
    expect(pareto([])).toEqual([]);
  });

  test('no member beats another, and each of the rest is beaten by a member', () => {
    const points = Array.from({ length: 60 }, (_, i) =>
      point(String(i), (i * 37) % 61, 1 + ((i * 17) % 59), 1 + ((i * 29) % 53)),
    );
    const beats = (a: Point, b: Point) => a.fid < b.fid && a.vendi! > b.vendi! && a.cost < b.cost;
    const members = new Set(pareto(points));
    const [inside, outside] = [
      points.filter((p) => members.has(p.setting)),
      points.filter((p) => !members.has(p.setting)),
    ];
    expect(outside.length).toBeGreaterThan(0);
    for (const p of inside) expect(points.some((other) => beats(other, p))).toBe(false);
    for (const p of outside) expect(inside.some((other) => beats(other, p) || other.fid === p.fid)).toBe(true);
  });

  test('no number is refused', () => {
    expect(() => pareto([point('a', Number.NaN, 1, 1)])).toThrow(/a: FID NaN/);
    expect(() => pareto([point('a', 1, 0, 1)])).toThrow(/Vendi 0/);
    expect(() => pareto([point('a', 1, 1, 0)])).toThrow(/cost 0/);
  });
});

describe('the recommended setting', () => {
  const points = [
    point('mixup:4', 30, 20, 4),
    point('mixup:5', 31, 22, 5),
    point('mixup:6', 31.5, 23.14, 6),
    point('mixup:9', 31.2, 40, 9),
    point('none', 60, 99, 1),
  ];
  const tied = ['mixup:4', 'mixup:5', 'mixup:6', 'mixup:9'];

  test('is of the tied the most diverse that takes at most twice the cheapest', () => {
    expect(recommend(points, tied, {})).toEqual({
      setting: 'mixup:6',
      reason:
        'One of 4 settings that are less than 1.96 standard errors behind the best FID; the most diverse of them (Vendi 23.1) that takes at most 2 times the base images of the cheapest (6 against 4).',
    });
    expect(recommend(points, tied, { factor: 1 }).setting).toBe('mixup:4');
    expect(recommend(points, tied, { factor: 3 }).setting).toBe('mixup:9');
  });

  test('is the cheaper, then the better, of two alike in diversity', () => {
    const alike = [point('a', 1, 5, 3), point('b', 2, 5, 2), point('c', 1.5, 5, 2)];
    expect(recommend(alike, ['a', 'b', 'c']).setting).toBe('c');
  });

  test('is the best where nothing is tied with it, or no diversity is known', () => {
    expect(recommend(points, ['mixup:4'], {})).toEqual({
      setting: 'mixup:4',
      reason: 'The best FID: every other setting is more than 1.96 standard errors behind it.',
    });
    const bare = [point('a', 2, undefined, 1), point('b', 1, undefined, 2), point('c', 0.5, undefined, 3)];
    expect(recommend(bare, ['a', 'b', 'c'])).toEqual({
      setting: 'b',
      reason:
        'One of 3 settings that are less than 1.96 standard errors behind the best FID; as no diversity was measured, the best of them that takes at most 2 times the base images of the cheapest (2 against 1).',
    });
    expect(() => recommend(points, [])).toThrow(/no settings/);
  });

  describe('by weights', () => {
    const weigh = (weights: Partial<ChoiceWeights>, among = points) =>
      recommend(among, [], { weights: { fid: 0, diversity: 0, cost: 0, ...weights } });

    test('of one thing alone is its best', () => {
      expect(weigh({ fid: 1 }).setting).toBe('mixup:4');
      expect(weigh({ diversity: 1 }).setting).toBe('none');
      expect(weigh({ cost: 1 }).setting).toBe('none');
    });

    test('is the least weighted sum of logarithms, over all settings', () => {
      // ln(60/30) + ½·ln(99/99) = 0.69; ln(31.2/30) + ½·ln(99/40) = 0.49 of mixup:9; the rest more.
      expect(weigh({ fid: 1, diversity: 0.5 })).toEqual({
        setting: 'mixup:9',
        reason:
          'The least 1·ln(FID / 30.0) + 0.5·ln(99.0 / Vendi) of 5 settings, with FID 31.2, Vendi 40.0 and 9 base images.',
      });
    });

    test('does not change with the units of FID, and multiplies with the weights', () => {
      const scaled = points.map((p) => ({ ...p, fid: p.fid * 1e-4 }));
      for (const weights of [
        { fid: 1, diversity: 0.5, cost: 0.2 },
        { fid: 1, cost: 1 },
        { fid: 3, cost: 1 },
      ])
        expect(weigh(weights, scaled).setting).toBe(weigh(weights).setting);
      expect(weigh({ fid: 2, diversity: 1 }).setting).toBe(weigh({ fid: 1, diversity: 0.5 }).setting);
    });

    test('an FID of 0 or less is a thousandth of the largest', () => {
      const perfect = [point('self', -0.001, 2, 8), point('none', 0.05, 2, 1), point('far', 10, 2, 1)];
      // ln(0.05/0.01) = 1.6 against ln(8) = 2.1.
      expect(weigh({ fid: 1, cost: 1 }, perfect).setting).toBe('none');
      expect(weigh({ fid: 2, cost: 1 }, perfect).setting).toBe('self');
      expect(weigh({ fid: 1, cost: 1 }, [point('a', 0, 1, 2), point('b', 0, 1, 1)]).setting).toBe('b');
    });

    test('settings of unknown diversity are left out when it weighs, unless all are', () => {
      const some = [point('a', 1, undefined, 1), point('b', 2, 5, 1)];
      expect(weigh({ fid: 1, diversity: 1 }, some).setting).toBe('b');
      expect(weigh({ fid: 1 }, some).setting).toBe('a');
      const { setting, reason } = weigh({ fid: 1, diversity: 1 }, [point('a', 1, undefined, 1)]);
      expect(setting).toBe('a');
      expect(reason).toMatch(/and 1 base image\. No diversity was measured, so it does not count\.$/);
    });
  });
});

describe('weights', () => {
  test.each([
    ['fid=1,diversity=0.5,cost=1', { fid: 1, diversity: 0.5, cost: 1 }],
    [' fid = 2 , cost=.5', { fid: 2, diversity: 0, cost: 0.5 }],
    ['diversity=1e-3', { fid: 0, diversity: 0.001, cost: 0 }],
  ])('%j', (text, expected) => {
    expect(parseChoice(text)).toEqual(expected);
  });

  test.each([
    '',
    'fid',
    'fid=',
    'fid=-1',
    'fid=x',
    'fid=1,fid=2',
    'speed=1',
    '__proto__=1',
    'fid=1,',
    'fid=0',
    'fid=Infinity',
  ])('%j is refused', (text) => {
    expect(() => parseChoice(text)).toThrow(UserError);
    expect(() => parseChoice(text)).toThrow(/^--choose: got /);
  });
});
