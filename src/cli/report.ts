import { join } from 'node:path';
import { UserError } from '../core/errors.js';
import { writeAtomically } from '../core/files.js';
import { plain } from '../core/plain.js';
import { renderJson, reportDocument } from '../report/document.js';
import { renderMarkdown } from '../report/markdown.js';
import { pictureName, renderRaceSvg } from '../report/picture.js';
import { setAsideSentence } from '../report/sentences.js';
import { renderSummary } from '../report/summary.js';
import { renderRanking, renderTable } from '../report/terminal.js';
import { timingDocument } from '../report/timing-document.js';
import { openReferences, type References, score } from '../score.js';
import type { ChoiceRule } from '../search/choice.js';
import { openRun, type RunReader } from '../store/run.js';
import { withConfirmations } from './confirm.js';
import { note } from './listener.js';
import { choiceOf } from './plan.js';
import { startProgress } from './progress.js';
import { flag, text, type Values } from './values.js';

interface FinishOptions {
  readonly json: boolean;
  readonly choice: ChoiceRule;
  /** Where they are at hand, with what was estimated by them. */
  readonly references?: References | undefined;
}

/** Scores what the run holds, writes the reports beside it and prints the tables (or the JSON). */
export async function finishReport(run: RunReader, options: FinishOptions): Promise<void> {
  const { json, choice } = options;
  const scoring = startProgress('scoring', 'settings');
  const progress = startProgress('diversity', 'cells');
  const references =
    options.references ?? (await openReferences(run, { onEstimate: (done, total) => scoring.update(done, total) }));
  const scored = await score(run, references, { choice, onProgress: (done, total) => progress.update(done, total) });
  const results = await withConfirmations(run, scored);
  scoring.end();
  progress.end();
  const { record, setAside, folder } = run;
  const timing = run.timing();
  const document = renderJson(reportDocument(record, results, setAside));
  const files: [string, string][] = [
    ['report.json', document],
    ['report.md', renderMarkdown(record, results, timing, setAside)],
    ...(timing ? [['timing.json', renderJson(timingDocument(record, results, timing))] as [string, string]] : []),
    ...results.columns.map(({ dataset }, i): [string, string] => [pictureName(i), renderRaceSvg(results, dataset)]),
  ];
  const unwritten = writeAll(folder, files);
  if (json) {
    process.stdout.write(document);
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
      unwritten ?? `Report: ${plain(join(folder, 'report.md'))}`,
      '',
    ].join('\n'),
  );
}

/** Why the reports could not be written beside the run: the numbers are shown all the same. */
function writeAll(folder: string, files: readonly (readonly [string, string])[]): string | undefined {
  for (const [name, content] of files) {
    try {
      writeAtomically(join(folder, name), content);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // Who reads a folder that is not for writing asked for no more; on a full disk something is lost.
      if (!/not writable/.test(error.message)) process.exitCode = 2;
      return `The reports were not written: ${plain(error.message)}`;
    }
  }
  return undefined;
}

export async function runReport(values: Values): Promise<void> {
  const run = openRun(text(values, 'folder')!);
  for (const found of run.notes ?? []) note(found);
  try {
    await finishReport(run, { json: flag(values, 'json'), choice: choiceOf(values, run.record.flags) });
  } finally {
    run.close();
  }
}
