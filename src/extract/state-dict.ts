/** A parameter of a network: float32 values, row-major in `shape` (empty for a scalar). */
export interface Parameter {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The parameters of a network by their names, in the file's order, as PyTorch's `state_dict` names them. */
export type StateDict = ReadonlyMap<string, Parameter>;
