import type { Argv } from 'yargs';
import { pick } from './flags.js';

const spec = (y: Argv): Argv =>
  y.positional('spec', { type: 'string', describe: 'folder, zip or list of programs, or programs:s1k and the like' });

/** Flags of the `programs` commands. */
export const programsFlags = {
  check: (y: Argv) =>
    pick(spec(y), ['seed', 'backend', 'program-timeout', 'json'])
      .option('output', { alias: 'o', type: 'string', describe: 'folder of what is found (default ./NAME-check)' })
      .option('convention', { type: 'string', describe: 'take every program for one of this convention' })
      .option('resolution', { type: 'string', describe: 'side of the pictures drawn (default 256)' })
      .option('pictures', { type: 'string', describe: 'pictures a program, each at its own time (default 4)' })
      .option('slow', {
        type: 'string',
        describe: 'milliseconds of the device a picture that are too many (default 250)',
      })
      .option('processes', { type: 'string', describe: 'programs drawn side by side (default: the cores)' })
      .option('judge', { type: 'boolean', describe: 'leave out what is flat, noise or nearly alike, too' }),
  show: (y: Argv) =>
    y
      .positional('id', { type: 'string', describe: 'g21-123 of the grammar, marble of those written by hand' })
      .option('spec', { type: 'string', describe: 'where the program is: folder, zip or spec' })
      .option('full', { type: 'boolean', describe: 'the whole shader, as the driver gets it' }),
  diversity: (y: Argv) =>
    pick(y.positional('specs', { type: 'string', array: true, describe: 'data-set specs, beside each other' }), [
      'extractor',
      'seed',
      'resolution',
      'backend',
      'threads',
      'json',
    ])
      .option('images', { type: 'string', describe: 'images of each, and programs (default 1000)' })
      .option('per-program', {
        type: 'string',
        describe: 'pictures whose mean features stand for a program (default 2)',
      }),
};
