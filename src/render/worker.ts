import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { messageOf, UserError } from '../core/errors.js';
import type { BaseImage, ProgramSource } from '../dataset/dataset.js';
import { ask, type Ended, endChild, OpenError, spawnXvfb, startChild } from './process.js';
import {
  BACKENDS,
  type Backend,
  type Device,
  type Draw,
  type Mix,
  type Reason,
  type Reply,
  type Request,
} from './protocol.js';

/** Pictures a request asks of a program, so that its time limit is one for a few pictures, however many a block needs. */
const DRAWS = 8;

/** A program that cannot be used, and why. */
export interface Failure {
  readonly program: string;
  readonly why: 'does not compile' | 'hangs' | 'crashes the driver';
  /** The driver's log when it does not compile, GL's error when there was one, else empty. */
  readonly log: string;
}

export interface WorkerOptions {
  /** Side of the square pictures; a multiple of 4. */
  readonly resolution: number;
  /** Base images held at once. */
  readonly layers: number;
  readonly backend?: Backend | 'auto';
  /**
   * Milliseconds a program may take for eight pictures at most, or for its compilation and its first picture. How many
   * pictures a `load` asks of it does not matter.
   */
  readonly programTimeout?: number;
}

/** What the device was measured at since opening, by its own process. */
export interface DeviceTime {
  /** Milliseconds of drawing (compilation and its first picture left out) or of uploading base images, and how many. */
  readonly baseMs: number;
  readonly bases: number;
  /** Milliseconds of mixing outputs and reading them back. */
  readonly mixMs: number;
}

const LIBRARIES = 'libx11-6 libxext6 libxcb1 libdrm2';

/** What to do where no device could be opened, for each of these reasons. */
function remedy(backend: Backend | 'auto', reasons: ReadonlySet<Reason>): string {
  const layers = 'Mix fewer images (--n), so that a block needs fewer layers, or use another device (--backend).';
  const driver =
    backend === 'xvfb'
      ? `Install an X server that needs no screen, on Debian or Ubuntu:\n  apt-get install xvfb libgl1 libgl1-mesa-dri ${LIBRARIES}`
      : `Install a Vulkan driver; for software rendering on Debian or Ubuntu:\n  apt-get install libvulkan1 mesa-vulkan-drivers ${LIBRARIES}`;
  return reasons.has('layers') ? layers : driver;
}

/** How a device ended, in a sentence about the driver. */
const fate = ({ ended, log }: Ended): string => `${ended === 'hangs' ? 'hangs' : 'crashes'}${log ? ` (${log})` : ''}`;

/** A picture for a layer of the pool. */
interface Placed {
  readonly layer: number;
  readonly base: BaseImage;
}

const placed = (bases: readonly (BaseImage | undefined)[]): Placed[] =>
  bases.flatMap((base, layer) => (base ? [{ layer, base }] : []));

/** @throws UserError for devices whose pixels can differ */
export function checkSameDevice(expected: Device, got: Device, what: string): void {
  const [before, now] = [expected, got].map(({ renderer, version }) => `"${renderer}" (${version})`);
  if (before !== now)
    throw new UserError(
      `${what}: got ${now}, expected ${before}. Their pixels can differ and are not mixed: bring the device back and run again.`,
    );
}

/** What tells a program from another, short: the texts of thousands are not kept. */
export const markOfProgram = ({ source, fallback = '' }: ProgramSource): string =>
  createHash('sha256').update(`${source}\0${fallback}`).digest('base64').slice(0, 24);

/**
 * Draws base images and mixes them, in a child process that a crash or a hang of a driver or a program cannot
 * outlive: the child is replaced, what it held is drawn again, and the program is reported.
 */
export class RenderWorker {
  readonly device: Device;
  readonly #options: Required<WorkerOptions>;
  readonly #numbers = new Map<string, number>();
  readonly #server: ChildProcess | undefined;
  readonly #display: string | undefined;
  #child: ChildProcess;
  #compiled = new Set<number>();
  #loaded: readonly (BaseImage | undefined)[] = [];
  readonly #newer = new Set<string>();
  #disposed = false;
  #baseMs = 0;
  #bases = 0;
  #mixMs = 0;

  private constructor(options: Required<WorkerOptions>, opened: Opened) {
    this.#options = options;
    this.#child = opened.child;
    this.device = opened.device;
    this.#server = opened.server;
    this.#display = opened.display;
  }

