import { lstatSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { messageOf, UserError } from './core/errors.js';
import { readRegularFile } from './core/regular-file.js';
import { oddFile } from './live-odd-files.js';
import { stampOf } from './live-stamp.js';
import type { LiveRun, RunStanding } from './report/dashboard-run.js';
import { requestOf } from './store/control.js';
import { FolderLock } from './store/lock.js';

/** A process of this machine that has ended holds nothing. */
function hasEnded(folder: string): boolean {
  try {
    const { pid, host } = JSON.parse(readRegularFile(join(folder, 'lock.json'), { most: 4096 }).toString());
    if (host !== hostname() || !Number.isSafeInteger(pid) || pid <= 0) return false;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/**
 * Who works on a run folder; undefined where nobody does. The lock itself is asked only where somebody stands beside it:
 * asking holds it for a moment, in which a sweep that begins would be refused.
 */
export function holderOf(folder: string): string | undefined {
  const beside = lstatSync(join(folder, 'lock.json'), { throwIfNoEntry: false });
  if (!beside?.isFile() || hasEnded(folder)) return undefined;
  try {
    FolderLock.check(folder);
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) return messageOf(error);
    const [, holder] = / is in use: (.+?)\. Wait until/.exec(error.message) ?? [];
    return holder?.replace(/(\d)T(\d\d:\d\d):\d\d(\.\d+)?Z/, '$1 $2 UTC');
  }
}

/** How a run stands at this moment. Throws nothing. */
export function standingOf({ folder, stamp = '', record, fault, complete }: LiveRun): RunStanding {
  try {
    if (oddFile(folder) !== undefined) return { state: 'unreadable' };
    const holder = holderOf(folder);
    if (holder === undefined) {
      if (stampOf(folder).stamp !== stamp) return { state: 'reading' };
      if (fault !== undefined) return { state: 'unreadable' };
      return { state: record ? (complete ? 'finished' : 'stopped') : 'waiting' };
    }
    const asked = requestOf(folder);
    if (asked === 'stop') return { state: 'stopping', holder };
    if (asked === 'pause') return { state: 'paused', holder };
    const since = lstatSync(join(folder, 'lock.json'), { throwIfNoEntry: false })?.mtimeMs;
    return { state: complete ? 'scoring' : 'running', holder, ...(since !== undefined && { since }) };
  } catch (error) {
    return { state: 'unreadable', holder: messageOf(error) };
  }
}
