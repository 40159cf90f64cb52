import type { Results } from '../report/results.js';
import { openReferences, type References, score } from '../score.js';
import type { RunReader } from '../store/run.js';
import { choiceOf } from './plan.js';
import { startProgress } from './progress.js';

/**
 * What a run came to, by the choice that it was begun with, as its report has it. Progress is shown.
 *
 * @param title what the progress is of, free of control characters
 */
export async function scored(run: RunReader, title: string): Promise<{ references: References; results: Results }> {
  const estimating = startProgress(title, 'settings');
  const scoring = startProgress(title, 'cells');
  try {
    const references = await openReferences(run, { onEstimate: (done, total) => estimating.update(done, total) });
    const results = await score(run, references, {
      choice: choiceOf({}, run.record.flags),
      onProgress: (done, total) => scoring.update(done, total),
    });
    return { references, results };
  } finally {
    estimating.end();
    scoring.end();
  }
}
