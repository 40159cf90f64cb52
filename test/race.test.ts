import { describe, expect, test } from 'vitest';
import { type Cells, Estimates } from '../src/estimates.js';
import { type Features, featuresOf } from '../src/extract/features.js';
import { type LookMemory, type RaceCourse, raceOf } from '../src/race.js';
import { looks } from '../src/search/looks.js';
import { testsOf } from '../src/search/race.js';
import { identity, normals } from './core/matrices.js';

const [DIMS, IMAGES, BLOCK] = [4, 400, 20];
const REFERENCE = { mean: new Float64Array(DIMS), covariance: identity(DIMS) };

/** Settings by how far each is moved from the reference: output i of all has most of its draws in common. */
function features(shifts: Readonly<Record<string, number>>, seed: number): Map<string, Features> {
  const common = Float64Array.from({ length: IMAGES * DIMS }, normals(seed));
  return new Map(
    Object.entries(shifts).map(([setting, shift], s) => {
      const own = normals(seed + 1000 * (s + 1));
      return [
        setting,
        featuresOf(
          Float32Array.from(common, (x) => 0.9 * x + 0.4 * own() + shift),
          DIMS,
        ),
      ];
    }),
  );
}

const cellsOf = (kept: ReadonlyMap<string, Features>, images = IMAGES): Cells => ({
  images: () => images,
  features: (_, setting, count = images) => ({ ...kept.get(setting)!, count }),
});

function courseOf(kept: ReadonlyMap<string, Features>, change: Partial<RaceCourse['rule']> = {}): RaceCourse {
  const settings = [...kept.keys()];
  const plan = looks(IMAGES, BLOCK);
  const rule = { alpha: 0.05, tolerance: 0, tests: testsOf(settings.length, plan.length), ...change };
  return { dataset: 0, settings, looks: plan, rule, block: BLOCK };
}

const estimatesOf = (kept: ReadonlyMap<string, Features>, images?: number): Estimates =>
  new Estimates(cellsOf(kept, images), REFERENCE);

const ALIKE = features({ a: 0.3, b: 0.3, c: 0.3 }, 1);
const FAR = features({ a: 0.3, far: 3, c: 0.3 }, 1);

describe('a race', () => {
  test('keeps settings of one law to the end', async () => {
    const state = await raceOf(courseOf(ALIKE), estimatesOf(ALIKE));
    expect(state).toMatchObject({ alive: ['a', 'b', 'c'], ended: 'all images are made', spent: 3 * IMAGES });
    expect(state.looks.map(({ images }) => images)).toEqual([40, 60, 80, 120, 160, 240, 320, 400]);
  });

  test('drops one that is far behind at its first look, and makes no more of it', async () => {
    const { looks: done, alive, spent } = await raceOf(courseOf(FAR), estimatesOf(FAR));
    const [first, second] = done;
    expect(first!.alive).toEqual(['a', 'far', 'c']);
    expect(first!.dropped.map(({ setting }) => setting)).toEqual(['far']);
    const [{ difference, critical, group }] = first!.dropped as [(typeof first & {})['dropped'][number]];
    expect(difference).toMatchObject({ to: first!.leader, of: 'fid∞', images: 40 });
    // ‖δ‖² is 4·3² against 4·0.3².
    expect(Math.abs(difference.value - 35.64)).toBeLessThan(4 * difference.standardError);
    expect(difference.value).toBeGreaterThan(critical * difference.standardError);
    expect(group).toBe(1);
    expect(second!.alive).toEqual(['a', 'c']);
    expect(alive).toEqual(['a', 'c']);
    expect(spent).toBe(3 * 40 + 2 * (IMAGES - 40));
  });

  test('ends with one that is left, or with all within the tolerance', async () => {
    const two = new Map([...FAR].slice(0, 2));
    expect(await raceOf(courseOf(two), estimatesOf(two))).toMatchObject({
      alive: ['a'],
      ended: 'one is left',
      spent: 80,
    });
    const state = await raceOf(courseOf(ALIKE, { tolerance: 0.9 }), estimatesOf(ALIKE));
    expect(state).toMatchObject({ alive: ['a', 'b', 'c'], ended: 'all that are left are within the tolerance' });
    expect(state.spent).toBeLessThan(3 * IMAGES);
  });

  test('asks for the images that are missing', async () => {
    const state = await raceOf(courseOf(FAR), estimatesOf(FAR, 70));
    expect(state).toMatchObject({ alive: ['a', 'c'], next: 80, spent: 3 * 40 + 2 * 20 });
    expect(state.ended).toBeUndefined();
    const none = await raceOf(courseOf(FAR), estimatesOf(FAR, 0));
    expect(none).toEqual({ looks: [], alive: ['a', 'far', 'c'], next: 40, spent: 0 });
  });
});

