import { describe, expect, test } from 'vitest';
import { readSettings } from '../../src/cli/axes.js';
import type { Values } from '../../src/cli/values.js';
import { UserError } from '../../src/core/errors.js';
import { parseSetting, settingKey } from '../../src/mix/setting.js';

const keys = (values: Values, trials?: number, seed = 0) =>
  readSettings(values, { resolution: 256, trials, seed }).map(settingKey);
const space = (axes: unknown, trials?: number, seed = 0) => keys({ space: axes }, trials, seed);

const TABLE_1 = [
  'none',
  ...['mixup', 'cutmix'].flatMap((method) => [2, 3, 4, 5, 6, 7, 8, 9].map((n) => `${method}:${n}`)),
];

describe('without a space', () => {
  test("the paper's 17 settings, in the row order of its Table 1", () => {
    expect(keys({})).toEqual(TABLE_1);
    expect(space({})).toEqual(TABLE_1);
  });

  test('flags say methods, N and options', () => {
    expect(keys({ methods: 'cutmix,none,mixup', n: '3,2', weights: 'equal', 'cutmix-alpha': '0.5' })).toEqual([
      'cutmix:2?alpha=0.5',
      'cutmix:3?alpha=0.5',
      'none',
      'mixup:2?weights=equal',
      'mixup:3?weights=equal',
    ]);
    expect(() => keys({ n: '2-17' })).toThrow(/^--n: got "2-17"/);
    expect(() => keys({ methods: 'blend' })).toThrow(/^method: got "blend"/);
    expect(() => keys({ weights: 'odd' })).toThrow(/^weights: got "odd"/);
    expect(() => keys({ 'cutmix-alpha': '0' })).toThrow(/^--cutmix-alpha: got "0"/);
  });
});

describe('the grid of a space', () => {
  test('goes by method, N and options; an axis applies to what has it', () => {
    expect(
      space({ method: ['none', 'mixup', 'cutmix'], n: 2, weights: ['equal', 'dirichlet'], alpha: [2, 1] }),
    ).toEqual(['none', 'mixup:2?weights=equal', 'mixup:2', 'cutmix:2', 'cutmix:2?alpha=2']);
    expect(space({ method: 'cutmixup', n: [3, '2'], weights: ['equal'], alpha: 0.5, resolution: [64] })).toEqual([
      'cutmixup:2?weights=equal&alpha=0.5&resolution=64',
      'cutmixup:3?weights=equal&alpha=0.5&resolution=64',
    ]);
  });

  test('N is read as --n is', () => {
    const of = (n: unknown) => space({ method: 'mixup', n }).map((key) => Number(key.slice(6)));
    expect(of('2-4')).toEqual([2, 3, 4]);
    expect(of(['8-9', 2, '2-3'])).toEqual([2, 3, 8, 9]);
    expect(of({ from: 2, to: 16, steps: 3 })).toEqual([2, 9, 16]);
    expect(of('2,4,6')).toEqual([2, 4, 6]);
    expect(of('2-4, 8')).toEqual([2, 3, 4, 8]);
    expect(of([16, '9,2'])).toEqual([2, 9, 16]);
    for (const n of ['2-4,8', '9,2', '5'])
      expect(space({ method: 'mixup', n }).sort()).toEqual(keys({ methods: 'mixup', n }).sort());
  });

  test('dirichlet-alpha is the α of every Dirichlet law that has none of its own', () => {
    const both = { method: 'mixup', n: 2, 'dirichlet-alpha': { from: 0.25, to: 4, steps: 3, scale: 'log' } };
    expect(space(both)).toEqual(['mixup:2?weights=dirichlet(0.25)', 'mixup:2', 'mixup:2?weights=dirichlet(4)']);
    expect(space({ ...both, weights: ['equal', 'dirichlet', 'dirichlet(4)', 'dirichlet(0.5)'] })).toEqual([
      'mixup:2?weights=equal',
      'mixup:2?weights=dirichlet(0.25)',
      'mixup:2',
      'mixup:2?weights=dirichlet(4)',
      'mixup:2?weights=dirichlet(0.5)',
    ]);
  });

  test("the sweep's own resolution, the usual time and other defaults are no other settings", () => {
    expect(space({ method: ['none', 'cutmix'], n: 2, alpha: [0.5, 1], resolution: [128, 256] })).toEqual([
      'none?resolution=128',
      'none',
      'cutmix:2?alpha=0.5&resolution=128',
      'cutmix:2?alpha=0.5',
      'cutmix:2?resolution=128',
      'cutmix:2',
    ]);
    expect(space({ method: 'none', time: ['0.1-10', '0.1-2', '0.10-2.0'] })).toEqual(['none', 'none?time=0.1-2']);
    expect(space({ method: 'none', time: { from: 0, to: [1, 2] } })).toEqual(['none?time=0-1', 'none?time=0-2']);
  });

  test('every setting of a large space is its key read back, once', () => {
    const all = readSettings(
      {
        space: {
          method: ['none', 'mixup', 'cutmix', 'cutmixup'],
          n: '2-5',
          weights: ['equal', 'dirichlet', 'normalized-uniform'],
          'dirichlet-alpha': [0.5, 1, 2],
          alpha: [0.5, 1],
          resolution: [64, 256],
          time: ['0-1', '0.1-10'],
        },
      },
      { resolution: 256 },
    );
    expect(all).toHaveLength(4 * (1 + 4 * 5 + 4 * 2 + 4 * 10));
    expect(new Set(all.map(settingKey)).size).toBe(all.length);
    expect(all.map((one) => parseSetting(settingKey(one)))).toEqual(all);
  });
});

