import { type Features, featuresOf } from '../../src/extract/features.js';
import { frechetDistance } from '../../src/metrics/frechet.js';
import { factorOf, type Gaussian, gaussianOfMoments } from '../../src/statistics/gaussian.js';
import { momentsOf } from '../../src/statistics/moments.js';
import { normals } from '../core/matrices.js';

/** Features whose values are drawn from a stream of standard normal numbers, row after row. */
export function sample(
  seed: number,
  count: number,
  dims: number,
  value: (normal: () => number, j: number) => number = (normal) => normal(),
): Features {
  const normal = normals(seed);
  return featuresOf(
    Float32Array.from({ length: count * dims }, (_, at) => value(normal, at % dims)),
    dims,
  );
}

/** Some rows of features, in this order. */
export function taken({ dims, rows }: Features, chosen: readonly number[]): Features {
  const out = new Float32Array(chosen.length * dims);
  for (const [at, i] of chosen.entries()) out.set(rows(i, i + 1), at * dims);
  return featuresOf(out, dims);
}

export const without = ({ count }: Features, left: number): number[] =>
  Array.from({ length: count }, (_, i) => i).filter((i) => i !== left);

export const byCovariance = async ({ count, dims, rows }: Features): Promise<Gaussian> =>
  gaussianOfMoments(await momentsOf(rows(0, count), dims));

export const byFactor = ({ count, dims, rows }: Features): Gaussian => factorOf(rows(0, count), dims);

/** The Gaussian as the tool fits it: by its factor for no more images than dimensions. */
export const fitted = async (features: Features): Promise<Gaussian> =>
  features.count <= features.dims ? byFactor(features) : byCovariance(features);

export const fidOf = async (features: Features, reference: Gaussian): Promise<number> =>
  (await frechetDistance(await fitted(features), reference)).value;
