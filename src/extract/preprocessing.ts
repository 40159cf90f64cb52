/** How a picture gets the network's size; each is a separable linear map (`resize.ts`). */
export type ResizeKind =
  /** PyTorch's `interpolate(mode='bilinear', align_corners=False)`: half-pixel centres, no antialiasing. */
  | 'bilinear'
  /** PIL's bicubic (a = −0.5, antialiased) in float, clipped to 0…255 afterwards, never rounded. */
  | 'bicubic-antialiased'
  /** TensorFlow 1's `resize_bilinear`: no half-pixel offset, no antialiasing. */
  | 'tf1';

/** What happens to a picture before the network. */
export interface Preprocessing {
  /** Height and width of the network's input, in pixels. */
  readonly size: number;
  readonly resize: ResizeKind;
  /** `stretch` (default): to size × size; `cover`: the short side to size, then the centre is cut out. */
  readonly fit?: 'stretch' | 'cover';
  /** The values that black and white become, before `mean` and `std`. */
  readonly range: readonly [number, number];
  /** (x − mean)/std a channel, R, G, B; absent: 0 and 1. */
  readonly mean?: readonly [number, number, number];
  readonly std?: readonly [number, number, number];
}

/** What happens to a picture before the network, as one comparable text: `bilinear-299 [0,1]`. */
export function preprocessingId({ size, resize, fit = 'stretch', range, mean, std }: Preprocessing): string {
  const crop = fit === 'stretch' ? '' : ` ${fit}`;
  const normalised = mean || std ? ` mean ${mean ?? [0, 0, 0]} std ${std ?? [1, 1, 1]}` : '';
  return `${resize}-${size}${crop} [${range.join(',')}]${normalised}`;
}
