import { availableParallelism } from 'node:os';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { invalid, oneOf, UserError } from '../core/errors.js';
import { loadRuntime } from '../core/runtime.js';
import type { Mode, Tap } from './inception-torch.js';
import { findModel, type ModelFile, readModelFile } from './model-file.js';
import type { Network } from './onnx-model.js';
import { type Preprocessing, preprocessingId } from './preprocessing.js';
import {
  type ExtractorEntry,
  extractors,
  type OnnxExtractor,
  type PackagedExtractor,
  type WeightsExtractor,
} from './registry.js';
import { resizeMatrix } from './resize.js';

/**
 * Numbers of the resize matrices that are kept (64 MiB), the least recently used dropped first: a sweep has one size, but
 * a folder of pictures may have a new one every batch, of about a megabyte each.
 */
const NUMBERS_KEPT = 2 ** 24;

/** Pixels of a picture's side: the most that JPEG allows. A matrix grows with it, to 78 MB at this one. */
const LONGEST_SIDE = 65_535;

/**
 * How the inference shares the cores with a process that renders. Threads that spin while they wait take the time that
 * rendering needs, and equal shares a thread wait for the one whose core is taken; small blocks (a sixteenth of a share)
 * go to whichever thread is free. Measured on two cores beside one busy thread, against the runtime's defaults: 12% to
 * 14% more images/s and 4% to 12% more of the other's work; alone no difference.
 */
const SHARING = { intra_op: { allow_spinning: '0' }, dynamic_block_base: '16' };

/** What a feature's numbers depend on: two results whose identities differ are not comparable. */
export interface ExtractorIdentity {
  readonly id: string;
  /** SHA-256 of the file that the network is read from: the weights, or the ONNX model. */
  readonly sha256: string;
  readonly tap: string;
  readonly dims: number;
  readonly preprocessing: string;
}

export interface ExtractorOptions {
  /** Threads of the inference; by default as many as the process may use. */
  readonly threads?: number;
  /** Of an extractor with several taps: the layer, by the numbers of its feature (2048). */
  readonly dims?: Tap;
  /** Of an extractor with several modes: whose preprocessing (`pytorch-fid`). */
  readonly mode?: Mode;
  /** A verified file of an extractor from a package (`locateModel`, `ensureModel`); by default it is found, or built. */
  readonly model?: ModelFile;
}

/** An opened network and what is to be known of it. */
interface Opened {
  readonly network: Network;
  readonly input: Preprocessing;
  readonly identity: ExtractorIdentity;
  readonly comparable: string;
}

const sessionOptions = (threads: number): InferenceSession.SessionOptions => ({
  executionProviders: ['cpu'],
  graphOptimizationLevel: 'all',
  intraOpNumThreads: threads,
  extra: { session: SHARING },
});

/** A graph that begins with `pictureInput` and ends with `features`. */
async function openGraph(onnx: Uint8Array, threads: number): Promise<Network> {
  const { InferenceSession } = await loadRuntime();
  const session = await InferenceSession.create(onnx, sessionOptions(threads));
  return {
    run: async (feeds) => (await session.run(feeds)).features!.data as Float32Array,
    release: () => session.release(),
  };
}

async function openPackaged(entry: PackagedExtractor, threads: number, model = findModel(entry).good): Promise<Opened> {
  // The builder and the runtime are loaded only here: a run that extracts nothing pays for neither.
  const { file, data, damage } = model ?? (await import('./build.js')).ensureModel(entry);
  if (damage) throw new UserError(`${file} is damaged: ${damage}.`);
  const { id, sha256, tap, dims, comparable, input } = entry;
  const identity = { id, sha256, tap, dims, preprocessing: preprocessingId(input) };
  return { network: await openGraph(data, threads), input, identity, comparable };
}

/** The graph is made anew from the verified weights each time, so that nothing stale or changed can run. */
async function openWeights(entry: WeightsExtractor, threads: number, tap: Tap, mode: Mode): Promise<Opened> {
  const [{ readStateDict }, { inceptionFromStateDict, MODES, TAPS }] = await Promise.all([
    import('./torch-file.js'),
    import('./inception-torch.js'),
  ]);
  if (!Object.keys(TAPS).map(Number).includes(tap)) throw invalid('dims', tap, oneOf(Object.keys(TAPS)));
  if (!Object.hasOwn(MODES, mode)) throw invalid('mode', mode, oneOf(Object.keys(MODES)));
  const { id, sha256, file } = entry;
  const input = MODES[mode];
  const name = `extractor ${id} (${file})`;
  const { onnx, dims } = inceptionFromStateDict(readStateDict(readModelFile(entry), name), tap, input, name);
  const preprocessing = `${mode}: ${preprocessingId(input)}`;
  const otherTap =
    tap === 2048
      ? ''
      : `; made with dims ${tap}, and so not comparable with the usual FID of 2048, only with one of the same dims`;
  return {
    network: await openGraph(onnx, threads),
    input,
    identity: { id, sha256, tap: TAPS[tap], dims, preprocessing },
    comparable: `${entry.comparable}, here the preprocessing ${mode}${otherTap}`,
  };
}

