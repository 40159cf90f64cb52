#!/usr/bin/env node
import { invalid, UserError } from '../core/errors.js';
import { plain } from '../core/plain.js';
import type { Command } from './commands.js';
import { detail, setLoudness } from './loudness.js';
import { flag, type Values } from './values.js';

/** Runs a command, as loud as it is asked to be: how loud is no value of the command's, and no run keeps it. */
async function act({ run }: Command, path: string, values: Values): Promise<void> {
  const { quiet: _quiet, verbose: _verbose, ...own } = values;
  const [quiet, verbose] = [flag(values, 'quiet'), flag(values, 'verbose')];
  if (quiet && verbose) throw invalid('--quiet', '--verbose', 'one of the two');
  setLoudness(quiet ? 'quiet' : verbose ? 'verbose' : 'usual');
  if (verbose) {
    const { TOOL } = await import('../core/version.js');
    detail(`${TOOL}, Node ${process.version}, ${plain(process.cwd())}`);
  }
  try {
    await run!(own);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { specSuggestion } = await import('./suggest.js');
    throw new UserError(`${error.message}${specSuggestion(error.message, own)}`);
  }
  detail(`${path}: done`);
}

// A reader that has seen enough (`| head`) is no mistake; a full disk behind a redirection is one.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`fidsweep: standard output cannot be written (${error.code ?? error.message}).\n`);
  process.exit(2);
});
// Nobody listens to what would be said: the result matters.
process.stderr.on('error', () => {});

const args = process.argv.slice(2);
try {
  if (args[0] === '--version') process.stdout.write(`${(await import('../core/version.js')).VERSION}\n`);
  // What a shell asks at every press of the tab key: without the parser, which is slower than the answer.
  else if (args[0] === '__complete') await (await import('./completion.js')).answerShell(args.slice(1));
  else await (await import('./command-line.js')).commandLine(args, act, process.stdout.columns).parseAsync();
} catch (error) {
  const mistake = error instanceof UserError;
  const text = mistake ? `fidsweep: ${error.message}` : error instanceof Error ? (error.stack ?? '') : String(error);
  // Messages carry names from files and archives: control characters of theirs never reach a terminal.
  const lines = text.split('\n').map(plain);
  // Indented, so that a name with a line break in it cannot pass for a line of ours.
  process.stderr.write(`${lines.join('\n  ')}\n`);
  process.exitCode = mistake ? 2 : 1;
}
