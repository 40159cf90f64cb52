import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { draws, STREAM } from '../../src/core/random.js';
import { encodingOf } from '../../src/store/encode-picture.js';
import { FolderLock } from '../../src/store/lock.js';
import { shardImagesOf, TrainingFolder } from '../../src/store/training-folder.js';
import { checkWhole, findTraining, tidyTraining } from '../../src/store/training-found.js';
import type { Sample } from '../../src/store/training-layout.js';
import {
  checkSameTraining,
  FORMATS,
  type LeftOut,
  type TrainingFormat,
  type TrainingRecord,
} from '../../src/store/training-record.js';
import { temporaryFolder } from '../temporary.js';

const IMAGES = 23;

function recordOf(format: TrainingFormat, change: Partial<TrainingRecord> = {}): TrainingRecord {
  return {
    tool: 'fidsweep test',
    dataset: { name: 'p', spec: 'programs', identity: { kind: 'programs', sha256: 'ab' }, fit: 'rendered at 8' },
    setting: 'mixup:2',
    images: IMAGES,
    seed: 3,
    resolution: 8,
    format,
    shardImages: format === 'folder' ? 1000 : 7,
    encoding: encodingOf('png'),
    recipeVersion: 1,
    versions: { sharp: '1' },
    device: { backend: 'b', renderer: 'r', version: 'v' },
    ...change,
  };
}

/** Bytes that hang on the index alone, as pictures do: of different lengths, some of none beside a whole block of a tar. */
function samplesFrom(first: number, count: number): Sample[] {
  return Array.from({ length: count }, (_, i) => {
    const index = first + i;
    const uniform = draws(1, STREAM.sample, index);
    const image = Uint8Array.from({ length: index % 5 ? Math.floor(uniform() * 1500) : 512 }, () => uniform() * 256);
    return { index, image, setting: 'mixup:2', bases: [`a${index}`, 'é "b"'] };
  });
}

/** The bytes of every file below a folder, by its path. */
function contentsOf(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1), createHash('sha256').update(readFileSync(path)).digest('hex')];
    }),
  );
}

const KNOWN = [{ id: 'known', why: 'broken' }];

async function writeWhole(folder: string, record: TrainingRecord, setAside: readonly LeftOut[] = []): Promise<void> {
  const training = await TrainingFolder.open(folder, record);
  await training.add(samplesFrom(0, record.images), setAside);
  await training.finish();
}

const turned = (path: string, at: number) =>
  writeFileSync(
    path,
    readFileSync(path).map((byte, i) => (i === at ? byte ^ 1 : byte)),
  );

/** What may lie at a path in the place of a file. */
const STRANGE: Record<string, (path: string, victim: string) => void> = {
  link: (path, victim) => symlinkSync(victim, path),
  'link to nothing': (path) => symlinkSync(`${path}.nowhere`, path),
  FIFO: (path) => execFileSync('mkfifo', [path]),
};

