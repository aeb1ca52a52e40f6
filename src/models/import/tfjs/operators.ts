import { addConstants, denseOf, transposeConstant, withRank } from './constants.ts';
import { sizeOf } from './graphModel.ts';
import type { Constant, GraphNode } from './graphModel.ts';
import { at, dimsWithPadding, naturalAxes } from './onnxGraph.ts';
import type { Activation, OnnxGraph, Value } from './onnxGraph.ts';
import { unsupported } from './unsupported.ts';
import { windowOf } from './window.ts';

/** One TensorFlow node being translated. */
interface Translation {
  readonly node: GraphNode;
  readonly inputs: readonly Value[];
  /** True when the input is a convolution that no other node reads, so that a bias can become part of it. */
  readonly endsConvolution: (index: number) => boolean;
  readonly graph: OnnxGraph;
}

type Operator = (translation: Translation) => Value | readonly Value[];

/** Order of the ONNX axes (N, C, H, W) as TensorFlow's N, H, W, C sees them. */
const channelsLast = [0, 2, 3, 1];

export const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['Placeholder', placeholder],
  ['Identity', (t) => input(t, 0)],
  ['Transpose', transpose],
  ['Pad', pad],
  ['PadV2', pad],
  ['Conv2D', convolution],
  ['MaxPool', maxPool],
  ['Add', add],
  ['AddV2', add],
  [
    'LeakyRelu',
    (t) => elementwise(t, 'LeakyRelu', { alpha: { float: t.node.attributes['alpha']?.f ?? 0.2 } }),
  ],
  ['Sigmoid', (t) => elementwise(t, 'Sigmoid', {})],
  ['ConcatV2', concat],
  ['SplitV', split],
  ['Reshape', reshape],
  ['ResizeBilinear', resizeBilinear],
  ['SparseToDense', sparseToDense],
]);

function placeholder({ node, graph }: Translation): Value {
  const dims = node.attributes['shape']?.shape?.dim.map(({ size }) => size) ?? [];
  if (dims.length === 0 || dims.some((size) => size < 1)) throw unsupported(node, 'without a fixed shape');
  return graph.addInput(node.name, dims);
}

function transpose(t: Translation): Value {
  const value = input(t, 0);
  const order = integers(t, 1);
  if (value.kind === 'constant') return transposeConstant(value, order);
  return { ...value, axes: order.map((axis) => at(value.axes, axis)) };
}

