import { usualProcesses, widest } from '../blocks.js';
import { UserError } from '../core/errors.js';
import { plain } from '../core/plain.js';
import type { Dataset } from '../dataset/dataset.js';
import type { Setting } from '../mix/setting.js';
import { Renderer } from '../render/renderer.js';
import type { RunRecord } from '../store/record.js';
import { detail } from './loudness.js';
import { backendOf, MOST_PROCESSES, programTimeout } from './open.js';
import { integer, type Values } from './values.js';

/** Processes that draw: what `--render-processes` says, else as many as pay. */
export const processesFor = (values: Values, datasets: readonly Dataset[]): number =>
  integer(values, 'render-processes', 1, MOST_PROCESSES) ?? usualProcesses(datasets);

/** Renderers of a sweep, one for each resolution, opened when they are first needed. */
export class Renderers {
  readonly #values: Values;
  readonly #processes: number;
  readonly #open = new Map<number, Promise<Renderer>>();
  #layers = new Map<number, number>();
  #device: RunRecord['device'] | undefined;

  constructor(values: Values, processes: number) {
    this.#values = values;
    this.#processes = processes;
  }

  /**
   * Says what will be rendered.
   *
   * @param block outputs a block
   * @param resolution of settings that have none of their own
   * @param device what the run was begun on: another is refused
   */
  plan(settings: readonly Setting[], block: number, resolution: number, device?: RunRecord['device']): void {
    this.#device = device;
    this.#layers = new Map();
    for (const setting of settings) {
      const side = setting.resolution ?? resolution;
      this.#layers.set(side, Math.max(this.#layers.get(side) ?? 0, block * widest([setting])));
    }
  }

  /** The renderer of the first resolution that was planned. */
  first(): Promise<Renderer> {
    return this.of([...this.#layers.keys()][0]!);
  }

  readonly of = (resolution: number): Promise<Renderer> => {
    const open = this.#open.get(resolution) ?? this.#start(resolution);
    this.#open.set(resolution, open);
    return open;
  };

  async #start(resolution: number): Promise<Renderer> {
    const renderer = await Renderer.open({
      resolution,
      layers: this.#layers.get(resolution)!,
      backend: backendOf(this.#values),
      programTimeout: programTimeout(this.#values),
      processes: this.#processes,
    });
    const { device } = renderer;
    const why =
      backendOf(this.#values) === 'auto' ? 'the first that works of vulkan, display and xvfb' : 'as asked for';
    detail(plain(`drawing at ${resolution}: ${device.backend} (${why}), ${device.renderer}, ${device.version}`));
    const begun = this.#device;
    if (begun && (begun.renderer !== device.renderer || begun.version !== device.version)) {
      await renderer.dispose();
      throw new UserError(
        `Device: got "${device.renderer}" (${device.version}), expected "${begun.renderer}" (${begun.version}), which this run was begun on: their pixels can differ. ` +
          'Continue on that device, or begin another run in another --out.',
      );
    }
    return renderer;
  }

  async dispose(): Promise<void> {
    const open = [...this.#open.values()];
    this.#open.clear();
    for (const renderer of await Promise.allSettled(open))
      if (renderer.status === 'fulfilled') await renderer.value.dispose();
  }
}
