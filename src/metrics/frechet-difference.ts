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
