import { closeSync, copyFileSync, existsSync, mkdtempSync, openSync, readSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { messageOf } from '../core/errors.js';
import { fileError } from '../core/files.js';
import { exactJson } from './canonical.js';
import { type Change, Contents } from './contents.js';
import type { RunRecord } from './record.js';
import { faultOfRecord } from './record-fault.js';
import { contentsOf, TOTALS } from './rows.js';
import { isDamage, isReadOnly, sqliteError } from './sqlite-error.js';
import {
  createTables,
  DamagedRow,
  faultOfTables,
  type Row,
  readRows,
  rowWriter,
  TABLES,
  type TableName,
} from './tables.js';

/** A database that is missing, or whose content is not what was written. */
export class DamagedDatabase extends Error {
  constructor(
    readonly why: string,
    /** The copy of the record, where that much is whole. */
    readonly record?: RunRecord,
  ) {
    super(why);
  }
}

/** Files that SQLite keeps beside a database. */
const BESIDE = ['-wal', '-shm', '-journal'];

/** The copy of the record, when it is whole; whatever else is not. */
function recordIn(database: Database.Database): RunRecord | undefined {
  try {
    const [row] = readRows(database, 'meta', "WHERE key = 'record'");
    const record = row && (JSON.parse(row.value as string) as RunRecord);
    return faultOfRecord(record) === undefined ? record : undefined;
  } catch {
    // Its damage is found, and told, with that of the rest.
    return undefined;
  }
}

/** Everything in an opened database, checked. Throws a DamagedDatabase. */
function load(database: Database.Database): Contents {
  const record = recordIn(database);
  try {
    const fault = faultOfTables(database);
    if (fault !== undefined) throw new DamagedRow(fault);
    const rows = Object.fromEntries(
      Object.keys(TABLES).map((table) => [table, readRows(database, table as TableName)]),
    ) as Record<TableName, Row[]>;
    if (!record) throw new DamagedRow('the copy of the record is missing, or not what it must be');
    return contentsOf(rows, record);
  } catch (error) {
    if (error instanceof DamagedRow || isDamage(error)) throw new DamagedDatabase(messageOf(error), record);
    throw error;
  }
}

/** What SQLite says of a file that it does not even open. */
function asDamage(error: unknown): unknown {
  return isDamage(error) ? new DamagedDatabase(messageOf(error)) : error;
}

function loadFrom(path: string, options: Database.Options): Contents {
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { ...options, fileMustExist: true });
    return load(database);
  } catch (error) {
    throw asDamage(error);
  } finally {
    database?.close();
  }
}

/**
 * What a database holds, read and checked while others may write to it. Where the folder cannot be written, which SQLite
 * wants for reading too while there is a log beside the database, a copy of both is read. Throws a DamagedDatabase, or a
 * UserError where it cannot be read at all.
 */
