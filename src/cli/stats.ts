import { invalid } from '../core/errors.js';
import { writeAtomically } from '../core/files.js';
import type { Extractor } from '../extract/session.js';
import { nameOf, openSource, type SourceOptions } from '../source.js';
import { Accumulator, covarianceOf } from '../statistics/gaussian.js';
import { encodeStatistics, type Provenance } from '../statistics/npz.js';
import { listen } from './listener.js';
import { openExtractor, prepareOutput, sourceOptions } from './open.js';
import { flag, text, type Values } from './values.js';

/** Statistics of a source, as the bytes of an `.npz`, in memory that does not grow with its images. */
export async function measureStatistics(
  source: string,
  options: SourceOptions,
  extractor: Extractor,
  remark?: string,
): Promise<{ bytes: Uint8Array; provenance: Provenance }> {
  const accumulator = new Accumulator(extractor.identity.dims);
  const listener = listen(nameOf(source));
  const opened = await openSource(source, { ...options, ...listener.options });
  const { provenance } = await opened
    .measure(extractor, (_, features) => accumulator.add(features))
    .finally(() => {
      listener.end();
      return opened.close();
    });
  const gaussian = await accumulator.gaussian();
  const covariance = (await covarianceOf(gaussian)).data;
  const made = { ...provenance, ...(remark && { note: remark }) };
  return { bytes: encodeStatistics({ mean: gaussian.mean, covariance, provenance: made }), provenance: made };
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
