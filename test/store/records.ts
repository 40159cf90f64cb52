import type { Cell, RunRecord } from '../../src/store/run.js';

/** The record of a made-up run: 10 images in blocks of 4, two data sets, three settings, features of 3 dimensions. */
export const RECORD: Omit<RunRecord, 'schema'> = {
  tool: 'fidsweep 0.1.0',
  started: '2026-01-02T03:04:05.000Z',
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
  reference: { source: 'photos.npz', count: 2389, fit: 'native', sha256: '78'.repeat(32), warnings: [] },
  block: 4,
  versions: { node: 'v20.19.0', gl: '9.0.0-rc.10' },
  device: { backend: 'vulkan', renderer: 'llvmpipe', version: 'WebGL 2.0' },
  setAside: [],
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
    })),
  );
}
