import type { LiveFid, LiveFids } from './live-fid.js';
import { livePlot } from './live-plot.js';
import type { Decided } from './live-progress.js';
import type { LiveColumn } from './report/dashboard-run.js';
import type { Look } from './report/results.js';
import type { TableCell } from './report/table.js';
import type { RunRecord } from './store/record.js';

/** A look's FIDs, by setting. */
interface Standings {
  readonly images: number;
  readonly fids: ReadonlyMap<string, number>;
}

/** Those of the looks that keep them; what is no number comes from a damaged folder. */
const standingsOf = (looks: readonly Look[]): Standings[] =>
  looks.map(({ images, standings = [] }) => ({
    images,
    fids: new Map(standings.flatMap(({ setting, fid }) => (Number.isFinite(fid) ? [[setting, fid]] : []))),
  }));

/** Points of a setting by the looks of its race, and by what was measured besides; those of the race where both have one. */
function pointsOf(setting: string, looks: readonly Standings[], measured: readonly LiveFid[]): LiveFid[] {
  const points = new Map(measured.map((point) => [point.images, point]));
  for (const { images, fids } of looks) {
    const fid = fids.get(setting);
    if (fid !== undefined) points.set(images, { images, fid });
  }
  return [...points.values()].sort((a, b) => a.images - b.images);
}

/** A plot that was drawn, and of what. */
export interface Drawn {
  readonly of: string;
  readonly plot: string | undefined;
}

/**
 * What is known of each data set: FIDs by the looks of its race and by what was measured here, whichever is of more images.
 *
 * @param races by data set, where settings are raced
 * @param fids as far as anything was measured
 * @param drawn plots by data set: what is the same is not drawn again
 */
export function columnsOf(
  { datasets, settings, selection }: RunRecord,
  races: readonly (Decided | undefined)[],
  fids: LiveFids | undefined,
  drawn: Map<number, Drawn>,
): LiveColumn[] {
  return datasets.map(({ name }, d): LiveColumn => {
    const race = races[d];
    const left = new Set(race?.alive ?? settings);
    // Looks are by the half that chooses, where there is one.
    const looks = selection ? [] : standingsOf(race?.looks ?? []);
    const shown = fids?.shown(d);
    // Only as a whole: of those that are left, all are to stand at the same images.
    const seen = looks.at(-1)?.images ?? 0;
    const isAhead = !seen || [...left].every((setting) => (shown?.get(setting)?.images ?? 0) > seen);
    const cells = settings.flatMap((setting): TableCell[] => {
      const own = isAhead || !left.has(setting) ? shown?.get(setting) : undefined;
      const look = pointsOf(setting, looks, []).at(-1);
      const fid = own && own.images > (look?.images ?? 0) ? own : look;
      return fid ? [{ dataset: name, setting, status: left.has(setting) ? 'measured' : 'dropped', ...fid }] : [];
    });
    const series = settings.map((setting) => ({
      setting,
      points: pointsOf(setting, looks, fids?.points(d, setting) ?? []),
    }));
    const of = JSON.stringify(series.map(({ points }) => points.map(({ images }) => images)));
    const before = drawn.get(d);
    const plot = before?.of === of ? before.plot : livePlot(name, d, series);
    drawn.set(d, { of, plot });
    return {
      dataset: name,
      cells,
      left: left.size,
      ...(race?.ended && { ended: race.ended }),
      ...(plot !== undefined && { plot }),
    };
  });
}
