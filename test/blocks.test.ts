import { expect, test } from 'vitest';
import { type BlockJob, blockFeatures } from '../src/blocks.js';
import type { Dataset } from '../src/dataset/dataset.js';
import type { Extractor } from '../src/extract/session.js';
import type { Renderer } from '../src/render/renderer.js';

test('what a data set knows to be unusable is told once, before the first block', async () => {
  const dataset: Dataset = {
    name: 'x',
    spec: 'x',
    identity: {},
    failures: [
      { id: 'gone', why: 'a link that leads nowhere' },
      { id: 'big', why: 'too large' },
    ],
    fit: () => '',
    choose: (output) => [{ id: 'good', output, slot: 0 }],
    load: async () => ({ kind: 'pixels', pixels: new Uint8Array(3) }),
  };
  const told: string[] = [];
  const job: BlockJob = {
    dataset,
    settings: [{ method: 'none', n: 1 }],
    resolution: 1,
    seed: 0,
    unusable: new Set(),
    skipCorrupt: false,
    onSetAside: (id, why) => told.push(`${id}: ${why}`),
  };
  const renderer = {
    load: async () => {
      told.push('rendered');
      return [];
    },
    mix: async () => new Uint8Array(3),
  } as unknown as Renderer;
  const extractor = { features: async () => new Float32Array(1) } as unknown as Extractor;
  const blocks = [];
  for await (const { first } of blockFeatures([job], renderer, extractor, { block: 1, images: 2 })) blocks.push(first);
  expect(blocks).toEqual([0, 1]);
  expect(told).toEqual(['gone: a link that leads nowhere', 'big: too large', 'rendered', 'rendered']);
  expect(job.unusable.size).toBe(0);
});
