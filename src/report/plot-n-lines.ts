import { decimalsOf, formatCount } from './numbers.js';
import { estimateOf, fullOf, hoverOf, isAside } from './plot-estimate.js';
import type { LegendItem } from './plot-frame.js';
import type { Level, Line, LinePoint } from './plot-lines.js';
import { SERIES } from './plot-style.js';
import { shortened } from './plot-text.js';
import type { Cell, Results } from './results.js';
import { cellsOf } from './sentences.js';
import { describeSetting, nameOf } from './setting-name.js';
import { clean } from './svg.js';

/** What a setting is varied in. */
export type Axis = 'N' | 'ψ';
const AXES: readonly Axis[] = ['N', 'ψ'];

/** Where a setting stands: one with neither N nor ψ is a level. */
interface Place {
  readonly axis: Axis | undefined;
  readonly at: number;
  /** Its key without that: the same for all of a line. */
  readonly line: string;
}

function placeOf(key: string): Place {
  const [head = '', options] = key.split('?', 2);
  const given = options?.split('&') ?? [];
  const psi = given.find((text) => text.startsWith('psi='));
  const rest = given.filter((text) => text !== psi);
  const [method = ''] = head.split(':');
  const line = `${method}${rest.length ? `?${rest.join('&')}` : ''}`;
  if (head.includes(':')) return { axis: 'N', at: describeSetting(key).n, line };
  return psi ? { axis: 'ψ', at: Number(psi.slice(4)), line } : { axis: undefined, at: 1, line };
}

/** A data set's cells, and what of them is drawn. */
export interface Drawn {
  readonly cells: readonly Cell[];
  readonly by: 'fid' | 'fid∞';
  readonly full: number;
}

export function drawnOf(results: Results, dataset: string): Drawn {
  const cells = cellsOf(results, dataset);
  return { cells, by: results.columns.find((one) => one.dataset === dataset)?.by ?? 'fid', full: fullOf(cells) };
}

/** Axes along which something varies. */
export const axesOf = ({ cells, by }: Drawn): Axis[] =>
  AXES.filter((axis) => {
    const places = cells.filter((cell) => estimateOf(cell, by)).map(({ setting }) => placeOf(setting));
    return new Set(places.filter((place) => place.axis === axis).map(({ at }) => at)).size > 1;
  });

/** All lines of a run, so that each looks the same in every picture of it. */
export const linesOf = (settings: readonly string[]): string[] => [
  ...new Set(settings.map(placeOf).flatMap(({ axis, line }) => (axis ? [line] : []))),
];

const SYMBOLS = { mixup: 'circle', cutmix: 'square', cutmixup: 'triangle', truncation: 'diamond' } as const;
const DASHES = [undefined, '6 3', '2 3', '8 3 2 3'] as const;
const LEVEL_DASHES = ['5 4', '2 4', '9 4', '9 3 2 3'] as const;
/** Longer names are shortened at their line, and told in full in the legend. */
const LABEL_LENGTH = 22;
const MOST_LABELS = 12;
const MOST_LEVEL_LABELS = 4;
const MOST_LEGEND = 16;

const methodOf = (line: string): string => line.split('?')[0]!;
const shortName = (line: string): string => shortened(clean(nameOf(line)), LABEL_LENGTH);

/** Colour, dash and symbol of a line: a colour each, or, of more than there are, a colour for each method. */
function looksOf(line: string, all: readonly string[]): Pick<Line, 'colour' | 'dash' | 'symbol'> {
  const methods = [...new Set(all.map(methodOf))];
  const method = methodOf(line);
  const place = all.length > SERIES.length ? methods.indexOf(method) : all.indexOf(line);
  const among = all.filter((other) => methodOf(other) === method).indexOf(line);
  return {
    colour: SERIES[place % SERIES.length]!,
    dash: DASHES[among % DASHES.length],
    symbol: SYMBOLS[method as keyof typeof SYMBOLS] ?? 'star',
  };
}

/**
 * A line with its points. Images of what has fewer are said at its end where all have as many, else at the first of neighbours that
 * have as many.
 */
