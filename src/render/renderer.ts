import { type ChildProcess, fork, spawn } from 'node:child_process';
import { join } from 'node:path';
import { messageOf, UserError } from '../core/errors.js';
import type { BaseImage } from '../dataset/dataset.js';
import { BACKENDS, type Backend, type Device, type Draw, type Mix, type Reply, type Request } from './protocol.js';

/** A program that cannot be used, and why. */
export interface Failure {
  readonly program: string;
  readonly why: 'does not compile' | 'hangs' | 'crashes the driver';
  /** The driver's log, when it does not compile. */
  readonly log: string;
}

export interface RendererOptions {
  /** Side of the square pictures; a multiple of 4. */
  readonly resolution: number;
  /** Base images held at once. */
  readonly layers: number;
  readonly backend?: Backend | 'auto';
  /** Milliseconds one program may take for all its pictures of one `load`, compilation included. */
  readonly programTimeout?: number;
}

type Ended = { readonly ended: 'hangs' | 'crashes the driver' };

const LIBRARIES = 'libx11-6 libxext6 libxcb1 libdrm2';

/** What to install where no device could be opened. */
const remedy = (backend: Backend | 'auto'): string =>
  backend === 'xvfb'
    ? `Install an X server that needs no screen, on Debian or Ubuntu:\n  apt-get install xvfb libgl1 libgl1-mesa-dri ${LIBRARIES}`
    : `Install a Vulkan driver; for software rendering on Debian or Ubuntu:\n  apt-get install libvulkan1 mesa-vulkan-drivers ${LIBRARIES}`;

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
async function spawnXvfb(): Promise<{ display: string; server: ChildProcess }> {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '64x64x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('Xvfb gave no display within 10 s')), 10_000);
    const fail = (message: string) => {
      clearTimeout(timer);
      reject(new Error(message));
    };
    server.once('error', () => fail('Xvfb is not installed'));
    server.once('exit', (code) => fail(`Xvfb ended with code ${code}`));
    server.stdio[3]!.once('data', (data: Buffer) => {
      clearTimeout(timer);
      server.removeAllListeners('exit');
      resolve({ display: `:${data.toString().trim()}`, server });
    });
  });
}

/**
 * Renders base images and mixes them, in a child process that a crash or a hang of a driver or a program cannot
 * outlive: the child is replaced, what it held is drawn again, and the program is reported.
 */
export class Renderer {
  readonly device: Device;
  readonly #options: Required<RendererOptions>;
  readonly #numbers = new Map<string, number>();
  readonly #server: ChildProcess | undefined;
  readonly #display: string | undefined;
  #child: ChildProcess;
  #compiled = new Set<number>();
  #loaded: readonly BaseImage[] = [];
  #rendered = 0;

  private constructor(options: Required<RendererOptions>, started: Started) {
    this.#options = options;
    this.#child = started.child;
    this.device = started.device;
    this.#server = started.server;
    this.#display = started.display;
  }

  /** Opens the first backend that works: the one asked for; else Vulkan without X, DISPLAY, a spawned Xvfb. */
  static async open({
    resolution,
    layers,
    backend = 'auto',
    programTimeout = 20_000,
  }: RendererOptions): Promise<Renderer> {
    const options = { resolution, layers, backend, programTimeout };
    const attempts = backend === 'auto' ? BACKENDS : [backend];
    const reasons: string[] = [];
    for (const attempt of attempts) {
      let server: ChildProcess | undefined;
      let display: string | undefined;
      try {
        if (attempt === 'xvfb') ({ display, server } = await spawnXvfb());
        const opened = await start(attempt, options, display);
        return new Renderer(options, { ...opened, ...(server && { server }), ...(display && { display }) });
      } catch (error) {
        server?.kill();
        reasons.push(`  ${attempt}: ${(error as Error).message}`);
      }
    }
    throw new UserError(`No OpenGL device could be opened:\n${reasons.join('\n')}\n${remedy(backend)}`);
  }

  /** The child's process number, for those who watch it. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Base images rendered since opening, the repeated ones after a crash not counted. */
  get rendered(): number {
    return this.#rendered;
  }

