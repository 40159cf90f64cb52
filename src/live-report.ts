import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { readRegularFile } from './core/regular-file.js';
import { commonImages } from './live-fid.js';
import type { Decided } from './live-progress.js';
import type { LiveReport, ReportedCell } from './report/dashboard-run.js';
import type { RaceResult } from './report/results.js';
import { fullImages } from './report/table.js';
import { canonical } from './store/canonical.js';
import type { RunRecord } from './store/record.js';
import type { RunReader } from './store/run.js';

/** A report of 10,000 cells has some ten megabytes: parsed, it takes many times as much memory. */
const LARGEST_REPORT = 2 ** 24;

type Fields = Readonly<Record<string, unknown>>;
type Ended = NonNullable<RaceResult['ended']>;

const ENDS: readonly Ended[] = [
  'one is left',
  'all that are left are within the tolerance',
  'all images are made',
  'the budget is spent',
];

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

/** The cells of a report that are the run's own, each once, in its order. */
function cellsOf(value: unknown, { datasets, settings }: RunRecord): ReportedCell[] {
  const keyOf = (dataset: string, setting: string) => JSON.stringify([dataset, setting]);
  const found = new Map(
    objects(value)
      .flatMap(cellOf)
      .map((cell) => [keyOf(cell.dataset, cell.setting), cell]),
  );
  return datasets.flatMap(({ name }) => settings.flatMap((setting) => found.get(keyOf(name, setting)) ?? []));
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

/** How a race ended, as a report says it. */
interface ReportedRace {
  readonly ended: Ended;
  /** Images of its last look. */
  readonly images: number | undefined;
  readonly alive: readonly string[];
}

function raceOf(column: Fields | undefined, settings: readonly string[]): ReportedRace | undefined {
  const race = isObject(column?.race) ? column.race : undefined;
  const ended = ENDS.find((one) => one === race?.ended);
  if (!ended) return undefined;
  const looks = objects(race?.looks);
  const images = looks.at(-1)?.images;
  // Not by the cells: of a setting that the last look dropped there are as many images as of the rest.
  const dropped = new Set(looks.flatMap((look) => objects(look.dropped).map(({ setting }) => setting)));
  const alive = settings.filter((setting) => !dropped.has(setting));
  return { ended, images: Number.isSafeInteger(images) ? (images as number) : undefined, alive };
}

/** A report, and how far it says that each data set's race has come: that decides, where it ended. */
interface Found {
  readonly report: LiveReport;
  readonly races: readonly (Decided | undefined)[];
}

function foundIn(value: unknown, run: RunReader, races: readonly (Decided | undefined)[]): Found | undefined {
  const { folder, record } = run;
  if (!isObject(value) || !isOf(value.made, record)) return undefined;
  const raced = record.strategy.kind === 'race';
  const cells = cellsOf(value.cells, record);
  const columns = objects(value.columns);
  const told = record.datasets.map(({ name }, d): ReportedRace | undefined => {
    if (!raced || races[d]?.ended) return undefined;
    return raceOf(
      columns.find(({ dataset }) => dataset === name),
      record.settings,
    );
  });
  // How far a race has come that neither has ended is not known before its looks are read.
  if (raced && record.datasets.some((_, d) => !races[d] && !told[d])) return undefined;
  const lookedAt = (d: number) => {
    if (record.strategy.complete) return undefined;
    return told[d] ? told[d].images : races[d]?.ended ? races[d].looks.at(-1)?.images : undefined;
  };
  if (!record.datasets.every((_, d) => isCurrent(run, d, cells, lookedAt(d)))) return undefined;
  const plots = record.datasets.map(({ name }, d) => ({ dataset: name, file: `fid-${d + 1}.svg` }));
  return {
    report: {
      html: isFile(join(folder, 'report.html')),
      cells,
      columns: columns.flatMap(columnOf),
      plots: plots.filter(({ file }) => isFile(join(folder, file))),
    },
    races: record.datasets.map((_, d) => {
      const { ended, alive } = told[d] ?? {};
      return ended && alive ? { looks: races[d]?.looks ?? [], ended, alive } : races[d];
    }),
  };
}

/**
 * The report that lies in a run folder; nothing where there is none, or where it is not of what the folder holds now.
 *
 * @param races how far each data set's race has come, by the looks that the run remembers
 */
export function reportOf(run: RunReader, races: readonly (Decided | undefined)[]): Found | undefined {
  const path = join(run.folder, 'report.json');
  if (!isFile(path)) return undefined;
  try {
    return foundIn(JSON.parse(readRegularFile(path, { most: LARGEST_REPORT }).toString()), run, races);
  } catch {
    // Not JSON, too large, or nested deeper than anything of ours.
    return undefined;
  }
}