describe('truncation', () => {
  const tenths = ['0.3', '0.4', '0.5', '0.6', '0.7', '0.8', '0.9', '1'].map((psi) => `truncation?psi=${psi}`);

  test('goes by ψ, in steps that are written as they are meant', () => {
    expect(keys({ methods: 'truncation', psi: '0.3-1.0:0.1' })).toEqual(tenths);
    expect(keys({ methods: 'truncation', psi: '0.3-0.75:0.1,1.5' })).toEqual([
      ...tenths.slice(0, 5),
      'truncation?psi=1.5',
    ]);
    expect(keys({ methods: 'none,truncation,mixup', n: 2, psi: '0.5,0.7' })).toEqual([
      'none',
      'truncation?psi=0.5',
      'truncation?psi=0.7',
      'mixup:2',
    ]);
    expect(keys({ methods: 'truncation', psi: 0.5 })).toEqual(['truncation?psi=0.5']);
    expect(keys({ methods: 'truncation', psi: '.05-.2:.05' })).toEqual(
      ['0.05', '0.1', '0.15', '0.2'].map((psi) => `truncation?psi=${psi}`),
    );
  });

  test('is an axis of a space', () => {
    expect(space({ method: ['none', 'truncation'], psi: '0.3-1.0:0.1' })).toEqual(['none', ...tenths]);
    expect(space({ method: 'truncation', psi: [0.7, '0.3-0.4:0.1'] })).toEqual(
      ['0.3', '0.4', '0.7'].map((psi) => `truncation?psi=${psi}`),
    );
    expect(space({ method: 'truncation', psi: { from: 0, to: 1, steps: 3 } })).toEqual(
      ['0', '0.5', '1'].map((psi) => `truncation?psi=${psi}`),
    );
    const drawn = space({ method: ['none', 'truncation'], psi: { uniform: [0, 2] }, time: ['0-1'] }, 9);
    expect(drawn[0]).toBe('none?time=0-1');
    expect(drawn).toHaveLength(9);
    for (const key of drawn.slice(1)) expect(settingKey(parseSetting(key))).toMatch(/^truncation\?psi=[\d.]+$/);
    expect(keys({ space: { method: 'truncation', psi: [0.1] }, psi: '0.9' })).toEqual(['truncation?psi=0.9']);
  });

  test.each([
    [{ methods: 'truncation' }, '--psi: got nothing, expected values of ψ for the method truncation'],
    [{ methods: 'none', psi: '0.5' }, '--psi: got "0.5", expected a method that has it. Add truncation to --methods.'],
    [{ methods: 'truncation', psi: '0.5-1' }, '--psi: got "0.5-1", expected FROM-TO:STEP'],
    [{ methods: 'truncation', psi: '1-0.5:0.1' }, '--psi: got "1-0.5:0.1", expected FROM-TO:STEP'],
    [{ methods: 'truncation', psi: '0.5-1:0' }, '--psi: got "0.5-1:0", expected FROM-TO:STEP'],
    [{ methods: 'truncation', psi: '0-2:0.0001' }, '--psi: got "0-2:0.0001", expected a range of at most 10000'],
    [{ methods: 'truncation', psi: '0.5,2.1' }, '--psi: got "2.1", expected numbers from 0 to 2'],
    [{ methods: 'truncation', psi: '-1' }, '--psi: got "-1", expected numbers from 0 to 2'],
    [{ methods: 'truncation', psi: 'half' }, '--psi: got "half", expected numbers from 0 to 2'],
    [{ space: { method: 'none', psi: [0.5] } }, 'psi in space: got [0.5], expected a method in space that has it.'],
  ])('%j is refused', (values, message) => {
    expect(() => keys(values)).toThrow(UserError);
    expect(() => keys(values)).toThrow(message);
  });
});

test('flags win over the axes of the same', () => {
  const axes = {
    method: ['mixup', 'cutmix'],
    n: '2-9',
    weights: ['equal'],
    'dirichlet-alpha': { uniform: [1, 2] },
    alpha: [1, 2],
  };
  const wins = (flags: Values) => keys({ space: axes, ...flags });
  expect(wins({ weights: 'dirichlet', n: 2 })).toEqual(['mixup:2', 'cutmix:2', 'cutmix:2?alpha=2']);
  expect(wins({ methods: 'none' })).toEqual(['none']);
  expect(wins({ methods: 'cutmix', n: '2', 'cutmix-alpha': '3' })).toEqual(['cutmix:2?alpha=3']);
});

