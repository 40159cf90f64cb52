import { Contents, isMomentsFile, type MomentsRow, type SetAsideRow, type SliceRow, shardPlace } from './contents.js';
import type { CellTiming, RunRecord } from './record.js';
import { isSetAside, isSetAsideRow } from './set-aside.js';
import { DamagedRow, type Row, type TableName } from './tables.js';
import { isCellTiming, isTotals } from './timing.js';

/** The key of a run's totals among the times of its cells. */
export const TOTALS = { dataset: -1, setting: '' };

/** A value of a row that is JSON. Throws a DamagedRow unless it is what it must be: a hash does not say who wrote it. */
function parsed<T>(row: Row, name: string, is: (value: unknown) => value is T): T {
  let value: unknown;
  try {
    value = JSON.parse(row[name] as string);
  } catch {
    throw new DamagedRow(`"${name}" of a row is no JSON`);
  }
  if (!is(value)) throw new DamagedRow(`"${name}" of a row is not what it must be`);
  return value;
}

const isWhole = (value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): boolean =>
  Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;

const isSlice = ({ dataset, block, outputs, start }: SliceRow, record: RunRecord): boolean =>
  isWhole(dataset, 0) && isWhole(block, 0) && isWhole(outputs, 1, record.block) && isWhole(start, 1);

const isMoments = ({ dataset, blocks, images }: MomentsRow): boolean =>
  isWhole(dataset, 0) && isWhole(blocks, 1) && isWhole(images, 1);

function setAsideRow(row: Row): SetAsideRow {
  const { dataset, block, part, position } = row;
  const found = { dataset, block, part, position, entry: parsed(row, 'entry', isSetAside) };
  if (!isSetAsideRow(found)) throw new DamagedRow('a row of what was set aside has an impossible place');
  return found;
}

function cellTimingRow(row: Row): CellTiming {
  const cell = parsed(row, 'value', isCellTiming);
  if (cell.dataset !== row.dataset || cell.setting !== row.setting)
    throw new DamagedRow('the time of a cell stands for another');
  return cell;
}

const isAnything = (_: unknown): _ is unknown => true;

/** What the rows of a run's tables say. Throws a DamagedRow for one that is not what it must be. */
export function contentsOf(rows: Readonly<Record<TableName, readonly Row[]>>, record: RunRecord): Contents {
  const slices = rows.slices as unknown as SliceRow[];
  const moments = rows.moments as unknown as MomentsRow[];
  // Files are removed by these names: none leads out of the folder.
  const named = slices.every(({ file }) => shardPlace(file)) && moments.every(({ file }) => isMomentsFile(file));
  if (!named) throw new DamagedRow('a file of features has an impossible name');
  if (!slices.every((row) => isSlice(row, record)) || !moments.every(isMoments))
    throw new DamagedRow('a row of features has impossible numbers');
  for (const row of rows.results) parsed(row, 'value', isAnything);
  const contents = new Contents();
  contents.apply({
    record,
    slices,
    moments,
    setAside: rows.set_aside.map(setAsideRow),
    timing: rows.timing.filter((row) => row.dataset !== TOTALS.dataset).map(cellTimingRow),
    results: new Map(rows.results.map((row) => [row.key as string, row.value as string])),
  });
  const totals = rows.timing.find((row) => row.dataset === TOTALS.dataset);
  if (totals) contents.apply({ totals: parsed(totals, 'value', isTotals) });
  return contents;
}
