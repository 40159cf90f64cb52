import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { runReplay } from '../../src/cli/replay.js';
import type { Values } from '../../src/cli/values.js';
import { UserError } from '../../src/core/errors.js';
import { type RaceState, raceOf } from '../../src/race.js';
import type { Replay } from '../../src/replay.js';
import { courseOf, openReferences } from '../../src/score.js';
import { encodeStatistics } from '../../src/statistics/npz.js';
import type { RunRecord } from '../../src/store/record.js';
import { Run } from '../../src/store/run.js';
import { identity, normals } from '../core/matrices.js';
import { RECORD, sha256 } from '../store/records.js';
import { temporaryFolder } from '../temporary.js';

const [DIMS, IMAGES, BLOCK] = [3, 80, 4];

const REFERENCE = encodeStatistics({
  mean: new Float64Array(DIMS),
  covariance: identity(DIMS).data,
  provenance: { count: 99, extractor: RECORD.extractor, source: 'unit', fit: 'native', tool: 'test' },
});

/** A run of three settings, the last of them far off; each with its first images only, as a race that dropped it left it. */
function made(change: Partial<RunRecord> = {}, kept: readonly number[] = [IMAGES, IMAGES, IMAGES]): string {
  const folder = join(temporaryFolder(), 'run');
  const record = {
    ...RECORD,
    images: IMAGES,
    reference: { ...RECORD.reference, sha256: sha256(REFERENCE) },
    ...change,
  };
  const run = Run.create(folder, record, { reference: REFERENCE });
  for (const dataset of record.datasets.keys()) {
    const laws = record.settings.map((_, s) => ({ normal: normals(1 + s + 10 * dataset), shift: [1, 1, 3][s]! }));
    for (let first = 0; first < IMAGES; first += BLOCK) {
      const blocks = laws.map(({ normal, shift }) => Array.from({ length: BLOCK * DIMS }, () => normal() + shift));
      const there = record.settings.filter((_, s) => first < kept[s]!);
      const values = blocks.filter((_, s) => first < kept[s]!).flat();
      if (there.length) run.writeBlock(dataset, first / BLOCK, BLOCK, there, Float32Array.from(values), []);
    }
  }
  run.close();
  return folder;
}

async function replayed(from: string, values: Values = {}): Promise<{ dataset: string; replay: Replay }[]> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await runReplay({ from, json: true, ...values });
    return JSON.parse(write.mock.calls.map(([text]) => String(text)).join(''));
  } finally {
    write.mockRestore();
  }
}

/** The races of a run as its sweep takes them. */
async function own(folder: string): Promise<RaceState[]> {
  const run = Run.open(folder);
  const { chosen } = await openReferences(run);
  const states: RaceState[] = [];
  for (const dataset of run.record.datasets.keys())
    states.push(await raceOf(courseOf(run.record, dataset, await chosen.least()), chosen));
  run.close();
  return JSON.parse(JSON.stringify(states));
}

const RACE: RunRecord['strategy'] = { kind: 'race', alpha: 0.2, tolerance: 0.02, complete: true };

describe('a race that was completed', () => {
  test('is taken again as it was, with its alpha, tolerance and looks', async () => {
    const folder = made({ strategy: RACE });
    const states = await own(folder);
    const again = await replayed(folder);
    expect(again.map(({ dataset }) => dataset)).toEqual(['Programs', 'Photos']);
    for (const [d, state] of states.entries()) {
      const { races } = again[d]!.replay;
      expect(races).toMatchObject([state]);
      // Not at 8: below four images a dimension nothing is decided.
      expect(state.looks[0]!.images).toBe(12);
      expect(state.looks.flatMap(({ dropped }) => dropped).map(({ setting }) => setting)).toContain(RECORD.settings[2]);
    }
    const [other] = await replayed(folder, { alpha: '0.001' });
    const criticals = ({ replay: { races } }: { replay: Replay }) => races[0]!.looks[0]!.dropped[0]?.critical;
    expect(criticals(other!)).not.toBe(criticals(again[0]!));
  });

  test('ends with its budget', async () => {
    const settings = RECORD.settings.slice(0, 2);
    const folder = made({ settings, strategy: { ...RACE, alpha: 0.01, tolerance: 0, budget: 2 * 2 * 40 } });
    const states = await own(folder);
    expect(states[0]).toMatchObject({ ended: 'the budget is spent', spent: 2 * 40 });
    for (const [d, { replay }] of (await replayed(folder)).entries()) expect(replay.races).toMatchObject([states[d]!]);
  });
});

test('a race that was not is taken again up to its first drop, and decides the same', async () => {
  const all = made({ strategy: RACE });
  const [whole] = await own(all);
  const { images } = whole!.looks.find(({ dropped }) => dropped.length)!;
  const [part] = await replayed(made({ strategy: RACE }, [IMAGES, IMAGES, images]));
  const looks = part!.replay.races[0]!.looks;
  expect(looks.at(-1)!.images).toBe(images);
  expect(looks).toEqual(whole!.looks.slice(0, looks.length));
  expect(part!.replay.grid.images).toBe(images);
});

test('of a grid it is a race over its images', async () => {
  const folder = made();
  const images = async (values: Values) =>
    (await replayed(folder, { tolerance: 0, ...values })).map(({ replay }) => replay.grid.images);
  expect(await images({})).toEqual([IMAGES, IMAGES]);
  expect(await images({ images: 60 })).toEqual([60, 60]);
  const [narrow] = await replayed(folder, { dims: 2 });
  expect(narrow!.replay.dims).toBe(2);
});

test('too few images of every setting are refused', async () => {
  const folder = made({ strategy: RACE }, [IMAGES, IMAGES, BLOCK]);
  await expect(replayed(folder)).rejects.toThrow(UserError);
  await expect(replayed(folder)).rejects.toThrow(/4 images of every setting are kept, a race needs at least 8\./);
});
