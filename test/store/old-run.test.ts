import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { dense } from '../../src/core/linear.js';
import { decodeNpy } from '../../src/core/npy.js';
import { frechetDistance } from '../../src/metrics/frechet.js';
import { Accumulator } from '../../src/statistics/gaussian.js';
import { decodeStatistics } from '../../src/statistics/npz.js';
import { openRun, Run } from '../../src/store/run.js';
import { temporaryFolder } from '../temporary.js';
import { RECORD, REFERENCE } from './records.js';

/** A run folder that fidsweep 0.2.0 made: three settings, 4 images of programs at 16, bundled extractor. */
const FIXTURE = join(import.meta.dirname, '..', 'fixtures', 'run-0.2');

function copied(): string {
  const folder = join(temporaryFolder(), 'old');
  cpSync(FIXTURE, folder, { recursive: true });
  return folder;
}

const scores = JSON.parse(readFileSync(join(FIXTURE, 'scores.json'), 'utf8')) as {
  cells: { setting: string; images: number; fid: number }[];
};

describe('a run folder of fidsweep 0.2', () => {
  test('has the record of today, with what there was no choice of then', () => {
    const run = openRun(FIXTURE);
    expect(run.record).toMatchObject({
      schema: 2,
      tool: 'fidsweep 0.2.0',
      settings: ['none', 'mixup:2', 'cutmix:2'],
      images: 4,
      resolution: 16,
      strategy: { kind: 'grid', alpha: 0.05, tolerance: 0.01, complete: false },
      keep: 'features',
      flags: {},
    });
    expect(Object.keys(run.record)).not.toContain('setAside');
    expect(run.setAside).toEqual([{ dataset: 'tiny', id: 'broken', why: expect.stringMatching(/^does not compile/) }]);
    expect(run.timing()).toEqual({
      started: '2026-11-23T10:07:03.978Z',
      seconds: expect.closeTo(0.99, 2),
      baseRenders: 8,
      images: 0,
      inferenceMs: 0,
      cells: [],
    });
    expect([run.selection(), run.moments(0, 'none'), run.result('scores')]).toEqual([undefined, undefined, undefined]);
    run.close();
  });

  test('has features: their FIDs are those that 0.2.0 wrote', async () => {
    const run = openRun(FIXTURE);
    const { mean, covariance } = await decodeStatistics(run.reference(), 'reference.npz');
    const reference = { mean, covariance: dense(mean.length, mean.length, covariance) };
    for (const { setting, images, fid } of scores.cells) {
      expect(run.images(0, setting)).toBe(images);
      const features = run.features(0, setting);
      expect([features.count, features.dims]).toEqual([4, 768]);
      const accumulator = new Accumulator(features.dims);
      await accumulator.add(features.rows(0, 1));
      await accumulator.add(features.rows(1, 4));
      const { value } = await frechetDistance(await accumulator.gaussian(), reference);
      expect(value).toBeCloseTo(fid, 6);
    }
  });

  test('gives rows as they stand in its shard, and none beyond', () => {
    const run = openRun(FIXTURE);
    const { data } = decodeNpy(readFileSync(join(FIXTURE, 'features', '0', 'block-00000.npy')), 'shard');
    const features = run.features(0, 'mixup:2', 3);
    expect([...features.rows(1, 3)]).toEqual([...data.subarray(5 * 768, 7 * 768)]);
    expect(() => features.rows(0, 4)).toThrow(RangeError);
    expect(() => run.features(0, 'mixup:2', 5)).toThrow(RangeError);
    expect([run.images(0, 'mixup:9'), run.images(1, 'none')]).toEqual([0, 0]);
  });

  test('is not continued, and is replaced only when that is asked for', () => {
    const folder = copied();
    for (const attempt of [() => Run.check(folder), () => Run.open(folder)]) {
      expect(attempt).toThrow(UserError);
      expect(attempt).toThrow(/made by fidsweep 0\.2 or older: "fidsweep report" reads it, .* choose another --out/);
    }
    expect(() => Run.create(folder, RECORD, { reference: REFERENCE })).toThrow(/holds a run already; .*--overwrite/);
    expect(readdirSync(folder).sort()).toEqual(readdirSync(FIXTURE).sort());
    writeFileSync(join(folder, 'mine.txt'), 'kept');
    Run.create(folder, RECORD, { reference: REFERENCE }, { overwrite: true }).close();
    expect(readdirSync(folder).sort()).toEqual(['lock.sqlite', 'mine.txt', 'reference.npz', 'run.json', 'run.sqlite']);
  });

  test('that ended before its first block has nothing to lose', () => {
    const folder = copied();
    rmSync(join(folder, 'features', '0', 'block-00000.npy'));
    expect(Run.check(folder)).toBe('new');
    expect(openRun(folder).images(0, 'none')).toBe(0);
  });

  test.each([
    ['cut off', (path: string) => truncateSync(path, 36_991), /is cut off: 36991 bytes, expected 36992/],
    ['no array', (path: string) => writeFileSync(path, 'nothing'), /is not a shard of features/],
    ['empty', (path: string) => writeFileSync(path, ''), /is not a shard of features/],
    [
      'of other settings',
      (path: string) => {
        const bytes = readFileSync(path);
        writeFileSync(path, Buffer.from(bytes.toString('latin1').replace('(3, 4, 768)', '(2, 6, 768)'), 'latin1'));
      },
      /is not a shard of 3 × 4 × 768 features/,
    ],
    [
      'a folder',
      (path: string) => {
        rmSync(path);
        mkdirSync(path);
      },
      /is no regular file/,
    ],
  ])('with a shard that is %s: named, and not to be made again', (_, damage, message) => {
    const folder = copied();
    damage(join(folder, 'features', '0', 'block-00000.npy'));
    const features = openRun(folder).features(0, 'none');
    expect(() => features.rows(0, 1)).toThrow(UserError);
    expect(() => features.rows(0, 1)).toThrow(message);
    expect(() => features.rows(0, 1)).toThrow(/block-00000\.npy .*0\.2 or older: it cannot be made again here/);
  });

  test('with another reference: refused', () => {
    const folder = copied();
    writeFileSync(join(folder, 'reference.npz'), 'other');
    expect(() => openRun(folder).reference()).toThrow(/reference\.npz is damaged/);
  });
});
