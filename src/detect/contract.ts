import type { Detection } from '../domain/detection.ts';
import type { Letterbox } from '../domain/letterbox.ts';
import type { OutputTensor } from '../domain/tensor.ts';

interface DecodeOptions {
  readonly classes: readonly string[];
  /** Detections below it are dropped, 0–1. */
  readonly minConfidence: number;
  /** IoU above which the weaker of two boxes of one class is dropped; only for layouts that need NMS. */
  readonly nmsIou: number;
}

/**
 * Turns the outputs of a network of one layout into detections in picture coordinates (0–1), strongest first.
 * Pure. Throws ArgusError when the outputs do not have the layout's shape.
 */
export type OutputDecoder = (
  outputs: Readonly<Record<string, OutputTensor>>,
  letterbox: Letterbox,
  options: DecodeOptions,
) => Detection[];
