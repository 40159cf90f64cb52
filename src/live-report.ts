import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { readRegularFile } from './core/regular-file.js';
import { commonImages } from './live-fid.js';
import type { LiveReport, ReportedCell } from './report/dashboard-run.js';
import { fullImages } from './report/table.js';
import { canonical } from './store/canonical.js';
import type { RunRecord } from './store/record.js';
import type { RunReader } from './store/run.js';

/** A report of 100,000 cells has some tens of megabytes. */
const LARGEST_REPORT = 2 ** 27;

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objects = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isObject) : []);

const isFile = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

function cellOf({ dataset, setting, fid, images, status, standardError }: Fields): ReportedCell[] {
  if (typeof dataset !== 'string' || typeof setting !== 'string') return [];
  if (!Number.isFinite(fid) || !Number.isSafeInteger(images)) return [];
  return [
    {
      dataset,
      setting,
      fid: fid as number,
      images: images as number,
      status: status === 'dropped' ? 'dropped' : 'measured',
      ...(Number.isFinite(standardError) && { standardError: standardError as number }),
    },
  ];
}

function columnOf({ dataset, leader, tied }: Fields): LiveReport['columns'] {
  if (typeof dataset !== 'string' || typeof leader !== 'string' || !Array.isArray(tied)) return [];
  return [{ dataset, leader, tied: tied.filter((one) => typeof one === 'string') }];
}

/** Whether a report is of a record: all that it says of how it was made. */
function isOf(made: unknown, { schema, flags, ...record }: RunRecord): boolean {
  return isObject(made) && canonical(made) === canonical(JSON.parse(JSON.stringify(record)));
}

/** Whether a data set's cells are those that a report would be of now. */
function isCurrent(
  run: RunReader,
  dataset: number,
  cells: readonly ReportedCell[],
  looked: number | undefined,
): boolean {
  const { settings, block, datasets } = run.record;
  const own = cells.filter((cell) => cell.dataset === datasets[dataset]!.name);
  const kept = settings.map((setting) => run.images(dataset, setting));
  if (own.length !== kept.filter((images) => images >= 2).length) return false;
  return !own.length || fullImages(own) === (looked ?? commonImages(kept, block));
}

/**
 * The report that lies in a run folder; nothing where there is none, or where it is not of what the folder holds now.
 *
 * @param looked images of the last look of each data set whose race has ended
 */
export function reportOf(run: RunReader, looked: readonly (number | undefined)[]): LiveReport | undefined {
  const { folder, record } = run;
  const path = join(folder, 'report.json');
  if (!isFile(path)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(readRegularFile(path, { most: LARGEST_REPORT }).toString());
  } catch {
    return undefined;
  }
  if (!isObject(value) || !isOf(value.made, record)) return undefined;
  const cells = objects(value.cells).flatMap(cellOf);
  if (!record.datasets.every((_, d) => isCurrent(run, d, cells, looked[d]))) return undefined;
  const plots = record.datasets.map(({ name }, d) => ({ dataset: name, file: `fid-${d + 1}.svg` }));
  return {
    html: isFile(join(folder, 'report.html')),
    cells,
    columns: objects(value.columns).flatMap(columnOf),
    plots: plots.filter(({ file }) => isFile(join(folder, file))),
  };
}
