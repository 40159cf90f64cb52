import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { type Choices, listOf } from '../../src/search/choices.js';
import { type Axis, enumerate, type Space, sample } from '../../src/search/space.js';
import { chiSquare, chiSquareBound } from '../core/goodness.js';

type Draft = Readonly<Record<string, unknown>>;

const axis = (name: string, slot: number, applies: (draft: Draft) => boolean = () => true): Axis<Draft> => ({
  name,
  slot,
  applies,
  put: (draft, value) => ({ ...draft, [name]: value }),
});

const space = (...dimensions: (readonly [Axis<Draft>, Choices<unknown>])[]): Space<Draft> => ({
  start: {},
  dimensions: dimensions.map(([one, choices]) => ({ axis: one, choices })),
  keyOf: (draft) => JSON.stringify(draft),
});

const range = (count: number) => listOf(Array.from({ length: count }, (_, i) => i));
const A = axis('a', 1);
const B = axis('b', 2, ({ a }) => a !== 0);
const anyOf = (most: number): Choices<unknown> => ({
  kind: 'distribution',
  draw: (uniform) => Math.floor(uniform() * most),
});

describe('a grid', () => {
  test('takes every value of every axis that applies, the first slowest', () => {
    expect(enumerate(space([A, range(3)], [B, range(2)]))).toEqual([
      { a: 0 },
      { a: 1, b: 0 },
      { a: 1, b: 1 },
      { a: 2, b: 0 },
      { a: 2, b: 1 },
    ]);
    expect(enumerate(space())).toEqual([{}]);
  });

  test('has settings of one key once', () => {
    const odd = { ...space([A, range(10)]), keyOf: ({ a }: Draft) => String(Number(a) % 3) };
    expect(enumerate(odd)).toEqual([{ a: 0 }, { a: 1 }, { a: 2 }]);
  });

  test('of more than 10,000 settings is refused, and not first made', () => {
    expect(enumerate(space([A, range(10_000)]))).toHaveLength(10_000);
    expect(() => enumerate(space([A, range(10_001)]))).toThrow(UserError);
    const huge = space([A, range(9999)], [axis('b', 2), range(9999)], [axis('c', 3), range(9999)]);
    expect(() => enumerate(huge)).toThrow(/^Space: it has more than 10000 settings\./);
  });

  test('of a distribution there is none, unless no setting has it', () => {
    const of = (count: number) => space([A, range(count)], [B, anyOf(9)]);
    expect(() => enumerate(of(2))).toThrow(UserError);
    expect(() => enumerate(of(2))).toThrow(/^Space: "b" is a distribution, so the space has no grid\. Give --trials/);
    expect(enumerate(of(1))).toEqual([{ a: 0 }]);
  });
});

describe('a sample', () => {
  const wide = space([A, range(5)], [B, anyOf(1000)]);

  test('has distinct settings, and more trials extend it', () => {
    const all = sample(wide, 200, 7);
    expect(new Set(all.map(wide.keyOf)).size).toBe(200);
    for (const trials of [1, 2, 17, 100]) expect(sample(wide, trials, 7)).toEqual(all.slice(0, trials));
    expect(sample(wide, 200, 8)).not.toEqual(all);
  });

  test('begins with what is to be first', () => {
    const first = sample(wide, 10, 7, new Map([['a', 3]]));
    expect(first[0]).toMatchObject({ a: 3, b: expect.any(Number) });
    expect(sample(wide, 9, 7, new Map([['a', 3]]))).toEqual(first.slice(0, 9));
  });

  test('draws every value of a list as often', () => {
    const drafts = sample(space([A, range(4)], [axis('b', 2), anyOf(1e9)]), 2000, 1);
    const counts = [0, 1, 2, 3].map((a) => drafts.filter((draft) => draft.a === a).length);
    expect(chiSquare(counts, [500, 500, 500, 500])).toBeLessThan(chiSquareBound(3));
  });

  test('of a small space is all of it, whatever is asked for', () => {
    const small = space([A, range(4)], [B, range(3)]);
    const all = sample(small, 1000, 0);
    const sorted = (drafts: readonly Draft[]) => drafts.map(small.keyOf).sort();
    expect(sorted(all)).toEqual(sorted(enumerate(small)));
    expect(sample(small, 4, 0)).toEqual(all.slice(0, 4));
    expect(sample(small, all.length, 0)).toEqual(all);
  });

  test('finds settings that are hardly ever drawn', () => {
    const rare = space([A, range(2)], [B, range(400)], [axis('c', 3, ({ b }) => b === 0), range(400)]);
    expect(sample(rare, 5000, 0)).toHaveLength(enumerate(rare).length);
  });

  test('of a distribution of few numbers ends', () => {
    expect(sample(space([A, anyOf(3)]), 50, 0)).toHaveLength(3);
  });

  test('of an axis does not hang on the others', () => {
    const narrow = sample(space([A, range(5)]), 5, 3).map(({ a }) => a);
    const wider = sample(space([axis('z', 9), anyOf(1e9)], [A, range(5)]), 40, 3).map(({ a }) => a);
    expect([...new Set(wider)]).toEqual(narrow);
  });
});
