/** One output of a network, as the runtime gives it. */
export interface OutputTensor {
  readonly data: Float32Array;
  /** E.g. [1, 3549, 85]. */
  readonly dims: readonly number[];
}
