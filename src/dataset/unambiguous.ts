import { statSync } from 'node:fs';
import { UserError } from '../core/errors.js';

function isFolder(name: string): boolean {
  try {
    return statSync(name, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    // A link to itself, or what may not be looked into: it could not be read as one.
    return false;
  }
}

/**
 * Refuses the name of something that ships where the user has a folder of that name: either could be meant.
 *
 * @param ships what it names otherwise
 * @param prefix what stands before a path in the spec
 */
export function checkUnambiguous(name: string, ships: string, prefix = ''): void {
  if (!isFolder(name)) return;
  throw new UserError(
    `"${prefix}${name}" could be the ${ships} that ship with fidsweep or the folder of that name here. Write "${prefix}./${name}" for the folder; for what ships, run in another folder.`,
  );
}
