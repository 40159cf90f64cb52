import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { complete } from '../../src/cli/completion.js';
import { lastPiece, typedLine } from '../../src/cli/completion-line.js';
import * as values from '../../src/cli/completion-values.js';
import { METRICS } from '../../src/compare.js';
import { CONVENTIONS } from '../../src/dataset/convention.js';
import { LEAF_SHAPES } from '../../src/dataset/dead-leaves.js';
import { MODES, TAPS } from '../../src/extract/inception-torch.js';
import { parseSetting } from '../../src/mix/setting.js';
import { BACKENDS } from '../../src/render/protocol.js';
import { CLI } from '../built.js';
import { temporaryFolder } from '../temporary.js';
import { run, succeed } from './run.js';

test('the lists are those of the stages', () => {
  expect(values.METRICS).toEqual(METRICS);
  expect(values.BACKENDS).toEqual(['auto', ...BACKENDS]);
  expect([...values.CONVENTIONS].sort()).toEqual([...CONVENTIONS].sort());
  expect(values.MODES).toEqual(Object.keys(MODES));
  expect(values.TAPS).toEqual(Object.keys(TAPS));
  const leaves = values.MADE_SPECS.filter((spec) => spec.startsWith('deadleaves:'));
  expect(leaves.sort()).toEqual(LEAF_SHAPES.map((shape) => `deadleaves:${shape}`).sort());
  const settings = {
    none: 'none',
    mixup: 'mixup:2',
    cutmix: 'cutmix:2',
    cutmixup: 'cutmixup:2',
    truncation: 'truncation?psi=0.5',
  };
  expect(Object.keys(settings)).toEqual([...values.METHODS]);
  for (const setting of Object.values(settings)) expect(() => parseSetting(setting)).not.toThrow();
});

describe('what a word may become', () => {
  test.each<[words: string[], found: readonly string[]]>([
    [['swe'], ['sweep']],
    [['--v'], ['--version']],
    [['xyzzy', ''], []],
    [['report', 'comp'], ['compare']],
    [['models', 'fe'], ['fetch']],
    [
      ['models', 'fetch', 'inc'],
      ['inception-2015-12-05', 'inception'],
    ],
    [['sweep', '--str'], ['--strategy']],
    [
      ['sweep', '--strategy', 'r'],
      ['random', 'race', 'replay'],
    ],
    [
      ['sweep', '--strategy=ra'],
      ['--strategy=race', '--strategy=random'],
    ],
    [['sweep', '--methods', 'none,mix'], ['none,mixup']],
    [['sweep', '--methods', 'mixup,mix'], []],
    [['sweep', '--images', ''], []],
    [['sweep', '--constructor='], []],
    [['sweep', '--to-string=', '--__proto__='], []],
    [['sweep', '--seed', '3', '--see'], []],
    [['sweep', '--dataset', 'a=programs', '--dat'], ['--dataset']],
    [['sweep', '--dataset', 'a=fr'], ['a=fractals:1k']],
    [['sweep', '--dataset', 'a=programs:s2'], ['a=programs:s21k']],
    [['sweep', '--dataset', 'programs:g'], ['programs:grammar?seed=']],
    [['fid', 'a', 'b', '--mode', 'cl'], ['clean']],
    [
      ['doctor', '--backend', ''],
      ['auto', 'vulkan', 'display', 'xvfb'],
    ],
    [['render', 'programs', '--format', 'w'], ['webdataset']],
    [['report', 'run', '--format', 'md,h'], ['md,html']],
    [['samples', 'programs', '--mix', 'cutmixup:'], [2, 3, 4, 5, 6, 7, 8, 9].map((n) => `cutmixup:${n}`)],
    [['completion', 'z'], ['zsh']],
    [['sweep', '--extractor', 'bun'], ['bundled']],
  ])('%j', async (words, found) => {
    expect([...(await complete(words))].sort()).toEqual([...found].sort());
  });

  test('every flag of a command, and its short names for none', async () => {
    const flags = await complete(['doctor', '-']);
    expect(flags).toEqual(['--backend', '--json', '--quiet', '--verbose', '--help']);
    expect(await complete(['doctor', ''])).toEqual(flags);
  });
});

test.each([
  ['fidsweep fid a\\ b "c d" e', ['fidsweep', 'fid', 'a b', 'c d', 'e'], '', 0, 'e'],
  ["fidsweep 'a b", ['fidsweep', 'a b'], "'", 0, "'a b"],
  ['fidsweep "a \\"b', ['fidsweep', 'a "b'], '"', 0, '"a \\"b'],
  ['fidsweep p=c\\ "a', ['fidsweep', 'p=c a'], '"', 4, 'p=c\\ "a'],
  ['fidsweep ', ['fidsweep', ''], '', 0, ''],
  ['fidsweep --x="a b"', ['fidsweep', '--x=a b'], '', 0, '--x="a b"'],
])('the words of the line %s', (line, words, quote, before, raw) => {
  expect(typedLine(line)).toEqual({ words, quote, before, raw });
});

