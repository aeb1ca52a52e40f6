import type { OnnxAttribute } from '../../../onnx/write.ts';
import { at } from './activation.ts';
import type { Activation, Value } from './activation.ts';
import { clip } from './arithmetic.ts';
import { transposeConstant } from './constants.ts';
import type { Constant } from './graphModel.ts';
import {
  channelsLast,
  constant,
  floatActivation,
  floats,
  integers,
  onnxAxis,
  type Operator,
  type Translation,
} from './translation.ts';
import { unsupported } from './unsupported.ts';
import { pairOf, windowOf, type Pair } from './window.ts';

export function convolution(t: Translation): Activation {
  const kernel = constant(t, 1);
  const [height, width, channelsIn, channelsOut] = kernel.shape as Kernel;
  const image = imageFor(t, (padding) => padding.value === 0);
  const weights = transposeConstant(kernel, [3, 2, 0, 1]);
  return convolve(t, image, [height, width], weights, channelsOut, at(image.dims, 1) / channelsIn);
}

/** A kernel [height, width, in, multiplier]: each channel gives `multiplier` of its own. */
export function depthwiseConvolution(t: Translation): Activation {
  const kernel = constant(t, 1);
  const [height, width, channels, multiplier] = kernel.shape as Kernel;
  const image = imageFor(t, (padding) => padding.value === 0);
  const channelsOut = channels * multiplier;
  const weights = { ...transposeConstant(kernel, [2, 3, 0, 1]), shape: [channelsOut, 1, height, width] };
  return convolve(t, image, [height, width], weights, channelsOut, channels);
}

/** A convolution with what the optimizer of TensorFlow put behind it. */
export const fused =
  (base: (t: Translation) => Activation): Operator =>
  (t) => {
    const { node, graph } = t;
    const steps = (node.attributes['fused_ops']?.list?.s ?? []).map((text) =>
      Buffer.from(text, 'base64').toString(),
    );
    let value = base(t);
    for (const step of steps) {
      switch (step) {
        case 'BiasAdd': {
          const bias = constant(t, 2);
          graph.addBias(value, graph.addFloats(`${node.name}/bias`, bias.shape, floats(t, bias)));
          break;
        }
        case 'Relu':
          value = { ...graph.addNode('Relu', node.name, [value.name], value.dims), axes: value.axes };
          break;
        case 'Relu6':
          value = clip(t, value, 0, 6);
          break;
        default:
          throw unsupported(node, `with ${step} behind it`);
      }
    }
    return value;
  };

type Kernel = [height: number, width: number, channelsIn: number, channelsOut: number];

function convolve(
  t: Translation,
  image: Activation,
  kernel: Pair,
  weights: Constant,
  channelsOut: number,
  group: number,
): Activation {
  const { node, graph } = t;
  const window = windowOf(node, image, kernel);
  const attributes: Record<string, OnnxAttribute> = {
    kernel_shape: { ints: kernel },
    strides: { ints: window.strides },
    dilations: { ints: window.dilations },
    pads: { ints: window.pads },
    group: { int: group },
  };
  const name = graph.addFloats(`${node.name}/weights`, weights.shape, floats(t, weights));
  const dims = [at(image.dims, 0), channelsOut, ...window.size];
  return { ...graph.addNode('Conv', node.name, [image.name, name], dims, attributes), axes: channelsLast };
}

export function maxPool(t: Translation): Value {
  const { node, graph } = t;
  const kernel = pairOf(node, 'ksize');
  // Outside the picture ONNX's MaxPool sees less than any number.
  const image = imageFor(t, (padding) => padding.value === -Infinity);
  const window = windowOf(node, image, kernel);
  const dims = [at(image.dims, 0), at(image.dims, 1), ...window.size];
  const result = graph.addNode('MaxPool', node.name, [image.name], dims, {
    kernel_shape: { ints: kernel },
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
  const image = t.graph.inOrderUnpadded(floatActivation(t, 0), channelsLast);
  const { padding } = image;
  if (padding === undefined) return image;
  const onlySpatial = [0, 1].every((axis) => padding.before[axis] === 0 && padding.after[axis] === 0);
  return onlySpatial && canDo(padding) ? image : t.graph.padded(image);
}

/** Mean over some axes, which are kept with length 1. */
export function mean(t: Translation): Value {
  const { node, graph } = t;
  if (node.attributes['keep_dims']?.b !== true) throw unsupported(node, 'that drops axes');
  const value = graph.padded(floatActivation(t, 0));
  const axes = integers(t, 1).map((axis) => onnxAxis(value, axis));
  // ONNX would take no axes as all of them.
  if (axes.length === 0) return value;
  const dims = value.dims.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const made = graph.addNode('ReduceMean', node.name, [value.name], dims, {
    axes: { ints: axes },
    keepdims: { int: 1 },
  });
  return { ...made, axes: value.axes };
}

export function resizeBilinear(t: Translation): Value {
  const { node, graph } = t;
  const alignsCorners = node.attributes['align_corners']?.b === true;
  const halfPixel = node.attributes['half_pixel_centers']?.b === true;
  const image = graph.inOrder(floatActivation(t, 0), channelsLast);
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