function pad(t: Translation): Value {
  const value = activation(t, 0);
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

function convolution(t: Translation): Value {
  const { node, graph } = t;
  const kernel = constant(t, 1);
  const [height, width, channelsIn, channelsOut] = kernel.shape as [number, number, number, number];
  const image = imageFor(t, (padding) => padding.value === 0);
  const window = windowOf(node, image, [height, width]);
  const weights = transposeConstant(kernel, [3, 2, 0, 1]);
  const result = graph.addNode(
    'Conv',
    node.name,
    [image.name, graph.addFloats(`${node.name}/weights`, weights.shape, floats(t, weights))],
    [at(image.dims, 0), channelsOut, ...window.size],
    {
      kernel_shape: { ints: [height, width] },
      strides: { ints: window.strides },
      dilations: { ints: window.dilations },
      pads: { ints: window.pads },
      group: { int: at(image.dims, 1) / channelsIn },
    },
  );
  return { ...result, axes: channelsLast };
}

function maxPool(t: Translation): Value {
  const { node, graph } = t;
  const [, height, width] = (node.attributes['ksize']?.list?.i ?? []) as [number, number, number, number];
  // Outside the picture ONNX's MaxPool sees less than any number.
  const image = imageFor(t, (padding) => padding.value === -Infinity);
  const window = windowOf(node, image, [height, width]);
  const dims = [at(image.dims, 0), at(image.dims, 1), ...window.size];
  const result = graph.addNode('MaxPool', node.name, [image.name], dims, {
    kernel_shape: { ints: [height, width] },
    strides: { ints: window.strides },
    pads: { ints: window.pads },
  });
  return { ...result, axes: channelsLast };
}

/** The first input as N, C, H, W, its padding done unless it is of a sort that the operator can do itself. */
function imageFor(
  t: Translation,
  canDo: (padding: NonNullable<Activation['padding']>) => boolean,
): Activation {
  const format = t.node.attributes['data_format']?.s;
  if (format !== undefined && Buffer.from(format, 'base64').toString() !== 'NHWC')
    throw unsupported(t.node, 'of another data format than NHWC');
  const image = t.graph.inOrderUnpadded(activation(t, 0), channelsLast);
  const { padding } = image;
  if (padding === undefined) return image;
  const onlySpatial = [0, 1].every((axis) => padding.before[axis] === 0 && padding.after[axis] === 0);
  return onlySpatial && canDo(padding) ? image : t.graph.padded(image);
}

function add(t: Translation): Value {
  const [a, b] = [input(t, 0), input(t, 1)];
  if (a.kind === 'constant' && b.kind === 'constant') return addConstants(a, b);
  if (a.kind === 'activation' && b.kind === 'activation') return addActivations(t, a, b);
  return a.kind === 'activation'
    ? addConstant(t, 0, a, b as Constant)
    : addConstant(t, 1, b as Activation, a);
}

function addActivations({ node, graph }: Translation, a: Activation, b: Activation): Value {
  const left = graph.padded(a);
  const right = graph.inOrder(b, left.axes);
  if (left.dims.join() !== right.dims.join()) throw unsupported(node, 'of activations of different shapes');
  return { ...graph.addNode('Add', node.name, [left.name, right.name], left.dims), axes: left.axes };
}

function addConstant(t: Translation, index: number, to: Activation, addend: Constant): Value {
  const { node, graph } = t;
  const base = graph.padded(to);
  const rank = base.dims.length;
  if (addend.shape.length > rank) throw unsupported(node, 'of a constant of more axes than the activation');
  if (t.endsConvolution(index) && addend.shape.join() === String(base.dims[1])) {
    graph.addBias(base, graph.addFloats(`${node.name}/bias`, addend.shape, floats(t, addend)));
    return base;
  }
  const order = naturalAxes(rank).map((axis) => base.axes.indexOf(axis));
  const moved = transposeConstant(withRank(addend, rank), order);
  const name = graph.addFloats(`${node.name}/addend`, moved.shape, floats(t, moved));
  return { ...graph.addNode('Add', node.name, [base.name, name], base.dims), axes: base.axes };
}

function elementwise(t: Translation, opType: string, attributes: Parameters<OnnxGraph['addNode']>[4]): Value {
  const value = t.graph.padded(activation(t, 0));
  const made = t.graph.addNode(opType, t.node.name, [value.name], value.dims, attributes);
  return { ...made, axes: value.axes };
}

function concat(t: Translation): Value {
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
  return { ...made, axes: first.axes };
}

function split(t: Translation): readonly Value[] {
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
  return parts.map((part) => ({ ...part, axes: value.axes }));
}

function reshape(t: Translation): Value {
  const { node, graph } = t;
  const value = input(t, 0);
  const wanted = integers(t, 1);
  const known = -sizeOf(wanted);
  const total = value.kind === 'constant' ? value.data.length : sizeOf(dimsWithPadding(value));
  const shape = wanted.map((size) => (size === -1 ? total / known : size));
  if (sizeOf(shape) !== total) throw unsupported(node, `to [${wanted.join(', ')}] of ${total} values`);
  if (value.kind === 'constant') return { ...value, shape };
  const plain = graph.inOrder(value, naturalAxes(value.dims.length));
  return graph.addNode(
    'Reshape',
    node.name,
    [plain.name, graph.addIntegers(`${node.name}/shape`, shape)],
    shape,
  );
}

function resizeBilinear(t: Translation): Value {
  const { node, graph } = t;
  const alignsCorners = node.attributes['align_corners']?.b === true;
  const halfPixel = node.attributes['half_pixel_centers']?.b === true;
  const image = graph.inOrder(activation(t, 0), channelsLast);
  const dims = [at(image.dims, 0), at(image.dims, 1), ...integers(t, 1)];
  const sizes = graph.addIntegers(`${node.name}/sizes`, dims);
  const mode = alignsCorners ? 'align_corners' : halfPixel ? 'half_pixel' : 'asymmetric';
  // Inputs 1 and 2, region and scales, stay empty as the sizes are given.
  const made = graph.addNode('Resize', node.name, [image.name, '', '', sizes], dims, {
    mode: { string: 'linear' },
    coordinate_transformation_mode: { string: mode },
  });
  return { ...made, axes: channelsLast };
}

function sparseToDense(t: Translation): Value {
  return denseOf(constant(t, 0), constant(t, 1), constant(t, 2), constant(t, 3));
}

/** The ONNX axis that is TensorFlow's `axis`, which may count from the end. */
const onnxAxis = ({ axes }: Activation, axis: number): number =>
  at(axes, axis < 0 ? axis + axes.length : axis);

function input({ node, inputs }: Translation, index: number): Value {
  const value = inputs[index];
  if (value === undefined) throw unsupported(node, `without input ${index}`);
  return value;
}

function activation(t: Translation, index: number): Activation {
  const value = input(t, index);
  if (value.kind === 'constant') throw unsupported(t.node, `with a constant as input ${index}`);
  return value;
}

function constant(t: Translation, index: number): Constant {
  const value = input(t, index);
  if (value.kind === 'activation') throw unsupported(t.node, `with a computed input ${index}`);
  return value;
}

const integers = (t: Translation, index: number): number[] => Array.from(constant(t, index).data);

function floats({ node }: Translation, { data }: Constant): Float32Array {
  if (data instanceof Float32Array) return data;
  throw unsupported(node, 'of integers');
}
