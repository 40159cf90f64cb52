/**
 * Judgements of made pictures by simple statistics: whether one is blank, flat or noise. They are
 * taken at a side of 128 to 255 pixels at most, larger pictures being averaged in squares, so that the thresholds mean
 * the same at every resolution from 128. All in 8-bit levels.
 */

/** Pictures of less than twice this side are judged as they are. */
const SIDE = 128;

/** A program all of whose pictures spread by less, in levels, is blank. */
export const BLANK_SPREAD = 1;

/** A picture is flat whose spread in levels is below the first, or one colour of which covers more than the second. */
export const FLAT = { spread: 6, oneColour: 0.98 } as const;

/**
 * A picture is noise with more than this share of its energy inside squares of 4 × 4 pixels, unless its pixels follow
 * from near ones: the strongest correlation, of either sign, at any of the lags is at least the second number. So fine
 * stripes and checks are no noise. White noise has 15/16 and 0; noise in squares of 2 × 2 pixels has 3/4 and 1/2, as the
 * busiest photographs have.
 */
export const NOISE = { fine: 0.8, correlation: 0.4 } as const;

const SQUARE = 4;
const LAGS = [
  [1, 0],
  [0, 1],
  [1, 1],
  [-1, 1],
  [2, 0],
  [0, 2],
] as const;

/** A picture's colours as numbers: RGB, side × side × 3, 0 … 255. */
export interface Thumbnail {
  readonly side: number;
  readonly data: Float32Array;
}

export interface PictureStatistics {
  /** Mean of all values. */
  readonly mean: number;
  /** Root of the channels' mean variance. */
  readonly spread: number;
  /** Share of the pixels in the commonest box of 16 × 16 × 16 levels. */
  readonly oneColour: number;
  /** Share of the energy about the mean that lies inside squares of 4 × 4 pixels; 0 where there is no energy. */
  readonly fine: number;
  /** Strongest correlation of luminance, of either sign, with that one or two pixels away; 1 where there is no energy. */
  readonly correlation: number;
}

/** @param pixels RGBA bytes of a square picture, rows from the top */
export function thumbnail(pixels: Uint8Array, side: number): Thumbnail {
  const factor = Math.max(1, Math.floor(side / SIDE));
  const own = Math.floor(side / factor);
  const data = new Float32Array(own * own * 3);
  const share = 1 / (factor * factor);
  for (let y = 0; y < own * factor; y++) {
    const row = Math.floor(y / factor) * own;
    for (let x = 0; x < own * factor; x++) {
      const from = (y * side + x) * 4;
      const to = (row + Math.floor(x / factor)) * 3;
      for (let c = 0; c < 3; c++) data[to + c]! += pixels[from + c]! * share;
    }
  }
  return { side: own, data };
}

/** Share of the pixels whose alpha is 0: where a program gave NaN. */
export function nanShare(pixels: Uint8Array): number {
  let count = 0;
  for (let at = 3; at < pixels.length; at += 4) if (pixels[at] === 0) count++;
  return (4 * count) / pixels.length;
}

/** Share of the pixels in the fullest of 16³ boxes of colours; of two grids, half a box apart, as a colour may lie on a border. */
function oneColour({ data }: Thumbnail): number {
  let most = 0;
  for (const shift of [0, 8]) {
    const counts = new Uint32Array(17 ** 3);
    for (let at = 0; at < data.length; at += 3) {
      const r = (data[at]! + shift) >> 4;
      const g = (data[at + 1]! + shift) >> 4;
      const b = (data[at + 2]! + shift) >> 4;
      counts[(r * 17 + g) * 17 + b]!++;
    }
    for (const count of counts) if (count > most) most = count;
  }
  return most / (data.length / 3);
}

/** Energy about the means of squares of 4 × 4 pixels, all channels together; a rest at the right and below is left out. */
function fineEnergy({ side, data }: Thumbnail): { readonly within: number; readonly total: number } {
  const whole = Math.floor(side / SQUARE) * SQUARE;
  const size = SQUARE * SQUARE;
  let within = 0;
  let total = 0;
  for (let c = 0; c < 3; c++) {
    let [sum, squares, means] = [0, 0, 0];
    for (let top = 0; top < whole; top += SQUARE) {
      for (let left = 0; left < whole; left += SQUARE) {
        let own = 0;
        for (let y = top; y < top + SQUARE; y++) {
          for (let x = left; x < left + SQUARE; x++) {
            const value = data[(y * side + x) * 3 + c]!;
            own += value;
            squares += value * value;
          }
        }
        sum += own;
        means += (own * own) / size;
      }
    }
    within += squares - means;
    total += squares - (sum * sum) / (whole * whole);
  }
  return { within, total };
}

function luminances({ side, data }: Thumbnail): Float32Array {
  const out = new Float32Array(side * side);
  for (let i = 0; i < out.length; i++)
    out[i] = 0.299 * data[3 * i]! + 0.587 * data[3 * i + 1]! + 0.114 * data[3 * i + 2]!;
  return out;
}

/** The strongest correlation of values with those at the lags, of either sign. */
function strongest(values: Float32Array, side: number): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const centred = values.map((value) => value - mean);
  const variance = centred.reduce((sum, value) => sum + value * value, 0) / values.length;
  // Below a hundredth of a level there is nothing but rounding.
  if (variance < 1e-4) return 1;
  let most = 0;
  for (const [dx, dy] of LAGS) {
    let sum = 0;
    const [from, to] = [Math.max(0, -dx), side - Math.max(0, dx)];
    for (let y = 0; y < side - dy; y++) {
      const [row, other] = [y * side, (y + dy) * side + dx];
      for (let x = from; x < to; x++) sum += centred[row + x]! * centred[other + x]!;
    }
    most = Math.max(most, Math.abs(sum) / ((to - from) * (side - dy) * variance));
  }
  // Means and variance are those of the whole picture, a lag's pairs are a part of it.
  return Math.min(1, most);
}

export function pictureStatistics(picture: Thumbnail): PictureStatistics {
  const { side, data } = picture;
  const pixels = side * side;
  let [mean, variance] = [0, 0];
  for (let c = 0; c < 3; c++) {
    let [sum, squares] = [0, 0];
    for (let at = c; at < data.length; at += 3) {
      sum += data[at]!;
      squares += data[at]! ** 2;
    }
    mean += sum / pixels / 3;
    variance += Math.max(0, squares / pixels - (sum / pixels) ** 2) / 3;
  }
  const { within, total } = fineEnergy(picture);
  return {
    mean,
    spread: Math.sqrt(variance),
    oneColour: oneColour(picture),
    fine: total > 1e-4 * pixels ? Math.max(0, within / total) : 0,
    correlation: strongest(luminances(picture), side),
  };
}

export const isFlat = (picture: Pick<PictureStatistics, 'spread' | 'oneColour'>): boolean =>
  picture.spread < FLAT.spread || picture.oneColour > FLAT.oneColour;

export const isNoise = (picture: Pick<PictureStatistics, 'fine' | 'correlation'>): boolean =>
  picture.fine > NOISE.fine && picture.correlation < NOISE.correlation;
