import type { Argv } from 'yargs';
import { choiceFlags, pick } from './flags.js';

/** Flags of the commands that make something of a run: reports, correlations, a dashboard. */

const run = (cli: Argv): Argv => cli.positional('folder', { type: 'string', describe: 'folder of a run' });

export const reportFlags = (cli: Argv): Argv =>
  choiceFlags(
    run(cli)
      .option('format', {
        type: 'string',
        describe: 'of md, html, tex, csv, json, svg (default: all of them)',
      })
      .option('output', {
        alias: 'o',
        type: 'string',
        describe: 'folder to write the reports to (default: that of the run)',
      })
      .option('ci', { type: 'boolean', describe: 'the tables of md and tex with the 95% interval of every FID' }),
  ).option('json', { type: 'boolean', describe: 'one JSON object on standard output' });

export const compareFlags = (cli: Argv): Argv =>
  pick(cli.positional('runs', { type: 'string', array: true, describe: 'folders of runs, two or more' }), [
    'json',
  ]).option('output', { alias: 'o', type: 'string', describe: 'the .md to write the comparison to' });

export const correlateFlags = (cli: Argv): Argv =>
  pick(run(cli).positional('downstream', { type: 'string', describe: 'a .csv of accuracies by setting' }), ['json'])
    .option('column', {
      type: 'string',
      describe: 'columns of the .csv to correlate with, separated by commas (default: all that hold numbers)',
    })
    .option('output', { alias: 'o', type: 'string', describe: 'folder for correlation.md, .json and .svg' });

export const dashboardFlags = (cli: Argv): Argv =>
  cli
    .positional('folders', { type: 'string', array: true, describe: 'folders of runs, or of folders of runs' })
    .option('port', { type: 'string', describe: 'port on 127.0.0.1 (default: a free one)' })
    .option('watch-only', { type: 'boolean', describe: 'no buttons to pause or stop a sweep' });
