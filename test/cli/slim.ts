import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { importModel } from '../../src/extract/model-store.js';
import { stats } from '../../src/index.js';
import { encodeStatistics } from '../../src/statistics/npz.js';
import type { RunRecord } from '../../src/store/record.js';
import { FIXTURES } from '../extract/fixtures.js';
import { remove, run, scratch, start, succeed, writePictures, writePrograms } from './run.js';

/** Sweeps by a network so slim that hundreds of images take a second: its first tap has four dimensions. */

export const TAP = ['--extractor', 'slim', '--dims', '64'];
export const SMALL = [...TAP, '--resolution', '16'];
export const PROGRAMS = ['--dataset', 'drawn=programs:my programs'];
/** A sweep of small images of programs against `real.npz`; settings, images and folder are left to say. */
export const SWEEP = ['sweep', ...PROGRAMS, '--reference', 'real.npz', ...SMALL];

/** A place to run the tool in, with programs, forty real pictures (`real é`), and what they come to (`real.npz`). */
export class Place {
  home = '';
  env: NodeJS.ProcessEnv = {};

  /** Made before the tests of a file, and removed after them. */
  static ofTests(): Place {
    const place = new Place();
    beforeAll(async () => {
      place.home = scratch();
      place.env = { ...process.env, XDG_DATA_HOME: place.at('data') };
      vi.stubEnv('XDG_DATA_HOME', place.at('data'));
      importModel(join(FIXTURES, 'inception-slim-legacy.pth'), { as: 'slim', allowHash: true });
      importModel(join(FIXTURES, 'inception-slim-zip.pth'), { as: 'other', allowHash: true });
      writePrograms(place.at('my programs'));
      await writePictures(place.at('real é'), 40);
      const made = await stats(place.at('real é'), { extractor: 'slim', dims: 64, resolution: 16 });
      writeFileSync(place.at('real.npz'), encodeStatistics(made));
    });
    afterAll(() => {
      vi.unstubAllEnvs();
      remove(place.home);
    });
    return place;
  }

  readonly at = (...parts: string[]): string => join(this.home, ...parts);

  readonly succeed = (...args: readonly string[]): Promise<string> => succeed(this.home, args, this.env);
  readonly run = (...args: readonly string[]) => run(this.home, args, this.env);
  readonly start = (...args: readonly string[]) => start(this.home, args, this.env);

  /** Exit code 2 and a message; gives it. */
  async refused(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toMatch(/^\s+at .*[:(]|node:internal/m);
    return stderr;
  }

  copy(from: string, to: string): string {
    cpSync(this.at(from), this.at(to), { recursive: true });
    return to;
  }

  /** The text of `report.json`, to be compared byte for byte. */
  readonly report = (folder: string): string => readFileSync(this.at(folder, 'report.json'), 'utf8');

  readonly record = (folder: string): RunRecord => JSON.parse(readFileSync(this.at(folder, 'run.json'), 'utf8'));

  /** Images that were inferred for a run, by `timing.json`. */
  readonly inferred = (folder: string): number =>
    JSON.parse(readFileSync(this.at(folder, 'timing.json'), 'utf8')).images;

  /** Whether a block of the first data set of a run is on the disk; `undefined` when not, for `until`. */
  readonly block = (folder: string, block: number): true | undefined =>
    existsSync(this.at(folder, 'features', '0', `block-${String(block).padStart(5, '0')}.npy`)) || undefined;

  readonly makeFolder = (folder: string) => mkdirSync(this.at(folder), { recursive: true });
}
