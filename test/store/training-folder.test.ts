import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { draws, STREAM } from '../../src/core/random.js';
import { encodingOf } from '../../src/store/encode-picture.js';
import { FolderLock } from '../../src/store/lock.js';
import { shardImagesOf, TrainingFolder } from '../../src/store/training-folder.js';
import { findTraining, tidyTraining } from '../../src/store/training-found.js';
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
      'other bytes': (path) =>
        writeFileSync(
          path,
          readFileSync(path).map((byte, i) => (i === 60 ? byte ^ 1 : byte)),
        ),
      gone: (path) => rmSync(path),
    };
    for (const [name, damage] of Object.entries(damages)) {
      const folder = join(home, name);
      cpSync(cut, folder, { recursive: true });
      damage(join(folder, shard));
      await expect(TrainingFolder.open(folder, record), name).rejects.toThrow(/It was changed since it was written/);
    }
    if (format === 'folder') return;
    const sealed = join(cut, shard.replace('000001', '000000').replace('.part', ''));
    renameSync(sealed, `${sealed}.away`);
    await expect(TrainingFolder.open(cut, record)).rejects.toThrow(/shard-000000.*missing/);
  });
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
