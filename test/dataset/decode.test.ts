import { createHash } from 'node:crypto';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { strFromU8, unzipSync } from 'fflate';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { CorruptImage } from '../../src/dataset/dataset.js';
import { beginPicture, decodeImage, decodePicture } from '../../src/dataset/decode.js';
import { temporaryFolder } from '../temporary.js';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures');

interface Expected {
  readonly images: Readonly<Record<string, { width: number; height: number; rgb_sha256: string }>>;
}

const { images } = JSON.parse(readFileSync(join(FIXTURES, 'expected.json'), 'utf8')) as Expected;
const picture = (name: string) => join(FIXTURES, 'images', name);
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');

describe('decodes as PIL’s convert("RGB")', () => {
  test.each(Object.keys(images))('%s', async (name) => {
    const { width, height, rgb_sha256 } = images[name]!;
    const decoded = await decodeImage(picture(name), name);
    expect([decoded.width, decoded.height, decoded.data.length]).toEqual([width, height, width * height * 3]);
    expect(sha256(decoded.data)).toBe(rgb_sha256);
  });
});

/**
 * Small pictures of every kind, and what Pillow 12.3 made of them: size and SHA-256 of its RGB bytes, or nothing where it
 * refuses the file or where its reading is one that is refused here. Pillow wrote most of them; bit depths, masks,
 * orientations and frames that it does not write were put together byte by byte.
 */
const kinds = unzipSync(readFileSync(join(FIXTURES, 'pictures-by-pillow.zip')));
const byPillow = JSON.parse(strFromU8(kinds['expected.json']!)) as Readonly<
  Record<string, { width: number; height: number; sha256: string } | null>
>;

describe('decodes every kind as Pillow does', () => {
  test('of which there are many', () => {
    const count = (ending: RegExp) =>
      Object.keys(byPillow).filter((name) => ending.test(name) && byPillow[name]).length;
    for (const ending of [/\.png$/, /\.jpg$/, /\.webp$/, /\.gif$/, /\.tif$/, /\.bmp$/])
      expect(count(ending)).toBeGreaterThan(14);
  });

  test.each(Object.keys(byPillow))('%s', async (name) => {
    const expected = byPillow[name];
    const decoded = decodePicture(kinds[name]!, name);
    if (!expected) {
      await expect(decoded).rejects.toThrow(CorruptImage);
      return;
    }
    const { width, height, data } = await decoded;
    expect([width, height, sha256(data)]).toEqual([expected.width, expected.height, expected.sha256]);
  });

  test('its content says what a file is, not its name', async () => {
    const { data } = await decodePicture(kinds['b24.bmp']!, 'photo.png');
    expect(sha256(data)).toBe(byPillow['b24.bmp']!.sha256);
  });

  test('a TIFF of inks or greys that lies on its side is turned', async () => {
    // As Pillow does of bytes; of a file by its name it reads such a picture's rows at the wrong length.
    const tiff = Buffer.from(kinds['m-1-16-be.tif']!);
    const { width, height, data } = await decodePicture(tiff, 'x');
    const directory = tiff.readUInt32BE(4);
    const entries = Array.from({ length: tiff.readUInt16BE(directory) }, (_, i) => directory + 2 + 12 * i);
    // The tag of rows a strip becomes that of the orientation; then all rows are one strip.
    const entry = entries.find((at) => tiff.readUInt16BE(at) === 278)!;
    const sorted = entries.filter((at) => at !== entry && tiff.readUInt16BE(at) > 274 && at < entry);
    const moved = sorted.map((at) => Buffer.from(tiff.subarray(at, at + 12)));
    const first = sorted[0]!;
    tiff.writeUInt16BE(274, first);
    tiff.writeUInt16BE(3, first + 2);
    tiff.writeUInt32BE(1, first + 4);
    tiff.writeUInt32BE(6 * 65_536, first + 8);
    for (const [i, bytes] of moved.entries()) tiff.set(bytes, first + 12 * (i + 1));
    const turned = await decodePicture(tiff, 'x');
    expect([turned.width, turned.height]).toEqual([height, width]);
    // Orientation 6: the first row goes down the right side.
    for (let x = 0; x < width; x++) expect(turned.data[(x * height + height - 1) * 3]).toBe(data[x * 3]);
  });
});

