import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished } from 'vitest';
import type { RunRecord } from '../../src/store/record.js';
import { Run, type RunReader } from '../../src/store/run.js';
import { temporaryFolder } from '../temporary.js';
import { RECORD, REFERENCE } from './records.js';

export const DIMS = RECORD.extractor.dims;
export const [NONE, MIXUP, CUTMIX] = RECORD.settings as [string, string, string];
/** Outputs of the blocks of 10 images. */
export const SIZES = [4, 4, 2];

/** Feature value of one place, different everywhere and exact in float32. */
const feature = (dataset: number, setting: string, output: number, k: number) =>
  1000 * dataset + 100 * RECORD.settings.indexOf(setting) + output + k / 4;

/** Features of some outputs of a cell. */
export function featuresOf(dataset: number, setting: string, from: number, to: number): number[] {
  return Array.from({ length: (to - from) * DIMS }, (_, i) =>
    feature(dataset, setting, from + Math.floor(i / DIMS), i % DIMS),
  );
}

/** Writes one block of some settings. */
export function writeBlock(
  run: Run,
  dataset: number,
  block: number,
  { settings = RECORD.settings, outputs = SIZES[block]!, setAside = [] as readonly string[] } = {},
): void {
  const first = block * RECORD.block;
  const values = settings.flatMap((setting) => featuresOf(dataset, setting, first, first + outputs));
  const entries = setAside.map((id) => ({ dataset: RECORD.datasets[dataset]!.name, id, why: `${id} hangs` }));
  run.writeBlock(dataset, block, outputs, settings, Float32Array.from(values), entries);
}

/** Closes a run with its test. */
export function closing<T extends { close(): void }>(run: T): T {
  onTestFinished(() => run.close());
  return run;
}

/** A run in a new folder, without any block. */
export const started = (change: Partial<RunRecord> = {}, folder = join(temporaryFolder(), 'runs', 'one')): Run =>
  closing(Run.create(folder, { ...RECORD, ...change }, { reference: REFERENCE }));

/** A run with every block, and something in every table. */
export function filled(folder?: string): Run {
  const run = started({}, folder);
  for (const dataset of [0, 1]) {
    for (const block of SIZES.keys())
      writeBlock(run, dataset, block, { setAside: block === 1 ? ['loop', 'slow'] : [] });
  }
  run.replaceByMoments(1, MIXUP, 2, Uint8Array.of(1, 2, 3));
  run.addTiming({ seconds: 0.1, cells: [{ dataset: 0, setting: NONE, baseMs: 0.3, bases: 2, mixMs: 1, outputs: 4 }] });
  run.writeResult('scores', { fid: 0.1 + 0.2 });
  return run;
}

/** Every cell's features are those that were written, as far as they are kept; gives the number of images kept. */
export function expectTrue(run: RunReader): number {
  let kept = 0;
  for (const dataset of RECORD.datasets.keys()) {
    for (const setting of RECORD.settings) {
      const images = run.images(dataset, setting);
      const from = run.moments(dataset, setting)?.images ?? 0;
      const values = run.features(dataset, setting).rows(Math.min(from, images), images);
      expect([...values]).toEqual(featuresOf(dataset, setting, Math.min(from, images), images));
      kept += images;
    }
  }
  return kept;
}

let pattern: string | undefined;
afterAll(() => {
  if (pattern) rmSync(pattern, { recursive: true });
});

/** A folder with a filled run that was closed: a copy of one, as making it waits for the disk a dozen times. */
export function copied(folder = join(temporaryFolder(), 'run')): string {
  if (!pattern) {
    pattern = mkdtempSync(join(tmpdir(), 'fidsweep '));
    filled(pattern).close();
  }
  cpSync(pattern, folder, { recursive: true });
  return folder;
}