  /**
   * Opens the first backend that works: the one asked for; else Vulkan without X, DISPLAY, a spawned Xvfb.
   *
   * @throws UserError with every backend's reason, and what to do
   */
  static async open({
    resolution,
    layers,
    backend = 'auto',
    programTimeout = 20_000,
  }: WorkerOptions): Promise<RenderWorker> {
    const options = { resolution, layers, backend, programTimeout };
    const attempts = backend === 'auto' ? BACKENDS : [backend];
    const messages: string[] = [];
    const reasons = new Set<Reason>();
    for (const attempt of attempts) {
      let server: ChildProcess | undefined;
      let display: string | undefined;
      try {
        if (attempt === 'xvfb') ({ display, server } = await spawnXvfb());
        const opened = await startChild(attempt, options, display);
        return new RenderWorker(options, { ...opened, ...(server && { server }), ...(display && { display }) });
      } catch (error) {
        server?.kill();
        const why = error instanceof OpenError ? error.why : 'driver';
        // What no backend can do without.
        if (why === 'addon') throw new UserError(messageOf(error));
        reasons.add(why);
        messages.push(`  ${attempt}: ${messageOf(error)}`);
      }
    }
    throw new UserError(`No OpenGL device could be opened:\n${messages.join('\n')}\n${remedy(backend, reasons)}`);
  }

  /** The child's process number, for those who watch it. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Ids of programs that compiled from their newer text only. */
  get newer(): ReadonlySet<string> {
    return this.#newer;
  }

  get resolution(): number {
    return this.#options.resolution;
  }

