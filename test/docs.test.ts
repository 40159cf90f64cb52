import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { commandLine } from '../src/cli/command-line.js';
import { COMMANDS } from '../src/cli/commands.js';
import { flagsOf } from '../src/cli/known-flags.js';
import { runHere } from './cli/in-process.js';
import { remove, scratch } from './cli/run.js';
import { prepareFolder } from './docs-folder.js';
import { anchors, blocks, links, PAGES, type Page, prose, ROOT, shellLines, wordsOf } from './pages.js';

/** Lines of the pages that are no command of the tool: what they do is other tests' or the reader's. */
const NOT_RUN = [/^npm (start|test|run bench)/, /^(touch|rm|mkdir|python3|pip|node|ssh|ls|cd) /];

type Flags = Readonly<Record<string, string>>;
interface Small {
  /** Values that stand in the place of the line's, or are added where it has none. */
  readonly set?: Flags;
  /** Values where the line has none. */
  readonly add?: Flags;
  /** Values in the place of the line's, where it has one. */
  readonly change?: Flags;
  /** Texts in the line and what stands in their place. */
  readonly texts?: readonly (readonly [string | RegExp, string])[];
}

const SLIM = { extractor: 'slim', dims: '64' };
/**
 * How lines are made small: what each of them runs with instead of what the page says. The first that matches is taken.
 */
const SMALL: readonly (readonly [line: RegExp, small: Small])[] = [
  [/^fidsweep sweep .*--strategy replay/, { change: { shuffles: '2' } }],
  [
    /^fidsweep sweep .*--psi/,
    { set: { images: '8', resolution: '16', psi: '0.5', n: '2' }, add: { ...SLIM, reference: 'real.npz' } },
  ],
  [
    /^fidsweep sweep/,
    {
      set: { images: '8', resolution: '16', n: '2' },
      add: { ...SLIM, reference: 'real.npz', methods: 'none,mixup' },
    },
  ],
  [/^fidsweep stats/, { set: { images: '12', resolution: '16' }, add: SLIM }],
  [/^fidsweep fid .*--dims 768/, { add: { extractor: 'slim', resolution: '16' } }],
  [/^fidsweep fid .*--mode/, { add: { extractor: 'slim', resolution: '16' } }],
  [/^fidsweep fid/, { add: { ...SLIM, resolution: '16' }, change: { at: '100', influence: '2' } }],
  [/^fidsweep samples/, { set: { count: '2', resolution: '16', tile: '16' }, change: { columns: '2' } }],
  [/^fidsweep render .*--from/, { change: { images: '6', 'shard-images': '4' } }],
  [/^fidsweep render/, { change: { images: '6', 'shard-images': '4' }, add: { resolution: '16' } }],
  [/^fidsweep stream .*--from/, { change: { images: '6' } }],
  [/^fidsweep stream/, { change: { images: '6' }, add: { resolution: '16' } }],
  [/^fidsweep programs check/, { add: { resolution: '32', pictures: '2' }, texts: [[/count=\d+/, 'count=5']] }],
  [
    /^fidsweep programs diversity/,
    {
      set: { images: '4', resolution: '16' },
      add: { extractor: 'slim' },
      texts: [[' programs:s21k', '']],
    },
  ],
  [/^fidsweep dashboard/, { change: { port: '0' } }],
];

/** Lines that cannot end with 0 here, and why. */
const OTHERWISE: readonly { readonly line: RegExp; readonly code: number; readonly says: RegExp }[] = [
  // The canonical weights are not here: the server gives another file, which the pinned hash tells.
  { line: /^fidsweep models fetch/, code: 2, says: /SHA-256|bytes/ },
];

/** Lines that go on until they are ended: what they have said by then. */
const ENDLESS: readonly { readonly line: RegExp; readonly says: RegExp }[] = [
  { line: /^fidsweep dashboard/, says: /^http:\/\/127\.0\.0\.1:\d+\/\S+$/m },
  { line: /^fidsweep stream (?!.*(--images|\|))/, says: /ustar/ },
];

/** Lines that are run within this process, which costs less; their commands have tests of their own that start one. */
const IN_PROCESS = /^fidsweep (report|correlate) [^|>&]*$/;