async function openOnnx(entry: OnnxExtractor, threads: number): Promise<Opened> {
  const { openOnnxModel } = await import('./onnx-model.js');
  const { id, sha256, file, dims, input, output, pooling, comparable } = entry;
  const network = await openOnnxModel(
    readModelFile(entry),
    `extractor ${id} (${file})`,
    entry,
    sessionOptions(threads),
  );
  const tap = pooling === 'none' ? output : `${output}, ${pooling}`;
  return { network, input, identity: { id, sha256, tap, dims, preprocessing: preprocessingId(input) }, comparable };
}

/** Options that an extractor does not have are refused, not ignored: the numbers would be other than asked for. */
function refuseTapAndMode(id: string, { dims, mode }: ExtractorOptions): void {
  const given = dims === undefined ? (['mode', mode] as const) : (['dims', dims] as const);
  if (given[1] === undefined) return;
  const having = extractors().filter(({ kind }) => kind === 'weights');
  throw invalid(
    given[0],
    given[1],
    `nothing, because extractor ${id} has one tap and one preprocessing`,
    `Extractors with a choice: ${having.map((entry) => entry.id).join(', ')}.`,
  );
}

/** An open network: pictures in, features out. Holds native memory until `dispose`. */
export class Extractor {
  readonly identity: ExtractorIdentity;
  /** What its numbers may be compared with: every output says it. */
  readonly comparable: string;
  readonly #network: Network;
  readonly #input: Preprocessing;
  readonly #tensor: typeof Tensor;
  readonly #matrices = new Map<string, Tensor>();
  #numbersKept = 0;

  private constructor({ network, input, identity, comparable }: Opened, tensor: typeof Tensor) {
    this.identity = identity;
    this.comparable = comparable;
    this.#network = network;
    this.#input = input;
    this.#tensor = tensor;
  }

  /**
   * Opens the network on the CPU, from its verified file (that of a package is built when it is not there).
   *
   * @throws UserError when the file is missing, damaged or no such network, or an option is one that `entry` has not
   */
  static async open(entry: ExtractorEntry, options: ExtractorOptions = {}): Promise<Extractor> {
    const { threads = availableParallelism(), dims = 2048, mode = 'pytorch-fid', model } = options;
    if (entry.kind !== 'weights') refuseTapAndMode(entry.id, options);
    const open = (): Promise<Opened> => {
      switch (entry.kind) {
        case 'package':
          return openPackaged(entry, threads, model);
        case 'weights':
          return openWeights(entry, threads, dims, mode);
        case 'onnx':
          return openOnnx(entry, threads);
      }
    };
    const opened = await open();
    return new Extractor(opened, (await loadRuntime()).Tensor);
  }

  /**
   * Features of a batch of pictures of one size.
   *
   * @param pixels uint8 RGB, [count, height, width, 3]; must stay as it is until the promise is kept
   * @returns float32, row-major [count, identity.dims]
   */
  async features(pixels: Uint8Array, count: number, height: number, width: number): Promise<Float32Array> {
    for (const size of [count, height, width]) {
      if (!Number.isInteger(size) || size < 1) throw new RangeError(`pictures: ${count} of ${height}×${width} pixels`);
    }
    const expected = count * height * width * 3;
    if (pixels.length !== expected) {
      throw new RangeError(
        `${pixels.length} bytes for ${count} RGB pictures of ${height}×${width}, expected ${expected}`,
      );
    }
    if (Math.max(height, width) > LONGEST_SIDE)
      throw invalid('picture', `${width}×${height}`, `sides of at most ${LONGEST_SIDE} pixels`, 'Scale it down first.');
    const features = await this.#network.run({
      images: new this.#tensor('uint8', pixels, [count, height, width, 3]),
      rows: this.#matrix(height, width),
      columns: this.#matrix(width, height),
    });
    const { id, dims } = this.identity;
    if (features.length !== count * dims) {
      throw new UserError(
        `extractor ${id} gave ${features.length} values for ${count} pictures, expected ${count}×${dims}.`,
      );
    }
    if (!features.every(Number.isFinite)) {
      throw new UserError(
        `extractor ${id} gave values that are not finite for one of ${count} pictures of ${height}×${width}: its weights or its input range do not fit.`,
      );
    }
    return features;
  }

  /** Frees the network; the extractor cannot be used after it. */
  async dispose(): Promise<void> {
    await this.#network.release();
  }

  /** The resize matrix of a side of `length` pixels beside one of `other`, kept for the next batch. */
  #matrix(length: number, other: number): Tensor {
    const { size, fit } = this.#input;
    const key = fit === 'cover' ? `${length} beside ${other}` : `${length}`;
    let matrix = this.#matrices.get(key);
    if (matrix) this.#matrices.delete(key);
    else {
      matrix = new this.#tensor('float32', resizeMatrix(this.#input, length, other), [size, length]);
      this.#numbersKept += matrix.size;
    }
    // Set again so that the map's order is that of use.
    this.#matrices.set(key, matrix);
    for (const [oldest, { size: numbers }] of this.#matrices) {
      if (this.#numbersKept <= NUMBERS_KEPT || oldest === key) break;
      this.#matrices.delete(oldest);
      this.#numbersKept -= numbers;
    }
    return matrix;
  }
}
