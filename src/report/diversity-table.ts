import CliTable from 'cli-table3';
import { plain } from '../core/plain.js';
import { formatCount } from './numbers.js';

interface Spread {
  readonly count: number;
  readonly effective: number;
  readonly distance: number;
}

interface Row {
  readonly name: string;
  readonly images: Spread;
  readonly programs?: Spread;
  /** Of as many programs as the smallest set has. */
  readonly common?: Spread;
}

const effective = (spread: Spread | undefined): string =>
  spread ? `${spread.effective.toFixed(1)} of ${formatCount(spread.count)}` : '–';

const distance = (spread: Spread | undefined): string => (spread ? spread.distance.toFixed(3) : '–');

/** Data sets beside each other: effective numbers and mean distances of their images and programs, for a terminal. */
export function renderDiversity(rows: readonly Row[]): string {
  const common = rows.some((row) => row.common);
  const columns: (readonly [string, (row: Row) => string])[] = [
    ['Data set', ({ name }) => plain(name)],
    ['Effective images', ({ images }) => effective(images)],
    ['Distance', ({ images }) => distance(images)],
    ['Effective programs', ({ programs }) => effective(programs)],
    ['Distance', ({ programs }) => distance(programs)],
    ...(common ? [['At equal numbers', (row: Row) => effective(row.common)] as const] : []),
  ];
  const table = new CliTable({
    head: columns.map(([head]) => head),
    colAligns: columns.map((_, i) => (i ? ('right' as const) : ('left' as const))),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) table.push(columns.map(([, cell]) => cell(row)));
  return table.toString();
}
