import { type ExtractorChoice, openChosen } from './choose-extractor.js';
import {
  type CompareOptions,
  type Comparison,
  checkCounts,
  checkMetrics,
  compare,
  needImages,
  type Side,
} from './compare.js';
import { UserError } from './core/errors.js';
import type { ExtractorIdentity } from './extract/session.js';
import { checkComparable } from './reference.js';
import { isStatistics, madeBy, measureSide, readSide } from './side.js';
import { type OpenedSource, openSource, type Source, type SourceOptions } from './source.js';

/** What is told of one source while it is measured. */
export interface Listener {
  readonly options: Pick<SourceOptions, 'onProgress' | 'onSetAside' | 'onNote'>;
  end(): void;
}

export interface CompareSourcesOptions extends ExtractorChoice, SourceOptions, CompareOptions {
  /** Who listens while a source is measured; by default the callbacks of these options, for both. */
  readonly listen?: (source: Source) => Listener;
}

/** Two sources compared, while their features are still there. */
export interface Compared {
  readonly comparison: Comparison;
  /** What the numbers may be compared with. */
  readonly comparable: string;
  /** What was said of the sources on the way (`onNote`). */
  readonly notes: readonly string[];
}

/** What two statistics files are comparable with, by the extractor that they name. */
async function comparableOf(identity: ExtractorIdentity | undefined): Promise<string> {
  const { extractors } = await import('./extract/registry.js');
  return (
    extractors().find(({ sha256 }) => sha256 === identity?.sha256)?.comparable ??
    'comparable with numbers of the same extractor and preprocessing, which these files do not name'
  );
}

/**
 * Measures two sources and compares them. Whatever can be known to be wrong (a file that is not there, statistics by
 * another extractor) is refused before anything is measured.
 *
 * @param use takes the result while the features are there; they are gone when its promise is kept
 */
export async function compareSources<T>(
  sources: readonly [Source, Source],
  options: CompareSourcesOptions,
  use: (compared: Compared) => Promise<T>,
): Promise<T> {
  const { metrics = ['fid'], at = [], signal, onStep } = options;
  const notes: string[] = [];
  const noting = (tell: SourceOptions['onNote']) => (text: string) => {
    notes.push(text);
    tell?.(text);
  };
  const listen = options.listen ?? (() => ({ options, end: () => {} }));
  signal?.throwIfAborted();

  const imagesNeeded = needImages(metrics);
  const files: (Side | undefined)[] = [];
  for (const source of sources) {
    const isFile = typeof source === 'string' && isStatistics(source, { imagesNeeded });
    files.push(isFile ? await readSide(source) : undefined);
  }
  checkMetrics(metrics, at, files);
  const closing: { close(): unknown }[] = [];
  // Two files need no network, and may come from one that is not here.
  const extractor = files.every(Boolean) ? undefined : await openChosen(options, madeBy(files), noting(options.onNote));
  let network = extractor;
  const close = async () => {
    const held = network;
    network = undefined;
    await held?.dispose();
  };
  try {
    for (const file of files) if (file && extractor) checkComparable(file.name, file.statistics!, extractor.identity);
    const opened: (OpenedSource | undefined)[] = [];
    const listeners = new Map<number, Listener>();
    for (const [i, source] of sources.entries()) {
      if (files[i]) continue;
      const listener = listen(source);
      listeners.set(i, listener);
      const told = { ...options, ...listener.options, classesElsewhere: true, onNote: noting(listener.options.onNote) };
      opened[i] = await openSource(source, told);
      closing.push(opened[i]!);
    }
    if (options.classes && !opened.some((source) => source?.classed))
      throw new UserError(`--classes: neither set has images in folders of ${options.classes.name}.`);
    checkCounts(
      metrics,
      opened.flatMap((source) => (source ? [[source.name, source.count] as const] : [])),
    );
    const sideOf = async (i: 0 | 1): Promise<Side> => {
      const file = files[i];
      if (file) return file;
      const side = await measureSide(opened[i]!, extractor!).finally(() => listeners.get(i)!.end());
      closing.push(side.store);
      return side;
    };
    const a = await sideOf(0);
    const b = await sideOf(1);
    // The network's memory is not needed for what follows.
    await close();
    const comparison = await compare(a, b, { metrics, at, signal, ...(onStep && { onStep }) });
    const comparable = extractor?.comparable ?? (await comparableOf(comparison.extractor));
    return await use({ comparison, comparable, notes });
  } finally {
    for (const resource of closing) await resource.close();
    await close();
  }
}
