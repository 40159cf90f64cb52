import { describe, expect, test } from 'vitest';
import { commandLine } from '../../src/cli/command-line.js';
import { COMMANDS, type Command, isDefault, wordOf } from '../../src/cli/commands.js';
import { GROUPS } from '../../src/cli/help.js';
import { flagsOf } from '../../src/cli/known-flags.js';
import { UserError } from '../../src/core/errors.js';
import { wordsOf } from '../pages.js';
import { temporaryFolder } from '../temporary.js';
import { refusedHere } from './in-process.js';
import { run } from './run.js';

/** Words of every command and sub-command, and the command. */
const ALL: readonly (readonly [path: string, command: Command | undefined])[] = [
  ['', undefined],
  ...COMMANDS.flatMap((command) => [
    [wordOf(command), command] as const,
    ...(command.commands ?? []).flatMap((below) =>
      wordOf(below) === '$0' ? [] : [[`${wordOf(command)} ${wordOf(below)}`, below] as const],
    ),
  ]),
];

const printed = new Map<string, Promise<string>>();

/** The help as it is printed at a width; made once. */
function helpOf(path: string, columns?: number): Promise<string> {
  const key = `${path} at ${columns}`;
  const help = printed.get(key) ?? makeHelp(path, columns);
  printed.set(key, help);
  return help;
}

function makeHelp(path: string, columns?: number): Promise<string> {
  const words = path ? path.split(' ') : [];
  return new Promise((resolve, reject) => {
    const cli = commandLine([], async () => reject(new Error('it ran')), columns);
    void cli.parse([...words, '--help'], {}, (error, _values, output) => (error ? reject(error) : resolve(output)));
  });
}

/** Lines behind `$ ` at the end of a help, those that a backslash breaks in one. */
const examplesIn = (help: string): string[] =>
  [...help.replace(/ \\\n\s+/g, ' ').matchAll(/^ {2}\$ (.*)$/gm)].map(([, line]) => line!);

/** What a line runs, and with which values. */
async function parsed(line: string): Promise<{ readonly path: string; readonly values: Record<string, unknown> }> {
  let made: { path: string; values: Record<string, unknown> } | undefined;
  await commandLine(wordsOf(line).slice(1), async (_command, path, values) => {
    made = { path, values };
  }).parseAsync();
  return made!;
}

describe.each(ALL)('fidsweep %s --help', (path, command) => {
  test('fits terminals of 80 and of 120 columns', async () => {
    for (const columns of [80, 120]) {
      const wide = (await helpOf(path, columns)).split('\n').filter((line) => [...line].length > columns);
      expect(wide).toEqual([]);
    }
    expect(await helpOf(path, 400)).toBe(await helpOf(path, 120));
  });

  test('has two to four examples, of itself, that the command line takes', async () => {
    const lines = examplesIn(await helpOf(path, 80));
    expect(lines.length).toBeGreaterThanOrEqual(2);
    expect(lines.length).toBeLessThanOrEqual(4);
    expect(examplesIn(await helpOf(path, 120))).toEqual(lines);
    // Of a word that others stand behind, the examples are theirs.
    for (const line of lines) expect((await parsed(line)).path.startsWith(path)).toBe(true);
  });

  test('names every flag, once, and every flag is under a heading', async () => {
    const help = (await helpOf(path, 120)).split('\nExamples:')[0]!;
    const known = command ? flagsOf(command.commands?.find(isDefault) ?? command) : [];
    for (const { name } of known) {
      const dashed = name.length > 1 ? `--${name}` : `-${name}`;
      const listed = help.match(new RegExp(`^ +(?:-\\w, )?${dashed}(?=,? |$)`, 'gm')) ?? [];
      expect(listed, name).toHaveLength(1);
    }
    for (const name of (GROUPS[path] ?? []).flatMap(([, names]) => names))
      expect(known.map((flag) => flag.name)).toContain(name);
  });
});

test('the help of the tool says what exit codes mean', async () => {
  const help = await helpOf('');
  for (const code of ['0', '1', '2', '130']) expect(help).toMatch(new RegExp(`^ +${code} {2}\\w`, 'm'));
});

describe('what the command line does not know', () => {
  const refusal = async (...args: readonly string[]): Promise<string> => {
    // It throws at once what it knows at once.
    const parse = async () => commandLine(args, async () => {}).parseAsync();
    const error = await parse().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).message;
  };
  test.each([
    [['swep'], 'Did you mean "sweep"?'],
    [['sweep', '--methds', 'none'], 'Unknown argument: methds. Did you mean "--methods"?'],
    [['sweep', '--methds=none'], 'Did you mean "--methods"?'],
    [['sweep', '--imagse', '4', '--sed', '1'], 'Did you mean "--images"? Did you mean "--seed"?'],
    [['report', 'comapre', 'a', 'b'], 'Did you mean "compare"?'],
    [['models', 'fetsh'], 'Did you mean "fetch"?'],
    [['programs', 'chek', 'x'], 'Did you mean "check"?'],
    [['doctor', '--quite'], 'Did you mean "--quiet"?'],
  ])('%j: %s', async (args, words) => {
    const message = await refusal(...args);
    expect(message).toContain(words);
    expect(message).toMatch(/See "fidsweep --help"\.$/);
  });

  test.each([[['xyzzy']], [['sweep', '--xyzzy']], [['report', 'a', '--xyzzy', '3']], [['fid', 'a', 'b', 'c']]])(
    '%j: nothing is near',
    async (args) => {
      expect(await refusal(...args)).not.toContain('Did you mean');
    },
  );
});

test.each([
  [['samples', 'program', '-o', 'x.png'], 'Did you mean "programs"?'],
  [['samples', 'deadleaves:mixd', '-o', 'x.png'], 'Did you mean "deadleaves:mixed"?'],
  [['sweep', '--dataset', 'p=program', '--dry-run'], 'Did you mean "programs"?'],
  [['sweep', '--dataset', 'p=programs', '--reference', 'photo', '--dry-run'], 'Did you mean "photos"?'],
  [['sweep', '--dataset', 'p=programs', '--strategy', 'rase', '--dry-run'], 'Did you mean "race"?'],
  [['stats', 'programs', '--images', '4', '--extractor', 'bundeld', '-o', 'x.npz'], 'Did you mean "bundled"?'],
  [['doctor', '--backend', 'vulcan'], 'Did you mean "vulkan"?'],
  [['fid', 'photos', 'holiday pictures'], undefined],
])('%j is refused, suggesting %s', async (args, words) => {
  const stderr = await refusedHere(temporaryFolder(), args);
  if (words) expect(stderr).toContain(words);
  else expect(stderr).not.toContain('Did you mean');
});

test('the process suggests what is tested in this one', async () => {
  const args = ['samples', 'program', '-o', 'x.png'];
  const [inProcess, { code, stdout, stderr }] = [
    await refusedHere(temporaryFolder(), args),
    await run(temporaryFolder(), args),
  ];
  expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: inProcess });
});

test('the printed help is the one that is tested, without a terminal', async () => {
  const { code, stdout, stderr } = await run(temporaryFolder(), ['sweep', '--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.trimEnd()).toBe((await helpOf('sweep')).trimEnd());
});

test('the help is in one language, whatever the user’s is', async () => {
  const german = { ...process.env, LC_ALL: 'de_DE.UTF-8', LANG: 'de_DE.UTF-8' };
  const home = temporaryFolder();
  expect((await run(home, ['--help'], german)).stdout.trimEnd()).toBe((await helpOf('')).trimEnd());
  expect((await run(home, ['sweep', '--methds'], german)).stderr).toContain('Did you mean "--methods"?');
});
