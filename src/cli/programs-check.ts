import { existsSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type CheckResult, checkPrograms } from '../check.js';
import { CLASSES } from '../check-classes.js';
import { CHECKER, timesOf } from '../check-program.js';
import { UserError } from '../core/errors.js';
import { fileError, writeAtomically } from '../core/files.js';
import { plain } from '../core/plain.js';
import { TOOL } from '../core/version.js';
import { writeProgramList } from '../dataset/program-folder.js';
import { readProgramSet } from '../dataset/programs.js';
import { renderCheck } from '../report/check-table.js';
import { nameOf } from '../source.js';
import { FolderLock } from '../store/lock.js';
import { say } from './loudness.js';
import { backendOf, prepareFolder, programTimeout, resolutionOf } from './open.js';
import { programsOf } from './programs.js';
import { startProgress } from './progress.js';
import { flag, integer, text, type Values } from './values.js';

/** Processes beyond this help no driver. */
const MOST_PROCESSES = 16;

const EXIT_INTERRUPTED = 130;

/** What a check leaves behind beside the journal. */
interface CheckFile {
  readonly tool: string;
  readonly checker: number;
  readonly spec: string;
  readonly resolution: number;
  readonly times: readonly number[];
  readonly seed: number;
  readonly slow: number;
  readonly judge: boolean;
  readonly device: CheckResult['device'];
  readonly unchecked: number;
  readonly programs: CheckResult['programs'];
}

/** The file's text: a line a program. */
function encode({ programs, ...about }: CheckFile): string {
  const head = JSON.stringify(about).slice(0, -1);
  return `${head},"programs":[\n${programs.map((program) => JSON.stringify(program)).join(',\n')}\n]}\n`;
}

/** Messages that name the flag of a run's folder, with that of this command. */
function ofOutput(error: unknown): unknown {
  return error instanceof UserError ? new UserError(error.message.replace(/--out\b/g, '--output')) : error;
}

/** What the folder of a check is called where nobody says. */
const folderName = (spec: string): string =>
  `${nameOf(spec || 'programs')
    .replace(/\.(zip|txt)$/i, '')
    .replace(/[^\p{L}\p{N}._ -]+/gu, '-')}-check`;

/**
 * Leaves a list of the good programs in the folder of a check, or none where there is nothing that it could name. One of an
 * earlier check stays where this one did not reach all: no list is ever of a part.
 *
 * @returns what to tell of it
 */
function leaveList(list: string, what: string, { programs, unchecked }: CheckResult): string | undefined {
  if (unchecked)
    return existsSync(list)
      ? `"${list}" is still that of an earlier check.`
      : 'The list of the good ones is written when all are reached.';
  const good = programs.filter((program) => program.class === 'good').map(({ id }) => id);
  if (isPlace(what) && good.length) {
    writeProgramList(list, what, good);
    return `To sweep the good ones: --dataset "programs:${list}"`;
  }
  try {
    rmSync(list, { force: true });
  } catch (error) {
    throw fileError(error, list);
  }
  return undefined;
}

/** Whether a list can name programs of it: a folder, zip or list, rather than a set of ours. */
const isPlace = (what: string): boolean => existsSync(what.replace(/\?convention=[^?]*$/, ''));

export async function runCheck(values: Values): Promise<void> {
  const spec = text(values, 'spec')!;
  const convention = text(values, 'convention');
  const what = `${programsOf(spec)}${convention === undefined ? '' : `?convention=${convention}`}`;
  const drawing = {
    resolution: resolutionOf(values),
    pictures: integer(values, 'pictures', 2, 64) ?? 4,
    seed: integer(values, 'seed', 0, Number.MAX_SAFE_INTEGER) ?? 0,
    slow: integer(values, 'slow', 1, 3_600_000) ?? 250,
    programTimeout: programTimeout(values),
  };
  const judge = flag(values, 'judge');
  const processes = integer(values, 'processes', 1, 64) ?? Math.min(MOST_PROCESSES, availableParallelism());
  const backend = backendOf(values);
  const json = flag(values, 'json');
  const set = await readProgramSet(what);
  const folder = text(values, 'output') ?? folderName(programsOf(spec));
  prepareFolder(folder);
  const stop = new AbortController();
  const onInterrupt = () => {
    stop.abort();
    say('\nInterrupted: the programs at hand are finished. Press Ctrl-C again to end at once.');
  };
  process.once('SIGINT', onInterrupt);
  const progress = startProgress('Checking', 'programs');
  let lock: FolderLock | undefined;
  try {
    lock = FolderLock.take(folder);
    const result = await checkPrograms(set, {
      ...drawing,
      judge,
      folder,
      processes: Math.min(processes, Math.max(1, set.ids.length)),
      backend,
      signal: stop.signal,
      onProgress: (done, total) => progress.update(done, total),
    });
    progress.end();
    const { device, programs, unchecked } = result;
    const written = encode({
      tool: TOOL,
      checker: CHECKER,
      spec,
      resolution: drawing.resolution,
      times: timesOf(drawing),
      seed: drawing.seed,
      slow: drawing.slow,
      judge,
      device,
      unchecked,
      programs,
    });
    writeAtomically(join(folder, 'checked.json'), written);
    const told = leaveList(join(folder, 'good.txt'), what, result);
    if (json) process.stdout.write(written);
    else {
      process.stdout.write(`${renderCheck(programs, { classes: CLASSES, drawn: result.drawn, unchecked })}\n`);
      if (told) process.stdout.write(`${plain(told)}\n`);
    }
    if (stop.signal.aborted) process.exitCode = EXIT_INTERRUPTED;
  } catch (error) {
    throw ofOutput(error);
  } finally {
    progress.end();
    process.off('SIGINT', onInterrupt);
    lock?.release();
  }
}
