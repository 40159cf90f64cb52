import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, UserError } from '../core/errors.js';
import { writeAtomically } from '../core/files.js';

/**
 * What a run is asked to do from outside, by files in its folder: `pause` for as long as it is there, `stop` once. A
 * sweep looks for them between batches; anybody may make and remove them (`touch runs/first/pause`).
 */
export type Request = 'pause' | 'stop';

const path = (folder: string, request: Request): string => join(folder, request);

/** What a run is asked for at this moment; stopping goes before pausing. */
export function requestOf(folder: string): Request | undefined {
  return (['stop', 'pause'] as const).find((request) => existsSync(path(folder, request)));
}

/** Asks a run to pause or to stop; once it was heard, `stop` is taken away by the sweep. */
export function ask(folder: string, request: Request): void {
  writeAtomically(path(folder, request), '');
}

/** Takes requests back: all of them, or one. @throws UserError where one cannot be removed: it is a folder, say */
export function unask(folder: string, request?: Request): void {
  for (const one of request ? [request] : (['pause', 'stop'] as const)) {
    try {
      rmSync(path(folder, one), { force: true });
    } catch (error) {
      throw new UserError(`${path(folder, one)} cannot be removed: ${messageOf(error)}. Remove it by hand.`);
    }
  }
}
