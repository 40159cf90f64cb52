import { existsSync } from 'node:fs';
import { canonical } from './canonical.js';
import { DamagedDatabase, moveAside, RunDatabase } from './database.js';
import { rebuild } from './rebuild.js';
import type { RunRecord } from './record.js';
import { databasePath } from './run-folder.js';
import { runIdentity } from './run-json.js';

/** What only the database holds. */
export const LOST = 'Times that were measured, and results that are computed again, were lost with it.';

/** The database of a run, moved aside and made again from the files where it is damaged, missing or another run's. */
export function openDatabase(folder: string, record: RunRecord, notes: string[]): RunDatabase {
  const path = databasePath(folder);
  try {
    const database = RunDatabase.open(path);
    const copy = database.contents.record!;
    if (runIdentity(copy) === runIdentity(record)) {
      // A process that ended between the two left the older here.
      if (canonical(copy) !== canonical(record)) database.write({ record });
      return database;
    }
    database.close();
    throw new DamagedDatabase('it is that of another run');
  } catch (error) {
    if (!(error instanceof DamagedDatabase)) throw error;
    const contents = rebuild(folder, record);
    const there = existsSync(path);
    // Without the database its log may be left: not to be taken for that of the next.
    const name = moveAside(path);
    notes.push(
      `run.sqlite was ${there ? `damaged: ${error.why}; it lies in ${name}` : 'missing'}. ` +
        `It was made again from the files of the run. ${LOST}`,
    );
    const { slices, allMoments: moments, setAside } = contents;
    return RunDatabase.create(path, { record, slices, moments, setAside });
  }
}
