import { invalid, UserError } from '../core/errors.js';
import { writeAtomically } from '../core/files.js';
import { type Features, featuresOf } from '../extract/features.js';
import type { Extractor } from '../extract/session.js';
import type { Sink } from '../measure.js';
import { nameOf, openSource, type SourceOptions } from '../source.js';
import { Accumulator, covarianceOf } from '../statistics/gaussian.js';
import { encodeStatistics, type Provenance } from '../statistics/npz.js';
import { listen } from './listener.js';
import { openExtractor, prepareOutput, sourceOptions } from './open.js';
import { flag, text, type Values } from './values.js';

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

  async encode(provenance: Provenance): Promise<Uint8Array> {
    const gaussian = await this.#accumulator.gaussian();
    const covariance = (await covarianceOf(gaussian)).data;
    return encodeStatistics({ mean: gaussian.mean, covariance, features: this.#sample.features(), provenance });
  }
}

/** Measures a source in memory that does not grow with its images. */
async function measure(source: string, options: SourceOptions, extractor: Extractor, sink: Sink): Promise<Provenance> {
  const listener = listen(nameOf(source));
  const opened = await openSource(source, { ...options, ...listener.options });
  const { provenance } = await opened.measure(extractor, sink).finally(() => {
    listener.end();
    return opened.close();
  });
  return provenance;
}

/** Statistics of a source, as the bytes of an `.npz`. */
export async function measureStatistics(
  source: string,
  options: SourceOptions,
  extractor: Extractor,
  remark?: string,
): Promise<{ bytes: Uint8Array; provenance: Provenance }> {
  const all = new Measured(extractor.identity.dims);
  const made = await measure(source, options, extractor, (_, features, marks) => all.add(features, marks));
  const provenance = { ...made, ...(remark && { note: remark }) };
  return { bytes: await all.encode(provenance), provenance };
}

/**
 * Statistics of a reference, or of its two halves: one to report on (`reference`), one to choose on. Which half an image
 * is in depends on its content alone, so copies of one are in the same.
 */
export async function measureReference(
  source: string,
  options: SourceOptions,
  extractor: Extractor,
  split: boolean,
): Promise<{ reference: Uint8Array; selection?: Uint8Array }> {
  if (!split) return { reference: (await measureStatistics(source, options, extractor)).bytes };
  const { dims } = extractor.identity;
  const halves = [new Measured(dims), new Measured(dims)] as const;
  const made = await measure(source, options, extractor, async (_, features, marks) => {
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
  const [reference, selection] = await Promise.all(
    halves.map((measured, half) => {
      if (measured.count < 2)
        throw new UserError(`"${source}": ${made.count} images are too few to be divided into two halves.`);
      const which = half === 0 ? 'the half that is reported on' : 'the half that settings are chosen on';
      const selected = [made.selection, which].filter(Boolean).join('; ');
      return measured.encode({ ...made, count: measured.count, selection: selected });
    }),
  );
  return { reference: reference!, selection: selection! };
}

export async function runStats(values: Values): Promise<void> {
  const out = text(values, 'output')!;
  if (!/\.npz$/i.test(out)) throw invalid('--output', out, 'a file name that ends in .npz');
  prepareOutput(out);
  const options = sourceOptions(values);
  const extractor = await openExtractor(values);
  try {
    const measured = await measureStatistics(text(values, 'source')!, options, extractor, text(values, 'note'));
    writeAtomically(out, measured.bytes);
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
