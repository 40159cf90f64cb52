import { expect, test } from 'vitest';
import { looks } from '../../src/search/looks.js';

test('the shares of 50,000 images, in whole blocks', () => {
  expect(looks(50_000, 1)).toEqual([5000, 7500, 10_000, 15_000, 20_000, 30_000, 40_000, 50_000]);
  expect(looks(50_000, 32)).toEqual([5024, 7520, 10_016, 15_008, 20_000, 30_016, 40_000, 50_000]);
});

test('what falls together is one look, of two blocks at least', () => {
  expect(looks(256, 32)).toEqual([64, 96, 128, 160, 224, 256]);
  expect(looks(96, 32)).toEqual([64, 96]);
  expect(looks(64, 32)).toEqual([64]);
  expect(looks(20, 32)).toEqual([20]);
  expect(looks(70, 32)).toEqual([64, 70]);
});

test('ascending, distinct, whole blocks but for the last, for any size', () => {
  for (let images = 2; images < 400; images++) {
    for (const block of [1, 7, 32]) {
      const found = looks(images, block);
      expect(found.at(-1)).toBe(images);
      expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
      expect(found.slice(0, -1).every((look) => look % block === 0 && look >= 2 * block)).toBe(true);
    }
  }
});

test('fewer looks are spread, and end where all do', () => {
  expect(looks(1000, 1, { count: 4 })).toEqual([150, 300, 600, 1000]);
  expect(looks(1000, 1, { count: 1 })).toEqual([1000]);
  for (const count of [0, 9, 1.5]) expect(() => looks(1000, 1, { count })).toThrow(RangeError);
});

test('none before something can be decided; one look where that is never', () => {
  expect(looks(512, 32, { least: 203 })).toEqual([224, 320, 416, 512]);
  expect(looks(512, 32, { least: 5000 })).toEqual([512]);
  expect(looks(50_000, 32, { least: 203 })).toEqual(looks(50_000, 32));
});
