import { createHash } from 'node:crypto';
import type { Cell } from '../../src/report/results.js';
import type { RunRecord } from '../../src/store/record.js';

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

export const REFERENCE = Uint8Array.of(80, 75, 3, 4);

/** The record of a made-up run: 10 images in blocks of 4, two data sets, three settings, features of 3 dimensions. */
export const RECORD: Omit<RunRecord, 'schema'> = {
  tool: 'fidsweep 0.3.0',
  datasets: [
    {
      name: 'Programs',
      spec: 'programs',
      identity: { kind: 'programs', programs: 60, sha256: '12'.repeat(32) },
      fit: 'rendered at 64',
    },
    {
      name: 'Photos',
      spec: './photos',
      identity: { kind: 'folder', images: 9, namesAndSizesSha256: '34'.repeat(32) },
      fit: 'cover 64',
    },
  ],
  settings: ['none', 'mixup:2', 'cutmix:3?alpha=0.5'],
  images: 10,
  resolution: 64,
  seed: 7,
  recipeVersion: 1,
  extractor: { id: 'slim', sha256: '56'.repeat(32), tap: 'mixed7', dims: 3, preprocessing: 'bilinear 299, 0…1' },
  comparable: 'comparable only with each other',
  reference: { source: 'photos.npz', count: 2389, fit: 'native', sha256: sha256(REFERENCE), warnings: [] },
  block: 4,
  strategy: { kind: 'grid', alpha: 0.05, tolerance: 0.01, complete: false },
  keep: 'features',
  versions: { gl: '9.0.0-rc.10' },
  device: { backend: 'vulkan', renderer: 'llvmpipe', version: 'WebGL 2.0' },
  flags: { images: '10' },
};

/** A cell for every setting of every data set of `RECORD`, `fid` counting up. */
export function cellsOf(images: number): Cell[] {
  return RECORD.datasets.flatMap(({ name }, d) =>
    RECORD.settings.map((setting, s) => ({
      dataset: name,
      setting,
      images,
      fid: 10 * d + s,
      meanTerm: 10 * d,
      covarianceTerm: s,
      rank: s + 1,
      status: 'measured',
      bases: s + 1,
    })),
  );
}

/** A copy of some bytes with one bit turned. */
export function turned(bytes: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 1 << (at % 8);
  return copy;
}
