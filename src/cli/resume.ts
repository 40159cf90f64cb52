import { resolve } from 'node:path';
import { UserError } from '../core/errors.js';
import { openRun } from '../store/run.js';
import { note } from './listener.js';
import { runSweep } from './sweep.js';
import { text, type Values } from './values.js';

/** Goes on with a run by the flags it was begun with; only how it is run may be said anew. */
export async function runResume(values: Values): Promise<void> {
  const folder = resolve(text(values, 'folder')!);
  const run = openRun(folder);
  const { flags } = run.record;
  run.close();
  const { cwd, ...begun } = flags;
  if (typeof cwd !== 'string')
    throw new UserError(
      `"${folder}" was made by fidsweep 0.2 or older: "fidsweep report" reads it, but it cannot be continued.`,
    );
  try {
    // Paths of data sets were given from there.
    process.chdir(cwd);
  } catch {
    note('the folder that the run was begun in is gone; its paths are taken from here.');
  }
  const anew = ['threads', 'backend', 'render-processes', 'program-timeout', 'json'].filter(
    (key) => values[key] !== undefined,
  );
  const again = { ...begun, ...Object.fromEntries(anew.map((key) => [key, values[key]])), out: folder };
  await runSweep(again, { resumed: true });
}
