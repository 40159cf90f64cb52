import { counted, decimalsOf, formatCount, formatFid } from './numbers.js';
import { ranking } from './ranking.js';
import type { Cell, Interval, Results } from './results.js';
import { cellsOf, tooFew } from './sentences.js';
import { nameOf } from './setting-name.js';
import { STYLE, xml } from './svg.js';
import { fullImages } from './table.js';
import { ticks } from './ticks.js';

/** The file of a data set's picture beside `report.md`; `index` is the data set's place, from 0. */
export const pictureName = (index: number): string => `fid-${index + 1}.svg`;

/** Rows that are drawn: a picture of more is read by nobody. */
const MOST_ROWS = 80;
const ROW = 22;
const PLOT = 400;
const NAME_LENGTH = 44;
/** Width of a letter at 13 px, on the wide side: fonts differ, and names must not run into the plot. */
const LETTER = 7.8;
const SMALL_LETTER = 6.6;

function shortened(text: string, most: number): string {
  const letters = Array.from(text);
  return letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : text;
}

/** A setting's place on the axis. */
interface Estimate {
  readonly value: number;
  readonly interval?: Interval | undefined;
}

/** What is drawn of a cell: FID∞ where ties were judged by it, else FIDₙ; nothing where its FID∞ cannot be trusted. */
function estimateOf({ fid, interval, unbiased }: Cell, by: 'fid' | 'fid∞'): Estimate | undefined {
  if (by === 'fid') return { value: fid, interval };
  return unbiased?.trusted ? { value: unbiased.value, interval: unbiased.interval } : undefined;
}

/** Where an estimate lies outside its interval, which may be cut off at 0: the end that is nearer to it. */
function nearerEnd({ value, interval }: Estimate): number | undefined {
  if (!interval) return undefined;
  const [low, high] = interval;
  return value < low ? low : value > high ? high : undefined;
}

type Group = 'tied' | 'apart' | 'dropped';

const at = (value: number): string => String(Math.round(10 * value) / 10);

/**
 * A forest plot of a data set's settings in the order of the ranking: a dot at FID∞ (FIDₙ where ties were judged by that), a bar
 * over its 95% interval, the leader and all that are not separated from it in one colour, what a race dropped hollow and grey
 * with its images. A self-contained SVG: no scripts, nothing loaded.
 *
 * @throws Error when there is no cell of that data set
 */
