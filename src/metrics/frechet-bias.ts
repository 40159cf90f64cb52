/** An FID of n images, and those of the two halves of the same images. */
export interface Halved {
  readonly value: number;
  readonly n: number;
  readonly halves: readonly [
    { readonly value: number; readonly n: number },
    { readonly value: number; readonly n: number },
  ];
}

export interface Unbiased {
  /** F*: the FID that endless images of the same kind would have, FID∞. */
  readonly value: number;
  /** b of FIDₙ ≈ FID∞ + b/n. */
  readonly slope: number;
  /** c of F* = (1 + c)·Fₙ − c/2·(F_A + F_B): 1 for equal halves. */
  readonly weight: number;
  /** Images that each half should have at least, 2d: below that the bias is no longer as 1/n. */
  readonly needed: number;
  /** Whether both halves have as many. */
  readonly trusted: boolean;
}

/**
 * FID∞ from the same images: an FID of n images is too high by about b/n, b different for every set (Chong and Forsyth, arXiv
 * 1911.07023, eq. 4), so b follows from the FID of all and those of two halves. For halves of n/2 it is
 * F* = 2Fₙ − ½(F_A + F_B), whose noise is that of Fₙ.
 */
export function withoutBias({ value, n, halves: [a, b] }: Halved, dims: number): Unbiased {
  const slope = ((a.value + b.value) / 2 - value) / ((1 / a.n + 1 / b.n) / 2 - 1 / n);
  const weight = 1 / n / ((1 / a.n + 1 / b.n) / 2 - 1 / n);
  const needed = 2 * dims;
  return { value: value - slope / n, slope, weight, needed, trusted: Math.min(a.n, b.n) >= needed };
}

/** "FID at n": what n images would be expected to score. */
export const fidAt = ({ value, slope }: Pick<Unbiased, 'value' | 'slope'>, n: number): number => value + slope / n;
