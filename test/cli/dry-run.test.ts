import { expect, test, vi } from 'vitest';
import { dryRun } from '../../src/cli/dry-run.js';
import { readBytes } from '../../src/cli/open.js';
import { readPlan } from '../../src/cli/plan.js';
import type { Values } from '../../src/cli/values.js';
import { UserError } from '../../src/core/errors.js';
import { leastImages } from '../../src/estimates.js';
import { gaussianOf } from '../../src/score.js';
import { looks } from '../../src/search/looks.js';
import { decodeStatistics } from '../../src/statistics/npz.js';
import { Place } from './slim.js';

/** What a sweep would do, as it is said beforehand. */

const place = Place.ofTests();

async function said(values: Values): Promise<string> {
  const all: Values = {
    dataset: `p=programs:${place.at('my programs')}`,
    reference: place.at('real.npz'),
    extractor: 'slim',
    dims: 64,
    resolution: 16,
    images: 640,
    out: place.at('dry'),
    ...values,
  };
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await dryRun(await readPlan(all), all);
    return write.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    write.mockRestore();
  }
}

const line = (text: string, name: string): string => new RegExp(`^${name} +(.*)$`, 'm').exec(text)![1]!;

test('base images are those of each resolution and time', async () => {
  const space = { method: ['none', 'mixup'], n: [2, 3], resolution: [16, 32], time: ['0.1-10', '0-1'] };
  const text = await said({ space });
  // Of every output 3 for each of four groups; the largest pictures are timed, so that none is cheaper than said.
  expect(line(text, 'Base images')).toBe(
    '7,680 (12 an output, shared by settings of the same resolution, time and ψ: 3 + 3 + 3 + 3)',
  );
  expect(line(await said({ n: 3 }), 'Base images')).toBe('1,920 (3 an output, shared by all settings)');
  const twice = { dataset: ['p', 'q'].map((name) => `${name}=programs:${place.at('my programs')}`) };
  expect(JSON.parse(await said({ ...twice, n: 3, json: true })).baseRenders).toBe(2 * 1920);
});

test('the looks of a race are those of its reference', async () => {
  const least = await leastImages(gaussianOf(await decodeStatistics(readBytes(place.at('real.npz')), 'real.npz')));
  expect(least).toBeGreaterThan(4);
  const args = { n: 2, strategy: 'race', json: true };
  const { looks: planned } = JSON.parse(await said(args));
  const { block } = await readPlan({ dataset: `p=programs:${place.at('my programs')}`, n: 2, resolution: 16 });
  expect(planned).toEqual(looks(640, block, { least }));
  expect(line(await said({ n: 2, strategy: 'race' }), 'Looks')).not.toMatch(/reference/);
});

test('what hangs on a reference of images is left open, and its time left out', async () => {
  const folder = { reference: place.at('real é'), n: 2, strategy: 'race' };
  const text = await said(folder);
  expect(text).toMatch(/^Looks .*\n +These hang on the reference, which is not measured yet/m);
  expect(line(text, 'Time')).toMatch(/blank pictures; measuring the reference not included$/);
  expect(await said({ ...folder, budget: '2000-images' })).toMatch(/^ +These and the images hang on the reference/m);
  const confirmed = { ...folder, confirm: 'other' };
  expect(line(await said(confirmed), 'Time')).toMatch(/; measuring the reference and --confirm not included$/);
  expect(JSON.parse(await said({ ...confirmed, json: true })).untimed).toEqual([
    'measuring the reference',
    '--confirm',
  ]);
  const known = await said({ n: 2 });
  expect(line(known, 'Time')).toMatch(/blank pictures$/);
  expect(known).not.toMatch(/hang on/);
});

test('a budget is shared by the data sets', async () => {
  const twice = { dataset: ['p', 'q'].map((name) => `${name}=programs:${place.at('my programs')}`), n: 2 };
  const text = await said({ ...twice, budget: '1000-images' });
  expect(line(text, 'Budget')).toBe('1,000 images, shared equally by 2 data sets');
  // 1,000 over three settings and two data sets, in whole blocks.
  expect(line(text, 'Images')).toMatch(/^160 a setting and data set at 16 × 16, 960 in all/);
  expect(line(await said({ n: 2, budget: '1000-images' }), 'Budget')).toBe('1,000 images');
});

test('a budget below the first decision of a race is refused, where that is known', async () => {
  await expect(said({ strategy: 'race', budget: '1000-images' })).rejects.toThrow(UserError);
  await expect(said({ strategy: 'race', budget: '1000-images' })).rejects.toThrow(
    /^--budget: got "1000-images", expected at least 1088-images for 17 settings and 1 data set/,
  );
});
