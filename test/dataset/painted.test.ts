import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import type { Dataset } from '../../src/dataset/dataset.js';
import { deadLeaves, LEAF_SHAPES } from '../../src/dataset/dead-leaves.js';
import { fractal } from '../../src/dataset/fractal.js';
import { openDeadLeaves, openFractals } from '../../src/dataset/painted.js';
import { chiSquare, chiSquareBound } from '../core/goodness.js';

const NONE: ReadonlySet<string> = new Set();
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

const leaves = (shape = 'mixed') => openDeadLeaves('Leaves', `deadleaves:${shape}`);
const fractals = (count = '1k') => openFractals('Fractals', `fractals:${count}`);

async function pixelsOf(dataset: Dataset, output: number, slot: number, seed: number): Promise<Uint8Array> {
  const image = await dataset.load(dataset.choose(output, slot + 1, seed, NONE)[slot]!, seed, 24);
  if (image.kind !== 'pixels') throw new Error('no pixels');
  return image.pixels;
}

describe.each([
  ['dead leaves', () => leaves()],
  ['fractals', () => fractals()],
] as const)('%s', (_, open) => {
  test('are chosen nested in n, a function of seed and output', () => {
    const dataset = open();
    const forward = range(40).map((output) => dataset.choose(output, 9, 4, NONE));
    for (const output of range(40).reverse()) {
      expect(open().choose(output, 9, 4, NONE)).toEqual(forward[output]);
      expect(dataset.choose(output, 3, 4, NONE)).toEqual(forward[output]!.slice(0, 3));
      expect(forward[output]!.map((choice) => [choice.output, choice.slot])).toEqual(range(9).map((k) => [output, k]));
    }
  });

  test('are painted at the resolution asked for, the same in any order', async () => {
    const places = range(8).map((i) => [i % 3, i % 2, i % 5] as const);
    const one = open();
    const forward = await Promise.all(places.map((place) => pixelsOf(one, ...place)));
    const other = open();
    for (const [i, place] of [...places.entries()].reverse())
      expect(await pixelsOf(other, ...place)).toEqual(forward[i]);
    expect(new Set(forward.map((pixels) => pixels.join())).size).toBe(8);
    expect(forward[0]).toHaveLength(24 * 24 * 3);
    expect(one.fit(256)).toBe('painted at 256');
    await one.dispose!();
    await expect(pixelsOf(one, 0, 0, 0)).rejects.toThrow('disposed of');
  });

  test('have no options', async () => {
    const dataset = open();
    const [choice] = dataset.choose(0, 1, 0, NONE);
    expect(dataset.takes).toEqual([]);
    await expect(dataset.load(choice!, 0, 16, { time: [0, 1] })).rejects.toThrow(UserError);
    await expect(dataset.load(choice!, 0, 16, { time: undefined })).resolves.toMatchObject({ kind: 'pixels' });
  });
});

describe('dead leaves', () => {
  test.each(LEAF_SHAPES)('of shape %s are painted as that', async (shape) => {
    const dataset = leaves(shape);
    expect(await pixelsOf(dataset, 5, 2, 9)).toEqual(deadLeaves(shape)(9, 5, 2, 24));
    expect(dataset.identity).toMatchObject({ kind: 'deadleaves', shape, version: 1 });
    expect(dataset.choose(0, 1, 0, NONE)[0]!.id).toBe('leaves');
  });

  test.each(['', 'circles', 'Mixed', 'mixed:2'])('of a shape nobody knows are refused: "%s"', (shape) => {
    expect(() => leaves(shape)).toThrow(
      new UserError(
        `data set: got "deadleaves:${shape}", expected deadleaves:SHAPE, where SHAPE is circle, square, oriented, rectangle, triangle, quadrilateral or mixed.`,
      ),
    );
  });

  test('that are set aside leave nothing', () => {
    expect(() => leaves().choose(0, 1, 0, new Set(['leaves']))).toThrow(UserError);
  });
});

describe('fractals', () => {
  test('are of the category that their id says', async () => {
    const dataset = fractals();
    const [, , choice] = dataset.choose(6, 3, 2, NONE);
    const category = Number(/^ifs-(\d{5})$/.exec(choice!.id)![1]);
    expect(await pixelsOf(dataset, 6, 2, 2)).toEqual(fractal(category)(2, 6, 2, 24));
  });

  test('are of every category equally often', () => {
    const dataset = fractals('8');
    const ids = range(400).flatMap((output) => dataset.choose(output, 4, 0, NONE).map(({ id }) => id));
    const names = [...new Set(ids)].sort();
    expect(names).toEqual(range(8).map((category) => `ifs-0000${category}`));
    expect(
      chiSquare(
        names.map((name) => ids.filter((id) => id === name).length),
        names.map(() => 200),
      ),
    ).toBeLessThan(chiSquareBound(7));
  });

  test('never of one that is set aside; the others stay where they were', () => {
    const dataset = fractals('4');
    const unusable = new Set(['ifs-00001', 'ifs-00003', 'another', 'and another']);
    for (const output of range(60)) {
      const [before, after] = [dataset.choose(output, 5, 0, NONE), dataset.choose(output, 5, 0, unusable)];
      for (const [slot, { id }] of after.entries()) {
        expect(unusable.has(id)).toBe(false);
        if (!unusable.has(before[slot]!.id)) expect(id).toBe(before[slot]!.id);
      }
    }
    const all = new Set(range(4).map((category) => `ifs-0000${category}`));
    expect(() => dataset.choose(0, 1, 0, all)).toThrow(
      new UserError('Data set "Fractals": none of its 4 categories can be used.'),
    );
  });

  test('are counted in ones or thousands', () => {
    expect(fractals('1k').identity).toEqual(fractals('1000').identity);
    expect(fractals('1k').identity).toMatchObject({ kind: 'fractals', categories: 1000, version: 1 });
    expect(fractals('2').identity).toMatchObject({ categories: 2 });
  });

  test.each(['', '0', '1', '1.5', '-3', '1K', 'k', '100001', '101k', '01', '1e3'])(
    'of a wrong number are refused: "%s"',
    (count) => {
      expect(() => fractals(count)).toThrow(
        new UserError(
          `data set: got "fractals:${count}", expected fractals:1k, or fractals:N, where N is a whole number from 2 to 100000.`,
        ),
      );
    },
  );
});
