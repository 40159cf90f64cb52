import { decimalsOf, formatFid } from './numbers.js';
import type { Cell, Column, Interval } from './results.js';
import { describeSetting } from './setting-name.js';

export { formatFid } from './numbers.js';
export { describeSetting } from './setting-name.js';

/** What the table shows of a cell. */
export type TableCell = Pick<Cell, 'dataset' | 'setting' | 'fid' | 'images' | 'status' | 'standardError' | 'interval'>;

/** The layout of the paper's Table 1: a row a setting, a column a data set. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
  /** Per column FID(None) − the lowest FID of all mixed rows, of the same images; undefined when either is missing. */
  readonly gain: readonly (number | undefined)[];
  /** Images of each column's cells, those aside that have fewer; undefined where it has no cell. */
  readonly images: readonly (number | undefined)[];
}

export interface TableRow {
  readonly label: string;
  readonly n: number;
  /** A column each; undefined where there is none. */
  readonly entries: readonly (TableEntry | undefined)[];
}

export interface TableEntry {
  readonly fid: number;
  /** Whether it is the lowest of its column (all of those that print alike). */
  readonly best: boolean;
  /** Its images, where a race dropped it or it has fewer than its column: no neighbour to compare it with. */
  readonly aside?: number;
  /** That others share the best rank with it: it is not separated from the leader of its column, or leads. */
  readonly tied?: true;
  /** 95% about `fid`. */
  readonly interval?: Interval;
}

/** Images that a data set's cells were measured on to the end: the most of any that no race dropped. */
export function fullImages(cells: readonly Pick<Cell, 'images' | 'status'>[]): number | undefined {
  const measured = cells.filter(({ status }) => status === 'measured');
  return cells.length ? Math.max(...(measured.length ? measured : cells).map(({ images }) => images)) : undefined;
}

/** Decimals that the intervals of a data set's cells are written with: two figures of the smallest error, at least two decimals. */
export const intervalDecimals = (cells: readonly TableCell[], dataset: string): number =>
  decimalsOf(cells.filter((cell) => cell.dataset === dataset).map(({ standardError }) => standardError));

const lowestOf = (cells: readonly TableCell[]): number => Math.min(...cells.map(({ fid }) => fid));

/**
 * Lays cells out as Table 1. Rows keep the order in which the settings first appear.
 *
 * @param said what is known of data sets as wholes: by it the ties of the best rank are marked
 */
export function table(
  cells: readonly TableCell[],
  columns: readonly string[],
  said: readonly Pick<Column, 'dataset' | 'tied'>[] = [],
): Table {
  const byColumn = columns.map((dataset) => cells.filter((cell) => cell.dataset === dataset));
  const images = byColumn.map(fullImages);
  // A FID of fewer images is biased further upwards: it is shown, but neither the best nor part of a gain.
  const compared = byColumn.map((column, i) => column.filter((cell) => cell.images === images[i]));
  const lowest = compared.map((column) => formatFid(lowestOf(column.filter(({ status }) => status === 'measured'))));
  const places = byColumn.map((column) => new Map(column.map((cell) => [cell.setting, cell])));
  const ties = columns.map((dataset) => {
    const tied = said.find((column) => column.dataset === dataset)?.tied ?? [];
    return new Set(tied.length > 1 ? tied : []);
  });
  const rows = [...new Set(cells.map(({ setting }) => setting))].map((setting): TableRow => {
    const { label, n } = describeSetting(setting);
    const entries = columns.map((_, i): TableEntry | undefined => {
      const cell = places[i]!.get(setting);
      if (!cell) return undefined;
      const known = {
        fid: cell.fid,
        ...(ties[i]!.has(setting) && { tied: true as const }),
        ...(cell.interval && { interval: cell.interval }),
      };
      if (cell.status === 'dropped' || cell.images !== images[i]) return { ...known, best: false, aside: cell.images };
      return { ...known, best: formatFid(cell.fid) === lowest[i] };
    });
    return { label, n, entries };
  });
  const gain = compared.map((column) => {
    const none = column.filter(({ setting }) => describeSetting(setting).method === 'none');
    const mixed = column.filter(({ setting }) => describeSetting(setting).n > 1);
    return none.length && mixed.length ? lowestOf(none) - lowestOf(mixed) : undefined;
  });
  return { columns, rows, gain, images };
}
