import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { correlationPlot } from '../../src/report/plot-correlation.js';
import { linesPlot } from '../../src/report/plot-progress.js';
import { dotsOf, expectSound, linesOf, pathsOf, textsOf } from './plot-marks.js';

const POINTS = Array.from({ length: 12 }, (_, i) => ({
  label: `MixUp ${i + 2}`,
  group: i % 2 ? 'Programs' : 'Photos',
  x: 20 + i,
  y: 60 - i ** 1.5,
  ...(i < 3 && { xInterval: [19 + i, 21 + i] as const }),
}));

const correlation = (points = POINTS, label = 'Accuracy') =>
  correlationPlot({
    title: 'FID against accuracy',
    description: 'How they go together.',
    xLabel: 'FID',
    yLabel: label,
    points,
  });

const SERIES = ['none', 'mixup:2', 'mixup:3'].map((setting, i) => ({
  setting,
  label: setting,
  group: setting.split(':')[0]!,
  points: [512, 256, 1024].map((images) => ({ images, fid: 10 - i + 500 / images })),
}));

const progress = (series = SERIES) => linesPlot({ title: 'Programs', description: 'FID as blocks land.', series });

test.each([
  ['correlation.svg', correlation()],
  ['progress.svg', progress()],
])('%s', (file, svg) => {
  const path = join(import.meta.dirname, 'golden', file);
  if (process.env.GOLDEN === 'write') writeFileSync(path, svg);
  expect(svg).toBe(readFileSync(path, 'utf8'));
});

describe('a correlation', () => {
  test('has a dot for each point in its place, its interval through it, and its name beside it', async () => {
    const svg = correlation();
    const dots = [...dotsOf(svg, '.c0.dot'), ...dotsOf(svg, '.c1.dot')];
    expect(dots).toHaveLength(12);
    const byX = [...dots].sort((a, b) => a.x - b.x);
    expect(byX.map(({ hover }) => hover.split(',')[0])).toEqual(POINTS.map(({ label }) => label));
    expect(byX.map(({ y }) => y)).toEqual(byX.map(({ y }) => y).sort((a, b) => a - b));
    for (const [x1, y1, x2, y2] of linesOf(svg, '.interval')) {
      expect(y1).toBe(y2);
      const dot = dots.find(({ y }) => Math.abs(y - y1!) < 0.2)!;
      expect(Math.abs((x1! + x2!) / 2 - dot.x)).toBeLessThan(0.2);
    }
    expect(
      textsOf(svg, '.halo')
        .map(({ text }) => text)
        .sort(),
    ).toEqual(POINTS.map(({ label }) => label).sort());
    await expectSound(svg);
  });

  test('has names as they are, leaves out what is no number and says so, and is drawn of one or none', async () => {
    const odd = correlation(
      [
        { ...POINTS[0]!, label: '<script>]]>\u202e\0', group: '<b>' },
        { ...POINTS[1]!, x: Number.NaN },
      ],
      `${'Accuracy & <more> '.repeat(9)}`,
    );
    expect(odd).toContain('Not drawn: 1 without both values.');
    expect(odd).toContain('&lt;script&gt;]]&gt;\ufffd\ufffd');
    await expectSound(odd);
    await expectSound(correlation([]));
  });
});

describe('a sweep as it goes', () => {
  test('has lines in the order of images, the lowest at the bottom, all named', async () => {
    const svg = progress();
    const lines = pathsOf(svg, '.line:not(.link)');
    expect(lines).toHaveLength(3);
    for (const line of lines) {
      const xs = line.map(([x]) => x);
      expect(xs).toEqual([...xs].sort((a, b) => a - b));
      // FID falls: the line goes down, which is up in pixels.
      expect(line.at(-1)![1]).toBeGreaterThan(line[0]![1]);
    }
    const ends = lines.map((line) => line.at(-1)![1]);
    expect(ends).toEqual([...ends].sort((a, b) => a - b));
    expect(textsOf(svg, '.end').map(({ text }) => text)).toEqual(['none', 'mixup:2', 'mixup:3']);
    await expectSound(svg);
  });

  test('says so before there is anything, and has fewer dots of very many points', async () => {
    const nothing = progress([{ ...SERIES[0]!, points: [] }]);
    expect(nothing).toContain('No block has landed yet.');
    await expectSound(nothing);
    const long = progress(
      SERIES.map((one) => ({
        ...one,
        points: Array.from({ length: 300 }, (_, i) => ({ images: i + 1, fid: 9 / (i + 1) })),
      })),
    );
    expect(dotsOf(long, '.dot')).toHaveLength(3);
  });
});
