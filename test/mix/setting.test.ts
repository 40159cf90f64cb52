import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { TIME } from '../../src/dataset/program-set.js';
import {
  DEFAULT_TIME,
  hasOption,
  MAX_N,
  METHODS,
  mixes,
  needs,
  parseMethod,
  parseSetting,
  parseTime,
  parseWeights,
  type SettingOptions,
  setting,
  settingKey,
} from '../../src/mix/setting.js';

const DIRICHLET = { law: 'dirichlet', alpha: 1 } as const;

test.each([
  ['none', { method: 'none', n: 1 }],
  ['mixup:6', { method: 'mixup', n: 6, weights: DIRICHLET }],
  ['cutmix:2', { method: 'cutmix', n: 2, alpha: 1 }],
  ['cutmixup:16', { method: 'cutmixup', n: 16, weights: DIRICHLET, alpha: 1 }],
  ['mixup:3?weights=dirichlet(0.5)', { method: 'mixup', n: 3, weights: { law: 'dirichlet', alpha: 0.5 } }],
  ['mixup:3?weights=equal', { method: 'mixup', n: 3, weights: { law: 'equal' } }],
  ['mixup:3?weights=normalized-uniform', { method: 'mixup', n: 3, weights: { law: 'normalized-uniform' } }],
  ['cutmix:4?alpha=0.25', { method: 'cutmix', n: 4, alpha: 0.25 }],
  ['cutmix:4?alpha=1e-7', { method: 'cutmix', n: 4, alpha: 1e-7 }],
  ['none?resolution=128', { method: 'none', n: 1, resolution: 128 }],
  ['none?time=0-1000', { method: 'none', n: 1, time: [0, 1000] }],
  ['cutmix:2?time=1e-7-0.5', { method: 'cutmix', n: 2, alpha: 1, time: [1e-7, 0.5] }],
  [
    'cutmixup:3?weights=equal&alpha=0.5&resolution=2048&time=0.1-2',
    { method: 'cutmixup', n: 3, weights: { law: 'equal' }, alpha: 0.5, resolution: 2048, time: [0.1, 2] },
  ],
  ['truncation?psi=0.7', { method: 'truncation', n: 1, psi: 0.7 }],
  ['truncation?psi=0', { method: 'truncation', n: 1, psi: 0 }],
  ['truncation?resolution=128&psi=2', { method: 'truncation', n: 1, resolution: 128, psi: 2 }],
  ['cutmixup:5?weights=equal&alpha=2', { method: 'cutmixup', n: 5, weights: { law: 'equal' }, alpha: 2 }],
] as const)('%s is read, and written back', (text, expected) => {
  expect(parseSetting(text)).toEqual(expected);
  expect(settingKey(parseSetting(text))).toBe(text);
});

test('equal settings have equal keys: defaults and letter case are left out', () => {
  for (const text of ['mixup:6?weights=dirichlet', 'mixup:6?weights=dirichlet(1)', 'MixUp:6', 'mixup:6?']) {
    expect(settingKey(parseSetting(text))).toBe('mixup:6');
  }
  expect(settingKey(parseSetting('cutmixup:2?alpha=3&weights=equal'))).toBe('cutmixup:2?weights=equal&alpha=3');
  expect(settingKey(setting('none', 9))).toBe('none');
});

test('equal settings have equal keys: numbers are written one way, the usual time range is left out', () => {
  for (const text of [
    'mixup:2?resolution=128&time=0.5-2',
    'mixup:2?time=.5-2.0&resolution=0128',
    'mixup:2?time=5e-1-2e0&resolution=128&weights=dirichlet(1.0)',
  ])
    expect(settingKey(parseSetting(text))).toBe('mixup:2?resolution=128&time=0.5-2');
  for (const text of ['none', 'none?', 'none?time=0.1-10', 'none?time=0.10-1e1'])
    expect(parseSetting(text)).toEqual({ method: 'none', n: 1 });
  expect(settingKey({ method: 'none', n: 1, time: [0.1, 10] })).toBe('none');
  expect(settingKey(setting('none', 1, { time: [-0, 1] }))).toBe('none?time=0-1');
  expect(settingKey(parseSetting('cutmix:2?alpha=0.50'))).toBe(settingKey(parseSetting('cutmix:2?alpha=5e-1')));
});

