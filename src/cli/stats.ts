import { invalid } from '../core/errors.js';
import { writeAtomically } from '../core/files.js';
import type { Extractor } from '../extract/session.js';
import { nameOf, type OpenedSource, openSource, type SourceOptions } from '../source.js';
import { encodeStatistics } from '../statistics/npz.js';
import { type ReferenceFiles, statisticsOf, statisticsOfHalves } from '../stats.js';
import { listen } from './listener.js';
import { openExtractor, prepareOutput, sourceOptions } from './open.js';
import { flag, text, type Values } from './values.js';

/** Opens a source for some work, with its progress shown. */
async function measuring<T>(
  source: string,
  options: SourceOptions,
  work: (opened: OpenedSource) => Promise<T>,
): Promise<T> {
  const listener = listen(nameOf(source));
  const opened = await openSource(source, { ...options, ...listener.options });
  return work(opened).finally(() => {
    listener.end();
    return opened.close();
  });
}

/** Statistics of a sweep's reference, or of its two halves. */
export const measureReference = (
  source: string,
  options: SourceOptions,
  extractor: Extractor,
  split: boolean,
): Promise<ReferenceFiles> =>
  measuring(source, options, async (opened) =>
    split
      ? statisticsOfHalves(opened, extractor)
      : { reference: encodeStatistics(await statisticsOf(opened, extractor)) },
  );

export async function runStats(values: Values): Promise<void> {
  const out = text(values, 'output')!;
  if (!/\.npz$/i.test(out)) throw invalid('--output', out, 'a file name that ends in .npz');
  prepareOutput(out);
  const options = sourceOptions(values);
  const extractor = await openExtractor(values);
  try {
    const statistics = await measuring(text(values, 'source')!, options, (opened) =>
      statisticsOf(opened, extractor, text(values, 'note')),
    );
    writeAtomically(out, encodeStatistics(statistics));
    const { count, fit } = statistics.provenance;
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
