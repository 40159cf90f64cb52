import { existsSync, readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { messageOf, UserError } from '../core/errors.js';
import { writeAtomically } from '../core/files.js';
import { plain } from '../core/plain.js';
import { isBusy, isDamage, sqliteError } from './sqlite-error.js';

/** Files of a lock; the first stays when it is released, as one that is removed may be locked twice. */
export const LOCK_FILES = ['lock.sqlite', 'lock.sqlite-journal', 'lock.json'] as const;

/** Milliseconds that taking a lock waits: who asks whether a folder is held holds it too, for less than one. */
const PATIENCE = 200;

/** Who holds a folder, as far as that is known. */
function holder(folder: string): string {
  try {
    const { pid, host, started } = JSON.parse(readFileSync(join(folder, 'lock.json'), 'utf8'));
    if (pid === process.pid && host === hostname()) return `this process (${pid})`;
    return plain(`process ${pid} on ${host}, since ${started}`);
  } catch {
    return 'another process';
  }
}

/** Why a lock could not be had, to the user. */
function refusal(error: unknown, folder: string, path: string): unknown {
  if (isBusy(error))
    return new UserError(`"${folder}" is in use: ${holder(folder)}. Wait until it has ended, or choose another --out.`);
  if (isDamage(error))
    return new UserError(`${path}: ${messageOf(error)}. Remove this file; it is empty where all is well.`);
  return sqliteError(error, path);
}

/**
 * The right to write to a run folder, of one process at a time: an exclusive transaction on an empty database, which the
 * kernel ends with the process, however that ends. So there is no file of a dead process to be judged, and no clock.
 * Who holds it stands beside it, for messages alone.
 */
export class FolderLock {
  readonly #folder: string;
  readonly #database: Database.Database;

  private constructor(folder: string, database: Database.Database) {
    this.#folder = folder;
    this.#database = database;
  }

  /** Throws a UserError, after a fifth of a second at most, that names who holds the folder, or why it cannot be written. */
  static take(folder: string): FolderLock {
    const path = resolve(folder, 'lock.sqlite');
    let database: Database.Database | undefined;
    try {
      database = new Database(path, { timeout: PATIENCE });
      database.exec('BEGIN EXCLUSIVE');
      const about = { pid: process.pid, host: hostname(), started: new Date().toISOString() };
      writeAtomically(join(folder, 'lock.json'), `${JSON.stringify(about)}\n`);
      return new FolderLock(folder, database);
    } catch (error) {
      database?.close();
      throw refusal(error, folder, path);
    }
  }

  /** Throws what `take` would where somebody holds the folder; takes, makes and changes nothing. */
  static check(folder: string): void {
    const path = resolve(folder, 'lock.sqlite');
    if (!existsSync(path)) return;
    let database: Database.Database | undefined;
    try {
      database = new Database(path, { readonly: true, timeout: 0 });
      // Reading waits for an exclusive transaction too.
      database.prepare('SELECT count(*) FROM sqlite_schema').get();
    } catch (error) {
      throw refusal(error, folder, path);
    } finally {
      database?.close();
    }
  }

  release(): void {
    if (!this.#database.open) return;
    try {
      rmSync(join(this.#folder, 'lock.json'), { force: true });
    } catch {
      // It says who held the folder and decides nothing.
    }
    this.#database.close();
  }
}
