#!/usr/bin/env node
import yargs, { type Argv } from 'yargs';
import { UserError } from '../core/errors.js';
import { plain } from '../core/plain.js';
import type { ModelsAction } from './models.js';
import type { Values } from './values.js';

/** Texts of flags that several commands share. Nothing heavy is imported before a command runs. */
const FLAG = {
  extractor: {
    type: 'string',
    describe:
      'network whose features are compared: an id of "fidsweep models" (default: that of the statistics given; else inception-2015-12-05 where it is here; else bundled)',
  },
  dims: {
    type: 'string',
    describe:
      'its tap: 64, 192, 768 or 2048 (default), of inception-2015-12-05; of a replay, on how many axes of the reference',
  },
  mode: {
    type: 'string',
    describe: 'its preprocessing: pytorch-fid (default), clean or tf1, of inception-2015-12-05',
  },
  seed: { type: 'string', describe: 'seed of everything random (default 0)' },
  resolution: {
    type: 'string',
    describe:
      'side in pixels: of rendered images and of a sweep (default 256), else to fit pictures to (default: their own size)',
  },
  backend: { type: 'string', describe: 'auto, vulkan, display or xvfb (default auto)' },
  'render-processes': {
    type: 'string',
    describe: 'processes that compile and draw programs (default: 1; with hundreds of programs the cores, at most 4)',
  },
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
        'NAME=SPEC, a column of the table; may be given again. SPEC is programs, programs:s1k, programs:s21k, programs:grammar?seed=7&count=5000, programs:FOLDER (or a zip, or a list of "programs check"), deadleaves:mixed, fractals:1k, generator:FILE.onnx, stylegan:oriented, or a folder of images',
    })
    .option('reference', {
      type: 'string',
      describe: '.npz of "fidsweep stats", or a folder of real images (default "photos", which ships)',
    })
    .option('methods', { type: 'string', describe: 'of none, mixup, cutmix, cutmixup, truncation (default none,mixup,cutmix)' })
    .option('n', { type: 'string', describe: 'numbers of base images, such as 2-9 or 2,4,6 (default 2-9)' })
    .option('psi', { type: 'string', describe: 'of truncation: its ψ, such as 0.3-1.0:0.1 or 0.5,0.7 (generators alone)' })
    .option('classes', {
      type: 'string',
      describe: 'of folders that have class folders, only these classes: "imagenet100" or a file of names',
    })
    .option('images', { type: 'string', describe: 'images a setting (default 50000)' })
    .option('weights', {
      type: 'string',
      describe: 'of mixup: dirichlet, dirichlet(ALPHA), normalized-uniform or equal',
    })
    .option('cutmix-alpha', { type: 'string', describe: 'α of the Beta(α, α) of cutmix (default 1)' })
    .option('strategy', {
      type: 'string',
      describe:
        'grid (default): all settings on all images; race: losers are dropped on the way; random: some of the space; replay: a race over the features of --from',
    })
    .option('trials', { type: 'string', describe: 'settings to draw from the space (with random or race)' })
    .option('alpha', {
      type: 'string',
      describe:
        'probability that a run drops a setting, or calls two apart, wrongly, from 0.000001 (default 0.05; of a replay, that of its run)',
    })
    .option('tolerance', {
      type: 'string',
      describe:
        'a race ends when all that are left are surely this near to the best (default 1%; of a replay, that of its run)',
    })
    .option('complete', { type: 'boolean', describe: 'measure what a race dropped to the end, after it' })
    .option('budget', {
      type: 'string',
      describe: 'make no more images than this buys, shared equally by the data sets: 30m, 2h, 200k-images',
    })
    .option('keep', { type: 'string', describe: 'features (default) or moments: less disk, no errors' })
    .option('cache', { type: 'string', describe: 'folder in which features are kept for other runs' })
    .option('select-on', {
      type: 'string',
      describe: 'all (default), or split: choose on one half of the reference, report on the other',
    })
    .option('confirm', { type: 'string', describe: 'measure the finalists again by this extractor' })
    .option('confirm-reference', { type: 'string', describe: 'the reference for --confirm (default: the same images)' })
    .option('from', { type: 'string', describe: 'run whose features --strategy replay takes' })
    .option('shuffles', { type: 'string', describe: 'replay this many races, each on shuffled blocks' })
    .option('out', {
      type: 'string',
      describe: 'folder of the run; one that is there is gone on with (default runs/DATE-TIME)',
    })
    .option('overwrite', { type: 'boolean', describe: 'replace the run that --out holds' })
    .option('config', { type: 'string', describe: 'the same flags in a YAML file; flags win' })
    .option('dry-run', { type: 'boolean', describe: 'say what would be done: settings, renders, disk, time' });
  choiceFlags(cli);
  return pick(cli, [
    'resolution',
    'extractor',
    'dims',
    'mode',
    'seed',
    'backend',
    'render-processes',
    'threads',
    'program-timeout',
    'skip-corrupt',
    'json',
  ]);
}

/** Flags of what is recommended: of a report that is made again, too. */
const choiceFlags = (cli: Argv): Argv =>
  cli
    .option('cost-factor', {
      type: 'string',
      describe: 'recommend none that takes more than this many times the base images of the cheapest tied (default 2)',
    })
    .option('choose', {
      type: 'string',
      describe: 'recommend by weights instead: fid=1,diversity=1,cost=0.5',
    });

