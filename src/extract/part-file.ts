import { randomUUID } from 'node:crypto';
import { lstat, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A running download writes far more often than this: it gives up when nothing has come for half as long. */
const QUIET = 60_000;

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Parts whose process was killed. One that another machine writes, on a shared disk, is never quiet for so long. */
async function orphans(to: string): Promise<string[]> {
  const out: string[] = [];
  for (const name of await readdir(dirname(to))) {
    const pid = name.startsWith(`${basename(to)}.part-`) && /\.part-(\d+)-[0-9a-f]+$/.exec(name)?.[1];
    if (!pid || isRunning(Number(pid))) continue;
    const path = join(dirname(to), name);
    const { mtimeMs } = await lstat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > QUIET) out.push(path);
  }
  return out;
}

/**
 * The path for the first bytes of `to`, for this download alone: a part that an earlier one left takes that name, which
 * only one of several claimants can do. So two downloads at once never write to one file.
 */
export async function claimPart(to: string): Promise<string> {
  const own = `${to}.part-${process.pid}-${randomUUID().slice(0, 8)}`;
  for (const left of [`${to}.part`, ...(await orphans(to))]) {
    try {
      await rename(left, own);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      throw error;
    }
    if ((await lstat(own)).isFile()) break;
    // A link, or something else that is no part of ours: not written through.
    await rm(own, { recursive: true, force: true });
  }
  return own;
}

/** Leaves a part for the next download to claim. */
export const leavePart = (part: string, to: string): Promise<void> => rename(part, `${to}.part`);
