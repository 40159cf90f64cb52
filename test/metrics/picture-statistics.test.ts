import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { draws, STREAM } from '../../src/core/random.js';
import { NEAR, Neighbourhood, SIGNATURE, signature } from '../../src/metrics/near-duplicates.js';
import { isFlat, isNoise, nanShare, pictureStatistics, thumbnail } from '../../src/metrics/picture-statistics.js';

type Rgb = readonly [number, number, number];

/** RGBA bytes of a picture by its colour at each place. */
function picture(side: number, colour: (x: number, y: number) => Rgb): Uint8Array {
  const out = new Uint8Array(side * side * 4).fill(255);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) for (let c = 0; c < 3; c++) out[(y * side + x) * 4 + c] = colour(x, y)[c]!;
  return out;
}

const grey = (value: number): Rgb => [value, value, value];

/** Independent values at every place, the same for the same seed. */
function whiteNoise(side: number, seed = 1, cell = 1): Uint8Array {
  const across = Math.ceil(side / cell);
  const uniform = draws(seed, STREAM.sample, 0);
  const values = Uint8Array.from({ length: across * across * 3 }, () => Math.floor(256 * uniform()));
  return picture(side, (x, y) => {
    const at = (Math.floor(y / cell) * across + Math.floor(x / cell)) * 3;
    return [values[at]!, values[at + 1]!, values[at + 2]!];
  });
}

/** The same smoothed: each pixel the mean of a square about it. */
function blurred(pixels: Uint8Array, side: number, reach: number): Uint8Array {
  const at = (x: number, y: number, c: number) => pixels[(((y + side) % side) * side + ((x + side) % side)) * 4 + c]!;
  return picture(side, (x, y) => {
    const mean = (c: number) => {
      let sum = 0;
      for (let v = -reach; v <= reach; v++) for (let u = -reach; u <= reach; u++) sum += at(x + u, y + v, c);
      // Means vary little: their contrast is brought back.
      return Math.max(0, Math.min(255, 128 + (2 * reach + 1) * (sum / (2 * reach + 1) ** 2 - 128)));
    };
    return [mean(0), mean(1), mean(2)];
  });
}

const statisticsOf = (pixels: Uint8Array, side: number) => pictureStatistics(thumbnail(pixels, side));

const SIDE = 128;
const gradient = picture(SIDE, (x, y) => [x, y, 255 - x]);

describe('statistics with known values', () => {
  test('one colour: no spread, no energy, all in one box', () => {
    const found = statisticsOf(
      picture(SIDE, () => [10, 128, 200]),
      SIDE,
    );
    expect(found.mean).toBeCloseTo((10 + 128 + 200) / 3, 10);
    expect(found.spread).toBeCloseTo(0, 6);
    expect(found).toMatchObject({ oneColour: 1, fine: 0, correlation: 1 });
  });

  test('half black, half white: spread 127.5, half in one box, no energy inside squares', () => {
    const found = statisticsOf(
      picture(SIDE, (x) => grey(x < SIDE / 2 ? 0 : 255)),
      SIDE,
    );
    expect(found).toMatchObject({ mean: 127.5, oneColour: 0.5 });
    expect(found.spread).toBeCloseTo(127.5, 6);
    expect(found.fine).toBeCloseTo(0, 9);
  });

  test('white noise: spread of uniform bytes, 15/16 of the energy inside squares of 16 pixels, no correlation', () => {
    const { spread, fine, correlation } = statisticsOf(whiteNoise(SIDE), SIDE);
    expect(Math.abs(spread - Math.sqrt((256 ** 2 - 1) / 12))).toBeLessThan(1);
    expect(fine).toBeCloseTo(15 / 16, 2);
    expect(correlation).toBeLessThan(0.05);
  });

  test('noise in squares of 2: 3/4 inside squares of 4, correlation 1/2 with the next pixel', () => {
    const { fine, correlation } = statisticsOf(whiteNoise(SIDE, 2, 2), SIDE);
    expect(fine).toBeCloseTo(0.75, 1);
    expect(correlation).toBeCloseTo(0.5, 1);
  });

  test('a check of single pixels: all energy inside squares, and yet each pixel follows from the next', () => {
    const check = picture(SIDE, (x, y) => grey((x + y) % 2 ? 255 : 0));
    const found = statisticsOf(check, SIDE);
    expect(found.fine).toBeCloseTo(1, 9);
    expect(found.correlation).toBeCloseTo(1, 1);
    expect(isNoise(found)).toBe(false);
  });

  test('at twice the side, of a picture whose pixels are doubled: the same', () => {
    const small = blurred(whiteNoise(SIDE, 3), SIDE, 2);
    const large = picture(2 * SIDE, (x, y) => {
      const at = (Math.floor(y / 2) * SIDE + Math.floor(x / 2)) * 4;
      return [small[at]!, small[at + 1]!, small[at + 2]!];
    });
    expect(statisticsOf(large, 2 * SIDE)).toEqual(statisticsOf(small, SIDE));
  });

  test('NaN: the share of pixels without alpha', () => {
    const pixels = picture(8, () => grey(9));
    for (const i of [0, 5, 63]) pixels[4 * i + 3] = 0;
    expect(nanShare(pixels)).toBe(3 / 64);
    expect(nanShare(gradient)).toBe(0);
  });
});

