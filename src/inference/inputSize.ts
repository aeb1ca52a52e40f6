import type { Manifest } from '../config/manifest.ts';
import { coarsestStride, type InputSize } from '../onnx/resize.ts';

export type { InputSize };

/**
 * The smallest input that a frame fits into, and that is the manifest's without some of its border: whole cells of the
 * coarsest grid go, as many on either side when the frame lies in the middle. So what is left is seen as in the whole,
 * which matters: where objects lie within the cells changes the precision of NanoDet-G by 0.05.
 */
export function inputSizeFor(
  frame: InputSize,
  input: Pick<Manifest['input'], 'width' | 'height' | 'padding'>,
): InputSize {
  const step = input.padding === 'centre' ? 2 * coarsestStride : coarsestStride;
  const side = (length: number, whole: number) => whole - step * Math.floor((whole - length) / step);
  return { width: side(frame.width, input.width), height: side(frame.height, input.height) };
}
