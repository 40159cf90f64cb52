import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unitStatistics } from './reference.js';
import { refuse, remove, scratch, succeed } from './run.js';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures');

let home: string;
beforeAll(() => {
  home = scratch();
  for (const name of ['stats-pytorch-fid.npz', 'stats-compressed.npz'])
    copyFileSync(join(FIXTURES, name), join(home, name));
  writeFileSync(join(home, 'ours.npz'), unitStatistics());
  writeFileSync(join(home, 'another.npz'), unitStatistics({ id: 'another-net', sha256: 'ab'.repeat(32) }));
});
afterAll(() => remove(home));

test('two files of another tool are compared in their own dimensions, and what could not be checked is said', async () => {
  const text = await succeed(home, ['fid', 'stats-pytorch-fid.npz', 'stats-compressed.npz', '--json']);
  const { fid, extractor, comparable, warnings } = JSON.parse(text) as Record<string, unknown>;
  expect(Number.isFinite((fid as { value: number }).value)).toBe(true);
  expect(extractor).toBeNull();
  expect(comparable).toContain('do not name');
  expect(warnings).toHaveLength(2);
});

test('two files of one extractor that is not here need no network: its name is that of the files', async () => {
  const text = await succeed(home, ['fid', 'another.npz', 'another.npz', '--json']);
  const { fid, extractor } = JSON.parse(text) as { fid: { value: number }; extractor: { id: string } };
  expect(Math.abs(fid.value)).toBeLessThan(1e-6);
  expect(extractor.id).toBe('another-net');
});

test('files of two extractors, or of other dimensions, are refused with both named', async () => {
  await refuse(home, ['fid', 'ours.npz', 'another.npz'], 'ours.npz', 'another-net', 'nsfwjs-inception-v3-mixed7');
  await refuse(home, ['fid', 'ours.npz', 'stats-pytorch-fid.npz'], '768', '24', 'stats-pytorch-fid.npz');
});
