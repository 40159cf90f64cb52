import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { CorruptImage } from '../../src/dataset/dataset.js';
import { openPictures } from '../../src/dataset/open-pictures.js';
import { temporaryFolder } from '../temporary.js';
import { scatter } from './pictures.js';
import { tar } from './tar-writer.js';

/** Opens, reads all, closes: names and what their files hold. */
async function contents(source: string): Promise<[string, string][]> {
  const set = await openPictures(source);
  const all = await Promise.all(set.ids.map((_, i) => set.read(i)));
  await set.close();
  return set.ids.map((id, i) => [id, Buffer.from(all[i] as Uint8Array).toString()]);
}

describe('pictures of', () => {
  test('a folder, links followed once', async () => {
    const folder = temporaryFolder();
    scatter(folder, ['b/2.bmp', 'a.PNG', 'c.npy', 'notes.txt']);
    symlinkSync(folder, join(folder, 'b', 'loop'));
    expect(await contents(`${folder}/`)).toEqual(['a.PNG', 'b/2.bmp', 'c.npy'].map((id) => [id, id]));
    expect((await openPictures(`${folder}/b/`)).name).toBe('b');
  });

  test('a zip of a folder: as of the folder', async () => {
    const folder = temporaryFolder();
    const names = ['b/2.bmp', 'a.PNG', 'B.jpg'];
    scatter(join(folder, 'pictures'), names);
    writeFileSync(join(folder, 'x.ZIP'), zipSync(Object.fromEntries(names.map((name) => [name, strToU8(name)]))));
    expect(await contents(join(folder, 'x.ZIP'))).toEqual(await contents(join(folder, 'pictures')));
  });

  test('several archives: each name begins with its archive', async () => {
    const folder = temporaryFolder();
    for (const i of ['00', '01', '10']) {
      const entries = ['b.png', 'a.png'].map((name) => ({ name, bytes: Buffer.from(i + name) }));
      writeFileSync(join(folder, `part-${i}.tar`), tar(entries));
    }
    const of = (parts: string[]) =>
      parts.flatMap((i) => ['b.png', 'a.png'].map((name) => [`part-${i}.tar/${name}`, i + name]));
    expect(await contents(join(folder, 'part-{00..01}.tar'))).toEqual(of(['00', '01']));
    expect(await contents(join(folder, 'part-{10,00}.tar'))).toEqual(of(['10', '00']));
    expect(await contents(join(folder, 'part-*.tar'))).toEqual(of(['00', '01', '10']));
    expect((await openPictures(join(folder, 'part-?0.tar'))).name).toBe('part-?0.tar');
  });

  test('archives of one name in several folders: by their folders', async () => {
    const folder = temporaryFolder();
    scatter(folder, ['x/keep', 'y/keep']);
    for (const side of ['x', 'y']) writeFileSync(join(folder, side, 'a.zip'), zipSync({ '1.png': strToU8(side) }));
    expect(await contents(join(folder, '{x,y}', 'a.zip'))).toEqual([
      ['x/a.zip/1.png', 'x'],
      ['y/a.zip/1.png', 'y'],
    ]);
  });

  test('an archive whose name reads as a pattern', async () => {
    const path = join(temporaryFolder(), 'a{1,2}*.zip');
    writeFileSync(path, zipSync({ '1.png': strToU8('one') }));
    expect(await contents(path)).toEqual([['1.png', 'one']]);
  });

  test('a list: its order, relative to its folder, comments and blank lines left out', async () => {
    const folder = temporaryFolder();
    const elsewhere = temporaryFolder();
    scatter(folder, ['in/a b.png', 'c#1.jpg']);
    scatter(elsewhere, ['photo']);
    const list = join(folder, 'x.lst');
    writeFileSync(list, `\ufeff# mine\r\nc#1.jpg\r\n\r\n  in/a b.png  \n${elsewhere}/photo`);
    expect(await contents(list)).toEqual([
      ['c#1.jpg', 'c#1.jpg'],
      ['in/a b.png', 'in/a b.png'],
      [`${elsewhere}/photo`, 'photo'],
    ]);
  });

  // macOS keeps no such names.
  test.runIf(process.platform === 'linux')('a folder whose names are no UTF-8: each by its bytes', async () => {
    const folder = temporaryFolder();
    const path = (name: string) => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')]);
    mkdirSync(path('caf\xe9'));
    for (const name of ['a.png', 'caf\xe8.png', 'caf\xe9.png', 'caf\xe9/b\xff.png', 'caf\xc3\xa9.png'])
      writeFileSync(path(name), Buffer.from(name, 'latin1'));
    symlinkSync(path('caf\xe9.png'), path('link\xe9.png'));
    const set = await openPictures(folder);
    const names = await Promise.all(set.ids.map(async (_, i) => (await set.read(i)) as Uint8Array));
    expect(set.ids).toEqual([
      'a.png',
      'caf\xe9.png',
      'caf\udce8.png',
      'caf\udce9.png',
      'caf\udce9/b\udcff.png',
      'link\udce9.png',
    ]);
    expect(names.map((name) => Buffer.from(name).toString('latin1'))).toEqual([
      'a.png',
      'caf\xc3\xa9.png',
      'caf\xe8.png',
      'caf\xe9.png',
      'caf\xe9/b\xff.png',
      'caf\xe9.png',
    ]);
  });

  test('a file of a folder or a list that is too large for a picture is not read', async () => {
    const folder = temporaryFolder();
    scatter(folder, ['a.png']);
    truncateSync(join(folder, 'a.png'), 1024 ** 3);
    writeFileSync(join(folder, 'x.txt'), 'a.png');
    for (const source of [folder, join(folder, 'x.txt')]) {
      const set = await openPictures(source);
      await expect(set.read(0)).rejects.toThrow(CorruptImage);
      await expect(set.read(0)).rejects.toThrow('a.png: 1073741824 bytes are too many, at most 268435456 are read');
    }
  });

  test('a file that is gone when its turn comes: a corrupt image that keeps the path to itself', async () => {
    const folder = temporaryFolder();
    scatter(folder, ['a.png']);
    symlinkSync(join(folder, 'a.png'), join(folder, 'b.png'));
    const set = await openPictures(folder);
    rmSync(join(folder, 'a.png'));
    await expect(set.read(1)).rejects.toThrow(CorruptImage);
    await expect(set.read(1)).rejects.toThrow('b.png: cannot be read (ENOENT)');
  });
});

