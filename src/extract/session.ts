import { availableParallelism } from 'node:os';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { UserError } from '../core/errors.js';
import { loadRuntime } from '../core/runtime.js';
import { findModel, type ModelFile } from './model-file.js';
import { preprocessingId } from './preprocessing.js';
import type { ExtractorEntry, PackagedExtractor } from './registry.js';
import { resizeMatrix } from './resize.js';

/**
 * Resize matrices that are kept, the least recently used dropped first: a sweep has one size, but a folder of pictures
 * may have a new one every batch, of about a megabyte each.
 */
const MATRICES_KEPT = 16;

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
  /** SHA-256 of the ONNX file. */
  readonly sha256: string;
  readonly tap: string;
  readonly dims: number;
  readonly preprocessing: string;
}

export interface ExtractorOptions {
  /** Threads of the inference; by default as many as the process may use. */
  readonly threads?: number;
  /** A verified model file (`locateModel`, `ensureModel`); by default it is found, or built. */
  readonly model?: ModelFile;
}

/** An open network: pictures in, features out. Holds native memory until `dispose`. */
export class Extractor {
  readonly identity: ExtractorIdentity;
  /** What its numbers may be compared with: every output says it. */
  readonly comparable: string;
  readonly #entry: PackagedExtractor;
  readonly #session: InferenceSession;
  readonly #tensor: typeof Tensor;
  readonly #matrices = new Map<number, Tensor>();

  private constructor(entry: PackagedExtractor, session: InferenceSession, tensor: typeof Tensor) {
    const { id, sha256, tap, dims, comparable } = entry;
    this.identity = { id, sha256, tap, dims, preprocessing: preprocessingId(entry.input) };
    this.comparable = comparable;
    this.#entry = entry;
    this.#session = session;
    this.#tensor = tensor;
  }

  /** Opens the network on the CPU; finds its verified file, or else builds it. */
  static async open(entry: ExtractorEntry, options: ExtractorOptions = {}): Promise<Extractor> {
    if (entry.kind !== 'package') throw new UserError(`extractor ${entry.id} cannot be opened yet.`);
    const { threads = availableParallelism(), model = findModel(entry).good } = options;
    // The builder and the runtime are loaded only here: a run that extracts nothing pays for neither.
    const { file, data, damage } = model ?? (await import('./build.js')).ensureModel(entry);
    if (damage) throw new UserError(`${file} is damaged: ${damage}.`);
    const { InferenceSession, Tensor } = await loadRuntime();
    const session = await InferenceSession.create(data, {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'all',
      intraOpNumThreads: threads,
      extra: { session: SHARING },
    });
    return new Extractor(entry, session, Tensor);
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
    const { features } = await this.#session.run({
      images: new this.#tensor('uint8', pixels, [count, height, width, 3]),
      rows: this.#matrix(height),
      columns: this.#matrix(width),
    });
    return features!.data as Float32Array;
  }

  /** Frees the network; the extractor cannot be used after it. */
  async dispose(): Promise<void> {
    await this.#session.release();
  }

  /** The resize matrix from `length` pixels to the network's size, kept for the next batch. */
  #matrix(length: number): Tensor {
    const { size, resize } = this.#entry.input;
    const matrix =
      this.#matrices.get(length) ?? new this.#tensor('float32', resizeMatrix(resize, length, size), [size, length]);
    // Set again so that the map's order is that of use.
    this.#matrices.delete(length);
    this.#matrices.set(length, matrix);
    const [oldest] = this.#matrices.keys();
    if (this.#matrices.size > MATRICES_KEPT) this.#matrices.delete(oldest!);
    return matrix;
  }
}