test.each([
  // Bash keeps what stands before the piece; a backslash would take the meaning from the home folder's "~".
  ['fidsweep report ~/ru', '~/my runs/', '~/my\\ runs/'],
  ['fidsweep render p --output=~/ru', '--output=~/my runs/', '~/my\\ runs/'],
  ['fidsweep fid \\~/ru', '~/runs/', '\\~/runs/'],
  ['fidsweep fid r', 'r~/', 'r\\~/'],
  ['fidsweep fid "~/ru', '~/runs/', '~/runs/'],
  // Quotes that are escaped, in quotes and before them.
  ['fidsweep fid "a \\"b', 'a "b c"', 'a \\"b c\\"'],
  ['fidsweep fid "a \\$b\\"', 'a $b"c', 'a \\$b\\"c'],
  ['fidsweep fid x\\ "a', 'x a b', 'a b'],
  ["fidsweep fid 'a b'\\''c", "a b'c d", 'c d'],
])('what takes the place of the last piece of %s', (line, candidate, piece) => {
  expect(lastPiece(candidate, typedLine(line), ' =:')).toBe(piece);
});

const PLACE = ['my pictures', 'many', 'runs/first'];
const FILES = ['my pictures/a.png', 'model one.onnx', 'sweep.yaml', 'notes.txt', 'table.csv', '.hidden'];
function place(): string {
  const folder = temporaryFolder();
  for (const name of PLACE) mkdirSync(join(folder, name), { recursive: true });
  for (const name of FILES) writeFileSync(join(folder, name), '');
  return folder;
}

/** What bash offers for lines, the script sourced as the documentation says. */
async function inBash(folder: string, lines: readonly string[]): Promise<string[][]> {
  const script = `
PATH=/usr/bin:/bin
eval "$('${process.execPath}' '${CLI}' completion bash)"
complete -p fidsweep > /dev/null || exit 3
compopt() { :; }
while IFS= read -r line; do
  COMP_LINE=$line COMP_POINT=\${#line} COMPREPLY=()
  _fidsweep
  printf '%s\\n' "\${COMPREPLY[@]}" ---
done`;
  const child = promisify(execFile)('bash', ['--norc', '-c', script], { cwd: folder });
  child.child.stdin!.end(`${lines.join('\n')}\n`);
  const { stdout } = await child;
  return stdout
    .split('---\n')
    .slice(0, -1)
    .map((part) => part.split('\n').filter(Boolean));
}

test('bash, with the script sourced: words, paths with spaces, and what stands behind "=" and ":"', async () => {
  const cases: readonly (readonly [line: string, offered: readonly string[]])[] = [
    ['fidsweep swe', ['sweep']],
    ['fidsweep sweep --methods none,m', ['none,mixup']],
    // Bash replaces what stands behind the last "=" or ":".
    ['fidsweep sweep --dataset p=programs:s', ['s1k', 's21k', 'sweep.yaml']],
    ['fidsweep sweep --dataset p=my', ['my\\ pictures/']],
    ['fidsweep sweep --strategy=ra', ['race', 'random']],
    ['fidsweep sweep --config s', ['sweep.yaml']],
    ['fidsweep sweep --config n', []],
    ['fidsweep fid my', ['my\\ pictures/']],
    ['fidsweep fid "my', ['my pictures/']],
    ["fidsweep fid 'my pictures/", ['my pictures/a.png']],
    ['fidsweep fid my\\ pictures/', ['my\\ pictures/a.png']],
    ['fidsweep report r', ['runs/']],
    ['fidsweep report runs/', ['runs/first/']],
    ['fidsweep report mo', []],
    ['fidsweep models add m', ['model\\ one.onnx', 'many/', 'my\\ pictures/']],
    ['fidsweep sweep --dataset g=generator:m', ['model\\ one.onnx', 'many/', 'my\\ pictures/']],
    ['fidsweep stats .', ['.hidden']],
    ['fidsweep correlate runs/first t', ['table.csv']],
    ['fidsweep correlate t', ['table.csv']],
    ['fidsweep xyzzy ', []],
  ];
  const offered = await inBash(
    place(),
    cases.map(([line]) => line),
  );
  expect(cases.map(([line], i) => [line, [...(offered[i] ?? [])].sort()])).toEqual(
    cases.map(([line, expected]) => [line, [...expected].sort()]),
  );
});

test('zsh gets whole words', async () => {
  const folder = place();
  const script = await succeed(folder, ['completion', 'zsh']);
  expect(script).toMatch(/^#compdef fidsweep\n[\s\S]*compadd/);
  // A `~` without a backslash is an operator of its patterns.
  expect(script).toContain("compset -P '(*[=:]|)\\~/'");
  expect(await succeed(folder, ['__complete', 'words', 'sweep', '--dataset', 'p=my'])).toBe('p=my pictures/\n');
});

test('a shell that is not known is refused', async () => {
  const { code, stderr } = await run(temporaryFolder(), ['completion', 'zhs']);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'fidsweep: SHELL: got "zhs", expected bash or zsh. Did you mean "zsh"?\n',
  });
});

test('neither an answer nor the version nor the help loads what a command needs', async () => {
  const heavy = /onnxruntime|better-sqlite3|sharp|node_modules\/gl\/|linkedom|observablehq|cli-table3/;
  const loaded = async (...args: readonly string[]) => {
    const env = { ...process.env, NODE_DEBUG: 'esm,module' };
    const { stderr } = await run(temporaryFolder(), args, env);
    return stderr.split('\n').filter((line) => heavy.test(line));
  };
  for (const args of [
    ['__complete', 'words', 'sweep', '--'],
    ['--version'],
    ['--help'],
    ['sweep', '--help'],
    ['completion'],
  ])
    expect(await loaded(...args), args.join(' ')).toEqual([]);
  // What it would look like.
  expect((await loaded('models', 'verify')).length + (await loaded('report', '.')).length).toBeGreaterThan(0);
});
