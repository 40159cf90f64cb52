import { type ChildProcess, fork, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Backend, Device, Reason, Reply, Request } from './protocol.js';

/** How a child ended, or was past use, instead of a reply. */
export interface Ended {
  readonly ended: 'hangs' | 'crashes the driver';
  /** GL's error, when there was one. */
  readonly log: string;
}

/** No context came to be, and why. */
export class OpenError extends Error {
  readonly why: Reason;

  constructor(why: Reason, message: string) {
    super(message);
    this.why = why;
  }
}

/** Processes of ours that live, and the signal that ends each. */
const living = new Map<ChildProcess, NodeJS.Signals>();

function endAll(): void {
  for (const [child, signal] of living) child.kill(signal);
}

/** A child in native code does not hear that its parent ends: it is killed when this process exits. */
function endAtExit(child: ChildProcess, signal: NodeJS.Signals): void {
  if (!living.size) process.on('exit', endAll);
  living.set(child, signal);
  const forget = () => {
    if (living.delete(child) && !living.size) process.off('exit', endAll);
  };
  child.once('exit', forget);
  // It could not be started: there is no exit to come.
  child.once('error', () => {
    if (child.pid === undefined) forget();
  });
}

/** Settings of Mesa and ANGLE that make a software device compile five times as fast, with the same pixels. */
function childEnvironment(backend: Backend, display: string | undefined): NodeJS.ProcessEnv {
  const overrides = 'preferMonolithicPipelinesOverLibraries:warmUpPipelineCacheAtLink';
  const env: NodeJS.ProcessEnv = { GALLIVM_PERF: 'nopt', ANGLE_FEATURE_OVERRIDES_DISABLED: overrides, ...process.env };
  if (backend === 'vulkan') env.ANGLE_DEFAULT_PLATFORM = 'vulkan';
  else delete env.ANGLE_DEFAULT_PLATFORM;
  if (display) env.DISPLAY = display;
  return env;
}

/** Starts an X server of our own on a free display. */
export async function spawnXvfb(): Promise<{ display: string; server: ChildProcess }> {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '64x64x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  // Not SIGKILL, which would leave its lock and socket behind.
  endAtExit(server, 'SIGTERM');
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      server.kill();
      reject(new Error('Xvfb gave no display within 10 s'));
    }, 10_000);
    const fail = (message: string) => {
      clearTimeout(timer);
      reject(new Error(message));
    };
    const onExit = (code: number | null) => fail(`Xvfb ended with code ${code}`);
    server.once('error', () => fail('Xvfb is not installed'));
    server.once('exit', onExit);
    server.stdio[3]!.once('data', (data: Buffer) => {
      clearTimeout(timer);
      server.off('exit', onExit);
      resolve({ display: `:${data.toString().trim()}`, server });
    });
  });
}

/**
 * A fresh child with an open context.
 *
 * @throws OpenError when the backend gives none
 */
export async function startChild(
  backend: Backend,
  { resolution, layers }: { readonly resolution: number; readonly layers: number },
  display?: string,
): Promise<{ readonly child: ChildProcess; readonly device: Device }> {
  const child = fork(join(import.meta.dirname, 'child.js'), [backend], {
    serialization: 'advanced',
    execArgv: [],
    env: childEnvironment(backend, display),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  endAtExit(child, 'SIGKILL');
  let noise = '';
  child.stderr!.on('data', (data: Buffer) => {
    noise = (noise + data.toString()).slice(-2000);
  });
  const reply = await ask(child, { do: 'open', resolution, layers }, 60_000);
  if ('ended' in reply) {
    child.kill('SIGKILL');
    const verb = reply.ended === 'hangs' ? 'hangs' : 'crashes';
    throw new OpenError('driver', reply.log || `the driver ${verb} ${noise}`.trim());
  }
  if (!reply.ok) {
    child.kill('SIGKILL');
    throw new OpenError(reply.why, reply.log);
  }
  return { child, device: reply.device! };
}

/**
 * One request, one reply; or how the child ended instead. A child past its time is killed. One that reports a GL error
 * is as good as crashed: what its context holds cannot be trusted.
 */
export function ask(child: ChildProcess, request: Request, timeout: number): Promise<Reply | Ended> {
  return new Promise((resolve) => {
    let hung = false;
    const timer = setTimeout(() => {
      hung = true;
      child.kill('SIGKILL');
    }, timeout);
    const settle = (answer: Reply | Ended) => {
      clearTimeout(timer);
      child.off('message', onMessage);
      child.off('exit', onExit);
      child.off('error', onExit);
      resolve(answer);
    };
    const onMessage = (message: unknown) => {
      const reply = message as Reply;
      settle(!reply.ok && reply.why === 'gl' ? { ended: 'crashes the driver', log: reply.log } : reply);
    };
    const onExit = () => settle({ ended: hung ? 'hangs' : 'crashes the driver', log: '' });
    child.on('message', onMessage);
    child.on('exit', onExit);
    child.on('error', onExit);
    if (!child.connected) return onExit();
    child.send(request, (error) => {
      if (error) onExit();
    });
  });
}

/** Lets a child end by itself, and kills it when it does not within two seconds. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (child.connected) child.disconnect();
  if (child.exitCode !== null || child.signalCode !== null) return;
  const timer = setTimeout(() => child.kill('SIGKILL'), 2000);
  await new Promise((resolve) => child.once('exit', resolve));
  clearTimeout(timer);
}
