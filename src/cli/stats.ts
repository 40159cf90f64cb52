import { basename, resolve } from 'node:path';
import { blockSize } from '../blocks.js';
import { invalid } from '../core/errors.js';
import { writeAtomically } from '../core/files.js';
import { absentClasses, imagesOf } from '../dataset/folder.js';
import { isPrograms, openDataset } from '../dataset/spec.js';
import type { Extractor } from '../extract/session.js';
import { type MeasureOptions, measureDataset, measureFiles, sampleFiles } from '../measure.js';
import { plain } from '../report/terminal.js';
import { type Accumulator, covarianceOf } from '../statistics/gaussian.js';
import { encodeStatistics, type Provenance } from '../statistics/npz.js';
import { backendOf, classesOf, openExtractor, prepareOutput, programTimeout, resolutionOf, TOOL } from './open.js';
import { startProgress } from './progress.js';
import { flag, integer, text, type Values } from './values.js';

/** A measured source: its features' Gaussian, and how it was made. */
export interface Measured {
  readonly accumulator: Accumulator;
  readonly provenance: Provenance;
}

interface ImageOptions {
  readonly resolution?: number;
  readonly seed?: number;
  readonly images?: number;
  readonly skipCorrupt: boolean;
  readonly classes?: { readonly name: string; readonly classes: Set<string> };
}

interface Listener {
  readonly options: Pick<MeasureOptions, 'onProgress' | 'onSetAside'>;
  /** Images or programs set aside so far. */
  readonly skipped: () => number;
  readonly end: () => void;
}

function listener(title: string): Listener {
  const progress = startProgress(title, 'images');
  let skipped = 0;
  return {
    options: {
      onProgress: (done, total) => progress.update(done, total),
      onSetAside(id, why) {
        skipped++;
        progress.say(plain(`Set aside: ${id}: ${why}`));
      },
    },
    skipped: () => skipped,
    end() {
      if (skipped) progress.say(`${skipped} images or programs were set aside.`);
      progress.end();
    },
  };
}

const say = (text: string) => process.stderr.write(`${plain(`Note: ${text}`)}\n`);

/** The first five of some names, and how many more. */
const shortened = (names: readonly string[]): string =>
  names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');

async function measureImages(
  folder: string,
  { resolution, seed = 0, images, skipCorrupt, classes }: ImageOptions,
  extractor: Extractor,
): Promise<Measured> {
  const all = imagesOf(folder, classes ?? {});
  const absent = classes ? absentClasses(all, classes.classes) : [];
  const files = sampleFiles(all, images ?? all.length, seed);
  const list = classes && `${classes.classes.size} classes of ${basename(classes.name)}`;
  if (absent.length) say(`${absent.length} of ${list} have no images in "${folder}": ${shortened(absent)}.`);
  if (images !== undefined && images > all.length)
    say(
      `"${folder}" holds ${all.length} images${list ? ' of these classes' : ''}, not the ${images} of --images: all are taken.`,
    );
  const { options, skipped, end } = listener(plain(basename(resolve(folder))));
  const accumulator = await measureFiles(folder, files, extractor, {
    ...options,
    skipCorrupt,
    ...(resolution !== undefined && { resolution }),
  }).finally(end);
  const selection = [
    ...(classes ? [`${classes.classes.size - absent.length} of ${list}`] : []),
    ...(files.length < all.length ? [`${files.length} of ${all.length} images, seed ${seed}`] : []),
    ...(skipped() ? [`${skipped()} unreadable left out`] : []),
  ].join('; ');
  return {
    accumulator,
    provenance: {
      count: accumulator.count,
      extractor: extractor.identity,
      // The folder's own name: where it lay is nobody's business.
      source: basename(resolve(folder)),
      fit: resolution === undefined ? 'native' : `cover ${resolution}`,
      tool: TOOL,
      ...(selection && { selection }),
    },
  };
}

/** Measures a folder and encodes its statistics. */
export async function measureFolder(folder: string, options: ImageOptions, extractor: Extractor): Promise<Uint8Array> {
  return encode(await measureImages(folder, options, extractor));
}

function encode({ accumulator, provenance }: Measured, note?: string): Uint8Array {
  const gaussian = accumulator.gaussian();
  return encodeStatistics({
    mean: gaussian.mean,
    covariance: covarianceOf(gaussian).data,
    provenance: { ...provenance, ...(note && { note }) },
  });
}

async function measurePrograms(spec: string, values: Values, extractor: Extractor): Promise<Measured> {
  const images = integer(values, 'images', 2, 100_000_000);
  if (images === undefined)
    throw invalid('--images', undefined, `how many images to render of "${spec}", which has no end`);
  const resolution = resolutionOf(values);
  const seed = integer(values, 'seed', 0, Number.MAX_SAFE_INTEGER) ?? 0;
  const dataset = openDataset(spec, spec);
  const { Renderer } = await import('../render/renderer.js');
  const layers = blockSize([{ method: 'none', n: 1 }], resolution);
  const renderer = await Renderer.open({
    resolution,
    layers,
    backend: backendOf(values),
    programTimeout: programTimeout(values),
  });
  const { options, skipped, end } = listener(plain(spec));
  try {
    const accumulator = await measureDataset(dataset, images, resolution, seed, renderer, extractor, options);
    return {
      accumulator,
      provenance: {
        count: accumulator.count,
        extractor: extractor.identity,
        source: spec === 'programs' ? spec : `programs:${basename(spec.slice('programs:'.length))}`,
        fit: dataset.fit(resolution),
        tool: TOOL,
        selection: `seed ${seed}${skipped() ? `; ${skipped()} set aside` : ''}`,
      },
    };
  } finally {
    end();
    await renderer.dispose();
  }
}

/** Measures a folder of images or a data-set spec as the flags say. */
export async function measureSource(source: string, values: Values, extractor: Extractor): Promise<Measured> {
  if (isPrograms(source)) return measurePrograms(source, values, extractor);
  const classes = classesOf(values);
  const images = integer(values, 'images', 2, 100_000_000);
  const seed = integer(values, 'seed', 0, Number.MAX_SAFE_INTEGER);
  return measureImages(
    source,
    {
      skipCorrupt: flag(values, 'skip-corrupt'),
      ...(values.resolution !== undefined && { resolution: resolutionOf(values) }),
      ...(seed !== undefined && { seed }),
      ...(images !== undefined && { images }),
      ...(classes && { classes }),
    },
    extractor,
  );
}

export async function runStats(values: Values): Promise<void> {
  const out = text(values, 'output')!;
  if (!/\.npz$/i.test(out)) throw invalid('--output', out, 'a file name that ends in .npz');
  prepareOutput(out);
  const extractor = await openExtractor(values);
  try {
    const measured = await measureSource(text(values, 'source')!, values, extractor);
    writeAtomically(out, encode(measured, text(values, 'note')));
    const { count, fit } = measured.provenance;
    const summary = { output: out, count, fit, extractor: extractor.identity, comparable: extractor.comparable };
    process.stdout.write(
      flag(values, 'json')
        ? `${JSON.stringify(summary, null, 2)}\n`
        : `${out}: ${count} images, ${extractor.identity.dims} dimensions (${extractor.identity.id}: ${extractor.comparable}).\n`,
    );
  } finally {
    await extractor.dispose();
  }
}