const measureFlags = (cli: Argv): Argv =>
  pick(cli, [
    'extractor',
    'dims',
    'mode',
    'resolution',
    'seed',
    'backend',
    'render-processes',
    'threads',
    'program-timeout',
    'skip-corrupt',
    'json',
  ])
    .option('images', { type: 'string', describe: 'take this many images, sampled by the seed' })
    .option('classes', {
      type: 'string',
      describe: 'only pictures in class folders of this list, of the sets that have them: "imagenet100" or a file',
    });

const id = (y: Argv): Argv => y.positional('id', { type: 'string', describe: 'id of "fidsweep models"' });

/** Flags of the `models` commands. */
const modelsFlags = {
  list: (y: Argv) => pick(y, ['json']),
  build: (y: Argv) => y,
  fetch: (y: Argv) =>
    id(y)
      .option('mirror', { type: 'string', describe: 'URL to fetch from instead; may be given again; the hash decides' })
      .option('time-limit', { type: 'string', describe: 'seconds that it may take (default 3600)' }),
  import: (y: Argv) =>
    y
      .positional('file', { type: 'string' })
      .option('as', { type: 'string', describe: 'name for weights of your own' })
      .option('layout', { type: 'string', describe: 'inception-2015-12-05 (default), the only one so far' })
      .option('allow-hash', { type: 'boolean', describe: 'take weights of your own; needs --as' }),
  add: (y: Argv) =>
    y
      .positional('file', { type: 'string' })
      .option('spec', { type: 'string', demandOption: true, describe: 'JSON: input, output, pooling, licence, …' })
      .option('as', { type: 'string', describe: 'its name (default: "name" of the sidecar)' }),
  verify: (y: Argv) => pick(id(y), ['json']),
  remove: id,
};

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
    'resume <folder>',
    'go on with a run where it stopped',
    (y) =>
      pick(y.positional('folder', { type: 'string', describe: 'folder of a run' }), [
        'backend',
        'render-processes',
        'threads',
        'program-timeout',
        'json',
      ]),
    async (argv) => (await import('./resume.js')).runResume(argv as Values),
  )
  .command(
    'report <folder>',
    'write the reports of a run again and print its tables',
    (y) => choiceFlags(pick(y.positional('folder', { type: 'string', describe: 'folder of a run' }), ['json'])),
    async (argv) => (await import('./report.js')).runReport(argv as Values),
  )
  .command(
    'fid <a> <b>',
    'FID of two image sets: folders, archives, lists, arrays, data-set specs or .npz statistics',
    (y) =>
      measureFlags(y.positional('a', { type: 'string' }).positional('b', { type: 'string' }))
        .option('metrics', { type: 'string', describe: 'of fid, kid, prdc, fidinf (default fid)' })
        .option('at', { type: 'string', describe: 'sizes n for "FID at n", such as 10000,50000 (with fidinf)' })
        .option('influence', {
          type: 'string',
          describe: 'show this many pictures that raise, and that lower, the FID',
        })
        .option('output', { alias: 'o', type: 'string', describe: 'folder that --influence writes to' }),
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
        'render-processes',
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
  .command('models', 'list, fetch, import, add, verify or remove extractors', (y) => {
    const run = (action: ModelsAction) => async (argv: unknown) =>
      (await import('./models.js')).runModels(action, argv as Values);
    return y
      .command(
        ['list', '$0'],
        'every extractor, what it is and whether its file is here',
        modelsFlags.list,
        run('list'),
      )
      .command('build', 'make the file of the bundled extractor', modelsFlags.build, run('build'))
      .command('fetch <id>', 'download weights and verify them', modelsFlags.fetch, run('fetch'))
      .command('import <file>', 'take weights from a file: a torch state dict', modelsFlags.import, run('import'))
      .command('add <file>', 'take an ONNX model of your own, with a sidecar', modelsFlags.add, run('add'))
      .command('verify [id]', 'read and rehash the files', modelsFlags.verify, run('verify'))
      .command('remove <id>', 'remove what was fetched, imported or added', modelsFlags.remove, run('remove'));
  })
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

// A reader that has seen enough (`| head`) is no mistake; a full disk behind a redirection is one.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`fidsweep: standard output cannot be written (${error.code ?? error.message}).\n`);
  process.exit(2);
});
// Nobody listens to what would be said: the result matters.
process.stderr.on('error', () => {});

try {
  if (process.argv[2] === '--version') process.stdout.write(`${(await import('../core/version.js')).VERSION}\n`);
  else await cli.parseAsync();
} catch (error) {
  const mistake = error instanceof UserError;
  const text = mistake ? `fidsweep: ${error.message}` : error instanceof Error ? (error.stack ?? '') : String(error);
  // Messages carry names from files and archives: control characters of theirs never reach a terminal.
  const lines = text.split('\n').map(plain);
  // Indented, so that a name with a line break in it cannot pass for a line of ours.
  process.stderr.write(`${lines.join('\n  ')}\n`);
  process.exitCode = mistake ? 2 : 1;
}
