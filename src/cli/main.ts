#!/usr/bin/env node
import yargs, { type Argv } from 'yargs';
import { UserError } from '../core/errors.js';
import type { Values } from './values.js';

/** Texts of flags that several commands share. Nothing heavy is imported before a command runs. */
const FLAG = {
  extractor: {
    type: 'string',
    describe: 'network whose features are compared: "bundled", or an id of "fidsweep models"',
  },
  seed: { type: 'string', describe: 'seed of everything random (default 0)' },
  resolution: { type: 'string', describe: 'side of the square images in pixels (default 256)' },
  backend: { type: 'string', describe: 'auto, vulkan, display or xvfb (default auto)' },
  threads: { type: 'string', describe: 'inference threads (default: all cores)' },
  'program-timeout': {
    type: 'string',
    describe: 'seconds a program may take for a few pictures before it counts as hanging (default 20)',
  },
  'skip-corrupt': { type: 'boolean', describe: 'leave images out that cannot be decoded, and count them' },
  json: { type: 'boolean', describe: 'one JSON object on standard output' },
} as const;

function pick(cli: Argv, names: readonly (keyof typeof FLAG)[]): Argv {
  for (const name of names) cli.option(name, FLAG[name]);
  return cli;
}

function sweepFlags(cli: Argv): Argv {
  cli
    .option('dataset', {
      type: 'string',
      describe:
        'NAME=SPEC, a column of the table; SPEC is "programs", "programs:FOLDER" or a folder of images; may be given again',
    })
    .option('reference', {
      type: 'string',
      describe: '.npz of "fidsweep stats", or a folder of real images (default "photos", which ships)',
    })
    .option('methods', { type: 'string', describe: 'of none, mixup, cutmix, cutmixup (default none,mixup,cutmix)' })
    .option('n', { type: 'string', describe: 'numbers of base images, such as 2-9 or 2,4,6 (default 2-9)' })
    .option('images', { type: 'string', describe: 'images a setting (default 50000)' })
    .option('weights', {
      type: 'string',
      describe: 'of mixup: dirichlet, dirichlet(ALPHA), normalized-uniform or equal',
    })
    .option('cutmix-alpha', { type: 'string', describe: 'α of the Beta(α, α) of cutmix (default 1)' })
    .option('out', { type: 'string', describe: 'folder of the run (default runs/DATE-TIME)' })
    .option('overwrite', { type: 'boolean', describe: 'replace the run that --out holds' })
    .option('config', { type: 'string', describe: 'the same flags in a YAML file; flags win' })
    .option('dry-run', { type: 'boolean', describe: 'say what would be done: settings, renders, disk, time' });
  return pick(cli, [
    'resolution',
    'extractor',
    'seed',
    'backend',
    'threads',
    'program-timeout',
    'skip-corrupt',
    'json',
  ]);
}

const measureFlags = (cli: Argv): Argv =>
  pick(cli, ['extractor', 'resolution', 'seed', 'backend', 'threads', 'program-timeout', 'skip-corrupt', 'json'])
    .option('images', { type: 'string', describe: 'take this many images, sampled by the seed' })
    .option('classes', { type: 'string', describe: 'only class folders of this list: "imagenet100" or a file' });

const cli = yargs(process.argv.slice(2))
  .scriptName('fidsweep')
  .usage(
    '$0 COMMAND\n\nWhich way of mixing synthetic images makes them most like real ones? Sweeps mixing method and N and ranks them by FID.',
  )
  // Values are read by src/cli/values.ts, which refuses what is not of its kind instead of guessing.
  .parserConfiguration({
    'parse-numbers': false,
    'parse-positional-numbers': false,
    'boolean-negation': false,
    'camel-case-expansion': false,
  })
  .command('sweep', 'sweep the mixing settings and rank them by FID', sweepFlags, async (argv) =>
    (await import('./sweep.js')).runSweep(argv as Values),
  )
  .command(
    'report <folder>',
    'write report.md and report.json of a run again and print its tables',
    (y) => pick(y.positional('folder', { type: 'string', describe: 'folder of a run' }), ['json']),
    async (argv) => (await import('./report.js')).runReport(argv as Values),
  )
  .command(
    'fid <a> <b>',
    'FID of two image sets: folders, data-set specs or .npz statistics',
    (y) => measureFlags(y.positional('a', { type: 'string' }).positional('b', { type: 'string' })),
    async (argv) => (await import('./fid.js')).runFid(argv as Values),
  )
  .command(
    'stats <source>',
    'mean and covariance of an image set, as an .npz to be used as a reference',
    (y) =>
      measureFlags(y.positional('source', { type: 'string' }))
        .option('output', { alias: 'o', type: 'string', demandOption: true, describe: 'the .npz to write' })
        .option('note', { type: 'string', describe: 'a sentence that is shown wherever these statistics are used' }),
    async (argv) => (await import('./stats.js')).runStats(argv as Values),
  )
  .command(
    'samples <spec>',
    'a sheet of sample images of one setting',
    (y) =>
      pick(y.positional('spec', { type: 'string' }), [
        'resolution',
        'seed',
        'backend',
        'program-timeout',
        'skip-corrupt',
      ])
        .option('mix', {
          type: 'string',
          describe: 'none, mixup:N, cutmix:N, cutmixup:N, with options after "?" (default none)',
        })
        .option('count', { type: 'string', describe: 'images on the sheet (default 96)' })
        .option('tile', { type: 'string', describe: 'side of a tile in pixels (default 96)' })
        .option('columns', { type: 'string', describe: 'tiles a row (default 12)' })
        .option('output', {
          alias: 'o',
          type: 'string',
          demandOption: true,
          describe: 'the .png, .jpg or .webp to write',
        }),
    async (argv) => (await import('./samples.js')).runSamples(argv as Values),
  )
  .command(
    'models [action] [id]',
    'list the extractors, or build one',
    (y) =>
      pick(
        y.positional('action', { choices: ['list', 'build'], default: 'list' }).positional('id', { type: 'string' }),
        ['json'],
      ),
    async (argv) => (await import('./models.js')).runModels(argv as Values),
  )
  .command(
    'doctor',
    'what is here and what is not, and what to do about it',
    (y) => pick(y, ['backend', 'json']),
    async (argv) => (await import('./doctor.js')).runDoctor(argv as Values),
  )
  .demandCommand(1, 'Give a command; "fidsweep --help" lists them.')
  .strict()
  .recommendCommands()
  .help()
  .alias('help', 'h')
  .version(false)
  .option('version', { type: 'boolean', describe: 'the version', global: false })
  .wrap(Math.min(120, process.stdout.columns ?? 100))
  .exitProcess(false)
  .fail((message, error) => {
    throw error ?? new UserError(`${message}\nSee "fidsweep --help".`);
  });

// A reader that has seen enough (`| head`) is no mistake.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  if (process.argv[2] === '--version') process.stdout.write(`${(await import('./open.js')).VERSION}\n`);
  else await cli.parseAsync();
} catch (error) {
  const mistake = error instanceof UserError;
  process.stderr.write(
    `${mistake ? `fidsweep: ${error.message}` : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exitCode = mistake ? 2 : 1;
}
