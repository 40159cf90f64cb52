import { createHash } from 'node:crypto';
import { basename, resolve } from 'node:path';
import { blockSize, usualProcesses } from './blocks.js';
import { invalid, UserError } from './core/errors.js';
import { TOOL } from './core/version.js';
import type { Picture } from './dataset/decode.js';
import { openPictures } from './dataset/open-pictures.js';
import type { PictureSet } from './dataset/picture-set.js';
import { isMade, openDataset, shortSpec } from './dataset/spec.js';
import type { Extractor } from './extract/session.js';
import {
  type MeasureOptions,
  markOfPixels,
  measureDataset,
  measurePictures,
  picturesOf,
  type Sink,
  sample,
} from './measure.js';
import type { Backend } from './render/protocol.js';
import type { Provenance } from './statistics/npz.js';

/** Pictures that are made as they are asked for: uint8 RGB, height × width × 3, rows from the top. */
export type PictureStream = AsyncIterable<Picture> | Iterable<Picture>;

/** A path (folder, archive, list, array), the spec of a data set that is made (`programs:s1k`, `deadleaves:mixed`), or pictures themselves. */
export type Source = string | PictureStream;

export interface SourceOptions extends MeasureOptions {
  /** Take this many images: of a path a sample that `seed` names, of a data set the first. */
  readonly images?: number | undefined;
  readonly seed?: number | undefined;
  /** Short side in pixels that pictures are scaled to, and their centre cut out (a data set: rendered at); own size without. */
  readonly resolution?: number | undefined;
  /** Only pictures in a folder of one of these names. */
  readonly classes?: { readonly name: string; readonly classes: ReadonlySet<string> } | undefined;
  /** Whether a set without any such folder is taken whole: the classes are meant for another one. */
  readonly classesElsewhere?: boolean | undefined;
  /** Of a data set's renderer. */
  readonly backend?: Backend | 'auto' | undefined;
  /** Processes that compile and draw; without, as many as pay. */
  readonly processes?: number | undefined;
  /** Milliseconds that a program may take. */
  readonly programTimeout?: number | undefined;
  /** Something the reader of the result should know. */
  readonly onNote?: ((text: string) => void) | undefined;
}

/** A measured source. */
export interface Measured {
  readonly provenance: Provenance;
  /** Names of the measured pictures by row; absent where they have none (a data set, a stream). */
  readonly ids?: readonly string[];
}

/** The first five of some names, and how many more. */
const shortened = (names: readonly string[]): string =>
  names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');

/** Counts pictures that come more than once, by their marks. */
class Repeats {
  readonly #first = new Map<number, string>();
  #count = 0;
  #example = '';

