import yargs, { type Argv } from 'yargs';
import { UserError } from '../core/errors.js';
import { argumentsOf, COMMANDS, type Command, isDefault, wordOf } from './commands.js';
import { EXIT_CODES, examplesOf, GROUPS, renderExamples } from './help.js';
import { COMMON_FLAGS, flagsOf } from './known-flags.js';
import { suggestion } from './suggest.js';
import type { Values } from './values.js';

/** Does what a command says, by the values of its flags and arguments. */
export type Act = (command: Command, path: string, values: Values) => Promise<unknown>;

/** Lines of help are no wider: longer ones are read badly. */
const WIDEST = 120;
const NO_TERMINAL = 100;

const COMMON = [...Object.keys(COMMON_FLAGS), 'help'];

/** Headings of a command's flags, in order: its arguments, its own flags, those of every command. */
function groupsOf(command: Command, path: string): (readonly [title: string, flags: readonly string[]])[] {
  // What runs without a word shows its own beside the parent's.
  if (command.commands?.some(isDefault)) return [];
  const groups = GROUPS[path] ?? [];
  const grouped = new Set([...groups.flatMap(([, names]) => names), ...COMMON]);
  const others = flagsOf(command).flatMap(({ name }) => (grouped.has(name) ? [] : [name]));
  const named = argumentsOf(command);
  return [
    ...(named.length ? [['Positionals:', named] as const] : []),
    ...groups,
    ...(others.length ? [['Options:', others] as const] : []),
    ['With every command:', COMMON],
  ];
}

/** The command and all that stands behind it, with its part of the help. */
function declare(cli: Argv, command: Command, parent: string, act: Act): Argv {
  const { usage, describe, flags, run, commands = [], needs } = command;
  const path = isDefault(command) && wordOf(command) === '$0' ? parent : `${parent} ${wordOf(command)}`.trim();
  const build = (y: Argv): Argv => {
    for (const below of commands) declare(y, below, path, act);
    if (needs) y.demandCommand(1, needs);
    for (const [title, names] of groupsOf(command, path)) y.group([...names], title);
    // Yargs shows the examples of what runs without a word beside those of its parent.
    return commands.some(isDefault) ? flags(y) : flags(y).epilogue(renderExamples(examplesOf(path)));
  };
  // A word that others stand behind does nothing itself.
  const handle = run && ((values: unknown) => act(command, path, values as Values) as Promise<void>);
  return handle
    ? cli.command(usage, describe, build, handle)
    : cli.command(usage as string, describe, build as (y: Argv) => Argv);
}

/**
 * The command line: strict, with help and suggestions. Nothing is run until it is parsed (`parseAsync`).
 *
 * @param args words after the tool's name
 * @param act called with the command that they name
 * @param columns width of the help, where the terminal says so
 * @throws UserError (by `parseAsync`) for whatever is not as declared
 */
export function commandLine(args: readonly string[], act: Act, columns?: number): Argv {
  const cli = yargs([...args])
    .scriptName('fidsweep')
    // The descriptions are English, and suggestions are made from yargs's messages.
    .locale('en')
    .usage(
      '$0 COMMAND\n\nWhich way of mixing synthetic images makes them most like real ones? Sweeps mixing method and N and ranks them by FID.',
    )
    // Values are read by src/cli/values.ts, which refuses what is not of its kind instead of guessing.
    .parserConfiguration({
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'boolean-negation': false,
      'camel-case-expansion': false,
    });
  for (const command of COMMANDS) declare(cli, command, '', act);
  return cli
    .demandCommand(1, 'Give a command; "fidsweep --help" lists them.')
    .strict()
    .options(COMMON_FLAGS)
    .help('help', 'show help')
    .alias('help', 'h')
    .version(false)
    .option('version', { type: 'boolean', describe: 'the version', global: false })
    .epilogue(`${renderExamples(examplesOf(''))}\n\n${EXIT_CODES}`)
    .wrap(Math.min(WIDEST, columns ?? NO_TERMINAL))
    .exitProcess(false)
    .fail((message, error) => {
      throw (
        error ?? new UserError(`${message.replace(/\.?$/, '.')}${suggestion(message, args)}\nSee "fidsweep --help".`)
      );
    });
}
