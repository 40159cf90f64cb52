import { UserError } from './core/errors.js';
import { type Features, featuresOf } from './extract/features.js';
import type { Extractor } from './extract/session.js';
import type { OpenedSource } from './source.js';
import { Accumulator, covarianceOf } from './statistics/gaussian.js';
import { encodeStatistics, type Provenance, type Statistics } from './statistics/npz.js';

/** Images whose features are kept with statistics: a random sample, enough to tell what share of them is covered. */
const KEPT = 1000;

/** The features of the images of the lowest marks: the same ones in whatever order images come. */
class Sample {
  #rows: { readonly mark: number; readonly values: Float32Array }[] = [];
  readonly #dims: number;

  constructor(dims: number) {
    this.#dims = dims;
  }

  add(features: Float32Array, marks: readonly number[]): void {
    for (const [i, mark] of marks.entries())
      this.#rows.push({ mark, values: features.slice(i * this.#dims, (i + 1) * this.#dims) });
    if (this.#rows.length > 2 * KEPT) this.#trim();
  }

  features(): Features {
    this.#trim();
    const all = new Float32Array(this.#rows.length * this.#dims);
    for (const [i, { values }] of this.#rows.entries()) all.set(values, i * this.#dims);
    return featuresOf(all, this.#dims);
  }

  #trim(): void {
    this.#rows = this.#rows.sort((a, b) => a.mark - b.mark).slice(0, KEPT);
  }
}

/** Statistics with what made them, and with features of some of the images. */
export type Made = Required<Statistics>;

/** Statistics of some of a source's images, as they come. */
class Measured {
  readonly #accumulator: Accumulator;
  readonly #sample: Sample;

  constructor(dims: number) {
    this.#accumulator = new Accumulator(dims);
    this.#sample = new Sample(dims);
  }

  get count(): number {
    return this.#accumulator.count;
  }

  async add(features: Float32Array, marks: readonly number[]): Promise<void> {
    this.#sample.add(features, marks);
    await this.#accumulator.add(features);
  }

  async statistics(provenance: Provenance): Promise<Made> {
    const gaussian = await this.#accumulator.gaussian();
    const covariance = (await covarianceOf(gaussian)).data;
    return { mean: gaussian.mean, covariance, features: this.#sample.features(), provenance };
  }
}

/**
 * Statistics of an opened source, in memory that does not grow with its images.
 *
 * @param remark what is to be said wherever they are used
 */
export async function statisticsOf(source: OpenedSource, extractor: Extractor, remark?: string): Promise<Made> {
  const all = new Measured(extractor.identity.dims);
  const { provenance } = await source.measure(extractor, (_, features, marks) => all.add(features, marks));
  return all.statistics({ ...provenance, ...(remark && { note: remark }) });
}

/** The bytes of a reference's statistics: of all of it, or of one half to report on and the other to choose on. */
export interface ReferenceFiles {
  readonly reference: Uint8Array;
  readonly selection?: Uint8Array;
}

/**
 * Statistics of the two halves of an opened source. Which half an image is in depends on its content alone, so copies of
 * one are in the same.
 */
export async function statisticsOfHalves(
  source: OpenedSource,
  extractor: Extractor,
): Promise<Required<ReferenceFiles>> {
  const { dims } = extractor.identity;
  const halves = [new Measured(dims), new Measured(dims)] as const;
  const { provenance } = await source.measure(extractor, async (_, features, marks) => {
    for (const [half, measured] of halves.entries()) {
      const rows = [...marks.keys()].filter((i) => marks[i]! < 0.5 === (half === 0));
      const part = new Float32Array(rows.length * dims);
      for (const [at, row] of rows.entries()) part.set(features.subarray(row * dims, (row + 1) * dims), at * dims);
      await measured.add(
        part,
        rows.map((row) => marks[row]!),
      );
    }
  });
  const encode = async (half: 0 | 1, which: string): Promise<Uint8Array> => {
    const { count } = halves[half];
    if (count < 2)
      throw new UserError(`"${source.name}": ${provenance.count} images are too few to be divided into two halves.`);
    const selection = [provenance.selection, which].filter(Boolean).join('; ');
    return encodeStatistics(await halves[half].statistics({ ...provenance, count, selection }));
  };
  return {
    reference: await encode(0, 'the half that is reported on'),
    selection: await encode(1, 'the half that settings are chosen on'),
  };
}
