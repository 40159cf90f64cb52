import { expect, test } from 'vitest';
import { setting, settingKey } from '../../src/mix/setting.js';
import { grid } from '../../src/search/grid.js';

const keys = (points: ReturnType<typeof grid>) => points.map(({ method, n }) => settingKey(setting(method, n)));

test("the paper's 17 settings, in the row order of its Table 1", () => {
  const points = grid({ methods: ['none', 'mixup', 'cutmix'], n: [2, 3, 4, 5, 6, 7, 8, 9] });
  const of = (method: string) => [2, 3, 4, 5, 6, 7, 8, 9].map((n) => `${method}:${n}`);
  expect(keys(points)).toEqual(['none', ...of('mixup'), ...of('cutmix')]);
});

test('every point once, N ascending, methods as given', () => {
  expect(keys(grid({ methods: ['cutmix', 'none', 'cutmix'], n: [9, 2, 9, 3] }))).toEqual([
    'cutmix:2',
    'cutmix:3',
    'cutmix:9',
    'none',
  ]);
});

test('none needs no N, the others have no point without', () => {
  expect(grid({ methods: ['none', 'mixup'], n: [] })).toEqual([{ method: 'none', n: 1 }]);
});
