import type Database from 'better-sqlite3';
import { canonical, sha256 } from './canonical.js';

/** What a column holds. */
type Value = string | number;
export type Row = Readonly<Record<string, Value>>;

/**
 * Tables by name: columns with their types, the primary key's first. Every row ends with a hash over its own values, since
 * SQLite has no checksums and a flipped bit in a value is a value as good as any to it.
 */
export const TABLES = {
  meta: { columns: { key: 'TEXT', value: 'TEXT' }, key: 1 },
  slices: {
    columns: {
      dataset: 'INTEGER',
      setting: 'TEXT',
      block: 'INTEGER',
      outputs: 'INTEGER',
      file: 'TEXT',
      start: 'INTEGER',
      sha256: 'TEXT',
    },
    key: 3,
  },
  moments: {
    columns: {
      dataset: 'INTEGER',
      setting: 'TEXT',
      blocks: 'INTEGER',
      images: 'INTEGER',
      file: 'TEXT',
      sha256: 'TEXT',
    },
    key: 2,
  },
  set_aside: {
    columns: { dataset: 'INTEGER', block: 'INTEGER', part: 'INTEGER', position: 'INTEGER', entry: 'TEXT' },
    key: 4,
  },
  timing: { columns: { dataset: 'INTEGER', setting: 'TEXT', value: 'TEXT' }, key: 2 },
  results: { columns: { key: 'TEXT', value: 'TEXT' }, key: 1 },
} as const satisfies Record<string, { columns: Record<string, 'TEXT' | 'INTEGER'>; key: number }>;

export type TableName = keyof typeof TABLES;

const columnsOf = (table: TableName): string[] => Object.keys(TABLES[table].columns);

/** `fsw2` in ASCII: what a file is of, for tools that look (`file run.sqlite`). */
const APPLICATION_ID = 0x66737732;

function createText(table: TableName): string {
  const { columns, key } = TABLES[table];
  const lines = Object.entries(columns).map(([name, type]) => `"${name}" ${type} NOT NULL`);
  const primary = columnsOf(table)
    .slice(0, key)
    .map((name) => `"${name}"`)
    .join(', ');
  return `CREATE TABLE ${table} (${lines.join(', ')}, "hash" TEXT NOT NULL, PRIMARY KEY (${primary})) STRICT, WITHOUT ROWID`;
}

export function createTables(database: Database.Database): void {
  database.pragma(`application_id = ${APPLICATION_ID}`);
  for (const table of Object.keys(TABLES) as TableName[]) database.exec(createText(table));
}

/** What is wrong with a database's structure; nothing when all of it is as it was made. */
export function faultOfTables(database: Database.Database): string | undefined {
  if (database.pragma('application_id', { simple: true }) !== APPLICATION_ID) return 'it is no database of a run';
  const made = database.prepare('SELECT sql FROM sqlite_schema').pluck().all() as unknown[];
  const expected = (Object.keys(TABLES) as TableName[]).map(createText);
  if (made.map(String).sort().join('\n') !== expected.sort().join('\n')) return 'its tables are not those of a run';
  const found = database.pragma('integrity_check(1)', { simple: true });
  return found === 'ok' ? undefined : String(found).replaceAll('\n', ': ');
}

/** 128 bits tell a damaged row as surely as 256. */
const hashOf = (table: TableName, values: readonly Value[]): string =>
  sha256(canonical([table, ...values])).slice(0, 32);

/** A table's rows. Throws an Error that names the table at the first that does not match its hash. */
export function readRows(database: Database.Database, table: TableName, where = ''): Row[] {
  const names = columnsOf(table);
  return (database.prepare(`SELECT * FROM ${table} ${where}`).all() as Row[]).map((row) => {
    const values = names.map((name) => row[name]!);
    if (row.hash !== hashOf(table, values)) throw new DamagedRow(`a row of ${table} does not match its hash`);
    return row;
  });
}

export class DamagedRow extends Error {}

/** Statements that put rows down, replacing those of the same key, and take them away by their key. */
export function rowWriter(database: Database.Database, table: TableName) {
  const names = columnsOf(table);
  const keys = names.slice(0, TABLES[table].key);
  const put = database.prepare(`INSERT OR REPLACE INTO ${table} VALUES (${[...names, 'hash'].map(() => '?').join()})`);
  const remove = database.prepare(`DELETE FROM ${table} WHERE ${keys.map((name) => `"${name}" = ?`).join(' AND ')}`);
  return {
    put(row: Row): void {
      const values = names.map((name) => row[name]!);
      put.run(...values, hashOf(table, values));
    },
    remove(row: Row): void {
      remove.run(...keys.map((name) => row[name]!));
    },
  };
}
