import type { Constant } from './graphModel.ts';

/**
 * A tensor that the network computes. TensorFlow's view of it is a transposition of the ONNX tensor: its axis k is
 * axis `axes[k]` of the ONNX one. So a Transpose costs nothing until an operator needs another order.
 */
export interface Activation {
  readonly kind: 'activation';
  readonly name: string;
  /** Shape and order of the ONNX tensor. */
  readonly dims: readonly number[];
  readonly axes: readonly number[];
  readonly type: ElementType;
  /** Padding that is due but not yet done, as a convolution can do it itself. Only of float32. */
  readonly padding?: Padding;
}

/** Whole numbers are int64 whatever they are in TensorFlow, as ONNX wants its shapes and indices so. */
export type ElementType = 'float32' | 'int64' | 'bool';

interface Padding {
  /** Per axis of the ONNX tensor. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly value: number;
}

export type Value = Activation | Constant;

/** A tensor in TensorFlow's order, of float32. */
export const activationOf = (name: string, dims: readonly number[]): Activation => ({
  kind: 'activation',
  name,
  dims,
  axes: naturalAxes(dims.length),
  type: 'float32',
});

export const naturalAxes = (rank: number): number[] => Array.from({ length: rank }, (_, axis) => axis);

/** ONNX dims once the padding is done. */
export const dimsWithPadding = ({ dims, padding }: Activation): number[] =>
  dims.map((size, axis) => size + (padding?.before[axis] ?? 0) + (padding?.after[axis] ?? 0));

/** An element of a list whose length the caller knows. */
export function at(list: ArrayLike<number>, index: number): number {
  const value = list[index];
  if (value === undefined) throw new RangeError(`no element ${index} in a list of ${list.length}`);
  return value;
}
