import { cocoClasses, cocoIds } from '../domain/classes.ts';
import type { Detection } from '../domain/detection.ts';
import { ArgusError } from '../domain/errors.ts';
import type { OutputTensor } from '../domain/tensor.ts';
import type { OutputDecoder } from './contract.ts';
import { strongestFirst } from './nms.ts';
import { outputOfShape } from './outputs.ts';
import { toPicture } from './picture.ts';

type Outputs = Parameters<OutputDecoder>[0];

/**
 * RT-DETR, D-FINE and RF-DETR as exported without post-processing: `[1, N, 4]` boxes (centre x, centre y, width,
 * height, as parts of the input) and `[1, N, C]` logits, whose logistic function is the confidence. C is the number of
 * classes, or one more, the last being background, or 91 for COCO by the category ids of its annotations, which leave
 * some out. Needs no non-maximum suppression. Zhao et al., "DETRs Beat YOLOs on Real-time Object Detection" (arXiv
 * 2304.08069); https://rfdetr.roboflow.com/latest/exports/onnx/.
 */
export const decodeDetr: OutputDecoder = (outputs, letterbox, { classes, minConfidence }) => {
  const boxes = boxesOf(outputs);
  const { data: logits, dims } = logitsOf(outputs, boxes, classes);
  const [, count = 0, width = 0] = dims;
  const names = namesBySlot(classes, width);
  const at = (index: number): number => boxes.data[index] ?? NaN;
  // The logistic function grows with its argument: most queries end at a comparison.
  const minLogit = minConfidence <= 0 ? -Infinity : -Math.log(1 / minConfidence - 1);

  const detections: Detection[] = [];
  for (let query = 0; query < count; query++) {
    let best = -1;
    let highest = minLogit;
    for (let slot = 0; slot < names.length; slot++) {
      const logit = logits[query * width + slot] ?? NaN;
      if (logit >= highest && names[slot] !== undefined) {
        best = slot;
        highest = logit;
      }
    }
    const label = names[best];
    if (label === undefined) continue;
    const x = at(4 * query) * letterbox.inputWidth;
    const y = at(4 * query + 1) * letterbox.inputHeight;
    const halfWidth = (at(4 * query + 2) * letterbox.inputWidth) / 2;
    const halfHeight = (at(4 * query + 3) * letterbox.inputHeight) / 2;
    const box = toPicture(letterbox, x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight);
    if (box !== null) detections.push({ box, label, confidence: 1 / (1 + Math.exp(-highest)) });
  }
  return strongestFirst(detections);
};

/** By name where it tells, as three classes and background have four logits, too. */
function boxesOf(outputs: Outputs): OutputTensor {
  const named = Object.entries(outputs).filter(([name]) => /box|dets/i.test(name));
  return outputOfShape('detr', named.length > 0 ? Object.fromEntries(named) : outputs, [1, 'N', 4]);
}

function logitsOf(outputs: Outputs, boxes: OutputTensor, classes: readonly string[]): OutputTensor {
  const count = boxes.dims[1] ?? 0;
  const others = Object.entries(outputs).filter(([, tensor]) => tensor !== boxes);
  const logits = others.find(([, { dims }]) => dims.length === 3 && dims[1] === count)?.[1];
  if (logits && namesBySlot(classes, logits.dims[2] ?? 0).length > 0) return logits;
  const found = Object.entries(outputs).map(([name, { dims }]) => `${name} [${dims.join(', ')}]`);
  throw new ArgusError(
    `Layout detr wants an output of shape [1, ${count}, ${classes.length} or ${classes.length + 1}], but the network gives ${found.join(', ')}.`,
    `Set "layout" and "classes" in the model's manifest.json to those the weights were exported with; an export with post-processing (labels, boxes, scores) must be made anew without it.`,
  );
}

/** The class of each logit; none when their number does not fit. */
function namesBySlot(classes: readonly string[], width: number): readonly (string | undefined)[] {
  if (width === classes.length || width === classes.length + 1) return classes;
  if (classes !== cocoClasses || width !== 91) return [];
  return Array.from({ length: width }, (_, slot) => classes[cocoIds.indexOf(slot)]);
}
