import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Made } from './choose-extractor.js';
import type { Side } from './compare.js';
import { messageOf, UserError } from './core/errors.js';
import { npzKeys } from './dataset/array.js';
import type { Extractor } from './extract/session.js';
import type { OpenedSource } from './source.js';
import { decodeStatistics } from './statistics/npz.js';
import { FeatureStore } from './store/feature-store.js';

/**
 * Whether a path is an `.npz` of statistics rather than of images. Of one that holds both (ADM's reference batches), the
 * statistics are read, unless the images are needed.
 */
export function isStatistics(path: string, { imagesNeeded = false } = {}): boolean {
  if (!/\.npz$/i.test(path) || statSync(path, { throwIfNoEntry: false })?.isDirectory()) return false;
  const keys = npzKeys(path);
  return !(keys.includes('arr_0') && (imagesNeeded || !keys.includes('mu')));
}

/** A statistics file as a side. */
export async function readSide(path: string): Promise<Side> {
  const name = basename(path);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new UserError(`"${path}": ${messageOf(error)}.`);
  }
  const statistics = await decodeStatistics(bytes, name);
  const { provenance, mean } = statistics;
  return { name, dims: mean.length, statistics, ...(provenance && { provenance }) };
}

/** What made the statistics among some sides, where that is known. */
export function madeBy(sides: readonly (Side | undefined)[]): Made | undefined {
  const side = sides.find((known) => known?.provenance);
  return side?.provenance && { name: side.name, extractor: side.provenance.extractor };
}

/** A measured side; its features stay until `store` is closed. */
export interface MeasuredSide extends Side {
  readonly store: FeatureStore;
}

/** Marks as they come, by row. */
class Marks {
  #values = new Float64Array(1024);

  put(rows: readonly number[], marks: readonly number[]): void {
    for (const [i, row] of rows.entries()) {
      if (row >= this.#values.length) {
        const larger = new Float64Array(2 * Math.max(this.#values.length, row));
        larger.set(this.#values);
        this.#values = larger;
      }
      this.#values[row] = marks[i]!;
    }
  }

  take(count: number): Float64Array {
    return this.#values.slice(0, count);
  }
}

/** Measures an opened source and keeps its features. */
export async function measureSide(source: OpenedSource, extractor: Extractor): Promise<MeasuredSide> {
  const store = new FeatureStore(extractor.identity.dims);
  const marks = new Marks();
  try {
    const { provenance, ids } = await source.measure(extractor, (rows, features, own) => {
      store.write(rows, features);
      marks.put(rows, own);
    });
    const { count, dims } = store;
    const features = {
      count,
      dims,
      marks: marks.take(count),
      rows: (from: number, to: number) => store.rows(from, to),
    };
    return { name: provenance.source, dims, provenance, features, store, ...(ids && { ids }) };
  } catch (error) {
    store.close();
    throw error;
  }
}
