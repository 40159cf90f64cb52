import type { RunRecord, Timing } from '../store/record.js';
import { costOf } from './cost.js';
import { literal } from './literal.js';
import { plotLinks } from './markdown-plots.js';
import { markdownRows } from './markdown-table.js';
import { formatCount, formatFid, formatRate } from './numbers.js';
import type { ReportPlot } from './plot.js';
import { ranking, textTable } from './ranking.js';
import type { Cell, Column, Results } from './results.js';
import { cellsOf, labelOf } from './sentences.js';
import { nameOf } from './setting-name.js';

/** Diversity and cost of a data set's settings, the Pareto set and the recommended one marked. */
function choiceTable(
  cells: readonly Cell[],
  column: Column | undefined,
  record: RunRecord,
  timing: Timing | undefined,
): string {
  const cost = (cell: Cell) => timing && costOf(cell, record, timing);
  const number = (value: number | undefined, format: (value: number) => string) =>
    value === undefined ? undefined : format(value);
  const marks = ({ setting }: Cell) => {
    const mark = [
      ...(column?.pareto.includes(setting) ? ['Pareto'] : []),
      ...(column?.recommended?.setting === setting ? ['**recommended**'] : []),
    ];
    return mark.length ? mark.join(', ') : undefined;
  };
  // What the Pareto set and the recommendation go by, so that the table bears them out.
  const by = column?.by ?? 'fid';
  const fidOf = ({ fid, unbiased, status }: Cell) => {
    const used = by === 'fid' ? fid : unbiased?.trusted ? unbiased.value : undefined;
    return number(used, (value) => (status === 'dropped' ? `(${formatFid(value)})` : formatFid(value)));
  };
  return markdownRows(
    textTable(ranking(cells), [
      { head: '#', text: ({ rank }) => String(rank) },
      { head: 'Setting', left: true, text: ({ setting }) => literal(nameOf(setting)) },
      { head: labelOf(by), text: fidOf },
      { head: 'Vendi', text: ({ diversity }) => number(diversity?.vendi, (vendi) => vendi.toFixed(2)) },
      { head: 'Coverage', text: ({ diversity }) => number(diversity?.coverage, (share) => share.toFixed(3)) },
      { head: 'Of images', text: ({ diversity }) => number(diversity?.images, formatCount) },
      { head: 'Bases an output', text: ({ bases }) => String(bases) },
      { head: 'Device ms/image', text: (cell) => number(cost(cell)?.deviceMs, formatRate) },
      { head: 'Images/s', text: (cell) => number(cost(cell)?.imagesPerSecond, formatRate) },
      { head: 'Choice', left: true, text: marks },
    ]),
  );
}

/** FID × diversity × cost: nothing where neither diversity nor time was measured. */
export function choiceSection(
  record: RunRecord,
  results: Results,
  timing: Timing | undefined,
  plots: readonly ReportPlot[],
): string[] {
  const { cells, columns } = results;
  const timed = timing !== undefined && cells.some((cell) => costOf(cell, record, timing));
  const diverse = cells.some(({ diversity }) => diversity);
  if (
    !timed &&
    !diverse &&
    !columns.some(({ recommended }) => recommended) &&
    !plots.some(({ kind }) => kind === 'pareto')
  )
    return [];
  const explained = [
    ...(diverse
      ? [
          'Vendi: the effective number of distinct images. Coverage: the share of the reference that has an image of the setting in its neighbourhood. Both grow with the number of images they are of.',
        ]
      : []),
    ...(timed
      ? [
          'Device ms/image: base images and mixing, as if no other setting shared the base images. Images/s: of that setting alone, end to end, device time and inference one after the other, without overlap.',
        ]
      : []),
    ...(columns.some((column) => column.pareto.length)
      ? [
          'Pareto: among the settings that were not dropped, none is at least as good in FID, diversity and base images an output (by their pixels) and better in one of them.',
        ]
      : []),
  ];
  if (record.selection && columns.some((column) => column.pareto.length || column.recommended))
    explained.push('The choice is by the FIDs to the half of the reference that chooses; those here are to the other.');
  const tables = record.datasets.flatMap(({ name }) => {
    const own = cellsOf(results, name);
    if (!own.length) return [];
    const column = columns.find(({ dataset }) => dataset === name);
    return [
      ...(record.datasets.length > 1 ? [`### ${literal(name)}`] : []),
      choiceTable(own, column, record, timing),
      ...plotLinks(plots, 'pareto', name),
    ];
  });
  return ['## Diversity and cost', explained.join(' '), ...plotLinks(plots, 'pareto'), ...tables];
}
