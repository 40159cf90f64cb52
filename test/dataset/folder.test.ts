import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { CorruptImage, type Dataset } from '../../src/dataset/dataset.js';
import { imagesOf, openFolder, readClasses } from '../../src/dataset/folder.js';
import { temporaryFolder } from '../temporary.js';
import { scatter } from './pictures.js';

const NONE: ReadonlySet<string> = new Set();

describe('the images of a folder', () => {
  test('are found in it and below it, in code-unit order; other files are not', () => {
    const folder = temporaryFolder();
    const images = [
      'B/a.png',
      'Z.PNG',
      'a/10.webp',
      'a/9.gif',
      'a/deep/er/x.tif',
      'b.jpg',
      'c.JPEG',
      'd.tiff',
      'e.BMP',
      'f.npy',
      'é.jpeg',
    ];
    scatter(folder, [...images, 'notes.txt', 'a/x.png.bak', 'png', 'a/.png.swp', 'x.npz']);
    expect(imagesOf(folder)).toEqual(images);
  });

  test('are found through links, each folder once, and a link loop ends', () => {
    const folder = temporaryFolder();
    const elsewhere = temporaryFolder();
    scatter(folder, ['a/1.png']);
    scatter(elsewhere, ['2.png', 'in/3.png']);
    symlinkSync(elsewhere, join(folder, 'b'));
    symlinkSync(join(elsewhere, 'in'), join(folder, 'c'));
    symlinkSync(folder, join(folder, 'a', 'loop'));
    symlinkSync(join(elsewhere, '2.png'), join(folder, 'linked.png'));
    symlinkSync(join(folder, 'nowhere'), join(folder, 'broken.png'));
    symlinkSync(join(folder, 'self.png'), join(folder, 'self.png'));
    expect(imagesOf(folder)).toEqual(['a/1.png', 'b/2.png', 'b/in/3.png', 'linked.png']);
  });

  test.each([
    ['missing', () => join(temporaryFolder(), 'missing'), /Folder ".*missing": ENOENT.* Expected a folder of images/],
    ['empty', () => temporaryFolder(), /it holds no images, expected \.png/],
  ])('%s: said', (_, make, message) => {
    const folder = make();
    expect(() => imagesOf(folder)).toThrow(UserError);
    expect(() => imagesOf(folder)).toThrow(message);
    expect(() => openFolder('x', folder, folder)).toThrow(message);
  });

  test('that is only one: said, with its name', () => {
    const folder = temporaryFolder();
    scatter(folder, ['notes.txt', 'a/only.png']);
    const message = /Folder ".*": it holds one image, a\/only\.png; expected at least two/;
    expect(() => imagesOf(folder)).toThrow(message);
    expect(() => openFolder('x', folder, folder)).toThrow(message);
    scatter(folder, ['b/other.png']);
    expect(() => imagesOf(folder, { classes: new Set(['b']) })).toThrow(
      /one image of the listed classes, b\/other\.png;/,
    );
    expect(() => imagesOf(folder, { classes: new Set(['b']) })).toThrow(UserError);
  });

  test('without a single image, or a file: said', () => {
    const folder = temporaryFolder();
    scatter(folder, ['notes.txt', 'a/b/data.csv']);
    mkdirSync(join(folder, 'looks-like.png'));
    expect(() => imagesOf(folder)).toThrow(/it holds no images/);
    expect(() => imagesOf(join(folder, 'notes.txt'))).toThrow(/notes\.txt": ENOTDIR/);
  });
});

describe('class folders', () => {
  test('are limited by a list: of the first level only, whole names only', () => {
    const folder = temporaryFolder();
    scatter(folder, ['n01/1.png', 'n01/deep/2.png', 'n02/3.png', 'n011/4.png', 'other/n02/5.png', 'n01.png']);
    expect(imagesOf(folder, { classes: new Set(['n01', 'n03']) })).toEqual(['n01/1.png', 'n01/deep/2.png']);
    expect(() => imagesOf(folder, { classes: new Set(['n3', 'n4']) })).toThrow(
      /none of its class folders is among the 2 listed classes/,
    );
  });

  test('are read from a list a line each, comments and blank lines left out', () => {
    const file = join(temporaryFolder(), 'classes.txt');
    writeFileSync(file, '# ImageNet\r\n\r\nn01440764 # tench\n  n01443537  \nn01440764\n');
    expect(readClasses(file)).toEqual(new Set(['n01440764', 'n01443537']));
    writeFileSync(file, '# nothing\n\n');
    expect(() => readClasses(file)).toThrow(/Class list ".*classes\.txt": it names no classes/);
    expect(() => readClasses(`${file}.missing`)).toThrow(/Class list .*ENOENT/);
  });

  test('are not waited for in a FIFO, nor read without end', () => {
    const folder = temporaryFolder();
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const huge = join(folder, 'huge.txt');
    writeFileSync(huge, 'n01440764\n');
    truncateSync(huge, 2 ** 24 + 1);
    for (const [path, message] of [
      [fifo, /^Class list ".*fifo" is no regular file\.$/],
      [huge, /^Class list ".*huge\.txt" has 16777217 bytes, expected at most 16777216\.$/],
      [folder, /^Class list ".*" is a folder, expected a file\.$/],
    ] as const) {
      expect(() => readClasses(path)).toThrow(UserError);
      expect(() => readClasses(path)).toThrow(message);
    }
  });
});

function numbered(count: number): Dataset {
  const folder = temporaryFolder();
  scatter(
    folder,
    Array.from({ length: count }, (_, i) => `${String(i).padStart(3, '0')}.png`),
  );
  return openFolder('Numbers', './numbers', folder);
}

const ids = (dataset: Dataset, output: number, n: number, { seed = 0, unusable = NONE } = {}) =>
  dataset.choose(output, n, seed, unusable).map(({ id }) => id);
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('choosing from a folder', () => {
  test.each([2, 7, 100])(
    'slot 0 takes each of %i images exactly once over as many outputs, then each again',
    (size) => {
      const dataset = numbered(size);
      const pass = (first: number, seed: number) => range(size).map((i) => ids(dataset, first + i, 1, { seed })[0]!);
      for (const first of [0, size, 7 * size]) expect(new Set(pass(first, 3)).size).toBe(size);
      if (size < 100) return;
      expect(pass(0, 3)).not.toEqual(pass(size, 3));
      expect(pass(0, 3)).not.toEqual(pass(0, 4));
      expect(pass(0, 3)).not.toEqual([...pass(0, 3)].sort());
    },
  );

  test('the images of an output are distinct, as long as there are others', () => {
    for (const size of [9, 10, 100]) {
      const dataset = numbered(size);
      for (const output of range(200)) expect(new Set(ids(dataset, output, 9)).size).toBe(9);
    }
    const three = numbered(3);
    for (const output of range(50))
      expect(new Set(ids(three, output, 9))).toEqual(new Set(['000.png', '001.png', '002.png']));
  });

  test('the first n are the same for every larger n', () => {
    for (const dataset of [numbered(20), numbered(4)]) {
      for (const output of range(60)) {
        const sixteen = dataset.choose(output, 16, 5, NONE);
        for (const n of [1, 2, 3, 9]) expect(dataset.choose(output, n, 5, NONE)).toEqual(sixteen.slice(0, n));
        expect(sixteen.map(({ output: o, slot }) => [o, slot])).toEqual(range(16).map((slot) => [output, slot]));
      }
    }
  });

  test('in any order of outputs', () => {
    const dataset = numbered(10);
    const forward = range(40).map((output) => ids(dataset, output, 4));
    expect(
      range(40)
        .reverse()
        .map((output) => ids(dataset, output, 4))
        .reverse(),
    ).toEqual(forward);
  });

  test('further slots take every image equally often', () => {
    const dataset = numbered(10);
    const counts = new Map<string, number>();
    for (const output of range(2000)) {
      for (const id of ids(dataset, output, 4).slice(1)) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    // 6,000 choices of 10 images: 600 each, of standard deviation 22 (distinct within an output).
    expect(counts.size).toBe(10);
    for (const count of counts.values()) expect(Math.abs(count - 600)).toBeLessThan(90);
  });

  test('what is set aside is never chosen, and the rest of the choices stay as they were', () => {
    const dataset = numbered(8);
    const unusable = new Set(['001.png', '004.png', '007.png']);
    let same = 0;
    for (const output of range(100)) {
      const [before, after] = [ids(dataset, output, 5), ids(dataset, output, 5, { unusable })];
      expect(after.filter((id) => unusable.has(id))).toEqual([]);
      expect(new Set(after).size).toBe(5);
      if (!before.some((id) => unusable.has(id))) {
        same++;
        expect(after).toEqual(before);
      }
    }
    expect(same).toBeGreaterThan(0);
    // Two left: an output of three takes one of them again.
    const two = new Set(range(8).map((i) => `00${i}.png`));
    for (const id of ['003.png', '006.png']) two.delete(id);
    expect(new Set(ids(dataset, 5, 3, { unusable: two }))).toEqual(new Set(['003.png', '006.png']));
  });

  test('fewer than two usable are an error that names the data set', () => {
    const all = new Set(['000.png', '001.png', '002.png']);
    const refused = (given: string) =>
      new UserError(`Data set "Numbers": ${given} of its 3 images can be used, expected at least two.`);
    expect(() => numbered(3).choose(0, 1, 0, all)).toThrow(refused('none'));
    all.delete('001.png');
    expect(() => numbered(3).choose(0, 1, 0, all)).toThrow(refused('1'));
  });
});

describe('a folder as a data set', () => {
  test('has an identity that changes with names and sizes of files', () => {
    const folder = temporaryFolder();
    scatter(folder, ['a.png', 'b.png']);
    const open = () => openFolder('N', './spec', folder);
    const dataset = open();
    expect([dataset.name, dataset.spec, dataset.fit(64)]).toEqual(['N', './spec', 'cover 64']);
    expect(dataset.identity).toMatchObject({ kind: 'folder', images: 2 });
    expect(open().identity).toEqual(dataset.identity);
    writeFileSync(join(folder, 'b.png'), 'longer than before');
    const longer = open().identity;
    expect(longer.namesAndSizesSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(longer.namesAndSizesSha256).not.toBe(dataset.identity.namesAndSizesSha256);
    scatter(folder, ['c.png']);
    expect(open().identity.namesAndSizesSha256).not.toBe(longer.namesAndSizesSha256);
  });

  test('loads pixels at the resolution, and names a corrupt file by its path in the folder', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'sub'));
    const solid = { width: 8, height: 4, channels: 3, background: { r: 10, g: 200, b: 30 } } as const;
    await sharp({ create: solid })
      .png()
      .toFile(join(folder, 'sub', 'a.png'));
    scatter(folder, ['sub/bad.png']);
    const dataset = openFolder('N', folder, folder);
    const image = await dataset.load({ id: 'sub/a.png', output: 0, slot: 0 }, 0, 16);
    expect(image).toEqual({ kind: 'pixels', pixels: expect.any(Uint8Array) });
    const pixels = image.kind === 'pixels' ? [...image.pixels] : [];
    expect(pixels).toEqual(range(16 * 16).flatMap(() => [10, 200, 30]));
    const bad = dataset.load({ id: 'sub/bad.png', output: 0, slot: 0 }, 0, 16);
    await expect(bad).rejects.toThrow(CorruptImage);
    await expect(bad).rejects.toMatchObject({ id: 'sub/bad.png', message: expect.stringMatching(/^sub\/bad\.png: /) });
  });
});