const withFlag = (line: string, flag: string, value: string, always: boolean): string => {
  const given = new RegExp(`(--${flag}[ =])\\S+`);
  const [, command, rest] = /^(.*?)(\s+(?:[|>]|2>).*)?$/.exec(line)!;
  if (given.test(command!)) return line.replace(given, (_, before: string) => before + value);
  return always ? `${command} --${flag} ${value}${rest ?? ''}` : line;
};

function small(line: string, mirror = ''): string {
  const [, { set = {}, add = {}, change = {}, texts = [] } = {}] = SMALL.find(([pattern]) => pattern.test(line)) ?? [];
  let made = line;
  for (const [flag, value] of Object.entries(set)) made = withFlag(made, flag, value, true);
  for (const [flag, value] of Object.entries(add))
    if (!made.includes(`--${flag} `)) made = withFlag(made, flag, value, true);
  for (const [flag, value] of Object.entries(change)) made = withFlag(made, flag, value, false);
  for (const [from, to] of texts) made = made.replace(from, to);
  return /^fidsweep models fetch/.test(line) ? withFlag(made, 'mirror', mirror, true) : made;
}

interface Ended {
  readonly code: number | string | null;
  readonly said: string;
}

/** Runs a line in a shell; one that is endless until it has said what it should, and is then interrupted. */
function runLine(line: string, cwd: string, env: NodeJS.ProcessEnv, until?: RegExp): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn('bash', ['-o', 'pipefail', '-c', line], {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    const end = (signal: NodeJS.Signals) => {
      try {
        process.kill(-child.pid!, signal);
      } catch {
        // It has ended by itself.
      }
    };
    const late = setTimeout(() => end('SIGKILL'), 60_000);
    const hear = (data: Buffer) => {
      if (said.length < 1e6) said += data.toString('latin1');
      if (until?.test(said)) end('SIGINT');
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('close', (code, signal) => {
      clearTimeout(late);
      resolve({ code: code ?? signal, said: Buffer.from(said, 'latin1').toString() });
    });
  });
}

async function ranHere(line: string, cwd: string): Promise<Ended> {
  const { code, stdout, stderr } = await runHere(cwd, wordsOf(line).slice(1));
  return { code, said: stdout + stderr };
}

const LINES = PAGES.map((page) => ({
  page,
  lines: shellLines(page.text).filter((line) => line.startsWith('fidsweep ')),
}));
/** Pages whose lines build on each other: they are run from the first to the last. */
const STORIES = ['docs/quick-start.md', 'docs/networks.md', 'docs/programs.md', 'docs/comparing.md'];
const isStory = (page: Page): boolean => STORIES.includes(page.path);
/** What is run for each page. Where lines are each for themselves, one that has come down to the same words is run once. */
const RUNS = (() => {
  const made = new Set(LINES.flatMap(({ page, lines }) => (isStory(page) ? lines.map((line) => small(line)) : [])));
  const isNew = (line: string): boolean => made.size < made.add(small(line)).size;
  // The README has some of everything: what other pages leave.
  const [readme, ...others] = LINES;
  return [...others, readme!]
    .map(({ page, lines }) => ({ page, lines: isStory(page) ? lines : lines.filter(isNew) }))
    .filter(({ lines }) => lines.length);
})();

// More beside each other than there are cores wait for each other.
vi.setConfig({ maxConcurrency: 2 });

