import type { RunRecord, SetAside } from '../store/record.js';
import type { Cell, Column, Results } from './results.js';
import { describeSetting } from './setting-name.js';

/**
 * `report.json`: the numbers, and how they were made. It holds no date, no time and no rate, so that the same settings, seed
 * and machine give the same bytes, however often the run was interrupted; these stand in `timing.json`.
 */
export interface ReportDocument {
  readonly schema: 2;
  readonly cells: readonly ReportCell[];
  readonly columns: readonly Column[];
  readonly setAside: readonly SetAside[];
  readonly made: Made;
}

/** `setting` is the key, with its options, as the command line takes it; `n` is 1 for `none`. */
export type ReportCell = Cell & { readonly method: string; readonly n: number };

/** The flags stay out: they may hold paths. */
export type Made = Omit<RunRecord, 'schema' | 'flags'>;

const before = (a: string, b: string): number => Number(a > b) - Number(a < b);

/** Each once, by data set, then by name: an interrupted run may come upon them in another order, or twice. */
function inOrder(setAside: readonly SetAside[], datasets: readonly string[]): SetAside[] {
  const once = new Map(
    setAside.map(({ dataset, id, why }) => [JSON.stringify([dataset, id, why]), { dataset, id, why }]),
  );
  return [...once.values()].sort(
    (a, b) => datasets.indexOf(a.dataset) - datasets.indexOf(b.dataset) || before(a.id, b.id) || before(a.why, b.why),
  );
}

export function reportDocument(record: RunRecord, results: Results, setAside: readonly SetAside[]): ReportDocument {
  const { tool, datasets, settings, images, resolution, seed, recipeVersion, extractor, comparable } = record;
  const { reference, selection, block, strategy, keep, versions, device } = record;
  return {
    schema: 2,
    cells: results.cells.map(({ dataset, setting, ...numbers }) => {
      const { method, n } = describeSetting(setting);
      return { dataset, method, n, setting, ...numbers };
    }),
    columns: results.columns,
    setAside: inOrder(
      setAside,
      datasets.map(({ name }) => name),
    ),
    // Field by field, so that nothing gets in that a record may hold beside what decides the numbers.
    made: {
      tool,
      datasets,
      settings,
      images,
      resolution,
      seed,
      recipeVersion,
      extractor,
      comparable,
      reference,
      ...(selection && { selection }),
      block,
      strategy,
      keep,
      versions,
      device,
    },
  };
}

/** As text. A number that JSON cannot hold is a bug, not a `null`. */
export function renderJson(document: object): string {
  const finite = (key: string, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`${key} is ${value} in a report`);
    return value;
  };
  return `${JSON.stringify(document, finite, 2)}\n`;
}
