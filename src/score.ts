import { UserError } from './core/errors.js';
import { dense } from './core/linear.js';
import { frechetDistance, withFactor } from './metrics/frechet.js';
import { Accumulator, type Gaussian } from './statistics/gaussian.js';
import { decodeStatistics, type Statistics } from './statistics/npz.js';
import type { Cell, Run } from './store/run.js';

/** Statistics as a Gaussian. */
export function gaussianOf({ mean, covariance }: Statistics): Gaussian {
  return { mean, covariance: dense(mean.length, mean.length, covariance) };
}

/** FID of every cell of a run from its kept features, and writes them beside the features. */
export async function score(run: Run, onCell: (done: number, total: number) => void = () => {}): Promise<Cell[]> {
  const { datasets, settings, extractor } = run.record;
  let reference = gaussianOf(await decodeStatistics(run.reference(), 'reference.npz'));
  const cells: Cell[] = [];
  const images = run.images();
  if (images < 2)
    throw new UserError(`${run.folder}: ${images} images of every setting are kept, an FID needs at least two.`);
  // With more images than dimensions the reference's factor serves every cell.
  if (images > extractor.dims) reference = await withFactor(reference);
  for (const [d, dataset] of datasets.entries()) {
    for (const [s, setting] of settings.entries()) {
      const accumulator = new Accumulator(extractor.dims);
      for (const features of run.features(d, s)) await accumulator.add(features);
      const { value: fid, meanTerm, covarianceTerm } = await frechetDistance(await accumulator.gaussian(), reference);
      cells.push({ dataset: dataset.name, setting, images, fid, meanTerm, covarianceTerm });
      onCell(cells.length, datasets.length * settings.length);
    }
  }
  run.writeScores(cells);
  return cells;
}
