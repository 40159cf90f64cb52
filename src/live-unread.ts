import { basename, resolve } from 'node:path';
import type { LiveRun } from './report/dashboard-run.js';

/** A place of which nothing was read: before it was looked at, where there is nothing, or nothing that can be read. */
export const unread = (folder: string, stamp?: string): LiveRun => ({
  folder,
  name: basename(resolve(folder)),
  ...(stamp !== undefined && { stamp }),
  notes: [],
  columns: [],
  setAside: 0,
  strips: [],
  complete: false,
});