export function renderRaceSvg(results: Results, dataset: string): string {
  const all = ranking(cellsOf(results, dataset));
  if (!all.length) throw new Error(`there is no cell of the data set ${JSON.stringify(dataset)}`);
  const column = results.columns.find((one) => one.dataset === dataset);
  const by = column?.by ?? 'fid';
  const full = fullImages(all)!;
  const tied = new Set(column?.tied);
  const groupOf = ({ setting, status, images }: Cell): Group =>
    status === 'dropped' || images !== full ? 'dropped' : tied.has(setting) ? 'tied' : 'apart';
  const cells = all.slice(0, MOST_ROWS);
  const rows = cells.map((cell) => ({ cell, group: groupOf(cell), estimate: estimateOf(cell, by) }));
  const decimals = decimalsOf(cells.map((cell) => (by === 'fid' ? cell.standardError : cell.unbiased?.standardError)));

  const drawn = rows.flatMap(({ estimate }) => (estimate ? [estimate.value, ...(estimate.interval ?? [])] : []));
  const { low, high, marks } = ticks(drawn);
  const values = rows.map(({ estimate }) => (estimate ? formatFid(estimate.value, decimals) : 'no FID∞'));
  const sizes = rows.map(({ cell, group }) => (group === 'dropped' ? ` at ${formatCount(cell.images)}` : ''));
  const names = rows.map(({ cell }) => shortened(nameOf(cell.setting), NAME_LENGTH));
  const widest = (texts: readonly string[]) => LETTER * Math.max(...texts.map((text) => Array.from(text).length));

  const nameX = 52;
  const left = nameX + Math.max(80, widest(names)) + 16;
  const right = left + PLOT;
  // Values end below each other, so that their decimal points do; the images of what was dropped begin there.
  const valueX = right + 16 + widest(values);
  const width = valueX + widest(sizes) + 16;
  const top = 64;
  const bottom = top + ROW * rows.length + 4;
  const x = (value: number) => left + (PLOT * (value - low)) / (high - low);

  const what = by === 'fid∞' ? 'FID∞' : `FID at ${formatCount(full)} images`;
  const title = `${what} of each setting: ${shortened(dataset, 60)}`;
  const leader = column && nameOf(column.leader);
  const bars = rows.some(({ estimate }) => estimate?.interval);
  const few = tooFew(column, all) !== undefined;
  const judged = all.some(({ difference }) => difference) && !few;
  const sharing = few ? 'the images are too few to tell it from any other' : 'no other shares its rank';
  const leads =
    judged || few
      ? `${leader} leads; ${judged && tied.size > 1 ? `${tied.size} settings share its rank` : sharing}.`
      : `${leader} has the lowest.`;
  const outside = rows.some(({ estimate }) => estimate && nearerEnd(estimate) !== undefined);
  const description = [
    `${all.length} settings in the order of their rank, a dot at each FID${bars ? ' with a bar over its 95% interval' : ''}.`,
    ...(leader ? [leads] : []),
  ].join(' ');

  const legend = [
    {
      group: 'tied' as const,
      text: few ? 'not told apart: too few images' : tied.size > 1 ? 'leader and all not separated from it' : 'leader',
    },
    { group: 'apart' as const, text: judged ? 'separated from the leader' : 'not the lowest' },
    { group: 'dropped' as const, text: column?.race ? 'dropped on the way, at its images' : 'at fewer images' },
  ].filter(({ group }) => rows.some((row) => row.group === group));
  const chosen = column?.recommended?.setting;
  const notes = [
    by === 'fid∞'
      ? 'FID without the bias of few images; lower is better'
      : 'FID, bias of few images included; lower is better',
    ...(judged ? ['Ranks are by paired differences, not by whether these bars overlap.'] : []),
    ...(rows.some(({ cell }) => cell.setting === chosen) ? ['Bold: recommended.'] : []),
    ...(outside ? ['Dotted: from an estimate to its interval, where that does not reach it (no FID is below 0).'] : []),
    ...(all.length > cells.length
      ? [
          `${counted(all.length - cells.length, 'more setting')} ${all.length - cells.length === 1 ? 'stands' : 'stand'} in the report's table.`,
        ]
      : []),
  ];

  const out = [
    `<title id="title">${xml(title)}</title>`,
    `<desc id="desc">${xml(description)}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect class="page" width="100%" height="100%"/>`,
    `<text class="title" x="16" y="28">${xml(title)}</text>`,
    `<text class="small soft" x="40" y="${top - 10}" text-anchor="end">#</text>`,
    `<text class="small soft" x="${nameX}" y="${top - 10}">Setting</text>`,
  ];
  for (const { value, text } of marks) {
    out.push(
      `<line class="grid" x1="${at(x(value))}" y1="${top}" x2="${at(x(value))}" y2="${bottom}"/>`,
      `<text class="small soft" x="${at(x(value))}" y="${bottom + 18}" text-anchor="middle">${text}</text>`,
    );
  }
  const lead = rows.find(({ cell }) => cell.setting === column?.leader)?.estimate;
  if (lead)
    out.push(`<line class="lead" x1="${at(x(lead.value))}" y1="${top}" x2="${at(x(lead.value))}" y2="${bottom}"/>`);
  for (const [i, { cell, group, estimate }] of rows.entries()) {
    const y = top + ROW * i + ROW / 2 + 2;
    const weight = cell.setting === chosen ? ' class="chosen"' : '';
    out.push(
      `<g class="${group}">`,
      `<text x="40" y="${y + 4.5}" text-anchor="end">${cell.rank}</text>`,
      `<text x="${nameX}" y="${y + 4.5}"${weight}>${xml(names[i]!)}</text>`,
    );
    if (estimate?.interval) {
      const [from, to] = estimate.interval;
      out.push(`<line class="bar" x1="${at(x(from))}" y1="${y}" x2="${at(x(to))}" y2="${y}"/>`);
    }
    const end = estimate && nearerEnd(estimate);
    if (end !== undefined)
      out.push(
        `<line class="beyond" x1="${at(x(estimate!.value))}" y1="${y}" x2="${at(x(end))}" y2="${y}" stroke-dasharray="2 3"/>`,
      );
    if (estimate) out.push(`<circle cx="${at(x(estimate.value))}" cy="${y}" r="4"/>`);
    out.push(`<text x="${at(valueX)}" y="${y + 4.5}" text-anchor="end">${values[i]}</text>`);
    if (sizes[i]) out.push(`<text class="small" x="${at(valueX + 8)}" y="${y + 4.5}">${sizes[i].trim()}</text>`);
    out.push('</g>');
  }
  let place = left;
  for (const { group, text } of legend) {
    const y = bottom + 44;
    out.push(
      `<g class="${group}"><circle cx="${at(place + 4)}" cy="${y - 4}" r="4"/><text class="small" x="${at(place + 14)}" y="${y}">${text}</text></g>`,
    );
    place += 14 + SMALL_LETTER * text.length + 16;
  }
  for (const [i, note] of notes.entries())
    out.push(`<text class="small soft" x="${at(left)}" y="${bottom + 66 + 18 * i}">${xml(note)}</text>`);

  const height = bottom + 66 + 18 * notes.length;
  const wide = Math.ceil(Math.max(width, place));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title desc" width="${wide}" height="${height}" viewBox="0 0 ${wide} ${height}">`,
    ...out,
    '</svg>',
    '',
  ].join('\n');
}
