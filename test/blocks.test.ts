import { availableParallelism } from 'node:os';
import { describe, expect, test } from 'vitest';
import {
  type BlockFeatures,
  type BlockTask,
  blockFeatures,
  blockSize,
  renderBlock,
  type Source,
  shareKey,
  usualProcesses,
} from '../src/blocks.js';
import { type BaseImage, type Choice, CorruptImage, type Dataset } from '../src/dataset/dataset.js';
import { parseSetting } from '../src/mix/setting.js';
import { DIMS, type PretendOptions, pretendDataset, pretendExtractor, pretendRenderer, SIDE } from './pretend.js';

const sourceOf = (options?: PretendOptions): Source => ({
  dataset: pretendDataset('pretended', options),
  resolution: SIDE,
  seed: 5,
  unusable: new Set(),
  skipCorrupt: false,
});

const taskOf = (source: Source, first: number, count: number, ...settings: string[]): BlockTask => ({
  source,
  first,
  count,
  settings: settings.map(parseSetting),
});

async function made(
  tasks: readonly BlockTask[],
  { extractor = pretendExtractor(), renderer = pretendRenderer(), signal = new AbortController().signal } = {},
): Promise<BlockFeatures<BlockTask>[]> {
  const out: BlockFeatures<BlockTask>[] = [];
  for await (const block of blockFeatures(tasks, async () => renderer, extractor, { signal })) out.push(block);
  return out;
}

describe('features of blocks', () => {
  test('stand by setting, then by output, and are the same whatever else is made', async () => {
    const source = sourceOf();
    const settings = ['none', 'mixup:3', 'cutmix:2'];
    const [first, second] = await made([taskOf(source, 0, 4, ...settings), taskOf(source, 4, 2, ...settings)]);
    expect([first!.features.length, second!.features.length]).toEqual([3 * 4 * DIMS, 3 * 2 * DIMS]);
    for (const [place, setting] of settings.entries()) {
      const [alone] = await made([taskOf(sourceOf(), 0, 6, setting)]);
      const own = [first!, second!].flatMap(({ features, task: { count } }) => [
        ...features.subarray(place * count * DIMS, (place + 1) * count * DIMS),
      ]);
      expect(own).toEqual([...alone!.features]);
      expect(new Set(own).size).toBeGreaterThan(6);
    }
  });

  test('come from base images that are drawn once for all settings, as many as the widest needs', async () => {
    const loads: number[] = [];
    const renderer = pretendRenderer(SIDE, loads);
    const source = sourceOf();
    const blocks = await made([taskOf(source, 0, 4, 'none', 'mixup:3'), taskOf(source, 4, 4, 'none')], { renderer });
    expect(loads).toEqual([12, 4]);
    expect(blocks.map(({ bases, baseMs, mixMs }) => ({ bases, baseMs, mixMs }))).toEqual([
      { bases: 12, baseMs: 24, mixMs: [4, 4] },
      { bases: 4, baseMs: 8, mixMs: [4] },
    ]);
  });

  test('are made without what fails, which is told once with the block that met it', async () => {
    const bad = ['program 2', 'program 5'];
    const source = sourceOf({ bad });
    const blocks = await made([0, 8, 16].map((first) => taskOf(source, first, 8, 'mixup:2')));
    const told = blocks.map(({ unusable }) => unusable);
    expect(told.flat().map(({ id }) => id)).toHaveLength(2);
    expect(new Set(told.flat().map(({ id }) => id))).toEqual(new Set(bad));
    expect(told.flat().map(({ why }) => why)).toEqual(['does not compile', 'does not compile']);
    expect(source.unusable).toEqual(new Set(bad));
    // Known beforehand they are passed over in silence, to the same features.
    const known = { ...sourceOf({ bad }), unusable: new Set(bad) };
    const again = await made([0, 8, 16].map((first) => taskOf(known, first, 8, 'mixup:2')));
    expect(again.map(({ features }) => [...features])).toEqual(blocks.map(({ features }) => [...features]));
    expect(again.flatMap(({ unusable }) => unusable)).toEqual([]);
  });

  test('hang on the options of their base images, which the data set is told of', async () => {
    const task = (options: Partial<Source>) => taskOf({ ...sourceOf(), ...options }, 0, 6, 'none', 'mixup:2');
    const [usual, drawn, none, early] = await made([
      task({}),
      task({ psi: 0.5 }),
      task({ psi: 0 }),
      task({ time: [0, 2] }),
    ]);
    // ψ scales the first channel of every pretended image, the end of the range divides the second.
    const channel = (block: typeof usual, c: number) => [...block!.features].filter((_, i) => i % DIMS === c);
    for (const [i, value] of channel(usual, 0).entries()) {
      expect(channel(drawn, 0)[i]).toBeCloseTo(value / 2, 0);
      expect(channel(none, 0)[i]).toBe(0);
      expect(channel(early, 1)[i]).toBeCloseTo(channel(usual, 1)[i]! / 2, 0);
    }
    expect(Math.max(...channel(usual, 0))).toBeGreaterThan(10);
    expect(channel(drawn, 2)).toEqual(channel(usual, 2));
    expect(channel(early, 0)).toEqual(channel(usual, 0));
  });

  test('are whole blocks when it is stopped between batches', async () => {
    const stop = new AbortController();
    const extractor = pretendExtractor((batch) => {
      if (batch === 4) stop.abort();
    });
    const source = sourceOf();
    const tasks = [0, 4, 8].map((first) => taskOf(source, first, 4, 'none', 'mixup:2', 'cutmix:2'));
    expect((await made(tasks, { extractor, signal: stop.signal })).map(({ task }) => task.first)).toEqual([0]);
  });

  test('end with what the network throws', async () => {
    const extractor = pretendExtractor((batch) => {
      if (batch === 1) throw new Error('out of memory');
    });
    await expect(made([taskOf(sourceOf(), 0, 4, 'none', 'mixup:2')], { extractor })).rejects.toThrow('out of memory');
  });
});

