import type { Argv } from 'yargs';
import { pick } from './flags.js';

/** Flags of `render` and `stream`: pictures of one setting, for training. */

function pictureFlags(cli: Argv): Argv {
  return pick(
    cli
      .positional('spec', { type: 'string', describe: 'a data-set spec, as of "sweep --dataset"; not with --from' })
      .option('mix', {
        type: 'string',
        describe: 'none, mixup:N, cutmix:N, cutmixup:N, truncation?psi=…, with options after "?" (default none)',
      })
      .option('from', {
        type: 'string',
        describe:
          'folder of a run: its data set, resolution, seed and recommended setting, where no flag says otherwise',
      })
      .option('dataset', { type: 'string', describe: 'of --from: which of its data sets, by name' })
      .option('encoding', { type: 'string', describe: 'jpeg (default), png or webp' })
      .option('quality', { type: 'string', describe: 'of jpeg and webp, 1 to 100 (default 92)' }),
    ['resolution', 'seed', 'backend', 'render-processes', 'program-timeout', 'skip-corrupt'],
  );
}

export const renderFlags = (cli: Argv): Argv =>
  pictureFlags(cli)
    .option('images', { type: 'string', demandOption: true, describe: 'how many' })
    .option('format', { type: 'string', describe: 'folder (default), webdataset or zip' })
    .option('shard-images', {
      type: 'string',
      describe: 'images a shard of webdataset and zip (default 10000)',
    })
    .option('output', {
      alias: ['o', 'out'],
      type: 'string',
      demandOption: true,
      describe: 'folder to write to; one that holds a part of the same is gone on with',
    });

export const streamFlags = (cli: Argv): Argv =>
  pictureFlags(cli)
    .option('shard', { type: 'string', describe: "i/n: a worker's share, i from 0 to n − 1 (default 0/1)" })
    .option('start', { type: 'string', describe: 'index of the first output of all workers (default 0)' })
    .option('images', {
      type: 'string',
      describe: 'outputs of all workers together; then it ends (default: it never does)',
    });
