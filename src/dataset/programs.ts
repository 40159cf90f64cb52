import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { messageOf, UserError } from '../core/errors.js';
import { PACKAGE_ROOT } from '../core/paths.js';
import { draws, STREAM } from '../core/random.js';
import type { Choice, Dataset } from './dataset.js';
import { assembleProgram } from './program-text.js';

export const GENES = 32;

function readLibrary(): Map<string, string> {
  const folder = join(PACKAGE_ROOT, 'shaders', 'lib');
  const files = readdirSync(folder).filter((file) => file.endsWith('.glsl'));
  return new Map(files.map((file) => [basename(file, '.glsl'), readFileSync(join(folder, file), 'utf8')]));
}

/** Files beyond this are no programs: real ones stay under 100 kB. */
const LARGEST = 1024 ** 2;

/** Assembled fragment shaders of a folder's `.frag` files by id (file name without ending), sorted. */
export function readPrograms(folder: string): Map<string, string> {
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
  return new Map(
    files.map((file) => {
      const path = join(folder, file);
      const { size } = statSync(path);
      if (size > LARGEST)
        throw new UserError(`${path}: ${size} bytes is too large for a program, at most ${LARGEST} are read.`);
      const id = basename(file, '.frag');
      return [id, assembleProgram(id, readFileSync(path, 'utf8'), library)];
    }),
  );
}

/** The built-in programs, or a folder of programs in the same convention (shaders/README.md). */
export function openPrograms(name: string, spec: string, folder = join(PACKAGE_ROOT, 'shaders')): Dataset {
  const sources = readPrograms(folder);
  const ids = [...sources.keys()];
  const hash = createHash('sha256');
  for (const [id, source] of sources) hash.update(`${id}\0${source}\0`);
  return {
    name,
    spec,
    identity: { kind: 'programs', programs: ids.length, sha256: hash.digest('hex') },
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
    async load({ id, output, slot }, seed) {
      const uniform = draws(seed, STREAM.genes, output, slot);
      return {
        kind: 'program',
        program: { id, source: sources.get(id)! },
        time: 0.1 + 9.9 * uniform(),
        seed: Math.floor(uniform() * 2 ** 31),
        genes: Array.from({ length: GENES }, uniform),
      };
    },
  };
}
