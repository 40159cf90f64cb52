import type { DatasetRecord, ReferenceRecord, RunRecord, Timing } from '../store/record.js';
import { literal } from './literal.js';
import { factRows } from './markdown-table.js';
import { formatChosen, formatCount } from './numbers.js';

type Safe = (name: string) => string;

function referenceText({ source, count, fit }: ReferenceRecord, safe: Safe): string {
  return `${safe(source)}${count ? `, ${count} image${count === 1 ? '' : 's'}` : ''}${fit ? `, ${safe(fit)}` : ''}`;
}

/** What identifies a data set, as far as it has it: its size, the hash of its bytes, the version of what paints it. */
function datasetText({ spec, fit, identity }: DatasetRecord, safe: Safe): string {
  const counts = (['program', 'image'] as const).map((noun) => ({ noun, count: identity[`${noun}s`] }));
  const { sha256, namesAndSizesSha256, categories, version } = identity;
  const short = (hash: string | number | boolean) => `${safe(String(hash).slice(0, 12))}…`;
  const parts = [
    ...counts
      .flatMap(({ noun, count }) => (count ? [`${safe(String(count))} ${noun}${count === 1 ? '' : 's'}`] : []))
      .slice(0, 1),
    ...(categories ? [`${safe(String(categories))} categories`] : []),
    ...(sha256
      ? [`SHA-256 ${short(sha256)}`]
      : namesAndSizesSha256
        ? [`SHA-256 of names and sizes ${short(namesAndSizesSha256)}`]
        : version !== undefined
          ? [`version ${safe(String(version))}`]
          : []),
  ];
  return `${safe(spec)}${parts.length ? ` (${parts.join(', ')})` : ''}, ${safe(fit)}`;
}

function strategyText({ strategy }: RunRecord): string {
  const { kind, trials, alpha, tolerance, complete, budget, seconds } = strategy;
  return [
    kind,
    ...(trials === undefined ? [] : [`${formatCount(trials)} trials`]),
    `α = ${alpha}`,
    ...(kind === 'race' ? [`tolerance ${formatChosen(tolerance)}`] : []),
    ...(complete ? ['what was dropped is measured to the end'] : []),
    ...(budget === undefined ? [] : [`budget ${formatCount(budget)} images`]),
    ...(seconds === undefined ? [] : [`budget ${formatCount(seconds)} s`]),
  ].join(', ');
}

/** How texts are written where they go. */
export interface Writing {
  /** Makes a name safe. */
  readonly safe: Safe;
  /** A hash. */
  readonly code: (text: string) => string;
}

/** Everything that decides the numbers, and what the run took where that is known: facts by their names. */
export function factsOf(record: RunRecord, timing: Timing | undefined, { safe, code }: Writing): [string, string][] {
  const { datasets, extractor, reference, selection, device } = record;
  const facts: [string, string][] = [
    ...datasets.map((one): [string, string] => [`Data set ${safe(one.name)}`, datasetText(one, safe)]),
    ['Strategy', strategyText(record)],
    ['Images a setting', String(record.images)],
    ['Resolution', `${record.resolution} × ${record.resolution}`],
    ['Seed', String(record.seed)],
    ['Mixing', 'MixUp weights Dirichlet(1, …, 1) and CutMix λ ~ Beta(1, 1), where a row does not say otherwise'],
    ['Recipe version', String(record.recipeVersion)],
    ['Extractor', `${safe(extractor.id)}, tap ${safe(extractor.tap)}, ${extractor.dims} dimensions`],
    ['Extractor SHA-256', code(extractor.sha256)],
    ['Preprocessing', safe(extractor.preprocessing)],
    ['Reference', referenceText(reference, safe)],
    ['Reference SHA-256', code(reference.sha256)],
  ];
  if (selection)
    facts.push(['Half that chooses', referenceText(selection, safe)], ['Its SHA-256', code(selection.sha256)]);
  facts.push(
    ['Covariance', 'ddof = 1, float64'],
    ['Kept', record.keep === 'moments' ? 'moments' : 'features'],
    ['Device', `${safe(device.renderer)} (${safe(device.backend)})`],
    ['OpenGL', safe(device.version)],
    ['Tool', safe(record.tool)],
    [
      'Versions',
      safe(
        Object.entries(record.versions)
          .map((pair) => pair.join(' '))
          .join(', '),
      ),
    ],
  );
  if (timing?.started !== undefined) facts.push(['Started', safe(timing.started)]);
  if (timing) facts.push(['Time', `${timing.seconds.toFixed(0)} s`], ['Base images made', String(timing.baseRenders)]);
  return facts;
}

export const howMade = (record: RunRecord, timing: Timing | undefined): string =>
  factRows(factsOf(record, timing, { safe: literal, code: (text) => `\`${text}\`` }));
