import * as Plot from '@observablehq/plot';
import { domainOf, drawn, type Extent, heading, type Panel } from './plot-draw.js';
import { type Estimate, extentOf } from './plot-estimate.js';
import { spread } from './plot-labels.js';
import type { Colour } from './plot-style.js';
import { widest } from './plot-text.js';

export interface LinePoint extends Estimate {
  readonly x: number;
  /** What is said when it is pointed at; free of characters that XML does not have, as all texts here. */
  readonly hover: string;
  /** Not comparable with the others: hollow, and no part of the line. */
  readonly aside?: boolean;
  /** Small, above the point. */
  readonly text?: string;
}

export interface Line {
  /** At its end; empty for none. */
  readonly label: string;
  readonly colour: Colour;
  readonly dash?: string | undefined;
  readonly symbol?: 'circle' | 'square' | 'triangle' | 'diamond' | 'star' | undefined;
  readonly width?: number;
  /** Its intervals as a band; of a single point, and of those aside, as a bar. */
  readonly band?: boolean;
  /** Whether it ends with a cross. */
  readonly ends?: boolean;
  /** Whether only its last point has a dot: of points that are too many. */
  readonly bare?: boolean;
  readonly points: readonly LinePoint[];
}

/** A value that depends on nothing: across the whole panel. */
export interface Level extends Estimate {
  readonly label: string;
  readonly colour: Colour;
  readonly dash?: string | undefined;
}

export interface LinesPanel {
  readonly lines: readonly Line[];
  readonly levels?: readonly Level[];
  readonly x: { readonly label: string; readonly log?: boolean; readonly ticks?: readonly number[] };
  readonly y: { readonly label: string; readonly domain?: readonly [number, number] };
  readonly width: number;
  readonly height: number;
  /** Room for labels; as much as they need where it is not given. */
  readonly right?: number;
  readonly format?: (x: number) => string;
  /** Counts and the like along the top, at x. */
  readonly top?: readonly { readonly x: number; readonly text: string }[];
}

const RADIUS = 3.5;
const GAP = 15;
/** From the frame to its labels. */
const LINK = 20;

/** The room that labels take right of a panel. */
export const labelRoom = (labels: readonly string[]): number => Math.ceil(LINK + 12 + widest(labels, 12));

function lineMarks({ colour, dash, symbol = 'circle', width = 1.75, band, ends, bare, points }: Line): Plot.Markish[] {
  const main = points.filter(({ aside }) => !aside).sort((a, b) => a.x - b.x);
  const aside = points.filter((point) => point.aside);
  const bounded = main.flatMap(({ x, interval }) => (interval ? [{ x, low: interval[0], high: interval[1] }] : []));
  const banded = band && bounded.length > 1;
  const barred = [...(banded || !band ? [] : main), ...(band ? aside : [])].flatMap(({ x, interval }) =>
    interval ? [{ x, low: interval[0], high: interval[1] }] : [],
  );
  const ordinates = { x: 'x', y1: 'low', y2: 'high' };
  const at = { x: 'x', y: 'value', title: 'hover' };
  const texts = points.filter(({ text }) => text);
  const last = main.at(-1);
  const dotted = main.filter((point) => (point === last ? !ends : !bare));
  return [
    ...(banded ? [Plot.areaY(bounded, { ...ordinates, className: `${colour}_band` })] : []),
    ...(barred.length ? [Plot.ruleX(barred, { ...ordinates, className: `${colour}_line`, strokeWidth: 1.25 })] : []),
    ...(main.length > 1
      ? [
          Plot.line(main, {
            x: 'x',
            y: 'value',
            className: `${colour}_line`,
            strokeWidth: width,
            ...(dash && { strokeDasharray: dash }),
          }),
        ]
      : []),
    ...(dotted.length
      ? [
          Plot.dot(dotted, {
            ...at,
            symbol,
            r: RADIUS,
            strokeWidth: 1,
            className: `${colour}_dot`,
          }),
        ]
      : []),
    ...(ends && last
      ? [Plot.dot([last], { ...at, symbol: 'times', r: 5, strokeWidth: 2, className: `${colour}_line_cross` })]
      : []),
    ...(aside.length
      ? [Plot.dot(aside, { ...at, symbol, r: RADIUS, strokeWidth: 1.75, className: `${colour}_hollow` })]
      : []),
    ...(texts.length
      ? [Plot.text(texts, { x: 'x', y: 'value', text: 'text', dy: -12, className: `soft_name_small_halo` })]
      : []),
  ];
}

