import { decimalsOf, formatCount, formatDifference, formatFid, formatInterval } from './numbers.js';
import type { Cell, Column, DifferenceResult } from './results.js';
import { nameOf } from './setting-name.js';

/**
 * Cells by rank, data set by data set as these first appear. Cells that share a rank stay in the order of the table: by
 * value they would be told apart where their difference is no more than noise.
 */
export function ranking<C extends Pick<Cell, 'dataset' | 'rank'>>(cells: readonly C[]): C[] {
  const datasets = [...new Set(cells.map(({ dataset }) => dataset))];
  return datasets.flatMap((name) => cells.filter(({ dataset }) => dataset === name).sort((a, b) => a.rank - b.rank));
}

/** A table as text: a heading, whether it stands to the right, and the rows. */
export interface TextTable {
  readonly head: readonly { readonly text: string; readonly right: boolean }[];
  readonly rows: readonly (readonly string[])[];
}

/** A column of a text table, left out where no row has anything in it. */
export interface TextColumn<R> {
  readonly head: string;
  readonly left?: boolean;
  readonly text: (row: R) => string | undefined;
}

/** Rows as text; `–` for what is missing, and no column for what is missing from all. */
export function textTable<R>(rows: readonly R[], columns: readonly TextColumn<R>[]): TextTable {
  const texts = columns.map(({ head, left = false, text }) => ({ head, left, cells: rows.map(text) }));
  const shown = texts.filter(({ cells }) => cells.some((cell) => cell !== undefined));
  return {
    head: shown.map(({ head, left }) => ({ text: head, right: !left })),
    rows: rows.map((_, i) => shown.map(({ cells }) => cells[i] ?? '–')),
  };
}

/** Where a difference is another than the column's heading says, which it is. */
function qualified(
  { to, of, images }: DifferenceResult,
  { leader, by, at }: { leader?: string | undefined; by?: string | undefined; at: number },
  safe: (name: string) => string,
): string {
  return [
    to === leader ? '' : ` to ${safe(nameOf(to))}`,
    of === by ? '' : of === 'fid' ? ' of FIDₙ' : ' of FID∞',
    images === at ? '' : ` at ${formatCount(images)}`,
  ].join('');
}

/** What a ranking is shown with. */
export interface RankingOptions {
  /** Without the interval about FIDₙ, which ± says as well. */
  readonly narrow?: boolean;
  /** Makes a name safe for where the table goes. */
  readonly safe?: (name: string) => string;
}

/**
 * The ranking of one data set: FIDₙ ± its standard error, FID∞ where it can be trusted, the paired difference to the leader.
 *
 * @param cells of the data set
 * @param column what is to be said of it, where it is known
 */
export function rankingTable(
  cells: readonly Cell[],
  column: Column | undefined,
  { narrow = false, safe = (name) => name }: RankingOptions = {},
): TextTable {
  const ranked = ranking(cells);
  const decimals = decimalsOf(
    ranked.flatMap((cell) => [cell.standardError, cell.unbiased?.standardError, cell.difference?.standardError]),
  );
  const fid = ({ fid: value, standardError, status }: Cell) => {
    const error = standardError === undefined ? '' : ` ± ${formatFid(standardError, decimals)}`;
    const text = `${formatFid(value, decimals)}${error}`;
    return status === 'dropped' ? `(${text})` : text;
  };
  const unbiased = ({ unbiased: estimate }: Cell) => {
    if (!estimate?.trusted) return undefined;
    const interval = estimate.interval ? ` (${formatInterval(estimate.interval, decimals)})` : '';
    return `${formatFid(estimate.value, decimals)}${interval}`;
  };
  const differs = ranked.some((cell) => cell.difference);
  const difference = ({ setting, images, difference: one }: Cell) => {
    if (!one) return differs && setting === column?.leader ? 'leader' : undefined;
    const interval = formatInterval(one.interval, decimals, formatDifference);
    const which = qualified(one, { leader: column?.leader, by: column?.by, at: images }, safe);
    return `${formatDifference(one.value, decimals)} (${interval})${which}`;
  };
  const errors = ranked.some(({ standardError }) => standardError !== undefined);
  const intervals = ranked.some((cell) => cell.unbiased?.trusted && cell.unbiased.interval);
  return textTable(ranked, [
    { head: '#', text: ({ rank }) => String(rank) },
    { head: 'Setting', left: true, text: ({ setting }) => safe(nameOf(setting)) },
    { head: errors ? 'FID ± error' : 'FID', text: fid },
    {
      head: '95% interval',
      text: ({ interval }) => (narrow || !interval ? undefined : formatInterval(interval, decimals)),
    },
    { head: intervals ? 'FID∞ (95% interval)' : 'FID∞', text: unbiased },
    { head: 'Difference (joint 95%)', text: difference },
    { head: 'Images', text: ({ images }) => formatCount(images) },
  ]);
}
