import * as Plot from '@observablehq/plot';
import { domainOf, drawn, heading, type Panel } from './plot-draw.js';
import { placeLabels } from './plot-labels.js';
import type { Colour } from './plot-style.js';
import type { Interval } from './results.js';

export interface ScatterPoint {
  readonly x: number;
  readonly y: number;
  readonly xInterval?: Interval | undefined;
  readonly yInterval?: Interval | undefined;
  readonly r: number;
  readonly colour: Colour;
  readonly symbol?: 'circle' | 'square' | 'triangle' | 'diamond' | 'star' | undefined;
  readonly hollow?: boolean;
  readonly ring?: boolean;
  readonly bold?: boolean;
  /** Beside it where there is room, the first points' before the others'; empty for none. */
  readonly label: string;
  readonly hover: string;
}

export interface Scatter {
  readonly points: readonly ScatterPoint[];
  /** Points that are joined. */
  readonly path?: readonly { readonly x: number; readonly y: number }[];
  readonly xLabel: string;
  readonly yLabel: string;
  readonly width: number;
  readonly height: number;
}

const MARGINS = { marginLeft: 56, marginRight: 24, marginTop: 28, marginBottom: 44 };
const FAR = 0.08;

/** Points with their labels beside them. `unlabelled`: how many there was no room for. */
export function scatterPanel({ points, path = [], ...rest }: Scatter): Panel & { readonly unlabelled: number } {
  const { xLabel, yLabel, width, height } = rest;
  const along = points.flatMap(({ x, xInterval = [] }) => [x, ...xInterval]);
  const up = points.flatMap(({ y, yInterval = [] }) => [y, ...yInterval]);
  // Large dots lie below small ones.
  const dots = [...points].sort((a, b) => b.r - a.r);
  const bars = (pick: (point: ScatterPoint) => Interval | undefined) =>
    points.flatMap((point) => {
      const interval = pick(point);
      return interval ? [{ ...point, low: interval[0], high: interval[1] }] : [];
    });
  let unlabelled = 0;
  const panel = drawn(
    {
      width,
      height,
      ...MARGINS,
      x: { type: 'linear', domain: domainOf(along, FAR), label: null },
      y: { type: 'linear', domain: domainOf(up, FAR), label: null },
      marks: [
        Plot.gridX({ ticks: 6 }),
        Plot.gridY({ ticks: 6 }),
        Plot.axisY({ ticks: 6, tickSize: 0, label: null }),
        heading(yLabel, MARGINS),
        Plot.axisX({ ticks: 6, tickSize: 0, label: xLabel, labelArrow: 'none', labelAnchor: 'center' }),
        ...(path.length > 1
          ? [
              Plot.line([...path], {
                x: 'x',
                y: 'y',
                className: 'tied_line_front',
                strokeWidth: 1.5,
                strokeDasharray: '5 3',
              }),
            ]
          : []),
        ...bars(({ xInterval }) => xInterval).map((one) =>
          Plot.ruleY([one], {
            x1: 'low',
            x2: 'high',
            y: 'y',
            className: `${one.colour}_line_interval`,
            strokeWidth: 1.25,
          }),
        ),
        ...bars(({ yInterval }) => yInterval).map((one) =>
          Plot.ruleX([one], {
            y1: 'low',
            y2: 'high',
            x: 'x',
            className: `${one.colour}_line_interval`,
            strokeWidth: 1.25,
          }),
        ),
        ...dots.flatMap((one) => {
          const at = { x: 'x', y: 'y' };
          const className = `${one.colour}_${one.hollow ? 'hollow' : 'dot_edged'}`;
          return [
            Plot.dot([one], {
              ...at,
              r: one.r,
              symbol: one.symbol ?? 'circle',
              title: 'hover',
              strokeWidth: 1.5,
              className,
            }),
            ...(one.ring ? [Plot.dot([one], { ...at, r: one.r + 4, strokeWidth: 1.5, className: 'ink_ring' })] : []),
          ];
        }),
      ],
    },
    (to) => {
      const { marginLeft: left, marginTop: top } = MARGINS;
      const frame = { left, top: top - 8, right: width - 4, bottom: height - MARGINS.marginBottom };
      const placed = placeLabels(
        points.map(({ x, y, r, label, ring }) => ({ x: to.x(x), y: to.y(y), r: ring ? r + 4 : r, text: label })),
        frame,
        [
          path.map(({ x, y }) => ({ x: to.x(x), y: to.y(y) })),
          ...points.map(({ y, xInterval = [] }) => xInterval.map((x) => ({ x: to.x(x), y: to.y(y) }))),
          ...points.map(({ x, yInterval = [] }) => yInterval.map((y) => ({ x: to.x(x), y: to.y(y) }))),
        ],
      );
      unlabelled = placed.filter((place, i) => !place && points[i]!.label).length;
      return placed.flatMap((place, i) => {
        const point = points[i]!;
        if (!place) return [];
        return [
          Plot.text([point], {
            x: 'x',
            y: 'y',
            text: ({ label }: ScatterPoint) => label,
            dx: place.dx,
            dy: place.dy,
            textAnchor: place.anchor,
            className: `${point.colour}_name_small_halo${point.bold ? '_bold' : ''}`,
          }),
        ];
      });
    },
  );
  return { ...panel, unlabelled };
}
