import { join } from 'node:path';
import { writeAtomically } from '../core/files.js';
import { plain } from '../core/plain.js';
import { renderJson, reportDocument } from '../report/document.js';
import { renderMarkdown } from '../report/markdown.js';
import { renderRanking, renderTable } from '../report/terminal.js';
import { score } from '../score.js';
import { Run } from '../store/run.js';
import { startProgress } from './progress.js';
import { flag, text, type Values } from './values.js';

/** Scores what the run holds, writes `report.md` and `report.json` beside it and prints the tables (or the JSON). */
export async function finishReport(run: Run, { json }: { readonly json: boolean }): Promise<void> {
  const progress = startProgress('scoring', 'cells');
  const cells = run.readScores() ?? (await score(run, (done, total) => progress.update(done, total)));
  progress.end();
  const document = renderJson(reportDocument(run.record, cells));
  writeAtomically(join(run.folder, 'report.json'), document);
  writeAtomically(join(run.folder, 'report.md'), renderMarkdown(run.record, cells));
  if (json) {
    process.stdout.write(document);
    return;
  }
  const { datasets, comparable, reference, extractor, setAside } = run.record;
  process.stdout.write(
    [
      renderTable(
        cells,
        datasets.map(({ name }) => name),
      ),
      '* best of its column. Maximum gain: FID of None minus the lowest FID of all mixed rows.',
      '',
      renderRanking(cells),
      `FID by ${extractor.id} to ${plain(reference.source)}: ${comparable}.`,
      ...(reference.note ? [`Reference: ${plain(reference.note)}`] : []),
      ...(setAside.length ? [`${setAside.length} programs or images were set aside; the report names them.`] : []),
      `Report: ${plain(join(run.folder, 'report.md'))}`,
      '',
    ].join('\n'),
  );
}

export async function runReport(values: Values): Promise<void> {
  await finishReport(Run.open(text(values, 'folder')!), { json: flag(values, 'json') });
}
