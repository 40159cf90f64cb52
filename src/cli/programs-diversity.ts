import { usualProcesses } from '../blocks.js';
import { UserError } from '../core/errors.js';
import { plain } from '../core/plain.js';
import { TOOL } from '../core/version.js';
import type { Dataset, Failure } from '../dataset/dataset.js';
import type { ProgramSet } from '../dataset/program-set.js';
import { readProgramSet } from '../dataset/programs.js';
import { isMade, openDataset, parseNamed } from '../dataset/spec.js';
import { imageFeatures, programFeatures, type Spread, spreadOf } from '../diversity.js';
import type { Features } from '../extract/features.js';
import type { Extractor } from '../extract/session.js';
import { Renderer } from '../render/renderer.js';
import { renderDiversity } from '../report/diversity-table.js';
import { note } from './listener.js';
import { backendOf, openExtractor, programTimeout, resolutionOf } from './open.js';
import { programsOf } from './programs.js';
import { startProgress } from './progress.js';
import { flag, integer, list, type Values } from './values.js';

/** Layers: base images drawn at a time, of images and of programs. */
const LAYERS = 256;

interface Measured {
  readonly name: string;
  readonly spec: string;
  readonly images: Spread;
  readonly programs?: Features;
}

/** Which of the specs are programs, whatever the user calls them; `s21k` is `programs:s21k`. */
const specOf = (spec: string): string =>
  /^(s1k|s21k|grammar(\?.*)?)$/.test(spec) ? `programs:${programsOf(spec)}` : spec;

interface Asked {
  readonly images: number;
  readonly each: number;
  readonly resolution: number;
  readonly seed: number;
}

/** A data set that is to be measured; with its programs, where it is made of such. */
interface Named {
  readonly name: string;
  readonly spec: string;
  readonly set: ProgramSet | undefined;
}

/**
 * @param failure one that cannot be used
 * @throws UserError for fewer than two programs
 */
function checkCount(name: string, count: number, failure?: Failure): void {
  if (count >= 2) return;
  const why = failure ? `; not ${failure.id}: ${failure.why}` : '';
  throw new UserError(
    `Programs of "${name}": at least two are needed to tell how different they are, ${count} can be used${why}.`,
  );
}

async function readNamed(name: string, spec: string): Promise<Named> {
  const set = /^programs(:.|$)/s.test(spec) ? await readProgramSet(programsOf(spec)) : undefined;
  if (set) checkCount(name, set.ids.length, set.failures[0]);
  return { name, spec, set };
}

async function measure(
  { name, spec, set }: Named,
  asked: Asked,
  extractor: Extractor,
  values: Values,
): Promise<Measured> {
  const { images, each, resolution, seed } = asked;
  const dataset: Dataset = await openDataset(name, spec);
  const progress = startProgress(plain(name), 'images');
  const options = {
    resolution,
    seed,
    onSetAside: (id: string, why: string) => progress.say(plain(`Set aside: ${id}: ${why}`)),
    onProgress: (done: number, total: number) => progress.update(done, total),
  };
  const renderer = await Renderer.open({
    resolution,
    layers: LAYERS,
    backend: backendOf(values),
    programTimeout: programTimeout(values),
    processes: usualProcesses([dataset]),
  });
  try {
    const features = await imageFeatures(dataset, images, renderer, extractor, options);
    const own = { name, spec, images: await spreadOf(features) };
    if (!set) return own;
    const programs = await programFeatures(set, images, each, renderer, extractor, options);
    // Some could not be drawn.
    checkCount(name, programs.count);
    return { ...own, programs };
  } finally {
    progress.end();
    await renderer.dispose();
    await dataset.dispose?.();
  }
}

/** How different images and programs of some data sets are, beside each other. */
export async function runDiversity(values: Values): Promise<void> {
  const asked: Asked = {
    images: integer(values, 'images', 2, 100_000) ?? 1000,
    each: integer(values, 'per-program', 1, 16) ?? 2,
    resolution: resolutionOf(values),
    seed: integer(values, 'seed', 0, Number.MAX_SAFE_INTEGER) ?? 0,
  };
  const named = list(values, 'specs')!.map((spec) => (isMade(specOf(spec)) ? { name: spec, spec } : parseNamed(spec)));
  const json = flag(values, 'json');
  const sets: Named[] = [];
  for (const { name, spec } of named) sets.push(await readNamed(name, specOf(spec)));
  const extractor = await openExtractor(values);
  const measured: Measured[] = [];
  for (const one of sets) measured.push(await measure(one, asked, extractor, values));
  const counts = measured.flatMap(({ programs }) => programs?.count ?? []);
  // The score grows with the number of programs, so that it is shown at the same one, too.
  const common = Math.min(...counts);
  const rows = await Promise.all(
    measured.map(async ({ name, spec, images, programs }) => ({
      name,
      spec,
      images,
      ...(programs && {
        programs: await spreadOf(programs),
        ...(counts.some((count) => count !== common) && { common: await spreadOf(programs, common) }),
      }),
    })),
  );
  if (json) {
    const { identity } = extractor;
    process.stdout.write(`${JSON.stringify({ tool: TOOL, ...asked, extractor: identity, sets: rows })}\n`);
    return;
  }
  process.stdout.write(`${renderDiversity(rows)}\n`);
  note(`Effective numbers grow with the number measured and depend on the network (${extractor.identity.id}).`);
}
