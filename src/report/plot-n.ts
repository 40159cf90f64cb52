import { formatCount } from './numbers.js';
import type { ReportPlot } from './plot.js';
import { domainOf, type Panel } from './plot-draw.js';
import { estimateOf, extentOf, isAside } from './plot-estimate.js';
import { framed, type LegendItem } from './plot-frame.js';
import { type Level, type Line, labelRoom, linesPanel } from './plot-lines.js';
import {
  type Axis,
  axesOf,
  type Drawn,
  drawnOf,
  isShort,
  levelsOf,
  linesAlong,
  linesOf,
  namesLegend,
} from './plot-n-lines.js';
import { shortened } from './plot-text.js';
import type { Results } from './results.js';
import { nameOf } from './setting-name.js';
import { clean } from './svg.js';

const AXIS_LABELS: Readonly<Record<Axis, string>> = { N: 'N, base images mixed', ψ: 'Truncation ψ' };
const [WIDTH, HEIGHT] = [640, 340];
/** Of one panel of several, two beside each other. */
const [SMALL_WIDTH, SMALL_HEIGHT] = [330, 236];
const MOST_NAMED = 6;

/** A panel's parts. */
interface Parts {
  readonly drawn: Drawn;
  readonly axis: Axis;
  readonly lines: readonly Line[];
  readonly levels: readonly Level[];
}

const partsOf = (drawn: Drawn, all: readonly string[]): Parts[] =>
  axesOf(drawn).map((axis) => ({ drawn, axis, lines: linesAlong(drawn, axis, all), levels: levelsOf(drawn) }));

const quantity = ({ by, full }: Drawn): string => (by === 'fid∞' ? 'FID∞' : `FID at ${formatCount(full)} images`);

function panelOf({ drawn, axis, lines, levels }: Parts, size: { width: number; height: number; right: number }): Panel {
  const places = lines.flatMap(({ points }) => points.map(({ x }) => x));
  const [least, most] = [Math.min(...places), Math.max(...places)];
  const whole = Array.from({ length: most - least + 1 }, (_, i) => least + i);
  return linesPanel({
    lines,
    levels,
    x: { label: AXIS_LABELS[axis], ...(axis === 'N' && { ticks: whole }) },
    // The same for N and ψ of a data set.
    y: { label: quantity(drawn), domain: domainOf(extentOf(drawn.cells.map((cell) => estimateOf(cell, drawn.by)))) },
    format: String,
    ...size,
  });
}

function legendOf(parts: readonly Parts[], all: readonly string[], names: boolean): LegendItem[] {
  const drawn = parts.map((one) => one.drawn);
  const banded = parts.some(
    ({ lines, levels }) =>
      levels.some(({ interval }) => interval) ||
      lines.some(({ band, points }) => band && points.some(({ interval }) => interval)),
  );
  return [
    ...(names ? namesLegend(drawn, all) : []),
    ...(banded ? [{ colour: 'soft', mark: 'band', text: '95% of each' } as const] : []),
    ...(parts.some(({ lines }) => lines.some(({ points }) => points.some(({ aside }) => aside)))
      ? [{ colour: 'soft', mark: 'hollow', text: 'of fewer images' } as const]
      : []),
  ];
}

function notesOf(drawn: readonly Drawn[]): string[] {
  const missing = drawn.flatMap(({ cells, by }) => cells.filter((cell) => !estimateOf(cell, by)));
  const biased = drawn.some(({ by }) => by === 'fid');
  const fewer = drawn.some(({ cells, full, by }) => by === 'fid' && cells.some((cell) => isAside(cell, full)));
  return [
    biased ? 'Lower is better. FID at n images has a bias that falls with n.' : 'Lower is better.',
    ...(fewer ? ['What has fewer images is biased further upwards: it is not to be compared with the rest.'] : []),
    ...(missing.length
      ? [`Not drawn: ${missing.length} that ended before there was a FID∞ to be trusted; the ranking has them.`]
      : []),
  ];
}

