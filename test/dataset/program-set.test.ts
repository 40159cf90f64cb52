import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { draws, STREAM } from '../../src/core/random.js';
import { datasetOfPrograms, GENES, type ProgramSet, pictureOf } from '../../src/dataset/program-set.js';
import { grammarId, grammarText, readProgramSet } from '../../src/dataset/programs.js';
import { chiSquare, chiSquareBound } from '../core/goodness.js';

const NONE: ReadonlySet<string> = new Set();
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** A set of some programs, which notes whose text is asked for. */
function pretended(count: number) {
  const asked: string[] = [];
  const set: ProgramSet = {
    ids: range(count).map((i) => `p${i}`),
    identity: { kind: 'programs', programs: count },
    failures: [{ id: 'lost', why: 'leads nowhere' }],
    read(id) {
      asked.push(id);
      return { id, source: `text of ${id}`, ...(id === 'p1' && { fallback: 'newer' }) };
    },
  };
  return { asked, dataset: datasetOfPrograms('Pretended', 'programs:x', set) };
}

describe('programs as a data set', () => {
  test('say what they are', () => {
    const { dataset } = pretended(3);
    expect(dataset).toMatchObject({
      name: 'Pretended',
      spec: 'programs:x',
      identity: { kind: 'programs', programs: 3 },
      takes: ['time'],
      failures: [{ id: 'lost', why: 'leads nowhere' }],
    });
    expect(dataset.fit(64)).toBe('rendered at 64');
  });

  test.each([
    [[], 'Programs of "a b": there are none.'],
    [['x'], 'Programs of "a b": its one file cannot be used; the first is x: broken'],
    [['x', 'y'], 'Programs of "a b": none of its 2 files can be used; the first is x: broken'],
  ])('are no data set where there are none, and failures %j', (ids, message) => {
    const set: ProgramSet = {
      ids: [],
      identity: { kind: 'programs', programs: 0 },
      failures: ids.map((id) => ({ id, why: 'broken' })),
      read: (id) => ({ id, source: '' }),
    };
    expect(() => datasetOfPrograms('Empty', 'programs:a b?convention=shadertoy', set)).toThrow(new UserError(message));
  });

  test('are read when a picture of them is made, one at a time', async () => {
    const { asked, dataset } = pretended(20_000);
    const choices = range(50).flatMap((output) => dataset.choose(output, 9, 1, NONE));
    expect(asked).toEqual([]);
    await dataset.load(choices[3]!, 1, 64);
    await dataset.load(choices[7]!, 1, 64);
    expect(asked).toEqual([choices[3]!.id, choices[7]!.id]);
  });

  test('are chosen equally often, however many there are', () => {
    const { dataset } = pretended(1000);
    const chosen = range(4000).flatMap((output) => dataset.choose(output, 5, 2, NONE).map(({ id }) => id));
    const counts = new Map<string, number>();
    for (const id of chosen) counts.set(id, (counts.get(id) ?? 0) + 1);
    const observed = range(1000).map((i) => counts.get(`p${i}`) ?? 0);
    const expected = observed.map(() => chosen.length / 1000);
    expect(chiSquare(observed, expected)).toBeLessThan(chiSquareBound(999));
  });

  test('of which all but one are set aside', () => {
    const { dataset } = pretended(40);
    const others = new Set(range(40).flatMap((i) => (i === 17 ? [] : [`p${i}`])));
    for (const output of range(20))
      expect(dataset.choose(output, 3, 0, others).map(({ id }) => id)).toEqual(['p17', 'p17', 'p17']);
    // What is set aside need not be of the set.
    expect(dataset.choose(0, 1, 0, new Set([...others, 'x', 'y']))).toMatchObject([{ id: 'p17' }]);
    expect(() => dataset.choose(0, 1, 0, new Set([...others, 'p17']))).toThrow(
      new UserError('Data set "Pretended": none of its 40 programs can be used.'),
    );
  });

  test('give text, newer text and the picture of their place', async () => {
    const { dataset } = pretended(3);
    const image = await dataset.load({ id: 'p1', output: 5, slot: 2 }, 9, 64);
    expect(image).toEqual({
      kind: 'program',
      program: { id: 'p1', source: 'text of p1', fallback: 'newer' },
      ...pictureOf(5, 2, 9),
    });
    const early = await dataset.load({ id: 'p1', output: 5, slot: 2 }, 9, 64, { time: [3, 5] });
    expect(early).toEqual({ ...image, time: pictureOf(5, 2, 9, [3, 5]).time });
  });
});

test('a place’s picture is a function of seed, output and slot, in this order of draws', () => {
  const uniform = draws(9, STREAM.genes, 5, 2);
  expect(pictureOf(5, 2, 9)).toEqual({
    time: 0.1 + 9.9 * uniform(),
    seed: Math.floor(uniform() * 2 ** 31),
    genes: range(GENES).map(() => uniform()),
  });
  const all = range(6).map((i) => JSON.stringify(pictureOf(i % 3, i < 3 ? 0 : 1, 0)));
  expect(new Set([...all, JSON.stringify(pictureOf(0, 0, 1))]).size).toBe(7);
  const { seed, genes } = pictureOf(5, 2, 9);
  expect(pictureOf(5, 2, 9, [100, 200])).toMatchObject({ seed, genes });
});

describe('a candidate of the grammar by its name', () => {
  test('has the text of its set', async () => {
    const set = await readProgramSet('grammar?seed=3&count=4');
    expect(set.ids).toEqual(range(4).map((i) => grammarId(3, i)));
    for (const id of set.ids) {
      const own = grammarText(id)!
        .split('\n')
        .filter((line) => !line.includes('#include'));
      for (const line of own) expect(set.read(id).source).toContain(line);
    }
  });

  test.each(['', 'g', 'g1', 'g1-', 'g-1', '1-1', 'g1-1 ', 'x g1-1', 'g1-1.frag', 'G1-1', 'g-1-1', 'g1.5-2', 'rings'])(
    '%j is none',
    (id) => {
      expect(grammarText(id)).toBeUndefined();
    },
  );
});

describe.each([
  ['s1k', 1000],
  ['s21k', 21_000],
] as const)('%s', (name, count) => {
  const judged = JSON.parse(
    readFileSync(join(import.meta.dirname, '..', '..', 'shaders', 'grammar', `${name}.json`), 'utf8'),
  ) as { seed: number; leftOut: Record<string, number[]> };
  const out = Object.values(judged.leftOut).flat();

  test('holds the first candidates that were judged good', async () => {
    const { ids, identity, failures, read } = await readProgramSet(name);
    expect(new Set(ids).size).toBe(count);
    expect(identity).toMatchObject({ kind: 'programs', programs: count, grammarSeed: judged.seed });
    expect(failures).toEqual([]);
    const own = new Set(ids);
    for (const index of out) expect(own.has(grammarId(judged.seed, index))).toBe(false);
    // Every candidate up to the last is in it or left out, once.
    const last = Number(/-(\d+)$/.exec(ids.at(-1)!)![1]);
    expect(ids.length + out.filter((index) => index < last).length).toBe(last + 1);
    expect(read(ids[0]!)).toMatchObject({ id: ids[0], source: expect.stringMatching(/^#version 300 es\n/) });
  });
});