export function readContents(path: string): Contents {
  path = resolve(path);
  if (!existsSync(path)) throw new DamagedDatabase('it is missing');
  try {
    return loadFrom(path, { readonly: true });
  } catch (error) {
    if (!isReadOnly(error)) throw sqliteError(error, path);
  }
  const folder = mkdtempSync(join(tmpdir(), 'fidsweep-run-'));
  try {
    const copy = join(folder, 'run.sqlite');
    // Not the shared memory: it is made again from the log.
    for (const end of ['', '-wal', '-journal']) {
      if (existsSync(path + end)) copyFileSync(path + end, copy + end);
    }
    return loadFrom(copy, {});
  } catch (error) {
    throw sqliteError(error, path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Versions above these two in a database's header make SQLite refuse to write, as if the file were protected. */
function checkVersions(path: string): void {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(20);
    // Nothing is there yet where a process ended while it made the file.
    if (readSync(file, head, 0, 20, 0) < 20) throw new DamagedDatabase('it is cut off');
    if (head[18]! > 2 || head[19]! > 2) throw new DamagedDatabase('its header is not that of a database');
  } finally {
    closeSync(file);
  }
}

/** Moves a damaged database and what lies beside it out of the way, and gives its new name. */
export function moveAside(path: string): string {
  let name = `${path}.damaged`;
  for (let i = 2; existsSync(name); i++) name = `${path}.damaged-${i}`;
  try {
    for (const end of [...BESIDE, '']) if (existsSync(path + end)) renameSync(path + end, name + end);
  } catch (error) {
    throw fileError(error, path);
  }
  return name;
}

/** The run's database, open for writing: every change is in the file, synced, before it is in `contents`. */
export class RunDatabase {
  readonly path: string;
  readonly contents: Contents;
  readonly #database: Database.Database;
  readonly #writers: Readonly<Record<TableName, ReturnType<typeof rowWriter>>>;

  private constructor(path: string, database: Database.Database, contents: Contents) {
    this.path = path;
    this.contents = contents;
    this.#database = database;
    this.#writers = Object.fromEntries(
      Object.keys(TABLES).map((table) => [table, rowWriter(database, table as TableName)]),
    ) as Record<TableName, ReturnType<typeof rowWriter>>;
  }

  /** A new database with this in it, where none is. */
  static create(path: string, change: Change): RunDatabase {
    return RunDatabase.#opened(resolve(path), (database) => {
      // One transaction: a database is whole, or has no tables and is made again.
      database.transaction(() => createTables(database)).immediate();
      return [new Contents(), change];
    });
  }

  /** Opens and checks the database of a path. Throws a DamagedDatabase, closed again, for one that is not what was written. */
  static open(path: string): RunDatabase {
    path = resolve(path);
    if (!existsSync(path)) throw new DamagedDatabase('it is missing');
    try {
      checkVersions(path);
    } catch (error) {
      throw fileError(error, path);
    }
    return RunDatabase.#opened(path, (database) => [load(database), {}]);
  }

  static #opened(path: string, first: (database: Database.Database) => readonly [Contents, Change]): RunDatabase {
    let database: Database.Database | undefined;
    try {
      database = new Database(path);
      const [contents, change] = first(database);
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = FULL');
      const opened = new RunDatabase(path, database, contents);
      opened.write(change);
      return opened;
    } catch (error) {
      database?.close();
      throw sqliteError(asDamage(error), path);
    }
  }

  /** Makes a change as one transaction, and gives the files that nothing stands for any more. */
  write(change: Change): string[] {
    const { meta, slices, moments, set_aside, timing, results } = this.#writers;
    const put = this.#database.transaction(() => {
      if (change.record) meta.put({ key: 'record', value: exactJson(change.record) });
      for (const row of change.forgetSlices ?? []) slices.remove(row as unknown as Row);
      for (const row of change.forgetMoments ?? []) moments.remove(row as unknown as Row);
      for (const row of change.slices ?? []) slices.put(row as unknown as Row);
      for (const row of change.moments ?? []) moments.put(row as unknown as Row);
      for (const row of change.setAside ?? [])
        set_aside.put({ ...row, entry: JSON.stringify(row.entry) } as unknown as Row);
      if (change.totals) timing.put({ ...TOTALS, value: exactJson(change.totals) });
      for (const cell of change.timing ?? [])
        timing.put({ dataset: cell.dataset, setting: cell.setting, value: exactJson(cell) });
      for (const [key, value] of change.results ?? []) {
        if (value === undefined) results.remove({ key });
        else results.put({ key, value });
      }
    });
    try {
      put.immediate();
    } catch (error) {
      throw sqliteError(error, this.path);
    }
    return this.contents.apply(change);
  }

  /** Leaves one file, which readers can open in a folder that they may not write. What hinders that loses nothing. */
  close(): void {
    if (!this.#database.open) return;
    try {
      this.#database.pragma('wal_checkpoint(TRUNCATE)');
      this.#database.pragma('journal_mode = DELETE');
    } catch {
      // A reader that is there at this moment, or a full disk: the log stays, and the next to open it goes on from it.
    }
    this.#database.close();
  }
}
