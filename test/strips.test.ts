import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { blockFeatures, renderBlock } from '../src/blocks.js';
import type { Choice, Dataset } from '../src/dataset/dataset.js';
import { parseSetting } from '../src/mix/setting.js';
import { referenceRecord } from '../src/reference.js';
import { openReferences } from '../src/score.js';
import { gaussianOfMoments } from '../src/statistics/gaussian.js';
import { momentsOf } from '../src/statistics/moments.js';
import { decodeStatistics, encodeStatistics } from '../src/statistics/npz.js';
import { readPicture, readPictureIndex, type StripRecord, writePictureIndex } from '../src/store/pictures.js';
import type { RunRecord } from '../src/store/record.js';
import { Run } from '../src/store/run.js';
import { Strips } from '../src/strips.js';
import { sweep } from '../src/sweep.js';
import { DIMS, pretendDataset, pretendExtractor, pretendRenderer, SIDE } from './pretend.js';
import { RECORD } from './store/records.js';
import { temporaryFolder } from './temporary.js';

/** Strips of a run over a renderer and a network of a few lines. */

const BLOCK = 8;
const IDENTITY = { id: 'pretended', sha256: '78'.repeat(32), tap: 'mean', dims: DIMS, preprocessing: 'none' };
const SETTINGS = ['none', 'mixup:3'];

let reference: Uint8Array;
let referenceOf: RunRecord['reference'];
beforeAll(async () => {
  const about = { resolution: SIDE, seed: 99, unusable: new Set<string>(), skipCorrupt: false };
  const source = { dataset: pretendDataset('real'), ...about };
  const task = { source, first: 0, count: 100, settings: [parseSetting('mixup:4')] };
  for await (const { features } of blockFeatures([task], async () => pretendRenderer(), pretendExtractor())) {
    const { mean, covariance } = gaussianOfMoments(await momentsOf(features, DIMS));
    const provenance = { count: 100, extractor: IDENTITY, source: 'real', fit: 'none', tool: 'test' };
    reference = encodeStatistics({ mean, covariance: Float64Array.from(covariance!.data), provenance });
  }
  referenceOf = referenceRecord(reference, 'real', await decodeStatistics(reference, 'real'), []);
});

/** The program of the first output: it is in the first block for sure. */
const [{ id: LATE }] = pretendDataset('one').choose(0, 1, RECORD.seed, new Set()) as [Choice];

/** A data set of a colour a program, one of which fails from the second block on, as one that hangs at some times only. */
function failingLate(): Dataset {
  const whole = pretendDataset('one');
  return {
    ...whole,
    async load(choice, ...rest) {
      const base = await whole.load(choice, ...rest);
      if (base.kind !== 'program') return base;
      const fails = choice.id === LATE && choice.output >= BLOCK;
      const program = { ...base.program, source: fails ? 'broken' : '' };
      return { ...base, program, genes: [Number(choice.id.slice(-1)) / 7, ...base.genes.slice(1)] };
    },
  };
}

function begin(dataset: Dataset): Run {
  const run = Run.create(
    join(temporaryFolder(), 'run'),
    {
      ...RECORD,
      datasets: [{ name: dataset.name, spec: dataset.spec, identity: dataset.identity, fit: '' }],
      settings: SETTINGS,
      images: 5 * BLOCK,
      resolution: SIDE,
      block: BLOCK,
      extractor: IDENTITY,
      reference: referenceOf,
      strategy: { kind: 'grid', alpha: 0.05, tolerance: 0.01, complete: false },
    },
    { reference },
  );
  onTestFinished(() => run.close());
  return run;
}

const rendererOf = async () => pretendRenderer();
const told: string[] = [];

async function make(run: Run, dataset: Dataset): Promise<Strips> {
  const strips = new Strips(run, 8, (why) => told.push(why));
  const makers = { rendererOf, extractor: pretendExtractor() };
  await sweep(run, [dataset], makers, await openReferences(run), { onFirst: (first) => strips.first(first) });
  return strips;
}

const complete = (strips: Strips, dataset: Dataset, signal = new AbortController().signal) =>
  strips.complete({ datasets: [dataset], rendererOf, skipCorrupt: false, signal, gate: async () => {} });

const files = (run: Run): Record<string, string> =>
  Object.fromEntries(
    readdirSync(join(run.folder, 'pictures'))
      .sort()
      .map((name) => [name, readFileSync(join(run.folder, 'pictures', name), 'base64')]),
  );

