import { UserError } from './core/errors.js';
import type { CsvTable } from './correlate-csv.js';
import type { FidTable } from './correlate-fids.js';
import { accuracyColumns, type Match, matchRows } from './correlate-match.js';
import { rankCorrelations, varies, withinErrors } from './metrics/rank-correlation.js';
import type {
  CorrelatedPair,
  CorrelationStudy,
  DatasetCorrelation,
  LeftOut,
  MeanCorrelation,
} from './report/correlation.js';

/** Fewer pairs say nothing: of four, 1 in 12 orders are perfect by chance. */
const LEAST_PAIRS = 4;
/** Of so many a draw within the errors takes some milliseconds. */
const MOST_PAIRS = 5000;

/**
 * What of the FIDs is compared: FIDₙ where all have as many images, else FID∞ where it can be trusted of all, else FIDₙ of
 * those with the most images.
 */
function comparable(matches: readonly Match[], leftOut: LeftOut[]): { of: 'fid' | 'fid∞'; kept: readonly Match[] } {
  const most = matches.reduce((images, { cell }) => Math.max(images, cell.images ?? 0), 0);
  const [kept, fewer] = [true, false].map((full) =>
    matches.filter(({ cell }) => ((cell.images ?? 0) === most) === full),
  );
  if (!fewer!.length) return { of: 'fid', kept: matches };
  if (matches.every(({ cell }) => cell.unbiased?.trusted)) return { of: 'fid∞', kept: matches };
  for (const { cell } of fewer!)
    leftOut.push({
      what: 'cell',
      name: `${cell.setting} of ${cell.dataset}`,
      why: `its FID is of ${cell.images ?? 'an unknown number of'} images, the others' of ${most}: that biases it, and FID∞ cannot be trusted of all`,
    });
  return { of: 'fid', kept: kept! };
}

function pairOf({ cell, accuracy, line }: Match, of: 'fid' | 'fid∞'): CorrelatedPair {
  const { setting, method, fid, unbiased } = cell;
  const { standardError, interval } = of === 'fid' ? cell : unbiased!;
  return {
    setting,
    method,
    fid: of === 'fid' ? fid : unbiased!.value,
    ...(standardError !== undefined && { standardError }),
    ...(interval && { interval }),
    accuracy,
    line,
  };
}

/**
 * The errors that FIDs move by against each other. What all have in common changes no order: where there are the errors of
 * paired differences to the leader, it is by these, else by each one's own.
 */
function errorsOf(
  kept: readonly Match[],
  pairs: readonly CorrelatedPair[],
): Pick<DatasetCorrelation, 'errors'> & { by: number[] } {
  const differences = kept.flatMap(({ cell }) => cell.differenceError ?? []);
  if (differences.length === kept.length) return { errors: 'of differences', by: differences };
  const own = pairs.flatMap(({ standardError }) => standardError ?? []);
  return own.length === pairs.length ? { errors: 'of each', by: own } : { by: [] };
}

/** One correlation, or why there is none. */
function correlationOf(
  dataset: string,
  column: string,
  matches: readonly Match[],
  leftOut: LeftOut[],
): DatasetCorrelation | undefined {
  const refuse = (why: string): undefined => {
    leftOut.push({ what: 'correlation', name: `${column} on ${dataset}`, why });
  };
  if (!matches.length) return refuse('no setting has both an FID and an accuracy');
  const { of, kept } = comparable(matches, leftOut);
  const pairs = kept.map((match) => pairOf(match, of));
  if (pairs.length < LEAST_PAIRS)
    return refuse(
      `${pairs.length} of its settings ${pairs.length === 1 ? 'has' : 'have'} both an FID and an accuracy, expected at least ${LEAST_PAIRS}`,
    );
  if (pairs.length > MOST_PAIRS) return refuse(`there are ${pairs.length} pairs, expected at most ${MOST_PAIRS}`);
  const [x, y] = [pairs.map(({ fid }) => fid), pairs.map(({ accuracy }) => accuracy)];
  if (!varies(x) || !varies(y))
    return refuse(`all its ${varies(x) ? 'accuracies' : 'FIDs'} are the same, which have no order`);
  const { spearman, kendall } = rankCorrelations(x, y);
  const { errors, by } = errorsOf(kept, pairs);
  const within = by.some((error) => error > 0) ? withinErrors(x, by, y) : undefined;
  const images = new Set(kept.map(({ cell }) => cell.images));
  const [count] = images;
  return {
    dataset,
    column,
    of,
    ...(images.size === 1 && count !== undefined && { images: count }),
    pairs,
    spearman: { ...spearman, ...(within && { within: within.spearman }) },
    kendall: { ...kendall, ...(within && { within: within.kendall }) },
    ...(within && errors && { errors }),
  };
}