function lineOf({ cells, by, full }: Drawn, axis: Axis, line: string, all: readonly string[]): Line {
  const decimals = decimalsOf(cells.map((cell) => (by === 'fid' ? cell.standardError : cell.unbiased?.standardError)));
  const placed = cells
    .flatMap((cell) => {
      const [place, estimate] = [placeOf(cell.setting), estimateOf(cell, by)];
      return estimate && place.axis === axis && place.line === line ? [{ cell, at: place.at, estimate }] : [];
    })
    .sort((a, b) => a.at - b.at);
  const fewer = new Set(placed.filter(({ cell }) => isAside(cell, full)).map(({ cell }) => cell.images));
  let said: number | undefined;
  const points = placed.map(({ cell, at, estimate }): LinePoint => {
    const aside = isAside(cell, full);
    const text = aside && fewer.size > 1 && cell.images !== said ? formatCount(cell.images) : undefined;
    said = aside ? cell.images : undefined;
    const hover = hoverOf(cell.setting, estimate, decimals, ` at ${formatCount(cell.images)} images`);
    return { x: at, ...estimate, hover, aside, ...(text && { text }) };
  });
  const images = fewer.size === 1 ? `, ○ at ${formatCount([...fewer][0]!)}` : '';
  return { label: `${shortName(line)}${images}`, band: true, ...looksOf(line, all), points };
}

const lowest = ({ points }: Line): number => Math.min(...points.map(({ value }) => value));

/** Lines of a data set along an axis. Of many those that come lowest have a name and a band, and no single settings. */
export function linesAlong(drawn: Drawn, axis: Axis, all: readonly string[]): Line[] {
  const lines = all.map((line) => lineOf(drawn, axis, line, all)).filter(({ points }) => points.length);
  const worth = lines.length > MOST_LABELS ? lines.filter(({ points }) => points.length > 1) : lines;
  const named = new Set([...worth].sort((a, b) => lowest(a) - lowest(b)).slice(0, MOST_LABELS));
  return lines.map((line) => (named.has(line) ? line : { ...line, label: '', band: false }));
}

/** What has neither N nor ψ. */
export function levelsOf({ cells, by, full }: Drawn): Level[] {
  return cells
    .filter(({ setting }) => !placeOf(setting).axis)
    .flatMap((cell, i): Level[] => {
      const estimate = estimateOf(cell, by);
      if (!estimate) return [];
      const size = isAside(cell, full) ? `, at ${formatCount(cell.images)}` : '';
      const label = i < MOST_LEVEL_LABELS ? `${shortName(cell.setting)}${size}` : '';
      return [{ ...estimate, label, colour: 'soft', dash: LEVEL_DASHES[i % LEVEL_DASHES.length] }];
    });
}

/** What was drawn of all data sets, in full; of lines that are too many their methods. */
export function namesLegend(drawn: readonly Drawn[], all: readonly string[]): LegendItem[] {
  const shown = drawn.flatMap(({ cells, by }) => cells.filter((cell) => estimateOf(cell, by)));
  const seen = new Set(shown.map(({ setting }) => placeOf(setting).line));
  const lines = all.filter((line) => seen.has(line));
  const levels = [...new Set(drawn.flatMap(({ cells }) => cells.map(({ setting }) => setting)))].filter(
    (setting) => !placeOf(setting).axis,
  );
  const methods = [...new Set(lines.map(methodOf))];
  return [
    ...(lines.length > MOST_LEGEND
      ? methods.map((method): LegendItem => {
          const { colour, symbol = 'circle' } = looksOf(lines.find((line) => methodOf(line) === method)!, all);
          return { colour, symbol, mark: 'dot', text: `${clean(nameOf(method))}, whatever its options` };
        })
      : lines.map((line): LegendItem => {
          const { colour, dash } = looksOf(line, all);
          return { colour, dash, mark: 'line', text: clean(nameOf(line)) };
        })),
    ...levels.flatMap((setting, i): LegendItem[] => {
      const dash = LEVEL_DASHES[i % LEVEL_DASHES.length];
      return seen.has(setting) ? [{ colour: 'soft', dash, mark: 'line', text: clean(nameOf(setting)) }] : [];
    }),
  ];
}

/** Whether a name is shortened at its line, or not there at all. */
export const isShort = (lines: readonly (Line | Level)[]): boolean =>
  lines.some(({ label }) => label === '' || label.includes('…'));
