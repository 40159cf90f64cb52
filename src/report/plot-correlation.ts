import { framed, type LegendItem } from './plot-frame.js';
import { type ScatterPoint, scatterPanel } from './plot-scatter.js';
import { SERIES } from './plot-style.js';
import { shortened } from './plot-text.js';
import type { Interval } from './results.js';
import { clean } from './svg.js';

export interface CorrelationPoint {
  readonly label: string;
  /** Points of a group share a colour and a symbol. */
  readonly group: string;
  readonly x: number;
  readonly y: number;
  /** 95% about x. */
  readonly xInterval?: Interval | undefined;
}

export interface Correlation {
  readonly title: string;
  readonly description: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly points: readonly CorrelationPoint[];
  /** Its file: ids are made of its name. */
  readonly file?: string;
}

const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'star'] as const;
const MOST_GROUPS = SERIES.length;
const NAME_LENGTH = 24;

/**
 * A scatter of two quantities, a dot a setting with its name beside it where there is room, groups by colour and symbol; those beyond
 * the seventh share the last's. Values that are not finite are left out.
 */
export function correlationPlot({
  title,
  description,
  xLabel,
  yLabel,
  points,
  file = 'correlation.svg',
}: Correlation): string {
  const groups = [...new Set(points.map(({ group }) => group))];
  const finite = points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  const place = (group: string) => Math.min(groups.indexOf(group), MOST_GROUPS - 1);
  const panel = scatterPanel({
    points: finite.map(
      ({ label, group, x, y, xInterval }): ScatterPoint => ({
        x,
        y,
        xInterval,
        r: 4,
        colour: SERIES[place(group)]!,
        symbol: SYMBOLS[place(group) % SYMBOLS.length],
        label: shortened(clean(label), NAME_LENGTH),
        hover: clean(`${label}${groups.length > 1 ? `, ${group}` : ''}: ${x}, ${y}`),
      }),
    ),
    xLabel: clean(xLabel),
    yLabel: clean(yLabel),
    width: 640,
    height: 440,
  });
  const legend = groups.slice(0, MOST_GROUPS).map(
    (group, i): LegendItem => ({
      colour: SERIES[i]!,
      mark: 'dot',
      symbol: SYMBOLS[i % SYMBOLS.length]!,
      text: `${shortened(group, 40)}${i === MOST_GROUPS - 1 && groups.length > MOST_GROUPS ? ' and others' : ''}`,
    }),
  );
  const left = points.length - finite.length;
  return framed({
    file,
    title,
    description,
    panels: [{ ...panel, x: 0, y: 0 }],
    legend: groups.length > 1 ? legend : [],
    notes: [
      ...(points.some(({ xInterval }) => xInterval) ? ['Bars: 95% intervals.'] : []),
      ...(left ? [`Not drawn: ${left} without both values.`] : []),
      ...(panel.unlabelled
        ? [`${panel.unlabelled} ${panel.unlabelled === 1 ? 'name has' : 'names have'} no room.`]
        : []),
    ],
  });
}