describe('judgements', () => {
  const shades: Record<string, Uint8Array> = {
    'one colour': picture(SIDE, () => [10, 200, 30]),
    'a colour with grain of two levels': picture(SIDE, (x, y) => grey(100 + ((7 * x + 13 * y) % 3))),
    'one dot on a colour': picture(SIDE, (x, y) => grey((x - 64) ** 2 + (y - 64) ** 2 < 80 ? 255 : 16)),
    'one dot on a colour at the border of two boxes, with grain': picture(SIDE, (x, y) =>
      grey((x - 64) ** 2 + (y - 64) ** 2 < 80 ? 255 : 15 + ((x + y) % 2)),
    ),
  };

  test.each(Object.keys(shades))('flat: %s', (name) => {
    const found = statisticsOf(shades[name]!, SIDE);
    expect({ flat: isFlat(found), noise: isNoise(found) }).toEqual({ flat: true, noise: false });
  });

  test.each([
    [64, 1],
    [128, 1],
    [256, 1],
    [256, 2],
    [300, 1],
  ])('noise: white, side %i, in squares of %i', (side, cell) => {
    const found = statisticsOf(whiteNoise(side, 4, cell), side);
    expect({ flat: isFlat(found), noise: isNoise(found) }).toEqual({ flat: false, noise: true });
  });

  const sound: Record<string, Uint8Array> = {
    'a gradient': gradient,
    'blurred noise': blurred(whiteNoise(SIDE, 5), SIDE, 2),
    'stripes two pixels wide': picture(SIDE, (x) => grey(x % 4 < 2 ? 230 : 20)),
    'slanted stripes of one pixel': picture(SIDE, (x, y) => grey((x - y + SIDE) % 3 ? 40 : 220)),
    'a disc': picture(SIDE, (x, y) => ((x - 50) ** 2 + (y - 70) ** 2 < 900 ? [250, 40, 10] : [20, 60, 90])),
    'a dim scene': picture(SIDE, (x, y) => grey(8 + 14 * (Math.floor(x / 32) % 2) + Math.floor(y / 16))),
  };

  test.each(Object.keys(sound))('neither: %s', (name) => {
    const found = statisticsOf(sound[name]!, SIDE);
    expect({ flat: isFlat(found), noise: isNoise(found) }).toEqual({ flat: false, noise: false });
  });

  test('no photograph is flat or noise', async () => {
    const folder = join(import.meta.dirname, '..', 'fixtures', 'images');
    const judged: string[] = [];
    for (const file of readdirSync(folder)) {
      // Formats that the library behind this test does not read.
      if (/\.bmp$/.test(file)) continue;
      const raw = sharp(join(folder, file)).resize(SIDE, SIDE, { fit: 'cover' }).toColourspace('srgb').ensureAlpha();
      const found = statisticsOf(await raw.raw().toBuffer(), SIDE);
      expect({ file, flat: isFlat(found), noise: isNoise(found) }).toEqual({ file, flat: false, noise: false });
      judged.push(file);
    }
    expect(judged.length).toBeGreaterThan(12);
  });
});

