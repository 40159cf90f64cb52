import { expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { emptyMoments, momentsOf } from '../../src/statistics/moments.js';
import { decodeHalves, encodeHalves } from '../../src/statistics/moments-file.js';

const halves = async () => ({
  low: await momentsOf(
    Float32Array.from({ length: 12 }, (_, i) => Math.sin(i) / 3),
    3,
  ),
  high: await momentsOf(
    Float32Array.from({ length: 15 }, (_, i) => Math.cos(i * i) * 1e-7),
    3,
  ),
});

test('moments come back to the last bit, and the same ones are the same bytes', async () => {
  const bytes = encodeHalves(await halves());
  expect(decodeHalves(bytes, 'x')).toEqual(await halves());
  expect(encodeHalves(await halves())).toEqual(bytes);
});

test('an empty half is one', () => {
  const none = { low: emptyMoments(2), high: emptyMoments(2) };
  expect(decodeHalves(encodeHalves(none), 'x')).toEqual(none);
});

test('what lacks a half is refused by name', async () => {
  const { zipSync } = await import('fflate');
  expect(() => decodeHalves(zipSync({ 'low_mean.npy': new Uint8Array() }), 'mixup:2')).toThrow(UserError);
  expect(() => decodeHalves(zipSync({}), 'mixup:2')).toThrow(/mixup:2: low_mean is missing/);
});
