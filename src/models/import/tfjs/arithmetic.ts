import type { OnnxAttribute } from '../../../onnx/write.ts';
import { at, naturalAxes } from './activation.ts';
import type { Activation, ElementType, Value } from './activation.ts';
import { addConstants, transposeConstant, withRank } from './constants.ts';
import type { Constant } from './graphModel.ts';
import {
  activation,
  floatActivation,
  floats,
  input,
  type Operator,
  type Translation,
} from './translation.ts';
import { unsupported } from './unsupported.ts';

export function add(t: Translation): Value {
  const [a, b] = [input(t, 0), input(t, 1)];
  if (a.kind === 'constant' && b.kind === 'constant') return addConstants(a, b);
  for (const [index, value, addend] of [
    [0, a, b],
    [1, b, a],
  ] as const) {
    if (value.kind !== 'activation' || addend.kind !== 'constant') continue;
    const base = t.graph.padded(value);
    // One value for each channel, behind a convolution that nothing else reads: its bias.
    if (t.endsConvolution(index) && addend.shape.join() === String(base.dims[1])) {
      t.graph.addBias(base, t.graph.addFloats(`${t.node.name}/bias`, addend.shape, floats(t, addend)));
      return base;
    }
  }
  return binary('Add')(t);
}

/** An operator of two tensors, shapes broadcast as numpy does. */
export const binary =
  (opType: string): ((t: Translation) => Activation) =>
  (t) => {
    const { node, graph } = t;
    const sides = [input(t, 0), input(t, 1)] as const;
    const first = sides.find((value): value is Activation => value.kind === 'activation');
    if (!first) throw unsupported(node, 'of two constants');
    const rank = Math.max(...sides.map(rankOf));
    if (first.dims.length !== rank)
      throw unsupported(node, 'of an activation of fewer axes than the other side');
    const like = graph.padded(first);
    if (like.type === 'bool') throw unsupported(node, 'of bool values');
    const operands = sides.map((value, i) =>
      value.kind === 'activation'
        ? graph.inOrder(value, like.axes)
        : constantLike(t, value, like, `${node.name}/operand${i}`),
    );
    if (operands.some(({ dims }) => dims.length !== rank))
      throw unsupported(node, 'of activations of other ranks');
    const dims = like.dims.map((_, axis) => Math.max(...operands.map((operand) => at(operand.dims, axis))));
    for (const operand of operands)
      if (operand.dims.some((length, axis) => length !== 1 && length !== dims[axis]))
        throw unsupported(node, 'of activations of different shapes');
    const names = operands.map(({ name }) => name);
    const made = graph.addNode(opType, node.name, names, dims);
    return { ...made, axes: like.axes, type: opType === 'Equal' ? 'bool' : like.type };
  };

const rankOf = (value: Value): number =>
  value.kind === 'activation' ? value.dims.length : value.shape.length;

/** A constant in the order of an activation's axes, and of its kind of number. */
function constantLike(
  t: Translation,
  constant: Constant,
  { axes, type }: Activation,
  name: string,
): { name: string; dims: readonly number[] } {
  const order = naturalAxes(axes.length).map((axis) => axes.indexOf(axis));
  const moved = transposeConstant(withRank(constant, axes.length), order);
  const added =
    type === 'int64'
      ? t.graph.addIntegers(name, Array.from(moved.data), moved.shape)
      : t.graph.addFloats(name, moved.shape, floats(t, moved));
  return { name: added, dims: moved.shape };
}

/** ⌊a / b⌋ of whole numbers: what is left over is taken away first, as ONNX cuts towards 0. */
export function floorDivide(t: Translation): Value {
  const rest = floorModulo(t);
  const divisor = input(t, 1);
  const dividend = activation(t, 0);
  if (divisor.kind !== 'constant') throw unsupported(t.node, 'by an activation');
  const like = t.graph.inOrder(dividend, rest.axes);
  const whole = t.graph.addNode('Sub', `${t.node.name}/whole`, [like.name, rest.name], rest.dims);
  const by = constantLike(t, divisor, rest, `${t.node.name}/divisor`);
  const made = t.graph.addNode('Div', t.node.name, [whole.name, by.name], rest.dims);
  return { ...made, axes: rest.axes, type: 'int64' };
}

/** The remainder with the sign of the divisor, as ONNX has it for whole numbers. */
export function floorModulo(t: Translation): Activation {
  if (activation(t, 0).type !== 'int64') throw unsupported(t.node, 'of floating-point numbers');
  return binary('Mod')(t);
}

const castTypes: Readonly<Record<string, ElementType>> = {
  DT_FLOAT: 'float32',
  DT_INT32: 'int64',
  DT_INT64: 'int64',
};
/** TensorProto.DataType of ONNX. */
const dataTypes = { float32: 1, int64: 7, bool: 9 };

export function cast(t: Translation): Value {
  const { node, graph } = t;
  const to = node.attributes['DstT']?.type ?? '';
  const type = castTypes[to];
  if (type === undefined) throw unsupported(node, `to ${to}`);
  const value = graph.padded(activation(t, 0));
  const made = graph.addNode('Cast', node.name, [value.name], value.dims, {
    to: { int: dataTypes[type] },
  });
  return { ...made, axes: value.axes, type };
}

export const unary =
  (opType: string, attributes: Record<string, OnnxAttribute> = {}): Operator =>
  (t) => {
    const value = t.graph.padded(floatActivation(t, 0));
    const made = t.graph.addNode(opType, t.node.name, [value.name], value.dims, attributes);
    return { ...made, axes: value.axes };
  };

export const leakyRelu: Operator = (t) =>
  unary('LeakyRelu', { alpha: { float: t.node.attributes['alpha']?.f ?? 0.2 } })(t);

export const relu6: Operator = (t) => clip(t, t.graph.padded(floatActivation(t, 0)), 0, 6);

export function clip(
  { node, graph }: Translation,
  value: Activation,
  least: number,
  most: number,
): Activation {
  const bounds = [least, most].map((bound, i) =>
    graph.addFloats(`${node.name}/bound${i}`, [], Float32Array.of(bound)),
  );
  const made = graph.addNode('Clip', node.name, [value.name, ...bounds], value.dims);
  return { ...made, axes: value.axes };
}
