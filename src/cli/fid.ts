import { metricsOf } from '../compare.js';
import { type CompareSourcesOptions, compareSources } from '../compare-sources.js';
import { invalid, UserError } from '../core/errors.js';
import { plain } from '../core/plain.js';
import { isMade } from '../dataset/spec.js';
import { isStatistics } from '../side.js';
import { nameOf } from '../source.js';
import { comparisonJson, renderComparison } from './comparison.js';
import { listen, note } from './listener.js';
import { warn } from './loudness.js';
import { extractorChoice, prepareFolder, referencePath, sourceOptions } from './open.js';
import { type Progress, startProgress } from './progress.js';
import { flag, integer, list, text, type Values } from './values.js';

/** The source whose images the error, and so the influence, is about; refuses what has no pictures to show. */
function influenced(a: string, b: string): string {
  const source = [a, b].find((path) => !isStatistics(path));
  if (source === undefined)
    throw new UserError('--influence needs the pictures of one of the two sets; both are statistics files.');
  if (isMade(source)) {
    throw new UserError(
      `--influence needs a folder, an archive or a list of pictures; "${source}" is made as it is measured and has no files to show.`,
    );
  }
  return source;
}

/** Flags that say how pictures are measured; two statistics files were measured already. */
const MEASURING = ['extractor', 'dims', 'mode', 'images', 'seed', 'resolution', 'classes', 'skip-corrupt'];

function refuseMeasuring(values: Values): void {
  const given = MEASURING.find((name) => values[name] !== undefined);
  if (given)
    throw new UserError(`--${given} says how pictures are measured, and both sets are statistics files. Leave it out.`);
}

export async function runFid(values: Values): Promise<void> {
  const influence = integer(values, 'influence', 1, 1000);
  const folder = text(values, 'output');
  if ((influence === undefined) !== (folder === undefined)) {
    throw influence === undefined
      ? invalid('--influence', undefined, 'how many pictures to show, as --output is given')
      : invalid('--output', undefined, 'the folder that --influence writes to');
  }
  const [a, b] = [referencePath(text(values, 'a')!), referencePath(text(values, 'b')!)];
  if (isStatistics(a) && isStatistics(b)) refuseMeasuring(values);
  const shown = influence === undefined ? undefined : influenced(a, b);
  const metrics = metricsOf(list(values, 'metrics') ?? ['fid']);
  const at = (list(values, 'at') ?? []).map((size) => integer({ at: size }, 'at', 2, 1_000_000_000)!);
  // Begun with the first part, so that its rate is not that of the measuring before it.
  let progress: Progress | undefined;
  const options: CompareSourcesOptions = {
    ...extractorChoice(values),
    ...sourceOptions(values),
    metrics,
    at,
    onNote: note,
    listen: (source) => listen(nameOf(String(source))),
    onStep: (step, done, total) => {
      progress ??= startProgress('metrics', 'parts');
      progress.update(done, total, step);
    },
  };
  if (folder !== undefined) prepareFolder(folder);
  await compareSources([a, b], options, async ({ comparison, comparable, notes }) => {
    progress?.end();
    for (const warning of comparison.warnings) warn(plain(`Note: ${warning}`));
    if (shown !== undefined) {
      const { writeInfluence } = await import('./influence.js');
      note(await writeInfluence(comparison, shown, influence!, folder!));
    }
    process.stdout.write(
      flag(values, 'json') ? comparisonJson(comparison, comparable, notes) : renderComparison(comparison, comparable),
    );
  }).finally(() => progress?.end());
}
