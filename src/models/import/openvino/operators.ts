import type { OnnxAttribute } from '../../../onnx/write.ts';
import type { OnnxGraph, Value } from './onnxGraph.ts';
import type { IrLayer } from './readIr.ts';
import { unsupported } from './unsupported.ts';

interface Translation {
  readonly layer: IrLayer;
  readonly graph: OnnxGraph;
  /** The value at an input; translated when it is asked for, so that what only computes a shape never is. */
  readonly input: (index: number) => Value;
  /** Shape of the first output. */
  readonly dims: readonly number[];
}

type Operator = (translation: Translation) => Value;

/** What each layer type becomes. Meanings: OpenVINO's operation sets 1 to 8. */
export const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['Parameter', ({ layer, graph, dims }) => graph.addInput(layer.name, dims)],
  ['Const', constant],
  ['Convert', convert],
  ['Add', (t) => elementwise(t, 'Add')],
  ['Subtract', (t) => elementwise(t, 'Sub')],
  ['Multiply', (t) => elementwise(t, 'Mul')],
  ['Divide', (t) => elementwise(t, 'Div')],
  ['ReLU', (t) => unary(t, 'Relu')],
  ['Sigmoid', (t) => unary(t, 'Sigmoid')],
  ['PReLU', prelu],
  ['Convolution', (t) => convolution(t, t.input(1), 1)],
  ['GroupConvolution', groupConvolution],
  ['MaxPool', (t) => pool(t, 'MaxPool', {})],
  ['AvgPool', averagePool],
  ['MVN', meanVarianceNormalization],
  ['ReduceMean', reduceMean],
  ['Reshape', reshape],
  ['Gather', gather],
  ['Concat', concat],
  ['MatMul', matMul],
]);

function constant({ layer, graph }: Translation): Value {
  if (!layer.constant) throw unsupported(layer, 'without weights');
  return graph.addConstant(layer.name, layer.constant);
}

/** Constants are float32 and int64 whatever they were stored as. */
function convert({ layer, input }: Translation): Value {
  const to = layer.attributes['destination_type'];
  const value = input(0);
  if (value.constant && to === 'f32' && value.constant.data instanceof Float32Array) return value;
  throw unsupported(layer, `of a computed value to ${to ?? 'nothing'}`);
}

function elementwise({ layer, graph, input, dims }: Translation, opType: string): Value {
  const broadcast = layer.attributes['auto_broadcast'] ?? 'numpy';
  if (broadcast !== 'numpy') throw unsupported(layer, `with ${broadcast} broadcasting`);
  return graph.addNode(opType, layer.name, [input(0), input(1)], dims);
}

const unary = ({ layer, graph, input, dims }: Translation, opType: string): Value =>
  graph.addNode(opType, layer.name, [input(0)], dims);

/** One slope for all, or one for each channel, which is the second axis. */
function prelu({ layer, graph, input, dims }: Translation): Value {
  const slope = input(1);
  const { constant: slopes } = slope;
  if (!slopes || ![1, dims[1]].includes(slopes.data.length))
    throw unsupported(layer, 'with slopes that are not one, or one a channel');
  const shape = [slopes.data.length, ...dims.slice(2).map(() => 1)];
  const shaped = graph.addConstant(`${layer.name}/slope`, { ...slopes, dims: shape });
  return graph.addNode('PRelu', layer.name, [input(0), shaped], dims);
}

function convolution(t: Translation, weights: Value, group: number): Value {
  const kernel = weights.dims.slice(2);
  return t.graph.addNode('Conv', t.layer.name, [t.input(0), weights], t.dims, {
    ...windowOf(t.layer, kernel),
    dilations: { ints: numbers(t.layer, 'dilations') },
    group: { int: group },
  });
}

/** [groups, out, in, …] of OpenVINO are [groups · out, in, …] in ONNX, in the same order. */
function groupConvolution(t: Translation): Value {
  const weights = t.input(1);
  const [groups = 1, channelsOut = 1, ...rest] = weights.dims;
  if (!weights.constant) throw unsupported(t.layer, 'with computed weights');
  const merged = { ...weights.constant, dims: [groups * channelsOut, ...rest] };
  return convolution(t, t.graph.addConstant(`${t.layer.name}/weights`, merged), groups);
}

function averagePool(t: Translation): Value {
  const excludes = t.layer.attributes['exclude-pad'] === 'true';
  return pool(t, 'AveragePool', { count_include_pad: { int: excludes ? 0 : 1 } });
}

function pool(t: Translation, opType: string, attributes: Record<string, OnnxAttribute>): Value {
  const { layer, graph, input, dims } = t;
  const dilations = layer.attributes['dilations'];
  if (dilations !== undefined && numbers(layer, 'dilations').some((step) => step !== 1))
    throw unsupported(layer, 'with dilations');
  return graph.addNode(opType, layer.name, [input(0)], dims, {
    ...windowOf(layer, numbers(layer, 'kernel')),
    ceil_mode: { int: layer.attributes['rounding_type'] === 'ceil' ? 1 : 0 },
    ...attributes,
  });
}