describe('near-duplicates', () => {
  const signed = (pixels: Uint8Array, side = SIDE) => signature(thumbnail(pixels, side));
  const distance = (a: Uint8Array, b: Uint8Array) =>
    Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0) / a.length);

  test('a signature has mean colours of 8 × 8 cells, then texture of 4 × 4', () => {
    const bytes = signed(picture(SIDE, (x, y) => [x < 64 ? 10 : 90, y < 64 ? 20 : 60, 7]));
    expect(bytes).toHaveLength(SIGNATURE);
    expect([...bytes.subarray(0, 3)]).toEqual([10, 20, 7]);
    expect([...bytes.subarray(3 * 63, 3 * 64)]).toEqual([90, 60, 7]);
    // No cell of the coarser grid holds a border of the green channel; the row above the border differs from the one below.
    expect([...bytes.subarray(192)].filter((value, i) => i % 3 !== 2 && value)).toEqual([]);
  });

  test('a picture is near itself with a grain, whatever the texture; another is not', () => {
    const uniform = draws(9, STREAM.sample, 0);
    for (const pixels of [gradient, whiteNoise(SIDE, 6), blurred(whiteNoise(SIDE, 7), SIDE, 3)]) {
      const grained = pixels.map((value, i) =>
        i % 4 < 3 ? Math.max(0, Math.min(255, value + (uniform() < 0.5 ? 1 : -1))) : 255,
      );
      expect(distance(signed(pixels), signed(grained))).toBeLessThan(NEAR);
    }
    expect(distance(signed(gradient), signed(whiteNoise(SIDE, 6)))).toBeGreaterThan(4 * NEAR);
  });

  test('textures of the same mean colours are told apart', () => {
    const checks = [1, 2, 4].map((cell) =>
      signed(picture(SIDE, (x, y) => grey((Math.floor(x / cell) + Math.floor(y / cell)) % 2 ? 200 : 60))),
    );
    const stripes = signed(picture(SIDE, (x) => grey(x % 2 ? 200 : 60)));
    for (const [i, a] of [...checks, stripes].entries())
      for (const b of [...checks, stripes].slice(0, i)) expect(distance(a, b)).toBeGreaterThan(NEAR);
  });

  test('the nearest is that of all pairs looked at', () => {
    const limit = 30;
    const uniform = draws(10, STREAM.sample, 0);
    // Clusters, so that there are near ones and far ones, of means across the buckets' borders.
    const centres = Array.from({ length: 12 }, () => Array.from({ length: 16 }, () => 40 + 170 * uniform()));
    const all = Array.from({ length: 400 }, (_, i) =>
      Uint8Array.from(centres[i % 12]!, (value) => value + 80 * (uniform() - 0.5)),
    );
    const neighbourhood = new Neighbourhood(limit);
    const kept: Uint8Array[] = [];
    let found = 0;
    for (const [i, bytes] of all.entries()) {
      const least = Math.min(...kept.map((other) => distance(bytes, other)));
      const nearest = neighbourhood.nearest(bytes);
      expect(nearest?.distance).toEqual(least < limit ? expect.closeTo(least, 9) : undefined);
      if (nearest) found++;
      if (i % 3 === 0) continue;
      kept.push(bytes);
      neighbourhood.add(String(i), bytes);
    }
    expect(found).toBeGreaterThan(50);
    expect(found).toBeLessThan(350);
  });

  test('only signatures of as many pictures are compared', () => {
    const neighbourhood = new Neighbourhood(6);
    neighbourhood.add('two', new Uint8Array(20).fill(9));
    expect(neighbourhood.nearest(new Uint8Array(10).fill(9))).toBeUndefined();
    expect(neighbourhood.nearest(new Uint8Array(20).fill(10))).toEqual({ id: 'two', distance: 1 });
  });
});
