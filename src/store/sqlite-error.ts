import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { messageOf, UserError } from '../core/errors.js';
import { fileError } from '../core/files.js';

const codeOf = (error: unknown): string => (error instanceof Database.SqliteError ? error.code : '');

/** Failures of what is around a database, and no sign that its file is damaged. */
const AROUND = [
  'FULL',
  'IOERR',
  'READONLY',
  'CANTOPEN',
  'BUSY',
  'LOCKED',
  'PERM',
  'AUTH',
  'NOMEM',
  'NOLFS',
  'PROTOCOL',
];

/** Input and output errors that are of the file itself: sectors that cannot be read. */
const UNREADABLE = ['SQLITE_IOERR_READ', 'SQLITE_IOERR_SHORT_READ', 'SQLITE_IOERR_CORRUPTFS', 'SQLITE_IOERR_DATA'];

/** Whether SQLite failed because of what stands in the file. */
export function isDamage(error: unknown): boolean {
  const code = codeOf(error);
  if (!code) return false;
  return UNREADABLE.includes(code) || !AROUND.some((word) => code.startsWith(`SQLITE_${word}`));
}

/** Whether a database could not be opened, or not be read as it must be, because nothing may be written beside it. */
export const isReadOnly = (error: unknown): boolean => /^SQLITE_(READONLY|CANTOPEN|IOERR)/.test(codeOf(error));

export const isBusy = (error: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error));

/** SQLite says "disk I/O error" of a full disk too, where it is its shared memory that did not fit. */
function isFull(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize < 2 ** 17;
  } catch {
    return false;
  }
}

/** A failure of SQLite as the user's message, in the words that files' failures have; anything else is passed on. */
export function sqliteError(error: unknown, path: string): unknown {
  const code = codeOf(error);
  if (!code) return fileError(error, path);
  const as = (name: string) => fileError(Object.assign(new Error(messageOf(error)), { code: name }), path);
  if (code === 'SQLITE_FULL') return as('ENOSPC');
  if (/^SQLITE_(IOERR|CANTOPEN)/.test(code) && isFull(path)) return as('ENOSPC');
  if (/^SQLITE_(READONLY|CANTOPEN|PERM|AUTH)/.test(code)) return as('EACCES');
  if (code.startsWith('SQLITE_IOERR'))
    return new UserError(
      `${path}: ${messageOf(error)} (${code}). The disk fails, or a quota is used up. What was computed before is kept.`,
    );
  if (isBusy(error)) return new UserError(`${path}: another program holds this database open; close it there.`);
  return error;
}