  get time(): DeviceTime {
    return { baseMs: this.#baseMs, bases: this.#bases, mixMs: this.#mixMs };
  }

  /**
   * Fills the layers of the images given, an image's place being its layer; others are undefined. Programs that fail are
   * returned, each once, and their layers are undefined too: ask for other images in their place and call again.
   */
  async load(bases: readonly (BaseImage | undefined)[]): Promise<Failure[]> {
    this.#checkLayers(bases.length);
    this.#loaded = bases;
    return this.#fill(placed(bases), placed(bases));
  }

  /** Fills further layers with what another process drew, and counted, and keeps those that are filled. */
  async add(bases: readonly (BaseImage | undefined)[]): Promise<Failure[]> {
    this.#checkLayers(bases.length);
    const { length } = this.#loaded;
    const counted = this.#bases;
    this.#loaded = Array.from({ length: Math.max(length, bases.length) }, (_, i) => bases[i] ?? this.#loaded[i]);
    const failures = await this.#fill(placed(bases), placed(this.#loaded));
    this.#bases = counted;
    return failures;
  }

  #checkLayers(count: number): void {
    if (count > this.#options.layers) throw new Error(`${count} base images for ${this.#options.layers} layers`);
  }

  /** Layers 0 … count − 1: RGBA bytes, rows from the top; the alpha of a program's pixel is 0 where it gave NaN. */
  async read(count: number): Promise<Uint8Array> {
    return this.#finish({ do: 'read', layers: count }, 'reading');
  }

  /** Mixes outputs from the loaded layers: uint8 RGB, mixes × side × side × 3, rows from the top. */
  async mix(mixes: readonly Mix[]): Promise<Uint8Array> {
    return this.#finish({ do: 'mix', mixes }, 'mixing');
  }

  /** Pixels made of the loaded layers, which are drawn again when the child ends on the way. */
  async #finish(request: Request, what: string): Promise<Uint8Array> {
    for (let attempt = 0; ; attempt++) {
      const reply = await ask(this.#child, request, this.#options.programTimeout + 60_000);
      if (!('ended' in reply)) {
        const { pixels, ms = 0 } = orThrow(reply);
        if (request.do === 'mix') this.#mixMs += ms;
        return pixels!;
      }
      if (attempt === 2)
        throw new UserError(
          `The graphics driver ${fate(reply)} while ${what}, three times over. See "fidsweep doctor".`,
        );
      await this.#replace();
      const all = placed(this.#loaded);
      const [failure] = await this.#fill(all, all);
      if (failure)
        throw new UserError(
          `Program ${failure.program}, drawn before, ${failure.why} when drawn again after a crash of the graphics driver.`,
        );
    }
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await endChild(this.#child);
    this.#server?.kill();
  }

  /** Draws or uploads images; in a fresh child, whenever one ends, all that are to be there. The programs that fail. */
  async #fill(images: readonly Placed[], all: readonly Placed[]): Promise<Failure[]> {
    const failures = new Map<string, Failure>();
    const crashed = new Set<string>();
    let left = images;
    while (!(await this.#tryFill(left, failures, crashed))) left = all;
    return [...failures.values()];
  }

  /** One pass over some images; false when the child had to be replaced and all must be drawn again. */
  async #tryFill(images: readonly Placed[], failures: Map<string, Failure>, crashed: Set<string>): Promise<boolean> {
    const groups = new Map<string, { readonly program: ProgramSource; readonly draws: Draw[] }>();
    for (const { layer, base } of images) {
      if (base.kind === 'pixels') {
        const reply = await ask(this.#child, { do: 'upload', layer, pixels: base.pixels }, 60_000);
        if ('ended' in reply) return this.#again('upload', crashed, reply);
        this.#baseMs += orThrow(reply).ms ?? 0;
        this.#bases++;
        continue;
      }
      const { program, time, seed, genes } = base;
      const mark = markOfProgram(program);
      const group = groups.get(mark) ?? { program, draws: [] };
      groups.set(mark, group);
      group.draws.push({ layer, time, seed, genes });
    }
    for (const [mark, { program, draws }] of groups) {
      const { id } = program;
      if (failures.has(id)) continue;
      const reply = await this.#draw(mark, program, draws);
      if ('ended' in reply) {
        // A crash may be another's doing (memory, a lost device): the program gets a second chance. A hang is its own.
        if (reply.ended === 'hangs' || crashed.has(id))
          failures.set(id, { program: id, why: reply.ended, log: reply.log });
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

  async #again(what: string, crashed: Set<string>, ended: Ended): Promise<false> {
    if (crashed.has(what))
      throw new UserError(`The graphics driver ${fate(ended)} during ${what}, twice. See "fidsweep doctor".`);
    crashed.add(what);
    await this.#replace();
    return false;
  }

  /** Draws a program's pictures, a few a request: the first alone, as it also compiles. */
  async #draw(mark: string, { id, source, fallback }: ProgramSource, draws: readonly Draw[]): Promise<Reply | Ended> {
    if (!this.#numbers.has(mark)) this.#numbers.set(mark, this.#numbers.size);
    const program = this.#numbers.get(mark)!;
    let reply: Reply | Ended = { ok: true };
    for (let first = 0; first < draws.length; ) {
      const known = this.#compiled.has(program);
      const some = draws.slice(first, first + (known ? DRAWS : 1));
      const request = { do: 'draw', program, draws: some, ...(!known && { texts: { source, fallback } }) } as const;
      reply = await ask(this.#child, request, this.#options.programTimeout);
      if ('ended' in reply) return reply;
      if (reply.ok) {
        if (known) {
          this.#baseMs += reply.ms ?? 0;
          this.#bases += some.length;
        }
        if (reply.newer) this.#newer.add(id);
        this.#compiled.add(program);
        first += some.length;
      } else if (known && reply.why === 'unknown') {
        // The child's cache had let it go.
        this.#compiled.delete(program);
      } else return reply;
    }
    return reply;
  }

  /** @throws UserError when no device answers any more, or another one */
  async #replace(): Promise<void> {
    this.#child.kill('SIGKILL');
    this.#refuseDisposed();
    this.#compiled = new Set();
    const device = await this.#reopen();
    checkSameDevice(this.device, device, 'The graphics device was lost and another answers in its place');
  }

  /** Another worker failed, and all were ended while this one drew: its child is not replaced. */
  #refuseDisposed(): void {
    if (this.#disposed) throw new Error('the renderer was disposed of while it drew');
  }

  async #reopen(): Promise<Device> {
    for (let attempt = 1; ; attempt++) {
      try {
        const { child, device } = await startChild(this.device.backend, this.#options, this.#display);
        this.#child = child;
        // While it started.
        if (this.#disposed) child.kill('SIGKILL');
        this.#refuseDisposed();
        return device;
      } catch (error) {
        if (this.#disposed) throw error;
        if (attempt < 3) continue;
        throw new UserError(
          `The graphics device was lost and cannot be opened again: ${messageOf(error)}. See "fidsweep doctor".`,
        );
      }
    }
  }
}

interface Opened {
  readonly child: ChildProcess;
  readonly device: Device;
  readonly server?: ChildProcess;
  readonly display?: string;
}

function orThrow(reply: Reply): Reply & { ok: true } {
  if (!reply.ok) throw new Error(`render child: ${reply.log}`);
  return reply;
}
