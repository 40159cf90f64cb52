import { DamagedDatabase, readContents } from './database.js';
import { OldRun } from './old-run.js';
import { rebuild } from './rebuild.js';
import { LOST } from './repair.js';
import { databasePath, findRecord } from './run-folder.js';
import { faultOf, readRunJson, runIdentity } from './run-json.js';
import { type RunReader, StoredRun } from './stored-run.js';

/**
 * Opens a run folder for reading, old or new, also while a process writes to it and where it may not be written. Damage
 * is worked around in memory and told in `notes`; the folder stays as it is. Throws a UserError for what is no run folder.
 */
export function openRun(folder: string): RunReader {
  const found = readRunJson(folder);
  if (found.kind === 'old') return new OldRun(folder, found.content);
  const record = findRecord(folder, found);
  const notes = found.kind === 'record' ? [] : [`${faultOf(found)}: its copy in run.sqlite was read.`];
  try {
    const contents = readContents(databasePath(folder));
    if (runIdentity(contents.record!) !== runIdentity(record)) throw new DamagedDatabase('it is that of another run');
    return new StoredRun(folder, record, contents, notes);
  } catch (error) {
    if (!(error instanceof DamagedDatabase)) throw error;
    const note = `run.sqlite cannot be relied on: ${error.why}. The trailers of the shards were read instead. ${LOST}`;
    return new StoredRun(folder, record, rebuild(folder, record), [...notes, note]);
  }
}
