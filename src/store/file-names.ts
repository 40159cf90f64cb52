import { isMomentsFile, shardPlace } from './contents.js';

/** What writing leaves where a process ends in the middle of it. */
export const TEMPORARY = /\.\d+\.tmp$/;

export const ownName = (name: string): string => name.replace(TEMPORARY, '');

/** Files that fidsweep writes into a run folder, now or in 0.2, beside `run.json`, the lock and what lies in folders. */
const OWN =
  /^(run\.sqlite(\.damaged(-\d+)?)?(-wal|-shm|-journal)?|(reference|selection)\.npz|(scores|timing|report)\.json|report\.(md|html|tex|csv)|(fid|n|race|pareto)-\d+\.svg|pause|stop)$/;

/** Whether a file of a run folder itself, or a half of one, is fidsweep's and goes with the run. */
export const isOwn = (name: string): boolean => OWN.test(ownName(name));

/** Whether a file below it is, whole or half: by its name from there. */
export const isOfCells = (file: string): boolean =>
  shardPlace(ownName(file)) !== undefined || isMomentsFile(ownName(file));
