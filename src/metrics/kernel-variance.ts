/** How sure a KID is. */
export interface KernelUncertainty {
  /** Standard error with both sets taken as samples. */
  readonly standardError: number;
  /** Standard error with the second set (the reference) taken as given: for settings compared with one reference. */
  readonly standardErrorGivenReference: number;
  /** 95%: value ± 1.96 standard errors, both sets taken as samples. It may reach below 0, as the estimate may. */
  readonly interval: readonly [number, number];
}

/** Σk and Σk² over the pairs of two sets, and Σk of each image with the whole other set. */
export interface Sums {
  readonly rows: Float64Array;
  readonly columns: Float64Array;
  readonly total: number;
  readonly squares: number;
}

const dot = (x: Float64Array, y: Float64Array): number => x.reduce((sum, value, i) => sum + value * y[i]!, 0);

/** Of one set alone: Var E[k(X, X′) | X] and Var k(X, X′), both unbiased. */
function withinVariances({ rows, total, squares }: Sums, n: number): { projected: number; full: number } {
  const rowSquares = dot(rows, rows);
  const squaredMean = (total ** 2 - 4 * rowSquares + 2 * squares) / (n * (n - 1) * (n - 2) * (n - 3));
  return {
    projected: (rowSquares - squares) / (n * (n - 1) * (n - 2)) - squaredMean,
    full: squares / (n * (n - 1)) - squaredMean,
  };
}

/** Cov(E[k(X, X′) | X], E[k(X, Y) | X]), unbiased; `cross` has the sums of each x over all m of the others. */
function projectionCovariance(within: Sums, cross: Float64Array, total: number, n: number, m: number): number {
  const mixed = dot(within.rows, cross);
  return mixed / (n * (n - 1) * m) - (within.total * total - 2 * mixed) / (n * (n - 1) * (n - 2) * m);
}

/**
 * The variance of the two-sample U-statistic, from row sums and sums of squares. By Hoeffding's decomposition it is
 * 4/n Var h(X) + 4/m Var h(Y), h(x) = E k(x, X′) − E k(x, Y), plus a part of second order, which is all there is when
 * both distributions are one. Every moment's estimate is unbiased, for any n and m (after Sutherland and Deka, arXiv
 * 1906.02104); the parts, which are no variances if negative, are then kept from going below 0.
 */
export function kernelUncertainty(
  value: number,
  xx: Sums,
  yy: Sums,
  xy: Sums,
  n: number,
  m: number,
): KernelUncertainty {
  const x = withinVariances(xx, n);
  const y = withinVariances(yy, m);
  const byX = dot(xy.rows, xy.rows);
  const byY = dot(xy.columns, xy.columns);
  const squaredMean = (xy.total ** 2 - byX - byY + xy.squares) / (n * (n - 1) * m * (m - 1));
  const crossX = (byX - xy.squares) / (n * m * (m - 1)) - squaredMean;
  const crossY = (byY - xy.squares) / (m * n * (n - 1)) - squaredMean;
  const crossFull = xy.squares / (n * m) - squaredMean;
  const covarianceX = projectionCovariance(xx, xy.rows, xy.total, n, m);
  const covarianceY = projectionCovariance(yy, xy.columns, xy.total, m, n);
  const firstX = x.projected + crossX - 2 * covarianceX;
  const firstY = y.projected + crossY - 2 * covarianceY;
  const secondX = Math.max(0, (2 * (x.full - 2 * x.projected)) / (n * (n - 1)));
  const secondY = Math.max(0, (2 * (y.full - 2 * y.projected)) / (m * (m - 1)));
  const secondXY = Math.max(0, (4 * (crossFull - crossX - crossY)) / (n * m));
  const variance = Math.max(0, (4 * firstX) / n + (4 * firstY) / m) + secondX + secondY + secondXY;
  // With Y given, E[k(x, Y)] is a known function: the plain sample variance of its values.
  const givenX = (byX - xy.total ** 2 / n) / (n - 1) / m ** 2;
  const given = Math.max(0, (4 * (x.projected + givenX - 2 * covarianceX)) / n) + secondX;
  const standardError = Math.sqrt(variance);
  return {
    standardError,
    standardErrorGivenReference: Math.sqrt(given),
    interval: [value - 1.96 * standardError, value + 1.96 * standardError],
  };
}
