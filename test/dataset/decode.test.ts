import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { CorruptImage } from '../../src/dataset/dataset.js';
import { decodeImage } from '../../src/dataset/decode.js';
import { temporaryFolder } from '../temporary.js';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures');

interface Expected {
  readonly images: Readonly<Record<string, { width: number; height: number; rgb_sha256: string }>>;
}

const { images } = JSON.parse(readFileSync(join(FIXTURES, 'expected.json'), 'utf8')) as Expected;
const picture = (name: string) => join(FIXTURES, 'images', name);
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');

/** libvips converts CMYK by colour management and PIL naively; BMP is not read. */
const NOT_AS_PIL = ['cmyk.jpg', 'plain.bmp'];

describe('decodes as PIL’s convert("RGB")', () => {
  test.each(Object.keys(images).filter((name) => !NOT_AS_PIL.includes(name)))('%s', async (name) => {
    const { width, height, rgb_sha256 } = images[name]!;
    const decoded = await decodeImage(picture(name), name);
    expect([decoded.width, decoded.height, decoded.data.length]).toEqual([width, height, width * height * 3]);
    expect(sha256(decoded.data)).toBe(rgb_sha256);
  });

  test('a CMYK picture gives RGB of its size', async () => {
    const { width, height, data } = await decodeImage(picture('cmyk.jpg'), 'cmyk.jpg');
    expect([width, height, data.length]).toEqual([130, 120, 130 * 120 * 3]);
  });
});

test('no colour management: a picture in Display P3 keeps the values it stores', async () => {
  const file = join(temporaryFolder(), 'p3.png');
  const red = { create: { width: 4, height: 4, channels: 3, background: '#ff0000' } } as const;
  await sharp(red).withIccProfile('p3').png().toFile(file);
  const { data } = await decodeImage(file, 'p3.png');
  // The red of sRGB is about (234, 51, 35) in Display P3.
  for (const [i, value] of [234, 51, 35].entries()) expect(Math.abs(data[i]! - value)).toBeLessThanOrEqual(2);
});

describe('cover fit', () => {
  test('keeps the pixels of a picture that has this size already', async () => {
    const fitted = await decodeImage(picture('rgb-299.png'), 'rgb-299.png', 299);
    expect(images['rgb-299.png']).toMatchObject({ width: 299, height: 299 });
    expect(sha256(fitted.data)).toBe(images['rgb-299.png']!.rgb_sha256);
  });

  test.each(Object.keys(images).filter((name) => name !== 'plain.bmp'))('%s is brought to 32 × 32', async (name) => {
    const { width, height, data } = await decodeImage(picture(name), name, 32);
    expect([width, height, data.length]).toEqual([32, 32, 32 * 32 * 3]);
  });

  test('drops alpha before it scales: the colours are those of the same picture without alpha', async () => {
    const folder = temporaryFolder();
    // Transparent to the left, where the colour is no less there.
    const rgba = Buffer.from(
      Array.from({ length: 24 * 24 }, (_, i) => [(i * 37) % 256, (i * 11) % 256, 200, i % 24 < 12 ? 0 : 255]).flat(),
    );
    const [clear, solid] = [join(folder, 'clear.png'), join(folder, 'solid.png')];
    await sharp(rgba, { raw: { width: 24, height: 24, channels: 4 } })
      .png()
      .toFile(clear);
    await sharp(
      rgba.filter((_, i) => i % 4 < 3),
      { raw: { width: 24, height: 24, channels: 3 } },
    )
      .png()
      .toFile(solid);
    const [a, b] = [await decodeImage(clear, 'clear.png', 16), await decodeImage(solid, 'solid.png', 16)];
    expect([a.width, a.height]).toEqual([16, 16]);
    expect([...a.data]).toEqual([...b.data]);
  });

  /** Thirds of red, green and blue along the long side. */
  async function thirds(width: number, height: number): Promise<string> {
    const [w, h] = width > height ? [width / 3, height] : [width, height / 3];
    const part = (background: string) =>
      sharp({ create: { width: w, height: h, channels: 3, background } })
        .png()
        .toBuffer();
    const parts = await Promise.all(['#ff0000', '#00ff00', '#0000ff'].map(part));
    const places = parts.map((input, i) => ({
      input,
      left: width > height ? i * w : 0,
      top: width > height ? 0 : i * h,
    }));
    const file = join(temporaryFolder(), 'thirds.png');
    await sharp({ create: { width, height, channels: 3, background: '#000000' } })
      .composite(places)
      .png()
      .toFile(file);
    return file;
  }

  test.each([
    [96, 32, 32],
    [32, 96, 32],
    [96, 32, 16],
    [32, 96, 64],
  ])('of %i × %i to %i: the short side is scaled, the centre is cut out', async (width, height, resolution) => {
    const { data } = await decodeImage(await thirds(width, height), 'thirds', resolution);
    const at = (x: number, y: number) => [...data.subarray((y * resolution + x) * 3, (y * resolution + x) * 3 + 3)];
    // All of the middle third and nothing else; scaling rings at its borders only.
    const [mid, far] = [resolution / 2, resolution - 3];
    for (const [x, y] of [
      [mid, mid],
      [2, mid],
      [far, mid],
      [mid, 2],
      [mid, far],
    ] as const) {
      const [r, g, b] = at(x, y);
      expect(Math.max(r!, 255 - g!, b!)).toBeLessThan(60);
    }
    expect(at(mid, mid)).toEqual([0, 255, 0]);
  });
});

describe('a file that cannot be decoded is a CorruptImage that names it', () => {
  test.each([
    ['no picture at all', () => Buffer.from('these are words')],
    ['empty', () => Buffer.alloc(0)],
    ['half a PNG', () => readFileSync(picture('rgb-299.png')).subarray(0, 20_000)],
    ['half a JPEG', () => readFileSync(picture('rgb-420.jpg')).subarray(0, 2000)],
    [
      'a PNG with a bit turned over',
      () => {
        const bytes = Buffer.from(readFileSync(picture('rgb-299.png')));
        bytes[bytes.length >> 1]! ^= 4;
        return bytes;
      },
    ],
  ])('%s', async (_, make) => {
    const file = join(temporaryFolder(), 'broken.png');
    writeFileSync(file, make());
    for (const resolution of [undefined, 64]) {
      const decoded = decodeImage(file, 'sub/broken.png', resolution);
      await expect(decoded).rejects.toThrow(CorruptImage);
      await expect(decoded).rejects.toMatchObject({
        id: 'sub/broken.png',
        message: expect.stringMatching(/^sub\/broken\.png: ./),
      });
    }
  });

  test('missing', async () => {
    await expect(decodeImage(join(temporaryFolder(), 'x.png'), 'x.png')).rejects.toThrow(CorruptImage);
  });
});
