import { beforeAll, describe, expect, test } from 'vitest';
import { readProgramSet } from '../../src/dataset/programs.js';
import type { Failure } from '../../src/render/renderer.js';
import { Renderer } from '../built.js';
import { pictureOf, unmixed } from '../render/programs.js';
import { compareWithGolden } from './tiles.js';

const SIDE = 64;
const BYTES = SIDE * SIDE * 3;
const PICTURES = 4;

const set = await readProgramSet('');
const { ids } = set;

let failures: readonly Failure[];
/** Four pictures of every program, one after the other. */
const sheets = new Map<string, Uint8Array>();

beforeAll(async () => {
  const renderer = await Renderer.open({ resolution: SIDE, layers: ids.length * PICTURES, programTimeout: 60_000 });
  try {
    const pictures = ids.flatMap((id) =>
      Array.from({ length: PICTURES }, (_, i) => pictureOf(id, set.read(id).source, i)),
    );
    failures = await renderer.load(pictures);
    const pixels = await renderer.mix(unmixed(pictures.length, SIDE));
    for (const [i, id] of ids.entries()) {
      sheets.set(id, pixels.subarray(i * PICTURES * BYTES, (i + 1) * PICTURES * BYTES));
    }
  } finally {
    await renderer.dispose();
  }
});

function standardDeviation(levels: Uint8Array): number {
  const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
  return Math.sqrt(levels.reduce((sum, level) => sum + (level - mean) ** 2, 0) / levels.length);
}

test('there are at least 60 programs, and every one compiles', () => {
  expect(ids.length).toBeGreaterThanOrEqual(60);
  expect(failures).toEqual([]);
});

test.each(ids)('%s draws pictures that are not flat, and no two alike', (id) => {
  const sheet = sheets.get(id)!;
  const pictures = Array.from({ length: PICTURES }, (_, i) => sheet.subarray(i * BYTES, (i + 1) * BYTES));
  expect(Math.max(...pictures.map(standardDeviation))).toBeGreaterThanOrEqual(6);
  for (const [i, one] of pictures.entries()) {
    for (const other of pictures.slice(i + 1)) {
      const apart = one.reduce((sum, level, at) => sum + Math.abs(level - other[at]!), 0) / BYTES;
      expect(apart).toBeGreaterThan(1);
    }
  }
});

// One of every family: reaction patterns, flat shapes, noise, fractals, marched scenes, stripes, cells, tilings.
const GOLDEN = [
  'animal-coat',
  'bauhaus',
  'dunes',
  'julia-traps',
  'linked-chains',
  'moire-stripes',
  'stained-glass',
  'star-tilings',
];

describe('contact tiles are the golden ones', () => {
  test.each(GOLDEN)('%s', async (id) => {
    await compareWithGolden(id, sheets.get(id)!, SIDE);
  });
});
