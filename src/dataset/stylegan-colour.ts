/** Colours of natural pictures, for those of a network that has seen none. */

/** Mean of ImageNet's pixels, RGB in 0 … 1. */
const MEAN: readonly number[] = [0.485, 0.456, 0.406];

/**
 * Principal axes of ImageNet's colours, RGB (Krizhevsky et al. 2012, section 4.1, as their successors published them): light
 * against dark, red against blue, red and blue against green.
 */
const AXES: readonly (readonly number[])[] = [
  [0.5675, 0.5808, 0.5836],
  [0.7192, -0.0045, -0.6948],
  [0.4009, -0.814, 0.4203],
];

/**
 * Variances along them: of the sum of the squares of 0.229, 0.224 and 0.225, the standard deviations of ImageNet's channels,
 * the shares of the axes' eigenvalues 0.2175, 0.0188 and 0.0045.
 */
const VARIANCES: readonly number[] = [0.1383, 0.012, 0.0029];

/** The part of each that is between pictures; the rest is within them. Our choice: of photographs 0.4 to 0.6. */
const BETWEEN: readonly number[] = [0.4, 0.5, 0.5];

/** Standard deviation of the logarithm of a picture's contrast. Of photographs 0.6 to 0.8: fewer are near to flat here. */
const CONTRAST = 0.4;

/** A channel that varies by less than this part of the first, once what it shares with those before is taken away, is not blown up further. */
const LEAST = 0.05;

/** Normal draws that a picture takes. */
export const COLOUR_DRAWS = 2 * AXES.length;

/** A picture's place on an axis and its contrast along it, from two normal draws. */
function along(axis: number, place: number, contrast: number): { readonly mean: number; readonly deviation: number } {
  const [variance, between] = [VARIANCES[axis]!, BETWEEN[axis]!];
  return {
    mean: Math.sqrt(variance * between) * place,
    // The mean square of the factor is 1.
    deviation: Math.sqrt(variance * (1 - between)) * Math.exp(CONTRAST * contrast - CONTRAST ** 2),
  };
}

type Three = readonly [number, number, number];

/** Means of three planes, and the lower triangle of the Cholesky factor of their covariance. */
function statistics(x: Float32Array, y: Float32Array, z: Float32Array) {
  const n = x.length;
  let [sx, sy, sz, xx, xy, xz, yy, yz, zz] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const a = x[i]!;
    const b = y[i]!;
    const c = z[i]!;
    sx += a;
    sy += b;
    sz += c;
    xx += a * a;
    xy += a * b;
    xz += a * c;
    yy += b * b;
    yz += b * c;
    zz += c * c;
  }
  const [mx, my, mz] = [sx / n, sy / n, sz / n];
  const l00 = Math.sqrt(Math.max(xx / n - mx * mx, 1e-12));
  const least = LEAST * l00;
  const l10 = (xy / n - mx * my) / l00;
  const l20 = (xz / n - mx * mz) / l00;
  const l11 = Math.sqrt(Math.max(yy / n - my * my - l10 * l10, least * least));
  const l21 = (yz / n - my * mz - l20 * l10) / l11;
  const l22 = Math.sqrt(Math.max(zz / n - mz * mz - l20 * l20 - l21 * l21, least * least));
  return { means: [mx, my, mz] as const, l00, l10, l11, l20, l21, l22 };
}

/**
 * A picture of three planes as RGB bytes with natural colours: its planes are decorrelated and scaled to unit variance (by
 * the inverse of the Cholesky factor of their covariance), then stand for the axes of ImageNet's colours, about a mean and
 * with a contrast that are drawn. Over many pictures the channels' means, variances and correlations are ImageNet's, but for
 * what is cut off at black and white.
 *
 * @param picture 3 × pixels
 * @param drawn COLOUR_DRAWS normal numbers; all 0 is the mean colour, at the median contrast
 * @returns pixels × 3
 */
export function naturalColours(picture: Float32Array, drawn: ArrayLike<number>): Uint8Array {
  const count = picture.length / 3;
  const plane = (c: number) => picture.subarray(c * count, (c + 1) * count);
  const [x, y, z] = [plane(0), plane(1), plane(2)];
  const { means, l00, l10, l11, l20, l21, l22 } = statistics(x, y, z);
  const [mx, my, mz] = means;
  const places = AXES.map((_, axis) => along(axis, drawn[axis]!, drawn[AXES.length + axis]!));
  const share = (c: number, axis: number) => 255 * AXES[axis]![c]! * places[axis]!.deviation;
  const row = (c: number): Three => [share(c, 0), share(c, 1), share(c, 2)];
  const offset = (c: number) =>
    255 * places.reduce((sum, { mean }, axis) => sum + AXES[axis]![c]! * mean, MEAN[c]!) + 0.5;
  const [r0, r1, r2] = row(0);
  const [g0, g1, g2] = row(1);
  const [b0, b1, b2] = row(2);
  const [ro, go, bo] = [offset(0), offset(1), offset(2)];
  const bytes = new Uint8Array(3 * count);
  const byte = (value: number): number => (value < 0 ? 0 : value > 255 ? 255 : Math.floor(value));
  for (let i = 0, at = 0; i < count; i++, at += 3) {
    const u = (x[i]! - mx) / l00;
    const v = (y[i]! - my - l10 * u) / l11;
    const w = (z[i]! - mz - l20 * u - l21 * v) / l22;
    bytes[at] = byte(ro + r0 * u + r1 * v + r2 * w);
    bytes[at + 1] = byte(go + g0 * u + g1 * v + g2 * w);
    bytes[at + 2] = byte(bo + b0 * u + b1 * v + b2 * w);
  }
  return bytes;
}
