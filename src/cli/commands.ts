import type { Argv } from 'yargs';
import { SHELLS } from './completion-scripts.js';
import { fidFlags, pick, samplesFlags, statsFlags, sweepFlags } from './flags.js';
import { modelsFlags } from './flags-models.js';
import { compareFlags, correlateFlags, dashboardFlags, reportFlags } from './flags-output.js';
import { programsFlags } from './flags-programs.js';
import { renderFlags, streamFlags } from './flags-training.js';
import type { ModelsAction } from './models.js';
import type { ProgramsAction } from './programs.js';
import type { Values } from './values.js';

/** A command of the tool, or a word that others stand behind. What it runs is imported when it runs. */
export interface Command {
  /** Its word and its arguments, as yargs writes them: `resume <folder>`. `$0` in its place is what runs without a word. */
  readonly usage: string | readonly string[];
  readonly describe: string;
  readonly flags: (cli: Argv) => Argv;
  readonly run?: (values: Values) => Promise<unknown>;
  readonly commands?: readonly Command[];
  /** What is missing where a word has to follow and none does. */
  readonly needs?: string;
}

const none = (cli: Argv): Argv => cli;

const models = (action: ModelsAction) => async (values: Values) =>
  (await import('./models.js')).runModels(action, values);

const programs = (action: ProgramsAction) => async (values: Values) =>
  (await import('./programs.js')).runPrograms(action, values);

/** Every command, in the order of `--help`. */
export const COMMANDS: readonly Command[] = [
  {
    usage: 'sweep',
    describe: 'sweep the mixing settings and rank them by FID',
    flags: sweepFlags,
    run: async (values) => (await import('./sweep.js')).runSweep(values),
  },
  {
    usage: 'resume <folder>',
    describe: 'go on with a run where it stopped',
    flags: (cli) =>
      pick(cli.positional('folder', { type: 'string', describe: 'folder of a run' }), [
        'backend',
        'render-processes',
        'threads',
        'program-timeout',
        'json',
      ]),
    run: async (values) => (await import('./resume.js')).runResume(values),
  },
  {
    usage: 'report',
    describe: 'write the reports of a run again, or compare runs',
    flags: none,
    commands: [
      {
        usage: '$0 <folder>',
        describe: 'write the reports of a run again and print its tables',
        flags: reportFlags,
        run: async (values) => (await import('./report.js')).runReport(values),
      },
      {
        usage: 'compare <runs..>',
        describe: 'the same cells of several runs side by side, and what was different in how they were made',
        flags: compareFlags,
        run: async (values) => (await import('./report-compare.js')).runCompare(values),
      },
    ],
  },
  {
    usage: 'correlate <folder> <downstream>',
    describe: 'rank correlation of FID with accuracies that you have',
    flags: correlateFlags,
    run: async (values) => (await import('./correlate.js')).runCorrelate(values),
  },
  {
    usage: 'dashboard <folders..>',
    describe: 'a page on 127.0.0.1 that shows runs as they go',
    flags: dashboardFlags,
    run: async (values) => (await import('./dashboard.js')).runDashboard(values),
  },
  {
    usage: 'render [spec]',
    describe: 'write the images of one setting, for training',
    flags: renderFlags,
    run: async (values) => (await import('./render.js')).runRender(values),
  },
  {
    usage: 'stream [spec]',
    describe: 'an endless WebDataset tar of one setting on standard output',
    flags: streamFlags,
    run: async (values) => (await import('./stream.js')).runStream(values),
  },
  {
    usage: 'fid <a> <b>',
    describe: 'FID of two image sets: folders, archives, lists, arrays, data-set specs or .npz statistics',
    flags: fidFlags,
    run: async (values) => (await import('./fid.js')).runFid(values),
  },
  {
    usage: 'stats <source>',
    describe: 'mean and covariance of an image set, as an .npz to be used as a reference',
    flags: statsFlags,
    run: async (values) => (await import('./stats.js')).runStats(values),
  },
  {
    usage: 'samples <spec>',
    describe: 'a sheet of sample images of one setting',
    flags: samplesFlags,
    run: async (values) => (await import('./samples.js')).runSamples(values),
  },
  {
    usage: 'models',
    describe: 'list, fetch, import, add, verify or remove extractors',
    flags: none,
    commands: [
      {
        usage: ['list', '$0'],
        describe: 'every extractor, what it is and whether its file is here',
        flags: modelsFlags.list,
        run: models('list'),
      },
      {
        usage: 'build',
        describe: 'make the file of the bundled extractor',
        flags: modelsFlags.build,
        run: models('build'),
      },
      {
        usage: 'fetch <id>',
        describe: 'download weights and verify them',
        flags: modelsFlags.fetch,
        run: models('fetch'),
      },
      {
        usage: 'import <file>',
        describe: 'take weights from a file: a torch state dict',
        flags: modelsFlags.import,
        run: models('import'),
      },
      {
        usage: 'add <file>',
        describe: 'take an ONNX model of your own, with a sidecar',
        flags: modelsFlags.add,
        run: models('add'),
      },
      {
        usage: 'verify [id]',
        describe: 'read and rehash the files',
        flags: modelsFlags.verify,
        run: models('verify'),
      },
      {
        usage: 'remove <id>',
        describe: 'remove what was fetched, imported or added',
        flags: modelsFlags.remove,
        run: models('remove'),
      },
    ],
  },
  {
    usage: 'programs',
    describe: 'check, show and compare image programs',
    flags: none,
    needs: 'Give one of check, show, diversity.',
    commands: [
      {
        usage: 'check <spec>',
        describe: 'draw every program and sort out what cannot be used',
        flags: programsFlags.check,
        run: programs('check'),
      },
      { usage: 'show <id>', describe: 'the text of a program', flags: programsFlags.show, run: programs('show') },
      {
        usage: 'diversity <specs..>',
        describe: 'effective number of different images and programs',
        flags: programsFlags.diversity,
        run: programs('diversity'),
      },
    ],
  },
  {
    usage: 'doctor',
    describe: 'what is here and what is not, and what to do about it',
    flags: (cli) => pick(cli, ['backend', 'json']),
    run: async (values) => (await import('./doctor.js')).runDoctor(values),
  },
  {
    usage: 'completion [shell]',
    describe: 'the script by which a shell completes commands, flags and values',
    flags: (cli) => cli.positional('shell', { type: 'string', describe: `${SHELLS.join(' or ')} (default bash)` }),
    run: async (values) => (await import('./completion.js')).runCompletion(values),
  },
];

