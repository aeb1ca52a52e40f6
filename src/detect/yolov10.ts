import type { Detection } from '../domain/detection.ts';
import type { OutputDecoder } from './contract.ts';
import { strongestFirst } from './nms.ts';
import { outputOfShape } from './outputs.ts';
import { toPicture } from './picture.ts';

/**
 * End-to-end YOLO (v10, 26): `[1, N, 6]`, each row x1, y1, x2, y2 in input pixels, confidence, class index. Needs no
 * non-maximum suppression. Wang et al., "YOLOv10: Real-Time End-to-End Object Detection" (arXiv 2405.14458).
 */
export const decodeYolov10: OutputDecoder = (outputs, letterbox, { classes, minConfidence }) => {
  const { data } = outputOfShape('yolov10', outputs, [1, 'N', 6]);
  const at = (index: number): number => data[index] ?? NaN;

  const detections: Detection[] = [];
  for (let start = 0; start < data.length; start += 6) {
    const confidence = at(start + 4);
    if (!(confidence >= minConfidence)) continue;
    const label = classes[Math.round(at(start + 5))];
    if (label === undefined) continue;
    const box = toPicture(letterbox, at(start), at(start + 1), at(start + 2), at(start + 3));
    if (box !== null) detections.push({ box, label, confidence });
  }
  return strongestFirst(detections);
};