test('the usual time range is that of programs', () => {
  expect(DEFAULT_TIME).toEqual(TIME);
});

test('which methods have which option', () => {
  const having = (option: keyof SettingOptions) => METHODS.filter((method) => hasOption(method, option));
  expect(having('weights')).toEqual(['mixup', 'cutmixup']);
  expect(having('alpha')).toEqual(['cutmix', 'cutmixup']);
  expect(having('resolution')).toEqual(METHODS);
  expect(having('time')).toEqual(['none', 'mixup', 'cutmix', 'cutmixup']);
  expect(having('psi')).toEqual(['truncation']);
});

test('options of another method are dropped', () => {
  const options = { weights: { law: 'equal' }, alpha: 0.5 } as const;
  expect(setting('mixup', 2, options)).toEqual({ method: 'mixup', n: 2, weights: { law: 'equal' } });
  expect(setting('cutmix', 2, options)).toEqual({ method: 'cutmix', n: 2, alpha: 0.5 });
  expect(setting('none', 1, options)).toEqual({ method: 'none', n: 1 });
});

test('truncation has a ψ, 1 too, and mixes nothing', () => {
  for (const text of ['Truncation?psi=1', 'truncation?psi=1.0', 'truncation?psi=1e0'])
    expect(settingKey(parseSetting(text))).toBe('truncation?psi=1');
  expect(settingKey(setting('truncation', 9, { psi: -0 }))).toBe('truncation?psi=0');
  expect(setting('truncation', 1, { psi: 0.3, time: [0, 1] })).toEqual({ method: 'truncation', n: 1, psi: 0.3 });
  for (const psi of [undefined, -0.1, 2.01, Number.NaN])
    expect(() => setting('truncation', 1, psi === undefined ? {} : { psi })).toThrow(/^ψ of truncation: got/);
  expect(METHODS.filter(mixes)).toEqual(['mixup', 'cutmix', 'cutmixup']);
});

test('what a setting tells its data set', () => {
  const of = (text: string) => needs(parseSetting(text));
  expect(of('mixup:3?resolution=64')).toEqual([]);
  expect(of('none?time=0.1-10')).toEqual([]);
  expect(of('none?time=0-1')).toEqual(['time']);
  expect(of('truncation?psi=1')).toEqual(['psi']);
});

test('the ends of N', () => {
  for (const n of [2, MAX_N]) expect(setting('mixup', n).n).toBe(n);
  for (const n of [-2, 0, 1, 2.5, MAX_N + 1, Number.NaN]) {
    expect(() => setting('mixup', n)).toThrow(`N of mixup: got ${n}, expected a whole number from 2 to 16.`);
  }
});

