import { randomUUID } from 'node:crypto';
import { readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { UserError } from '../core/errors.js';
import { fileError, makeFolder, writeSynced } from '../core/files.js';

const A_DAY = 86_400_000;

function home(): string {
  try {
    return homedir();
  } catch {
    // A user without an entry or HOME: the root folder, where the first write says what to do.
    return '/';
  }
}

/**
 * Where fetched weights and a user's own extractors are, a folder each by its id: `fidsweep/models` under XDG_DATA_HOME,
 * else under ~/.local/share. Data and not a cache, because imported weights cannot be made again and a cache may be
 * emptied at any time. There is no other place to fall back to: what is kept must be found again. Nothing is made here.
 */
export function modelsFolder(): string {
  const data = process.env.XDG_DATA_HOME;
  // The XDG specification has relative paths ignored.
  return join(data && isAbsolute(data) ? data : join(home(), '.local', 'share'), 'fidsweep', 'models');
}

/** A failure to write in the models folder as the user's message; anything else is passed on. */
export function folderError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (['ENOSPC', 'EDQUOT'].includes(code)) {
    return new UserError(
      `${path}: the disk is full; no half file is left. Free some space, or set XDG_DATA_HOME to a folder with more.`,
    );
  }
  if (['EACCES', 'EROFS', 'EPERM', 'ENOTDIR', 'EEXIST'].includes(code)) {
    return new UserError(
      `${path}: models cannot be kept there (${code}). Set XDG_DATA_HOME to a folder that can be written.`,
    );
  }
  return fileError(error, path);
}

/** What killed processes left; a day is longer than any write takes. */
function sweepUp(folder: string): void {
  for (const name of readdirSync(folder).filter((name) => /^\.(new|gone)-/.test(name))) {
    const path = join(folder, name);
    const { mtimeMs = Date.now() } = statSync(path, { throwIfNoEntry: false }) ?? {};
    if (Date.now() - mtimeMs > A_DAY) rmSync(path, { recursive: true, force: true });
  }
}

/**
 * Keeps files in the folder of an extractor, all of them or none: a new folder is renamed into place as a whole, and in
 * one that is there already each file is replaced whole. No extractor's id begins with a dot, so no half folder is one.
 */
export function keepFiles(id: string, files: Readonly<Record<string, Uint8Array | string>>): void {
  const models = modelsFolder();
  const folder = join(models, id);
  const fresh = join(models, `.new-${randomUUID()}`);
  try {
    makeFolder(fresh);
    sweepUp(models);
    for (const [name, data] of Object.entries(files)) writeSynced(join(fresh, name), data, 'wx');
    if (statSync(folder, { throwIfNoEntry: false })) {
      for (const name of Object.keys(files)) renameSync(join(fresh, name), join(folder, name));
    } else renameSync(fresh, folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTEMPTY') {
      throw new UserError(`${folder} is there already: another process made it just now.`);
    }
    throw folderError(error, folder);
  } finally {
    try {
      rmSync(fresh, { recursive: true, force: true });
    } catch {
      // What kept it from being made keeps it from being removed too, and is the failure worth telling.
    }
  }
}

/** Removes the folder of an extractor, whole: it is renamed first. False when there is none. */
export function removeFolder(id: string): boolean {
  const models = modelsFolder();
  const gone = join(models, `.gone-${randomUUID()}`);
  try {
    renameSync(join(models, id), gone);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw folderError(error, join(models, id));
  }
  try {
    rmSync(gone, { recursive: true, force: true });
  } catch (error) {
    throw folderError(error, gone);
  }
  return true;
}
