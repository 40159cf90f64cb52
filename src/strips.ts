import sharp from 'sharp';
import { type BlockTask, renderBlock, shareKey, sourceFor } from './blocks.js';
import { UserError } from './core/errors.js';
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
  hasPicture,
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

/** RGB bytes of a square picture as a tile's. */
const tileOf = (picture: Uint8Array, resolution: number): Promise<Uint8Array> =>
  sharp(picture, { raw: { width: resolution, height: resolution, channels: 3 } })
    .resize(TILE, TILE)
    .raw()
    .toBuffer();

/** Tiles side by side, as WebP. */
function stripOf(tiles: readonly Uint8Array[]): Promise<Uint8Array> {
  const create = { width: TILE * tiles.length, height: TILE, channels: 3 as const, background: '#808080' };
  const raw = { width: TILE, height: TILE, channels: 3 as const };
  return sharp({ create })
    .composite(tiles.map((input, i) => ({ input: Buffer.from(input), raw, left: i * TILE, top: 0 })))
    .webp({ quality: QUALITY })
    .toBuffer();
}

export interface StripMakers {
  readonly datasets: readonly Dataset[];
  readonly rendererOf: (resolution: number) => Promise<Renderer>;
  readonly skipCorrupt: boolean;
  readonly signal: AbortSignal;
  /** Waited for before every picture: a pause. */
  readonly gate: () => Promise<void>;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Pictures that a run keeps of its cells: of each its first outputs, as they are made, and in the end those that raise
 * and lower its FID most. They decide nothing, and are drawn again from their recipes where they are missing.
 */
export class Strips {
  readonly #run: Run;
  #count: number;
  readonly #onFailure: (why: string) => void;
  #index: PictureIndex;

  /**
   * @param count first outputs a strip; 0 keeps no pictures at all
   * @param onFailure hears why the first outputs could not be kept; from then on none are
   */
  constructor(run: Run, count: number, onFailure: (why: string) => void) {
    this.#run = run;
    this.#count = count;
    this.#onFailure = onFailure;
    const { schema, tile, strips } = readPictureIndex(run.folder);
    this.#index = { schema, tile: TILE, strips: tile === TILE ? strips : [] };
  }

