import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { PACKAGE_ROOT } from '../../src/core/paths.js';
import { draws, STREAM } from '../../src/core/random.js';
import { readProgramFolder } from '../../src/dataset/program-folder.js';
import { datasetOfPrograms, GENES } from '../../src/dataset/program-set.js';
import { chiSquare, chiSquareBound, KS_BOUND, kolmogorovSmirnov } from '../core/goodness.js';
import { temporaryFolder } from '../temporary.js';

const NONE: ReadonlySet<string> = new Set();
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

const SHIPPED = join(PACKAGE_ROOT, 'shaders');

const open = async (name: string, folder: string) =>
  datasetOfPrograms(name, 'programs:x', await readProgramFolder(folder));

function five() {
  const folder = temporaryFolder();
  for (const id of ['a', 'b', 'c', 'd', 'e'])
    writeFileSync(join(folder, `${id}.frag`), `vec3 draw(vec2 p) { return vec3(${id}); }`);
  return open('Five', folder);
}

describe('the built-in programs', () => {
  test('are sixty at least, each assembled', async () => {
    const dataset = await open('Programs', SHIPPED);
    expect(dataset.identity.programs).toBeGreaterThanOrEqual(60);
    expect(dataset.failures).toEqual([]);
    expect(dataset.fit(256)).toBe('rendered at 256');
    expect((await open('Other name', SHIPPED)).identity).toEqual(dataset.identity);
  });

  test('each say what they draw', async () => {
    const set = await readProgramFolder(SHIPPED);
    for (const id of set.ids) {
      const { source } = set.read(id);
      expect(source, id).toMatch(/^#line 1 1\n\/\/ Draws: \S/m);
      expect(source, id).toMatch(/vec3 draw\s*\(\s*vec2/);
    }
  });
});

describe('choosing programs', () => {
  test('nested in n, a function of seed and output', async () => {
    const dataset = await five();
    const forward = range(60).map((output) => dataset.choose(output, 9, 4, NONE));
    for (const output of range(60).reverse()) {
      expect(dataset.choose(output, 9, 4, NONE)).toEqual(forward[output]);
      expect(dataset.choose(output, 3, 4, NONE)).toEqual(forward[output]!.slice(0, 3));
    }
    expect(range(60).map((output) => dataset.choose(output, 9, 5, NONE))).not.toEqual(forward);
  });

  test('each equally often', async () => {
    const dataset = await five();
    const chosen = range(1000).flatMap((output) => dataset.choose(output, 4, 0, NONE).map(({ id }) => id));
    const counts = ['a', 'b', 'c', 'd', 'e'].map((id) => chosen.filter((other) => other === id).length);
    expect(
      chiSquare(
        counts,
        counts.map(() => 800),
      ),
    ).toBeLessThan(chiSquareBound(4));
  });

  test('never one that is set aside; the others stay where they were', async () => {
    const dataset = await five();
    const unusable = new Set(['b', 'd']);
    for (const output of range(100)) {
      const [before, after] = [dataset.choose(output, 6, 0, NONE), dataset.choose(output, 6, 0, unusable)];
      for (const [slot, { id }] of after.entries()) {
        expect(unusable.has(id)).toBe(false);
        if (!unusable.has(before[slot]!.id)) expect(id).toBe(before[slot]!.id);
      }
    }
    const all = new Set(['a', 'b', 'c', 'd', 'e']);
    expect(() => dataset.choose(0, 1, 0, all)).toThrow(
      new UserError('Data set "Five": none of its 5 programs can be used.'),
    );
  });
});

describe('a program’s picture', () => {
  test('has a time, a seed and genes that are a function of seed, output and slot', async () => {
    const dataset = await five();
    const load = (output: number, slot: number, seed: number) => dataset.load({ id: 'a', output, slot }, seed, 64);
    const first = await load(3, 1, 0);
    expect(first).toEqual(await (await five()).load({ id: 'a', output: 3, slot: 1 }, 0, 256));
    expect(first).toMatchObject({ kind: 'program', program: { id: 'a' } });
    for (const other of [await load(4, 1, 0), await load(3, 2, 0), await load(3, 1, 1)])
      expect(other).not.toEqual(first);
  });

  test('has its time in the range asked for; seed and genes do not hang on it', async () => {
    const dataset = await five();
    for (const output of range(200)) {
      const load = (time?: readonly [number, number]) =>
        dataset.load({ id: 'a', output, slot: 2 }, 5, 64, time && { time });
      const [usual, same, early, late] = [
        await load(),
        await load([0.1, 10]),
        await load([0, 2]),
        await load([500, 1000]),
      ];
      expect(same).toEqual(usual);
      if (usual.kind !== 'program' || early.kind !== 'program' || late.kind !== 'program')
        throw new Error('no program');
      const uniform = draws(5, STREAM.genes, output, 2)();
      // The bits that every run so far was made with.
      expect(usual.time).toBe(0.1 + 9.9 * uniform);
      expect(early).toEqual({ ...usual, time: 2 * uniform });
      expect(late).toEqual({ ...usual, time: 500 + 500 * uniform });
    }
  });

  test('with time uniform in 0.1 … 10, genes uniform in 0 … 1, a seed of 31 bits', async () => {
    const dataset = await five();
    const images = await Promise.all(range(3000).map((output) => dataset.load({ id: 'a', output, slot: 0 }, 1, 64)));
    const programs = images.filter((image) => image.kind === 'program');
    expect(programs).toHaveLength(3000);
    expect(
      kolmogorovSmirnov(
        programs.map(({ time }) => time),
        (t) => (t - 0.1) / 9.9,
      ),
    ).toBeLessThan(KS_BOUND);
    expect(
      kolmogorovSmirnov(
        programs.map(({ seed }) => seed),
        (s) => s / 2 ** 31,
      ),
    ).toBeLessThan(KS_BOUND);
    for (const gene of [0, 1, GENES - 1]) {
      expect(
        kolmogorovSmirnov(
          programs.map(({ genes }) => genes[gene]!),
          (g) => g,
        ),
      ).toBeLessThan(KS_BOUND);
    }
    expect(programs.every(({ genes, seed }) => genes.length === GENES && Number.isInteger(seed))).toBe(true);
  });
});