let home: string;
let env: NodeJS.ProcessEnv;
let server: Server;
let mirror: string;
beforeAll(async () => {
  home = scratch();
  const data = join(home, 'data');
  vi.stubEnv('XDG_DATA_HOME', data);
  mkdirSync(join(home, 'prepared'));
  env = await prepareFolder(join(home, 'prepared'), data);
  server = createServer((_, response) => response.end('no weights'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}/weights.pth`;
});
afterAll(() => {
  vi.unstubAllEnvs();
  server?.closeAllConnections();
  server?.close();
  remove(home);
});

/** A copy of the prepared folder, with models of its own. */
function copyFor(page: Page): { cwd: string; env: NodeJS.ProcessEnv } {
  const cwd = join(home, page.path.replaceAll('/', ' '));
  const data = `${cwd} data`;
  cpSync(join(home, 'prepared'), cwd, { recursive: true, verbatimSymlinks: true });
  cpSync(join(home, 'data'), data, { recursive: true });
  return { cwd, env: { ...env, HOME: cwd, XDG_DATA_HOME: data } };
}

describe.concurrent('every command line does what the page says', () => {
  test.each(RUNS.map(({ page, lines }) => [page.path, page, lines] as const))('%s', async (_path, page, lines) => {
    const place = copyFor(page);
    for (const line of lines) {
      const endless = ENDLESS.find((one) => one.line.test(line));
      const expected = OTHERWISE.find((one) => one.line.test(line));
      const run = small(line, mirror);
      const { code, said } = IN_PROCESS.test(run)
        ? await ranHere(run, place.cwd)
        : await runLine(run, place.cwd, place.env, endless?.says);
      const about = `${page.path}: $ ${line}\nrun as: ${run}\n${said.slice(-2000)}`;
      expect(endless ? [0, 130, 'SIGINT', 143] : [expected?.code ?? 0], about).toContain(code);
      if (endless) expect(said, about).toMatch(endless.says);
      if (expected) expect(said, about).toMatch(expected.says);
    }
  });
});

test('the JavaScript of the library page runs', async () => {
  const page = PAGES.find(({ path }) => path === 'docs/library.md')!;
  const place = copyFor({ ...page, path: 'javascript' });
  const examples = blocks(page.text, 'js');
  expect(examples.length).toBeGreaterThan(0);
  for (const [i, example] of examples.entries()) {
    const shortened = example
      .replace('2048', '12')
      .replaceAll("'bundled'", "'slim'")
      .replace("['fid', 'kid']", "['fid', 'kid'], extractor: 'slim'");
    writeFileSync(join(place.cwd, `example-${i}.js`), shortened);
    const { code, said } = await runLine(`${process.execPath} example-${i}.js`, place.cwd, place.env);
    expect(code, `${shortened}\n${said}`).toBe(0);
  }
});

test('every line in a block of a shell is run, or known not to be', () => {
  const others = PAGES.flatMap(({ path, text }) =>
    shellLines(text).flatMap((line) =>
      line.startsWith('fidsweep ') || NOT_RUN.some((one) => one.test(line)) ? [] : [`${path}: ${line}`],
    ),
  );
  expect(others).toEqual([]);
});

test('every line is one that the command line takes, as it stands in the page', async () => {
  const refused: string[] = [];
  for (const { page, lines } of LINES) {
    for (const line of lines) {
      try {
        await commandLine(wordsOf(line).slice(1), async () => {}).parseAsync();
      } catch (error) {
        refused.push(`${page.path}: ${line}: ${error}`);
      }
    }
  }
  expect(refused).toEqual([]);
});

test('every link leads somewhere', () => {
  const astray = PAGES.flatMap(({ path, text }) =>
    links(text).flatMap((target) => {
      if (/^(https?|mailto):/.test(target)) return [];
      const [file, anchor] = target.split('#') as [string, string | undefined];
      const to = file ? join(dirname(path), file) : path;
      if (!existsSync(join(ROOT, to))) return [`${path}: ${target}`];
      if (anchor === undefined || !to.endsWith('.md')) return [];
      return anchors(readFileSync(join(ROOT, to), 'utf8')).includes(anchor) ? [] : [`${path}: ${target}`];
    }),
  );
  expect(astray).toEqual([]);
});

test('every page is reached from the README', () => {
  const linked = links(PAGES[0]!.text);
  expect(PAGES.map(({ path }) => path).filter((path) => path !== 'README.md' && !linked.includes(path))).toEqual([]);
});

/** Flags of programs that the pages speak of beside our own. */
const OTHERS = ['--gpus', '--device', '--group-add', '--fid', '--kid', '--no-install-recommends', '--num-workers'];

test('every flag that the pages name is one', () => {
  const known = new Set([
    ...COMMANDS.flatMap((command) => [command, ...(command.commands ?? [])]).flatMap((one) =>
      flagsOf(one).map(({ name }) => `--${name}`),
    ),
    '--version',
    ...OTHERS,
  ]);
  const named = PAGES.flatMap(({ path, text }) =>
    [...prose(text).matchAll(/(?<![\w-])--[a-z][a-z0-9-]*/g)].map(([flag]) => ({ path, flag })),
  );
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter(({ flag }) => !known.has(flag))).toEqual([]);
});
