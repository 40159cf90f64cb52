import sharp from 'sharp';
import { type BlockTask, renderBlock, sourceFor } from './blocks.js';
import type { Dataset } from './dataset/dataset.js';
import { influences } from './metrics/frechet-error.js';
import { parseSetting } from './mix/setting.js';
import type { Renderer } from './render/renderer.js';
import { mostInfluential } from './report/influence.js';
import { gaussianOf } from './score.js';
import { Accumulator, type Gaussian } from './statistics/gaussian.js';
import { decodeStatistics } from './statistics/npz.js';
import { sha256 } from './store/canonical.js';
import {
  type PictureIndex,
  readPictureIndex,
  type StripKind,
  type StripRecord,
  writePicture,
  writePictureIndex,
} from './store/pictures.js';
import type { Run } from './store/run.js';
import type { FirstOutputs } from './sweep.js';

/** Side of a tile in pixels. */
const TILE = 96;

/** Pictures that raise, and that lower, an FID most: as many of each are kept. */
const PULLING = 4;

/** Below this many images a cell is shown by its first outputs alone. */
const LEAST_IMAGES = 32;

const QUALITY = 82;

const fileOf = (dataset: number, setting: string, kind: StripKind): string =>
  `${dataset}-${sha256(setting).slice(0, 16)}-${kind}.webp`;

/** RGB bytes of square pictures one after another, scaled and put side by side, as WebP. */
async function stripOf(pictures: readonly Uint8Array[], resolution: number): Promise<Uint8Array> {
  const raw = { width: resolution, height: resolution, channels: 3 as const };
  const tiles = await Promise.all(
    pictures.map((picture) => sharp(picture, { raw }).resize(TILE, TILE).png().toBuffer()),
  );
  const create = { width: TILE * tiles.length, height: TILE, channels: 3 as const, background: '#808080' };
  return sharp({ create })
    .composite(tiles.map((input, i) => ({ input, left: i * TILE, top: 0 })))
    .webp({ quality: QUALITY })
    .toBuffer();
}

const take = (pixels: Uint8Array, count: number, resolution: number): Uint8Array[] => {
  const bytes = resolution * resolution * 3;
  return Array.from({ length: count }, (_, i) => pixels.subarray(i * bytes, (i + 1) * bytes));
};

/** An output that is to be drawn for a strip. */
interface Wanted {
  readonly dataset: number;
  readonly setting: string;
  readonly output: number;
}

export interface StripMakers {
  readonly datasets: readonly Dataset[];
  readonly rendererOf: (resolution: number) => Promise<Renderer>;
  readonly skipCorrupt: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Pictures that a run keeps of its cells: of each its first outputs, as they are made, and in the end those that raise
 * and lower its FID most. They decide nothing, and are drawn again from their recipes where they are missing.
 */
export class Strips {
  readonly #run: Run;
  readonly #count: number;
  #index: PictureIndex;

  /** @param count first outputs a strip; 0 keeps no pictures at all */
  constructor(run: Run, count: number) {
    this.#run = run;
    this.#count = count;
    const { schema, tile, strips } = readPictureIndex(run.folder);
    this.#index = { schema, tile: TILE, strips: tile === TILE ? strips : [] };
  }

