import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CLI } from '../built.js';
import type { Outcome } from './run.js';
import { Place, SMALL, SWEEP, TAP } from './slim.js';

const place = Place.ofTests();

const small = (out: string, ...more: string[]) =>
  place.run(...SWEEP, '--methods', 'none,mixup', '--n', '2', '--images', '16', '--out', out, ...more);

let verbose: Outcome;

test('a quiet sweep says its result and nothing else, and the result is the same', async () => {
  const [usual, quiet] = await Promise.all([small('usual'), small('quiet', '--quiet')]);
  verbose = await small('verbose', '--verbose', '--cache', 'kept');
  for (const { code, stderr } of [usual, quiet, verbose]) expect(code, stderr).toBe(0);
  expect(usual.stderr).toContain('2 settings × 16 images');
  expect(quiet.stderr).toBe('');
  // The network's warning of what may not be compared stands in the result.
  expect(quiet.stdout).toContain('comparable only');
  const named = (text: string, out: string) => text.replaceAll(`${out}/`, 'OUT/');
  expect(named(quiet.stdout, 'quiet').split('\n')[0]).toBe(named(usual.stdout, 'usual').split('\n')[0]);
  expect(place.report('quiet')).toBe(place.report('usual'));
  expect(place.report('verbose')).toBe(place.report('usual'));
});

test('a verbose sweep says what is opened and how long it took, and keeps what is usually said', () => {
  const { stderr } = verbose;
  expect(stderr).toContain('2 settings × 16 images');
  const timed = stderr.split('\n').filter((line) => /^\[\d+\.\d\d s\] /.test(line));
  const seconds = timed.map((line) => Number(/\d+\.\d\d/.exec(line)));
  expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
  const text = timed.join('\n');
  expect(text).toMatch(/fidsweep \d+\.\d+\.\d+.*, Node v/);
  expect(text).toMatch(/network slim, as asked for: /);
  expect(text).toMatch(/drawing at 16: \w+ \(the first that works/);
  expect(text).toMatch(/data set drawn: programs:my programs/);
  expect(text).toMatch(/sweep: 32 images in \d+\.\d\d s/);
  expect(text).toMatch(/sweep: done$/);
});

test('what a cache gave is said', async () => {
  expect(verbose.stderr).toContain('cache kept: 0 parts of blocks taken from it');
  const { stderr } = await small('taken', '--cache', 'kept', '--verbose');
  expect(stderr).toMatch(/cache .*: [1-9]\d* parts of blocks taken from it/);
});

test('how loud a run was is not kept with it, and it goes on at any loudness', async () => {
  const flags = place.record('quiet').flags;
  expect(flags).not.toHaveProperty('quiet');
  expect(flags).not.toHaveProperty('verbose');
  expect(flags).toEqual(place.record('usual').flags);
  const again = await place.run('resume', 'quiet', '--quiet');
  expect({ code: again.code, stderr: again.stderr }).toEqual({ code: 0, stderr: '' });
  writeFileSync(place.at('quiet.yaml'), 'quiet: true\n');
  const refused = await place.refused(...SWEEP, '--config', 'quiet.yaml');
  expect(refused).toContain('"quiet"');
});

test('with every command both together are refused, and each alone is taken', async () => {
  for (const args of [
    ['doctor'],
    ['models'],
    ['models', 'list'],
    ['report', 'usual'],
    ['programs', 'show', 'marble'],
  ]) {
    const [message, { code, stderr }] = await Promise.all([
      place.refused(...args, '--quiet', '--verbose'),
      place.run(...args, '--quiet'),
    ]);
    expect(message).toBe('fidsweep: --quiet: got "--verbose", expected one of the two.\n');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  }
});

test('a quiet measurement says nothing but what changes what its result may be taken for, and mistakes', async () => {
  const fid = ['fid', 'real é', 'real.npz', ...TAP, '--resolution', '16'];
  const [usual, quiet] = await Promise.all([place.run(...fid), place.run(...fid, '--quiet')]);
  const warnings = usual.stderr.split('\n').filter((line) => line.endsWith('FID is biased upwards.'));
  expect(warnings).toHaveLength(2);
  expect(quiet).toEqual({ ...usual, stderr: `${warnings.join('\n')}\n` });
  expect(await place.refused('fid', 'absent', 'real.npz', '--quiet')).toMatch(/^fidsweep: .*absent/);
});

/** Runs it as in a terminal that takes colours, its standard output and error together. */
function inTerminal(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const words = [process.execPath, CLI, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qec', words, '/dev/null'], {
    cwd: place.home,
    env: { ...place.env, TERM: 'xterm-256color', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const out: Buffer[] = [];
  child.stdout.on('data', (data: Buffer) => out.push(data));
  return new Promise((resolve) => child.on('close', () => resolve(Buffer.concat(out).toString())));
}

test('nothing is coloured, whatever the environment asks for', async () => {
  // Colours and other renditions end in "m"; the moving line is taken away by "K".
  const escapeLetter = String.fromCharCode(27);
  const rendition = new RegExp(`${escapeLetter}\\[[0-9;]*m`);
  const report = ['report', 'usual', '--format', 'csv'];
  for (const colours of [
    { NO_COLOR: '1', FORCE_COLOR: undefined },
    { NO_COLOR: undefined, FORCE_COLOR: '3', COLORTERM: 'truecolor' },
  ]) {
    const commands = [report, ['--help'], ['sweep', '--methds'], ['models']];
    for (const shown of await Promise.all(commands.map((args) => inTerminal(args, colours)))) {
      expect(shown.length).toBeGreaterThan(50);
      expect(shown).not.toMatch(rendition);
    }
  }
  const quiet = await inTerminal(['fid', 'real é', 'real.npz', ...SMALL, '--quiet'], {});
  expect(quiet).toMatch(/^FID /m);
  expect(quiet).not.toContain(escapeLetter);
});