function windowOf(layer: IrLayer, kernel: readonly number[]): Record<string, OnnxAttribute> {
  const padding = layer.attributes['auto_pad'] ?? 'explicit';
  const window = { kernel_shape: { ints: kernel }, strides: { ints: numbers(layer, 'strides') } };
  switch (padding) {
    case 'explicit':
    case 'notset':
      return {
        ...window,
        pads: { ints: [...numbers(layer, 'pads_begin'), ...numbers(layer, 'pads_end')] },
      };
    case 'same_upper':
    case 'same_lower':
    case 'valid':
      return { ...window, auto_pad: { string: padding.toUpperCase() } };
    default:
      throw unsupported(layer, `with padding ${padding}`);
  }
}

/** (x − mean) / √(variance + eps) over the axes; ONNX's own operator has an eps of its own. */
function meanVarianceNormalization({ layer, graph, input, dims }: Translation): Value {
  const { name, attributes } = layer;
  const axes = axesOf(layer, input(1), dims.length);
  const kept = dims.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const reduction = { axes: { ints: axes }, keepdims: { int: 1 } };
  const mean = graph.addNode('ReduceMean', `${name}/mean`, [input(0)], kept, reduction);
  const centred = graph.addNode('Sub', `${name}/centred`, [input(0), mean], dims);
  if (attributes['normalize_variance'] !== 'true') return centred;
  if ((attributes['eps_mode'] ?? '').toUpperCase() !== 'INSIDE_SQRT')
    throw unsupported(layer, `with eps_mode ${attributes['eps_mode'] ?? 'none'}`);
  const square = graph.addNode('Mul', `${name}/square`, [centred, centred], dims);
  const variance = graph.addNode('ReduceMean', `${name}/variance`, [square], kept, reduction);
  const eps = graph.addConstant(`${name}/eps`, {
    dims: [],
    data: Float32Array.of(Number(attributes['eps'])),
  });
  const shifted = graph.addNode('Add', `${name}/shifted`, [variance, eps], kept);
  const deviation = graph.addNode('Sqrt', `${name}/deviation`, [shifted], kept);
  return graph.addNode('Div', name, [centred, deviation], dims);
}

function reduceMean({ layer, graph, input, dims }: Translation): Value {
  const axes = axesOf(layer, input(1), input(0).dims.length);
  return graph.addNode('ReduceMean', layer.name, [input(0)], dims, {
    axes: { ints: axes },
    keepdims: { int: layer.attributes['keep_dims'] === 'true' ? 1 : 0 },
  });
}

/** The shape is known from the file, however the graph computes it. */
function reshape({ layer, graph, input, dims }: Translation): Value {
  const shape = graph.addConstant(`${layer.name}/shape`, {
    dims: [dims.length],
    data: BigInt64Array.from(dims, BigInt),
  });
  return graph.addNode('Reshape', layer.name, [input(0), shape], dims);
}

function gather({ layer, graph, input, dims }: Translation): Value {
  if (Number(layer.attributes['batch_dims'] ?? 0) !== 0) throw unsupported(layer, 'with batch_dims');
  const [axis = 0] = axesOf(layer, input(2), input(0).dims.length);
  return graph.addNode('Gather', layer.name, [input(0), input(1)], dims, { axis: { int: axis } });
}

function concat({ layer, graph, input, dims }: Translation): Value {
  const axis = Number(layer.attributes['axis']);
  const parts = layer.inputs.map((_, index) => input(index));
  return graph.addNode('Concat', layer.name, parts, dims, { axis: { int: axis } });
}

function matMul({ layer, graph, input, dims }: Translation): Value {
  const side = (index: number, isTransposed: boolean): Value => {
    const value = input(index);
    if (!isTransposed) return value;
    const order = value.dims.map((_, axis) => axis);
    order.push(...order.splice(-2).toReversed());
    const turned = order.map((axis) => value.dims[axis] ?? 1);
    return graph.addNode('Transpose', `${layer.name}/turned${index}`, [value], turned, {
      perm: { ints: order },
    });
  };
  const [a, b] = [layer.attributes['transpose_a'], layer.attributes['transpose_b']];
  return graph.addNode('MatMul', layer.name, [side(0, a === 'true'), side(1, b === 'true')], dims);
}

/** Axes from 0; those that count from the end are below 0 in the file. */
function axesOf(layer: IrLayer, { constant: axes }: Value, rank: number): number[] {
  if (!(axes?.data instanceof BigInt64Array)) throw unsupported(layer, 'with computed axes');
  return Array.from(axes.data, (axis) => (Number(axis) + rank) % rank);
}

const numbers = ({ attributes }: IrLayer, name: string): number[] =>
  (attributes[name] ?? '')
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
