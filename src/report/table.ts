import type { Cell } from '../store/run.js';

/** The layout of the paper's Table 1: a row a setting, a column a data set. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
  /** Per column FID(None) − the lowest FID of all mixed rows; undefined when either is missing. */
  readonly gain: readonly (number | undefined)[];
}

export interface TableRow {
  readonly label: string;
  readonly n: number;
  /** FID, a column each; undefined where there is none. */
  readonly fid: readonly (number | undefined)[];
  /** Whether it is the lowest of its column (all of those that print alike). */
  readonly best: readonly boolean[];
}

const LABELS: Readonly<Record<string, string>> = {
  none: 'None',
  mixup: 'MixUp',
  cutmix: 'CutMix',
  cutmixup: 'CutMixUp',
};

/** A setting key's parts for people: `mixup:6?weights=equal` is MixUp (weights=equal), 6. */
export function describeSetting(key: string): { method: string; label: string; n: number } {
  const [head = '', options] = key.split('?', 2);
  const [method = '', n] = head.split(':', 2);
  return {
    method,
    label: `${LABELS[method] ?? method}${options ? ` (${options})` : ''}`,
    n: n === undefined ? 1 : Number(n),
  };
}

/** Two decimals, as the field prints FID; a value that rounds to zero has no sign. */
export function formatFid(value: number): string {
  const text = value.toFixed(2);
  return text === '-0.00' ? '0.00' : text;
}

/**
 * Lays cells out as Table 1. Rows keep the order in which the settings first appear.
 *
 * @param columns data-set names in their order
 */
export function table(cells: readonly Pick<Cell, 'dataset' | 'setting' | 'fid'>[], columns: readonly string[]): Table {
  const values = new Map(cells.map(({ dataset, setting, fid }) => [`${dataset}\0${setting}`, fid]));
  const settings = [...new Set(cells.map(({ setting }) => setting))];
  const column = (dataset: string) => settings.map((setting) => values.get(`${dataset}\0${setting}`));
  const lowest = columns.map((dataset) => Math.min(...column(dataset).map((fid) => fid ?? Number.POSITIVE_INFINITY)));
  const rows = settings.map((setting): TableRow => {
    const fid = columns.map((dataset) => values.get(`${dataset}\0${setting}`));
    const { label, n } = describeSetting(setting);
    return {
      label,
      n,
      fid,
      best: fid.map((value, i) => value !== undefined && formatFid(value) === formatFid(lowest[i]!)),
    };
  });
  const gain = columns.map((dataset) => {
    const none = values.get(`${dataset}\0none`);
    const mixed = settings.filter((s) => s !== 'none').flatMap((s) => values.get(`${dataset}\0${s}`) ?? []);
    return none === undefined || !mixed.length ? undefined : none - Math.min(...mixed);
  });
  return { columns, rows, gain };
}

/** Cells by FID, lowest first; the order of the table breaks exact ties. */
export function ranking<C extends Pick<Cell, 'fid'>>(cells: readonly C[]): C[] {
  return [...cells].sort((a, b) => a.fid - b.fid);
}
