import * as Plot from '@observablehq/plot';
import { counted, decimalsOf, formatCount, formatFid } from './numbers.js';
import type { ReportPlot } from './plot.js';
import { domainOf, drawn } from './plot-draw.js';
import { type Estimate, estimateOf, extentOf, fullOf, hoverOf, isAside, nearerEnd } from './plot-estimate.js';
import { framed, type LegendItem } from './plot-frame.js';
import type { Colour } from './plot-style.js';
import { shortened, widest, widthOf } from './plot-text.js';
import { ranking } from './ranking.js';
import type { Cell, Column, Results } from './results.js';
import { cellsOf, tooFew } from './sentences.js';
import { nameOf } from './setting-name.js';
import { clean } from './svg.js';

/** Rows that are drawn: a picture of more is read by nobody. */
const MOST_ROWS = 80;
const ROW = 22;
const NAME_LENGTH = 44;
/** Where names begin, ranks ending left of it. */
const NAMES = 52;
const [MARGIN_TOP, MARGIN_BOTTOM] = [24, 30];

type Group = 'tied' | 'apart' | 'dropped';
const COLOURS: Readonly<Record<Group, Colour>> = { tied: 'tied', apart: 'ink', dropped: 'rest' };

interface Row {
  readonly i: number;
  readonly cell: Cell;
  readonly group: Group;
  readonly estimate: Estimate | undefined;
  readonly name: string;
  readonly value: string;
  /** Images, of what has fewer. */
  readonly size: string;
  readonly bold: boolean;
}

function rowsOf(all: readonly Cell[], column: Column | undefined): Row[] {
  const by = column?.by ?? 'fid';
  const full = fullOf(all);
  const cells = all.slice(0, MOST_ROWS);
  const decimals = decimalsOf(cells.map((cell) => (by === 'fid' ? cell.standardError : cell.unbiased?.standardError)));
  return cells.map((cell, i) => {
    const group = isAside(cell, full) ? 'dropped' : column?.tied.includes(cell.setting) ? 'tied' : 'apart';
    const estimate = estimateOf(cell, by);
    return {
      i,
      cell,
      group,
      estimate,
      name: shortened(clean(nameOf(cell.setting)), NAME_LENGTH),
      value: estimate ? formatFid(estimate.value, decimals) : 'no FID∞',
      size: group === 'dropped' ? `at ${formatCount(cell.images)}` : '',
      bold: cell.setting === column?.recommended?.setting,
    };
  });
}

/** Dots, bars, and dotted links from an estimate to its interval, in the colour of their group. */
function estimateMarks(rows: readonly Row[], decimals: number): Plot.Markish[] {
  const placed = rows.flatMap((row) => (row.estimate ? [{ ...row, ...row.estimate }] : []));
  return (['dropped', 'apart', 'tied'] as const).flatMap((group) => {
    const mine = placed.filter((row) => row.group === group);
    if (!mine.length) return [];
    const bars = mine.flatMap(({ i, interval }) => (interval ? [{ i, from: interval[0], to: interval[1] }] : []));
    const links = mine.flatMap((row) => {
      const to = nearerEnd(row);
      return to === undefined ? [] : [{ i: row.i, from: row.value, to }];
    });
    const line = { x1: 'from', x2: 'to', y: 'i' };
    const className = `${COLOURS[group]}_line`;
    return [
      ...(bars.length ? [Plot.ruleY(bars, { ...line, className: `${className}_interval`, strokeWidth: 2 })] : []),
      ...(links.length
        ? [Plot.ruleY(links, { ...line, className: `${className}_beyond`, strokeWidth: 1, strokeDasharray: '2 3' })]
        : []),
      Plot.dot(mine, {
        x: 'value',
        y: 'i',
        r: 4,
        strokeWidth: 2,
        className: `${COLOURS[group]}_${group === 'dropped' ? 'hollow' : 'dot'}`,
        title: (row: (typeof mine)[number]) =>
          hoverOf(row.cell.setting, row.estimate!, decimals, row.size && ` ${row.size} images`),
      }),
    ];
  });
}

/** A column of text beside the plot: `at` is its place from the frame's left or right side. */
function texts(
  rows: readonly Row[],
  text: (row: Row) => string,
  side: 'left' | 'right',
  at: number,
  textAnchor: 'start' | 'end',
  weight = '',
): Plot.Markish[] {
  return ([false, true] as const).flatMap((soft) => {
    const mine = rows.filter((row) => (row.group === 'dropped') === soft && text(row));
    const className = `${soft ? 'soft' : 'ink'}_name${weight}`;
    return mine.length
      ? [Plot.text(mine, { y: 'i', text, frameAnchor: side, dx: at, textAnchor, className, lineWidth: Infinity })]
      : [];
  });
}

/** What is to be known of how to read it. */
function notesOf(all: readonly Cell[], rows: readonly Row[], by: Column['by'], judged: boolean): string[] {
  const more = all.length - rows.length;
  return [
    by === 'fid∞'
      ? 'FID without the bias of few images; lower is better.'
      : 'FID, bias of few images included; lower is better.',
    ...(judged ? ['Ranks are by paired differences, not by whether these bars overlap.'] : []),
    ...(rows.some(({ bold }) => bold) ? ['Bold: recommended.'] : []),
    ...(rows.some(({ estimate }) => estimate && nearerEnd(estimate) !== undefined)
      ? ['Dotted: from an estimate to its interval, where that does not reach it (no FID is below 0).']
      : []),
    ...(more > 0 ? [`${counted(more, 'more setting')} ${more === 1 ? 'stands' : 'stand'} in the report's table.`] : []),
  ];
}

