import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { messageOf, UserError } from '../core/errors.js';
import { PACKAGE_ROOT } from '../core/paths.js';
import { draws, STREAM } from '../core/random.js';
import type { Choice, Dataset, Failure, TimeRange } from './dataset.js';
import { assembleProgram } from './program-text.js';

export const GENES = 32;

/** Seconds; a sweep's settings may have another range. */
export const TIME: TimeRange = [0.1, 10];

function readLibrary(): Map<string, string> {
  const folder = join(PACKAGE_ROOT, 'shaders', 'lib');
  const files = readdirSync(folder).filter((file) => file.endsWith('.glsl'));
  return new Map(files.map((file) => [basename(file, '.glsl'), readFileSync(join(folder, file), 'utf8')]));
}

/** Files beyond this are no programs: real ones stay under 100 kB. */
const LARGEST = 1024 ** 2;

function readProgram(path: string): string {
  const target = statSync(path, { throwIfNoEntry: false });
  if (!target) throw new UserError('a link that leads nowhere');
  if (!target.isFile()) throw new UserError('not a file');
  if (target.size > LARGEST)
    throw new UserError(`${target.size} bytes is too large for a program, at most ${LARGEST} are read`);
  return readFileSync(path, 'utf8');
}

/**
 * Assembled fragment shaders of a folder's `.frag` files by id (file name without ending), sorted.
 *
 * @param onFailure hears of each file that cannot be read or assembled
 * @throws UserError when none can
 */
export function readPrograms(folder: string, onFailure: (failure: Failure) => void = () => {}): Map<string, string> {
  let files: string[];
  try {
    files = readdirSync(folder)
      .filter((file) => file.endsWith('.frag'))
      .sort();
  } catch (error) {
    throw new UserError(`Programs of "${folder}": ${messageOf(error)}. Expected a folder of .frag files.`);
  }
  if (!files.length) throw new UserError(`Programs of "${folder}": the folder holds no .frag file.`);
  const library = readLibrary();
  const programs = new Map<string, string>();
  const failures: Failure[] = [];
  for (const file of files) {
    const id = basename(file, '.frag');
    try {
      programs.set(id, assembleProgram(id, readProgram(join(folder, file)), library));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (error instanceof UserError) failures.push({ id, why: error.message });
      // Without the system's own text: it holds the path, and this is recorded with the run.
      else if (code !== undefined) failures.push({ id, why: `cannot be read (${code})` });
      else throw error;
    }
  }
  if (!programs.size) {
    const [{ id, why }] = failures as [Failure];
    throw new UserError(
      `Programs of "${folder}": none of its ${files.length} .frag files can be used; the first is ${id}: ${why}`,
    );
  }
  failures.forEach(onFailure);
  return programs;
}

/** The built-in programs, or a folder of programs in the same convention (shaders/README.md). */
export function openPrograms(name: string, spec: string, folder = join(PACKAGE_ROOT, 'shaders')): Dataset {
  const failures: Failure[] = [];
  const sources = readPrograms(folder, (failure) => failures.push(failure));
  const ids = [...sources.keys()];
  const hash = createHash('sha256');
  for (const [id, source] of sources) hash.update(`${id}\0${source}\0`);
  return {
    name,
    spec,
    identity: { kind: 'programs', programs: ids.length, sha256: hash.digest('hex') },
    failures,
    fit: (resolution) => `rendered at ${resolution}`,
    choose(output, n, seed, unusable) {
      if (ids.every((id) => unusable.has(id)))
        throw new UserError(`Data set "${name}": none of its ${ids.length} programs can be used.`);
      return Array.from({ length: n }, (_, slot): Choice => {
        const uniform = draws(seed, STREAM.choice, output, slot);
        for (;;) {
          const id = ids[Math.floor(uniform() * ids.length)]!;
          if (!unusable.has(id)) return { id, output, slot };
        }
      });
    },
    async load({ id, output, slot }, seed, _resolution, { time: [from, to] = TIME } = {}) {
      const uniform = draws(seed, STREAM.genes, output, slot);
      return {
        kind: 'program',
        program: { id, source: sources.get(id)! },
        time: from + (to - from) * uniform(),
        seed: Math.floor(uniform() * 2 ** 31),
        genes: Array.from({ length: GENES }, uniform),
      };
    },
  };
}
