import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, UserError } from '../core/errors.js';
import { fileError } from '../core/files.js';
import { DamagedDatabase, readContents } from './database.js';
import { isOfCells, isOwn, ownName, TEMPORARY } from './file-names.js';
import { LOCK_FILES } from './lock.js';
import { PICTURE_FILE, PICTURES } from './pictures.js';
import { filesBelow } from './rebuild.js';
import type { RunRecord } from './record.js';
import { noRecord, type RunJson, readRunJson } from './run-json.js';

export const databasePath = (folder: string): string => join(folder, 'run.sqlite');

const hasBlocks = (folder: string): boolean =>
  [...filesBelow(folder, 'features'), ...filesBelow(folder, 'moments')].some(
    (file) => isOfCells(file) && !TEMPORARY.test(file),
  );

/** The copy of the record that the database of a folder holds, when that much of it is whole. */
export function recordCopy(folder: string): RunRecord | undefined {
  try {
    return readContents(databasePath(folder)).record;
  } catch (error) {
    if (error instanceof DamagedDatabase) return error.record;
    throw error;
  }
}

/** The record of a folder, from the database where `run.json` is lost; throws a UserError where there is none. */
export function findRecord(folder: string, found: RunJson): RunRecord {
  if (found.kind === 'record') return found.record;
  const copy = found.kind === 'later' ? undefined : recordCopy(folder);
  if (!copy) throw noRecord(folder, found);
  return copy;
}

const entriesOf = (folder: string): string[] => {
  try {
    return existsSync(folder) ? readdirSync(folder) : [];
  } catch (error) {
    throw new UserError(`Output folder "${folder}": ${messageOf(error)}.`);
  }
};

/**
 * What an output folder is: free to start a run in (`new`: missing, empty, or holding a run without any block), or
 * holding a run (`run`), or one of fidsweep 0.2 or older (`old`). Throws a UserError for any other.
 */
export function kindOfFolder(folder: string): 'new' | 'run' | 'old' {
  const entries = entriesOf(folder).filter((name) => !(LOCK_FILES as readonly string[]).includes(ownName(name)));
  const rest = entries.filter((name) => ownName(name) !== 'run.json' || name === 'run.json');
  if (!rest.length) return 'new';
  const found = readRunJson(folder);
  if (found.kind === 'missing' && !rest.includes('run.sqlite'))
    throw new UserError(`Output folder "${folder}" is not empty and holds no run; choose another --out.`);
  if (found.kind !== 'old') findRecord(folder, found);
  if (!hasBlocks(folder)) return 'new';
  return found.kind === 'old' ? 'old' : 'run';
}

/**
 * Removes what fidsweep wrote into a folder and nothing else; not `run.json`, by which it is known to be ours until
 * another is in its place, nor the lock. Links in places of a run's own are to be refused before (`refuseLinks`).
 */
export function removeOwn(folder: string): void {
  try {
    for (const name of entriesOf(folder)) {
      if (isOwn(name) || (ownName(name) === 'run.json' && TEMPORARY.test(name)))
        rmSync(join(folder, name), { force: true });
    }
    for (const kind of ['features', 'moments'] as const) {
      for (const file of filesBelow(folder, kind)) if (isOfCells(file)) rmSync(join(folder, file));
      removeEmpty(folder, kind);
    }
    removePictures(folder);
    removeConfirmations(folder);
  } catch (error) {
    throw fileError(error, folder);
  }
}

/** Removes the strips of pictures, and their index. */
function removePictures(folder: string): void {
  for (const name of entriesOf(join(folder, PICTURES))) {
    const own = ownName(name);
    if (own === 'index.json' || PICTURE_FILE.test(own)) rmSync(join(folder, PICTURES, name), { force: true });
  }
  removeEmpty(folder, PICTURES);
}

/** Removes the runs that measured finalists again, which lie below a run as `confirm/0`, `confirm/1`, …. */
function removeConfirmations(folder: string): void {
  const confirm = join(folder, 'confirm');
  for (const name of entriesOf(confirm)) {
    const run = join(confirm, name);
    if (!/^\d+$/.test(name) || readRunJson(run).kind === 'missing') continue;
    removeOwn(run);
    for (const own of ['run.json', ...LOCK_FILES]) rmSync(join(run, own), { force: true });
  }
  removeEmpty(folder, 'confirm');
}

/** Removes a folder of files by data set, as far as it holds nothing any more. */
function removeEmpty(folder: string, kind: string): void {
  const path = join(folder, kind);
  if (!existsSync(path)) return;
  for (const name of [...readdirSync(path).map((name) => join(kind, name)), kind]) {
    try {
      rmdirSync(join(folder, name));
    } catch {
      // Something of the user's lies in it.
    }
  }
}

/** Files and halves of files below a run folder that nothing stands for: removed. */
export function removeOrphans(folder: string, uses: (file: string) => boolean): void {
  const orphans = [...filesBelow(folder, 'features'), ...filesBelow(folder, 'moments')].filter(
    (file) => isOfCells(file) && !uses(file),
  );
  const halves = entriesOf(folder).filter((name) => {
    const own = ownName(name);
    return TEMPORARY.test(name) && (isOwn(own) || own === 'run.json' || own === 'lock.json');
  });
  try {
    for (const file of [...orphans, ...halves]) rmSync(join(folder, file), { force: true });
  } catch (error) {
    throw fileError(error, folder);
  }
}

/** The refusal of a folder that can be read and not be written on. */
export const tooOld = (folder: string): UserError =>
  new UserError(
    `"${folder}" was made by fidsweep 0.2 or older: "fidsweep report" reads it, it cannot be continued; choose another --out.`,
  );
