import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect } from 'vitest';
import { draws, STREAM } from '../../src/core/random.js';
import type { ReportDocument } from '../../src/report/document.js';
import { CLI } from '../built.js';

/** Runs the built command line as a user does, in a folder of its own. */

export interface Outcome {
  /** The exit code, or the signal that ended it. */
  readonly code: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
}

/** A scratch folder whose path has a space and letters beyond ASCII. */
export const scratch = (): string => mkdtempSync(join(tmpdir(), 'fidsweep test – œuvre ü-'));

export function start(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Started {
  // A process group of its own, as a shell gives it: a signal to the group reaches what a Ctrl-C would.
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  const error: Buffer[] = [];
  child.stdout!.on('data', (data: Buffer) => out.push(data));
  child.stderr!.on('data', (data: Buffer) => error.push(data));
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({
        code: code ?? signal,
        stdout: Buffer.concat(out).toString(),
        stderr: Buffer.concat(error).toString(),
      }),
    );
  });
  return { child, outcome };
}

export const run = (cwd: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Outcome> =>
  start(cwd, args, env).outcome;

/** Runs it and gives standard output; a failure shows what it said. */
export async function succeed(cwd: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string> {
  const { code, stdout, stderr } = await run(cwd, args, env);
  expect(code, stderr).toBe(0);
  return stdout;
}

interface Refusal {
  readonly env?: NodeJS.ProcessEnv;
  /** A folder that may be there afterwards, because it was needed before the mistake could be known. */
  readonly leaves?: string;
}

/** Runs what must be refused: exit code 2, a message that says all of `naming`, no stack, nothing printed or written. */
export async function refuse(
  cwd: string,
  args: readonly string[],
  ...[first, ...others]: readonly (string | RegExp | Refusal)[]
): Promise<void> {
  const { env, leaves }: Refusal = typeof first === 'object' && !(first instanceof RegExp) ? first : {};
  const before = entriesOf(cwd);
  const { code, stdout, stderr } = await run(cwd, args, env);
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^fidsweep: /m);
  expect(stderr).not.toMatch(/^\s+at .*[:(]|node:internal/m);
  for (const words of [first, ...others]) {
    if (typeof words === 'string') expect(stderr).toContain(words);
    else if (words instanceof RegExp) expect(stderr).toMatch(words);
  }
  const after = entriesOf(cwd).filter((path) => !leaves || path.split('/')[0] !== leaves);
  expect(after).toEqual(before);
}

/** Files and folders below a folder, by their relative paths. */
export const entriesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();

export const reportOf = (folder: string): ReportDocument =>
  JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as ReportDocument;

/** A folder of small pictures of random blocks, some in class folders, of different sizes. */
export async function writePictures(folder: string, count: number, seed = 1): Promise<void> {
  for (let i = 0; i < count; i++) {
    const uniform = draws(seed, STREAM.sample, i);
    const raw = { width: 6, height: 6, channels: 3 as const };
    const levels = Uint8Array.from({ length: 6 * 6 * 3 }, () => Math.floor(uniform() * 256));
    const place = join(folder, i % 3 ? '.' : 'class one');
    mkdirSync(place, { recursive: true });
    const file = join(place, `picture ${i}.${i % 2 ? 'png' : 'jpg'}`);
    await sharp(levels, { raw })
      .resize(80 + 8 * (i % 3), 72, { fit: 'fill', kernel: 'cubic' })
      .toFile(file);
  }
}

const PROGRAMS = {
  rings:
    '#include <color>\nvec3 draw(vec2 p) {\n  return hsv(fract(length(p) * gene(0, 1.0, 5.0)), 0.7, gene(4, 0.4, 1.0));\n}\n',
  stripes: 'vec3 draw(vec2 p) {\n  return vec3(fract(p.x * gene(1, 2.0, 9.0) + time), gene(2), fract(p.y * 3.0));\n}\n',
  waves: 'vec3 draw(vec2 p) {\n  return 0.5 + 0.5 * sin(vec3(3.0, 5.0, 8.0) * (p.x + gene(3) * sin(p.y * 9.0)));\n}\n',
};

/** The same in three small programs; `broken` adds one whose third line does not compile. */
export function writePrograms(folder: string, { broken = false, good = true } = {}): void {
  mkdirSync(folder, { recursive: true });
  if (good) for (const [name, text] of Object.entries(PROGRAMS)) writeFileSync(join(folder, `${name}.frag`), text);
  if (broken) {
    writeFileSync(join(folder, 'broken.frag'), '// Draws: nothing.\nvec3 draw(vec2 p) {\n  return missing(p);\n}\n');
  }
}

export const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true });
