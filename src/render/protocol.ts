/** What parent and render child say to each other, over Node's IPC channel with structured clone. */

export const BACKENDS = ['vulkan', 'display', 'xvfb'] as const;
export type Backend = (typeof BACKENDS)[number];

/** What draws: recorded with every result, because pixels can differ between devices. */
export interface Device {
  readonly backend: Backend;
  /** The driver's own name of the device, as GL_RENDERER gives it. */
  readonly renderer: string;
  readonly version: string;
  readonly maxTextureSize: number;
  readonly maxLayers: number;
}

/** One picture of a program, into one layer of the pool. */
export interface Draw {
  readonly layer: number;
  readonly time: number;
  readonly seed: number;
  /** 32 numbers in [0, 1). */
  readonly genes: readonly number[];
}

/** One output image, mixed from consecutive layers of the pool. */
export interface Mix {
  readonly firstLayer: number;
  readonly blend: boolean;
  readonly weights: readonly number[];
  readonly boxes: readonly (readonly [number, number, number, number])[];
}

export type Request =
  | { readonly do: 'open'; readonly resolution: number; readonly layers: number }
  /** `texts` are sent the first time a child meets the program. */
  | {
      readonly do: 'draw';
      readonly program: number;
      readonly texts?: { readonly source: string; readonly fallback?: string | undefined };
      readonly draws: readonly Draw[];
    }
  /** RGB bytes, rows from the top. */
  | { readonly do: 'upload'; readonly layer: number; readonly pixels: Uint8Array }
  | { readonly do: 'mix'; readonly mixes: readonly Mix[] }
  /** Layers 0 … layers − 1 as they are: RGBA bytes, rows from the top. */
  | { readonly do: 'read'; readonly layers: number };

/**
 * Why a request was not done. `addon`, `layers` and `driver` answer `open` alone: the package gl is not compiled, the
 * device holds too few layers, anything else.
 * `compile`: the program's own mistake, the log is the driver's.
 * `unknown`: the child does not have the program, or no longer; send its source.
 * `gl`: GL reports an error, so that nothing the context holds can be trusted.
 * `bug`: a mistake of ours.
 */
export type Reason = 'addon' | 'layers' | 'driver' | 'compile' | 'unknown' | 'gl' | 'bug';

export type Reply =
  | {
      readonly ok: true;
      readonly device?: Device;
      readonly pixels?: Uint8Array;
      /** Of a drawing: whether the program's newer text was needed. */
      readonly newer?: boolean;
      /** Milliseconds that the device took, by the child's clock. */
      readonly ms?: number;
    }
  | { readonly ok: false; readonly why: Reason; readonly log: string };
