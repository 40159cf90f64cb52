import { draws, STREAM } from '../src/core/random.js';
import type { BaseImage, Dataset, Failure, LoadOptions } from '../src/dataset/dataset.js';
import type { Extractor } from '../src/extract/session.js';
import type { Mix } from '../src/render/protocol.js';
import type { Renderer } from '../src/render/renderer.js';

/** A data set, a renderer and a network that are pure functions of a few lines: what joins them is tested without a device. */

export const SIDE = 4;
export const DIMS = 3;

export interface PretendOptions {
  /** Of its seven programs, those that do not compile. */
  readonly bad?: readonly string[];
  readonly failures?: readonly Failure[];
  readonly takes?: readonly (keyof LoadOptions)[];
}

const IDS = Array.from({ length: 7 }, (_, i) => `program ${i}`);

/** Seven programs, each of one colour that its genes decide, and ψ and the range of time where they are given. */
export function pretendDataset(
  name: string,
  { bad = [], failures = [], takes = ['time', 'psi'] }: PretendOptions = {},
): Dataset {
  return {
    name,
    spec: name,
    identity: { name },
    takes,
    failures,
    fit: () => '',
    choose: (output, n, seed, unusable) =>
      Array.from({ length: n }, (_, slot) => {
        const uniform = draws(seed, STREAM.choice, output, slot);
        for (;;) {
          const id = IDS[Math.floor(uniform() * IDS.length)]!;
          if (!unusable.has(id)) return { id, output, slot };
        }
      }),
    load: async ({ id, output, slot }, seed, _resolution, { psi = 1, time: [from, to] = [0, 1] } = {}) => {
      const uniform = draws(seed, STREAM.genes, output, slot);
      const source = bad.includes(id) ? 'broken' : '';
      const genes = [psi * uniform(), uniform() / to, uniform()];
      return { kind: 'program', program: { id, source }, time: from, seed: 0, genes };
    },
  };
}

const coloursOf = (base: BaseImage): readonly number[] => (base.kind === 'program' ? base.genes : [...base.pixels]);

/** The value of a channel of a pixel of a mix. */
function mixed({ blend, weights, boxes }: Mix, colours: readonly number[], x: number, y: number): number {
  let value = 0;
  for (const [k, [x0, y0, x1, y1]] of boxes.entries()) {
    if (x < x0 || x >= x1 || y < y0 || y >= y1) continue;
    value = blend ? value + weights[k]! * colours[k]! : colours[k]!;
  }
  return value;
}

/** Mixes as the shader does; `loads` is told how many base images there are each time. */
export function pretendRenderer(side = SIDE, loads: number[] = []): Renderer {
  const time = { baseMs: 0, bases: 0, mixMs: 0 };
  let loaded: readonly BaseImage[] = [];
  return {
    get time() {
      return { ...time };
    },
    async load(bases: readonly BaseImage[]): Promise<Failure[]> {
      const failed = bases.flatMap((base) => (base.kind === 'program' && base.program.source ? [base.program.id] : []));
      if (failed.length) return [...new Set(failed)].map((program) => ({ program, why: 'does not compile' }) as never);
      loads.push(bases.length);
      time.baseMs += 2 * bases.length;
      time.bases += bases.length;
      loaded = bases;
      return [];
    },
    async mix(mixes: readonly Mix[]): Promise<Uint8Array> {
      const out: number[] = [];
      for (const mix of mixes) {
        const bases = mix.boxes.map((_, k) => coloursOf(loaded[mix.firstLayer + k]!));
        for (let y = 0; y < side; y++)
          for (let x = 0; x < side; x++)
            for (let c = 0; c < 3; c++)
              out.push(
                Math.round(
                  255 *
                    mixed(
                      mix,
                      bases.map((colours) => colours[c]!),
                      x,
                      y,
                    ),
                ),
              );
      }
      time.mixMs += mixes.length;
      return Uint8Array.from(out);
    },
  } as unknown as Renderer;
}

/** Features are the mean of each channel; `before` is called with each batch's place, and may throw. */
export function pretendExtractor(before: (batch: number) => void = () => {}): Extractor {
  let batch = 0;
  return {
    async features(pixels: Uint8Array, count: number) {
      before(batch++);
      const out = new Float32Array(count * DIMS);
      const pixelsOf = pixels.length / count / DIMS;
      for (const [at, level] of pixels.entries()) out[Math.floor(at / pixelsOf / DIMS) * DIMS + (at % DIMS)]! += level;
      return out.map((sum) => sum / pixelsOf / 16);
    },
  } as unknown as Extractor;
}
