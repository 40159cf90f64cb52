import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.js';
import { draws, STREAM } from '../../src/core/random.js';
import { openFolder } from '../../src/dataset/folder.js';
import { GENES, openPrograms, readPrograms } from '../../src/dataset/programs.js';
import { chiSquare, chiSquareBound, KS_BOUND, kolmogorovSmirnov } from '../core/goodness.js';
import { temporaryFolder } from '../temporary.js';

const NONE: ReadonlySet<string> = new Set();
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

function folderOf(programs: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [id, text] of Object.entries(programs)) writeFileSync(join(folder, `${id}.frag`), text);
  return folder;
}

const five = () => openPrograms('Five', 'programs:x', folderOf({ a: '1', b: '2', c: '3', d: '4', e: '5' }));

describe('the built-in programs', () => {
  const dataset = openPrograms('Programs', 'programs');

  test('are sixty at least, each assembled', () => {
    expect(dataset.identity.programs).toBeGreaterThanOrEqual(60);
    expect(dataset.failures).toEqual([]);
    expect(dataset.fit(256)).toBe('rendered at 256');
    expect(openPrograms('Other name', 'programs').identity).toEqual(dataset.identity);
  });

  test('each say what they draw', () => {
    for (const [id, source] of readPrograms(join(import.meta.dirname, '..', '..', 'shaders'))) {
      expect(source, id).toMatch(/^#line 1 1\n\/\/ Draws: \S/m);
      expect(source, id).toMatch(/vec3 draw\s*\(\s*vec2/);
    }
  });
});

describe('choosing programs', () => {
  test('nested in n, a function of seed and output', () => {
    const dataset = five();
    const forward = range(60).map((output) => dataset.choose(output, 9, 4, NONE));
    for (const output of range(60).reverse()) {
      expect(dataset.choose(output, 9, 4, NONE)).toEqual(forward[output]);
      expect(dataset.choose(output, 3, 4, NONE)).toEqual(forward[output]!.slice(0, 3));
    }
    expect(range(60).map((output) => dataset.choose(output, 9, 5, NONE))).not.toEqual(forward);
  });

  test('each equally often', () => {
    const dataset = five();
    const chosen = range(1000).flatMap((output) => dataset.choose(output, 4, 0, NONE).map(({ id }) => id));
    const counts = ['a', 'b', 'c', 'd', 'e'].map((id) => chosen.filter((other) => other === id).length);
    expect(
      chiSquare(
        counts,
        counts.map(() => 800),
      ),
    ).toBeLessThan(chiSquareBound(4));
  });

  test('never one that is set aside; the others stay where they were', () => {
    const dataset = five();
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
    const dataset = five();
    const load = (output: number, slot: number, seed: number) => dataset.load({ id: 'a', output, slot }, seed, 64);
    const first = await load(3, 1, 0);
    expect(first).toEqual(await five().load({ id: 'a', output: 3, slot: 1 }, 0, 256));
    expect(first).toMatchObject({ kind: 'program', program: { id: 'a' } });
    for (const other of [await load(4, 1, 0), await load(3, 2, 0), await load(3, 1, 1)])
      expect(other).not.toEqual(first);
  });

  test('has its time in the range asked for; seed and genes do not hang on it', async () => {
    const dataset = five();
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
    const dataset = five();
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

test('a folder of pictures has no time range', async () => {
  const folder = temporaryFolder();
  for (const name of ['a.png', 'b.png']) writeFileSync(join(folder, name), '');
  const load = openFolder('Photos', folder, folder).load({ id: 'a.png', output: 0, slot: 0 }, 0, 64, { time: [0, 2] });
  await expect(load).rejects.toThrow(UserError);
  await expect(load).rejects.toThrow(/^Data set "Photos": the time range 0-2 is an option of programs/);
});

describe('a folder of programs', () => {
  test('has an identity that changes with any text or name', () => {
    const of = (programs: Record<string, string>) => openPrograms('x', 'x', folderOf(programs)).identity.sha256;
    const all = [of({ a: 'int x;' }), of({ b: 'int x;' }), of({ a: 'int y;' }), of({ a: 'int x;', b: '' })];
    expect(new Set(all).size).toBe(4);
    expect(of({ a: 'int x;' })).toBe(all[0]);
  });

  test('may include the library', () => {
    const [source] = readPrograms(folderOf({ a: '#include <noise>\nvec3 draw(vec2 p);\n' })).values();
    expect(source).toContain('float valueNoise(vec2 p)');
  });

  test('that is missing, or holds no program: said', () => {
    const folder = temporaryFolder();
    expect(() => readPrograms(join(folder, 'missing'))).toThrow(
      /Programs of ".*missing": ENOENT.* Expected a folder of \.frag files/,
    );
    mkdirSync(join(folder, 'empty'));
    writeFileSync(join(folder, 'empty', 'notes.txt'), '');
    expect(() => readPrograms(join(folder, 'empty'))).toThrow(/the folder holds no \.frag file/);
  });

  /** Files that are no programs; what is said of each. */
  function writeBad(folder: string): { id: string; why: unknown }[] {
    writeFileSync(join(folder, 'big.frag'), Buffer.alloc(1024 ** 2 + 1, 32));
    mkdirSync(join(folder, 'folder.frag'));
    symlinkSync(join(folder, 'nowhere'), join(folder, 'gone.frag'));
    symlinkSync(join(folder, 'self.frag'), join(folder, 'self.frag'));
    writeFileSync(join(folder, 'unknown.frag'), '// Draws: nothing.\n#include <absent>\n');
    return [
      { id: 'big', why: '1048577 bytes is too large for a program, at most 1048576 are read' },
      { id: 'folder', why: 'not a file' },
      { id: 'gone', why: 'a link that leads nowhere' },
      { id: 'self', why: 'cannot be read (ELOOP)' },
      { id: 'unknown', why: expect.stringMatching(/^unknown:2: no library file <absent>; there are /) },
    ];
  }

  test('names those that cannot be used and never chooses them', () => {
    const folder = folderOf({ good: '1', well: '2' });
    const bad = writeBad(folder);
    const dataset = openPrograms('Some', 'programs:x', folder);
    expect(dataset.failures).toEqual(bad);
    expect(dataset.identity).toEqual(openPrograms('x', 'x', folderOf({ good: '1', well: '2' })).identity);
    const chosen = range(100).flatMap((output) => dataset.choose(output, 4, 0, NONE).map(({ id }) => id));
    expect(new Set(chosen)).toEqual(new Set(['good', 'well']));
  });

  test('of which none can be used: said, with the first', () => {
    const folder = temporaryFolder();
    writeBad(folder);
    expect(() => openPrograms('x', 'x', folder)).toThrow(UserError);
    expect(() => openPrograms('x', 'x', folder)).toThrow(
      /Programs of ".*": none of its 5 \.frag files can be used; the first is big: 1048577 bytes/,
    );
  });
});
