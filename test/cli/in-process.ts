import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, vi } from 'vitest';
import { CLI } from '../built.js';
import { entriesOf, type Outcome } from './run.js';

const built = (path: string) => import(pathToFileURL(join(CLI, '..', '..', path)).href);
const { commandLine } = (await built('cli/command-line.js')) as typeof import('../../src/cli/command-line.js');
const { specSuggestion } = (await built('cli/suggest.js')) as typeof import('../../src/cli/suggest.js');
const { UserError } = (await built('core/errors.js')) as typeof import('../../src/core/errors.js');

const heard = (stream: NodeJS.WriteStream, into: string[]) =>
  vi.spyOn(stream, 'write').mockImplementation((data: unknown) => {
    into.push(String(data));
    return true;
  });

/** The one before: streams and the working folder are of the whole process. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * Runs the built command line within this process, as `main.ts` does: starting Node and reading its modules costs more
 * than most commands. For what neither draws nor infers, and where it is not the process that is tested (signals,
 * terminals, pipes).
 */
export function runHere(cwd: string, args: readonly string[]): Promise<Outcome> {
  const outcome = turn.then(() => runNow(cwd, args));
  turn = outcome.catch(() => {});
  return outcome;
}

async function runNow(cwd: string, args: readonly string[]): Promise<Outcome> {
  const before = { folder: process.cwd(), exitCode: process.exitCode };
  const [out, error]: [string[], string[]] = [[], []];
  const spies = [heard(process.stdout, out), heard(process.stderr, error)];
  process.chdir(cwd);
  process.exitCode = undefined;
  let code: Outcome['code'] = 0;
  try {
    await commandLine(args, async ({ run }, _path, { quiet: _quiet, verbose: _verbose, ...values }) => {
      try {
        await run!(values);
      } catch (thrown) {
        if (!(thrown instanceof UserError)) throw thrown;
        throw new UserError(`${thrown.message}${specSuggestion(thrown.message, values)}`);
      }
    }).parseAsync();
    code = Number(process.exitCode ?? 0);
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    code = 2;
    error.push(`fidsweep: ${thrown.message}\n`);
  } finally {
    process.exitCode = before.exitCode;
    process.chdir(before.folder);
    for (const spy of spies) spy.mockRestore();
  }
  return { code, stdout: out.join(''), stderr: error.join('') };
}

/** Runs it and gives standard output; a failure shows what it said. */
export async function succeedHere(cwd: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runHere(cwd, args);
  expect(code, stderr).toBe(0);
  return stdout;
}

/** Runs what must be refused, with exit code 2, nothing printed and nothing written; gives the message. */
export async function refusedHere(cwd: string, args: readonly string[]): Promise<string> {
  const before = entriesOf(cwd);
  const { code, stdout, stderr } = await runHere(cwd, args);
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
  expect(entriesOf(cwd)).toEqual(before);
  return stderr;
}