  /** Keeps the first outputs of a cell, of which there is no strip yet. */
  async first({ dataset, setting, resolution, count, pixels }: FirstOutputs): Promise<void> {
    const shown = Math.min(this.#count, count);
    if (!shown || (this.#find(dataset, setting, 'first')?.outputs.length ?? 0) >= shown) return;
    const outputs = Array.from({ length: shown }, (_, i) => i);
    const bytes = resolution * resolution * 3;
    const tiles = outputs.map((i) => tileOf(pixels.subarray(i * bytes, (i + 1) * bytes), resolution));
    try {
      await this.#put({ ...this.#named(dataset, setting, 'first'), outputs }, await Promise.all(tiles));
      this.#save();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#count = 0;
      this.#onFailure(error.message);
    }
  }

  /**
   * Draws what is missing once the sweep has ended: first outputs that came from a cache, and the pictures that pull. An
   * abort ends it between pictures, without what is not whole.
   */
  async complete(makers: StripMakers): Promise<void> {
    if (!this.#count) return;
    const { record } = this.#run;
    const reference = gaussianOf(await decodeStatistics(this.#run.reference(), 'reference.npz'));
    const plans: { readonly d: number; readonly strip: StripRecord }[] = [];
    for (const d of record.datasets.keys()) {
      for (const setting of record.settings) {
        makers.signal.throwIfAborted();
        for (const strip of await this.#missing(d, setting, reference)) plans.push({ d, strip });
      }
    }
    const total = plans.reduce((sum, { strip }) => sum + strip.outputs.length, 0);
    let done = 0;
    for (const d of record.datasets.keys()) {
      const own = plans.filter((plan) => plan.d === d).map(({ strip }) => strip);
      await this.#draw(d, own, makers, () => makers.onProgress?.(++done, total));
    }
  }

  /** Strips that a cell lacks, without their files. */
  async #missing(d: number, setting: string, reference: Gaussian): Promise<StripRecord[]> {
    const { record } = this.#run;
    const images = this.#run.images(d, setting);
    if (images < 2) return [];
    const plan = (kind: StripKind, outputs: readonly number[], more: object = {}): StripRecord => ({
      ...this.#named(d, setting, kind),
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
    if ((['raising', 'lowering'] as const).every((kind) => this.#find(d, setting, kind)?.images === images))
      return first;
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

  /** Draws strips of a data set and keeps them. */
  async #draw(d: number, strips: readonly StripRecord[], makers: StripMakers, onPicture: () => void): Promise<void> {
    const tiles = new Map<string, Uint8Array>();
    for (const { task, keys } of tasksOf(this.#run, d, strips, makers)) {
      makers.signal.throwIfAborted();
      await makers.gate();
      const { resolution } = task.source;
      const renderer = await makers.rendererOf(resolution);
      for await (const { setting, pixels } of renderBlock(task, renderer, () => {}, makers.signal)) {
        tiles.set(`${keys[setting]} ${task.first}`, await tileOf(pixels, resolution));
        onPicture();
      }
    }
    for (const strip of strips)
      await this.#put(
        strip,
        strip.outputs.map((output) => tiles.get(`${strip.setting} ${output}`)!),
      );
    if (strips.length) this.#save();
  }

  #named(d: number, setting: string, kind: StripKind): Pick<StripRecord, 'dataset' | 'setting' | 'kind' | 'file'> {
    return { dataset: this.#run.record.datasets[d]!.name, setting, kind, file: fileOf(d, setting, kind) };
  }

  /** The strip that is kept of a cell, file and all. */
  #find(d: number, setting: string, kind: StripKind): StripRecord | undefined {
    const { file } = this.#named(d, setting, kind);
    return hasPicture(this.#run.folder, file) ? this.#index.strips.find((one) => one.file === file) : undefined;
  }

  async #put(strip: StripRecord, tiles: readonly Uint8Array[]): Promise<void> {
    writePicture(this.#run.folder, strip.file, await stripOf(tiles));
    const others = this.#index.strips.filter(({ file }) => file !== strip.file);
    this.#index = { ...this.#index, strips: [...others, strip] };
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

interface StripTask {
  readonly task: BlockTask;
  /** Setting keys of the task. */
  readonly keys: readonly string[];
}

/**
 * One task an output, of all the settings that want it and share its base images: those that were chosen when it was
 * measured, when perhaps less was set aside than by the end.
 */
function* tasksOf(
  run: Run,
  d: number,
  strips: readonly StripRecord[],
  { datasets, skipCorrupt }: StripMakers,
): Generator<StripTask> {
  const { resolution, seed, block } = run.record;
  const groups = new Map<string, { output: number; unusable: ReadonlySet<string>; keys: Set<string> }>();
  const known = new Map<string, ReadonlySet<string>>();
  const unusableAt = (setting: string, index: number) => {
    const key = `${setting} ${index}`;
    const found = known.get(key) ?? run.unusableAt(d, setting, index);
    known.set(key, found);
    return found;
  };
  for (const { setting, outputs } of strips) {
    for (const output of outputs) {
      const unusable = unusableAt(setting, Math.floor(output / block));
      const key = JSON.stringify([output, shareKey(parseSetting(setting)), [...unusable].sort()]);
      const group = groups.get(key) ?? { output, unusable, keys: new Set() };
      group.keys.add(setting);
      groups.set(key, group);
    }
  }
  for (const { output, unusable, keys } of groups.values()) {
    const settings = [...keys].map(parseSetting);
    const about = { seed, resolution, unusable: new Set(unusable), skipCorrupt };
    const source = sourceFor(datasets[d]!, settings[0]!, about);
    yield { task: { source, first: output, count: 1, settings }, keys: [...keys] };
  }
}
