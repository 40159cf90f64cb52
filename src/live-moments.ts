import { UserError } from './core/errors.js';
import { emptyMoments, type Moments, mergeMoments, momentsOf } from './statistics/moments.js';
import { decodeHalves } from './statistics/moments-file.js';
import type { RunReader } from './store/run.js';

/** Outputs folded at a time: a merge costs about as much as a product of d rows. */
const FOLDED = 1024;

/** Moments of 2048 dimensions have 32 MiB: those of 24 such cells are held, those of the others made again. */
const HELD_BYTES = 768 * 2 ** 20;

const bytesOf = ({ dims }: Moments): number => 8 * (dims * dims + dims);

/** Moments that stand in a run folder for a cell's first outputs. */
function keptIn(run: RunReader, dataset: number, setting: string): Moments | undefined {
  const kept = run.moments(dataset, setting);
  if (!kept) return undefined;
  const { low, high } = decodeHalves(kept.bytes, setting);
  return mergeMoments(low, high);
}

/** Moments with those of the outputs that follow, up to `images`. */
async function grown(
  run: RunReader,
  dataset: number,
  setting: string,
  moments: Moments,
  images: number,
): Promise<Moments> {
  const { dims } = moments;
  const rows = run.features(dataset, setting, Math.max(images, moments.count));
  for (let from = moments.count; from < images; from += FOLDED) {
    const part = rows.rows(from, Math.min(images, from + FOLDED));
    moments = mergeMoments(moments, await momentsOf(part, dims));
  }
  return moments;
}

/** Moments of the cells of runs, as these grow: of a cell that is held, the new outputs alone are read. */
export class GrowingMoments {
  readonly #most: number;
  readonly #held = new Map<string, Moments>();
  #bytes = 0;

  /** @param most bytes that may be held */
  constructor(most: number = HELD_BYTES) {
    this.#most = most;
  }

  /** Bytes that are held. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Of the first `images` outputs of a cell; of more where only the moments of more are kept. Throws a UserError for
   * damaged files.
   */
  async of(run: RunReader, dataset: number, setting: string, images: number): Promise<Moments> {
    const key = JSON.stringify([run.folder, dataset, setting]);
    const { dims } = run.record.extractor;
    let moments = this.#held.get(key);
    if (moments && moments.count <= images) {
      try {
        moments = await grown(run, dataset, setting, moments, images);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        // They were folded since, past what is held.
        moments = undefined;
      }
    } else moments = undefined;
    moments ??= await grown(run, dataset, setting, keptIn(run, dataset, setting) ?? emptyMoments(dims), images);
    const fits = this.#held.has(key) || this.#bytes + bytesOf(moments) <= this.#most;
    if (fits) {
      if (!this.#held.has(key)) this.#bytes += bytesOf(moments);
      this.#held.set(key, moments);
    }
    return moments;
  }

  /** Lets go of a run's moments, where another is in its folder, or nothing more of it is to be measured. */
  forget(folder: string): void {
    for (const [key, moments] of this.#held) {
      if (JSON.parse(key)[0] !== folder) continue;
      this.#held.delete(key);
      this.#bytes -= bytesOf(moments);
    }
  }
}
