import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Copies of databases are read in moments: what is older than an hour was left by a process that was ended. */
const STALE = 3_600_000;

/** Removes what reading folders that may not be written has left in the folder of temporary files. */
export function removeStaleCopies(home = tmpdir(), now = Date.now()): void {
  try {
    for (const name of readdirSync(home)) {
      if (!/^fidsweep-run-[A-Za-z0-9]{6}$/.test(name)) continue;
      const stats = lstatSync(join(home, name), { throwIfNoEntry: false });
      if (!stats?.isDirectory() || stats.uid !== process.getuid?.()) continue;
      if (now - stats.mtimeMs > STALE) rmSync(join(home, name), { recursive: true, force: true });
    }
  } catch {
    // They are somebody else's to remove, then.
  }
}