describe('base images', () => {
  /** A source whose images take as many turns of the event loop as `turns` says, the later ones often fewer. */
  function slowSource(before: (choice: Choice, begun: number) => void = () => {}) {
    const counts = { begun: 0, inFlight: 0, most: 0 };
    const { dataset, ...others } = sourceOf();
    const load: Dataset['load'] = async (choice, ...rest) => {
      const begun = counts.begun++;
      counts.most = Math.max(counts.most, ++counts.inFlight);
      try {
        for (let turns = (7 * begun + 5) % 11; turns >= 0; turns--) await new Promise(setImmediate);
        before(choice, begun);
        return await dataset.load(choice, ...rest);
      } finally {
        counts.inFlight--;
      }
    };
    return { counts, source: { ...others, dataset: { ...dataset, load } } satisfies Source };
  }

  async function pixelsOf(source: Source, signal?: AbortSignal): Promise<number[][]> {
    const task = taskOf(source, 3, 9, 'none', 'mixup:3', 'cutmix:2');
    const out: number[][] = [];
    for await (const { pixels } of renderBlock(task, pretendRenderer(), undefined, signal)) out.push([...pixels]);
    return out;
  }

  test('are made eight at a time, and stand in their places in whatever order they come', async () => {
    const { counts, source } = slowSource();
    expect(await pixelsOf(source, new AbortController().signal)).toEqual(await pixelsOf(sourceOf()));
    expect(counts).toEqual({ begun: 27, inFlight: 0, most: 8 });
  });

  test('are at most as many as there are', async () => {
    const { counts, source } = slowSource();
    for await (const _ of renderBlock(taskOf(source, 0, 3, 'none'), pretendRenderer()));
    expect(counts).toEqual({ begun: 3, inFlight: 0, most: 3 });
  });

  test('come to an end with an abort while they are made: those begun are done, no further one begins', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    let atAbort = 0;
    const { counts, source } = slowSource((_, begun) => {
      if (begun !== 11) return;
      stop.abort(reason);
      atAbort = counts.begun;
    });
    await expect(pixelsOf(source, stop.signal)).rejects.toBe(reason);
    expect(counts).toEqual({ begun: atAbort, inFlight: 0, most: 8 });
    expect(atAbort).toBeLessThan(27);
  });

  test('are not begun after an abort', async () => {
    const { counts, source } = slowSource();
    const reason = new Error('before');
    await expect(pixelsOf(source, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(counts.begun).toBe(0);
  });

  test('that fail by a mistake of ours are thrown as they are, after the others; those that cannot be decoded are told', async () => {
    const bug = new TypeError('a mistake');
    const { counts, source } = slowSource((_, begun) => {
      if (begun === 4) throw bug;
    });
    await expect(pixelsOf(source)).rejects.toBe(bug);
    expect(counts).toMatchObject({ begun: 27, inFlight: 0 });

    const corrupt = slowSource(({ id }) => {
      if (id === 'program 2') throw new CorruptImage(id, 'cut off');
    });
    await expect(pixelsOf(corrupt.source)).rejects.toThrow(/"pretended".*program 2/);
    const leaving = { ...corrupt.source, skipCorrupt: true };
    const known = { ...sourceOf(), unusable: new Set(['program 2']) };
    expect(await pixelsOf(leaving)).toEqual(await pixelsOf(known));
    expect(leaving.unusable).toEqual(known.unusable);
  });
});

test.each([0, 4, 8])(
  'stopped while the base images of output %i are made, nothing of its block or a later one comes',
  async (output) => {
    const stop = new AbortController();
    const source = sourceOf();
    const { dataset } = source;
    const begun: number[] = [];
    const load: Dataset['load'] = async (choice, ...rest): Promise<BaseImage> => {
      begun.push(choice.output);
      if (choice.output === output) stop.abort();
      return dataset.load(choice, ...rest);
    };
    const tasks = [0, 4, 8].map((first) => taskOf({ ...source, dataset: { ...dataset, load } }, first, 4, 'none'));
    const blocks: number[] = [];
    let thrown: unknown;
    try {
      for await (const { task } of blockFeatures(tasks, async () => pretendRenderer(), pretendExtractor(), stop))
        blocks.push(task.first);
    } catch (error) {
      thrown = error;
    }
    // Where an earlier block is at hand it ends between batches; else there is nothing but the reason.
    if (output === 0) expect(thrown).toBe(stop.signal.reason);
    else expect([undefined, stop.signal.reason]).toContain(thrown);
    expect(blocks).toEqual([0, 4, 8].slice(0, blocks.length));
    expect(blocks.length).toBeLessThanOrEqual(output / 4);
    expect(Math.max(...begun)).toBe(output);
  },
);

test('a block is as large as its base images fit in 512 MiB and 2048 layers, at most 32', () => {
  expect(blockSize([{ n: 9 }], 256)).toBe(32);
  // 16 bases of 2048² texels of 4 bytes are 256 MiB an output.
  expect(blockSize([{ n: 1 }, { n: 16 }], 2048)).toBe(2);
  expect(blockSize([{ n: 16 }], 4096)).toBe(1);
  expect(blockSize([{ n: 100 }], 16)).toBe(20);
});

test('settings of one resolution, range of time and ψ share their base images', () => {
  const keys = [
    ['none', 'mixup:3', 'cutmix:9?alpha=0.5', 'mixup:2?weights=equal'],
    ['none?resolution=64', 'mixup:3?resolution=64'],
    ['none?time=0-1', 'mixup:2?time=0-1'],
    ['none?time=0-2'],
    ['none?resolution=64&time=0-1'],
    ['truncation?psi=0.7'],
    ['truncation?psi=0'],
    ['truncation?psi=1'],
    ['truncation?resolution=64&psi=0.7'],
  ].map((settings) => [...new Set(settings.map((text) => shareKey(parseSetting(text))))]);
  for (const one of keys) expect(one).toHaveLength(1);
  expect(new Set(keys.flat()).size).toBe(keys.length);
});

test('several processes draw where a data set has more programs than one keeps compiled', () => {
  const of = (kind: string, programs?: number): Dataset => ({
    ...pretendDataset('x'),
    identity: { kind, ...(programs !== undefined && { programs }) },
  });
  const many = Math.min(4, availableParallelism());
  expect(usualProcesses([of('programs', 96)])).toBe(1);
  expect(usualProcesses([of('programs', 97)])).toBe(many);
  expect(usualProcesses([of('folder'), of('programs', 3), of('programs', 21_000)])).toBe(many);
  expect(usualProcesses([of('folder', 5000), of('deadleaves')])).toBe(1);
});