describe('what is drawn of a space', () => {
  const axes = {
    method: ['mixup', 'cutmix', 'none'],
    n: '2-9',
    alpha: { 'log-uniform': [0.1, 10] },
    'dirichlet-alpha': { uniform: [0.1, 2] },
    resolution: { uniform: [64, 256] },
    time: { from: 0, to: { uniform: [1, 10] } },
  };

  test('begins with none, more trials extend it, keys stay short', () => {
    const all = space(axes, 60);
    expect(new Set(all).size).toBe(60);
    expect(all[0]).toMatch(/^none/);
    for (const trials of [1, 7, 30]) expect(space(axes, trials)).toEqual(all.slice(0, trials));
    expect(space(axes, 60, 1)).not.toEqual(all);
    for (const key of all) {
      expect(settingKey(parseSetting(key))).toBe(key);
      for (const number of key.match(/[\d.]+/g)!)
        expect(number.replace(/^0*\.?0*|\./g, '').length).toBeLessThanOrEqual(3);
    }
  });

  test('is all of a space of fewer', () => {
    expect(space({}, 40).sort()).toEqual([...TABLE_1].sort());
    expect(space({}, 40)[0]).toBe('none');
    expect(space({}, 5)).toEqual(space({}, 40).slice(0, 5));
    expect(space({ method: 'none' }, 3)).toEqual(['none']);
  });

  test('the draws of a seed are part of published results', () => {
    expect(space(axes, 4)).toMatchInlineSnapshot(`
      [
        "none?resolution=120&time=0-6.17",
        "none?resolution=128&time=0-1.93",
        "mixup:7?weights=dirichlet(1.82)&resolution=216&time=0-2.75",
        "mixup:4?weights=dirichlet(0.349)&resolution=152&time=0-7.33",
      ]
    `);
  });
});

describe('a space that is wrong is refused', () => {
  test.each<[unknown, RegExp]>([
    [[], /^space: got \[\], expected a map of axes/],
    ['grid', /^space: got "grid"/],
    [null, /^space: got null/],
    [
      { methods: ['none'] },
      /^axis of space: got "methods", expected method, n, weights, dirichlet-alpha, alpha, resolution, time or psi\. Did you mean "method"\?$/,
    ],
    [JSON.parse('{"__proto__": 1}'), /^axis of space: got "__proto__"/],
    [{ method: 3 }, /^method in space: got 3, expected a text or a list of texts/],
    [{ method: ['blend'] }, /^method: got "blend"/],
    [{ method: [] }, /^method in space: got \[\]/],
    [{ n: 1 }, /^n in space: got 1, expected whole numbers from 2 to 16/],
    [{ n: '9-2' }, /^n in space: got "9-2"/],
    [{ n: '2,17' }, /^n in space: got "17"/],
    [{ n: '2,,4' }, /^n in space: got ""/],
    [{ n: '2,4.5' }, /^n in space: got "4\.5"/],
    [{ n: null }, /^n in space: got null/],
    [{ n: { from: 2, to: 99 } }, /^n in space: got 99/],
    [{ weights: ['odd'] }, /^weights: got "odd"/],
    [{ alpha: { uniform: [0, 1] } }, /^alpha in space: got 0, expected numbers above 0/],
    [{ alpha: ['x'] }, /^alpha in space: got "x"/],
    [{ alpha: { from: 1, to: 2 } }, /^steps of alpha in space: got nothing/],
    [{ resolution: [100, 130] }, /^resolution in space: got 130, expected multiples of 4 from 16 to 2048/],
    [{ time: ['2-1'] }, /^time: got "2-1"/],
    [{ time: [2] }, /^time in space: got 2/],
    [{ time: { from: [0, 3], to: [1, 4] } }, /^time in space: got .*every number of "from" below/],
    [{ time: { from: 0, to: 2000 } }, /^to of time in space: got 2000/],
    [{ alpha: { uniform: [1, 2] } }, /^Space: "alpha" is a distribution.*--trials/],
    [
      { method: ['none', 'mixup'], alpha: [1, 2] },
      /^alpha in space: got \[1,2\], expected a method in space that has it/,
    ],
    [{ method: 'none', n: [2] }, /^n in space: got \[2\]/],
    // N, which nobody has given, is idle here too.
    [{ method: ['none'], alpha: 2 }, /^alpha in space: got 2, expected a method in space that has it/],
    [{ method: 'none', 'dirichlet-alpha': [1, 2] }, /^dirichlet-alpha in space: got \[1,2\]/],
    [{ weights: ['equal', 'dirichlet(2)'], 'dirichlet-alpha': [1] }, /^dirichlet-alpha in space: got \[1\]/],
    [{ alpha: { from: 1, to: 2, steps: 3000 }, resolution: { from: 16, to: 2048 } }, /^Space: it has more than 10000/],
  ])('%j', (axes, message) => {
    expect(() => space(axes)).toThrow(UserError);
    expect(() => space(axes)).toThrow(message);
  });
});