function levelMarks({ value, interval, colour, dash }: Level, [from, to]: readonly [number, number]): Plot.Markish[] {
  const ends = [from, to].map((x) => ({ x, low: interval?.[0], high: interval?.[1] }));
  return [
    ...(interval ? [Plot.areaY(ends, { x: 'x', y1: 'low', y2: 'high', className: `${colour}_band` })] : []),
    Plot.ruleY([value], {
      className: `${colour}_line_level`,
      strokeWidth: 1.5,
      ...(dash && { strokeDasharray: dash }),
    }),
  ];
}

/** What of a line is drawn: intervals only where it has a band. */
const shownOf = ({ points, band }: Line): readonly Estimate[] =>
  band ? points : points.map(({ value }) => ({ value }));

/** Lines with bands over an axis, with labels at their ends that keep apart. */
export function linesPanel(panel: LinesPanel): Panel {
  const { lines, levels = [], x, y, format, top } = panel;
  const labels = [
    ...lines.flatMap(({ label, colour, points }) => {
      const last = [...points].sort((a, b) => a.x - b.x).at(-1);
      return label && last ? [{ text: label, colour, value: last.value }] : [];
    }),
    ...levels.flatMap(({ label, colour, value }) => (label ? [{ text: label, colour, value }] : [])),
  ];
  const extent: Extent = {
    width: panel.width,
    height: panel.height,
    marginLeft: 56,
    marginRight: panel.right ?? labelRoom(labels.map(({ text }) => text)),
    marginTop: top ? 44 : 28,
    marginBottom: 44,
  };
  const places = [...lines.flatMap(({ points }) => points.map((point) => point.x)), ...(x.ticks ?? [])];
  const [least, most] = [Math.min(...places), Math.max(...places)];
  const domain: [number, number] = x.log
    ? least < most
      ? [least / (most / least) ** 0.04, most * (most / least) ** 0.02]
      : [least / 1.5, most * 1.02]
    : domainOf(places);
  const ticks = x.ticks ? { ticks: [...x.ticks] } : { ticks: 6 };
  return drawn(
    {
      ...extent,
      x: { type: x.log ? 'log' : 'linear', domain, label: null },
      y: {
        type: 'linear',
        domain: [...(y.domain ?? domainOf(extentOf([...levels, ...lines.flatMap(shownOf)])))],
        label: null,
      },
      marks: [
        Plot.gridY({ ticks: 5 }),
        Plot.axisY({ ticks: 5, tickSize: 0, label: null }),
        heading(y.label, extent),
        Plot.axisX({
          ...ticks,
          tickSize: 4,
          label: x.label,
          labelArrow: 'none',
          labelAnchor: 'center',
          ...(format && { tickFormat: format }),
        }),
        ...levels.flatMap((level) => levelMarks(level, domain)),
        ...lines.flatMap(lineMarks),
        ...(top
          ? [Plot.text([...top], { x: 'x', text: 'text', frameAnchor: 'top', dy: -10, className: 'soft_name_small' })]
          : []),
      ],
    },
    (to) => {
      const natural = labels.map(({ value }) => to.y(value));
      const kept = spread(natural, GAP, [extent.marginTop, extent.height - extent.marginBottom]);
      const edge = extent.width - extent.marginRight;
      return labels.flatMap(({ text, colour, value }, i) => {
        const link = { x1: to.xOf(edge + 3), y1: value, x2: to.xOf(edge + LINK - 3), y2: to.yOf(kept[i]!) };
        return [
          Plot.link([link], {
            x1: 'x1',
            y1: 'y1',
            x2: 'x2',
            y2: 'y2',
            strokeWidth: 0.75,
            className: `${colour}_line_link`,
          }),
          Plot.text([value], {
            y: (d: number) => d,
            text: [text],
            frameAnchor: 'right',
            textAnchor: 'start',
            dx: LINK,
            dy: kept[i]! - natural[i]!,
            className: `${colour}_name_small_end`,
          }),
        ];
      });
    },
  );
}