/** The one colour of a pretended output of a setting, with some programs set aside. */
async function colourOf(dataset: Dataset, setting: string, output: number, unusable: readonly string[]) {
  const about = { resolution: SIDE, seed: RECORD.seed, unusable: new Set(unusable), skipCorrupt: false };
  const task = { source: { dataset, ...about }, first: output, count: 1, settings: [parseSetting(setting)] };
  for await (const { pixels } of renderBlock(task, pretendRenderer())) return [...pixels];
  throw new Error('nothing was drawn');
}

test('an output is drawn again as it was measured: with what was set aside by then, not by the end', async () => {
  const dataset = failingLate();
  const run = begin(dataset);
  const strips = await make(run, dataset);
  await complete(strips, dataset);
  expect(run.setAside.map(({ id }) => id)).toEqual([LATE]);
  expect([0, 1, 4].map((block) => [...run.unusableAt(0, 'none', block)])).toEqual([[], [LATE], [LATE]]);
  // It matters: of the first outputs some were of the program that was set aside later.
  const outputs = Array.from({ length: BLOCK }, (_, i) => i);
  const differs = await Promise.all(
    outputs.map(
      async (output) =>
        String(await colourOf(dataset, 'none', output, [])) !== String(await colourOf(dataset, 'none', output, [LATE])),
    ),
  );
  expect(differs).toContain(true);
  const before = files(run);
  rmSync(join(run.folder, 'pictures'), { recursive: true });
  await complete(new Strips(run, 8, (why) => told.push(why)), dataset);
  expect(files(run)).toEqual(before);
});

describe('what is kept already', () => {
  test('is drawn again where its file is missing, and left alone where it is not', async () => {
    const dataset = pretendDataset('one');
    const run = begin(dataset);
    await complete(await make(run, dataset), dataset);
    const before = files(run);
    const [lost] = Object.keys(before).filter((name) => name.endsWith('lowering.webp'));
    rmSync(join(run.folder, 'pictures', lost!));
    await complete(new Strips(run, 8, (why) => told.push(why)), dataset);
    expect(files(run)).toEqual(before);
  });

  test('of other cells stays when an abort ends the drawing', async () => {
    const dataset = pretendDataset('one');
    const run = begin(dataset);
    const strips = await make(run, dataset);
    const before = files(run);
    const stop = AbortSignal.abort(new Error('enough'));
    await expect(complete(strips, dataset, stop)).rejects.toThrow('enough');
    expect(files(run)).toEqual(before);
  });
});

test('where they cannot be kept the sweep goes on, and that is said once', async () => {
  told.length = 0;
  const dataset = pretendDataset('one');
  const run = begin(dataset);
  writeFileSync(join(run.folder, 'pictures'), 'in the way');
  await make(run, dataset);
  expect(run.images(0, 'none')).toBe(5 * BLOCK);
  expect(told).toHaveLength(1);
});

describe('a folder from elsewhere', () => {
  const strip: StripRecord = {
    dataset: 'one',
    setting: 'none',
    kind: 'first',
    file: '0-0123456789abcdef-first.webp',
    outputs: [0, 1],
  };
  const folderOf = (): string => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'pictures'));
    return folder;
  };

  test('leads nowhere else: links and what is no WebP are no pictures', () => {
    const folder = folderOf();
    const secret = join(folder, 'secret');
    writeFileSync(secret, 'RIFF0000WEBP secret');
    symlinkSync(secret, join(folder, 'pictures', strip.file));
    expect(readPicture(folder, strip.file)).toBeUndefined();
    rmSync(join(folder, 'pictures', strip.file));
    writeFileSync(join(folder, 'pictures', strip.file), 'no picture');
    expect(readPicture(folder, strip.file)).toBeUndefined();
    writeFileSync(join(folder, 'pictures', strip.file), 'RIFF0000WEBP and so on');
    expect(readPicture(folder, strip.file)).toHaveLength(22);
    expect(() => readPicture(folder, '../secret')).toThrow('no name of a strip');
  });

  test('gives each strip once, and none that could not be ours', () => {
    const folder = folderOf();
    const odd = [
      { outputs: [1.5] },
      { outputs: [-1] },
      { outputs: [] },
      { outputs: Array(65).fill(0) },
      { psi: [1] },
      { psi: [1, '2'] },
      { file: '../x-first.webp' },
      { kind: 'last' },
    ].map((change) => ({ ...strip, ...change }));
    writePictureIndex(folder, { schema: 1, tile: 96, strips: [...odd, strip, strip] as StripRecord[] });
    expect(readPictureIndex(folder).strips).toEqual([strip]);
    for (const tile of [-5, 1.5, 1e6]) {
      writePictureIndex(folder, { schema: 1, tile, strips: [strip] });
      expect(readPictureIndex(folder).strips).toEqual([]);
    }
  });
});
