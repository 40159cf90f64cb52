import { readdirSync, readFileSync } from 'node:fs';

/** Waiting for other processes, and finding them. */

/** What `look` gives once it gives something. */
export async function until<T>(look: () => T | undefined, what: string): Promise<T> {
  for (let tries = 0; tries < 6000; tries++) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${what}: not within a minute`);
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** Process numbers of the render children of a process, whichever of its threads began them. */
export function renderChildren(parent: number): number[] {
  const threads = readdirSync(`/proc/${parent}/task`);
  const children = threads.flatMap((thread) =>
    readFileSync(`/proc/${parent}/task/${thread}/children`, 'utf8').split(' '),
  );
  return children
    .filter(Boolean)
    .map(Number)
    .filter((pid) => commandLine(pid).includes('child.js'));
}
