import { at, dimsWithPadding } from './activation.ts';
import type { Activation } from './activation.ts';
import type { GraphNode } from './graphModel.ts';
import { unsupported } from './unsupported.ts';

export type Pair = [height: number, width: number];

interface Window {
  readonly strides: Pair;
  readonly dilations: Pair;
  /** As ONNX wants them: top, left, bottom, right. */
  readonly pads: number[];
  /** Height and width of the result. */
  readonly size: Pair;
}

/**
 * How a window of kernel size `[height, width]` slides over an N, C, H, W image whose waiting padding it does itself.
 * SAME follows TensorFlow: result = ceil(size / stride), the odd pixel of padding goes to the bottom and the right.
 */
export function windowOf(node: GraphNode, image: Activation, kernel: Pair): Window {
  const strides = pairOf(node, 'strides');
  const dilations = pairOf(node, 'dilations');
  const same = isSame(node);
  const pads = [0, 0, 0, 0];
  const size: Pair = [0, 0];
  for (const side of [0, 1] as const) {
    const axis = side + 2;
    const length = at(dimsWithPadding(image), axis);
    const reach = (kernel[side] - 1) * dilations[side] + 1;
    size[side] = Math.ceil(same ? length / strides[side] : (length - reach + 1) / strides[side]);
    const extra = same ? Math.max(0, (size[side] - 1) * strides[side] + reach - length) : 0;
    pads[side] = (image.padding?.before[axis] ?? 0) + Math.floor(extra / 2);
    pads[side + 2] = (image.padding?.after[axis] ?? 0) + Math.ceil(extra / 2);
  }
  return { strides, dilations, pads, size };
}

/** Height and width of an attribute that TensorFlow gives as [1, height, width, 1]. */
export function pairOf(node: GraphNode, name: string): Pair {
  const [images = 1, height = 1, width = 1, channels = 1] = node.attributes[name]?.list?.i ?? [];
  if (images !== 1 || channels !== 1) throw unsupported(node, `with ${name} across images or channels`);
  return [height, width];
}

function isSame(node: GraphNode): boolean {
  const padding = Buffer.from(node.attributes['padding']?.s ?? '', 'base64').toString();
  if (padding === 'SAME' || padding === 'VALID') return padding === 'SAME';
  throw unsupported(node, `with padding ${padding}`);
}
