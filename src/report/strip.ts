/** Pictures of a cell side by side, as a report shows them. */
export interface Strip {
  readonly dataset: string;
  /** Setting key. */
  readonly setting: string;
  readonly kind: 'first' | 'raising' | 'lowering';
  /** Where it is: a path beside the report, or a `data:` URI. */
  readonly source: string;
  /** Side of a tile in pixels. */
  readonly tile: number;
  /** Indices of the outputs, from the left. */
  readonly outputs: readonly number[];
  /** ψ of each, above 0 where it raises the FID; not of the first ones. */
  readonly psi?: readonly number[];
  /** Images of the cell that ψ is about. */
  readonly images?: number;
}
