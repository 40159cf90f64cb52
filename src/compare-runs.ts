import { resolve, sep } from 'node:path';
import { sameReferences } from './compare-references.js';
import { UserError } from './core/errors.js';
import { normalQuantile } from './core/quantile.js';
import { slackOf } from './estimates.js';
import type { FidEstimate } from './fid.js';
import { difference, intervalOf, type Scatter } from './metrics/frechet-difference.js';
import type {
  ComparedCell,
  ComparedRow,
  ComparedRun,
  ErrorBy,
  LoneCell,
  Renamed,
  RunComparison,
  RunDifference,
} from './report/comparison.js';
import { forbidden, identityText } from './report/comparison-made.js';
import type { Cell, Results } from './report/results.js';
import type { References } from './score.js';
import type { RunReader } from './store/run.js';

/** A run with what it came to. */
export interface ScoredRun {
  readonly name: string;
  readonly run: RunReader;
  readonly references: References;
  readonly results: Results;
}

export interface CompareRunsOptions {
  /** Called after each row. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** The shortest ends of folders' paths that tell them apart: `first` and `second` of `runs/first` and `runs/second`. */
export function namesOf(folders: readonly string[]): string[] {
  const parts = folders.map((folder) => resolve(folder).split(sep).filter(Boolean));
  for (let length = 1; ; length++) {
    const names = parts.map((part) => part.slice(-length).join('/') || '/');
    if (new Set(names).size === names.length || parts.every((part) => part.length <= length)) return names;
  }
}

/** By data set of the first run, the place of the same in another: by name, else by the same identity under another name. */
function matchDatasets(
  first: RunReader,
  other: RunReader,
  run: number,
): { places: (number | undefined)[]; renamed: Renamed[] } {
  const [own, its] = [first.record.datasets, other.record.datasets];
  const names = new Set(own.map(({ name }) => name));
  const left = its.filter(({ name }) => !names.has(name));
  const renamed: Renamed[] = [];
  const places = own.map((dataset) => {
    const same = its.findIndex(({ name }) => name === dataset.name);
    if (same >= 0) return same;
    const identity = identityText(dataset, first.record.resolution);
    const at = left.findIndex((one) => identityText(one, other.record.resolution) === identity);
    if (at < 0) return undefined;
    const [found] = left.splice(at, 1);
    renamed.push({ run, dataset: found!.name, as: dataset.name });
    return its.indexOf(found!);
  });
  return { places, renamed };
}

const placeOf = (dataset: string, setting: string): string => JSON.stringify([dataset, setting]);

const indexOf = ({ results }: ScoredRun): Map<string, Cell> =>
  new Map(results.cells.map((cell) => [placeOf(cell.dataset, cell.setting), cell]));

/** Whether a pair of runs has random draws in common that can be paired: those of one seed, output by output. */
const paired = (a: ScoredRun, b: ScoredRun): boolean =>
  a.run.record.seed === b.run.record.seed && [a, b].every(({ run }) => run.record.keep === 'features');

const bothTrusted = (a: Cell, b: Cell): boolean => (a.unbiased?.trusted && b.unbiased?.trusted) ?? false;

/**
 * Influences as if all `n` images were there: those that are not have none, the others count for more, so that their mean has
 * the same error.
 */
function stretched(scatter: Scatter, n: number): Scatter {
  if (scatter.kind !== 'images' || scatter.influences.length === n) return scatter;
  const { influences } = scatter;
  const out = new Float64Array(n);
  for (const [i, psi] of influences.entries()) out[i] = (psi * n) / influences.length;
  return { kind: 'images', influences: out };
}

/** What of an estimate is subtracted. */
const partOf = (estimate: FidEstimate, of: RunDifference['of']) => (of === 'fid' ? estimate : estimate.unbiased);

/** b − a with an error from the outputs that both made of the same draws; undefined where these do not scatter alike. */
function pairedDifference(a: FidEstimate, b: FidEstimate, of: RunDifference['of']): RunDifference | undefined {
  const [from, to] = [partOf(a, of), partOf(b, of)];
  if (!from?.scatter || !to?.scatter || from.scatter.kind !== to.scatter.kind) return undefined;
  const most = Math.max(a.n, b.n);
  const found = difference(
    { value: to.value, scatter: stretched(to.scatter, most) },
    { value: from.value, scatter: stretched(from.scatter, most) },
  );
  const by: ErrorBy = from.scatter.kind === 'images' ? 'by image' : 'by group';
  return { of, value: found.value, standardError: found.standardError, interval: intervalOf(found), by };
}

/** b − a of runs that have no draws in common: each of both scatters by itself, about the same reference. */
function independentDifference(a: Cell, b: Cell, of: RunDifference['of']): RunDifference {
  const [from, to] = of === 'fid' ? [a, b] : [a.unbiased!, b.unbiased!];
  const value = of === 'fid' ? b.fid - a.fid : b.unbiased!.value - a.unbiased!.value;
  const known = [from, to].every((one) => one.standardError !== undefined && one.interval);
  if (!known) return { of, value, by: 'none' };
  const standardError = Math.hypot(from.standardError!, to.standardError!);
  // An interval's upper end is never cut, and few images have another quantile than many.
  const reach =
    of === 'fid' ? Math.hypot(a.interval![1] - a.fid, b.interval![1] - b.fid) : normalQuantile(0.975) * standardError;
  return { of, value, standardError, interval: [value - reach, value + reach], by: 'independent' };
}

/**
 * How far FID∞ of a cell may be too low: n of a folder's M images, none of them twice, leave a bias of about b·(1/n − 1/M), so
 * that FID∞, which takes b/n off, is too low by b/M; of a mixed setting by less. Of two runs of one folder that cancels while
 * n ≤ M, and no longer once one of them goes through the folder again.
 */
function biasOf({ references }: ScoredRun, place: number, { fid, images, unbiased }: Cell): number {
  const population = references.reported.cells.population?.(place);
  return population ? slackOf({ value: fid, n: images, ...(unbiased && { unbiased }) }, population) : 0;
}

/** A difference of FID∞ with what either may be too low by in its interval. */
function widened(difference: RunDifference, first: number, own: number): RunDifference {
  const { interval, of } = difference;
  if (of === 'fid' || (first === 0 && own === 0)) return difference;
  const bias = [first, own] as const;
  return { ...difference, ...(interval && { interval: [interval[0] - first, interval[1] + own] }), bias };
}

/** Why FIDs of different n are not compared. */
function unequal(a: Cell, b: Cell): string {
  const why = [a, b].some(({ unbiased }) => !unbiased) ? 'FID∞ is not known of both' : 'FID∞ cannot be trusted of both';
  return `the numbers of images differ, which biases FIDₙ, and ${why}`;
}

/**
 * The cells that the first run has in common with any other, with each one's difference to the first.
 *
 * @throws UserError for a run that has no cell in common with the first
 */
export async function compareRuns(
  runs: readonly ScoredRun[],
  { onProgress = () => {} }: CompareRunsOptions = {},
): Promise<RunComparison> {
  const [first, ...others] = runs as readonly [ScoredRun, ...ScoredRun[]];
  const same = await sameReferences(runs);
  const compared = runs.map(
    ({ name, run: { record, setAside } }, i): ComparedRun => ({ name, record, reference: same[i]!, setAside }),
  );
  const matches = others.map((other, i) => matchDatasets(first.run, other.run, i + 1));
  const places = new Map(first.run.record.datasets.map(({ name }, place) => [name, place]));
  const keys = first.results.cells.map((cell) => ({
    dataset: places.get(cell.dataset)!,
    setting: cell.setting,
    cell,
  }));
  const indices = others.map(indexOf);
  const inOther = (i: number, { dataset, setting }: (typeof keys)[number]): Cell | undefined => {
    const place = matches[i]!.places[dataset];
    return place === undefined
      ? undefined
      : indices[i]!.get(placeOf(others[i]!.run.record.datasets[place]!.name, setting));
  };
  for (const [i, { name }] of others.entries())
    if (!keys.some((key) => inOther(i, key)))
      throw new UserError(
        `"${name}" has no cell in common with "${first.name}": a cell is a setting of a data set, and there is none that both measured. Data sets are matched by their names, or by what they are.`,
      );
  const shared = keys.filter((key) => others.some((_, i) => inOther(i, key)));
  const rows: ComparedRow[] = [];
  for (const key of shared) {
    const own = key.cell;
    const cells: (ComparedCell | null)[] = [numbersOf(own)];
    for (const [i, other] of others.entries()) {
      const cell = inOther(i, key);
      const place = matches[i]!.places[key.dataset]!;
      const why = forbidden(compared[0]!, compared[i + 1]!);
      cells.push(
        cell
          ? {
              ...numbersOf(cell),
              ...(why === undefined
                ? await compareCells([first, key.dataset, own], [other, place, cell])
                : { undecided: why }),
            }
          : null,
      );
    }
    rows.push({ dataset: own.dataset, setting: key.setting, cells });
    onProgress(rows.length, shared.length);
  }
  const least = Math.max(...first.results.columns.map((column) => column.least ?? 0));
  const few = rows.some(({ cells }) => cells.some((cell) => cell && cell.images < least));
  return {
    runs: compared,
    rows,
    renamed: matches.flatMap(({ renamed }) => renamed),
    alone: aloneOf(
      runs,
      rows,
      matches.flatMap(({ renamed }) => renamed),
    ),
    ...(few && { least }),
  };
}

const numbersOf = ({ fid, images, standardError, interval, unbiased, status }: Cell): ComparedCell => ({
  fid,
  images,
  status,
  ...(standardError !== undefined && { standardError }),
  ...(interval && { interval }),
  ...(unbiased && { unbiased }),
});

type Placed = readonly [run: ScoredRun, dataset: number, cell: Cell];

async function compareCells(
  [first, firstPlace, a]: Placed,
  [other, place, b]: Placed,
): Promise<Pick<ComparedCell, 'difference' | 'undecided'>> {
  if (a.images !== b.images && !bothTrusted(a, b)) return { undecided: unequal(a, b) };
  const of = a.images === b.images ? 'fid' : 'fid∞';
  const difference = await differenceOf([first, firstPlace, a], [other, place, b], of);
  return { difference: widened(difference, biasOf(first, firstPlace, a), biasOf(other, place, b)) };
}

async function differenceOf(
  [first, firstPlace, a]: Placed,
  [other, place, b]: Placed,
  of: RunDifference['of'],
): Promise<RunDifference> {
  if (!paired(first, other)) return independentDifference(a, b, of);
  const [own, its] = [
    await first.references.reported.of(firstPlace, a.setting, a.images),
    await other.references.reported.of(place, b.setting, b.images),
  ];
  return pairedDifference(own, its, of) ?? { of, value: partOf(its, of)!.value - partOf(own, of)!.value, by: 'none' };
}

/** Cells of the first run that no other has, and of others that the first has not. */
function aloneOf(runs: readonly ScoredRun[], rows: readonly ComparedRow[], renamed: readonly Renamed[]): LoneCell[] {
  const compared = new Map(rows.map((row) => [placeOf(row.dataset, row.setting), row]));
  return runs.flatMap(({ results }, run) =>
    results.cells.flatMap(({ dataset, setting }) => {
      const name = renamed.find((one) => one.run === run && one.dataset === dataset)?.as ?? dataset;
      return compared.get(placeOf(name, setting))?.cells[run] ? [] : [{ run, dataset, setting }];
    }),
  );
}
