import type { BaseImage } from '../dataset/dataset.js';
import type { Device, Mix } from './protocol.js';
import {
  checkSameDevice,
  type DeviceTime,
  type Failure,
  markOfProgram,
  RenderWorker,
  type WorkerOptions,
} from './worker.js';

export type { DeviceTime, Failure } from './worker.js';

/** Pictures that a process draws for another at a time. */
const HANDED = 32;

export interface RendererOptions extends WorkerOptions {
  /** Processes that compile and draw programs; 1 by default. It changes no pixel. */
  readonly processes?: number;
}

/**
 * Renders base images and mixes them. With several processes each program is compiled and drawn in one of them: on a
 * software device compiling takes ten times as long as drawing, and one process compiles one program at a time. Pictures
 * of all come together in the first, which mixes.
 */
export class Renderer {
  readonly #first: RenderWorker;
  readonly #others: readonly RenderWorker[];
  /** Which process has a program, by the program's mark. */
  readonly #places = new Map<string, number>();
  #rendered = 0;

  private constructor(first: RenderWorker, others: readonly RenderWorker[]) {
    this.#first = first;
    this.#others = others;
  }

  /**
   * Opens the first backend that works: the one asked for; else Vulkan without X, DISPLAY, a spawned Xvfb.
   *
   * @throws UserError with every backend's reason, and what to do
   */
  static async open({ processes = 1, ...options }: RendererOptions): Promise<Renderer> {
    const first = await RenderWorker.open(options);
    const { backend } = first.device;
    const others: RenderWorker[] = [];
    try {
      for (let i = 1; i < processes; i++) {
        others.push(await RenderWorker.open({ ...options, backend, layers: Math.min(options.layers, HANDED) }));
        checkSameDevice(first.device, others.at(-1)!.device, 'Another graphics device answers a second process');
      }
    } catch (error) {
      for (const worker of [first, ...others]) await worker.dispose();
      throw error;
    }
    return new Renderer(first, others);
  }

  get device(): Device {
    return this.#first.device;
  }

  /** The process number of the child that mixes, for those who watch it. */
  get pid(): number | undefined {
    return this.#first.pid;
  }

  /** Process numbers of all children. */
  get pids(): number[] {
    return [this.#first, ...this.#others].flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  /** Base images rendered since opening, the repeated ones after a crash not counted. */
  get rendered(): number {
    return this.#rendered;
  }

  get time(): DeviceTime {
    const times = [this.#first, ...this.#others].map(({ time }) => time);
    return {
      baseMs: times.reduce((sum, { baseMs }) => sum + baseMs, 0),
      bases: times.reduce((sum, { bases }) => sum + bases, 0),
      mixMs: this.#first.time.mixMs,
    };
  }

  /** Ids of programs that compiled from their newer text only. */
  get newer(): ReadonlySet<string> {
    return new Set([this.#first, ...this.#others].flatMap(({ newer }) => [...newer]));
  }

  /**
   * Fills layers 0 … bases.length − 1. Programs that fail are returned, each once, and their layers are undefined: ask
   * for other images in their place and call again.
   */
  async load(bases: readonly BaseImage[]): Promise<Failure[]> {
    const failures = this.#others.length ? await this.#loadApart(bases) : await this.#first.load(bases);
    if (!failures.length) this.#rendered += bases.length;
    return failures;
  }

  /** Mixes outputs from the loaded layers: uint8 RGB, mixes × side × side × 3, rows from the top. */
  mix(mixes: readonly Mix[]): Promise<Uint8Array> {
    return this.#first.mix(mixes);
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#first, ...this.#others].map((worker) => worker.dispose()));
  }

  /** Every process draws its programs' pictures; those of the others are handed to the first. */
  async #loadApart(bases: readonly BaseImage[]): Promise<Failure[]> {
    const shares = this.#shares(bases);
    const pick = (layers: readonly number[]) => {
      const some: (BaseImage | undefined)[] = [];
      for (const layer of layers) some[layer] = bases[layer];
      return Array.from({ length: some.length }, (_, i) => some[i]);
    };
    const [own, ...handed] = await Promise.all([
      this.#first.load(pick(shares[0]!)).then((failures) => ({ failures, pictures: [] as [number, BaseImage][] })),
      ...this.#others.map((worker, i) => drawApart(worker, shares[i + 1]!, bases)),
    ]);
    const failures = [own, ...handed].flatMap((part) => part.failures);
    if (failures.length) return failures;
    const pictures: (BaseImage | undefined)[] = Array(bases.length).fill(undefined);
    for (const [layer, picture] of handed.flatMap((part) => part.pictures)) pictures[layer] = picture;
    return this.#first.add(pictures);
  }

  /** Layers by process. A program stays where it was compiled; a new one goes where the fewest pictures are to be drawn. */
  #shares(bases: readonly BaseImage[]): number[][] {
    const shares: number[][] = Array.from({ length: 1 + this.#others.length }, () => []);
    for (const [layer, base] of bases.entries()) {
      if (base.kind === 'pixels') {
        shares[0]!.push(layer);
        continue;
      }
      const mark = markOfProgram(base.program);
      const least = shares.reduce((best, share, i) => (share.length < shares[best]!.length ? i : best), 0);
      const place = this.#places.get(mark) ?? least;
      this.#places.set(mark, place);
      shares[place]!.push(layer);
    }
    return shares;
  }
}

/** Draws the images of some layers in a process that does not mix, as pixels. */
async function drawApart(
  worker: RenderWorker,
  layers: readonly number[],
  bases: readonly BaseImage[],
): Promise<{ readonly failures: Failure[]; readonly pictures: [number, BaseImage][] }> {
  const failures: Failure[] = [];
  const pictures: [number, BaseImage][] = [];
  const failed = new Set<string>();
  // A program's pictures one after another, so that it is compiled once however many parts there are.
  const orders = new Map<string, number>();
  const order = (layer: number): number => {
    const base = bases[layer]!;
    const id = base.kind === 'program' ? base.program.id : '';
    if (!orders.has(id)) orders.set(id, orders.size);
    return orders.get(id)!;
  };
  const sorted = [...layers].sort((a, b) => order(a) - order(b) || a - b);
  for (let from = 0; from < sorted.length; from += HANDED) {
    const some = sorted.slice(from, from + HANDED).filter((layer) => {
      const base = bases[layer]!;
      return base.kind === 'pixels' || !failed.has(base.program.id);
    });
    const found = await worker.load(some.map((layer) => bases[layer]!));
    failures.push(...found);
    for (const { program } of found) failed.add(program);
    if (failures.length || !some.length) continue;
    const whole = [0, 0, worker.resolution, worker.resolution] as const;
    const pixels = await worker.mix(
      some.map((_, i) => ({ firstLayer: i, blend: false, weights: [1], boxes: [whole] })),
    );
    const bytes = pixels.length / some.length;
    for (const [i, layer] of some.entries())
      pictures.push([layer, { kind: 'pixels', pixels: pixels.subarray(i * bytes, (i + 1) * bytes) }]);
  }
  return { failures, pictures };
}
