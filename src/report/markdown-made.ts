import type { ReferenceRecord, RunRecord, Timing } from '../store/record.js';
import { literal } from './literal.js';
import { factRows } from './markdown-table.js';
import { formatChosen, formatCount } from './numbers.js';

function referenceText({ source, count, fit }: ReferenceRecord): string {
  return `${literal(source)}${count ? `, ${count} image${count === 1 ? '' : 's'}` : ''}${fit ? `, ${literal(fit)}` : ''}`;
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

/** Everything that decides the numbers, and what the run took where that is known. */
export function howMade(record: RunRecord, timing: Timing | undefined): string {
  const { datasets, extractor, reference, selection, device } = record;
  const facts: [string, string][] = [
    ...datasets.map(({ name, spec, fit, identity }): [string, string] => {
      const size = identity.programs
        ? `${identity.programs} program${identity.programs === 1 ? '' : 's'}`
        : `${identity.images} image${identity.images === 1 ? '' : 's'}`;
      const [what, hash] = identity.sha256
        ? ['SHA-256', identity.sha256]
        : ['SHA-256 of names and sizes', identity.namesAndSizesSha256];
      return [
        `Data set ${literal(name)}`,
        `${literal(spec)} (${size}, ${what} ${String(hash).slice(0, 12)}…), ${literal(fit)}`,
      ];
    }),
    ['Strategy', strategyText(record)],
    ['Images a setting', String(record.images)],
    ['Resolution', `${record.resolution} × ${record.resolution}`],
    ['Seed', String(record.seed)],
    ['Mixing', 'MixUp weights Dirichlet(1, …, 1) and CutMix λ ~ Beta(1, 1), where a row does not say otherwise'],
    ['Recipe version', String(record.recipeVersion)],
    ['Extractor', `${literal(extractor.id)}, tap ${literal(extractor.tap)}, ${extractor.dims} dimensions`],
    ['Extractor SHA-256', `\`${extractor.sha256}\``],
    ['Preprocessing', literal(extractor.preprocessing)],
    ['Reference', referenceText(reference)],
    ['Reference SHA-256', `\`${reference.sha256}\``],
  ];
  if (selection)
    facts.push(['Half that chooses', referenceText(selection)], ['Its SHA-256', `\`${selection.sha256}\``]);
  facts.push(
    ['Covariance', 'ddof = 1, float64'],
    ['Kept', record.keep === 'moments' ? 'moments' : 'features'],
    ['Device', `${literal(device.renderer)} (${literal(device.backend)})`],
    ['OpenGL', literal(device.version)],
    ['Tool', literal(record.tool)],
    [
      'Versions',
      literal(
        Object.entries(record.versions)
          .map((pair) => pair.join(' '))
          .join(', '),
      ),
    ],
  );
  if (timing?.started !== undefined) facts.push(['Started', literal(timing.started)]);
  if (timing) facts.push(['Time', `${timing.seconds.toFixed(0)} s`], ['Base images made', String(timing.baseRenders)]);
  return factRows(facts);
}
