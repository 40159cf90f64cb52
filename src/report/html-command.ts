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

const lastPart = (path: string): string => path.split(/[\\/]/).findLast(Boolean) ?? path;

/** A value as a command took it; undefined where it was not given, or is none that a command takes. */
const givenAs = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

/** What a run was called with beside what its record says of it; of paths, which a report does not tell, the last part. */
function calledFlags({ flags, reference }: RunRecord): { flags: readonly string[][]; shortened: readonly string[] } {
  // A run of before 0.3 does not know how it was called, and without `--reference` the one that ships is taken.
  const called = flags.cwd !== undefined;
  const paths = [
    { flag: '--reference', given: givenAs(flags.reference) ?? (called ? undefined : reference.source), known: called },
    { flag: '--classes', given: givenAs(flags.classes), known: true },
  ].flatMap(({ flag, given, known }) => (given === undefined ? [] : [{ flag, given, known }]));
  const timeout = givenAs(flags['program-timeout']);
  return {
    flags: [
      ...paths.map(({ flag, given }) => [flag, lastPart(given)]),
      ...(timeout === undefined ? [] : [['--program-timeout', timeout]]),
      ...(flags['skip-corrupt'] === true ? [['--skip-corrupt']] : []),
    ],
    shortened: paths.flatMap(({ flag, given, known }) => (known && lastPart(given) === given ? [] : [flag])),
  };
}

export interface SweepCommand {
  readonly lines: readonly string[];
  /** Whether its settings need no options beside. */
  readonly exact: boolean;
  /** Flags of which only the last part of a path is there. */
  readonly shortened: readonly string[];
}

/** The command that makes a run's numbers again. A budget of time is in it as the images that it came to. */
export function sweepCommand(record: RunRecord): SweepCommand {
  const { datasets, settings, images, resolution, seed, extractor, selection, strategy, keep } = record;
  const { kind, trials, alpha, tolerance, complete, budget } = strategy;
  const space = spaceFlags(settings);
  const called = calledFlags(record);
  const flags: (readonly string[])[] = [
    ...datasets.map(({ name, spec }) => ['--dataset', `${name}=${spec}`]),
    ...called.flags,
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
  return { lines, exact: space !== undefined, shortened: called.shortened };
}