  see(mark: number, id: string): void {
    const first = this.#first.get(mark);
    if (first === undefined) this.#first.set(mark, id);
    else if (++this.#count === 1) this.#example = `${id} is ${first}`;
  }

  /** What is to be said of them; nothing where there are none. */
  note(name: string): string | undefined {
    if (!this.#count) return undefined;
    const [noun, verb] = this.#count === 1 ? ['picture', 'is'] : ['pictures', 'are'];
    return `"${name}": ${this.#count} ${noun} ${verb} there more than once (${this.#example}); every one counts, and errors take them for independent.`;
  }
}

const record = (
  extractor: Extractor,
  count: number,
  source: string,
  fit: string,
  selection: readonly string[],
): Provenance => ({
  count,
  extractor: extractor.identity,
  source,
  fit,
  tool: TOOL,
  ...(selection.length && { selection: selection.join('; ') }),
});

function atLeastTwo(name: string, count: number): void {
  if (count < 2) throw new UserError(`"${name}": ${count} readable image(s), an FID needs at least two.`);
}

/** A source that was found to be there and readable, ready to be measured once. */
export interface OpenedSource {
  readonly name: string;
  /** Whether `classes` has chosen among its images. */
  readonly classed?: boolean;
  /** Images that will be measured; absent where it is not known before. */
  readonly count?: number;
  measure(extractor: Extractor, sink: Sink): Promise<Measured>;
  close(): Promise<void>;
}

/** The class folder that a picture lies in, at any depth, if it is one of these. */
const classIn = (id: string, classes: ReadonlySet<string>): string | undefined =>
  id
    .split('/')
    .slice(0, -1)
    .find((folder) => classes.has(folder));

/** Which pictures of a set are taken, and what is to be said of the choice. */
function choose(path: string, set: PictureSet, options: SourceOptions) {
  const { images, seed = 0, classes, onNote } = options;
  const every = set.ids.map((_, index) => index);
  const inClasses = classes && every.filter((index) => classIn(set.ids[index]!, classes.classes) !== undefined);
  const list = classes && `${classes.classes.size} classes of ${basename(classes.name)}`;
  const classed = Boolean(inClasses?.length);
  if (inClasses && !classed) {
    if (!options.classesElsewhere) throw new UserError(`"${path}": it holds no images in folders of the ${list}.`);
    onNote?.(`"${path}" has no folders of the ${list}: all its images are taken.`);
  }
  const all = inClasses && classed ? inClasses : every;
  const present = classes && new Set(all.map((index) => classIn(set.ids[index]!, classes.classes)));
  const absent = classes && classed ? [...classes.classes].filter((name) => !present!.has(name)) : [];
  if (absent.length) onNote?.(`${absent.length} of ${list} have no images in "${path}": ${shortened(absent)}.`);
  if (images !== undefined && images > all.length) {
    onNote?.(
      `"${path}" holds ${all.length} images${classed ? ' of these classes' : ''}, not the ${images} asked for (--images): all are taken.`,
    );
  }
  const chosen = sample(all.length, images ?? all.length, seed).map((place) => all[place]!);
  atLeastTwo(path, chosen.length);
  const selection = [
    ...(classed ? [`${classes!.classes.size - absent.length} of ${list}`] : []),
    ...(chosen.length < all.length ? [`${chosen.length} of ${all.length} images, seed ${seed}`] : []),
  ];
  return { chosen, selection, classed };
}

async function openPath(path: string, options: SourceOptions): Promise<OpenedSource> {
  const { resolution, onNote, onSetAside } = options;
  const set = await openPictures(path);
  let picked: ReturnType<typeof choose>;
  try {
    picked = choose(path, set, options);
  } catch (error) {
    await set.close();
    throw error;
  }
  const { chosen, selection, classed } = picked;

  async function measure(extractor: Extractor, sink: Sink): Promise<Measured> {
    const skipped = new Set<string>();
    const marks = new Float64Array(chosen.length);
    const counting: Sink = async (rows, features, own) => {
      for (const [i, row] of rows.entries()) marks[row] = own[i]!;
      await sink(rows, features, own);
    };
    const pictures = picturesOf(set, chosen, resolution);
    const count = await measurePictures(`"${set.name}"`, pictures, chosen.length, extractor, counting, {
      ...options,
      onSetAside(id, why) {
        skipped.add(id);
        onSetAside?.(id, why);
      },
    });
    atLeastTwo(path, count);
    // Rows are numbered without the pictures that were left out.
    const ids = chosen.map((index) => set.ids[index]!).filter((id) => !skipped.has(id));
    const repeats = new Repeats();
    for (const [row, id] of ids.entries()) repeats.see(marks[row]!, id);
    const repeated = repeats.note(set.name);
    if (repeated) onNote?.(repeated);
    const fit = resolution === undefined ? 'native' : `cover ${resolution}`;
    const left = skipped.size ? [`${skipped.size} unreadable left out`] : [];
    return { provenance: record(extractor, count, set.name, fit, [...selection, ...left]), ids };
  }
  return { name: set.name, count: chosen.length, classed, measure, close: () => set.close() };
}

/** A data set that is made as it is measured. */
async function openMade(spec: string, options: SourceOptions): Promise<OpenedSource> {
  if (options.classes && !options.classesElsewhere)
    throw new UserError(`"${spec}" has no class folders: leave --classes out.`);
  const { images, seed = 0, resolution = 256, backend = 'auto', programTimeout, onSetAside } = options;
  if (resolution % 4) throw invalid('--resolution', resolution, `a multiple of 4, to render "${spec}"`);
  if (images === undefined)
    throw invalid('--images', undefined, `how many images to render of "${spec}", which has no end`);
  const dataset = await openDataset(spec, spec);
  // Without the folders: where things lie is nobody's business.
  const name = shortSpec(spec);

  async function measure(extractor: Extractor, sink: Sink): Promise<Measured> {
    const { Renderer } = await import('./render/renderer.js');
    const layers = blockSize([{ n: 1 }], resolution);
    const renderer = await Renderer.open({
      resolution,
      layers,
      backend,
      processes: options.processes ?? usualProcesses([dataset]),
      ...(programTimeout !== undefined && { programTimeout }),
    });
    let skipped = 0;
    try {
      const count = await measureDataset(dataset, images!, resolution, seed, renderer, extractor, sink, {
        ...options,
        onSetAside(id, why) {
          skipped++;
          onSetAside?.(id, why);
        },
      });
      const identity = createHash('sha256').update(JSON.stringify(dataset.identity)).digest('hex').slice(0, 12);
      const selection = [`seed ${seed}`, `data set ${identity}`, ...(skipped ? [`${skipped} set aside`] : [])];
      return { provenance: record(extractor, count, name, dataset.fit(resolution), selection) };
    } finally {
      await renderer.dispose();
    }
  }
  return { name, count: images, measure, close: async () => dataset.dispose?.() };
}

function checkPicture(picture: Picture, number: number): void {
  const { data, width, height } = picture ?? {};
  const whole = [width, height].every((size) => Number.isInteger(size) && size > 0);
  if (!(data instanceof Uint8Array) || !whole || data.length !== width * height * 3) {
    throw new UserError(
      `picture ${number}: got ${data?.length ?? 'no'} values for ${width} × ${height} pixels, expected { data, width, height } with a Uint8Array of width × height × 3.`,
    );
  }
}

function openStream(pictures: PictureStream, options: SourceOptions): OpenedSource {
  const { images = Number.POSITIVE_INFINITY, resolution, classes, onNote } = options;
  if (resolution !== undefined || classes)
    throw new UserError('Pictures given one by one are measured as they are: leave resolution and classes out.');

  async function measure(extractor: Extractor, sink: Sink): Promise<Measured> {
    const repeats = new Repeats();
    async function* pending() {
      let number = 0;
      for await (const picture of pictures) {
        if (number >= images) return;
        checkPicture(picture, number);
        const id = `picture ${number++}`;
        // The maker may fill the same array again for its next picture.
        const own = { ...picture, data: picture.data.slice() };
        const mark = markOfPixels(own);
        repeats.see(mark, id);
        yield { id, load: async () => ({ picture: own, mark }) };
      }
    }
    const count = await measurePictures('The pictures', pending(), undefined, extractor, sink, options);
    atLeastTwo('pictures', count);
    const repeated = repeats.note('pictures');
    if (repeated) onNote?.(repeated);
    return { provenance: record(extractor, count, 'pictures', 'native', []) };
  }
  return { name: 'pictures', measure, close: async () => {} };
}

/** Opens a source, so that what is not there is known before any work. It is to be closed. */
export async function openSource(source: Source, options: SourceOptions = {}): Promise<OpenedSource> {
  if (typeof source === 'string') return isMade(source) ? openMade(source, options) : openPath(source, options);
  const many = (Symbol.asyncIterator in Object(source) || Symbol.iterator in Object(source)) && source;
  if (many) return openStream(many, options);
  throw invalid('source', source, 'a path, a data-set spec, or an iterable of pictures { data, width, height }');
}

/** The last part of a path, as messages call it: where it lies is nobody's business. */
export const nameOf = (path: string): string => basename(resolve(path));
