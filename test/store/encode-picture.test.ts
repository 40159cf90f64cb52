import sharp from 'sharp';
import { expect, test } from 'vitest';
import { draws, STREAM } from '../../src/core/random.js';
import { encodePicture, encodersOf, encodingOf, endingOf } from '../../src/store/encode-picture.js';

const SIDE = 32;

function pixels(): Uint8Array {
  const uniform = draws(1, STREAM.sample, 0);
  return Uint8Array.from({ length: SIDE * SIDE * 3 }, () => Math.floor(256 * uniform()));
}

/** Segments of a JPEG by marker, up to its data (ITU-T T.81, B.1). */
function segments(data: Uint8Array): Map<number, Buffer[]> {
  const bytes = Buffer.from(data);
  const found = new Map<number, Buffer[]>();
  for (let at = 2; bytes[at + 1] !== 0xda; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes[at + 1]!;
    found.set(marker, [...(found.get(marker) ?? []), bytes.subarray(at + 4, at + 2 + bytes.readUInt16BE(at + 2))]);
  }
  return found;
}

test('a PNG has the pixels as they are', async () => {
  const data = await encodePicture(pixels(), SIDE, encodingOf('png'));
  expect(await sharp(data).raw().toBuffer()).toEqual(Buffer.from(pixels()));
});

test.each([92, 50, 100])(
  'a JPEG of quality %i has the table of Annex K so scaled, and half the chroma',
  async (quality) => {
    const found = segments(await encodePicture(pixels(), SIDE, encodingOf('jpeg', quality)));
    // The first eight of the luminance table in zig-zag order, and libjpeg's scaling of it.
    const base = [16, 11, 12, 14, 12, 10, 16, 14];
    const scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
    const wanted = base.map((value) => Math.max(1, Math.min(255, Math.floor((value * scale + 50) / 100))));
    expect([...found.get(0xdb)![0]!.subarray(1, 9)]).toEqual(wanted);
    const frame = found.get(0xc0)![0]!;
    // Sampling factors of Y, Cb and Cr.
    expect([7, 10, 13].map((at) => frame[at])).toEqual([0x22, 0x11, 0x11]);
  },
);

test('equal pixels are equal bytes, and the file says what it is', async () => {
  for (const format of ['jpeg', 'png', 'webp'] as const) {
    const encoding = encodingOf(format);
    const [a, b] = [await encodePicture(pixels(), SIDE, encoding), await encodePicture(pixels(), SIDE, encoding)];
    expect(a).toEqual(b);
    expect(await sharp(a).metadata()).toMatchObject({ format, width: SIDE, height: SIDE });
    expect(encodersOf(encoding)).toMatchObject({ vips: expect.stringMatching(/^\d/) });
  }
  expect(['jpeg', 'png', 'webp'].map((format) => endingOf(encodingOf(format as 'jpeg')))).toEqual([
    'jpg',
    'png',
    'webp',
  ]);
  expect(Object.keys(encodersOf(encodingOf('webp')))).toContain('webp');
});