/** By a key, in the order they are given in. */
function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const out = new Map<string, Item[]>();
  for (const item of items) {
    const own = out.get(keyOf(item));
    if (own) own.push(item);
    else out.set(keyOf(item), [item]);
  }
  return out;
}

/** The mean over data sets of each column that several have. */
function meansOf(correlations: readonly DatasetCorrelation[]): MeanCorrelation[] {
  return [...new Set(correlations.map(({ column }) => column))].flatMap((column) => {
    const own = correlations.filter((one) => one.column === column);
    if (own.length < 2) return [];
    const mean = (which: 'spearman' | 'kendall') => own.reduce((sum, one) => sum + one[which].value, 0) / own.length;
    return [{ column, datasets: own.length, spearman: mean('spearman'), kendall: mean('kendall') }];
  });
}

/**
 * Rank correlations of FIDs with accuracies, data set by data set. What has no partner is in `leftOut`.
 *
 * @param asked names of columns; by default all that hold numbers
 * @throws UserError for a table that cannot be matched, and where nothing is left to correlate
 */
export function correlate(fids: FidTable, downstream: CsvTable, asked?: readonly string[]): CorrelationStudy {
  const leftOut: LeftOut[] = [...fids.leftOut];
  const columns = accuracyColumns(downstream, fids, asked, leftOut);
  const matches = matchRows(fids, downstream, columns, leftOut);
  const matched = new Set(matches.map(({ cell }) => cell));
  const cellsOf = grouped(fids.cells, ({ dataset }) => dataset);
  const matchesOf = grouped(matches, ({ column, cell }) => JSON.stringify([column, cell.dataset]));
  const why = `${downstream.name} has no accuracy of it`;
  for (const dataset of fids.datasets) {
    const cells = cellsOf.get(dataset) ?? [];
    const without = cells.filter((cell) => !matched.has(cell));
    if (without.length === cells.length) leftOut.push({ what: 'cell', name: `every setting of ${dataset}`, why });
    else for (const { setting } of without) leftOut.push({ what: 'cell', name: `${setting} of ${dataset}`, why });
  }
  const refused: LeftOut[] = [];
  const correlations = [...new Set(columns.map(({ name }) => name))].flatMap((column) =>
    fids.datasets.flatMap((dataset) => {
      const own = matchesOf.get(JSON.stringify([column, dataset])) ?? [];
      return correlationOf(dataset, column, own, refused) ?? [];
    }),
  );
  if (!correlations.length) {
    const reasons = refused.filter(({ what }) => what === 'correlation').map((one) => `${one.name}: ${one.why}`);
    const unmatched = leftOut.filter(({ what }) => what === 'row').map((one) => `${one.name}: ${one.why}`);
    throw new UserError(
      [`Nothing can be correlated. ${reasons.slice(0, 10).join('; ')}.`, ...unmatched.slice(0, 10)].join('\n'),
    );
  }
  return {
    fids: fids.name,
    downstream: downstream.name,
    correlations,
    means: meansOf(correlations),
    leftOut: [...leftOut, ...refused],
  };
}