describe('a budget', () => {
  const spend = async (budget: number, kept = ALIKE) => raceOf({ ...courseOf(kept), budget }, estimatesOf(kept));

  test('ends a race at whole blocks of all that are left', async () => {
    const state = await spend(3 * 110);
    expect(state).toMatchObject({ ended: 'the budget is spent', spent: 3 * 100 });
    expect(state.looks.map(({ images }) => images)).toEqual([40, 60, 80, 100]);
  });

  test('buys the ones that are left more where one was dropped', async () => {
    const state = await spend(3 * 40 + 2 * 75, FAR);
    expect(state).toMatchObject({ ended: 'the budget is spent', spent: 3 * 40 + 2 * 60 });
    expect(state.looks.at(-1)!.images).toBe(100);
  });

  test('that buys no block makes nothing', async () => {
    expect(await spend(3 * BLOCK - 1)).toEqual({
      looks: [],
      alive: ['a', 'b', 'c'],
      ended: 'the budget is spent',
      spent: 0,
    });
  });
});

describe('the memory of looks', () => {
  function memoryOf(kept: Map<string, unknown>): LookMemory {
    return {
      result: (key) => structuredClone(kept.get(key)),
      writeResult: (key, value) => void kept.set(key, structuredClone(value)),
    };
  }

  /** Knows how many images there are, and would be found out by any estimate. */
  const blind = new Estimates(
    {
      images: () => IMAGES,
      features: () => {
        throw new Error('estimated again');
      },
    },
    REFERENCE,
  );

  test('gives the same race without an estimate, and as without a memory', async () => {
    const kept = new Map<string, unknown>();
    const state = await raceOf(courseOf(FAR), estimatesOf(FAR), memoryOf(kept), 'x');
    expect(state).toEqual(await raceOf(courseOf(FAR), estimatesOf(FAR)));
    expect(kept.size).toBe(state.looks.length);
    expect(await raceOf(courseOf(FAR), blind, memoryOf(kept), 'x')).toEqual(state);
  });

  test('goes on from where images were missing', async () => {
    const kept = new Map<string, unknown>();
    const until = await raceOf(courseOf(FAR), estimatesOf(FAR, 240), memoryOf(kept), 'x');
    expect(until).toMatchObject({ next: 320 });
    const whole = await raceOf(courseOf(FAR), estimatesOf(FAR), memoryOf(kept), 'x');
    expect(whole).toEqual(await raceOf(courseOf(FAR), estimatesOf(FAR)));
  });

  test('is not that of another run, or of another rule', async () => {
    const kept = new Map<string, unknown>();
    await raceOf(courseOf(FAR), estimatesOf(FAR), memoryOf(kept), 'x');
    await expect(raceOf(courseOf(FAR), blind, memoryOf(kept), 'y')).rejects.toThrow('estimated again');
    const other = courseOf(FAR, { alpha: 0.01 });
    await expect(raceOf(other, blind, memoryOf(kept), 'x')).rejects.toThrow('estimated again');
  });
});

describe('races of settings that are equal', () => {
  const RACES = 40;

  async function wrong(tests?: number): Promise<number> {
    let races = 0;
    for (let race = 0; race < RACES; race++) {
      const kept = features({ a: 0.3, b: 0.3, c: 0.3, d: 0.3 }, 100 + race);
      const { alive } = await raceOf(courseOf(kept, tests ? { tests } : {}), estimatesOf(kept));
      if (alive.length < 4) races++;
    }
    return races;
  }

  test('drop one wrongly in no more of them than alpha allows', async () => {
    // Of 40 at 5%, more than 6 would be seen with a probability of 0.3%.
    expect(await wrong()).toBeLessThanOrEqual(6);
  });

  test('drop more where the tests do not share alpha', async () => {
    expect(await wrong(1)).toBeGreaterThan(12);
  });
});
