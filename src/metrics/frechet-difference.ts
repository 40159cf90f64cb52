import { studentQuantile } from '../core/quantile.js';
import { standardErrorOf } from './frechet-error.js';
import { standardErrorOfGroups } from './frechet-jackknife.js';

/**
 * How an FID scatters, in a form that can be paired with that of another set under common random numbers: by image
 * (influences ψ, whose row i belongs to output i of both), or by group (the FID without each group of outputs).
 */
export type Scatter =
  | { readonly kind: 'images'; readonly influences: Float64Array }
  | { readonly kind: 'groups'; readonly replicates: Float64Array };

export interface Difference {
  readonly value: number;
  readonly standardError: number;
  /** Of its standard error: infinite by images, groups − 1 by groups. */
  readonly degrees: number;
}

/** An FID, or F*, and how it scatters. */
export interface Scattered {
  readonly value: number;
  readonly scatter: Scatter;
}

function subtract(a: Float64Array, b: Float64Array): Float64Array {
  if (a.length !== b.length) throw new Error(`the scatter of ${a.length} and of ${b.length} is not paired`);
  if (a.length < 2) throw new Error(`the scatter of ${a.length}`);
  return a.map((value, i) => value - b[i]!);
}

/**
 * a − b for two sets of the same outputs, which have their random draws and base images in common: its standard error is
 * that of the paired differences, by images sd(ψ_A − ψ_B)/√n, by groups the jackknife of the replicates' differences.
 *
 * @throws Error for scatters of different kinds or lengths
 */
export function difference(a: Scattered, b: Scattered): Difference {
  const value = a.value - b.value;
  if (a.scatter.kind === 'images' && b.scatter.kind === 'images') {
    const influences = subtract(a.scatter.influences, b.scatter.influences);
    return { value, standardError: standardErrorOf(influences), degrees: Number.POSITIVE_INFINITY };
  }
  if (a.scatter.kind === 'groups' && b.scatter.kind === 'groups') {
    const replicates = subtract(a.scatter.replicates, b.scatter.replicates);
    return { value, standardError: standardErrorOfGroups(replicates), degrees: replicates.length - 1 };
  }
  throw new Error(`the scatter by ${a.scatter.kind} and by ${b.scatter.kind} is not paired`);
}

/** The interval about a difference that covers the true one with probability `level`, by Student's t of its degrees. */
export function intervalOf({ value, standardError, degrees }: Difference, level = 0.95): readonly [number, number] {
  const reach = studentQuantile((1 + level) / 2, degrees) * standardError;
  return [value - reach, value + reach];
}
