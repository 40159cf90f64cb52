import { UserError } from '../core/errors.js';
import { draws, STREAM } from '../core/random.js';
import type { Choice, Dataset, Failure, ProgramSource, TimeRange } from './dataset.js';

export const GENES = 32;

/** Seconds; a sweep's settings may have another range. */
export const TIME: TimeRange = [0.1, 10];

/** Programs by id. Texts are made when they are asked for: twenty thousand of them with their library are half a gigabyte. */
export interface ProgramSet {
  readonly ids: readonly string[];
  /** What decides its pictures. */
  readonly identity: Dataset['identity'];
  /** What is there and cannot be used, known without drawing it. */
  readonly failures: readonly Failure[];
  read(id: string): ProgramSource;
  /** A program's own text, as its file has it, where it comes from one. */
  text?(id: string): string;
}

/** @throws UserError for a set without programs, with the first that cannot be used */
function checkUsable(spec: string, { ids, failures }: ProgramSet): void {
  if (ids.length) return;
  const of = `Programs of "${spec.replace(/^programs:/, '').replace(/\?convention=[^?]*$/, '')}"`;
  const [first] = failures;
  if (!first) throw new UserError(`${of}: there are none.`);
  const count = failures.length === 1 ? 'its one file cannot' : `none of its ${failures.length} files can`;
  throw new UserError(`${of}: ${count} be used; the first is ${first.id}: ${first.why}`);
}

/** Time, seed and genes of a program's picture at a place of an output. */
export function pictureOf(output: number, slot: number, seed: number, [from, to]: TimeRange = TIME) {
  const uniform = draws(seed, STREAM.genes, output, slot);
  return {
    time: from + (to - from) * uniform(),
    seed: Math.floor(uniform() * 2 ** 31),
    genes: Array.from({ length: GENES }, uniform),
  };
}

/**
 * Programs as base images: each picture a program at random, at a random time, with random genes.
 *
 * @param spec `programs`, or `programs:WHAT`
 * @throws UserError for a set without programs
 */
export function datasetOfPrograms(name: string, spec: string, set: ProgramSet): Dataset {
  checkUsable(spec, set);
  const { ids, identity, failures } = set;
  return {
    name,
    spec,
    identity,
    takes: ['time'],
    failures,
    fit: (resolution) => `rendered at ${resolution}`,
    choose(output, n, seed, unusable) {
      if (unusable.size >= ids.length && ids.every((id) => unusable.has(id)))
        throw new UserError(`Data set "${name}": none of its ${ids.length} programs can be used.`);
      return Array.from({ length: n }, (_, slot): Choice => {
        const uniform = draws(seed, STREAM.choice, output, slot);
        for (;;) {
          const id = ids[Math.floor(uniform() * ids.length)]!;
          if (!unusable.has(id)) return { id, output, slot };
        }
      });
    },
    async load({ id, output, slot }, seed, _resolution, { time } = {}) {
      return { kind: 'program', program: set.read(id), ...pictureOf(output, slot, seed, time) };
    },
  };
}
