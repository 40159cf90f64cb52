/**
 * √n · sup |empirical − expected distribution function| (Kolmogorov–Smirnov). Under the expected law it exceeds 1.95 in
 * one sample of a thousand, whatever the law.
 */
export function kolmogorovSmirnov(values: readonly number[], cdf: (x: number) => number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  const gaps = sorted.map((x, i) => Math.max((i + 1) / n - cdf(x), cdf(x) - i / n));
  return Math.sqrt(n) * Math.max(...gaps);
}

/** The bound of `kolmogorovSmirnov` at one in a thousand. */
export const KS_BOUND = 1.95;

/** Pearson's χ² of counts against expected counts. */
export function chiSquare(observed: readonly number[], expected: readonly number[]): number {
  return observed.reduce((sum, count, i) => sum + (count - expected[i]!) ** 2 / expected[i]!, 0);
}

/** The χ² that one sample in a thousand exceeds (Wilson and Hilferty's approximation, good to 1% from 3 degrees on). */
export function chiSquareBound(degrees: number): number {
  const c = 2 / (9 * degrees);
  return degrees * (1 - c + 3.09 * Math.sqrt(c)) ** 3;
}

export const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

export function variance(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, x) => sum + (x - centre) ** 2, 0) / (values.length - 1);
}

/** Pearson's correlation; under independence within 4/√n but for one sample in sixteen thousand. */
export function correlation(x: readonly number[], y: readonly number[]): number {
  const [mx, my] = [mean(x), mean(y)];
  const products = x.reduce((sum, value, i) => sum + (value - mx) * (y[i]! - my), 0);
  return products / (x.length - 1) / Math.sqrt(variance(x) * variance(y));
}
