import type { Cell, RunRecord } from '../store/run.js';
import { describeSetting } from './table.js';

/** `report.json`: the numbers, and how they were made. */
export interface ReportDocument {
  readonly schema: 1;
  readonly cells: readonly ReportCell[];
  readonly made: Omit<RunRecord, 'schema' | 'settings'> & { readonly settings: readonly string[] };
}

export interface ReportCell {
  readonly dataset: string;
  readonly method: string;
  /** 1 for `none`. */
  readonly n: number;
  /** The setting with its options, as the command line takes it. */
  readonly setting: string;
  readonly images: number;
  readonly fid: number;
  readonly meanTerm: number;
  readonly covarianceTerm: number;
}

export function reportDocument({ schema: _, ...made }: RunRecord, cells: readonly Cell[]): ReportDocument {
  return {
    schema: 1,
    cells: cells.map(({ dataset, setting, ...numbers }) => {
      const { method, n } = describeSetting(setting);
      return { dataset, method, n, setting, ...numbers };
    }),
    made,
  };
}

export const renderJson = (document: ReportDocument): string => `${JSON.stringify(document, null, 2)}\n`;
