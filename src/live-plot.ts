import type { LiveFid } from './live-fid.js';
import { linesPlot } from './report/plot-progress.js';
import { describeSetting, nameOf } from './report/setting-name.js';

/** Lines of a plot at most: of more none can be told from another. */
const MOST_LINES = 200;

/**
 * FID against images of the settings of a data set, as an SVG; nothing before a setting was measured at two numbers of
 * images.
 *
 * @param place of the data set in its run
 */
export function livePlot(
  dataset: string,
  place: number,
  series: readonly { readonly setting: string; readonly points: readonly LiveFid[] }[],
): string | undefined {
  const lines = series
    .filter(({ points }) => points.length)
    .slice(0, MOST_LINES)
    .map(({ setting, points }) => {
      const { name, method } = describeSetting(setting);
      return { setting, label: name, group: nameOf(method), points };
    });
  if (!lines.some(({ points }) => points.length > 1)) return undefined;
  return linesPlot({
    file: `progress-${place + 1}.svg`,
    title: `${dataset}: FID as images are made`,
    description: `FID of each setting on ${dataset} against the images it was measured on so far; the table has the last of each.`,
    series: lines,
  });
}
