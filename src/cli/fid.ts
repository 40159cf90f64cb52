import { type Comparison, checkMetrics, compare, metricsOf, needImages, type Side } from '../compare.js';
import { invalid } from '../core/errors.js';
import type { ExtractorIdentity } from '../extract/session.js';
import { isStatistics, madeBy, measureSide, readSide } from '../side.js';
import { nameOf, type SourceOptions } from '../source.js';
import { comparisonJson, renderComparison } from './comparison.js';
import { listen, note } from './listener.js';
import { openExtractor, prepareFolder, referencePath, sourceOptions } from './open.js';
import { startProgress } from './progress.js';
import { flag, integer, integers, list, text, type Values } from './values.js';

/** What two statistics files are comparable with, by the extractor that they name. */
async function comparableOf(identity: ExtractorIdentity | undefined): Promise<string> {
  const { extractors } = await import('../extract/registry.js');
  return (
    extractors().find(({ sha256 }) => sha256 === identity?.sha256)?.comparable ??
    'comparable with numbers of the same extractor and preprocessing, which these files do not name'
  );
}

/** The measured sides and their comparison; `finish` runs while the features are there. */
async function compared(
  values: Values,
  finish: (comparison: Comparison, comparable: string) => Promise<void>,
): Promise<void> {
  const paths = [text(values, 'a')!, text(values, 'b')!].map(referencePath);
  const metrics = metricsOf(list(values, 'metrics') ?? ['fid']);
  const at = integers(values, 'at', 2, 1_000_000_000) ?? [];
  if (at.length && !metrics.includes('fidinf')) metrics.push('fidinf');
  const options = sourceOptions(values);
  const read = async (path: string) =>
    isStatistics(path, { imagesNeeded: needImages(metrics) }) ? readSide(path) : undefined;
  const files = [await read(paths[0]!), await read(paths[1]!)];
  checkMetrics(metrics, files);
  const made = madeBy(files);
  // Two files need no network, and may come from one that is not here.
  const extractor = files.every(Boolean) ? undefined : await openExtractor(values, made);
  const stores: { close(): void }[] = [];
  const measured = async (path: string): Promise<Side> => {
    const listener = listen(nameOf(path));
    const withListener: SourceOptions = { ...options, ...listener.options };
    const side = await measureSide(path, extractor!, withListener).finally(() => listener.end());
    stores.push(side.store);
    return side;
  };
  try {
    const a = files[0] ?? (await measured(paths[0]!));
    const b = files[1] ?? (await measured(paths[1]!));
    // The network's memory is not needed for what follows.
    await extractor?.dispose();
    const progress = startProgress('metrics', 'parts');
    const comparison = await compare(a, b, {
      metrics,
      at,
      onStep: (step, done, total) => {
        if (total !== undefined) progress.update(done!, total, step);
      },
    }).finally(() => progress.end());
    await finish(comparison, extractor?.comparable ?? (await comparableOf(comparison.extractor)));
  } finally {
    for (const store of stores) store.close();
  }
}

export async function runFid(values: Values): Promise<void> {
  const influence = integer(values, 'influence', 1, 1000);
  const folder = text(values, 'output');
  if ((influence === undefined) !== (folder === undefined)) {
    throw invalid(
      influence === undefined ? '--influence' : '--output',
      undefined,
      influence === undefined
        ? 'how many pictures to show, as --output is given'
        : 'the folder that --influence writes to',
    );
  }
  if (folder !== undefined) prepareFolder(folder);
  await compared(values, async (comparison, comparable) => {
    for (const warning of comparison.warnings) note(warning);
    if (influence !== undefined) {
      const { writeInfluence } = await import('./influence.js');
      const source = text(values, comparison.sampled === 'b' ? 'b' : 'a')!;
      note(await writeInfluence(comparison, source, influence, folder!));
    }
    process.stdout.write(
      flag(values, 'json') ? comparisonJson(comparison, comparable) : renderComparison(comparison, comparable),
    );
  });
}
