import { expect, test } from 'vitest';
import { nearest } from '../../src/core/nearest.js';

const COMMANDS = ['sweep', 'resume', 'report', 'correlate', 'dashboard', 'render', 'stream', 'fid', 'stats', 'samples'];

test.each([
  ['swep', 'sweep'],
  ['SWEEP', 'sweep'],
  ['sweeep', 'sweep'],
  ['rsume', 'resume'],
  ['reprot', 'report'],
  ['rendr', 'render'],
  ['fdi', 'fid'],
  ['fxy', undefined],
  ['fdid', 'fid'],
  ['corr', 'correlate'],
  ['dash', 'dashboard'],
  // Two begin so.
  ['st', undefined],
  ['xyzzy', undefined],
  ['f', undefined],
  ['', undefined],
  // It is known.
  ['report', undefined],
])('%j is nearest to %j', (given, near) => {
  expect(nearest(given, COMMANDS)).toBe(near);
});

test('the nearest of several, and the first of those that are as near', () => {
  expect(nearest('cutmixu', ['cutmix', 'cutmixup'])).toBe('cutmix');
  expect(nearest('cutmixuq', ['cutmix', 'cutmixup'])).toBe('cutmixup');
  expect(nearest('--methds', ['--mode', '--methods', '--images'])).toBe('--methods');
});

test('nothing is near where nothing is known', () => {
  expect(nearest('sweep', [])).toBeUndefined();
});
