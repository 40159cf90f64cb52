import { expect, test } from 'vitest';
import { describeSetting, listed, nameOf } from '../../src/report/setting-name.js';

test.each([
  ['none', { method: 'none', label: 'None', n: 1, name: 'None' }],
  ['none?resolution=128', { method: 'none', label: 'None (resolution=128)', n: 1, name: 'None (resolution=128)' }],
  ['truncation?psi=0.7', { method: 'truncation', label: 'Truncation ψ = 0.7', n: 1, name: 'Truncation ψ = 0.7' }],
  [
    'truncation?resolution=128&psi=0',
    {
      method: 'truncation',
      label: 'Truncation ψ = 0 (resolution=128)',
      n: 1,
      name: 'Truncation ψ = 0 (resolution=128)',
    },
  ],
  ['mixup:6', { method: 'mixup', label: 'MixUp', n: 6, name: 'MixUp 6' }],
  ['cutmix:10', { method: 'cutmix', label: 'CutMix', n: 10, name: 'CutMix 10' }],
  [
    'cutmixup:2?weights=equal&alpha=2',
    {
      method: 'cutmixup',
      label: 'CutMixUp (weights=equal, alpha=2)',
      n: 2,
      name: 'CutMixUp 2 (weights=equal, alpha=2)',
    },
  ],
  [
    'mixup:3?weights=dirichlet(0.5)&resolution=128&time=0.1-2',
    {
      method: 'mixup',
      label: 'MixUp (weights=dirichlet(0.5), resolution=128, time=0.1-2 s)',
      n: 3,
      name: 'MixUp 3 (weights=dirichlet(0.5), resolution=128, time=0.1-2 s)',
    },
  ],
])('%s for people', (key, expected) => {
  expect(describeSetting(key)).toEqual(expected);
  expect(nameOf(key)).toBe(expected.name);
});

test.each([
  [[], 20, ''],
  [['a'], 20, 'a'],
  [['a', 'b'], 20, 'a and b'],
  [['a', 'b', 'c'], 20, 'a, b and c'],
  [['a', 'b', 'c', 'd'], 2, 'a, b and 2 others'],
])('%j, at most %d, as a list', (names, most, text) => {
  expect(listed(names, most)).toBe(text);
});