/** Where each line is lowest, of those that are compared. */
function lowestSentence(parts: readonly Parts[], all: readonly string[]): string {
  const texts = parts.flatMap(({ drawn, axis }) =>
    all.flatMap((line) => {
      const points = linesAlong(drawn, axis, [line]).flatMap((one) => one.points.filter(({ aside }) => !aside));
      if (points.length < 2) return [];
      const best = points.reduce((a, b) => (b.value < a.value ? b : a));
      return [`${nameOf(line)} is lowest at ${axis} = ${best.x}`];
    }),
  );
  return texts.length ? ` ${texts.slice(0, MOST_NAMED).join('; ')}.` : '';
}

const SHOWN =
  'A line for each way of mixing, with a band over its 95% intervals where they are known; what mixes nothing as a level.';

/** FID of a data set against N (against ψ, of a generator's truncation): nothing where neither varies. */
export function nPlot(settings: readonly string[], results: Results, dataset: string, file: string): ReportPlot[] {
  const drawn = drawnOf(results, dataset);
  const all = linesOf(settings);
  const parts = partsOf(drawn, all);
  if (!parts.length) return [];
  const marked = parts.flatMap(({ lines, levels }) => [...lines, ...levels]);
  const right = labelRoom(marked.map(({ label }) => label));
  const panels = parts.map((one, i) => ({
    ...panelOf(one, { width: WIDTH, height: HEIGHT, right }),
    x: 0,
    y: i * (HEIGHT + 8),
  }));
  const title = `${quantity(drawn)} against ${parts.map(({ axis }) => axis).join(' and ')}: ${shortened(clean(dataset), 60)}`;
  const description = `${SHOWN}${lowestSentence(parts, all)}`;
  const unnamed = parts.flatMap(({ lines }) => lines.filter(({ label }) => !label)).length;
  const svg = framed({
    file,
    title,
    description,
    panels,
    legend: legendOf(parts, all, isShort(marked)),
    notes: [
      ...notesOf([drawn]),
      ...(unnamed
        ? [
            `${unnamed} more, the highest lines and single settings, ${unnamed === 1 ? 'has' : 'have'} no name and no band.`,
          ]
        : []),
    ],
  });
  return [{ file, kind: 'n', dataset, title, description, svg }];
}

/** The same of several data sets beside each other, each to its own scale: nothing where fewer than two have one. */
export function nPlots(
  settings: readonly string[],
  results: Results,
  datasets: readonly string[],
  file: string,
): ReportPlot[] {
  const all = linesOf(settings);
  const parts = datasets.flatMap((dataset) =>
    partsOf(drawnOf(results, dataset), all).map((one) => ({ dataset, ...one })),
  );
  const names = [...new Set(parts.map(({ dataset }) => dataset))];
  if (names.length < 2) return [];
  const panels = parts.map(({ dataset, lines, levels, ...one }, i) => {
    const bare = {
      ...one,
      lines: lines.map((line) => ({ ...line, label: '' })),
      levels: levels.map((level) => ({ ...level, label: '' })),
    };
    const panel = panelOf(bare, { width: SMALL_WIDTH, height: SMALL_HEIGHT, right: 12 });
    const [x, y] = [SMALL_WIDTH * (i % 2), 18 + (SMALL_HEIGHT + 26) * Math.floor(i / 2)];
    return { ...panel, x, y, head: shortened(clean(dataset), 34) };
  });
  const title = `FID against ${[...new Set(parts.map(({ axis }) => axis))].join(' and ')}, data set by data set`;
  const description = `A panel for each of ${names.length} data sets, to its own scale: ${names.map(clean).join(', ')}. ${SHOWN}`;
  const svg = framed({
    file,
    title,
    description,
    panels,
    legend: legendOf(parts, all, true),
    notes: ['Each panel has a scale of its own.', ...notesOf(datasets.map((dataset) => drawnOf(results, dataset)))],
  });
  return [{ file, kind: 'n', title, description, svg }];
}