describe('a NumPy array is a picture', () => {
  const npy = (descr: string, shape: string, body: Uint8Array) => {
    const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }\n`;
    const head = Buffer.from(`\x93NUMPY\x01\x00\x00\x00${text}`, 'latin1');
    head.writeUInt16LE(text.length, 8);
    return Buffer.concat([head, body]);
  };
  const values = Uint8Array.from({ length: 12 }, (_, i) => 20 * i);

  test('of height, width, 3', async () => {
    const decoded = await decodePicture(npy('|u1', '2, 2, 3', values), 'a.npy');
    expect(decoded).toEqual({ width: 2, height: 2, data: values });
  });

  test.each(['3, 4', '3, 4, 1'])('of greys (%s): three of each', async (shape) => {
    const { width, height, data } = await decodePicture(npy('|u1', shape, values), 'a.npy');
    expect([width, height, [...data]]).toEqual([4, 3, [...values].flatMap((value) => [value, value, value])]);
  });

  test.each([
    ['floats', '<f4', '1, 1, 3', /an array of <f4 \(1, 1, 3\), expected uint8/],
    ['one of many pictures', '|u1', '1, 2, 2, 3', /an array of \|u1 \(1, 2, 2, 3\)/],
    ['channels first', '|u1', '3, 2, 2', /an array of \|u1 \(3, 2, 2\)/],
    ['no pixels', '|u1', '0, 4, 3', /a picture of 4 × 0 pixels/],
    ['cut off', '|u1', '4, 4, 3', /cut off: 12 bytes for 48/],
  ])('%s: refused', async (_, descr, shape, message) => {
    const decoded = decodePicture(npy(descr, shape, values), 'a.npy');
    await expect(decoded).rejects.toThrow(CorruptImage);
    await expect(decoded).rejects.toThrow(message);
  });
});

describe('a header tells what a picture takes before it is decoded', () => {
  const names = Object.keys(byPillow).filter((name) => byPillow[name]);
  test.each(names)('%s', async (name) => {
    const { width, height } = byPillow[name]!;
    const bytes = kinds[name]!;
    expect((await beginPicture(bytes, name)).pixels).toBe(width * height + bytes.length / 3);
  });

  test('an array, a picture that is scaled up, and one that is decoded already', async () => {
    const head = Buffer.from(
      "\x93NUMPY\x01\x00\x50\x00{'descr': '|u1', 'fortran_order': False, 'shape': (30, 200, 3), }".padEnd(90),
      'latin1',
    );
    expect((await beginPicture(head, 'a.npy')).pixels).toBe(6000 + 30);
    expect((await beginPicture(head, 'a.npy', 100)).pixels).toBe(10_000 + 30);
    const decoded = { width: 4, height: 5, data: new Uint8Array(60) };
    expect((await beginPicture(decoded, '3')).pixels).toBe(20);
  });

  test('of what has none: a corrupt image', async () => {
    await expect(beginPicture(Buffer.from('words'), 'sub/x.png')).rejects.toMatchObject({
      id: 'sub/x.png',
      message: expect.stringMatching(/^sub\/x\.png: not a picture/),
    });
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

  test.each(Object.keys(images))('%s is brought to 32 × 32', async (name) => {
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

  test('of what is decoded already: the same as of its file', async () => {
    const name = 'rgb-299.png';
    const decoded = await decodePicture(await decodeImage(picture(name), name), name, 64);
    expect(sha256(decoded.data)).toBe(sha256((await decodeImage(picture(name), name, 64)).data));
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

  /** A file that says it has this many pixels, and has none. */
  const huge: Readonly<Record<string, () => Buffer>> = {
    bmp: () => {
      const bytes = Buffer.from(kinds['b-rle8.bmp']!);
      bytes.writeUInt32LE(2 ** 30, 18);
      bytes.writeUInt32LE(2 ** 30, 22);
      return bytes;
    },
    gif: () => {
      const bytes = Buffer.from(kinds['g2.gif']!);
      bytes.writeUInt16LE(65_535, 6);
      bytes.writeUInt16LE(65_535, 8);
      return bytes;
    },
    png: () => {
      const bytes = Buffer.from(readFileSync(picture('rgb-299.png')));
      bytes.writeUInt32BE(30_000, 16);
      bytes.writeUInt32BE(30_000, 20);
      bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
      return bytes;
    },
    npy: () =>
      Buffer.from(
        "\x93NUMPY\x01\x00\x50\x00{'descr': '|u1', 'fortran_order': False, 'shape': (99999, 99999, 3), }".padEnd(90),
        'latin1',
      ),
  };

  test.each(Object.keys(huge))('of more pixels than there may be: %s', async (kind) => {
    const decoded = decodePicture(huge[kind]!(), 'huge');
    await expect(decoded).rejects.toThrow(CorruptImage);
    await expect(decoded).rejects.toThrow(/too many|exceeds pixel limit|cut off/);
  });

  test('with a side that is too long to be measured as it is, but not where it is scaled', async () => {
    const strip = (width: number, height: number) =>
      sharp({ create: { width, height, channels: 3, background: '#123456' } })
        .png()
        .toBuffer();
    for (const [width, height] of [
      [65_536, 1],
      [2, 65_536],
    ] as const) {
      const long = await strip(width, height);
      const decoded = decodePicture(long, 'long.png');
      await expect(decoded).rejects.toThrow(CorruptImage);
      await expect(decoded).rejects.toThrow(`long.png: ${width} × ${height} pixels: a side is longer than 65535`);
      expect((await decodePicture(long, 'long.png', 8)).width).toBe(8);
    }
    const array = decodePicture({ width: 70_000, height: 1, data: new Uint8Array(210_000) }, '7');
    await expect(array).rejects.toMatchObject({ id: '7', message: expect.stringMatching(/a side is longer/) });
    expect((await decodePicture(await strip(65_535, 2), 'x')).width).toBe(65_535);
  });

  test('of more bytes than a picture has: it is not read', async () => {
    const file = join(temporaryFolder(), 'large.png');
    writeFileSync(file, readFileSync(picture('rgb-299.png')));
    // A hole: it takes no room on the disk.
    truncateSync(file, 256 * 1024 ** 2 + 1);
    const decoded = decodeImage(file, 'in/large.png');
    await expect(decoded).rejects.toThrow(CorruptImage);
    await expect(decoded).rejects.toThrow('in/large.png: 268435457 bytes are too many, at most 268435456 are read');
  });

  /** Mistakes of ours in reading what is damaged, rather than words about it. */
  const MISTAKE =
    /undefined|not a function|not iterable|The value of ".*" is out of range|outside the bounds|Invalid typed array/;

  test.each(['b8.bmp', 'b32-v5.bmp', 'b-rle4.bmp', 'p-int.gif', 'g4.gif', 't-rgb-None.tif', 't-P-None.tif', 'g16.png'])(
    'or it is a picture: %s cut off anywhere, and with any byte of its header changed',
    async (name) => {
      const bytes = kinds[name]!;
      const cut = Array.from({ length: 60 }, (_, i) => bytes.subarray(0, Math.floor((i * bytes.length) / 60)));
      const changed = Array.from({ length: 120 }, (_, i) => {
        const copy = Uint8Array.from(bytes);
        copy[i >> 1]! ^= i % 2 ? 0xff : 0x81;
        return copy;
      });
      let refused = 0;
      for (const damaged of [...cut, ...changed]) {
        try {
          const { width, height, data } = await decodePicture(damaged, name);
          expect(data.length).toBe(width * height * 3);
        } catch (error) {
          expect(error).toBeInstanceOf(CorruptImage);
          expect((error as Error).message).not.toMatch(MISTAKE);
          refused++;
        }
      }
      expect(refused).toBeGreaterThan(50);
    },
  );

  test('missing', async () => {
    await expect(decodeImage(join(temporaryFolder(), 'x.png'), 'x.png')).rejects.toThrow(CorruptImage);
  });
});
