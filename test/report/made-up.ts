import type { Cell, Column, DifferenceResult, Results } from '../../src/report/results.js';
import type { RunRecord, SetAside, Timing } from '../../src/store/record.js';

/** A made-up run: two data sets, six settings, features of 3 dimensions, a race that ended on one of them. */

const SETTINGS = ['none', 'mixup:2', 'mixup:3', 'mixup:4?weights=equal', 'cutmix:2?alpha=0.5', 'cutmix:3'] as const;

export const RECORD: RunRecord = {
  schema: 2,
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
  settings: SETTINGS,
  images: 2048,
  resolution: 64,
  seed: 7,
  recipeVersion: 1,
  extractor: { id: 'slim', sha256: '56'.repeat(32), tap: 'mixed7', dims: 3, preprocessing: 'bilinear 299, 0…1' },
  comparable: 'comparable only with each other',
  reference: { source: 'photos.npz', count: 2389, fit: 'native', sha256: '78'.repeat(32), warnings: [] },
  block: 64,
  strategy: { kind: 'race', alpha: 0.05, tolerance: 0.01, complete: false },
  keep: 'features',
  versions: { node: 'v20.19.0', gl: '9.0.0-rc.10' },
  device: { backend: 'vulkan', renderer: 'llvmpipe', version: 'WebGL 2.0' },
  flags: { out: '/home/somebody/private', dataset: { Photos: '/mnt/secret' } },
};

/** A run of before there were races and errors: every setting on all images, nothing but FIDs. */
export const PLAIN_RECORD: RunRecord = {
  ...RECORD,
  images: 10,
  strategy: { kind: 'grid', alpha: 0.05, tolerance: 0.01, complete: false },
};

const basesOf = (setting: string): number => Number(/:(\d+)/.exec(setting)?.[1] ?? 1);

const bare = (dataset: string, setting: string, images: number, fid: number, rank: number): Cell => ({
  dataset,
  setting,
  images,
  fid,
  meanTerm: fid / 4,
  covarianceTerm: (3 * fid) / 4,
  rank,
  status: 'measured',
  bases: basesOf(setting),
});

/** A cell for every setting of every data set with an FID and nothing else; FID counts up from one to the next. */
export function plainResults(images: number): Results {
  const cells = RECORD.datasets.flatMap(({ name }, d) =>
    SETTINGS.map((setting, s) => bare(name, setting, images, 10 * d + s, s + 1)),
  );
  const columns = RECORD.datasets.map(
    ({ name }): Column => ({ dataset: name, leader: 'none', tied: ['none'], by: 'fid', pareto: [] }),
  );
  return { cells, columns };
}

const differenceTo = (to: string, value: number, images: number, of: 'fid' | 'fid∞'): DifferenceResult => ({
  to,
  of,
  value,
  standardError: 0.04,
  interval: [value - 0.08, value + 0.08],
  images,
});

/** A cell with all that can be known of it. */
function known(dataset: string, setting: string, images: number, fid: number, rank: number, leader: string): Cell {
  const base = bare(dataset, setting, images, fid, rank);
  return {
    ...base,
    standardError: 0.06,
    interval: [fid - 0.12, fid + 0.12],
    unbiased: {
      value: fid - 200 / images,
      standardError: 0.07,
      interval: [fid - 200 / images - 0.14, fid - 200 / images + 0.14],
      trusted: true,
    },
    ...(setting !== leader && { difference: differenceTo(leader, 0.02 + 0.3 * (rank - 1), images, 'fid∞') }),
    diversity: { images: 256, vendi: 20 + base.bases, coverage: 0.7 + base.bases / 100 },
  };
}

const dropped = (cell: Cell): Cell => ({ ...cell, status: 'dropped' });

const programs: readonly Cell[] = [
  dropped(known('Programs', 'none', 256, 5.31, 5, 'mixup:3')),
  // Higher than the leader's neighbour below, in the same tie group: it stays first, as the table has it.
  known('Programs', 'mixup:2', 1024, 3.52, 1, 'mixup:3'),
  known('Programs', 'mixup:3', 1024, 3.48, 1, 'mixup:3'),
  known('Programs', 'mixup:4?weights=equal', 1024, 3.5, 1, 'mixup:3'),
  dropped(known('Programs', 'cutmix:2?alpha=0.5', 1024, 3.9, 4, 'mixup:3')),
  dropped(known('Programs', 'cutmix:3', 256, 5.6, 5, 'mixup:3')),
];

const photos: readonly Cell[] = SETTINGS.map((setting, i) => ({
  ...known('Photos', setting, 2048, 2 + 0.2 * i, i + 1, 'none'),
}));

/** What a race came to on one data set and a whole grid on the other. */
export const RESULTS: Results = {
  cells: [...programs, ...photos],
  columns: [
    {
      dataset: 'Programs',
      leader: 'mixup:3',
      tied: ['mixup:2', 'mixup:3', 'mixup:4?weights=equal'],
      by: 'fid∞',
      pareto: ['mixup:2', 'mixup:4?weights=equal'],
      recommended: {
        setting: 'mixup:4?weights=equal',
        reason: 'Of the 3 tied with the best FID it is the most diverse (Vendi 24.00).',
      },
      confirmation: {
        extractor: 'dinov2',
        comparable: 'comparable with nothing published',
        reference: 'photos',
        images: 1024,
        cells: [
          { setting: 'mixup:2', fid: 40.2, standardError: 0.31, rank: 1 },
          { setting: 'mixup:3', fid: 41.9, standardError: 0.33, rank: 2 },
        ],
      },
      race: {
        looks: [
          {
            images: 256,
            leader: 'mixup:2',
            alive: SETTINGS,
            dropped: [
              { setting: 'none', difference: differenceTo('mixup:2', 1.4, 256, 'fid'), critical: 6.9, group: 1 },
              { setting: 'cutmix:3', difference: differenceTo('mixup:2', 1.7, 256, 'fid'), critical: 6.9, group: 1 },
            ],
          },
          {
            images: 1024,
            leader: 'mixup:3',
            alive: ['mixup:2', 'mixup:3', 'mixup:4?weights=equal', 'cutmix:2?alpha=0.5'],
            dropped: [
              {
                setting: 'cutmix:2?alpha=0.5',
                difference: differenceTo('mixup:3', 0.42, 1024, 'fid∞'),
                critical: 3.36,
                group: 1,
              },
            ],
          },
        ],
        ended: 'all that are left are within the tolerance',
        spent: 4608,
        grid: 12_288,
      },
    },
    { dataset: 'Photos', leader: 'none', tied: ['none'], by: 'fid∞', pareto: ['none'] },
  ],
};

export const TIMING: Timing = {
  started: '2026-01-02T03:04:05.000Z',
  seconds: 61.4,
  baseRenders: 9090,
  images: 1000,
  inferenceMs: 30_000,
  cells: SETTINGS.map((setting) => ({
    dataset: 0,
    setting,
    baseMs: 2.5 * 9000,
    bases: 9000,
    mixMs: 0.5 * 1024,
    outputs: 1024,
  })),
};

export const SET_ASIDE: readonly SetAside[] = [
  { dataset: 'Photos', id: 'broken.jpg', why: 'is cut off' },
  { dataset: 'Programs', id: 'loop', why: "3: 'x' : undeclared | identifier" },
];