  /**
   * Fills layers 0 … bases.length − 1. Programs that fail are returned, each once, and their layers are undefined: ask
   * for other images in their place and call again.
   */
  async load(bases: readonly BaseImage[]): Promise<Failure[]> {
    if (bases.length > this.#options.layers)
      throw new Error(`${bases.length} base images for ${this.#options.layers} layers`);
    const failures = await this.#fill(bases);
    this.#loaded = bases;
    if (!failures.length) this.#rendered += bases.length;
    return failures;
  }

  /** Mixes outputs from the loaded layers: uint8 RGB, mixes × side × side × 3, rows from the top. */
  async mix(mixes: readonly Mix[]): Promise<Uint8Array> {
    for (let attempt = 0; ; attempt++) {
      const reply = await this.#ask({ do: 'mix', mixes }, this.#options.programTimeout + 60_000);
      if (!('ended' in reply)) return orThrow(reply).pixels!;
      if (attempt === 2)
        throw new UserError(
          `The graphics driver ${reply.ended} while mixing, three times over. See "fidsweep doctor".`,
        );
      await this.#replace();
      const [failure] = await this.#fill(this.#loaded);
      if (failure)
        throw new UserError(
          `Program ${failure.program}, drawn before, ${failure.why} when drawn again after a crash of the graphics driver.`,
        );
    }
  }

  async dispose(): Promise<void> {
    const child = this.#child;
    if (child.connected) child.disconnect();
    if (child.exitCode === null && child.signalCode === null) {
      const timer = setTimeout(() => child.kill('SIGKILL'), 2000);
      await new Promise((resolve) => child.once('exit', resolve));
      clearTimeout(timer);
    }
    this.#server?.kill();
  }

  /** Draws or uploads all bases, in a fresh child whenever one ends; the programs that fail. */
  async #fill(bases: readonly BaseImage[]): Promise<Failure[]> {
    const failures = new Map<string, Failure>();
    const crashed = new Set<string>();
    while (!(await this.#tryLoad(bases, failures, crashed)));
    return [...failures.values()];
  }

  /** One pass over the bases; false when the child had to be replaced and all must be drawn again. */
  async #tryLoad(bases: readonly BaseImage[], failures: Map<string, Failure>, crashed: Set<string>): Promise<boolean> {
    const groups = new Map<string, { id: string; source: string; draws: Draw[] }>();
    for (const [layer, base] of bases.entries()) {
      if (base.kind === 'pixels') {
        const reply = await this.#ask({ do: 'upload', layer, pixels: base.pixels }, 60_000);
        if ('ended' in reply) return this.#again('upload', crashed, reply);
        orThrow(reply);
        continue;
      }
      const { id, source } = base.program;
      const group = groups.get(source) ?? { id, source, draws: [] };
      groups.set(source, group);
      group.draws.push({ layer, time: base.time, seed: base.seed, genes: base.genes });
    }
    for (const { id, source, draws } of groups.values()) {
      if (failures.has(id)) continue;
      const reply = await this.#draw(source, draws);
      if ('ended' in reply) {
        // A crash may be another's doing (memory, a lost device): the program gets a second chance. A hang is its own.
        if (reply.ended === 'hangs' || crashed.has(id)) failures.set(id, { program: id, why: reply.ended, log: '' });
        crashed.add(id);
        await this.#replace();
        return false;
      }
      if (!reply.ok && reply.why === 'compile')
        failures.set(id, { program: id, why: 'does not compile', log: reply.log });
      else orThrow(reply);
    }
    return true;
  }

  async #again(what: string, crashed: Set<string>, { ended }: Ended): Promise<false> {
    if (crashed.has(what))
      throw new UserError(`The graphics driver ${ended} during ${what}, twice. See "fidsweep doctor".`);
    crashed.add(what);
    await this.#replace();
    return false;
  }

  async #draw(source: string, draws: readonly Draw[]): Promise<Reply | Ended> {
    if (!this.#numbers.has(source)) this.#numbers.set(source, this.#numbers.size);
    const program = this.#numbers.get(source)!;
    const known = this.#compiled.has(program);
    let reply = await this.#ask(
      { do: 'draw', program, draws, ...(!known && { source }) },
      this.#options.programTimeout,
    );
    if (known && 'ok' in reply && !reply.ok && reply.log === 'unknown program') {
      // The child's cache had let it go.
      reply = await this.#ask({ do: 'draw', program, draws, source }, this.#options.programTimeout);
    }
    this.#compiled.add(program);
    return reply;
  }

  async #replace(): Promise<void> {
    this.#child.kill('SIGKILL');
    this.#compiled = new Set();
    for (let attempt = 1; ; attempt++) {
      try {
        this.#child = (await start(this.device.backend, this.#options, this.#display)).child;
        return;
      } catch (error) {
        if (attempt < 3) continue;
        throw new UserError(
          `The graphics device was lost and cannot be opened again: ${messageOf(error)}. See "fidsweep doctor".`,
        );
      }
    }
  }

  #ask(request: Request, timeout: number): Promise<Reply | Ended> {
    return ask(this.#child, request, timeout);
  }
}

interface Started {
  readonly child: ChildProcess;
  readonly device: Device;
  readonly server?: ChildProcess;
  readonly display?: string;
}

/** A fresh child with an open context. Throws with the reason when the backend gives none. */
async function start(backend: Backend, options: Required<RendererOptions>, display?: string): Promise<Started> {
  const child = fork(join(import.meta.dirname, 'child.js'), [backend], {
    serialization: 'advanced',
    execArgv: [],
    env: childEnvironment(backend, display),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let noise = '';
  child.stderr!.on('data', (data: Buffer) => {
    noise = (noise + data.toString()).slice(-2000);
  });
  const reply = await ask(child, { do: 'open', resolution: options.resolution, layers: options.layers }, 60_000);
  if ('ended' in reply || !reply.ok) {
    child.kill('SIGKILL');
    throw new Error(
      'ended' in reply ? `the driver ${reply.ended === 'hangs' ? 'hangs' : 'crashes'} ${noise}`.trim() : reply.log,
    );
  }
  return { child, device: reply.device! };
}

/** One request, one reply; or how the child ended instead. A child past its time is killed. */
function ask(child: ChildProcess, request: Request, timeout: number): Promise<Reply | Ended> {
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
    const onMessage = (message: unknown) => settle(message as Reply);
    const onExit = () => settle({ ended: hung ? 'hangs' : 'crashes the driver' });
    child.on('message', onMessage);
    child.on('exit', onExit);
    child.on('error', onExit);
    if (!child.connected) return onExit();
    child.send(request, (error) => {
      if (error) onExit();
    });
  });
}

function orThrow(reply: Reply): Reply & { ok: true } {
  if (!reply.ok) throw new Error(`render child: ${reply.log}`);
  return reply;
}
