import { realpathSync } from 'node:fs';
import { compareRuns, namesOf, type ScoredRun } from '../compare-runs.js';
import { invalid, UserError } from '../core/errors.js';
import { prepareFile, writeAtomically } from '../core/files.js';
import { plain } from '../core/plain.js';
import { comparisonDocument } from '../report/comparison-document.js';
import { comparisonMarkdown } from '../report/comparison-markdown.js';
import { renderComparedRuns } from '../report/comparison-terminal.js';
import { renderJson } from '../report/document.js';
import { openRun, type RunReader } from '../store/run.js';
import { note } from './listener.js';
import { startProgress } from './progress.js';
import { scored } from './scored.js';
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
    for (const [i, run] of runs.entries()) all.push({ name: names[i]!, run, ...(await scored(run, plain(names[i]!))) });
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
