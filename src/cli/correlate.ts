import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { namesOf } from '../compare-runs.js';
import { prepareFile, writeAtomically } from '../core/files.js';
import { plain } from '../core/plain.js';
import { readRegularFile } from '../core/regular-file.js';
import { correlate } from '../correlate.js';
import { type CsvTable, MOST_CSV_BYTES, readCsv } from '../correlate-csv.js';
import { type FidTable, fidsOfCsv, fidsOfRun } from '../correlate-fids.js';
import type { CorrelationStudy, DatasetCorrelation } from '../report/correlation.js';
import { correlationDocument } from '../report/correlation-document.js';
import { correlationMarkdown, type LinkedPlot } from '../report/correlation-markdown.js';
import { renderCorrelation } from '../report/correlation-terminal.js';
import { renderJson } from '../report/document.js';
import { openRun } from '../store/run.js';
import { note } from './listener.js';
import { scored } from './scored.js';
import { flag, list, text, type Values } from './values.js';

const readTable = (path: string): CsvTable =>
  readCsv(readRegularFile(path, { most: MOST_CSV_BYTES, name: path }), basename(path));

/** The FIDs of a run folder, or of a table of them. */
async function readFids(path: string): Promise<FidTable> {
  if (/\.csv$/i.test(path) && !statSync(path, { throwIfNoEntry: false })?.isDirectory())
    return fidsOfCsv(readTable(path));
  const run = openRun(path);
  for (const found of run.notes ?? []) note(found);
  try {
    return fidsOfRun(namesOf([path])[0]!, (await scored(run, 'scoring')).results);
  } finally {
    run.close();
  }
}

interface Plot extends LinkedPlot {
  readonly svg: string;
}

/** A picture for each column of accuracies, all data sets in it. */
async function plotsOf({ correlations, fids }: CorrelationStudy): Promise<Plot[]> {
  const { correlationPlot } = await import('../report/plot-correlation.js');
  const columns = [...new Set(correlations.map(({ column }) => column))];
  return columns.map((column, i): Plot => {
    const own = correlations.filter((one) => one.column === column);
    const several = own.length > 1;
    const file = columns.length > 1 ? `correlation-${i + 1}.svg` : 'correlation.svg';
    const title = `${column} against FID of ${fids}`;
    const points = own.flatMap(({ dataset, pairs }) =>
      pairs.map(({ setting, method, fid, accuracy, interval }) => ({
        label: setting,
        group: several ? dataset : method,
        x: fid,
        y: accuracy,
        ...(interval && { xInterval: interval }),
      })),
    );
    const xLabel = own.every(({ of }) => of === 'fid∞') ? 'FID∞, lower is better' : 'FID, lower is better';
    const svg = correlationPlot({ title, description: describe(own), xLabel, yLabel: column, points, file });
    return { file, title, svg };
  });
}

const describe = (correlations: readonly DatasetCorrelation[]): string =>
  correlations
    .map(
      ({ dataset, pairs, spearman, kendall }) =>
        `${dataset}: ${pairs.length} settings, Spearman's ρ ${spearman.value.toFixed(2)}, Kendall's τ ${kendall.value.toFixed(2)}.`,
    )
    .join(' ');

/** Rank correlations of FID with accuracies: a table (or JSON) on standard output, and a page, JSON and a plot with -o. */
export async function runCorrelate(values: Values): Promise<void> {
  const [output, json, columns] = [text(values, 'output'), flag(values, 'json'), list(values, 'column')];
  // Read first: a mistake in it is not found after minutes of scoring.
  const downstream = readTable(text(values, 'downstream')!);
  const files = output === undefined ? [] : ['md', 'json'].map((kind) => join(output, `correlation.${kind}`));
  const fids = await readFids(text(values, 'folder')!);
  const study = correlate(fids, downstream, columns);
  const document = renderJson(correlationDocument(study));
  if (output !== undefined) {
    for (const file of files) prepareFile('--output', file);
    const plots = await plotsOf(study);
    for (const { file, svg } of plots) writeAtomically(join(output, file), svg);
    writeAtomically(files[0]!, correlationMarkdown(study, plots));
    writeAtomically(files[1]!, document);
  }
  if (json) process.stdout.write(document);
  else
    process.stdout.write(
      `${renderCorrelation(study)}${output === undefined ? '' : `Correlation: ${plain(files[0]!)}\n`}`,
    );
}
