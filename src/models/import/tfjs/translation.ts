import { at } from './activation.ts';
import type { Activation, Value } from './activation.ts';
import type { Constant, GraphNode } from './graphModel.ts';
import type { OnnxGraph } from './onnxGraph.ts';
import { unsupported } from './unsupported.ts';

/** One TensorFlow node being translated. */
export interface Translation {
  readonly node: GraphNode;
  readonly inputs: readonly Value[];
  /** True when the input is a convolution that no other node reads, so that a bias can become part of it. */
  readonly endsConvolution: (index: number) => boolean;
  readonly graph: OnnxGraph;
}

/** What a node becomes: its value, or the values of its outputs. */
export type Operator = (translation: Translation) => Value | readonly Value[];

/** Order of the ONNX axes (N, C, H, W) as TensorFlow's N, H, W, C sees them. */
export const channelsLast = [0, 2, 3, 1];

/** The ONNX axis that is TensorFlow's `axis`, which may count from the end. */
export const onnxAxis = ({ axes }: Activation, axis: number): number =>
  at(axes, axis < 0 ? axis + axes.length : axis);

export function input({ node, inputs }: Translation, index: number): Value {
  const value = inputs[index];
  if (value === undefined) throw unsupported(node, `without input ${index}`);
  return value;
}

export function activation(t: Translation, index: number): Activation {
  const value = input(t, index);
  if (value.kind === 'constant') throw unsupported(t.node, `with a constant as input ${index}`);
  return value;
}

/** An activation of floating-point numbers. */
export function floatActivation(t: Translation, index: number): Activation {
  const value = activation(t, index);
  if (value.type !== 'float32') throw unsupported(t.node, `of ${value.type} values`);
  return value;
}

export function constant(t: Translation, index: number): Constant {
  const value = input(t, index);
  if (value.kind === 'activation') throw unsupported(t.node, `with a computed input ${index}`);
  return value;
}

export const integers = (t: Translation, index: number): number[] => Array.from(constant(t, index).data);

export function floats({ node }: Translation, { data }: Constant): Float32Array {
  if (data instanceof Float32Array) return data;
  throw unsupported(node, 'of integers');
}
