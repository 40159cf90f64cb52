import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { type PictureIndex, readPicture, readPictureIndex } from '../../src/store/pictures.js';
import { Place, SMALL, SWEEP } from './slim.js';

/** The pictures that a run folder keeps of its cells. */

const place = Place.ofTests();
const WHOLE = [...SWEEP, '--methods', 'none,mixup,cutmix', '--n', '2', '--images', '96'];

let index: PictureIndex;
beforeAll(async () => {
  await place.succeed(...WHOLE, '--out', 'whole');
  index = readPictureIndex(place.at('whole'));
});

const bytes = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(place.at(folder, 'pictures'))
      .sort()
      .map((name) => [name, readFileSync(place.at(folder, 'pictures', name), 'base64')]),
  );

test('are the first outputs of every setting, and those that pull its FID most', async () => {
  const kinds = index.strips.map(({ setting, kind }) => `${setting} ${kind}`);
  const settings = ['none', 'mixup:2', 'cutmix:2'];
  expect(kinds).toEqual(settings.flatMap((key) => [`${key} first`, `${key} raising`, `${key} lowering`]));
  for (const { kind, outputs, psi, images, file } of index.strips) {
    const { width, height, format } = await sharp(readPicture(place.at('whole'), file)).metadata();
    expect({ width, height, format }).toEqual({
      width: index.tile * outputs.length,
      height: index.tile,
      format: 'webp',
    });
    if (kind === 'first') {
      expect(outputs).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      expect(psi).toBeUndefined();
      continue;
    }
    expect(images).toBe(96);
    const strengths = psi!.map((value) => (kind === 'raising' ? value : -value));
    expect(strengths).toEqual([...strengths].sort((a, b) => b - a));
    expect(Math.min(...strengths)).toBeGreaterThan(0);
    expect(Math.max(...outputs)).toBeLessThan(96);
    expect(new Set(outputs).size).toBe(outputs.length);
  }
});

test('show what "samples" shows of the same setting', async () => {
  const { tile } = index;
  for (const setting of ['mixup:2', 'cutmix:2']) {
    const sheet = place.at(`${setting.slice(0, 5)}.png`);
    const flags = ['--mix', setting, '--count', '8', '--columns', '8', '--tile', String(tile), '--resolution', '16'];
    await place.succeed('samples', 'programs:my programs', ...flags, '-o', sheet);
    const { file } = index.strips.find((strip) => strip.setting === setting && strip.kind === 'first')!;
    const strip = await sharp(readPicture(place.at('whole'), file))
      .raw()
      .toBuffer({ resolveWithObject: true });
    for (let i = 0; i < 8; i++) {
      const at = { left: 2 + i * (tile + 2), top: 2, width: tile, height: tile };
      const wanted = await sharp(sheet).extract(at).removeAlpha().raw().toBuffer();
      let difference = 0;
      for (let y = 0; y < tile; y++)
        for (let x = 0; x < 3 * tile; x++)
          difference += Math.abs(strip.data[y * strip.info.width * 3 + i * tile * 3 + x]! - wanted[y * tile * 3 + x]!);
      // WebP is lossy; another picture is tens of levels away.
      expect(difference / (3 * tile * tile)).toBeLessThan(8);
    }
  }
});

test('are drawn again to the same bytes where they are missing or broken, without measuring anything again', async () => {
  const before = bytes('whole');
  rmSync(place.at('whole', 'pictures'), { recursive: true });
  await place.succeed(...WHOLE, '--out', 'whole');
  expect(bytes('whole')).toEqual(before);
  writeFileSync(
    place.at('whole', 'pictures', 'index.json'),
    '{"schema":1,"tile":96,"strips":[{"file":"../../x.webp"}]}',
  );
  expect(readPictureIndex(place.at('whole')).strips).toEqual([]);
  await place.succeed(...WHOLE, '--out', 'whole');
  expect(bytes('whole')).toEqual(before);
  expect(place.inferred('whole')).toBe(3 * 96);
});

test('decide nothing: a run without them has the same report', async () => {
  await place.succeed(...WHOLE, '--out', 'without', '--samples', '0');
  expect(existsSync(place.at('without', 'pictures'))).toBe(false);
  expect(place.report('without')).toBe(place.report('whole'));
  expect(await place.refused(...WHOLE, '--out', 'other', '--samples', 'many')).toMatch(/--samples.*0 to 64/);
});

test('go with the run that is replaced, and nothing of the user does', async () => {
  await place.succeed(...WHOLE, '--out', 'replaced');
  writeFileSync(place.at('replaced', 'pictures', 'mine.webp'), 'mine');
  await place.succeed(
    ...['sweep', '--dataset', 'drawn=programs:my programs', '--reference', 'real.npz', ...SMALL],
    ...['--methods', 'none', '--images', '32', '--samples', '0', '--out', 'replaced', '--overwrite'],
  );
  expect(readdirSync(place.at('replaced', 'pictures'))).toEqual(['mine.webp']);
});
