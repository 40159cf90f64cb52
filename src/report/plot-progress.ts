import { formatCount, formatFid } from './numbers.js';
import { framed, type LegendItem } from './plot-frame.js';
import { type Line, linesPanel } from './plot-lines.js';
import { SERIES } from './plot-style.js';
import { shortened } from './plot-text.js';
import { clean } from './svg.js';

export interface ProgressSeries {
  /** Setting key. */
  readonly setting: string;
  readonly label: string;
  /** Series of a group share a colour: a method's, say. */
  readonly group: string;
  /** In any order. */
  readonly points: readonly { readonly images: number; readonly fid: number }[];
}

export interface Progress {
  readonly title: string;
  readonly description: string;
  readonly series: readonly ProgressSeries[];
  /** Its file: ids are made of its name. */
  readonly file?: string;
}

const MOST_LABELS = 12;
const NAME_LENGTH = 24;
/** Points that each have a dot, at most. */
const MOST_DOTS = 600;
const DASHES = [undefined, '6 3', '2 3'] as const;

/** FID of each setting against its images as blocks land; the lowest are named. Values that are not finite are left out. */
export function linesPlot({ title, description, series, file = 'progress.svg' }: Progress): string {
  const groups = [...new Set(series.map(({ group }) => group))];
  const finite = series
    .map(({ points, ...one }) => ({
      ...one,
      points: points
        .filter(({ images, fid }) => images > 0 && Number.isFinite(fid))
        .sort((a, b) => a.images - b.images),
    }))
    .filter(({ points }) => points.length);
  const lowest = [...finite].sort((a, b) => a.points.at(-1)!.fid - b.points.at(-1)!.fid);
  const named = new Set(lowest.slice(0, MOST_LABELS).map(({ setting }) => setting));
  const look = (group: string) => {
    const place = groups.indexOf(group);
    const round = Math.floor(place / SERIES.length);
    return { colour: SERIES[place % SERIES.length]!, dash: DASHES[Math.min(round, DASHES.length - 1)] };
  };
  const bare = finite.reduce((sum, { points }) => sum + points.length, 0) > MOST_DOTS;
  const lines = finite.map(({ setting, label, group, points }): Line => {
    const name = clean(label);
    return {
      label: named.has(setting) ? shortened(name, NAME_LENGTH) : '',
      ...look(group),
      width: 1.5,
      bare,
      points: points.map(({ images, fid }) => ({
        x: images,
        value: fid,
        hover: `${name}: ${formatFid(fid)} at ${formatCount(images)} images`,
      })),
    };
  });
  const unnamed = lines.length - named.size;
  return framed({
    file,
    title,
    description,
    panels: lines.length
      ? [
          {
            ...linesPanel({
              lines,
              x: { label: 'Images a setting' },
              y: { label: 'FIDₙ' },
              width: 640,
              height: 380,
              format: formatCount,
            }),
            x: 0,
            y: 0,
          },
        ]
      : [],
    legend: groups.length > 1 ? groups.map((group): LegendItem => ({ ...look(group), mark: 'line', text: group })) : [],
    notes: [
      lines.length ? 'FIDₙ falls with n as its bias does; lower is better at the same n.' : 'No block has landed yet.',
      ...(unnamed > 0 ? [`${unnamed} higher ${unnamed === 1 ? 'line has' : 'lines have'} no name.`] : []),
    ],
  });
}
