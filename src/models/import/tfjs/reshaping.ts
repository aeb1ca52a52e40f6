import { at, dimsWithPadding, naturalAxes } from './activation.ts';
import type { Activation, Value } from './activation.ts';
import { denseOf, transposeConstant } from './constants.ts';
import { sizeOf } from './graphModel.ts';
import {
  activation,
  constant,
  floatActivation,
  input,
  integers,
  onnxAxis,
  type Translation,
} from './translation.ts';
import { unsupported } from './unsupported.ts';

export function placeholder({ node, graph }: Translation): Value {
  const dims = node.attributes['shape']?.shape?.dim.map(({ size }) => size) ?? [];
  const type = node.attributes['dtype']?.type ?? 'DT_FLOAT';
  if (type !== 'DT_FLOAT') throw unsupported(node, `of ${type}`);
  if (dims.length === 0 || dims.some((size) => size < 1)) throw unsupported(node, 'without a fixed shape');
  return graph.addInput(node.name, dims);
}

export function transpose(t: Translation): Value {
  const value = input(t, 0);
  const order = integers(t, 1);
  if (value.kind === 'constant') return transposeConstant(value, order);
  return { ...value, axes: order.map((axis) => at(value.axes, axis)) };
}

export function pad(t: Translation): Value {
  const value = floatActivation(t, 0);
  const fill = t.inputs.length > 2 ? at(constant(t, 2).data, 0) : 0;
  const amounts = integers(t, 1);
  // Only one padding can wait.
  const base = value.padding === undefined ? value : t.graph.padded(value);
  const before = base.dims.map(() => 0);
  const after = base.dims.map(() => 0);
  base.axes.forEach((axis, k) => {
    before[axis] = at(amounts, 2 * k);
    after[axis] = at(amounts, 2 * k + 1);
  });
  return { ...base, padding: { before, after, value: fill } };
}

export function concat(t: Translation): Value {
  const { node, graph } = t;
  const last = t.inputs.length - 1;
  const first = graph.padded(activation(t, 0));
  const parts = t.inputs.slice(0, last).map((_, i) => graph.inOrder(activation(t, i), first.axes));
  const axis = onnxAxis(first, at(integers(t, last), 0));
  const dims = [...first.dims];
  dims[axis] = parts.reduce((sum, part) => sum + at(part.dims, axis), 0);
  const made = graph.addNode(
    'Concat',
    node.name,
    parts.map((part) => part.name),
    dims,
    { axis: { int: axis } },
  );
  return { ...made, axes: first.axes, type: first.type };
}

export function split(t: Translation): readonly Value[] {
  const { node, graph } = t;
  const value = graph.padded(activation(t, 0));
  const sizes = integers(t, 1);
  if (sizes.includes(-1)) throw unsupported(node, 'with a size left open');
  const axis = onnxAxis(value, at(integers(t, 2), 0));
  const shapes = sizes.map((size) => value.dims.map((old, i) => (i === axis ? size : old)));
  const lengths = graph.addIntegers(`${node.name}/sizes`, sizes);
  const parts = graph.addNodeOfMany('Split', node.name, [value.name, lengths], shapes, {
    axis: { int: axis },
  });
  return parts.map((part) => ({ ...part, axes: value.axes, type: value.type }));
}

export function reshape(t: Translation): Value {
  const { node, graph } = t;
  const value = input(t, 0);
  const wanted = integers(t, 1);
  const known = -sizeOf(wanted);
  const total = value.kind === 'constant' ? value.data.length : sizeOf(dimsWithPadding(value));
  const shape = wanted.map((size) => (size === -1 ? total / known : size));
  if (sizeOf(shape) !== total || !shape.every((size) => Number.isInteger(size) && size >= 0))
    throw unsupported(node, `to [${wanted.join(', ')}] of ${total} values`);
  if (value.kind === 'constant') return { ...value, shape };
  const plain = graph.inOrder(value, naturalAxes(value.dims.length));
  const inputs = [plain.name, graph.addIntegers(`${node.name}/shape`, shape)];
  return { ...graph.addNode('Reshape', node.name, inputs, shape), type: plain.type };
}

