/** The shape of the synthesis network: which convolutions it has. */

/** Numbers of z and of w. */
export const LATENT = 64;

/** Slope of the rectifiers below 0. */
export const LEAK = 0.2;

/** Feature maps are cut off here: it makes plateaus, and so regions with edges, of what else is smooth. */
export const BOUNDS = [-0.4, 1.6] as const;

/** Side of its pictures. */
export const SIDE = 256;

/**
 * Sides of the levels with their channels and the side of their filters. The margin is computed around what is seen, so that
 * the zeros outside of a map leave no frame in the picture: each level cuts off what they have reached.
 */
export const LEVELS = [
  { side: 4, channels: 40, kernel: 3, margin: 6 },
  { side: 8, channels: 40, kernel: 3, margin: 10 },
  { side: 16, channels: 40, kernel: 5, margin: 12 },
  { side: 32, channels: 36, kernel: 5, margin: 10 },
  { side: 64, channels: 32, kernel: 3, margin: 6 },
  { side: 128, channels: 20, kernel: 3, margin: 4 },
  { side: SIDE, channels: 12, kernel: 3, margin: 2 },
] as const;

/** A convolution. */
export interface Layer {
  readonly level: number;
  /** Side of its output, margins included. */
  readonly side: number;
  readonly inputs: number;
  readonly outputs: number;
  /** Side of its filters, odd. */
  readonly kernel: number;
  /**
   * Whether its input is doubled first, with the filter [1, 3, 3, 1]. It is then one convolution of the small map with four
   * filters for each: one for each of the four places that a place becomes.
   */
  readonly up: boolean;
}

/** Places that one place of a layer's input becomes. */
export const phasesOf = ({ up }: Pick<Layer, 'up'>): number => (up ? 4 : 1);

/** Side of what a layer convolves. */
export const sideBefore = ({ up, side }: Pick<Layer, 'up' | 'side'>): number => (up ? side / 2 : side);

/** A level has the layer that doubles, except the first, and another one, except the last. */
export const LAYERS: readonly Layer[] = LEVELS.flatMap(({ side, channels, kernel, margin }, level): Layer[] => {
  const before = LEVELS[level - 1];
  const same: Layer = { level, side: side + 2 * margin, inputs: channels, outputs: channels, kernel, up: false };
  return [
    ...(before ? [{ ...same, inputs: before.channels, up: true }] : []),
    ...(level === LEVELS.length - 1 ? [] : [same]),
  ];
});
