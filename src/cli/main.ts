#!/usr/bin/env node
import yargs from 'yargs';
import { UserError } from '../core/errors.js';
import { plain } from '../core/plain.js';
import { measureFlags, modelsFlags, pick, programsFlags, sweepFlags } from './flags.js';
import { compareFlags, correlateFlags, dashboardFlags, reportFlags } from './flags-output.js';
import { renderFlags, streamFlags } from './flags-training.js';
import type { ModelsAction } from './models.js';
import type { ProgramsAction } from './programs.js';
import type { Values } from './values.js';

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
  .command('report', 'write the reports of a run again, or compare runs', (y) =>
    y
      .command(['$0 <folder>'], 'write the reports of a run again and print its tables', reportFlags, async (argv) =>
        (await import('./report.js')).runReport(argv as Values),
      )
      .command(
        'compare <runs..>',
        'the same cells of several runs side by side, and what was different in how they were made',
        compareFlags,
        async (argv) => (await import('./report-compare.js')).runCompare(argv as Values),
      ),
  )
  .command(
    'correlate <folder> <downstream>',
    'rank correlation of FID with accuracies that you have',
    correlateFlags,
    async (argv) => (await import('./correlate.js')).runCorrelate(argv as Values),
  )
  .command('dashboard <folders..>', 'a page on 127.0.0.1 that shows runs as they go', dashboardFlags, async (argv) =>
    (await import('./dashboard.js')).runDashboard(argv as Values),
  )
  .command('render [spec]', 'write the images of one setting, for training', renderFlags, async (argv) =>
    (await import('./render.js')).runRender(argv as Values),
  )
  .command('stream [spec]', 'an endless WebDataset tar of one setting on standard output', streamFlags, async (argv) =>
    (await import('./stream.js')).runStream(argv as Values),
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
  .command('programs', 'check, show and compare image programs', (y) => {
    const run = (action: ProgramsAction) => async (argv: unknown) =>
      (await import('./programs.js')).runPrograms(action, argv as Values);
    return y
      .command('check <spec>', 'draw every program and sort out what cannot be used', programsFlags.check, run('check'))
      .command('show <id>', 'the text of a program', programsFlags.show, run('show'))
      .command(
        'diversity <specs..>',
        'effective number of different images and programs',
        programsFlags.diversity,
        run('diversity'),
      )
      .demandCommand(1, 'Give one of check, show, diversity.');
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