export function sparseToDense(t: Translation): Value {
  return denseOf(constant(t, 0), constant(t, 1), constant(t, 2), constant(t, 3));
}

/** A new axis of length 1. */
export function expandDims(t: Translation): Value {
  const { node, graph } = t;
  const plain = inNaturalOrder(t, 0);
  const [axis = 0] = integers(t, 1);
  const place = axis < 0 ? axis + plain.dims.length + 1 : axis;
  const dims = plain.dims.toSpliced(place, 0, 1);
  const axes = graph.addIntegers(`${node.name}/axes`, [place]);
  return { ...graph.addNode('Unsqueeze', node.name, [plain.name, axes], dims), type: plain.type };
}

/** The k largest along the last axis, and where they are. */
export function topK(t: Translation): readonly Value[] {
  const { node, graph } = t;
  const plain = inNaturalOrder(t, 0);
  const [k = 0] = integers(t, 1);
  const dims = [...plain.dims.slice(0, -1), k];
  const count = graph.addIntegers(`${node.name}/k`, [k]);
  const [values, indices] = graph.addNodeOfMany('TopK', node.name, [plain.name, count], [dims, dims], {
    axis: { int: dims.length - 1 },
    sorted: { int: 1 },
  }) as [Activation, Activation];
  return [
    { ...values, type: plain.type },
    { ...indices, type: 'int64' },
  ];
}

export function gather(t: Translation): Value {
  const { node, graph } = t;
  if ((node.attributes['batch_dims']?.i ?? 0) !== 0) throw unsupported(node, 'with batch_dims');
  const [from, indices] = [inNaturalOrder(t, 0), inNaturalOrder(t, 1)];
  const [axis = 0] = integers(t, 2);
  const place = axis < 0 ? axis + from.dims.length : axis;
  const dims = from.dims.toSpliced(place, 1, ...indices.dims);
  const made = graph.addNode('Gather', node.name, [from.name, indices.name], dims, { axis: { int: place } });
  return { ...made, type: from.type };
}

/** Part of each axis. A set bit of a mask leaves that end of its axis open. */
export function stridedSlice(t: Translation): Value {
  const { node, graph } = t;
  const mask = (name: string): number => node.attributes[name]?.i ?? 0;
  for (const name of ['ellipsis_mask', 'new_axis_mask', 'shrink_axis_mask'])
    if (mask(name) !== 0) throw unsupported(node, `with ${name}`);
  const plain = inNaturalOrder(t, 0);
  const steps = integers(t, 3);
  if (steps.some((step) => step < 1)) throw unsupported(node, 'backwards');
  const bound = (index: number, name: string, open: (axis: number) => number) =>
    integers(t, index).map((value, axis) => {
      const length = at(plain.dims, axis);
      if ((mask(name) >> axis) & 1) return open(axis);
      return Math.min(length, Math.max(0, value < 0 ? value + length : value));
    });
  const starts = bound(1, 'begin_mask', () => 0);
  const ends = bound(2, 'end_mask', (axis) => at(plain.dims, axis));
  const dims = plain.dims.map((length, axis) =>
    axis < starts.length
      ? Math.max(0, Math.ceil((at(ends, axis) - at(starts, axis)) / at(steps, axis)))
      : length,
  );
  const inputs = [starts, ends, naturalAxes(starts.length), steps].map((values, i) =>
    graph.addIntegers(`${node.name}/slice${i}`, values),
  );
  return { ...graph.addNode('Slice', node.name, [plain.name, ...inputs], dims), type: plain.type };
}

function inNaturalOrder(t: Translation, index: number): Activation {
  const value = activation(t, index);
  return t.graph.inOrder(value, naturalAxes(value.dims.length));
}