describe('what is wrong is said', () => {
  test.each([
    ['blend:3', 'method: got "blend", expected none, mixup, cutmix, cutmixup or truncation.'],
    ['', 'method: got "", expected none, mixup, cutmix, cutmixup or truncation.'],
    ['none:2', 'setting: got "none:2", expected "none" without a number.'],
    ['truncation:1?psi=1', 'setting: got "truncation:1?psi=1", expected "truncation" without a number.'],
    ...['', '-1', '2.5', '0x1', 'Infinity', 'NaN'].map((psi) => [
      `truncation?psi=${psi}`,
      `ψ of truncation: got "${psi}", expected a number from 0 to 2, such as truncation?psi=0.7.`,
    ]),
    ['truncation', 'ψ of truncation: got nothing, expected a number from 0 to 2, such as truncation?psi=0.7.'],
    ['truncation?time=0-1', 'option of truncation: got "time", expected resolution or psi.'],
    ['none?psi=0.5', 'option of none: got "psi", expected resolution or time.'],
    ['none?alpha=1', 'option of none: got "alpha", expected resolution or time.'],
    ['none?resolution=130', 'resolution: got "130", expected a multiple of 4 from 16 to 2048.'],
    ['none?resolution=12', 'resolution: got "12", expected a multiple of 4 from 16 to 2048.'],
    ['none?resolution=4096', 'resolution: got "4096", expected a multiple of 4 from 16 to 2048.'],
    ['none?resolution=', 'resolution: got "", expected a multiple of 4 from 16 to 2048.'],
    ['none?resolution=64.0', 'resolution: got "64.0", expected a multiple of 4 from 16 to 2048.'],
    ...['2-1', '1-1', '-1-2', '1', '1-', '0-1001', '0x1-2', '1-2-3', 'NaN-2', ''].map((time) => [
      `mixup:3?time=${time}`,
      `time: got "${time}", expected FROM-TO in seconds, from 0 to 1000, such as 0.1-2.`,
    ]),
    ['mixup', 'setting: got "mixup", expected mixup:N with N from 2 to 16.'],
    ['mixup:', 'setting: got "mixup:", expected mixup:N with N from 2 to 16.'],
    ['mixup:six', 'setting: got "mixup:six", expected mixup:N with N from 2 to 16.'],
    ['mixup:3:4', 'setting: got "mixup:3:4", expected mixup:N with N from 2 to 16.'],
    ['mixup:-3', 'setting: got "mixup:-3", expected mixup:N with N from 2 to 16.'],
    ['cutmix:1', 'N of cutmix: got 1, expected a whole number from 2 to 16.'],
    ['cutmixup:17', 'N of cutmixup: got 17, expected a whole number from 2 to 16.'],
    ['mixup:3?alpha=1', 'option of mixup: got "alpha", expected weights, resolution or time.'],
    ['cutmix:3?weights=equal', 'option of cutmix: got "weights", expected alpha, resolution or time.'],
    ['cutmixup:3?gamma=1', 'option of cutmixup: got "gamma", expected weights, alpha, resolution or time.'],
    ['cutmix:3?alpha=0', 'CutMix α: got "0", expected a number above 0.'],
    ['cutmix:3?alpha=', 'CutMix α: got "", expected a number above 0.'],
    ['cutmix:3?alpha=1=2', 'CutMix α: got "1=2", expected a number above 0.'],
    ['cutmix:3?alpha=Infinity', 'CutMix α: got "Infinity", expected a number above 0.'],
    ['mixup:3?weights=dirichlet(-1)', 'Dirichlet α: got "-1", expected a number above 0.'],
    ['mixup:3?weights=dirichlet()', 'Dirichlet α: got "", expected a number above 0.'],
    ['mixup:3?weights=beta', 'weights: got "beta", expected dirichlet, dirichlet(ALPHA), normalized-uniform or equal.'],
    [
      'mixup:3?weights=equal?x',
      'weights: got "equal?x", expected dirichlet, dirichlet(ALPHA), normalized-uniform or equal. Did you mean "equal"?',
    ],
  ])('%s', (text, message) => {
    expect(() => parseSetting(text)).toThrow(UserError);
    expect(() => parseSetting(text)).toThrow(new UserError(message));
  });

  test('of settings that are put together too', () => {
    expect(() => setting('none', 1, { resolution: 130 })).toThrow(/^resolution: got 130/);
    expect(() => setting('none', 1, { resolution: Number.NaN })).toThrow(/^resolution: got NaN/);
    expect(() => setting('none', 1, { time: [2, 1] })).toThrow(/^time: got \[2,1\]/);
    expect(() => setting('none', 1, { time: [0, Number.NaN] })).toThrow(/^time: got/);
  });

  test('by the readers of parts too', () => {
    expect(parseTime(' 0.1-2 ')).toEqual([0.1, 2]);
    expect(parseMethod(' CutMix ')).toBe('cutmix');
    expect(() => parseMethod('cut mix')).toThrow(/^method: got "cut mix"/);
    expect(parseWeights('dirichlet(0.3)')).toEqual({ law: 'dirichlet', alpha: 0.3 });
    expect(() => parseWeights('dirichlet(0.3')).toThrow(/^weights: got "dirichlet\(0\.3"/);
  });
});