const usages = ({ usage }: Command): readonly string[] => (typeof usage === 'string' ? [usage] : usage);

/** A command's word; `$0` of what runs without one. */
export const wordOf = (command: Command): string => usages(command)[0]!.split(' ')[0]!;

/** Names of a command's arguments, in order; the last may stand for several. */
export const argumentsOf = (command: Command): string[] =>
  [...usages(command)[0]!.matchAll(/[<[]([a-z]+)(?:\.\.)?[>\]]/g)].map(([, name]) => name!);

/** Whether it runs when its parent is given without a word. */
export const isDefault = (command: Command): boolean => usages(command).some((usage) => usage.startsWith('$0'));

/** A command that words lead to. */
export interface Found {
  readonly command: Command;
  /** Its words; those of its parent, where it has none of its own. */
  readonly path: string;
  /** What follows its words. */
  readonly rest: readonly string[];
  /** The word that more words may follow, where this command runs without one. */
  readonly parent?: Command;
}

/** The command that words (without the tool's name) begin with; `undefined` where the first is none. */
export function findCommand(words: readonly string[]): Found | undefined {
  const [word, ...rest] = words;
  const command = COMMANDS.find((one) => wordOf(one) === word);
  if (!command) return undefined;
  const path = wordOf(command);
  const below = command.commands?.find((one) => wordOf(one) === rest[0]);
  if (below) return { command: below, path: `${path} ${wordOf(below)}`, rest: rest.slice(1) };
  const fallback = command.commands?.find(isDefault);
  return fallback ? { command: fallback, path, rest, parent: command } : { command, path, rest };
}