describe.each(FORMATS)('%s', (format) => {
  const record = recordOf(format);

  test('is the same however often it was cut and wherever', async () => {
    const home = temporaryFolder();
    await writeWhole(join(home, 'whole'), record, KNOWN);
    const wanted = contentsOf(join(home, 'whole'));
    for (let kept = 0; kept <= IMAGES; kept++) {
      const folder = join(home, `cut ${kept}`);
      const copy = join(home, `copy ${kept}`);
      const first = await TrainingFolder.open(folder, record);
      await first.add(samplesFrom(0, kept), KNOWN);
      await first.commit();
      // What follows was not committed: a crash leaves any part of it. Without a shard's end, which commits by itself.
      const more = Math.min(IMAGES - kept, format === 'folder' ? 9 : Math.max(0, 6 - (kept % 7)));
      await first.add(samplesFrom(kept, more));
      cpSync(folder, copy, { recursive: true });
      await first.close();
      for (const name of readdirSync(copy))
        if (name.endsWith('.part')) appendFileSync(join(copy, name), 'half of a he');
      writeFileSync(join(copy, 'progress.json.123.tmp'), '{"ki');
      expect(findTraining(copy)).toMatchObject({ kind: 'part', images: kept });

      const again = await TrainingFolder.open(copy, record);
      expect(again.images).toBe(kept);
      expect(again.setAside).toEqual(KNOWN);
      await again.add(samplesFrom(kept, IMAGES - kept), KNOWN);
      await again.finish();
      expect(contentsOf(copy)).toEqual(wanted);
    }
  });

  test('a shard that was ended, though the journal does not say so, is taken up', async () => {
    const home = temporaryFolder();
    await writeWhole(join(home, 'whole'), record);
    const folder = join(home, 'cut');
    const first = await TrainingFolder.open(folder, record);
    await first.add(samplesFrom(0, 5));
    await first.commit();
    const journal = readFileSync(join(folder, 'progress.json'));
    await first.add(samplesFrom(5, 2));
    await first.close();
    writeFileSync(join(folder, 'progress.json'), journal);
    const again = await TrainingFolder.open(folder, record);
    expect(again.images).toBe(5);
    await again.add(samplesFrom(5, IMAGES - 5));
    await again.finish();
    expect(contentsOf(folder)).toEqual(contentsOf(join(home, 'whole')));
  });

  test('its manifest tells the bytes and SHA-256 of what is there', async () => {
    const folder = join(temporaryFolder(), 'out');
    await writeWhole(folder, record);
    const found = findTraining(folder);
    if (found.kind !== 'whole') throw new Error(found.kind);
    expect(found.manifest.shards.map(({ images }) => images)).toEqual(format === 'folder' ? [23] : [7, 7, 7, 2]);
    for (const { name, bytes, sha256 } of found.manifest.shards) {
      const path = join(folder, name);
      const parts = format === 'folder' ? readdirSync(path).sort() : [''];
      const data = Buffer.concat(parts.map((part) => readFileSync(join(path, part))));
      expect([data.length, createHash('sha256').update(data).digest('hex')]).toEqual([bytes, sha256]);
    }
    expect(readdirSync(folder).sort()).toEqual(
      ['manifest.json', ...found.manifest.shards.map(({ name }) => name)].sort(),
    );
    expect(readFileSync(join(folder, 'manifest.json'), 'utf8')).not.toContain(folder);
  });

  test('a finished one that was killed before it tidied up is whole', async () => {
    const folder = join(temporaryFolder(), 'out');
    await writeWhole(folder, record);
    const wanted = contentsOf(folder);
    writeFileSync(join(folder, 'progress.json'), '{}');
    writeFileSync(join(folder, 'manifest.json.7.tmp'), '{');
    FolderLock.take(folder).release();
    expect(findTraining(folder).kind).toBe('whole');
    tidyTraining(folder);
    expect(contentsOf(folder)).toEqual(wanted);
  });

  test('what was changed since it was written is refused', async () => {
    const home = temporaryFolder();
    const cut = join(home, 'cut');
    const first = await TrainingFolder.open(cut, record);
    await first.add(samplesFrom(0, 10));
    await first.commit();
    await first.close();
    const shard =
      format === 'folder' ? '00000/img00000003.png' : `shard-000001.${format === 'zip' ? 'zip' : 'tar'}.part`;
    const damages: Record<string, (path: string) => void> = {
      shorter: (path) => writeFileSync(path, readFileSync(path).subarray(0, 100)),
      'other bytes': (path) => turned(path, 60),
      gone: (path) => rmSync(path),
    };
    for (const [name, damage] of Object.entries(damages)) {
      const folder = join(home, name);
      cpSync(cut, folder, { recursive: true });
      damage(join(folder, shard));
      await expect(TrainingFolder.open(folder, record), name).rejects.toThrow(/It was changed since it was written/);
    }
    for (const [name, plant] of Object.entries(STRANGE)) {
      // A picture is only read.
      if (format === 'folder' && name === 'link') continue;
      const folder = join(home, `${name} here`);
      cpSync(cut, folder, { recursive: true });
      renameSync(join(folder, shard), join(home, name));
      plant(join(folder, shard), join(home, name));
      await expect(TrainingFolder.open(folder, record), name).rejects.toThrow(/no regular file|missing|ENOENT/);
    }
    if (format === 'folder') return;
    const sealed = join(cut, shard.replace('000001', '000000').replace('.part', ''));
    renameSync(sealed, `${sealed}.away`);
    await expect(TrainingFolder.open(cut, record)).rejects.toThrow(/shard-000000.*missing/);
  });

  test('a finished one whose files are gone or others is not whole', async () => {
    const home = temporaryFolder();
    await writeWhole(join(home, 'whole'), record);
    const file = format === 'folder' ? '00000/img00000003.png' : `shard-000001.${format === 'zip' ? 'zip' : 'tar'}`;
    const damages: Record<string, (path: string) => void> = {
      nothing: () => {},
      shorter: (path) => writeFileSync(path, readFileSync(path).subarray(0, 100)),
      gone: (path) => rmSync(path),
      'another name': (path) => renameSync(path, path.replace(/0\d\./, '99.')),
      FIFO: (path) => {
        rmSync(path);
        execFileSync('mkfifo', [path]);
      },
    };
    for (const [name, damage] of Object.entries(damages)) {
      const folder = join(home, name);
      cpSync(join(home, 'whole'), folder, { recursive: true });
      damage(join(folder, file));
      const check = () => {
        const found = findTraining(folder);
        if (found.kind !== 'whole') throw new Error(found.kind);
        checkWhole(folder, found.manifest);
      };
      if (name === 'nothing') expect(check).not.toThrow();
      else expect(check, name).toThrow(/It was changed since it was written/);
    }
  });

  test('what lies at the path of a file is replaced, and what a link leads to stays', async () => {
    const home = temporaryFolder();
    await writeWhole(join(home, 'whole'), record);
    const victim = join(home, 'victim');
    writeFileSync(victim, 'precious');
    for (const [name, plant] of Object.entries(STRANGE)) {
      const folder = join(home, name);
      const training = await TrainingFolder.open(folder, record);
      await training.add(samplesFrom(0, 7));
      const file = format === 'folder' ? '00000/img00000009.png' : `shard-000001.${format === 'zip' ? 'zip' : 'tar'}`;
      if (format === 'folder') plant(join(folder, file), victim);
      else for (const path of [file, `${file}.part`]) plant(join(folder, path), victim);
      await training.add(samplesFrom(7, IMAGES - 7));
      await training.finish();
      expect(contentsOf(folder), name).toEqual(contentsOf(join(home, 'whole')));
    }
    expect(readFileSync(victim, 'utf8')).toBe('precious');
  });
});

