import { realpathSync } from 'node:fs';
import { compareRuns, namesOf, type ScoredRun } from '../compare-runs.js';
import { invalid, UserError } from '../core/errors.js';
import { prepareFile, writeAtomically } from '../core/files.js';
import { plain } from '../core/plain.js';
import { comparisonDocument } from '../report/comparison-document.js';
import { comparisonMarkdown } from '../report/comparison-markdown.js';
import { renderComparedRuns } from '../report/comparison-terminal.js';
import { renderJson } from '../report/document.js';
import { openReferences, score } from '../score.js';
import { openRun, type RunReader } from '../store/run.js';
import { note } from './listener.js';
import { choiceOf } from './plan.js';
import { startProgress } from './progress.js';
import { flag, text, type Values } from './values.js';

function foldersOf(values: Values): string[] {
  const given: unknown = values.runs;
  const folders = (Array.isArray(given) ? given : [given]).map(String);
  if (folders.length < 2) throw invalid('RUN…', folders[0], 'the folders of two runs or more');
  return folders;
}

/** Refuses a folder that is given twice, by whatever paths. */
function checkDistinct(folders: readonly string[]): void {
  const paths = folders.map((folder) => realpathSync(folder));
  const twice = paths.findIndex((path, i) => paths.indexOf(path) < i);
  if (twice >= 0)
    throw new UserError(
      `"${folders[twice]}" is given twice (also as "${folders[paths.indexOf(paths[twice]!)]}"): a run differs from itself by nothing. Give another run.`,
    );
}

/** What a run came to, as its report has it. */
async function scored(name: string, run: RunReader): Promise<ScoredRun> {
  const estimating = startProgress(plain(name), 'settings');
  const scoring = startProgress(plain(name), 'cells');
  try {
    const references = await openReferences(run, { onEstimate: (done, total) => estimating.update(done, total) });
    const results = await score(run, references, {
      choice: choiceOf({}, run.record.flags),
      onProgress: (done, total) => scoring.update(done, total),
    });
    return { name, run, references, results };
  } finally {
    estimating.end();
    scoring.end();
  }
}

/** The same cells of several runs side by side: tables (or JSON) on standard output, markdown with -o. */
export async function runCompare(values: Values): Promise<void> {
  const folders = foldersOf(values);
  const [output, json] = [text(values, 'output'), flag(values, 'json')];
  if (output !== undefined && !/\.md$/i.test(output)) throw invalid('--output', output, 'a file that ends in .md');
  const runs: RunReader[] = [];
  try {
    for (const folder of folders) runs.push(openRun(folder));
    checkDistinct(folders);
    if (output !== undefined) prepareFile('--output', output);
    const names = namesOf(folders);
    for (const [i, run] of runs.entries()) for (const found of run.notes ?? []) note(`${names[i]}: ${found}`);
    const all: ScoredRun[] = [];
    for (const [i, run] of runs.entries()) all.push(await scored(names[i]!, run));
    const progress = startProgress('comparing', 'cells');
    const comparison = await compareRuns(all, { onProgress: (done, total) => progress.update(done, total) });
    progress.end();
    if (output !== undefined) writeAtomically(output, comparisonMarkdown(comparison));
    if (json) process.stdout.write(renderJson(comparisonDocument(comparison)));
    else
      process.stdout.write(
        `${renderComparedRuns(comparison)}${output === undefined ? '' : `\nComparison: ${plain(output)}\n`}`,
      );
  } finally {
    for (const run of runs) run.close();
  }
}