/**
 * A forest plot of a data set's settings in the order of the ranking: a dot at FID∞ (FIDₙ where ties were judged by that), a bar
 * over its 95% interval, the leader and all that are not separated from it in one colour, what a race dropped hollow and grey
 * with its images.
 *
 * @throws Error when there is no cell of that data set
 */
export function rankingPlot(results: Results, dataset: string, file: string): ReportPlot {
  const all = ranking(cellsOf(results, dataset));
  if (!all.length) throw new Error(`there is no cell of the data set ${JSON.stringify(dataset)}`);
  const column = results.columns.find((one) => one.dataset === dataset);
  const by = column?.by ?? 'fid';
  const rows = rowsOf(all, column);
  const decimals = decimalsOf(
    rows.map(({ cell }) => (by === 'fid' ? cell.standardError : cell.unbiased?.standardError)),
  );
  const tied = new Set(column?.tied);
  const few = tooFew(column, all) !== undefined;
  const judged = all.some(({ difference }) => difference) && !few;

  const nameRoom = Math.max(80, ...rows.map(({ name, bold }) => widthOf(name) * (bold ? 1.08 : 1)));
  const valueRoom = widest(rows.map(({ value }) => value));
  const sizeRoom = widest(
    rows.map(({ size }) => size),
    12,
  );
  const marginLeft = NAMES + nameRoom + 16;
  const marginRight = 16 + valueRoom + (sizeRoom ? 8 + sizeRoom : 0) + 16;
  // Wide enough for four marks, and no wider than the page where names leave room.
  const plotWidth = Math.max(280, Math.min(400, 760 - marginLeft - marginRight));
  const width = Math.ceil(marginLeft + plotWidth + marginRight);
  const height = ROW * rows.length + MARGIN_TOP + MARGIN_BOTTOM;
  const lead = rows.find(({ cell }) => cell.setting === column?.leader)?.estimate;
  const head = { frameAnchor: 'top-left' as const, dy: -18, className: 'soft_name_small' };
  const panel = drawn({
    width,
    height,
    marginLeft,
    marginRight,
    marginTop: MARGIN_TOP,
    marginBottom: MARGIN_BOTTOM,
    x: { type: 'linear', domain: domainOf(extentOf(rows.map(({ estimate }) => estimate))), label: null },
    y: { type: 'linear', domain: [rows.length - 0.5, -0.5], axis: null },
    marks: [
      Plot.gridX({ ticks: 5 }),
      Plot.axisX({ ticks: 5, tickSize: 0, label: null }),
      Plot.text(['#'], { ...head, dx: 40 - marginLeft, textAnchor: 'end' }),
      Plot.text(['Setting'], { ...head, dx: NAMES - marginLeft, textAnchor: 'start' }),
      ...(lead ? [Plot.ruleX([lead.value], { className: 'tied_line_lead', strokeDasharray: '3 4' })] : []),
      ...estimateMarks(rows, decimals),
      ...texts(rows, ({ cell }) => String(cell.rank), 'left', 40 - marginLeft, 'end'),
      ...texts(rows, ({ name, bold }) => (bold ? '' : name), 'left', NAMES - marginLeft, 'start'),
      ...texts(rows, ({ name, bold }) => (bold ? name : ''), 'left', NAMES - marginLeft, 'start', '_bold'),
      ...texts(rows, ({ value }) => value, 'right', 16 + valueRoom, 'end'),
      ...texts(rows, ({ size }) => size, 'right', 24 + valueRoom, 'start', '_small'),
    ],
  });

  const of = by === 'fid∞' ? 'FID∞' : `FID at ${formatCount(fullOf(all))} images`;
  const title = `${of} of each setting: ${shortened(clean(dataset), 60)}`;
  const leader = column && nameOf(column.leader);
  const sharing = few ? 'the images are too few to tell it from any other' : 'no other shares its rank';
  const leads =
    judged || few
      ? `${leader} leads; ${judged && tied.size > 1 ? `${tied.size} settings share its rank` : sharing}.`
      : `${leader} has the lowest.`;
  const bars = rows.some(({ estimate }) => estimate?.interval) ? ' with a bar over its 95% interval' : '';
  const description = [
    `${counted(all.length, 'setting')} in the order of their rank, a dot at each FID${bars}.`,
    ...(leader ? [leads] : []),
  ].join(' ');
  const legend: (LegendItem & { group: Group })[] = [
    {
      group: 'tied',
      colour: 'tied',
      mark: 'dot',
      text: few ? 'not told apart: too few images' : tied.size > 1 ? 'leader and all not separated from it' : 'leader',
    },
    { group: 'apart', colour: 'ink', mark: 'dot', text: judged ? 'separated from the leader' : 'not the lowest' },
    {
      group: 'dropped',
      colour: 'rest',
      mark: 'hollow',
      text: column?.race ? 'dropped on the way, at its images' : 'at fewer images',
    },
  ];
  const svg = framed({
    file,
    title,
    description,
    panels: [{ ...panel, x: 0, y: 0 }],
    legend: legend.filter(({ group }) => rows.some((row) => row.group === group)),
    notes: notesOf(all, rows, by, judged),
    left: NAMES,
  });
  return { file, kind: 'ranking', dataset, title, description, svg };
}