describe('sealed shards', () => {
  // Of a folder, a shard is sealed after a thousand.
  const many = { folder: 1002, webdataset: IMAGES, zip: IMAGES };

  test.each(FORMATS)('a %s with a letter of another kind is refused, by its name', async (format) => {
    const record = recordOf(format, { images: many[format] });
    const folder = join(temporaryFolder(), 'cut');
    const first = await TrainingFolder.open(folder, record);
    await first.add(samplesFrom(0, many[format] - 1));
    await first.commit();
    await first.close();
    const heard: [number, number][] = [];
    const onChecked = (...given: [number, number]) => heard.push(given);
    await (await TrainingFolder.open(folder, record, { onChecked })).close();
    expect(heard).toEqual(
      format === 'folder'
        ? [[1000, 1000]]
        : [
            [7, 21],
            [14, 21],
            [21, 21],
          ],
    );
    const name = format === 'folder' ? '00000' : `shard-000001.${format === 'zip' ? 'zip' : 'tar'}`;
    turned(join(folder, name, format === 'folder' ? 'img00000500.png' : ''), 60);
    const words = new RegExp(`${name}: .* are others.*It was changed since it was written`);
    await expect(TrainingFolder.open(folder, record)).rejects.toThrow(words);
  });
});

describe('what a folder says of itself', () => {
  type Json = Record<string, unknown>;
  const edit = (path: string, change: (json: Json) => unknown): void =>
    writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')))));
  const shardsOf = (json: Json) => json.shards as Json[];
  const withShard = (change: Json) => (json: Json) => ({
    ...json,
    shards: shardsOf(json).map((shard, i) => (i === 1 ? { ...shard, ...change } : shard)),
  });
  const both: Record<string, (json: Json) => unknown> = {
    'no shards': ({ shards: _, ...json }) => json,
    'shards that are none': (json) => ({ ...json, shards: {} }),
    'a shard that is none': (json) => ({ ...json, shards: [null] }),
    'a shard less before another': (json) => ({ ...json, shards: shardsOf(json).slice(1) }),
    'a shard of another name': withShard({ name: '../../etc/passwd' }),
    'a shard of half an image': withShard({ images: 6.5 }),
    'a shard of more images': withShard({ images: 8 }),
    'bytes that are no number': withShard({ bytes: '7' }),
    'a hash that is none': withShard({ sha256: 'abc' }),
    'nothing set aside': ({ setAside: _, ...json }) => json,
    'what is set aside without a reason': (json) => ({ ...json, setAside: [{ id: 'a' }] }),
  };
  const ofJournal: typeof both = {
    ...both,
    'no record': ({ record: _, ...json }) => json,
    'a record without an encoding': (json) => ({ ...json, record: { ...(json.record as Json), encoding: null } }),
    'a record without a data set': (json) => ({ ...json, record: { ...(json.record as Json), dataset: 'p' } }),
    'a shard at hand of another place': (json) => ({ ...json, current: shardsOf(json)[0] }),
  };
  const ofManifest: typeof both = {
    ...both,
    'no device': ({ device: _, ...json }) => json,
    'no images': (json) => ({ ...json, images: 0 }),
    'a shard too few': (json) => ({ ...json, shards: shardsOf(json).slice(0, -1) }),
  };

  test('is refused where it has another shape', async () => {
    const folder = join(temporaryFolder(), 'out');
    const training = await TrainingFolder.open(folder, recordOf('zip'));
    await training.add(samplesFrom(0, IMAGES));
    await training.commit();
    for (const [file, changes] of Object.entries({ 'progress.json': ofJournal, 'manifest.json': ofManifest })) {
      if (file === 'manifest.json') await training.finish();
      const text = readFileSync(join(folder, file));
      expect(() => findTraining(folder)).not.toThrow();
      for (const [name, change] of Object.entries(changes)) {
        edit(join(folder, file), change);
        expect(() => findTraining(folder), name).toThrow(UserError);
        writeFileSync(join(folder, file), text);
      }
      for (const other of ['null', '[]', '7', '{', '']) {
        writeFileSync(join(folder, file), other);
        expect(() => findTraining(folder), other).toThrow(UserError);
      }
      writeFileSync(join(folder, file), text);
      for (const [name, plant] of Object.entries(STRANGE)) {
        rmSync(join(folder, file));
        plant(join(folder, file), join(folder, 'x'));
        expect(() => findTraining(folder), name).toThrow(`holds "${file}"`);
        rmSync(join(folder, file));
        writeFileSync(join(folder, file), text);
      }
    }
  });

  test.each(['webdataset', 'zip'] as const)('of a %s: as many images as its entries are', async (format) => {
    const folder = join(temporaryFolder(), 'out');
    const training = await TrainingFolder.open(folder, recordOf(format));
    await training.add(samplesFrom(0, 4));
    await training.commit();
    await training.close();
    edit(join(folder, 'progress.json'), (json) => ({ ...json, current: { ...(json.current as Json), images: 5 } }));
    await expect(TrainingFolder.open(folder, recordOf(format))).rejects.toThrow(/it has 4 images, expected 5/);
  });
});