  /** Keeps the first outputs of a cell, of which there is no strip yet. */
  async first({ dataset, setting, resolution, count, pixels }: FirstOutputs): Promise<void> {
    const shown = Math.min(this.#count, count);
    if (!shown || (this.#find(dataset, setting, 'first')?.outputs.length ?? 0) >= shown) return;
    const outputs = Array.from({ length: shown }, (_, i) => i);
    await this.#put(dataset, { setting, kind: 'first', outputs }, take(pixels, shown, resolution), resolution);
    this.#save();
  }

  /**
   * Draws what is missing once the sweep has ended: first outputs that came from a cache, and the pictures that pull. An
   * abort ends it between pictures, without what is not whole.
   */
  async complete(makers: StripMakers): Promise<void> {
    if (!this.#count) return;
    const { record } = this.#run;
    const reference = gaussianOf(await decodeStatistics(this.#run.reference(), 'reference.npz'));
    const plans: StripRecord[] = [];
    for (const d of record.datasets.keys()) {
      for (const setting of record.settings) {
        makers.signal?.throwIfAborted();
        plans.push(...(await this.#missing(d, setting, reference)));
      }
    }
    await this.#draw(plans, makers);
  }

  /** Strips that a cell lacks, without their files. */
  async #missing(d: number, setting: string, reference: Gaussian): Promise<StripRecord[]> {
    const { record } = this.#run;
    const images = this.#run.images(d, setting);
    if (images < 2) return [];
    const dataset = record.datasets[d]!.name;
    const plan = (kind: StripKind, outputs: readonly number[], more: object = {}): StripRecord => ({
      dataset,
      setting,
      kind,
      file: fileOf(d, setting, kind),
      outputs,
      ...more,
    });
    const shown = Math.min(this.#count, images);
    const first =
      (this.#find(d, setting, 'first')?.outputs.length ?? 0) >= shown
        ? []
        : [
            plan(
              'first',
              Array.from({ length: shown }, (_, i) => i),
            ),
          ];
    if (record.keep === 'moments' || images < LEAST_IMAGES) return first;
    if (this.#find(d, setting, 'raising')?.images === images) return first;
    const features = this.#run.features(d, setting, images);
    const psi = await influences(features, await gaussianOfFeatures(features), reference);
    const ids = Array.from(psi.keys(), String);
    const { raising, lowering } = mostInfluential(ids, psi, PULLING);
    const pulls = (kind: StripKind, found: typeof raising) =>
      found.length
        ? [
            plan(
              kind,
              found.map(({ id }) => Number(id)),
              { psi: found.map((one) => one.psi), images },
            ),
          ]
        : [];
    return [...first, ...pulls('raising', raising), ...pulls('lowering', lowering)];
  }

  async #draw(plans: readonly StripRecord[], makers: StripMakers): Promise<void> {
    const { record } = this.#run;
    const place = new Map(record.datasets.map(({ name }, d) => [name, d]));
    const wanted = plans.flatMap(({ dataset, setting, outputs }) =>
      outputs.map((output): Wanted => ({ dataset: place.get(dataset)!, setting, output })),
    );
    const made = new Map<string, Uint8Array>();
    let done = 0;
    for (const [task, keys, d] of tasksOf(this.#run, wanted, makers)) {
      makers.signal?.throwIfAborted();
      const renderer = await makers.rendererOf(task.source.resolution);
      for await (const { setting, pixels } of renderBlock(task, renderer, () => {}, makers.signal)) {
        made.set(`${d} ${keys[setting]} ${task.first}`, pixels.slice());
        makers.onProgress?.(++done, wanted.length);
      }
    }
    for (const { dataset, setting, kind, outputs, psi, images } of plans) {
      const d = place.get(dataset)!;
      const pictures = outputs.map((output) => made.get(`${d} ${setting} ${output}`)!);
      const resolution = parseSetting(setting).resolution ?? record.resolution;
      await this.#put(
        d,
        { setting, kind, outputs, ...(psi && { psi }), ...(images && { images }) },
        pictures,
        resolution,
      );
    }
    if (plans.length) this.#save();
  }

  #find(d: number, setting: string, kind: StripKind): StripRecord | undefined {
    const { name } = this.#run.record.datasets[d]!;
    return this.#index.strips.find((one) => one.dataset === name && one.setting === setting && one.kind === kind);
  }

  async #put(
    d: number,
    strip: Omit<StripRecord, 'dataset' | 'file'>,
    pictures: readonly Uint8Array[],
    resolution: number,
  ): Promise<void> {
    const record: StripRecord = {
      dataset: this.#run.record.datasets[d]!.name,
      file: fileOf(d, strip.setting, strip.kind),
      ...strip,
    };
    writePicture(this.#run.folder, record.file, await stripOf(pictures, resolution));
    const others = this.#index.strips.filter(({ file }) => file !== record.file);
    this.#index = { ...this.#index, strips: [...others, record] };
  }

  #save(): void {
    const { datasets, settings } = this.#run.record;
    const order = ({ dataset, setting, kind }: StripRecord): number =>
      (datasets.findIndex(({ name }) => name === dataset) * settings.length + settings.indexOf(setting)) * 3 +
      ['first', 'raising', 'lowering'].indexOf(kind);
    const strips = [...this.#index.strips].sort((a, b) => order(a) - order(b));
    this.#index = { ...this.#index, strips };
    writePictureIndex(this.#run.folder, this.#index);
  }
}

async function gaussianOfFeatures(features: ReturnType<Run['features']>): Promise<Gaussian> {
  const { count, dims } = features;
  const accumulator = new Accumulator(dims);
  for (let from = 0; from < count; from += dims)
    await accumulator.add(features.rows(from, Math.min(from + dims, count)));
  return accumulator.gaussian();
}

/** One task an output, of all the settings that want it and share its base images. */
function* tasksOf(
  run: Run,
  wanted: readonly Wanted[],
  { datasets, skipCorrupt }: StripMakers,
): Generator<readonly [task: BlockTask, keys: readonly string[], dataset: number]> {
  const { resolution, seed } = run.record;
  const groups = new Map<string, { d: number; output: number; keys: Set<string> }>();
  for (const { dataset: d, setting, output } of wanted) {
    const { resolution: side, time, psi } = parseSetting(setting);
    const key = JSON.stringify([d, output, side, time, psi]);
    const group = groups.get(key) ?? { d, output, keys: new Set() };
    group.keys.add(setting);
    groups.set(key, group);
  }
  const unusable = datasets.map(
    ({ name }) => new Set(run.setAside.filter(({ dataset }) => dataset === name).map(({ id }) => id)),
  );
  for (const { d, output, keys } of groups.values()) {
    const settings = [...keys].map(parseSetting);
    const source = sourceFor(datasets[d]!, settings[0]!, { seed, resolution, unusable: unusable[d]!, skipCorrupt });
    yield [{ source, first: output, count: 1, settings }, [...keys], d];
  }
}