describe('refused with a message:', () => {
  const list = (text: string) => (folder: string) => {
    scatter(folder, ['a.png', 'sub/b.png']);
    writeFileSync(join(folder, 'x.txt'), text);
    return 'x.txt';
  };
  const file = (name: string, bytes: Uint8Array | string) => (folder: string) => {
    writeFileSync(join(folder, name), bytes);
    return name;
  };

  test.each<[string, (folder: string) => string, RegExp]>([
    ['what is not there', () => 'nowhere', /ENOENT.* Expected a folder of pictures, a \.zip/],
    ['a picture', file('a.png', 'x'), /got ".*a\.png", expected a folder of pictures, a \.zip/],
    ['an unknown archive', file('a.rar', 'x'), /expected a folder of pictures, a \.zip/],
    ['a compressed tar', file('a.tar.gz', 'x'), /expected a \.tar that is not compressed\. Unpack it once/],
    ['a compressed tar, .tgz', file('a.tgz', 'x'), /not compressed/],
    ['an empty folder', () => '', /it holds no images/],
    [
      'a missing shard',
      (folder) => {
        writeFileSync(join(folder, 's0.tar'), tar([{ name: 'a.png' }]));
        return 's{0..1}.tar';
      },
      /Archive ".*s1\.tar": ENOENT/,
    ],
    [
      'a pattern of what is no archive',
      (folder) => {
        scatter(folder, ['a.png', 'b.png']);
        return '*.png';
      },
      /expected \.zip or \.tar archives where a pattern names several/,
    ],
    ['a pattern of nothing', () => '*.tar', /a pattern that matches a file/],
    ['an empty list', list('# nothing\n\n'), /Picture list ".*": it names no pictures/],
    [
      'a list of what is missing',
      list('a.png\n\ngone.png\n'),
      /Picture list ".*x\.txt", line 3: ".*gone\.png" does not exist/,
    ],
    ['a list of folders', list('a.png\nsub\n'), /line 2: ".*sub" is no file/],
    ['a list with a path twice', list('a.png\nsub/b.png\na.png'), /line 3: "a\.png" is on line 1 already/],
    ['a list with no text in it', list('a\0b'), /line 1: /],
  ])('%s', async (_, make, message) => {
    const folder = temporaryFolder();
    const source = join(folder, make(folder));
    await expect(openPictures(source)).rejects.toThrow(UserError);
    await expect(openPictures(source)).rejects.toThrow(message);
  });
});