test('whole images are tidied up whoever holds their lock', async () => {
  const folder = join(temporaryFolder(), 'out');
  await writeWhole(folder, recordOf('zip'));
  const wanted = contentsOf(folder);
  const lock = FolderLock.take(folder);
  tidyTraining(folder);
  lock.release();
  expect(contentsOf(folder)).toEqual(wanted);
});

test('another set of images in the same folder is refused, naming what differs', () => {
  const record = recordOf('zip');
  const cases: [string, Partial<TrainingRecord>][] = [
    ['--mix: got "none"', { setting: 'none' }],
    ['--seed: got 4, the images there have 3', { seed: 4 }],
    ['--images', { images: 24 }],
    ['--resolution', { resolution: 16 }],
    ['--format', { format: 'webdataset' }],
    ['--shard-images', { shardImages: 8 }],
    ['--encoding: got "jpeg"', { encoding: encodingOf('jpeg') }],
    ['sha256 of the data set', { dataset: { ...record.dataset, identity: { kind: 'programs', sha256: 'cd' } } }],
    ['sharp (package): got "2"', { versions: { sharp: '2' } }],
    ['renderer of the device', { device: { ...record.device, renderer: 'another' } }],
    ['recipe version', { recipeVersion: 2 }],
  ];
  for (const [words, change] of cases)
    expect(() => checkSameTraining('out', record, recordOf('zip', change)), words).toThrow(words);
  const jpeg = recordOf('zip', { encoding: encodingOf('jpeg', 90) });
  expect(() => checkSameTraining('out', jpeg, { ...jpeg, encoding: encodingOf('jpeg', 80) })).toThrow(
    '--quality: got 80',
  );
  const { device: _, ...without } = record;
  expect(() => checkSameTraining('out', record, without)).not.toThrow();
  // What made them before, and the name they had, decide nothing.
  expect(() => checkSameTraining('out', record, recordOf('zip', { tool: 'fidsweep 9' }))).not.toThrow();
});

test('a second process, a folder of something else and a file are refused', async () => {
  const home = temporaryFolder();
  const record = recordOf('zip');
  const first = await TrainingFolder.open(join(home, 'one'), record);
  await expect(TrainingFolder.open(join(home, 'one'), record)).rejects.toThrow(/is in use/);
  await first.close();
  mkdirSync(join(home, 'other'));
  writeFileSync(join(home, 'other', 'thesis.tex'), '');
  expect(() => findTraining(join(home, 'other'))).toThrow(/holds "thesis.tex"/);
  writeFileSync(join(home, 'other', 'manifest.json'), '{"name": "a web page"}');
  expect(() => findTraining(join(home, 'other'))).toThrow(/holds "manifest.json"/);
  expect(() => findTraining(join(home, 'other', 'thesis.tex'))).toThrow(/is a file/);
  expect(findTraining(join(home, 'none'))).toEqual({ kind: 'new' });
});

test('images come in order', async () => {
  const training = await TrainingFolder.open(join(temporaryFolder(), 'out'), recordOf('folder'));
  await expect(training.add(samplesFrom(1, 1))).rejects.toThrow('image 1 after 0');
  await expect(training.finish()).rejects.toThrow('0 of 23 images');
  await training.close();
  expect(shardImagesOf('folder')).toBe(1000);
});
