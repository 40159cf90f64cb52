import { join } from 'node:path';
import { invalid, oneOf } from '../core/errors.js';
import { plain } from '../core/plain.js';
import { renderJson, reportDocument } from '../report/document.js';
import type { ReportPlot } from '../report/plot.js';
import { setAsideSentence } from '../report/sentences.js';
import { renderSummary } from '../report/summary.js';
import { renderRanking, renderTable } from '../report/terminal.js';
import { openReferences, type References, score } from '../score.js';
import type { ChoiceRule } from '../search/choice.js';
import { openRun, type RunReader } from '../store/run.js';
import { withConfirmations } from './confirm.js';
import { note } from './listener.js';
import { warn } from './loudness.js';
import { prepareFolder } from './open.js';
import { choiceOf } from './plan.js';
import { startProgress } from './progress.js';
import { FORMATS, type Format, writeReports } from './report-files.js';
import { flag, list, text, type Values } from './values.js';

interface FinishOptions {
  readonly json: boolean;
  readonly choice: ChoiceRule;
  /** Where they are at hand, with what was estimated by them. */
  readonly references?: References | undefined;
  /** By default all of them. */
  readonly formats?: readonly Format[] | undefined;
  /** Folder to write to, which is there; by default that of the run. */
  readonly output?: string | undefined;
  /** With the 95% interval of every FID in Table 1. */
  readonly ci?: boolean | undefined;
}

/** Scores what the run holds, writes the reports beside it and prints the tables (or the JSON). */
export async function finishReport(run: RunReader, options: FinishOptions): Promise<void> {
  const { json, choice, formats = FORMATS, output = run.folder, ci = false } = options;
  const scoring = startProgress('scoring', 'settings');
  const progress = startProgress('diversity', 'cells');
  const references =
    options.references ?? (await openReferences(run, { onEstimate: (done, total) => scoring.update(done, total) }));
  const scored = await score(run, references, { choice, onProgress: (done, total) => progress.update(done, total) });
  const results = await withConfirmations(run, scored);
  scoring.end();
  progress.end();
  const { record, setAside } = run;
  const timing = run.timing();
  const drawn = formats.some((format) => format === 'md' || format === 'html' || format === 'svg');
  const plots = drawn ? (await import('../report/plots.js')).plotsOf(record, results) : [];
  const unwritten = await writeReports({ record, results, timing, setAside, plots, strips: [] }, run.folder, {
    formats,
    output,
    ci,
  });
  if (json) {
    // Said beside the result, however quiet it is to be.
    if (unwritten !== undefined) warn(unwritten);
    process.stdout.write(renderJson(reportDocument(record, results, setAside)));
    return;
  }
  const columns = record.datasets.map(({ name }) => name);
  process.stdout.write(
    [
      renderTable(results, columns),
      '',
      renderRanking(results),
      renderSummary(record, results, timing),
      ...(setAside.length ? [setAsideSentence(setAside.length)] : []),
      ...(unwritten === undefined ? placesOf(formats, output, plots) : [unwritten]),
      '',
    ].join('\n'),
  );
}

/** What was written, and in the last line the report to open first. */
function placesOf(formats: readonly Format[], output: string, plots: readonly ReportPlot[]): string[] {
  const reports = (['html', 'md', 'tex', 'csv', 'json'] as const).filter((format) => formats.includes(format));
  const [first, ...others] = reports.length
    ? reports.map((format) => `report.${format}`)
    : plots.map(({ file }) => file);
  if (first === undefined) return [];
  return [
    ...(others.length ? [`Written beside it: ${others.join(', ')}`] : []),
    `Report: ${plain(join(output, first))}`,
  ];
}

/** The formats that `--format` names, in the order of `FORMATS`; all of them without it. */
function formatsOf(values: Values): readonly Format[] {
  const given = list(values, 'format') ?? FORMATS;
  for (const one of given)
    if (!FORMATS.some((format) => format === one))
      throw invalid('--format', one, oneOf(FORMATS), 'Several are separated by commas.');
  return FORMATS.filter((format) => given.includes(format));
}

export async function runReport(values: Values): Promise<void> {
  const formats = formatsOf(values);
  const output = text(values, 'output');
  const run = openRun(text(values, 'folder')!);
  for (const found of run.notes ?? []) note(found);
  try {
    if (output !== undefined) prepareFolder(output);
    await finishReport(run, {
      json: flag(values, 'json'),
      choice: choiceOf(values, run.record.flags),
      formats,
      output,
      ci: flag(values, 'ci'),
    });
  } finally {
    run.close();
  }
}
