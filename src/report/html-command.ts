import type { RunRecord } from '../store/record.js';
import { formatChosen } from './numbers.js';
import { describeSetting } from './setting-name.js';

/** A word of a command line, quoted where a shell would not take it as it is. */
const word = (text: string): string => (/^[\w%+,./:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** Numbers as a flag takes them: 2-9, or 2,4,6. */
function numbersOf(values: readonly number[]): string {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  const [first, last] = [sorted[0]!, sorted.at(-1)!];
  return sorted.length > 2 && last - first === sorted.length - 1 ? `${first}-${last}` : sorted.join(',');
}

/** `--methods` and `--n` that give the settings of a run; nothing where it takes more than these two. */
function spaceFlags(settings: readonly string[]): string[] | undefined {
  const names = settings.map(describeSetting);
  const methods = [...new Set(names.map(({ method }) => method))];
  const ns = [...new Set(names.filter(({ method }) => method !== 'none').map(({ n }) => n))];
  const product = new Set(
    methods.flatMap((method) => (method === 'none' ? ['none'] : ns.map((n) => `${method}:${n}`))),
  );
  if (product.size !== settings.length || !settings.every((key) => product.has(key))) return undefined;
  return ['--methods', methods.join(','), ...(ns.length ? ['--n', numbersOf(ns)] : [])];
}

/** Tap and preprocessing of an extractor that has several; its preprocessing begins with the name of the mode. */
function modeFlags({ dims, preprocessing }: RunRecord['extractor']): string[] {
  const mode = /^(pytorch-fid|clean|tf1): /.exec(preprocessing)?.[1];
  return mode === undefined ? [] : ['--dims', String(dims), '--mode', mode];
}

/** The command that makes a run's numbers again, by its lines; `exact` unless its settings need options beside. */
export function sweepCommand(record: RunRecord): { readonly lines: readonly string[]; readonly exact: boolean } {
  const { datasets, settings, images, resolution, seed, extractor, reference, selection, strategy, keep } = record;
  const { kind, trials, alpha, tolerance, complete, budget } = strategy;
  const space = spaceFlags(settings);
  const flags: (readonly string[])[] = [
    ...datasets.map(({ name, spec }) => ['--dataset', `${name}=${spec}`]),
    ['--reference', reference.source],
    ['--extractor', extractor.id, ...modeFlags(extractor)],
    ...(space ? [space] : []),
    ['--images', String(images), '--resolution', String(resolution), '--seed', String(seed)],
    ['--strategy', kind, ...(trials === undefined ? [] : ['--trials', String(trials)])],
    ['--alpha', String(alpha), ...(kind === 'race' ? ['--tolerance', formatChosen(tolerance)] : [])],
    ...(complete ? [['--complete']] : []),
    ...(budget === undefined ? [] : [['--budget', `${budget}-images`]]),
    ...(keep === 'moments' ? [['--keep', 'moments']] : []),
    ...(selection ? [['--select-on', 'split']] : []),
  ];
  const words = ['fidsweep sweep', ...flags.map((flag) => `  ${flag.map(word).join(' ')}`)];
  const lines = words.map((line, i) => (i < words.length - 1 ? `${line} \\` : line));
  return { lines, exact: space !== undefined };
}
