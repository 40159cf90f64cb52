import { decimalsOf, formatCount } from './numbers.js';
import type { ReportPlot } from './plot.js';
import { estimateOf, fullOf, hoverOf, isAside } from './plot-estimate.js';
import { framed, type LegendItem } from './plot-frame.js';
import { type ScatterPoint, scatterPanel } from './plot-scatter.js';
import { shortened } from './plot-text.js';
import type { Results } from './results.js';
import { cellsOf } from './sentences.js';
import { nameOf } from './setting-name.js';
import { clean } from './svg.js';

const NAME_LENGTH = 24;
/** The area is as the base images. */
const radius = (bases: number): number => 3 * Math.sqrt(bases);

/**
 * FID against diversity, base images an output as the area of a dot, what no other is better than in all three joined. Nothing
 * where diversity was measured of fewer than two settings.
 */
export function paretoPlot(results: Results, dataset: string, file: string): ReportPlot[] {
  const column = results.columns.find((one) => one.dataset === dataset);
  const by = column?.by ?? 'fid';
  const cells = cellsOf(results, dataset);
  const full = fullOf(cells);
  const known = cells.flatMap((cell) => {
    const estimate = estimateOf(cell, by);
    return cell.diversity && estimate ? [{ cell, estimate, vendi: cell.diversity.vendi }] : [];
  });
  if (known.length < 2) return [];
  const decimals = decimalsOf(known.map(({ cell }) => cell.standardError));
  const front = new Set(column?.pareto);
  const chosen = column?.recommended?.setting;
  const most = Math.max(...known.map(({ cell }) => cell.diversity!.images));
  const points = known.map(({ cell, estimate, vendi }): ScatterPoint & { setting: string } => {
    const { setting, bases, diversity } = cell;
    const aside = isAside(cell, full) || diversity!.images !== most;
    return {
      setting,
      x: vendi,
      y: estimate.value,
      r: radius(bases),
      colour: front.has(setting) ? 'tied' : 'rest',
      hollow: aside,
      ring: setting === chosen,
      bold: setting === chosen,
      label: shortened(clean(nameOf(setting)), NAME_LENGTH),
      hover: hoverOf(
        setting,
        estimate,
        decimals,
        `, Vendi ${vendi.toFixed(2)}, base images ${Number(bases.toPrecision(3))}, ${formatCount(cell.images)} images`,
      ),
    };
  });
  const weight = ({ setting }: { setting: string }) =>
    (setting === chosen ? 4 : 0) + (setting === column?.leader ? 2 : 0) + (front.has(setting) ? 1 : 0);
  points.sort((a, b) => weight(b) - weight(a));
  const best = points.filter(({ setting }) => front.has(setting)).sort((a, b) => a.x - b.x || a.y - b.y);
  // What is on the front by its cost alone would bend the line back.
  const path = best.filter(
    ({ x, y }) => !best.some((other) => other.x >= x && other.y <= y && (other.x > x || other.y < y)),
  );
  const panel = scatterPanel({
    points,
    path,
    xLabel: 'Diversity: Vendi score',
    yLabel: by === 'fid∞' ? 'FID∞' : `FID at ${formatCount(full)} images`,
    width: 640,
    height: 420,
  });
  const title = `FID against diversity: ${shortened(clean(dataset), 60)}`;
  const list = best.map(({ setting }) => nameOf(setting));
  const fronts = list.length
    ? ` Not beaten in all three: ${list.slice(0, 8).join(', ')}${list.length > 8 ? ` and ${list.length - 8} more` : ''}.`
    : '';
  const picked = known.some(({ cell }) => cell.setting === chosen) ? ` Recommended: ${nameOf(chosen!)}.` : '';
  const description = `${known.length} settings by FID (lower is better) and Vendi score (higher is better), the area of a dot as the base images an output takes.${fronts}${picked}`;
  const has = (test: (point: (typeof points)[number]) => boolean | undefined) => points.some(test);
  const legend: LegendItem[] = [
    ...(best.length
      ? [{ colour: 'tied', mark: 'dot', text: 'not beaten in FID, diversity and cost at once' } as const]
      : []),
    ...(path.length > 1
      ? [{ colour: 'tied', mark: 'line', dash: '5 3', text: 'not in FID and diversity alone' } as const]
      : []),
    ...(has(({ colour, hollow }) => colour === 'rest' && !hollow)
      ? [{ colour: 'rest', mark: 'dot', text: 'beaten' } as const]
      : []),
    ...(has(({ hollow }) => hollow) ? [{ colour: 'rest', mark: 'hollow', text: 'of fewer images' } as const] : []),
    ...(picked ? [{ colour: 'ink', mark: 'ring', text: 'recommended' } as const] : []),
  ];
  const biased = by === 'fid' && known.some(({ cell }) => isAside(cell, full));
  const notes = [
    'Better is to the lower right. The area of a dot is as the base images an output takes.',
    ...(biased ? ['FID of fewer images is biased further upwards: not to be compared with the rest.'] : []),
    ...(known.some(({ cell }) => cell.diversity!.images !== most)
      ? [`The Vendi score grows with images: that of hollow dots is of fewer than ${formatCount(most)}.`]
      : []),
    ...(known.length < cells.length
      ? [
          `Not drawn: ${cells.length - known.length} without a ${by === 'fid∞' ? 'FID∞ to be trusted or a ' : ''}Vendi score.`,
        ]
      : []),
    ...(panel.unlabelled ? [`${panel.unlabelled} ${panel.unlabelled === 1 ? 'name has' : 'names have'} no room.`] : []),
  ];
  const svg = framed({ file, title, description, panels: [{ ...panel, x: 0, y: 0 }], legend, notes });
  return [{ file, kind: 'pareto', dataset, title, description, svg }];
}
