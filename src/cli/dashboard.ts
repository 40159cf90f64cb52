import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { invalid } from '../core/errors.js';
import { startReader } from './dashboard-reader.js';
import { serveDashboard } from './dashboard-server.js';
import type { PlacedRun } from './dashboard-standings.js';
import { flag, integer, type Values } from './values.js';

/** Milliseconds between two looks at who works on the runs. */
const EVERY = 1000;

/** The places to be watched: folders, or to become folders. */
function placesOf({ folders }: Values): string[] {
  const given: readonly unknown[] = Array.isArray(folders) ? folders : [folders];
  return given.map((place) => {
    if (typeof place !== 'string' || !place) throw invalid('DIR', place, 'a folder of a run, or of runs');
    const stats = statSync(place, { throwIfNoEntry: false });
    if (stats && !stats.isDirectory()) throw invalid('DIR', place, 'a folder of a run, or of runs');
    return place;
  });
}

/** Ends with Ctrl-C, which is how it is meant to end: exit code 0. */
export async function runDashboard(values: Values): Promise<void> {
  const places = placesOf(values);
  const port = integer(values, 'port', 0, 65535) ?? 0;
  const watchOnly = flag(values, 'watch-only');
  const ended = new Promise<void>((end) => {
    process.once('SIGINT', () => end());
    process.once('SIGTERM', () => end());
  });
  let runs = (): readonly PlacedRun[] => [];
  let unshown = (): number => 0;
  const dashboard = await serveDashboard({
    token: randomBytes(16).toString('hex'),
    port,
    runs: () => runs(),
    unshown: () => unshown(),
    watchOnly,
  });
  const reader = startReader(places, dashboard.update);
  ({ runs, unshown } = reader);
  const timer = setInterval(() => dashboard.update(), EVERY);
  process.stdout.write(`${dashboard.url}\n`);
  process.stderr.write('The address is for you alone. Ctrl-C ends the dashboard, not the sweeps.\n');
  await ended;
  clearInterval(timer);
  reader.close();
  await dashboard.close();
}
